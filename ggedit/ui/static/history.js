// Under the picture: undo, redo, keep; variants to choose from; all turns as thumbnails; downloads.

import { button, el, replaceKeepingFocus, say, urlOf } from './dom.js';
import { connect } from './wire.js';
import { onShared, page } from './page.js';

export function mount(gradio) {
  new History(gradio);
}

const CHOOSE = ['Choose the first picture.', 'Now choose the second one.', 'Drag the divider on the picture.'];

class History {
  view = null;
  fetched = 0;
  comparing = null;

  constructor(gradio) {
    this.element = gradio.element;
    this.bar = el('div', { class: 'gg-history-bar' });
    this.notice = el('p', { class: 'gg-notice is-calm', role: 'status', hidden: true });
    this.variants = el('div', { class: 'gg-variants', 'aria-label': 'Variants' });
    this.strip = el('ol', { class: 'gg-strip', 'aria-label': 'History' });
    this.report = el('details', { class: 'gg-more gg-report' });
    this.root = this.element.querySelector('.gg-root');
    this.root.replaceChildren(this.bar, this.notice, this.variants, this.strip);
    const wire = connect(gradio, (view) => this.#receive(view));
    this.outbox = wire.outbox;
    onShared(this.element, ['compared'], () => this.#compare(null));
    for (const way of ['undo', 'redo']) onShared(this.element, [way], () => this.step(way));
    onShared(this.element, ['download'], (wanted) => this.outbox.push({ kind: 'download', ...wanted }));
    this.#listenToKeys();
    wire.receive();
    this.draw();
    this.element.dataset.ready = '1';
  }

  #receive(view) {
    this.view = view;
    say(this.notice, [view.notice, ...(view.notes ?? [])].filter(Boolean).join(' '));
    this.draw();
    this.#fetch(view.download);
  }

  /** Undo and redo work everywhere but in text fields, which have their own. */
  #listenToKeys() {
    const listener = (event) => {
      if (!this.element.isConnected) return window.removeEventListener('keydown', listener);
      const key = event.key.toLowerCase();
      if (!(event.ctrlKey || event.metaKey) || !'zy'.includes(key) || event.target.closest?.('input:not([type=range], [type=checkbox], [type=radio]), textarea')) return undefined;
      event.preventDefault();
      return this.step(key === 'y' || event.shiftKey ? 'redo' : 'undo');
    };
    window.addEventListener('keydown', listener);
  }

  step(kind) {
    if (this.view?.[kind]) this.outbox.push({ kind });
  }

