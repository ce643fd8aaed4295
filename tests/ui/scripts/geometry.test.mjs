import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundsOf, handlesOf, hits, moved, nextHit, resized, spanned } from '../../../ggedit/ui/static/geometry.js';
import { placeTags } from '../../../ggedit/ui/static/boxes.js';
import { fitted, panned, sharperPart, toPicture, zoomed } from '../../../ggedit/ui/static/viewport.js';

const picture = { width: 400, height: 300 };

test('a box is spanned by any two corners and stays inside', () => {
  assert.deepEqual(spanned([90, 80], [10, -20], picture), [10, 0, 90, 80]);
});

test('a moved box stops at the rim and keeps its size', () => {
  assert.deepEqual(moved([350, 10, 390, 50], [100, -100], picture), [360, 0, 400, 40]);
});

test('a handle moves its own sides only and never crosses the other side', () => {
  assert.deepEqual(resized([10, 10, 50, 50], 'se', [80, 90], picture), [10, 10, 80, 90]);
  assert.deepEqual(resized([10, 10, 50, 50], 'w', [70, 0], picture), [48, 10, 50, 50]);
  assert.equal(handlesOf([0, 0, 10, 10]).length, 8);
});

test('clicking again goes through overlapping things, the smallest first', () => {
  const boxes = [{ id: 'room', box: [0, 0, 400, 300] }, { id: 'cup', box: [10, 10, 30, 30] }];
  const found = hits(boxes, [20, 20]);
  assert.deepEqual(found.map(({ id }) => id), ['cup', 'room']);
  assert.equal(nextHit(found, null).id, 'cup');
  assert.equal(nextHit(found, 'cup').id, 'room');
  assert.equal(nextHit(found, 'room').id, 'cup');
  assert.equal(nextHit([], 'cup'), null);
});

test('the bounds of a stroke are whole pixels inside the picture', () => {
  assert.deepEqual(boundsOf([[5.5, 5.5], [390.2, 20]], 12, picture), [0, 0, 400, 32]);
});

test('zooming keeps the point under the pointer', () => {
  const room = { width: 800, height: 600 };
  const view = fitted(room, { width: 4000, height: 3000 });
  const at = [200, 150];
  const before = toPicture(view, at);
  const close = zoomed(view, 3, at, { room, picture: { width: 4000, height: 3000 } });
  const after = toPicture(close, at);
  assert.ok(Math.hypot(after[0] - before[0], after[1] - before[1]) < 1e-9);
  assert.equal(close.scale, view.scale * 3);
});

test('zoom ends at eight and panning keeps the picture in sight', () => {
  const room = { width: 800, height: 600 };
  const big = { width: 4000, height: 3000 };
  const close = zoomed(fitted(room, big), 1e6, [0, 0], { room, picture: big });
  assert.equal(close.scale, 8);
  const far = panned(close, [1e9, -1e9], { room, picture: big });
  assert.equal(far.x, 0);
  assert.equal(far.y, 600 - 3000 * 8);
});

test('a tiny picture is shown large enough to be seen', () => {
  const { scale } = fitted({ width: 800, height: 600 }, { width: 20, height: 15 });
  assert.equal(scale * 20, 320);
  assert.equal(fitted({ width: 800, height: 600 }, { width: 300, height: 200 }).scale, 2);
});

const big = { width: 8192, height: 4096 };
const room = { width: 800, height: 400 };

test('nothing sharper is fetched while the display copy will do', () => {
  assert.equal(sharperPart(fitted(room, big), room, big, { ratio: 0.25 }), null);
  assert.equal(sharperPart({ scale: 8, x: 0, y: 0 }, room, big, { ratio: 1 }), null);
});

test('the window and a rim around it are fetched, inside the picture', () => {
  assert.deepEqual(sharperPart({ scale: 1, x: -1000, y: 0 }, room, big, { ratio: 0.25 }), [840, 0, 1960, 560]);
  assert.ok(sharperPart(fitted(room, big), room, big, { ratio: 0.25, dense: 3 }), 'a dense screen shows more');
});

test('a part that is there is not fetched again until it is left, or much too large', () => {
  const have = [840, 0, 1960, 560];
  assert.equal(sharperPart({ scale: 1, x: -1100, y: -100 }, room, big, { ratio: 0.25, have }), have);
  assert.notEqual(sharperPart({ scale: 1, x: -1400, y: 0 }, room, big, { ratio: 0.25, have }), have);
  assert.notEqual(sharperPart({ scale: 8, x: -9000, y: -800 }, room, big, { ratio: 0.25, have }), have);
});

test('labels of boxes that begin in one corner do not cover each other', () => {
  const boxes = ['a', 'b', 'c'].map((id, at) => ({ id, label: 'main object', box: [50, 50, 200 + at, 150] }));
  const places = [...placeTags(boxes, { unit: 1, picture, locked: new Set() }).values()];
  const wide = 'main object'.length * 7.2 + 12;
  const pairs = places.flatMap((a, i) => places.slice(i + 1).map((b) => [a, b]));
  for (const [[ax, ay], [bx, by]] of pairs) assert.ok(Math.abs(ax - bx) >= wide || Math.abs(ay - by) >= 20);
  for (const [x, y] of places) assert.ok(x >= 0 && x + wide <= 400 && y >= 0 && y + 20 <= 300);
});
