import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outbox, connect } from '../../../ggedit/ui/static/wire.js';
import { maskOwner, shownBoxes, shownPoints } from '../../../ggedit/ui/static/document.js';

function panel() {
  const sent = [];
  const gradio = { element: { dataset: {} }, props: { view: null }, trigger: () => sent.push(gradio.props.value), watch: (name, call) => { gradio.changed = call; } };
  const seen = [];
  let reloads = 0;
  const { outbox } = connect(gradio, (view) => seen.push(view.rev), () => { reloads += 1; });
  const receive = (view) => { gradio.props.view = view; gradio.changed(); };
  return { sent, seen, outbox, receive, reloads: () => reloads };
}

test('every letter holds all that was not acknowledged', () => {
  const { sent, outbox, receive } = panel();
  receive({ rev: 1, doc: 'a', acks: {} });
  outbox.push({ kind: 'click', x: 1 });
  outbox.push({ kind: 'click', x: 2 });
  assert.deepEqual(sent.at(-1).edits.map(({ n }) => n), [1, 2]);
  assert.equal(sent.at(-1).doc, 'a');
  receive({ rev: 2, doc: 'a', acks: { [outbox.name]: 1 } });
  assert.deepEqual(outbox.pending.map(({ n }) => n), [2]);
});

test('edits that came while other work was under way are sent again', () => {
  const { sent, outbox, receive } = panel();
  receive({ rev: 1, doc: 'a', acks: {} });
  outbox.push({ kind: 'click', x: 1 });
  receive({ rev: 5, doc: 'a', acks: {} });
  assert.equal(sent.length, 2);
});

test('an older view never replaces a newer one', () => {
  const { seen, receive } = panel();
  receive({ rev: 7, doc: 'a', acks: {} });
  receive({ rev: 6, doc: 'a', acks: {} });
  assert.deepEqual(seen, [7]);
});

test('edits on another picture are forgotten, opening one is not', () => {
  const { outbox, receive } = panel();
  receive({ rev: 1, doc: 'a', acks: {} });
  outbox.push({ kind: 'click', x: 1 });
  outbox.push({ kind: 'open' });
  receive({ rev: 2, doc: 'b', acks: {} });
  assert.deepEqual(outbox.pending.map(({ kind }) => kind), ['open']);
});

test('two outboxes never share a name', () => {
  assert.notEqual(new Outbox(() => {}).name, new Outbox(() => {}).name);
});

test('pending edits lie on top of the server view', () => {
  const view = { boxes: [{ id: 'a', label: 'cup', box: [0, 0, 1, 1], role: 'target' }], points: [{ id: 'a', x: 1 }], masks: [{ id: 'a' }] };
  const pending = [
    { n: 1, kind: 'move_box', id: 'a', box: [5, 5, 9, 9] },
    { n: 2, kind: 'rename_box', id: 'a', label: 'mug' },
    { n: 3, kind: 'click', id: 'a', x: 2 },
    { n: 4, kind: 'add_box', label: 'lamp', box: [1, 1, 2, 2] },
  ];
  const boxes = shownBoxes(view, pending);
  assert.deepEqual(boxes.map(({ label, box }) => [label, box]), [['mug', [5, 5, 9, 9]], ['lamp', [1, 1, 2, 2]]]);
  assert.equal(shownPoints(view, pending).length, 2);
  assert.equal(shownBoxes(view, [{ n: 5, kind: 'drop_box', id: 'a' }]).length, 0);
  assert.equal(maskOwner(view, null), 'a');
  assert.equal(maskOwner(view, 'other'), null);
});

test('a server that was started again makes the page load anew, once it had been known', () => {
  const { receive, reloads } = panel();
  receive({ stranger: true, n: 1 });
  assert.equal(reloads(), 0);
  receive({ rev: 1, doc: 'a', acks: {} });
  receive({ stranger: true, n: 2 });
  assert.equal(reloads(), 1);
});
