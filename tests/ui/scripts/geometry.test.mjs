import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundsOf, handlesOf, hits, moved, nextHit, resized, spanned } from '../../../ggedit/ui/static/geometry.js';
import { fitted, panned, toPicture, zoomed } from '../../../ggedit/ui/static/viewport.js';

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
