// Looks that change nothing: a sharper part of the picture, two turns side by side, a mask's soft edge.
// They are asked for beside the edits and answered without waiting for work under way.

import { say } from './dom.js';
import { sharperPart } from './viewport.js';

const PAUSE_MS = 120;

/** Asks for what the canvas shows now and keeps the newest answers. */
export class Looks {
  n = 0;
  tile = null;
  pair = null;
  edge = null;
  edgeOn = false;
  #asked = '';
  #timer = 0;
  #since = 0;

  constructor(canvas, { props, trigger, watch }) {
    this.canvas = canvas;
    this.ask = (what) => {
      this.n += 1;
      props.value = { ...canvas.outbox.letter(), doc: props.view?.doc ?? null, look: { n: this.n, ...what } };
      trigger('focus');
    };
    watch('answer', () => this.#receive(props.answer));
  }

  /** Another picture is shown: what was answered about the former one is void. */
  forget({ pair = false } = {}) {
    this.tile = null;
    this.edge = null;
    if (pair) this.pair = this.ids = null;
    this.#asked = '';
    this.#since = this.n;
    this.#mark();
  }

  /** Two turns to compare by their ids (null = the photo), or null to stop. */
  compare(ids) {
    this.forget({ pair: true });
    if (ids) this.ask({ pair: ids });
    this.ids = ids;
  }

  /** Asks anew where what is shown is not sharp enough; waits until the view is at rest. */
  refresh() {
    if (this.#wanted().key === this.#asked) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const { key, what } = this.#wanted();
      if (key === this.#asked) return;
      this.#asked = key;
      if (what) this.ask(what);
    }, PAUSE_MS);
  }

  /** What should be asked for, and a key that changes with what the answer depends on. */
  #wanted() {
    const { canvas } = this;
    const box = sharperPart(canvas.port, canvas.room(), canvas.picture,
      { ratio: canvas.ratio(), dense: window.devicePixelRatio || 1, have: this.tile?.box });
    const edge = this.edgeOn ? canvas.owner() : null;
    if (!box && !edge) return { key: '', what: null };
    const what = { ...(box ? { box } : {}), ...(edge ? { edge } : {}), ...(box && this.pair ? { pair: this.ids } : {}) };
    return { key: JSON.stringify([what, edge ? canvas.view.rev : 0]), what };
  }

  #receive(answer) {
    const { canvas } = this;
    if (!answer || answer.n <= this.#since || answer.doc !== canvas.view?.doc) return;
    say(canvas.notice, answer.notice);
    if (answer.pair && !this.pair && this.ids) {
      this.pair = answer.pair;
      canvas.comparePair();
    }
    if (answer.tile) this.tile = answer.tile;
    if (answer.edge) this.edge = answer.edge;
    this.#mark();
    canvas.draw();
  }

  #mark() {
    this.canvas.element.dataset.tile = this.tile ? this.tile.box.join(' ') : '';
  }
}
