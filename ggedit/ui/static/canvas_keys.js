// Keys of the canvas. They work while the canvas window has the focus.

import { TOOLS } from './tools.js';

const TOOL_KEYS = Object.fromEntries(Object.entries(TOOLS).map(([name, { key }]) => [key, name]));
const ACTION_KEYS = {
  a: ['everything'], t: ['list'], k: ['masks'], d: ['edge'], c: ['compare'], 0: ['fit'], '+': ['in'], '=': ['in'], '-': ['out'],
  Delete: ['delete'], Backspace: ['delete'], '?': ['keys'], '.': ['next', 1], ',': ['next', -1], y: ['lock'], r: ['rename'], F2: ['rename'],
  g: ['mask', 'grow'], s: ['mask', 'shrink'], f: ['mask', 'fill'], i: ['mask', 'invert'], x: ['mask', 'clear'], u: ['mask', 'reset'],
};
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function listenToKeys(canvas) {
  canvas.window.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey) return;
    if (handle(canvas, event)) event.preventDefault();
  });
  canvas.window.addEventListener('keyup', (event) => {
    if (event.key === ' ') canvas.spaceHeld = false;
  });
}

function handle(canvas, event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (ARROWS[key]) {
    const far = event.shiftKey ? 10 : 1;
    canvas.act('nudge', ARROWS[key].map((step) => step * far));
  } else if (TOOL_KEYS[key]) canvas.act('tool', TOOL_KEYS[key]);
  else if (ACTION_KEYS[key]) canvas.act(...ACTION_KEYS[key]);
  else if (/^[1-9]$/.test(key)) takeNumbered(canvas, Number(key) - 1);
  else if (key === '[' || key === ']') changeSize(canvas, key === ']' ? 1.25 : 0.8);
  else if (key === ' ') canvas.spaceHeld = true;
  else if (key === 'Escape') canvas.select(null);
  else if (key === 'Enter') toggleOnlyChoice(canvas);
  else return false;
  return true;
}

/** While it is asked which thing is meant: the candidate of that number; else the other outline of that number. */
function takeNumbered(canvas, at) {
  const asked = canvas.view?.question;
  const candidate = asked?.candidates[at];
  if (candidate) canvas.push({ kind: 'choose', clause: asked.clause, ids: [candidate] });
  else if (!asked && canvas.selected && canvas.candidatesOf(canvas.selected)[at]) canvas.pickMask(canvas.selected, at);
}

function changeSize(canvas, factor) {
  const input = canvas.floats.size.querySelector('input');
  input.value = String(Math.round(Number(input.value) * factor));
  canvas.act('size', Number(input.value));
}

function toggleOnlyChoice(canvas) {
  const clause = canvas.view?.question?.clause ?? canvas.clauses()[0]?.index;
  if (canvas.selected && clause !== undefined) canvas.toggleChoice(canvas.selected, clause);
}
