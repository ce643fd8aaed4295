"""How a correction changes a cell, and how a person's effort survives a new run.

``apply`` gives a changed Turn and never runs a stage; ``reapply`` brings earlier corrections
back onto a stage's fresh output wherever they still fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .corrections import (
    AddBox,
    AddNode,
    AddStep,
    ChooseCandidates,
    ClickPoint,
    Correction,
    DropBox,
    DropNode,
    DropStep,
    EditEdge,
    EditNode,
    EditStepChange,
    EditText,
    ImportMask,
    MoveBox,
    PaintMask,
    PickMask,
    RenameBox,
    ReorderSteps,
    Reseed,
    SegmentCorrection,
    StepRef,
    TeachNode,
    Tune,
    plan_step,
    stage_of,
)
from .detections import Detections, Source
from .errors import BadInput
from .masks import Mask, Masks
from .plan import EditPlan, step_kind, step_node
from .scene import Node, SceneGraph
from .selection import Choice, Role, Selection
from .turn import Ask, Stage, Turn


def apply(turn: Turn, correction: Correction) -> Turn:
    """The Turn after a correction, with the cells to its right empty.

    Raises:
        BadInput: it names something that is not there, or lies outside the picture.
    """
    if isinstance(correction, EditText):
        return _with_text(turn, correction)
    if isinstance(correction, Reseed):
        seeded = replace(turn, seed=correction.seed, variant=correction.variant)
        return _noted(seeded.emptied_from(Stage.EDIT), correction)
    if isinstance(correction, Tune):
        return _noted(replace(turn, options=correction.options).emptied_from(Stage.EDIT), correction)
    stage = stage_of(correction)
    if turn.cell(stage) is None:
        if _may_wait(turn, correction):
            return _noted(turn, correction)
        raise BadInput(f"There is nothing to correct yet: let the {stage} stage run first.")
    if isinstance(correction, AddBox) and not correction.id:
        correction = replace(correction, id=_user_id(turn, correction.label))
    value = amend(turn.cell(stage), correction)
    if isinstance(correction, ClickPoint):
        return _noted(turn.emptied_from(stage), correction)
    return _noted(turn.write(stage, value), correction)


def reapply(stage: Stage, value: Any, corrections: Sequence[Correction]) -> tuple[Any, list[tuple[Correction, str]]]:
    """A stage's fresh output with the person's earlier corrections brought back.

    Returns:
        the amended output, and each correction that no longer fits with the reason in words.
    """
    dropped: list[tuple[Correction, str]] = []
    for correction in _current(stage, corrections):
        try:
            value = amend(value, correction)
        except BadInput as error:
            dropped.append((correction, str(error)))
    return value, dropped


def amend(value: Any, correction: Correction) -> Any:
    """A cell's value after a correction of its stage.

    Raises:
        BadInput: it does not fit this value.
    """
    return _AMEND[type(correction)](value, correction)


def clicks(corrections: Sequence[Correction], id_: str) -> tuple[ClickPoint, ...]:
    """The clicks made on one thing, oldest first; a mask imported later makes them void."""
    mine = [c for c in corrections if isinstance(c, ClickPoint | ImportMask) and c.id == id_]
    last = max((i for i, c in enumerate(mine) if isinstance(c, ImportMask)), default=-1)
    return tuple(c for c in mine[last + 1 :] if isinstance(c, ClickPoint))


def mended(corrections: Sequence[Correction], id_: str) -> tuple[ImportMask | PickMask | None, tuple[ClickPoint, ...]]:
    """The mask that a person imported or picked and then clicked on, and the clicks made on it since.

    None: the clicks are for the segmenter's own mask.
    """
    mine = [c for c in corrections if isinstance(c, ClickPoint | ImportMask | PickMask) and c.id == id_]
    while mine and not isinstance(mine[-1], ClickPoint):
        mine.pop()
    last = max((i for i, c in enumerate(mine) if not isinstance(c, ClickPoint)), default=-1)
    given = mine[last] if last >= 0 else None
    since = tuple(c for c in mine[last + 1 :] if isinstance(c, ClickPoint))
    return (given, since) if isinstance(given, ImportMask | PickMask) else (None, since)


def _current(stage: Stage, corrections: Sequence[Correction]) -> list[Correction]:
    """The stage's corrections that later ones have not made void."""
    mine = [c for c in corrections if stage_of(c) is stage and not isinstance(c, EditText | Reseed | Tune)]
    return [c for i, c in enumerate(mine) if not any(_voids(later, c) for later in mine[i + 1 :])]


def _voids(later: Correction, earlier: Correction) -> bool:
    if isinstance(later, ChooseCandidates) and isinstance(earlier, ChooseCandidates):
        return later.clause == earlier.clause
    if isinstance(later, ImportMask) and isinstance(earlier, SegmentCorrection):
        return later.id == earlier.id
    if isinstance(later, PickMask) and isinstance(earlier, PickMask):
        return later.id == earlier.id
    if isinstance(later, ClickPoint) and isinstance(earlier, ImportMask | PickMask):
        return later.id == earlier.id  # the segment stage has mended that mask at the click
    return False


