// All keys, in a window that any key closes.

import { button, el } from './dom.js';
import { TOOLS } from './tools.js';

const MORE = [
  ['. and ,', 'the next thing, the one before'],
  ['arrow keys', 'move the selected box or place by a pixel, with Shift by ten'],
  ['1 to 9', 'answer which thing is meant; else take the other outline of that number'],
  ['Enter', 'take the selected thing as what is meant, or not'],
  ['R or F2', 'rename the selected thing'], ['Y', 'lock or unlock its box'], ['Delete', 'delete its box'],
  ['right button or Alt', 'with a click tool: the opposite'], ['[ and ]', 'smaller or larger brush'],
  ['G, S', 'grow or shrink the mask'], ['F, I', 'fill its holes, invert it'], ['X, U', 'clear it, start it over'],
  ['A, T', 'show everything that was found; show it as a list'],
  ['K, D', 'show or hide masks; show their soft edge'],
  ['C', 'compare before and after'], ['+, −, 0', 'zoom in, zoom out, fit'], ['space bar', 'hold it and drag to move the view'],
  ['Escape', 'select nothing'], ['Ctrl+Z, Ctrl+Shift+Z', 'undo, redo'],
];

/** Shows the list over the page; closes with Escape, its button or a click beside it. */
export function showKeys(canvas) {
  const row = ([keys, text]) => el('tr', {}, el('th', { scope: 'row', text: keys }), el('td', { text }));
  const tools = Object.values(TOOLS).map(({ key, title }) => [key.toUpperCase(), title.replace(/ \(.*\)$/, '').toLowerCase()]);
  const dialog = el('dialog', { class: 'gg-keys', 'aria-label': 'All keys' },
    el('div', { class: 'gg-keys-head' }, el('strong', { text: 'Keys on the picture' }),
      button('Close', { title: 'Close this list (Escape)', onclick: () => dialog.close() })),
    el('p', { class: 'gg-hint', text: 'They work while the picture has the focus: click it first, or reach it with Tab.' }),
    el('table', {}, el('tbody', {}, ...[...tools, ...MORE].map(row))));
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener('close', () => {
    dialog.remove();
    canvas.window.focus({ preventScroll: true });
  });
  canvas.element.querySelector('.gg-root').append(dialog);
  dialog.showModal();
}
