// Draws boxes, their labels, handles, clicks and destinations into one SVG.

import { svgEl } from './dom.js';
import { colourOf } from './page.js';
import { clamp, handlesOf } from './geometry.js';

const NONE = new Set();

/** Draws the whole layer. `unit` = picture pixels per CSS pixel, so that lines and text keep their size. */
export function drawBoxes(svg, scene) {
  const tags = placeTags(ordered(scene).filter((box) => isLoud(box, scene)).reverse(), scene);
  svg.replaceChildren(
    ...ordered(scene).map((box) => boxGroup(box, scene, tags.get(box.id))),
    ...scene.lost.filter(({ box }) => box).map((one) => lostGroup(one, scene)),
    ...scene.places.map((place) => placeGroup(place, scene)),
    ...scene.points.map((point) => pointMark(point, scene)),
    ...(scene.draft ? [draftMark(scene.draft, scene)] : []),
  );
}

/** Bystanders first, targets above them, the selected box on top. */
function ordered({ boxes, selected }) {
  const rank = ({ id, role }) => (id === selected ? 3 : { target: 2, anchor: 1 }[role] ?? 0);
  return [...boxes].sort((a, b) => rank(a) - rank(b));
}

const isLoud = ({ id, asked, role }, { selected, pointed }) =>
  id === selected || id === pointed || asked || role === 'target' || role === 'anchor';

/** Corners for the labels, so that none covers another: the most important ones choose first. */
export function placeTags(boxes, { unit, picture, locked }) {
  const taken = [];
  const places = new Map();
  for (const box of boxes) {
    const wide = tagWidth(tagText(box, locked.has(box.id)), unit);
    const high = TAG_HEIGHT * unit;
    const [x1, y1, x2, y2] = box.box;
    const inside = ([x, y]) => [clamp(x, 0, Math.max(0, picture.width - wide)), clamp(y, 0, Math.max(0, picture.height - high))];
    const spots = [[x1, y1 - high], [x2 - wide, y1 - high], [x1, y2], [x2 - wide, y2], [x1, y1], [x1, y2 - high]].map(inside);
    const free = ([x, y]) => taken.every(([tx, ty, tw]) => x >= tx + tw || tx >= x + wide || Math.abs(y - ty) >= high);
    const [x, y] = spots.find(free) ?? spots[0];
    taken.push([x, y, wide]);
    places.set(box.id, [x, y]);
  }
  return places;
}

const TAG_HEIGHT = 20;
const tagWidth = (text, unit) => (text.length * 7.2 + 12) * unit;
const tagText = (box, isLocked) =>
  `${box.number ? `${box.number} ` : ''}${box.label || 'thing'}${box.source === 'guess' ? ' ?' : ''}${isLocked ? ' 🔒' : ''}`;

function boxGroup(box, scene, spot) {
  const { unit, selected, pointed, locked } = scene;
  const chosen = box.id === selected;
  const classes = ['gg-box', `gg-${box.role}`, chosen && 'is-selected', box.id === pointed && 'is-pointed',
    box.asked && 'is-asked'].filter(Boolean).join(' ');
  const group = svgEl('g', { class: classes, 'data-id': box.id, style: `--hue:${colourOf(box.hue)}` });
  group.append(rectangle(box.box, 'gg-edge', box.id));
  if (spot) group.append(label(tagText(box, locked.has(box.id)), spot, unit));
  if (chosen && !locked.has(box.id)) group.append(...handles(box, unit));
  return group;
}

function rectangle([x1, y1, x2, y2], className, id) {
  return svgEl('rect', {
    class: className, x: x1, y: y1, width: Math.max(0, x2 - x1), height: Math.max(0, y2 - y1), 'data-id': id,
  });
}

function label(text, [x, y], unit) {
  const wide = tagWidth(text, unit);
  const tag = svgEl('g', { class: 'gg-tag', transform: `translate(${x} ${y})` });
  tag.append(
    svgEl('rect', { width: wide, height: TAG_HEIGHT * unit, rx: 4 * unit }),
    svgEl('text', { x: 6 * unit, y: 14.5 * unit, 'font-size': 12.5 * unit, text }),
  );
  return tag;
}

function handles(box, unit) {
  const side = 11 * unit;
  return handlesOf(box.box).map(([name, x, y]) =>
    svgEl('rect', {
      class: 'gg-handle', x: x - side / 2, y: y - side / 2, width: side, height: side, rx: 2 * unit,
      'data-handle': name, 'data-id': box.id, style: `cursor:${name}-resize`,
    }),
  );
}

function placeGroup(place, { unit, picture, selected }) {
  const id = `place:${place.index}`;
  const group = svgEl('g', { class: `gg-place${id === selected ? ' is-selected' : ''}`, 'data-id': id });
  const spot = placeTags([{ id, label: place.label, box: place.box }], { unit, picture, locked: NONE }).get(id);
  group.append(rectangle(place.box, 'gg-edge', id), label(place.label, spot, unit));
  if (id === selected) group.append(...handles({ ...place, id }, unit));
  return group;
}

/** Where a thing that was not found may be. */
function lostGroup({ id, label: name, box }, { unit, picture, selected, pointed }) {
  const classes = ['gg-proposed', id === selected && 'is-selected', id === pointed && 'is-pointed'].filter(Boolean).join(' ');
  const group = svgEl('g', { class: classes, 'data-id': id });
  const text = `${name} here?`;
  const spot = placeTags([{ id, label: text, box }], { unit, picture, locked: NONE }).get(id);
  group.append(rectangle(box, 'gg-edge', id), label(text, spot, unit));
  return group;
}

function pointMark({ x, y, positive, n }, { unit }) {
  const mark = svgEl('g', { class: `gg-point ${positive ? 'is-in' : 'is-out'}${n ? ' is-pending' : ''}` });
  mark.append(
    svgEl('circle', { cx: x, cy: y, r: 7 * unit }),
    svgEl('path', { d: `M${x - 3.5 * unit} ${y}h${7 * unit}${positive ? `M${x} ${y - 3.5 * unit}v${7 * unit}` : ''}` }),
  );
  return mark;
}

function draftMark({ points, size, include, filled, box }, { unit }) {
  if (box) return rectangle(box, 'gg-draft-box', null);
  const path = points.map(([x, y], at) => `${at ? 'L' : 'M'}${x} ${y}`).join('');
  const dot = points.length === 1 ? 'h0.01' : '';
  return svgEl('path', {
    class: `gg-draft ${include ? 'is-in' : 'is-out'}${filled ? ' is-filled' : ''}`, d: path + dot,
    'stroke-width': filled ? 2 * unit : size,
  });
}
