// What the toolbar's buttons and the keys do.

import { fitted } from './viewport.js';

export const ACTIONS = {
  tool: (canvas, name) => {
    canvas.tool = name;
    canvas.comparing = false;
  },
  size: (canvas, size) => { canvas.brushSize = size; },
  everything: (canvas) => { canvas.everything = !canvas.everything; },
  masks: (canvas) => { canvas.masksShown = !canvas.masksShown; },
  compare: (canvas) => { canvas.comparing = !canvas.comparing && Boolean(canvas.view?.before); },
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
