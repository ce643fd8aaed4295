// The generating editor's settings below the plan: numbers with help, sampler, safety checker, and what the last run used.

import { el, replaceKeepingFocus } from './dom.js';

/** The settings; `show(editor)` brings them up to date, `send(options)` is called with all that is set. */
export function editorSettings(send) {
  const fields = el('div', { class: 'gg-fields' });
  const problem = el('p', { class: 'gg-problem', role: 'alert', hidden: true });
  const ran = el('div', { class: 'gg-ran' });
  const who = el('p', { class: 'gg-reason' });
  const node = el('details', { class: 'gg-more gg-editor-settings', hidden: true },
    el('summary', { text: 'Editor settings', title: 'How the diffusion model draws; empty = as the set-up says', 'data-key': 'editor-settings' }),
    who, fields, problem, ran);

  const values = () => {
    const options = {};
    for (const input of fields.querySelectorAll('[data-option]')) {
      if (input.value === '') continue;
      options[input.dataset.option] = input.type === 'number' ? Number(input.value) : input.value;
    }
    if (options.safety !== undefined) options.safety = options.safety === 'on';
    return options;
  };
  const changed = () => {
    const wrong = [...fields.querySelectorAll('input')].find((input) => !input.checkValidity());
    problem.hidden = !wrong;
    if (wrong) problem.textContent = `${wrong.dataset.label}: give a number from ${wrong.min} to ${wrong.max}.`;
    else send(values());
  };

  const number = (field) => el('label', { class: 'gg-field', title: field.help }, el('span', { text: field.label }),
    el('input', { type: 'number', min: field.min, max: field.max, step: field.step, value: field.value ?? '', placeholder: 'usual',
      'aria-label': field.label, 'data-label': field.label, 'data-option': field.name, 'data-key': `editor-${field.name}`, title: field.help, onchange: changed }));
  const choice = (name, label, help, value, rows) => el('label', { class: 'gg-field', title: help }, el('span', { text: label }),
    el('select', { 'aria-label': label, 'data-option': name, 'data-key': `editor-${name}`, title: help, onchange: changed },
      ...rows.map(([id, text]) => el('option', { value: id, text, selected: id === value }))));

  node.show = (editor) => {
    node.hidden = !editor?.ready;
    if (!editor) return;
    who.textContent = `${editor.name}: ${editor.why}`;
    const safety = editor.safety === null || editor.safety === undefined ? '' : editor.safety ? 'on' : 'off';
    replaceKeepingFocus(fields, ...editor.fields.map(number),
      choice('scheduler', 'Sampler', 'dpm++ needs the fewest steps', editor.scheduler, editor.schedulers.map((name) => [name, name || "the model's own"])),
      choice('safety', 'Safety checker', "Whether the model's own safety checker looks at the result", safety, [['', 'as set up'], ['on', 'on'], ['off', 'off']]));
    ran.replaceChildren(...editor.ran.map(report));
  };
  return node;
}

function report(one) {
  const rows = one.settings.map(([name, value]) => el('li', { text: `${name}: ${value}` }));
  return el('div', {}, el('p', { class: 'gg-reason', text: `${one.kind} by ${one.editor}. ${one.why}` }), rows.length ? el('ul', {}, ...rows) : null);
}
