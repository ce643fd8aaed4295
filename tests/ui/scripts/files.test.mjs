import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asFixes, asLines, asWishes, difference, readGraph } from '../../../ggedit/ui/static/graph_files.js';
import { Undoable } from '../../../ggedit/ui/static/undoing.js';

const node = (id, label, ...attributes) => ({ id, label, attributes, kind: 'object' });
const seen = {
  nodes: [node('cup-1', 'cup', 'blue'), node('lamp-1', 'lamp'), node('cat-1', 'cat'), node('cat-2', 'cat')],
  edges: [{ subject: 'cup-1', relation: 'on', object: 'lamp-1' }],
};
const wanted = {
  nodes: [node('cup-1', 'vase', 'blue', 'old'), node('lamp-1', 'lamp'), node('cat-1', 'cat'), node('hat-9', 'hat', 'red')],
  edges: [{ subject: 'cup-1', relation: 'left of', object: 'lamp-1' }, { subject: 'hat-9', relation: 'on', object: 'cat-1' }],
};

test('a saved graph is read with or without its envelope', () => {
  const value = { nodes: [{ id: 'a', label: 'cup', attributes: ['blue'], box: [0, 0, 1, 1] }], edges: [] };
  for (const document of [value, { format: 1, value }]) {
    assert.deepEqual(readGraph(JSON.stringify(document)).nodes, [{ id: 'a', label: 'cup', attributes: ['blue'], kind: 'object' }]);
  }
});

for (const [name, text, sentence] of [
  ['no JSON', 'nodes', /not JSON/], ['another JSON', '{"a": 1}', /no nodes and edges/], ['a node without a label', '{"nodes": [{"id": "a"}], "edges": []}', /id and a label/],
  ['a loose edge', '{"nodes": [], "edges": [{"subject": "a", "relation": "on", "object": "b"}]}', /names a thing/], ['too large', ' '.repeat(400_001), /too large/],
]) {
  test(`a file that is no graph is refused in one sentence: ${name}`, () => assert.throws(() => readGraph(text), sentence));
}

test('the same graph differs in nothing', () => {
  assert.deepEqual(asFixes(difference(seen, structuredClone(seen))), []);
});

test('a difference becomes corrections', () => {
  assert.deepEqual(asFixes(difference(seen, wanted)), [
    { kind: 'fix_drop_node', id: 'cat-2' },
    { kind: 'fix_node', id: 'cup-1', label: 'vase', attributes: ['blue', 'old'] },
    { kind: 'fix_add_node', label: 'hat', attributes: ['red'] },
    { kind: 'fix_edge', subject: 'cup-1', relation: 'left of', object: 'lamp-1' },
  ]);
});

test('a relation that is gone is deleted, unless its thing is', () => {
  const parted = { nodes: seen.nodes, edges: [] };
  assert.deepEqual(asFixes(difference(seen, parted)), [{ kind: 'fix_edge', subject: 'cup-1', relation: '', object: 'lamp-1' }]);
  const gone = { nodes: seen.nodes.slice(1), edges: [] };
  assert.deepEqual(asFixes(difference(seen, gone)), [{ kind: 'fix_drop_node', id: 'cup-1' }]);
});

test('a difference becomes wishes', () => {
  assert.deepEqual(asWishes(difference(seen, wanted), seen), [
    { wish: 'remove', node: 'cat-2' },
    { wish: 'replace', node: 'cup-1', label: 'vase' },
    { wish: 'restyle', node: 'cup-1', label: 'old' },
    { wish: 'relate', node: 'cup-1', relation: 'left of', anchor: 'lamp-1' },
    { wish: 'insert', label: 'red hat', relation: 'on', anchor: 'cat-1' },
  ]);
});

test('wishes are written as modification lines, twins by their ids', () => {
  assert.equal(asLines(asWishes(difference(seen, wanted), seen), seen), [
    "Remove: 'cat-2'", "Replace 'cup' by 'vase'", "Replace 'cup' by 'old cup'",
    "Modify a relationship: from ['cup' -> on -> 'lamp'] to ['cup' -> left of -> 'lamp']",
    "Add an object: 'red hat'. Add tuple: ['red hat' -> on -> 'cat-1']",
  ].join('\n'));
});

test('what is undone is redone until something else is done', () => {
  const list = new Undoable([]);
  assert.equal(list.canUndo, false);
  list.put([1]);
  list.put([1, 2]);
  list.undo();
  assert.deepEqual(list.value, [1]);
  list.redo();
  assert.deepEqual(list.value, [1, 2]);
  list.undo();
  list.put([3]);
  assert.equal(list.canRedo, false);
  list.undo();
  list.undo();
  list.undo();
  assert.deepEqual(list.value, []);
});