def _may_wait(turn: Turn, correction: Correction) -> bool:
    """Quick clicks: the next one may come before the mask was made anew; one run does for all."""
    kept = turn.selection.kept_ids if turn.selection is not None else ()
    return isinstance(correction, ClickPoint) and correction.id in kept


def _noted(turn: Turn, correction: Correction) -> Turn:
    return replace(turn, corrections=(*turn.corrections, correction))


def _with_text(turn: Turn, correction: EditText) -> Turn:
    """Another request on the same picture: what was said about boxes, masks and the graph
    still holds; choices and plan changes belonged to the old request."""
    about_request = (EditText, ChooseCandidates, EditStepChange, DropStep, AddStep, ReorderSteps)
    kept = tuple(c for c in turn.corrections if not isinstance(c, about_request))
    fresh = replace(turn.emptied_from(Stage.PARSE), ask=Ask(correction.text), corrections=kept)
    return _noted(fresh, correction)


def _user_id(turn: Turn, label: str) -> str:
    """An id that no detector hands out, so that it survives a new detection."""
    words = label.lower().split()
    word = "".join(c if c.isalnum() else "-" for c in words[-1]) if words else "thing"
    used = {c.id for c in turn.corrections if isinstance(c, AddBox)}
    used.update(turn.detections.ids if turn.detections is not None else ())
    number = 1
    while f"{word}-u{number}" in used:
        number += 1
    return f"{word}-u{number}"


def _label(text: str) -> str:
    label = " ".join(text.split())
    if not label or len(label) > 80:
        raise BadInput("A name needs 1 to 80 characters.")
    return label


# detect ------------------------------------------------------------------------------------


def _add_box(value: Detections, c: AddBox) -> Detections:
    if c.id in value.ids:
        raise BadInput(f"There already is a box called {c.id!r}.")
    return value.added(c.id, c.box, phrase=_label(c.label), score=1.0, source=Source.USER)


def _move_box(value: Detections, c: MoveBox) -> Detections:
    row = value.index(c.id)
    xyxy = np.array(value.xyxy)
    xyxy[row] = c.box.clipped(value.extent).xyxy
    return _by_user(replace(value, xyxy=xyxy), row)


def _drop_box(value: Detections, c: DropBox) -> Detections:
    row = value.index(c.id)
    return value.take([i for i in range(len(value)) if i != row])


def _rename_box(value: Detections, c: RenameBox) -> Detections:
    row = value.index(c.id)
    phrases = list(value.phrases)
    phrases[row] = _label(c.label)
    return _by_user(replace(value, phrases=tuple(phrases)), row)


def _by_user(value: Detections, row: int) -> Detections:
    source, score = list(value.source), np.array(value.score)
    source[row], score[row] = Source.USER, 1.0
    return replace(value, source=tuple(source), score=score)


# select ------------------------------------------------------------------------------------


def _choose(value: Selection, c: ChooseCandidates) -> Selection:
    rows = [r for r in value.choices if r.clause == c.clause and r.role is Role.TARGET]
    phrase = rows[0].phrase if rows else ""
    known = {r.id for r in value.choices}
    unknown = [i for i in c.ids if i not in known]
    if unknown or not c.ids:
        raise BadInput(f"There is no candidate called {', '.join(unknown)}." if unknown else "Choose at least one.")
    others = tuple(r for r in value.choices if r not in rows)
    dropped = tuple(replace(r, kept=False, reason="You chose another one.") for r in rows if r.id not in c.ids)
    chosen = tuple(Choice(i, True, "You chose it.", 1.0, Role.TARGET, c.clause, phrase) for i in c.ids)
    doubts = tuple(d for d in value.doubts if d.clause != c.clause)
    return Selection((*chosen, *dropped, *others), doubts)


# segment -----------------------------------------------------------------------------------


def _click(value: Masks, c: ClickPoint) -> Masks:
    mask = value[c.id]
    if not (0 <= c.x < mask.extent.width and 0 <= c.y < mask.extent.height):
        raise BadInput(f"The click at {c.x:g}, {c.y:g} lies outside the picture.")
    return value


def _pick(value: Masks, c: PickMask) -> Masks:
    row = _mask_row(value, c.id)
    others = value.alternatives[row] if row < len(value.alternatives) else ()
    if not 0 <= c.candidate < len(others):
        raise BadInput(f"There is no mask candidate {c.candidate + 1} for {c.id!r}.")
    swapped = (*others[: c.candidate], value.items[row], *others[c.candidate + 1 :])
    alternatives = (*value.alternatives[:row], swapped, *value.alternatives[row + 1 :])
    return _with_mask(replace(value, alternatives=alternatives), row, others[c.candidate])


