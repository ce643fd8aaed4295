// The plan panel: one row per step, each of which can be changed, switched off, moved or dropped.

import { button, el, replaceKeepingFocus, say } from './dom.js';
import { connect } from './wire.js';
import { onShared, page } from './page.js';
import { planHead } from './plan_head.js';
import { editorSettings } from './editor_settings.js';

export function mount(gradio) {
  new Plan(gradio);
}

const FIELDS = {
  look: { text: 'Look', type: 'text', title: 'How it should look, in words' },
  label: { text: 'New thing', type: 'text', title: 'What the new thing is' },
  factor: { text: 'Size factor', type: 'number', min: 0.1, max: 8, step: 0.1, title: '2 = twice as large' },
  axis: { text: 'Mirror', choices: { horizontal: 'left to right', vertical: 'upside down' }, title: 'Which way to flip' },
  prompt: { text: 'Prompt', type: 'text', title: 'Text for a generating editor' },
  negative: { text: 'Not wanted', type: 'text', title: 'What a generating editor should avoid' },
  strength: { text: 'Strength', type: 'number', min: 0, max: 1, step: 0.05, title: '1 = ignore the old pixels' },
  grow_px: { text: 'Grow mask, px', type: 'number', min: 0, max: 500, step: 1, title: 'Empty = the editor decides' },
  feather_px: { text: 'Soft edge, px', type: 'number', min: 0, max: 200, step: 1, title: 'How wide old and new are blended' },
};
const SHORT = ['look', 'label', 'factor', 'axis'];

class Plan {
  view = null;
  open = new Set();

  constructor(gradio) {
    this.element = gradio.element;
    this.head = planHead((edit) => this.outbox.push(edit));
    this.notice = el('p', { class: 'gg-notice', role: 'alert', hidden: true });
    this.rows = el('ol', { class: 'gg-steps' });
    this.settings = editorSettings((options) => this.outbox.push({ kind: 'tune', options }));
    this.foot = el('div', { class: 'gg-run' });
    this.element.querySelector('.gg-root').replaceChildren(
      this.head, this.notice, this.rows, this.settings, this.foot);
    const wire = connect(gradio, (view) => this.#receive(view));
    this.outbox = wire.outbox;
    onShared(this.element, ['select'], () => this.draw());
    wire.receive();
    this.draw();
    this.element.dataset.ready = '1';
  }

  #receive(view) {
    this.view = view;
    this.head.show(view);
    this.settings.show(view.editor);
    say(this.notice, view.notice);
    this.draw();
  }

