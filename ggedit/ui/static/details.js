// The bar under the canvas: what is known about the selected thing, and what can be done with it.

import { button, el, replaceKeepingFocus } from './dom.js';
import { colourOf } from './page.js';
import { thumbnail } from './masks.js';

const MASK_ACTIONS = [
  ['grow', 'Grow', 'Make the mask a little larger'],
  ['shrink', 'Shrink', 'Make the mask a little smaller'],
  ['fill', 'Fill holes', 'Fill the holes in the mask'],
  ['invert', 'Invert', 'Swap inside and outside within the box'],
  ['reset', 'Start over', 'Forget clicks and paint; take the automatic mask again'],
];

/** Shows the thing, or a hint when nothing is selected. `canvas` carries out what is pressed. */
export function showDetails(node, canvas) {
  const thing = canvas.thing(canvas.selected);
  if (!thing) return replaceKeepingFocus(node, el('p', { class: 'gg-hint', text: canvas.hint() }));
  if (thing.place) return replaceKeepingFocus(node, ...placeParts(thing, canvas));
  return replaceKeepingFocus(node, ...thingParts(thing, canvas));
}

function thingParts(thing, canvas) {
  const mask = canvas.maskOf(thing.id);
  return [
    el('div', { class: 'gg-facts' },
      el('span', { class: 'gg-dot', style: `background:${colourOf(thing.hue)}` }),
      nameInput(thing, canvas),
      el('span', { class: `gg-known gg-${thing.source}`, text: thing.known, title: thing.match ?? '' }),
      thing.reason ? el('span', { class: 'gg-reason', text: thing.reason }) : null),
    el('div', { class: 'gg-actions' },
      ...choices(thing, canvas),
      button(canvas.isLocked(thing.id) ? 'Unlock' : 'Lock', { 'data-key': 'lock', title: 'Keep the box from being moved by accident',
        onclick: () => canvas.toggleLock(thing.id) }),
      button('Delete box', { 'data-key': 'delete', title: 'This is not a thing (Delete)', onclick: () => canvas.dropBox(thing.id) }),
      ...(mask ? maskParts(thing, canvas) : [])),
    ...candidateParts(thing, canvas),
  ];
}

function nameInput(thing, canvas) {
  return el('input', { class: 'gg-name', 'data-key': 'name', value: thing.label, maxlength: '80',
    'aria-label': 'Name of the thing', title: 'What is it? Change the name and press Enter',
    onchange: (event) => canvas.rename(thing.id, event.target.value),
    onkeydown: (event) => { event.stopPropagation(); if (event.key === 'Enter') event.target.blur(); } });
}

/** One switch per clause: is this thing meant by it? */
function choices(thing, canvas) {
  return canvas.clauses().map((clause) => {
    const kept = (thing.clauses ?? []).includes(clause.index);
    return button(kept ? `✓ Meant by “${clause.phrase}”` : `Take it as “${clause.phrase}”`, {
      class: kept ? 'is-on' : '', 'aria-pressed': String(kept), 'data-key': `choose-${clause.index}`,
      title: kept ? 'Click if this one is not meant' : 'Click if this one is meant',
      onclick: () => canvas.toggleChoice(thing.id, clause.index) });
  });
}

function maskParts(thing, canvas) {
  const pressed = (name) => () => canvas.reshape(thing.id, name);
  return [
    el('details', { class: 'gg-more' }, el('summary', { text: 'Mask', 'data-key': 'mask' }),
      el('div', { class: 'gg-menu' },
        ...MASK_ACTIONS.map(([name, text, title]) => button(text, { title, 'data-key': name, onclick: pressed(name) })),
        el('label', { class: 'gg-link' }, 'Load a PNG', el('input', { type: 'file', accept: 'image/png', class: 'gg-file',
          onchange: (event) => canvas.importMask(thing.id, event.target.files[0]) })))),
  ];
}

function candidateParts(thing, canvas) {
  const others = canvas.candidatesOf(thing.id);
  if (!others.length) return [];
  const pictures = others.map((candidate, at) =>
    el('button', { type: 'button', class: 'gg-thumb', 'data-key': `pick-${at}`, title: 'Take this outline instead',
      'aria-label': `Other outline ${at + 1}`, onclick: () => canvas.pickMask(thing.id, at) },
    thumbnail(canvas.photo, canvas.picture, candidate, thing.hue, () => canvas.draw())));
  return [el('div', { class: 'gg-thumbs' }, el('span', { text: 'Other outlines' }), ...pictures)];
}

function placeParts(place, canvas) {
  return [el('div', { class: 'gg-facts' },
    el('strong', { text: place.label }), el('span', { class: 'gg-reason', text: place.why || 'Drag it to where the thing should go.' }),
    button('Back to the plan', { 'data-key': 'plan', onclick: () => canvas.select(null) }))];
}
