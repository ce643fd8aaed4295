"""What was done, as short JSON for people and scripts."""

from __future__ import annotations

from ..core.plan import EditPlan, EditStep, step_box, step_kind, step_node
from ..core.result import EditResult, StepReport
from ..core.turn import History, StageRecord, Turn


def describe_turn(turn: Turn) -> dict[str, object]:
    """Request, targets, plan, result and what really ran."""
    return {
        "request": turn.ask.text,
        "seed": turn.seed,
        "boxes": _boxes(turn),
        "doubts": _doubts(turn),
        "plan": _plan(turn.plan) if turn.plan is not None else None,
        "result": _result(turn.result, turn) if turn.result is not None else None,
        "records": [_record(record) for record in turn.records],
    }


def describe_history(history: History) -> dict[str, object]:
    """Its turns as a tree by ``parent``, and where the cursor stands."""
    return {
        "extent": list(history.source.extent),
        "cursor": history.cursor,
        "turns": [
            {"id": t.id, "parent": t.parent, "request": t.ask.text, "seed": t.seed, "corrections": len(t.corrections)}
            for t in history.turns
        ],
    }


def _boxes(turn: Turn) -> dict[str, list[float]]:
    """The chosen boxes, x1, y1, x2, y2 in pixels."""
    if turn.detections is None or turn.selection is None:
        return {}
    kept = [id_ for id_ in turn.selection.kept_ids if id_ in turn.detections.ids]
    return {id_: [round(v, 1) for v in turn.detections.box(id_).xyxy] for id_ in kept}


def _doubts(turn: Turn) -> list[dict[str, object]]:
    """Choices that another one came close to."""
    doubts = turn.selection.doubts if turn.selection is not None else ()
    return [{"question": d.question, "candidates": list(d.candidates), "margin": round(d.margin, 3)} for d in doubts]


def _plan(plan: EditPlan) -> dict[str, object]:
    return {
        "why": plan.why,
        "steps": [_step(step) for step in plan.steps],
        "refusals": [{"wish": r.wish, "sentence": r.sentence, "offers": list(r.offers)} for r in plan.refusals],
    }


def _step(step: EditStep) -> dict[str, object]:
    box = step_box(step)
    return {
        "kind": step_kind(step),
        "node": step_node(step),
        "box": [round(v, 1) for v in box.xyxy] if box is not None else None,
        "reason": step.reason,
        "enabled": step.enabled,
    }


def _result(result: EditResult, turn: Turn) -> dict[str, object]:
    changed = result.changed
    return {
        "seed": turn.seed,
        "variant": turn.variant,
        "changed_px": changed.area,
        "changed_box": [int(v) for v in changed.box.xyxy] if changed.area else None,
        "warnings": [warning for report in result.reports for warning in report.warnings],
        "seconds_s": round(sum(report.seconds_s for report in result.reports), 3),
        "steps": [_report(report) for report in result.reports],
    }


def _report(report: StepReport) -> dict[str, object]:
    """Which editor ran a step, why, and with what."""
    return {
        "kind": report.kind,
        "editor": report.backend,
        "why": report.why,
        "seed": report.seed,
        "settings": dict(report.settings),
    }


def _record(record: StageRecord) -> dict[str, object]:
    return {
        "stage": str(record.stage),
        "backend": record.backend,
        "tier": str(record.tier),
        "why": record.why,
        "seconds_s": record.seconds_s,
        "notes": list(record.notes),
        "asked": [
            {"model": t.model, "prompt_tokens": t.prompt_tokens, "reply_tokens": t.reply_tokens} for t in record.talk
        ],
    }