  draw() {
    const steps = this.view?.steps ?? [];
    const rows = steps.map((step) => this.#row(step, steps.length));
    const empty = this.view?.asked
      ? 'Nothing to do yet: answer the question above, or say it in other words.'
      : 'The steps appear here, to be checked before anything is changed.';
    replaceKeepingFocus(this.rows, ...(rows.length ? rows : [el('li', { class: 'gg-hint', text: empty })]));
    this.#drawFoot(steps);
  }

  #row(step, count) {
    const { enabled } = step.fields;
    const key = (name) => `${step.index}-${name}`;
    const pointed = () => page.point(step.node);
    return el('li', { class: `gg-step${enabled ? '' : ' is-off'}${step.node && step.node === page.selected ? ' is-selected' : ''}`,
      'data-step': step.index, onpointerenter: pointed, onpointerleave: () => page.point(null) },
    el('div', { class: 'gg-step-head' },
      el('input', { type: 'checkbox', checked: enabled, 'aria-label': `Carry out step ${step.index + 1}`, 'data-key': key('on'),
        title: 'Switch this step on or off', onchange: (event) => this.change(step, { enabled: event.target.checked }) }),
      button(step.title, { class: 'gg-step-title', 'data-key': key('title'), title: 'Show what this step is about',
        onclick: () => page.select(step.node ?? `place:${step.index}`) }),
      ...SHORT.filter((name) => name in step.fields).map((name) => this.#input(step, name)),
      el('span', { class: 'gg-step-tools' },
        button('▲', { 'aria-label': 'Move up', title: 'Do this earlier', 'data-key': key('up'), disabled: step.index === 0, onclick: () => this.shift(step.index, -1) }),
        button('▼', { 'aria-label': 'Move down', title: 'Do this later', 'data-key': key('down'), disabled: step.index === count - 1, onclick: () => this.shift(step.index, 1) }),
        button('✕', { 'aria-label': 'Drop step', title: 'Drop this step', 'data-key': key('drop'), onclick: () => this.drop(step) }))),
    step.reason ? el('p', { class: 'gg-reason', text: step.reason }) : null,
    ...step.problems.map((text) => el('p', { class: 'gg-problem', role: 'alert', text })),
    this.#more(step));
  }

  #more(step) {
    const fields = Object.keys(FIELDS).filter((name) => name in step.fields && !SHORT.includes(name));
    const details = el('details', { class: 'gg-more', open: this.open.has(step.index) },
      el('summary', { text: 'Fine settings', title: 'Prompt, strength, and how far the mask is grown and blended', 'data-key': `${step.index}-more` }),
      el('div', { class: 'gg-fields' }, ...fields.map((name) => this.#input(step, name))));
    details.addEventListener('toggle', () => (details.open ? this.open.add(step.index) : this.open.delete(step.index)));
    return details;
  }

  #input(step, name) {
    const { text, choices, title, ...limits } = FIELDS[name];
    const value = step.fields[name];
    const common = { 'data-key': `${step.index}-${name}`, 'aria-label': `${text}, step ${step.index + 1}`, title };
    const send = (event) => this.#send(step, name, event.target);
    const problem = this.wrong?.key === common['data-key'] ? this.wrong.text : null;
    if (problem) Object.assign(common, { 'aria-invalid': 'true', 'aria-describedby': `gg-wrong-${step.index}` });
    const input = choices
      ? el('select', { ...common, onchange: send }, ...Object.entries(choices).map(([id, label]) =>
        el('option', { value: id, text: label, selected: id === value })))
      : el('input', { ...common, ...limits, value: problem ? this.wrong.typed : value ?? '', maxlength: limits.type === 'text' ? '120' : null, onchange: send });
    return el('label', { class: `gg-field gg-field-${name}` }, el('span', { text }), input,
      problem ? el('span', { class: 'gg-problem', role: 'alert', id: `gg-wrong-${step.index}`, text: problem }) : null);
  }

  #send(step, name, input) {
    this.wrong = null;
    if (!input.checkValidity?.()) {
      const { min, max, type } = FIELDS[name];
      const whole = input.validity.stepMismatch && FIELDS[name].step === 1 ? 'a whole number ' : '';
      this.wrong = input.validity.stepMismatch && !whole ? null
        : { key: `${step.index}-${name}`, typed: input.value, text: type === 'number' ? `Give ${whole || 'a number '}from ${min} to ${max}.` : 'This does not fit here.' };
      if (this.wrong) return this.draw();
    }
    if (FIELDS[name].type === 'number' && input.value === '') return undefined;
    return this.change(step, { [name]: FIELDS[name].type === 'number' ? Number(input.value) : input.value });
  }

  change(step, fields) {
    say(this.notice, '');
    this.outbox.push({ kind: 'change_step', index: step.index, step: step.step, node: step.node, fields });
  }

  drop(step) {
    this.outbox.push({ kind: 'drop_step', index: step.index, step: step.step, node: step.node });
  }

  shift(index, way) {
    const order = this.view.steps.map((step) => step.index);
    [order[index], order[index + way]] = [order[index + way], order[index]];
    this.outbox.push({ kind: 'reorder', order });
  }

  run() {
    const seed = this.foot.querySelector('[data-key=seed]').value;
    const variants = Number(this.foot.querySelector('[data-key=variants]').value);
    this.outbox.push({ kind: 'run', variants, seed: seed === '' ? null : Math.max(0, Math.floor(Number(seed))) });
  }

  #drawFoot(steps) {
    const view = this.view;
    this.foot.hidden = !steps.length;
    const chosen = this.foot.querySelector('[data-key=variants]')?.value ?? '1';
    const typed = this.foot.querySelector('[data-key=seed]')?.value ?? '';
    replaceKeepingFocus(this.foot,
      button(view?.done ? 'Try another way' : 'Run the plan', { class: 'gg-primary', 'data-key': 'run', id: 'gg-run',
        disabled: !view?.runnable || view?.busy, title: 'Carry out the steps on the picture', onclick: () => this.run() }),
      el('label', { class: 'gg-field' }, el('span', { text: 'Variants' }),
        el('select', { 'data-key': 'variants', 'aria-label': 'Number of variants', title: 'In how many ways to do it, to choose from' },
          ...['1', '2', '3', '4'].map((n) => el('option', { value: n, text: n, selected: n === chosen })))),
      el('label', { class: 'gg-field' }, el('span', { text: 'Seed' }),
        el('input', { type: 'number', min: '0', max: '4294967295', 'data-key': 'seed', value: typed, placeholder: String(view?.seed ?? ''),
          'aria-label': 'Seed', title: 'The same seed gives the same pixels; empty = as it is' })));
  }
}
