// The plan's heading: who wrote it, whether a language model was asked, and everything that it was sent.

import { button, el } from './dom.js';

/** The heading; `show(view)` brings it up to date, `send(edit)` tells the server what was chosen. */
export function planHead(send) {
  const author = el('span', { class: 'gg-badge', hidden: true });
  const state = el('p', { class: 'gg-reason' });
  const why = el('p', { class: 'gg-reason' });
  const talk = el('div', { class: 'gg-talk' });
  const details = el('details', { class: 'gg-more gg-planner' },
    el('summary', { text: 'Planner', title: 'Which planner wrote the plan, whether a language model was asked, and what it was sent' }), why, state, talk);
  const asked = el('input', { type: 'checkbox', 'data-key': 'use-chat', onchange: () => send({ kind: 'use_chat', on: asked.checked }) });
  const model = el('span');
  const chooser = el('label', { class: 'gg-field gg-use-chat', hidden: true }, asked, model);
  const rules = button('Plan by the rules instead', { class: 'gg-quiet', 'data-key': 'by-rules', hidden: true,
    title: 'Plan this request by the program’s own rules; no language model is asked', onclick: () => send({ kind: 'plan_by_rules' }) });
  const node = el('div', { class: 'gg-plan-head' }, el('h2', { text: 'Plan' }), author, chooser, rules, details);
  node.show = (view) => {
    const { chat } = view;
    chooser.hidden = !chat?.switch;
    asked.checked = Boolean(chat?.on);
    model.textContent = `Language model${chat?.model ? ` (${chat.model})` : ''}`;
    chooser.title = `${chat?.text ?? ''} ${chat?.on ? 'Switch it off to work without one.' : 'Switch it on to ask it from the next run on.'}`;
    rules.hidden = !view.by_rules;
    rules.disabled = Boolean(view.busy);
    author.hidden = !view.author;
    author.textContent = `by ${view.author}`;
    author.title = view.talk?.length ? 'A language model was asked for this plan' : 'Written by the program itself';
    author.classList.toggle('is-llm', Boolean(view.talk?.length));
    why.textContent = view.why ?? '';
    why.hidden = !view.why;
    state.textContent = chat?.text ?? '';
    talk.replaceChildren(...(view.talk ?? []).map(exchange));
  };
  return node;
}

function exchange(one) {
  const tokens = one.tokens ? `, ${one.tokens} tokens` : '';
  return el('details', { class: 'gg-exchange' },
    el('summary', { text: `Show prompt: ${one.stage}, ${one.model}${tokens}`, title: `Asked by ${one.backend}` }),
    part('What was sent', one.sent), part('What came back', one.reply));
}

function part(title, text) {
  const copy = button('Copy', { title: `Copy: ${title.toLowerCase()}`, onclick: () => navigator.clipboard?.writeText(text) });
  return el('div', {}, el('div', { class: 'gg-part-head' }, el('strong', { text: title }), copy), el('pre', { text, tabindex: '0' }));
}
