// What the canvas shows: the server's last view with the person's unacknowledged edits on top.

/** Boxes after pending moves, names, deletions and additions. */
export function shownBoxes(view, pending) {
  let boxes = [...(view?.boxes ?? [])];
  for (const edit of pending) boxes = (BOX_EDITS[edit.kind] ?? same)(boxes, edit);
  return boxes;
}

const same = (boxes) => boxes;

const changed = (boxes, id, fields) => boxes.map((box) => (box.id === id ? { ...box, ...fields } : box));

const BOX_EDITS = {
  move_box: (boxes, edit) => changed(boxes, edit.id, { box: edit.box }),
  rename_box: (boxes, edit) => changed(boxes, edit.id, { label: edit.label }),
  drop_box: (boxes, edit) => boxes.filter(({ id }) => id !== edit.id),
  add_box: (boxes, edit) => [
    ...boxes,
    { id: `new:${edit.n}`, label: edit.label, box: edit.box, role: 'target', source: 'user',
      known: 'drawn by you', hue: boxes.length, pending: true, clauses: [] },
  ],
};

/** Things that were not found and wait for a box; those whose box is under way no longer do. */
export function shownLost(view, pending) {
  const settled = new Set(pending.filter(({ kind }) => kind === 'confirm_node').map(({ id }) => id));
  return (view?.lost ?? []).filter(({ id }) => !settled.has(id)).map((one) => ({ ...one, lost: true }));
}

/** Clicks that the server knows, then those under way. */
export function shownPoints(view, pending) {
  const mine = pending.filter(({ kind }) => kind === 'click');
  return [...(view?.points ?? []), ...mine];
}

/** Destinations of the plan's steps after pending drags. */
export function shownPlaces(view, pending) {
  return (view?.places ?? []).map((place) => {
    const last = pending.filter((edit) => edit.kind === 'move_place' && edit.index === place.index).pop();
    return last ? { ...place, box: last.box } : place;
  });
}

/** The thing that clicks and strokes are for: the selected one if it has a mask, else the only target. */
export function maskOwner(view, selected) {
  const masks = view?.masks ?? [];
  if (masks.some(({ id }) => id === selected)) return selected;
  const targets = (view?.boxes ?? []).filter(({ role }) => role === 'target').map(({ id }) => id);
  const masked = masks.filter(({ id }) => targets.includes(id));
  return selected === null && masked.length === 1 ? masked[0].id : null;
}
