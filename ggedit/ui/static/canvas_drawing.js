// Draws the canvas: where the layers lie, what is on them, and how the toolbar stands.

import { button, el, urlOf } from './dom.js';
import { page } from './page.js';
import { drawBoxes } from './boxes.js';
import { shownBoxes, shownPoints } from './document.js';
import { TOOLS } from './tools.js';

/** Puts photo, sharper part, former picture and divider in their places. */
export function placeLayers(canvas) {
  const { stage, port, picture, looks } = canvas;
  const { scale, x, y } = port;
  stage.style.width = `${picture.width}px`;
  stage.style.height = `${picture.height}px`;
  stage.style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
  stage.style.setProperty('--unit', `${1 / scale}px`);
  const sharp = looks.tile || canvas.ratio() >= 1 ? 1 : canvas.ratio();
  stage.classList.toggle('is-close', scale > 2 * sharp);
  canvas.svg.setAttribute('viewBox', `0 0 ${picture.width} ${picture.height}`);
  placeTile(canvas.tile, looks.tile, 'after');
  placeTile(canvas.tileBefore, looks.tile, 'before');
  canvas.beforeSide.hidden = canvas.wipeBar.hidden = !canvas.comparing;
  canvas.beforeSide.style.clipPath = `inset(0 ${100 - canvas.wipe * 100}% 0 0)`;
  canvas.wipeBar.style.left = `${x + canvas.wipe * picture.width * scale}px`;
  canvas.wipeBar.setAttribute('aria-valuenow', Math.round(canvas.wipe * 100));
  const [before, after] = canvas.sideNames();
  canvas.wipeBar.children[0].textContent = before;
  canvas.wipeBar.children[1].textContent = after;
}

function placeTile(image, tile, side) {
  const url = urlOf(tile?.[side]);
  image.hidden = !url;
  if (!url) return;
  const [x1, y1, x2, y2] = tile.box;
  Object.assign(image.style, { left: `${x1}px`, top: `${y1}px`, width: `${x2 - x1}px`, height: `${y2 - y1}px` });
  if (image.getAttribute('src') !== url) image.src = url;
}

/** Masks, boxes, clicks and destinations. */
export function drawLayers(canvas) {
  const working = !canvas.comparing;
  const { masks, looks } = canvas;
  masks.place(canvas.port, canvas.room());
  masks.canvas.hidden = !canvas.masksShown || !working;
  if (!masks.canvas.hidden) masks.draw(shownMasks(canvas), [...canvas.strokes.values()], canvas.owner());
  canvas.svg.style.display = working ? '' : 'none';
  drawOverlay(canvas);
  looks.refresh();
}

/** Boxes, clicks, destinations, and what is being drawn: all that changes while the pointer moves. */
export function drawOverlay(canvas) {
  const asked = canvas.view.question?.candidates ?? [];
  const boxes = canvas.boxes().map((box) => ({ ...box, asked: asked.includes(box.id), number: asked.indexOf(box.id) + 1 }));
  drawBoxes(canvas.svg, {
    boxes, places: canvas.places(), lost: canvas.lost(), points: pointsOfOwner(canvas), draft: canvas.drafted, picture: canvas.picture,
    unit: canvas.unit, selected: canvas.selected, pointed: page.pointed, locked: canvas.locked,
  });
}

/** Masks of what is meant, of the selected thing, and with All of everything; the soft edge in place of its mask. */
function shownMasks(canvas) {
  const meant = new Set(canvas.boxes().filter(({ role }) => role === 'target' || role === 'anchor').map(({ id }) => id));
  const { edge, edgeOn } = canvas.looks;
  return (canvas.view.masks ?? [])
    .filter(({ id }) => canvas.everything || meant.has(id) || id === canvas.selected)
    .map((mask) => (edgeOn && edge?.id === mask.id ? { ...mask, file: edge.file, box: edge.box, soft: true } : mask))
    .map((mask) => (canvas.cleared === mask.id ? { ...mask, cleared: true } : mask));
}

function pointsOfOwner(canvas) {
  const owner = canvas.owner();
  return shownPoints(canvas.view, canvas.pending).filter(({ id }) => id === owner);
}

/** The toolbar: which tool and which switches are on, what is possible now. */
export function drawBar(canvas) {
  const { bar } = canvas;
  for (const node of bar.querySelectorAll('[data-tool]')) press(node, node.dataset.tool === canvas.tool);
  const states = { everything: canvas.everything, masks: canvas.masksShown, compare: canvas.comparing,
    edge: canvas.looks.edgeOn, list: canvas.listShown };
  for (const [name, on] of Object.entries(states)) press(bar.querySelector(`[data-act=${name}]`), on);
  bar.querySelector('[data-act=compare]').disabled = !canvas.view.before && !canvas.looks.pair;
  canvas.floats.size.hidden = !TOOLS[canvas.tool].brush;
  canvas.floats.zoom.querySelector('.gg-zoom').textContent = `${Math.round(canvas.port.scale * 100)} %`;
  canvas.window.style.cursor = canvas.comparing ? 'ew-resize' : TOOLS[canvas.tool].cursor;
}

function press(node, on) {
  node.classList.toggle('is-on', on);
  node.setAttribute('aria-pressed', String(on));
}

/** The same things as a list, for screen readers, the keyboard, and whoever likes lists better. */
export function drawList(canvas) {
  canvas.list.classList.toggle('is-shown', canvas.listShown);
  const rows = shownBoxes(canvas.view, canvas.pending).map((box) => {
    const meant = box.role === 'target' ? 'meant' : box.role === 'anchor' ? 'used to find it' : 'not meant';
    return el('li', {}, button(`${box.label}: ${meant}, ${box.known}${box.match ? `, ${box.match}` : ''}. ${box.reason ?? ''}`, {
      'data-key': `list-${box.id}`, class: box.id === canvas.selected ? 'is-on' : '', 'aria-pressed': String(box.id === canvas.selected),
      title: 'Select it in the picture', onclick: () => canvas.select(box.id) }));
  });
  return rows.length ? rows : [el('li', { class: 'gg-hint', text: 'Nothing was looked for yet: say what to change and press Analyse.' })];
}
