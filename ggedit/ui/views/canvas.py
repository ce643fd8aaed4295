"""The canvas: boxes with their verdicts, masks, clicks, destinations."""

from __future__ import annotations

from collections.abc import Sequence

from ...core.corrections import ClickPoint, ImportMask
from ...core.detections import Detections, Source
from ...core.masks import Mask
from ...core.picture import Picture
from ...core.plan import EditPlan, step_box
from ...core.scene import NodeStatus
from ...core.selection import Choice, Role, Selection
from ...core.turn import Turn
from ..files import Drawer
from .words import Json, View, belief, file_of, numbers, open_doubts, step_title, strength

RIVALS = 2
"""Candidates shown besides those that are meant; the others appear with "All"."""
MAX_BOXES = 80
"""More candidates than anyone can look at are left out, the weakest first."""


def canvas_view(turn: Turn | None, picture: Picture, drawer: Drawer) -> View:
    """``picture`` is the one at the history's cursor, shown while there is no draft."""
    result = turn.result if turn is not None else None
    shown = result.picture if result is not None else turn.picture if turn is not None else picture
    view: View = {
        "picture": _picture(shown, drawer),
        "before": file_of(drawer.display(turn.picture)) if turn is not None and result is not None else None,
        "changed": numbers(result.changed.box) if result is not None and result.changed.area else None,
        "hint": hint(turn),
        "ready": turn is not None and turn.detections is not None,
    }
    return view if turn is None else view | _of_turn(turn, drawer)


def hint(turn: Turn | None) -> str:
    """What to do next, in one sentence."""
    if turn is None:
        return "Say what to change, then press Analyse. Boxes and masks will appear here."
    if turn.result is not None:
        return "Compare before and after. Keep the result, take it back, or go on correcting."
    if turn.plan is not None and not turn.plan.active:
        return "There is nothing to run yet: read the note beside the picture, or draw a box around what you mean."
    if any(source is Source.GUESS for source in _target_sources(turn)):
        return "This place is a guess. If it is wrong, draw a box around the right thing."
    if turn.plan is not None:
        return "Look at boxes and masks, correct what is wrong, then run the plan."
    return "Click a box to select it; drag it or its handles to change it."


def _target_sources(turn: Turn) -> list[Source]:
    detections, selection = turn.detections, turn.selection
    if detections is None or selection is None:
        return []
    meant = {c.id for c in selection.choices if c.kept and c.role is Role.TARGET}
    return [source for id_, source in zip(detections.ids, detections.source, strict=True) if id_ in meant]


def _picture(picture: Picture, drawer: Drawer) -> View:
    width, height = picture.extent
    return {"file": file_of(drawer.display(picture)), "width": width, "height": height}


def _of_turn(turn: Turn, drawer: Drawer) -> View:
    hues = {id_: number for number, id_ in enumerate(turn.detections.ids if turn.detections else ())}
    doubts = open_doubts(turn)
    return {
        "boxes": _boxes(turn.detections, turn.selection, hues) if turn.detections is not None else [],
        "masks": _masks(turn, hues, drawer),
        "candidates": _candidates(turn, drawer),
        "points": _points(turn),
        "places": _places(turn.plan, turn),
        "lost": _lost(turn),
        "clauses": clauses(turn),
        "question": _question(doubts[0].clause, doubts[0].candidates) if doubts else None,
    }


def _question(clause: int, candidates: tuple[str, ...]) -> View:
    return {"clause": clause, "candidates": list(candidates)}


def clauses(turn: Turn) -> list[Json]:
    """Clauses with a target: what a box may be taken as."""
    found = turn.instruction.clauses if turn.instruction is not None else ()
    return [{"index": i, "phrase": c.target.phrase} for i, c in enumerate(found) if c.target is not None]


def _boxes(detections: Detections, selection: Selection | None, hues: dict[str, int]) -> list[Json]:
    choices = selection.choices if selection is not None else ()
    rivals = _rivals(choices)
    rows: list[Json] = []
    for id_ in detections.ids[:MAX_BOXES]:
        at = detections.index(id_)
        mine = [c for c in choices if c.id == id_]
        source = detections.source[at]
        rows.append(
            {
                "id": id_,
                "label": detections.phrases[at],
                "box": numbers(detections.box(id_)),
                "source": source.value,
                "known": belief(source),
                "match": strength(source, float(detections.score[at])),
                "hue": hues[id_],
                **_verdict(mine),
                "candidate": id_ in rivals,
            }
        )
    return rows


def _rivals(choices: Sequence[Choice]) -> set[str]:
    """The best ``RIVALS`` boxes of each clause that were not taken."""
    clauses = {c.clause for c in choices if c.clause is not None}
    found: set[str] = set()
    for clause in clauses:
        lost = [c for c in choices if c.clause == clause and not c.kept and c.role is Role.TARGET]
        found.update(c.id for c in sorted(lost, key=lambda c: -c.score)[:RIVALS])
    return found


def _verdict(mine: list[Choice]) -> View:
    kept = [c for c in mine if c.kept]
    best = next((c for role in Role for c in kept if c.role is role), mine[0] if mine else None)
    targets = [c.clause for c in kept if c.role is Role.TARGET]
    return {
        "role": best.role.value if best is not None and best.kept else "dropped",
        "reason": best.reason if best is not None else "",
        "clauses": list(dict.fromkeys(c for c in targets if c is not None)),
    }


def _masks(turn: Turn, hues: dict[str, int], drawer: Drawer) -> list[Json]:
    if turn.masks is None:
        return []
    return [
        {"id": id_, "hue": hues.get(id_, 0), **_mask(mask, drawer)}
        for id_, mask in zip(turn.masks.ids, turn.masks.items, strict=True)
    ]


def _mask(mask: Mask, drawer: Drawer) -> View:
    return {"box": numbers(mask.box), "file": file_of(drawer.mask(mask))}


def _candidates(turn: Turn, drawer: Drawer) -> View:
    """Other outlines of the targets, in the order in which they can be picked."""
    masks, selection = turn.masks, turn.selection
    if masks is None or selection is None:
        return {}
    meant = {c.id for c in selection.choices if c.kept and c.role is Role.TARGET}
    return {
        id_: [_mask(mask, drawer) for mask in others]
        for id_, others in zip(masks.ids, masks.alternatives, strict=False)
        if id_ in meant and others
    }


def _points(turn: Turn) -> list[Json]:
    """The clicks that still count: an imported mask makes earlier ones void."""
    points: list[ClickPoint] = []
    for correction in turn.corrections:
        if isinstance(correction, ClickPoint):
            points.append(correction)
        elif isinstance(correction, ImportMask):
            points = [p for p in points if p.id != correction.id]
    return [{"id": p.id, "x": round(p.x, 1), "y": round(p.y, 1), "positive": p.positive} for p in points]


def _lost(turn: Turn) -> list[Json]:
    """Things that were not found, with the box that is proposed for each, if one is."""
    if turn.scene is None or turn.result is not None:
        return []
    rows = (n for n in turn.scene.nodes if n.status is NodeStatus.NOT_FOUND)
    return [{"id": n.id, "label": n.label, "box": None if n.box is None else numbers(n.box)} for n in rows]


def _places(plan: EditPlan | None, turn: Turn) -> list[Json]:
    """Where steps bring things to."""
    if plan is None or turn.result is not None:
        return []
    rows: list[Json] = []
    for index, step in enumerate(plan.steps):
        box = step_box(step)
        if box is not None and step.enabled:
            rows.append(
                {"index": index, "box": numbers(box), "label": step_title(step, turn.scene), "why": step.reason}
            )
    return rows
