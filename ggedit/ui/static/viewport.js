// Where the picture lies in its window: {scale, x, y} in CSS pixels. Pure functions; nothing is drawn here.

import { clamp } from './geometry.js';

export const MAX_ZOOM = 8;

/** The picture as large as fits, in the middle, never above its own size times two. */
export function fitted(room, picture) {
  const scale = Math.min(room.width / picture.width, room.height / picture.height, 2);
  return centred({ scale, x: 0, y: 0 }, room, picture);
}

/** Zoomed by `factor` so that the picture's point under `at` stays there. */
export function zoomed(view, factor, [x, y], { room, picture }) {
  const least = fitted(room, picture).scale;
  const scale = clamp(view.scale * factor, least, Math.max(least, MAX_ZOOM));
  const ratio = scale / view.scale;
  return bounded({ scale, x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio }, room, picture);
}

/** Shifted by CSS pixels, with the picture kept in sight. */
export function panned(view, [dx, dy], { room, picture }) {
  return bounded({ ...view, x: view.x + dx, y: view.y + dy }, room, picture);
}

/** The picture's point under a point of the window. */
export const toPicture = (view, [x, y]) => [(x - view.x) / view.scale, (y - view.y) / view.scale];

function bounded(view, room, picture) {
  return { ...view, x: axis(view.x, room.width, picture.width * view.scale),
    y: axis(view.y, room.height, picture.height * view.scale) };
}

function centred(view, room, picture) {
  return bounded(view, room, picture);
}

function axis(offset, room, length) {
  return length <= room ? (room - length) / 2 : clamp(offset, room - length, 0);
}
