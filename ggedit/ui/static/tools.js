// The canvas tools. Each is {cursor, down, move, up}: it gets the canvas and a point in picture pixels,
// keeps what it needs in the gesture that `down` returns, and ends by pushing one edit.

import { areaOf, hits, moved, nextHit, resized, rounded, spanned } from './geometry.js';

const SLOP = 4;
const apart = ([ax, ay], [bx, by]) => [bx - ax, by - ay];
const far = ([dx, dy]) => Math.hypot(dx, dy);

/** Selects on a click; moves or resizes on a drag. */
const select = {
  cursor: 'default',
  down(canvas, point, target) {
    const handle = target.dataset?.handle;
    const held = canvas.thing(handle ? target.dataset.id : canvas.selected);
    const under = hits(canvas.things(), point);
    const grabbed = handle ? held : under.find(({ id }) => id === canvas.selected) ?? under[0] ?? null;
    return { start: point, handle, under, thing: grabbed, moved: false };
  },
  move(canvas, gesture, point) {
    const way = apart(gesture.start, point);
    if (!gesture.thing || canvas.isLocked(gesture.thing.id)) return;
    if (!gesture.moved && far(way) < SLOP * canvas.unit) return;
    gesture.moved = true;
    const { box } = gesture.thing;
    gesture.box = gesture.handle
      ? resized(box, gesture.handle, point, canvas.picture)
      : moved(box, way, canvas.picture);
    canvas.select(gesture.thing.id);
    canvas.draft({ box: gesture.box });
  },
  up(canvas, gesture) {
    if (gesture.moved) canvas.moveThing(gesture.thing.id, rounded(gesture.box));
    else if (!gesture.handle) canvas.select(nextHit(gesture.under, canvas.selected)?.id ?? null);
  },
};

const drawBox = {
  cursor: 'crosshair',
  down: (canvas, point) => ({ start: point, box: null }),
  move(canvas, gesture, point) {
    gesture.box = spanned(gesture.start, point, canvas.picture);
    canvas.draft({ box: gesture.box });
  },
  up(canvas, gesture) {
    const big = gesture.box && areaOf(gesture.box) > (SLOP * canvas.unit) ** 2;
    if (big) canvas.addBox(rounded(gesture.box));
  },
};

/** A click that says what belongs to the thing; with the right button or Alt it says the opposite. */
const click = (positive) => ({
  cursor: 'crosshair',
  needsMask: true,
  down: (canvas, point, target, event) => ({ point, positive: positive !== (event.button === 2 || event.altKey) }),
  move() {},
  up: (canvas, gesture) => canvas.clickAt(gesture.point, gesture.positive),
});

const stroke = ({ include, filled = false }) => ({
  cursor: 'crosshair',
  needsMask: true,
  brush: !filled,
  down(canvas, point) {
    const gesture = { points: [point], size: canvas.brushSize, include, filled };
    canvas.draft(gesture);
    return gesture;
  },
  move(canvas, gesture, point, event) {
    const trail = event.getCoalescedEvents?.() ?? [];
    gesture.points.push(...(trail.length ? trail.map((one) => canvas.pointOf(one)) : [point]));
    canvas.draft(gesture);
  },
  up: (canvas, gesture) => canvas.paint(gesture),
});

const hand = {
  cursor: 'grab',
  down: (canvas, point, target, event) => ({ last: [event.clientX, event.clientY] }),
  move(canvas, gesture, point, event) {
    const here = [event.clientX, event.clientY];
    canvas.pan(apart(gesture.last, here));
    gesture.last = here;
  },
  up() {},
};

export const TOOLS = {
  select: { ...select, key: 'v', text: 'Select', title: 'Select, move and resize boxes (V)' },
  box: { ...drawBox, key: 'b', text: 'Draw box', title: 'Draw a box around a thing (B)' },
  include: { ...click(true), key: 'p', text: '+ Click', title: 'Click what belongs to the selected thing (P)' },
  exclude: { ...click(false), key: 'n', text: '− Click', title: 'Click what does not belong to it (N)' },
  brush: { ...stroke({ include: true }), key: 'm', text: 'Brush', title: 'Paint onto the mask (M)' },
  erase: { ...stroke({ include: false }), key: 'e', text: 'Eraser', title: 'Erase from the mask (E)' },
  lasso: { ...stroke({ include: true, filled: true }), key: 'l', text: 'Lasso', title: 'Circle an area to add it (L)' },
  hand: { ...hand, key: 'h', text: 'Hand', title: 'Move the view (H, or hold the space bar)' },
};
