// The plan's heading: who wrote it, whether a language model was asked, and everything that it was sent.

import { button, el } from './dom.js';

/** The heading; `show(view, chat)` brings it up to date. */
export function planHead() {
  const author = el('span', { class: 'gg-badge', hidden: true });
  const state = el('p', { class: 'gg-reason' });
  const why = el('p', { class: 'gg-reason' });
  const talk = el('div', { class: 'gg-talk' });
  const details = el('details', { class: 'gg-more gg-planner' },
    el('summary', { text: 'Planner', title: 'Which planner wrote the plan, whether a language model was asked, and what it was sent' }), why, state, talk);
  const node = el('div', { class: 'gg-plan-head' }, el('h2', { text: 'Plan' }), author, details);
  node.show = (view, chat) => {
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
