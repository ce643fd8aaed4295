// What the toolbar's buttons and the keys do.

import { say } from './dom.js';
import { fitted } from './viewport.js';
import { showKeys } from './keys_list.js';

export const ACTIONS = {
  tool: (canvas, name) => {
    canvas.endPair();
    canvas.tool = name;
    canvas.comparing = false;
    canvas.drawingFor = null;
  },
  /** The next box that is drawn is this thing's: {name}, with `node` one that stands in the graph already. */
  draw: (canvas, thing) => {
    canvas.act('tool', 'box');
    canvas.drawingFor = thing;
    canvas.window.scrollIntoView({ block: 'nearest' });
    say(canvas.notice, `Draw a box around the ${thing.name}.`);
  },
  size: (canvas, size) => { canvas.brushSize = size; },
  everything: (canvas) => { canvas.everything = !canvas.everything; },
  edge: (canvas) => {
    canvas.looks.edgeOn = !canvas.looks.edgeOn;
    if (canvas.looks.edgeOn) canvas.masksShown = true;
  },
  list: (canvas) => { canvas.listShown = !canvas.listShown; },
  keys: (canvas) => showKeys(canvas),
  next: (canvas, way) => {
    const all = canvas.things();
    if (!all.length) return;
    const at = all.findIndex(({ id }) => id === canvas.selected);
    canvas.select(all[(at + way + all.length) % all.length].id);
  },
  lock: (canvas) => { if (canvas.selected) canvas.toggleLock(canvas.selected); },
  rename: (canvas) => canvas.details.querySelector('[data-key=name]')?.select(),
  mask: (canvas, how) => {
    const id = canvas.owner();
    if (!id) return;
    if (how === 'clear') canvas.clearMask(id);
    else canvas.reshape(id, how);
  },
  masks: (canvas) => { canvas.masksShown = !canvas.masksShown; },
  compare: (canvas) => {
    if (canvas.looks.pair) canvas.endPair();
    else canvas.comparing = !canvas.comparing && Boolean(canvas.view?.before);
  },
  in: (canvas) => canvas.zoomBy(1.5),
  out: (canvas) => canvas.zoomBy(1 / 1.5),
  fit: (canvas) => { canvas.port = fitted(canvas.room(), canvas.picture); },
  delete: (canvas) => {
    const thing = canvas.thing(canvas.selected);
    if (thing && !thing.place && !canvas.isLocked(thing.id)) canvas.dropBox(thing.id);
  },
  nudge: (canvas, [dx, dy]) => {
    const thing = canvas.thing(canvas.selected);
    if (!thing || canvas.isLocked(thing.id)) return;
    const [x1, y1, x2, y2] = thing.box;
    canvas.moveThing(thing.id, [x1 + dx, y1 + dy, x2 + dx, y2 + dy]);
  },
};
