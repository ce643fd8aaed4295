// Where the nodes of the graph go: each near its thing's place in the picture, moved apart just enough.

import { clamp } from './geometry.js';

export const HEIGHT = 30;
const GAP = { across: 46, down: 26 };
const ROUNDS = 200;
const GOLDEN_ANGLE = 2.39996;

export const widthOf = (text) => clamp(26 + 7.4 * text.length, 56, 220);

/** The drawing's size for so many nodes: wide and low, growing so that 40 stay readable. */
export function roomFor(count) {
  const width = Math.max(460, Math.sqrt(count) * 230);
  const flat = count <= 6 ? 0.42 : count <= 20 ? 0.6 : 0.46;
  return { width, height: Math.round(width * flat) };
}

/** Places for nodes {id, text, box} in a picture: Map id -> [x, y]. `fixed` keeps those that were dragged. */
export function layOut(nodes, picture, fixed = new Map()) {
  const room = roomFor(nodes.length);
  const spots = nodes.map((node, at) => ({
    id: node.id,
    half: widthOf(node.text) / 2,
    held: fixed.has(node.id),
    at: fixed.get(node.id) ?? startOf(node, at, nodes.length, { room, picture }),
  }));
  let crowded = true;
  for (let round = 0; round < ROUNDS && crowded; round += 1) crowded = spread(spots, room);
  if (crowded) inRows(spots, room);
  return new Map(spots.map((spot) => [spot.id, spot.at]));
}

/** From the box's middle, a little beside it so that equal places part; things without a box stand in a row at the top. */
function startOf({ box }, at, count, { room, picture }) {
  if (!box) return [(room.width * (at + 1)) / (count + 1), HEIGHT];
  const x = ((box[0] + box[2]) / 2 / picture.width) * room.width;
  const y = ((box[1] + box[3]) / 2 / picture.height) * room.height;
  const away = at && 9 * Math.sqrt(at);
  return [x + away * Math.cos(at * GOLDEN_ANGLE), y + away * Math.sin(at * GOLDEN_ANGLE)];
}

/** One round of pushing overlapping nodes apart; false once none overlap. */
function spread(spots, room) {
  let overlapping = false;
  for (let i = 0; i < spots.length; i += 1) {
    for (let j = i + 1; j < spots.length; j += 1) overlapping = push(spots[i], spots[j], i + j) || overlapping;
  }
  for (const spot of spots) spot.at = inside(spot, room);
  return overlapping;
}

/** Too many things in one place: rows from top to bottom, each from left to right. */
function inRows(spots, room) {
  const rows = [[]];
  for (const spot of [...spots].sort((a, b) => a.at[1] - b.at[1])) {
    const full = rows.at(-1).reduce((sum, { half }) => sum + 2 * half + GAP.across, 0) + 2 * spot.half > room.width - GAP.across;
    if (full) rows.push([]);
    rows.at(-1).push(spot);
  }
  rows.forEach((row, number) => placeRow(row, (room.height * (number + 1)) / (rows.length + 1), room));
}

function placeRow(row, y, room) {
  const free = room.width - row.reduce((sum, { half }) => sum + 2 * half, 0);
  let x = free / (row.length + 1);
  for (const spot of row.sort((a, b) => a.at[0] - b.at[0])) {
    if (!spot.held) spot.at = [x + spot.half, y];
    x += 2 * spot.half + free / (row.length + 1);
  }
}

function push(a, b, parity) {
  const [dx, dy] = [b.at[0] - a.at[0], b.at[1] - a.at[1]];
  const wide = a.half + b.half + GAP.across - Math.abs(dx);
  const high = HEIGHT + GAP.down - Math.abs(dy);
  if (wide <= 0 || high <= 0) return false;
  const sideways = wide < high;
  const way = Math.sign(sideways ? dx : dy) || (parity % 2 ? 1 : -1);
  const step = ((sideways ? wide : high) / 2) * way;
  shift(a, sideways, b.held ? -2 * step : -step);
  shift(b, sideways, a.held ? 2 * step : step);
  return true;
}

function shift(spot, sideways, by) {
  if (spot.held) return;
  spot.at = sideways ? [spot.at[0] + by, spot.at[1]] : [spot.at[0], spot.at[1] + by];
}

function inside({ at: [x, y], half }, { width, height }) {
  return [clamp(x, half + 4, Math.max(half + 4, width - half - 4)), clamp(y, HEIGHT, height - HEIGHT)];
}
