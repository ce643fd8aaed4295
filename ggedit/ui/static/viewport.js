// Where the picture lies in its window: {scale, x, y} in CSS pixels. Pure functions; nothing is drawn here.

import { clamp } from './geometry.js';

export const MAX_ZOOM = 8;

const READABLE = 320;

/** The picture as large as fits, in the middle; never above its own size times two, but a tiny one until it can be seen. */
export function fitted(room, picture) {
  const most = Math.max(2, Math.min(MAX_ZOOM * 4, READABLE / Math.max(picture.width, picture.height)));
  const scale = Math.min(room.width / picture.width, room.height / picture.height, most);
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

/**
 * The part of the picture that should be fetched sharper: the window's part and a rim around it, or null where the
 * display copy (`ratio` of its pixels per picture pixel) or the part that is there (`have`) will do.
 */
export function sharperPart(view, room, picture, { ratio, dense = 1, have = null }) {
  if (ratio >= 1 || view.scale * dense <= ratio * 1.05) return null;
  const [left, top] = toPicture(view, [0, 0]);
  const [right, bottom] = toPicture(view, [room.width, room.height]);
  const seen = [clamp(left, 0, picture.width), clamp(top, 0, picture.height),
    clamp(right, 0, picture.width), clamp(bottom, 0, picture.height)];
  if (have && holds(have, seen) && (have[2] - have[0]) <= 3 * (seen[2] - seen[0])) return have;
  const rim = RIM * Math.max(seen[2] - seen[0], seen[3] - seen[1]);
  return [Math.max(0, Math.floor(seen[0] - rim)), Math.max(0, Math.floor(seen[1] - rim)),
    Math.min(picture.width, Math.ceil(seen[2] + rim)), Math.min(picture.height, Math.ceil(seen[3] + rim))];
}

const RIM = 0.2;
const holds = (outer, inner) => outer[0] <= inner[0] + 1 && outer[1] <= inner[1] + 1 && outer[2] >= inner[2] - 1 && outer[3] >= inner[3] - 1;

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
