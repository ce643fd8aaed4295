import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOfSgedit } from '../../../ggedit/ui/static/graph_files.js';
import { shownLost } from '../../../ggedit/ui/static/document.js';

test('a lost thing waits for its box until one is under way', () => {
  const view = { lost: [{ id: 'hat-1', label: 'hat', box: [0, 0, 9, 9] }, { id: 'mug-1', label: 'mug', box: null }] };
  assert.deepEqual(shownLost(view, []).map(({ id, lost }) => [id, lost]), [['hat-1', true], ['mug-1', true]]);
  assert.deepEqual(shownLost(view, [{ kind: 'confirm_node', id: 'hat-1', n: 1 }]).map(({ id }) => id), ['mug-1']);
  assert.deepEqual(shownLost(null, []), []);
});

for (const [text, known] of [['{"objects": ["cup"]}', true], ['{"nodes": [], "edges": []}', false], ['nothing', false], ['null', false]]) {
  test(`SGEdit's own file is told from others: ${text}`, () => assert.equal(isOfSgedit(text), known));
}