  /** Comparing two turns: null = not, else the ids that were chosen so far. */
  #compare(ids) {
    this.comparing = ids;
    if (ids?.length === 2) page.tell('compare', ids);
    this.draw();
  }

  #pressed(id) {
    if (!this.comparing) this.outbox.push({ kind: 'goto', id });
    else this.#compare(this.comparing.length === 2 ? [id] : this.comparing.includes(id) ? [] : [...this.comparing, id]);
  }

  /** Saves a file that the server has made, once. */
  #fetch(download) {
    if (!download || download.n <= this.fetched) return;
    this.fetched = download.n;
    const link = el('a', { href: urlOf(download.file), download: download.name, hidden: true });
    this.root.append(link);
    link.click();
    link.remove();
  }

  draw() {
    const view = this.view;
    this.root.hidden = !view?.turns?.length;
    if (this.root.hidden) return;
    this.#drawBar(view);
    this.variants.hidden = !view.variants.length;
    replaceKeepingFocus(this.variants, el('span', { text: 'Variants' }), ...view.variants.map((one) => this.#variant(one)));
    const draft = this.comparing && view.result ? [{ id: 'draft', text: 'this result', thumb: view.result.thumb }] : [];
    replaceKeepingFocus(this.strip, ...[...view.turns, ...draft].map((turn) => this.#turn(turn)));
    this.#drawReport(view.result);
  }

  #drawBar(view) {
    const push = (kind) => () => this.outbox.push({ kind });
    const several = view.turns.length + (view.result ? 1 : 0) > 1;
    replaceKeepingFocus(this.bar,
      button('Undo', { 'data-key': 'undo', disabled: !view.undo, title: `${view.undo || 'Nothing to undo'} (Ctrl+Z)`, onclick: push('undo') }),
      button('Redo', { 'data-key': 'redo', disabled: !view.redo, title: `${view.redo || 'Nothing to redo'} (Ctrl+Shift+Z)`, onclick: push('redo') }),
      view.result ? button('Keep this result', { class: 'gg-primary', 'data-key': 'keep', title: 'Save it in the history; the next instruction builds on it', onclick: push('keep') }) : null,
      view.result ? el('span', { class: 'gg-reason', text: view.result.changed }) : null,
      this.report,
      several || this.comparing ? button(this.comparing ? 'Stop comparing' : 'Compare two', { 'data-key': 'compare-two', class: this.comparing ? 'is-on' : '',
        'aria-pressed': String(Boolean(this.comparing)), title: 'Choose two pictures of the history and lay them over each other', onclick: () => this.#toggleComparing() }) : null,
      this.comparing ? el('span', { class: 'gg-reason', role: 'status', text: CHOOSE[this.comparing.length] }) : null,
      this.#downloads());
  }

  #toggleComparing() {
    if (this.comparing?.length === 2) page.tell('compare', null);
    this.#compare(this.comparing ? null : []);
  }

  #downloads() {
    const push = (what, format = 'PNG') => () => this.outbox.push({ kind: 'download', what, format, quality: Number(quality.value) });
    const quality = el('input', { type: 'number', min: '1', max: '100', value: this.quality ?? '92', 'data-key': 'quality', 'aria-label': 'Quality of JPEG and WebP',
      title: 'For JPEG and WebP: 1 to 100', onchange: (event) => { this.quality = event.target.value; } });
    const details = el('details', { class: 'gg-more gg-download', open: this.downloadsOpen ?? false }, el('summary', { text: 'Download', title: 'Save the picture, the session, masks or the graph', 'data-key': 'download' }),
      el('div', { class: 'gg-menu' },
        button('PNG, lossless', { 'data-key': 'png', title: 'Full size, metadata kept', onclick: push('picture', 'PNG') }),
        button('JPEG', { 'data-key': 'jpeg', title: 'Full size, metadata kept', onclick: push('picture', 'JPEG') }),
        button('WebP', { 'data-key': 'webp', title: 'Full size, metadata kept', onclick: push('picture', 'WEBP') }),
        el('label', { class: 'gg-field' }, el('span', { text: 'Quality' }), quality),
        button('Session (zip)', { 'data-key': 'session', title: 'Everything, to be opened here again', onclick: push('session') }),
        button('Masks (zip)', { 'data-key': 'masks', title: 'One PNG per thing', onclick: push('masks') }),
        button('Graph (JSON)', { 'data-key': 'graph', title: 'The scene graph', onclick: push('graph') })));
    details.addEventListener('toggle', () => { this.downloadsOpen = details.open; });
    return details;
  }

  #variant(one) {
    return el('button', { type: 'button', class: `gg-thumb${one.chosen ? ' is-on' : ''}`, 'data-key': `variant-${one.index}`, 'aria-pressed': String(one.chosen),
      'aria-label': `Variant ${one.index + 1}`, title: 'Take this one', onclick: () => this.outbox.push({ kind: 'variant', index: one.index }) },
    el('img', { src: urlOf(one.thumb), alt: '' }));
  }

  #turn(turn) {
    const place = this.comparing?.indexOf(turn.id) ?? -1;
    const state = this.comparing ? (place >= 0 ? ' is-on' : ' on-path') : turn.current ? ' is-on' : turn.on_path ? ' on-path' : '';
    return el('li', {}, el('button', { type: 'button', class: `gg-thumb${state}`, 'data-key': `turn-${turn.id}`, 'aria-current': turn.current ? 'step' : null,
      'aria-pressed': this.comparing ? String(place >= 0) : null,
      title: this.comparing ? `Compare: ${turn.text}` : turn.current ? `${turn.text} (shown now)` : `Go to: ${turn.text}`, onclick: () => this.#pressed(turn.id) },
    el('img', { src: urlOf(turn.thumb), alt: '' }), el('span', { text: place >= 0 ? `${place + 1}: ${turn.text}` : turn.text })));
  }

  #drawReport(result) {
    this.report.hidden = !result;
    if (!result) return;
    const steps = result.steps.map((step) => el('li', { text:
      `${step.kind}: ${step.backend} (${step.tier} tier), ${step.seconds_s} s, seed ${step.seed}${step.warnings.length ? `. ${step.warnings.join(' ')}` : ''}` }));
    const stages = result.stages.map((stage) => el('li', { text: `${stage.name}: ${stage.backend} (${stage.tier}), ${stage.seconds_s} s${stage.notes.length ? `. ${stage.notes.join(' ')}` : ''}` }));
    this.report.replaceChildren(el('summary', { text: 'What ran where', title: 'Backends, seconds, seeds and warnings of this result' }), el('ul', {}, ...steps), el('ul', {}, ...stages));
  }
}
