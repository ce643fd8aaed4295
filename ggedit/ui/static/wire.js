// How a panel talks to the server. The browser owns what the person did: every edit gets a number and
// stays in the outbox until the server acknowledges that number, so nothing is lost while an answer is
// under way, and an edit that arrives twice is applied once.

export class Outbox {
  /** @param send called with the whole unacknowledged list after each push */
  constructor(send, name = randomName()) {
    this.send = send;
    this.name = name;
    this.last = 0;
    this.pending = [];
  }

  /** Adds edits such as {kind: 'click', id, x, y} and sends the list once; returns the last one's number. */
  push(...edits) {
    for (const edit of edits) {
      this.last += 1;
      this.pending = [...this.pending, { ...edit, n: this.last }];
    }
    this.resend();
    return this.last;
  }

  /** Sends what is not acknowledged once more: it came while other work was under way. */
  resend() {
    this.send(this.letter());
  }

  /** The letter as it would be sent now. */
  letter() {
    return { outbox: this.name, edits: this.pending };
  }

  /** Drops edits that lost their meaning: another picture was opened. */
  forget(isVoid) {
    this.pending = this.pending.filter((edit) => !isVoid(edit));
  }

  /** Drops what the server has dealt with. `acks` maps outbox names to numbers. */
  acknowledge(acks) {
    const done = acks?.[this.name] ?? 0;
    this.pending = this.pending.filter((edit) => edit.n > done);
  }
}

const OPENING = new Set(['open', 'example']);

function randomName() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Joins a panel to its gradio component: an outbox, and views in the order in which they were made.
 * A server that was started again does not know this page: it is loaded anew, and the last session goes on.
 */
export function connect({ element, props, trigger, watch }, onView, reload = () => window.location.reload()) {
  const send = (letter) => {
    element.dataset.pending = String(letter.edits.length);
    props.value = { ...letter, doc: props.view?.doc ?? null };
    trigger('input');
  };
  const outbox = new Outbox(send);
  let newest = 0;
  let doc = null;
  const receive = () => {
    const view = props.view;
    if (view?.stranger && newest) return reload();
    if (!view || view.rev <= newest) return;
    newest = view.rev;
    element.dataset.rev = String(newest);
    if (view.doc !== doc) outbox.forget((edit) => !OPENING.has(edit.kind));
    doc = view.doc;
    const waiting = outbox.pending.length;
    outbox.acknowledge(view.acks);
    element.dataset.pending = String(outbox.pending.length);
    onView(view);
    if (outbox.pending.length && outbox.pending.length === waiting) outbox.resend();
  };
  watch('view', receive);
  return { outbox, receive };
}
