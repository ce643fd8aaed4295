// Under the picture: undo, redo, keep; variants to choose from; all turns as thumbnails; downloads.

import { button, el, replaceKeepingFocus, say, urlOf } from './dom.js';
import { connect } from './wire.js';

export function mount(gradio) {
  new History(gradio);
}

class History {
  view = null;
  fetched = 0;

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
    replaceKeepingFocus(this.strip, ...view.turns.map((turn) => this.#turn(turn)));
    this.#drawReport(view.result);
  }

  #drawBar(view) {
    const push = (kind) => () => this.outbox.push({ kind });
    replaceKeepingFocus(this.bar,
      button('Undo', { 'data-key': 'undo', disabled: !view.undo, title: view.undo || 'Nothing to undo', onclick: push('undo') }),
      button('Redo', { 'data-key': 'redo', disabled: !view.redo, title: view.redo ? 'One step forward again' : 'Nothing to redo', onclick: push('redo') }),
      view.result ? button('Keep this result', { class: 'gg-primary', 'data-key': 'keep', title: 'Save it in the history; the next instruction builds on it', onclick: push('keep') }) : null,
      view.result ? el('span', { class: 'gg-reason', text: view.result.changed }) : null,
      this.report, this.#downloads());
  }

  #downloads() {
    const push = (what, format = 'PNG') => () => this.outbox.push({ kind: 'download', what, format, quality: Number(quality.value) });
    const quality = el('input', { type: 'number', min: '1', max: '100', value: this.quality ?? '92', 'data-key': 'quality', 'aria-label': 'Quality of JPEG and WebP',
      title: 'For JPEG and WebP: 1 to 100', onchange: (event) => { this.quality = event.target.value; } });
    const details = el('details', { class: 'gg-more gg-download', open: this.downloadsOpen ?? false }, el('summary', { text: 'Download', 'data-key': 'download' }),
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
    const state = turn.current ? ' is-on' : turn.on_path ? ' on-path' : '';
    return el('li', {}, el('button', { type: 'button', class: `gg-thumb${state}`, 'data-key': `turn-${turn.id}`, 'aria-current': turn.current ? 'step' : null,
      title: turn.current ? `${turn.text} (shown now)` : `Go to: ${turn.text}`, onclick: () => this.outbox.push({ kind: 'goto', id: turn.id }) },
    el('img', { src: urlOf(turn.thumb), alt: '' }), el('span', { text: turn.text })));
  }

  #drawReport(result) {
    this.report.hidden = !result;
    if (!result) return;
    const steps = result.steps.map((step) => el('li', { text:
      `${step.kind}: ${step.backend} (${step.tier} tier), ${step.seconds_s} s, seed ${step.seed}${step.warnings.length ? `. ${step.warnings.join(' ')}` : ''}` }));
    const stages = result.stages.map((stage) => el('li', { text: `${stage.name}: ${stage.backend} (${stage.tier}), ${stage.seconds_s} s` }));
    this.report.replaceChildren(el('summary', { text: 'What ran where' }), el('ul', {}, ...steps), el('ul', {}, ...stages));
  }
}
