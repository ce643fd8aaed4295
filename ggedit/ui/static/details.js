// The bar under the canvas: what is known about the selected thing, and what can be done with it.

import { button, el, replaceKeepingFocus } from './dom.js';
import { colourOf, page } from './page.js';
import { thumbnail } from './masks.js';

const MASK_ACTIONS = [
  ['grow', 'Grow', 'Make the mask a little larger (G)'],
  ['shrink', 'Shrink', 'Make the mask a little smaller (S)'],
  ['fill', 'Fill holes', 'Fill the holes in the mask (F)'],
  ['invert', 'Invert', 'Swap inside and outside within the box (I)'],
  ['reset', 'Start over', 'Forget clicks and paint; take the automatic mask again (U)'],
];

/** Shows the thing, or a hint when nothing is selected. `canvas` carries out what is pressed. */
export function showDetails(node, canvas) {
  const thing = canvas.thing(canvas.selected);
  if (!thing) return replaceKeepingFocus(node, el('p', { class: 'gg-hint', text: canvas.hint() }), ...canvas.lost().filter(({ box }) => box).map((one) => takeBox(one, canvas)));
  if (thing.lost) return replaceKeepingFocus(node, ...lostParts(thing, canvas));
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
      button(canvas.isLocked(thing.id) ? 'Unlock' : 'Lock', { 'data-key': 'lock', title: 'Keep the box from being moved by accident (Y)',
        onclick: () => canvas.toggleLock(thing.id) }),
      button('Delete box', { 'data-key': 'delete', title: 'This is not a thing (Delete)', onclick: () => canvas.dropBox(thing.id) }),
      ...(mask ? maskParts(thing, canvas) : [])),
    ...candidateParts(thing, canvas),
  ];
}

/** One click says that a thing is where it was proposed. */
function takeBox(thing, canvas) {
  return button(`The ${thing.label} is there`, { 'data-key': `confirm-${thing.id}`, title: 'Take the dashed box as the thing’s own',
    onclick: () => canvas.push({ kind: 'confirm_node', id: thing.id }), onpointerenter: () => page.point(thing.id), onpointerleave: () => page.point(null) });
}

function lostParts(thing, canvas) {
  const text = thing.box ? `The ${thing.label} may be in the dashed box.` : `The ${thing.label} was not found: draw a box around it.`;
  return [el('div', { class: 'gg-facts' }, el('strong', { text: thing.label }), el('span', { class: 'gg-reason', text })),
    el('div', { class: 'gg-actions' }, thing.box ? takeBox(thing, canvas) : null,
      button('Draw its box', { 'data-key': `draw-${thing.id}`, title: 'Draw a box around it in the picture', onclick: () => canvas.act('draw', { name: thing.label, node: thing.id }) }))];
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
    menu(canvas, 'Mask', 'Change the mask as a whole, save it or load one',
      el('div', { class: 'gg-menu' },
        ...MASK_ACTIONS.map(([name, text, title]) => button(text, { title, 'data-key': name, onclick: pressed(name) })),
        button(canvas.cleared === thing.id ? 'Take the old mask back' : 'Clear', { title: 'Paint the whole mask yourself: what you paint next is all of it (X)',
          'data-key': 'clear', onclick: () => canvas.clearMask(thing.id) }),
        button('Keep on your shelf', { title: 'Keep the thing as a cut-out, to be put into this or another photo', 'data-key': 'shelve', onclick: () => canvas.shelve(thing) }),
        button('Save as PNG', { title: 'The mask at full size: white may change', 'data-key': 'save-mask', onclick: () => canvas.saveMask(thing.id) }),
        el('label', { class: 'gg-link', title: 'A mask of the picture’s size; white may change' }, 'Load a PNG', el('input', { type: 'file', accept: 'image/png', class: 'gg-file',
          onchange: (event) => canvas.importMask(thing.id, event.target.files[0]) })))),
    edgeNote(thing, canvas),
  ];
}

/** A menu that stays open while the bar is drawn anew. */
function menu(canvas, text, title, ...children) {
  canvas.openMenus ??= new Set();
  const node = el('details', { class: 'gg-more', open: canvas.openMenus.has(text) }, el('summary', { text, title, 'data-key': `menu-${text}` }), ...children);
  node.addEventListener('toggle', () => (node.open ? canvas.openMenus.add(text) : canvas.openMenus.delete(text)));
  return node;
}

/** While the soft edge is shown: how wide it is, and where that is changed. */
function edgeNote(thing, canvas) {
  const { edge, edgeOn } = canvas.looks;
  if (!edgeOn || edge?.id !== thing.id) return null;
  return el('span', { class: 'gg-reason', text: `Edge: grown by ${edge.grow_px} px, soft over ${edge.feather_px} px. Change it in the step’s fine settings.` });
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
