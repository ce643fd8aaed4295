// Pure geometry in picture pixels. A box is [x1, y1, x2, y2]; a size is {width, height}.

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

const SMALLEST = 2;

/** The box spanned by two corners, inside the picture. */
export function spanned([ax, ay], [bx, by], { width, height }) {
  return [
    clamp(Math.min(ax, bx), 0, width),
    clamp(Math.min(ay, by), 0, height),
    clamp(Math.max(ax, bx), 0, width),
    clamp(Math.max(ay, by), 0, height),
  ];
}

/** The box moved by (dx, dy), stopped at the picture's rim. */
export function moved([x1, y1, x2, y2], [dx, dy], { width, height }) {
  const right = clamp(dx, -x1, width - x2);
  const down = clamp(dy, -y1, height - y2);
  return [x1 + right, y1 + down, x2 + right, y2 + down];
}

/** The box with the sides named by `handle` ("nw", "e", ...) brought to a point. */
export function resized([x1, y1, x2, y2], handle, [x, y], { width, height }) {
  return [
    handle.includes('w') ? clamp(x, 0, x2 - SMALLEST) : x1,
    handle.includes('n') ? clamp(y, 0, y2 - SMALLEST) : y1,
    handle.includes('e') ? clamp(x, x1 + SMALLEST, width) : x2,
    handle.includes('s') ? clamp(y, y1 + SMALLEST, height) : y2,
  ];
}

/** Where the eight handles of a box are: [name, x, y]. */
export function handlesOf([x1, y1, x2, y2]) {
  const [mx, my] = [(x1 + x2) / 2, (y1 + y2) / 2];
  return [
    ['nw', x1, y1], ['n', mx, y1], ['ne', x2, y1], ['e', x2, my],
    ['se', x2, y2], ['s', mx, y2], ['sw', x1, y2], ['w', x1, my],
  ];
}

export const areaOf = ([x1, y1, x2, y2]) => Math.max(0, x2 - x1) * Math.max(0, y2 - y1);

export const rounded = (box) => box.map((value) => Math.round(value * 10) / 10);

/** Things whose box holds the point, smallest first, so that a small thing on a large one can be hit. */
export function hits(boxes, [x, y]) {
  return boxes
    .filter(({ box }) => x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3])
    .sort((a, b) => areaOf(a.box) - areaOf(b.box));
}

/** The next thing under the pointer: clicking again goes through overlapping ones. */
export function nextHit(found, selected) {
  if (!found.length) return null;
  const at = found.findIndex(({ id }) => id === selected);
  return found[(at + 1) % found.length];
}

/** The smallest whole-pixel box that holds a list of points, grown by `pad`, inside a size. */
export function boundsOf(points, pad, { width, height }) {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return [
    clamp(Math.floor(Math.min(...xs) - pad), 0, width),
    clamp(Math.floor(Math.min(...ys) - pad), 0, height),
    clamp(Math.ceil(Math.max(...xs) + pad), 0, width),
    clamp(Math.ceil(Math.max(...ys) + pad), 0, height),
  ];
}