def _paint(value: Masks, c: PaintMask) -> Masks:
    row = _mask_row(value, c.id)
    full = value.items[row].full()
    _same_size(value.items[row], c.stroke)
    full[c.stroke.rows, c.stroke.columns][c.stroke.crop] = c.include
    if not full.any():
        raise BadInput("That would erase the whole mask: remove the object from the plan instead.")
    return _with_mask(value, row, Mask.of(full))


def _import(value: Masks, c: ImportMask) -> Masks:
    row = _mask_row(value, c.id)
    _same_size(value.items[row], c.mask)
    if not c.mask.area:
        raise BadInput("The imported mask is empty: white marks what may change.")
    return _with_mask(value, row, c.mask)


def _mask_row(value: Masks, id_: str) -> int:
    _ = value[id_]
    return value.ids.index(id_)


def _same_size(mine: Mask, theirs: Mask) -> None:
    if mine.extent != theirs.extent:
        raise BadInput(
            f"The mask is {theirs.extent.width} x {theirs.extent.height} pixels, the picture "
            f"{mine.extent.width} x {mine.extent.height}: give one of the picture's size."
        )


def _with_mask(value: Masks, row: int, mask: Mask) -> Masks:
    quality = np.array(value.quality)
    quality[row] = 1.0
    return replace(value, items=(*value.items[:row], mask, *value.items[row + 1 :]), quality=quality)


# relate ------------------------------------------------------------------------------------


def _need_node(value: SceneGraph, id_: str) -> Node:
    node = value.node(id_)
    if node is None:
        raise BadInput(f"There is no object called {id_!r} in the scene.")
    return node


def _add_node(value: SceneGraph, c: AddNode) -> SceneGraph:
    if value.node(c.node.id) is not None:
        raise BadInput(f"There already is an object called {c.node.id!r}.")
    return value.with_node(c.node)


def _edit_node(value: SceneGraph, c: EditNode) -> SceneGraph:
    node = _need_node(value, c.id)
    return value.with_node(replace(node, label=_label(c.label), attributes=c.attributes))


def _teach_node(value: SceneGraph, c: TeachNode) -> SceneGraph:
    return value.with_node(replace(_need_node(value, c.id), concept=c.concept or None))


def _drop_node(value: SceneGraph, c: DropNode) -> SceneGraph:
    _need_node(value, c.id)
    return value.without(c.id)


def _edit_edge(value: SceneGraph, c: EditEdge) -> SceneGraph:
    _need_node(value, c.edge.subject)
    _need_node(value, c.edge.object)
    if c.edge.subject == c.edge.object:
        raise BadInput("A relation needs two different objects.")
    changed = value.with_edge(c.edge)
    if c.edge.relation:
        return changed
    return replace(changed, edges=tuple(e for e in changed.edges if e != c.edge))


# plan --------------------------------------------------------------------------------------


def _same_step(plan: EditPlan, ref: StepRef) -> int:
    """The index, if the step there is still the one that was meant."""
    step = plan_step(plan, ref.index)
    if (step_kind(step), step_node(step)) != (ref.kind, ref.node):
        raise BadInput(f"Step {ref.index + 1} is no longer a {ref.kind} of {ref.node or 'the picture'}.")
    return ref.index


def _change_step(value: EditPlan, c: EditStepChange) -> EditPlan:
    at = _same_step(value, c.ref)
    return replace(value, steps=(*value.steps[:at], c.step, *value.steps[at + 1 :]))


def _drop_step(value: EditPlan, c: DropStep) -> EditPlan:
    at = _same_step(value, c.ref)
    return replace(value, steps=(*value.steps[:at], *value.steps[at + 1 :]))


def _add_step(value: EditPlan, c: AddStep) -> EditPlan:
    return replace(value, steps=(*value.steps, c.step))


def _reorder(value: EditPlan, c: ReorderSteps) -> EditPlan:
    if sorted(c.order) != list(range(len(value.steps))):
        raise BadInput(f"An order must name each of the {len(value.steps)} steps once.")
    return replace(value, steps=tuple(value.steps[i] for i in c.order))


_AMEND: dict[type, Callable[[Any, Any], Any]] = {
    AddBox: _add_box,
    MoveBox: _move_box,
    DropBox: _drop_box,
    RenameBox: _rename_box,
    ChooseCandidates: _choose,
    ClickPoint: _click,
    PickMask: _pick,
    PaintMask: _paint,
    ImportMask: _import,
    AddNode: _add_node,
    EditNode: _edit_node,
    TeachNode: _teach_node,
    DropNode: _drop_node,
    EditEdge: _edit_edge,
    EditStepChange: _change_step,
    DropStep: _drop_step,
    AddStep: _add_step,
    ReorderSteps: _reorder,
}
