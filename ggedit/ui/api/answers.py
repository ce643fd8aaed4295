"""From a Turn and a History to the JSON of the endpoints."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from gradio.data_classes import FileData
from PIL import Image

from ...core import language
from ...core.geometry import Box
from ...core.masks import Mask
from ...core.picture import Picture, encode_picture
from ...core.plan import EditStep, check, step_box, step_kind, step_node
from ...core.result import EditResult
from ...core.scene import SceneGraph
from ...core.selection import Choice, Role
from ...core.turn import History, Stage, Turn
from ..files import Drawer
from ..views.words import step_title
from . import shapes

_NOTHING = shapes.Progress(stage="", fraction=0.0, message="")


def reading_of(instruction: language.Instruction) -> shapes.Reading:
    return {
        "text": instruction.text,
        "clauses": clauses_of(instruction),
        "note": instruction.note or "",
        "questions": list(instruction.questions),
    }


def clauses_of(instruction: language.Instruction | None) -> list[shapes.Clause]:
    return [
        {
            "verb": c.verb.value,
            "target": c.target.phrase if c.target is not None else "",
            "payload": c.payload or "",
            "instruction": c.direct,
        }
        for c in (instruction.clauses if instruction is not None else ())
    ]


def under_way(session: str, turn: Turn, progress: shapes.Progress, *, until: Stage) -> Any:
    """An answer without content yet, of the shape that the last one will have."""
    empty = _found(session, turn.emptied_from(Stage.PARSE), notes=())
    return _filled(empty, until) | {"progress": progress, "done": False}


def answer_of(session: str, turn: Turn, drawer: Drawer, *, until: Stage, notes: tuple[str, ...]) -> Any:
    """Everything that is known up to ``until``: a ``Found``, ``Outlined``, ``Planned`` or ``Edited``."""
    answer: dict[str, Any] = dict(_filled(_found(session, turn, notes=notes), until))
    if until.rank >= Stage.SEGMENT.rank:
        answer |= {"masks": _masks(turn, drawer)}
    if until.rank >= Stage.PLAN.rank:
        answer |= _plan(turn)
    if until is Stage.EDIT and turn.result is not None:
        answer |= _result(turn, turn.result, drawer)
    return answer


def state_of(session: str, history: History, turn: Turn | None) -> shapes.SessionState:
    width, height = history.picture.extent
    return {
        "session": session,
        "width": width,
        "height": height,
        "turns": [{"id": t.id, "parent": t.parent or "", "text": t.ask.text, "seed": t.seed} for t in history.turns],
        "current": history.cursor or "",
        "draft": turn is not None,
    }


def picture_file(picture: Picture, drawer: Drawer, *, format_: str, quality: int) -> FileData:
    suffix = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}[format_]
    return FileData(path=str(drawer.keep(encode_picture(picture, format_, quality=quality), suffix)))


def _filled(found: shapes.Found, until: Stage) -> Any:
    """With the fields of the later shapes, empty."""
    answer: dict[str, Any] = dict(found)
    if until.rank >= Stage.SEGMENT.rank:
        answer |= {"masks": []}
    if until.rank >= Stage.PLAN.rank:
        answer |= {"nodes": [], "edges": [], "steps": [], "refusals": [], "problems": []}
    if until is Stage.EDIT:
        answer |= {"picture": None, "changed": None, "changed_px": 0, "seed": 0, "warnings": [], "ran": []}
    return answer


def _found(session: str, turn: Turn, *, notes: tuple[str, ...]) -> shapes.Found:
    width, height = turn.picture.extent
    read = turn.instruction
    said = [*notes, *([read.note] if read is not None and read.note else []), *(read.questions if read else ())]
    doubts = turn.selection.doubts if turn.selection is not None else ()
    return {
        "session": session,
        "done": True,
        "progress": _NOTHING,
        "notes": said,
        "width": width,
        "height": height,
        "clauses": clauses_of(read),
        "boxes": _boxes(turn),
        "doubts": [{"clause": d.clause, "question": d.question, "candidates": list(d.candidates)} for d in doubts],
    }


def _boxes(turn: Turn) -> list[shapes.FoundBox]:
    found, chosen = turn.detections, turn.selection
    if found is None:
        return []
    rows: list[shapes.FoundBox] = []
    for at, id_ in enumerate(found.ids):
        verdict = _verdict([c for c in (chosen.choices if chosen is not None else ()) if c.id == id_])
        rows.append(
            {
                "id": id_,
                "label": found.phrases[at],
                "box": _numbers(found.box(id_)),
                "score": round(float(found.score[at]), 4),
                "source": found.source[at].value,
                "kept": verdict is not None and verdict.kept,
                "role": verdict.role.value if verdict is not None and verdict.kept else "",
                "reason": verdict.reason if verdict is not None else "",
            }
        )
    return rows


def _verdict(mine: list[Choice]) -> Choice | None:
    """The verdict that matters most: as a target before as an anchor, kept before dropped."""
    order = {role: number for number, role in enumerate(Role)}
    return min(mine, key=lambda c: (not c.kept, order[c.role]), default=None)


def _masks(turn: Turn, drawer: Drawer) -> list[shapes.FoundMask]:
    if turn.masks is None:
        return []
    return [
        {
            "id": id_,
            "box": _numbers(mask.box),
            "area_px": mask.area,
            "quality": round(float(turn.masks.quality[at]), 4),
            "file": _mask_file(mask, drawer),
        }
        for at, (id_, mask) in enumerate(zip(turn.masks.ids, turn.masks.items, strict=True))
    ]


def _mask_file(mask: Mask, drawer: Drawer) -> FileData:
    buffer = io.BytesIO()
    Image.fromarray(np.where(mask.full(), 255, 0).astype(np.uint8)).save(buffer, "PNG")
    return FileData(path=str(drawer.keep(buffer.getvalue(), ".png")))


def _plan(turn: Turn) -> dict[str, Any]:
    scene, plan = turn.scene or SceneGraph(), turn.plan
    nodes: list[shapes.Node] = [
        {"id": n.id, "label": n.label, "attributes": list(n.attributes), "found": n.box is not None}
        for n in scene.nodes
    ]
    edges: list[shapes.Edge] = [{"subject": e.subject, "relation": e.relation, "object": e.object} for e in scene.edges]
    return {
        "nodes": nodes,
        "edges": edges,
        "steps": [_step(at, step, scene) for at, step in enumerate(plan.steps)] if plan is not None else [],
        "refusals": [{"sentence": r.sentence, "offers": list(r.offers)} for r in plan.refusals] if plan else [],
        "problems": list(check(plan, scene, turn.picture.extent)) if plan is not None else [],
    }


def _step(index: int, step: EditStep, scene: SceneGraph) -> shapes.Step:
    box = step_box(step)
    return {
        "index": index,
        "step": step_kind(step),
        "node": step_node(step) or "",
        "title": step_title(step, scene),
        "reason": step.reason,
        "box": _numbers(box) if box is not None else [],
        "enabled": step.enabled,
    }


def _result(turn: Turn, result: EditResult, drawer: Drawer) -> dict[str, Any]:
    ran: list[shapes.Ran] = [
        {"stage": r.stage.value, "backend": r.backend, "tier": r.tier.value, "seconds_s": r.seconds_s}
        for r in turn.records
    ]
    return {
        "picture": picture_file(result.picture, drawer, format_="PNG", quality=100),
        "changed": _mask_file(result.changed, drawer),
        "changed_px": result.changed.area,
        "seed": turn.seed,
        "warnings": [warning for report in result.reports for warning in report.warnings],
        "ran": ran,
    }


def _numbers(box: Box) -> list[float]:
    return [round(float(v), 2) for v in box.xyxy]
