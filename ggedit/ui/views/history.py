"""The history: turns as a tree of thumbnails, the result's report, what undo would do."""

from __future__ import annotations

from collections.abc import Sequence

from ...core.result import EditResult
from ...core.turn import History, Turn
from ..files import Drawer
from .words import STAGE_NAMES, TIER_NAMES, Json, View, file_of


def history_view(
    history: History, turn: Turn | None, *, drawer: Drawer, steps: tuple[str, str], variants: Sequence[Turn]
) -> View:
    """``steps`` says what Undo would take back and what Redo would bring back, "" for nothing."""
    undoable, redoable = steps
    return {
        "turns": _turns(history, drawer),
        "undo": undoable,
        "redo": redoable,
        "result": _result(turn, turn.result, drawer) if turn is not None and turn.result is not None else None,
        "variants": _variants(turn, variants, drawer),
    }


def _turns(history: History, drawer: Drawer) -> list[Json]:
    path = {t.id for t in history.path()}
    root: View = {
        "id": None,
        "parent": None,
        "text": "the photo",
        "thumb": file_of(drawer.thumbnail(history.source)),
        "current": history.cursor is None,
        "on_path": True,
    }
    return [root, *(_turn(t, history, path, drawer) for t in history.turns)]


def _turn(turn: Turn, history: History, path: set[str], drawer: Drawer) -> View:
    result = turn.result
    return {
        "id": turn.id,
        "parent": turn.parent,
        "text": turn.ask.text or "changed in the graph",
        "thumb": file_of(drawer.thumbnail(result.picture if result is not None else turn.picture)),
        "current": turn.id == history.cursor,
        "on_path": turn.id in path,
    }


def _variants(turn: Turn | None, variants: Sequence[Turn], drawer: Drawer) -> list[Json]:
    rows: list[Json] = []
    for number, variant in enumerate(variants):
        if variant.result is not None:
            chosen = turn is not None and turn.result is variant.result
            rows.append({"index": number, "chosen": chosen, "thumb": file_of(drawer.thumbnail(variant.result.picture))})
    return rows


_NEARLY_ALL = 0.995


def _changed(share: float) -> str:
    if share >= _NEARLY_ALL:
        return "The whole picture changed."
    if share == 0:
        return "Nothing changed: every pixel is exactly as it was."
    return f"{share:.1%} of the picture changed; every other pixel is exactly as it was."


def _result(turn: Turn, result: EditResult, drawer: Drawer) -> View:
    share = result.changed.area / turn.picture.extent.area
    return {
        "thumb": file_of(drawer.thumbnail(result.picture)),
        "changed": _changed(share),
        "steps": [
            {
                "kind": report.kind,
                "backend": report.backend,
                "tier": report.tier,
                "seconds_s": round(report.seconds_s, 2),
                "seed": report.seed,
                "warnings": list(report.warnings),
            }
            for report in result.reports
        ],
        "stages": [
            {
                "name": STAGE_NAMES[record.stage],
                "backend": record.backend,
                "tier": TIER_NAMES[record.tier],
                "seconds_s": round(record.seconds_s, 2),
                "notes": list(record.notes),
            }
            for record in turn.records
        ],
    }
