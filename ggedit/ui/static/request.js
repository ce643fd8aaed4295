// The request panel: the instruction, how it was understood, what is in doubt, what cannot be done.

import { button, el, replaceKeepingFocus, say } from './dom.js';
import { connect } from './wire.js';
import { onShared, page } from './page.js';

export function mount(gradio) {
  new Request(gradio);
}

const withArticle = (name) => `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name}`;

class Request {
  view = null;

  constructor(gradio) {
    this.element = gradio.element;
    this.text = el('textarea', { rows: '2', maxlength: '2000', 'aria-label': 'What should be changed?', title: 'Say it in plain words; Enter analyses, Shift+Enter makes a new line', id: 'gg-instruction',
      placeholder: 'What should be changed? For example: remove the dog on the left and make the sky warmer',
      onkeydown: (event) => { if (event.key === 'Enter' && !event.shiftKey) { event.preventDefault(); this.ask(); } } });
    this.send = button('Analyse', { class: 'gg-primary', title: 'Read the instruction and find the things (Enter)', onclick: () => this.ask() });
    this.notice = el('p', { class: 'gg-notice', role: 'alert', hidden: true });
    this.shelf = el('div', { class: 'gg-shelf', hidden: true });
    this.body = el('div', { class: 'gg-understood', 'aria-live': 'polite' });
    this.element.querySelector('.gg-root').replaceChildren(
      el('div', { class: 'gg-ask' }, this.text, this.send), this.shelf, this.notice, this.body);
    const wire = connect(gradio, (view) => this.#receive(view));
    this.outbox = wire.outbox;
    onShared(this.element, ['select'], () => this.draw());
    wire.receive();
    this.element.dataset.ready = '1';
  }

  #receive(view) {
    if (view.text && view.text !== this.view?.text) this.text.value = view.text;
    if (view.doc !== this.view?.doc && !view.text) this.text.value = '';
    this.view = view;
    say(this.notice, view.notice);
    this.draw();
  }

  ask() {
    if (!this.view?.open) return say(this.notice, 'Open a photo first, or take one of the examples.');
    if (!this.text.value.trim()) return say(this.notice, 'Say what to change, for example “remove the dog”.');
    say(this.notice, '');
    return this.outbox.push({ kind: 'ask', text: this.text.value });
  }

  draw() {
    const view = this.view;
    if (!view) return;
    this.#drawShelf(view.shelf ?? []);
    replaceKeepingFocus(this.body,
      ...view.clauses.map((clause, at) => this.#clause(clause, at, view.clauses.length)),
      ...(view.by_graph ? [el('p', { class: 'gg-note', text: 'This plan comes from your changes in the scene graph.' })] : []),
      ...(view.note ? [el('p', { class: 'gg-note', text: view.note })] : []),
      ...view.questions.map((text) => el('p', { class: 'gg-question', text })),
      ...view.doubts.map((doubt) => this.#doubt(doubt)),
      ...view.refusals.map((refusal) => this.#refusal(refusal)));
  }

  /** The person's cut-outs: a click says to add one. */
  #drawShelf(names) {
    this.shelf.hidden = !names.length;
    replaceKeepingFocus(this.shelf, el('span', { text: 'Your shelf:' }), ...names.map((name) => el('span', { class: 'gg-cutout' },
      button(name, { 'data-key': `take-${name}`, title: `Write “add ${withArticle(name)}”; say where it should go`, onclick: () => this.#write(`add ${withArticle(name)} `) }),
      button('✕', { 'data-key': `off-${name}`, 'aria-label': `Take ${name} off the shelf`, title: 'Take it off the shelf', onclick: () => this.outbox.push({ kind: 'shelve', name }) }))));
  }

  #write(text) {
    this.text.value = text;
    this.text.focus();
    this.text.setSelectionRange(text.length, text.length);
  }

  #clause(clause, at, count) {
    const chips = clause.chips.map((chip, index) => button(chip.text, {
      class: `gg-chip gg-chip-${chip.kind}`, 'data-key': `chip-${at}-${index}`,
      title: chip.span ? 'Not what you meant? Click to change these words' : 'How this part was understood',
      onclick: () => this.#reword(chip) }));
    return el('div', { class: 'gg-clause' }, count > 1 ? el('span', { class: 'gg-number', text: `${at + 1}` }) : null, ...chips);
  }

  /** Selects the chip's words in the instruction, ready to be typed over. */
  #reword(chip) {
    this.text.focus();
    const spot = this.text.value.toLowerCase().indexOf(chip.text.toLowerCase());
    const [start, end] = chip.span ?? (spot < 0 ? [0, this.text.value.length] : [spot, spot + chip.text.length]);
    this.text.setSelectionRange(start, end);
  }

  #doubt(doubt) {
    const choose = (ids) => () => this.outbox.push({ kind: 'choose', clause: doubt.clause, ids });
    const guess = doubt.candidates.filter(({ kept }) => kept).map(({ id }) => id);
    const options = doubt.candidates.map((one, at) => button(`${at + 1}`, {
      class: `gg-option${one.kept ? ' is-on' : ''}`, title: [one.reason, one.known].filter(Boolean).join(' · '),
      'aria-label': `${doubt.phrase} ${at + 1}: ${one.known}`, 'data-key': `option-${doubt.clause}-${one.id}`,
      onclick: choose([one.id]), onpointerenter: () => page.point(one.id), onpointerleave: () => page.point(null),
      onfocus: () => page.point(one.id), onblur: () => page.point(null) }));
    return el('div', { class: 'gg-question', role: 'group', 'aria-label': doubt.question },
      el('p', { text: doubt.question }),
      el('div', { class: 'gg-options' }, ...options,
        guess.length ? button('The marked one is right', { class: 'gg-quiet', title: 'Take the guess; the question goes away', 'data-key': `guess-${doubt.clause}`, onclick: choose(guess) }) : null));
  }

  #refusal(refusal) {
    return el('div', { class: 'gg-refusal', role: 'note' }, el('p', { text: refusal.sentence }),
      el('div', { class: 'gg-options' }, ...refusal.offers.map((offer) => button(offer.text, { class: 'gg-quiet',
        title: `Ask instead: ${offer.ask}`, onclick: () => { this.text.value = offer.ask; this.ask(); } }))));
  }
}
