import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HEIGHT, layOut, roomFor, widthOf } from '../../../ggedit/ui/static/graph_layout.js';
import { inWords, textOf, wishedEdges, wishedNodes, withWish } from '../../../ggedit/ui/static/wishes.js';

const picture = { width: 400, height: 300 };

function overlaps(nodes, places) {
  const pairs = nodes.flatMap((a, i) => nodes.slice(i + 1).map((b) => [a, b]));
  return pairs.filter(([a, b]) => {
    const [[ax, ay], [bx, by]] = [places.get(a.id), places.get(b.id)];
    return Math.abs(ax - bx) < (widthOf(a.text) + widthOf(b.text)) / 2 && Math.abs(ay - by) < HEIGHT;
  });
}

test('forty things in one place are moved apart and stay readable', () => {
  const nodes = Array.from({ length: 40 }, (_, at) => ({ id: `n${at}`, text: `thing ${at}`, box: [190, 140, 210, 160] }));
  const places = layOut(nodes, picture);
  assert.equal(overlaps(nodes, places).length, 0);
  const { width, height } = roomFor(40);
  for (const [x, y] of places.values()) assert.ok(x > 0 && x < width && y > 0 && y < height);
});

test('left stays left and above stays above', () => {
  const nodes = [{ id: 'a', text: 'cup', box: [0, 0, 40, 40] }, { id: 'b', text: 'lamp', box: [300, 200, 400, 300] }];
  const places = layOut(nodes, picture);
  assert.ok(places.get('a')[0] < places.get('b')[0]);
  assert.ok(places.get('a')[1] < places.get('b')[1]);
});

test('a node that was dragged stays where it is', () => {
  const nodes = [{ id: 'a', text: 'cup', box: [0, 0, 40, 40] }, { id: 'b', text: 'lamp', box: [0, 0, 40, 40] }];
  assert.deepEqual(layOut(nodes, picture, new Map([['a', [200, 100]]])).get('a'), [200, 100]);
});

test('a later wish about the same thing takes the place of the earlier one', () => {
  const wishes = [{ wish: 'replace', node: 'a', label: 'vase' }, { wish: 'replace', node: 'a', label: 'jug' }].reduce(withWish, []);
  assert.deepEqual(wishes.map(({ label }) => label), ['jug']);
  assert.deepEqual(withWish(wishes, { wish: 'remove', node: 'a' }).map(({ wish }) => wish), ['remove']);
});

test('wishes are told in words and shown on the graph', () => {
  const name = (id) => ({ a: 'cup', b: 'table' })[id];
  const insert = { wish: 'insert', node: '', label: 'red hat', relation: 'on', anchor: 'b' };
  assert.equal(inWords(insert, name), 'Add red hat, on the table');
  assert.equal(inWords({ wish: 'relate', node: 'a', relation: 'left of', anchor: 'b' }, name), 'Move the cup: left of the table');
  const nodes = wishedNodes([{ id: 'a', label: 'cup', attributes: ['blue'] }], [{ wish: 'replace', node: 'a', label: 'vase' }, insert]);
  assert.equal(textOf(nodes[0]), 'blue cup → vase');
  assert.equal(nodes[1].fresh, true);
  assert.deepEqual(wishedEdges([], [insert]), [{ subject: 'wish:0', relation: 'on', object: 'b', fresh: true }]);
});
