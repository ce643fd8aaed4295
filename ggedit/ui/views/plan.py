"""The plan's rows, with what is wrong with each and which fields a person may change."""

from __future__ import annotations

from ...core.geometry import Box
from ...core.plan import Background, EditStep, Flip, Insert, Replace, Resize, Restyle, check, step_kind, step_node
from ...core.scene import SceneGraph
from ...core.turn import Turn
from .words import STAGE_NAMES, Json, View, numbers, step_title


def plan_view(turn: Turn | None) -> View:
    """``runnable``: pressing Run makes sense now."""
    plan = turn.plan if turn is not None else None
    if turn is None or plan is None:
        asked = turn is not None and not turn.ask.look_only
        return {"steps": [], "why": "", "problems": [], "runnable": False, "done": False, "asked": asked}
    problems = check(plan, turn.scene or SceneGraph(), turn.picture.extent)
    return {
        "steps": [_step(i, step, turn.scene, problems) for i, step in enumerate(plan.steps)],
        "why": plan.why,
        "author": plan.author,
        "talk": _talk(turn),
        "seed": turn.seed,
        "problems": list(problems),
        "runnable": bool(plan.active) and not problems,
        "done": turn.result is not None,
        "asked": True,
    }


def _talk(turn: Turn) -> list[Json]:
    """What was said to a language model for this turn, stage by stage; mostly nothing."""
    return [
        {
            "stage": STAGE_NAMES[record.stage],
            "backend": record.backend,
            "model": exchange.model,
            "sent": exchange.sent,
            "reply": exchange.reply,
            "tokens": exchange.prompt_tokens + exchange.reply_tokens,
        }
        for record in turn.records
        for exchange in record.talk
    ]


def _step(index: int, step: EditStep, scene: SceneGraph | None, problems: tuple[str, ...]) -> View:
    mark = f"Step {index + 1} ("
    return {
        "index": index,
        "step": step_kind(step),
        "node": step_node(step),
        "title": step_title(step, scene),
        "reason": step.reason,
        "problems": [text.partition(": ")[2] for text in problems if text.startswith(mark)],
        "fields": fields_of(step),
        "box": _box(getattr(step, "box", None)),
    }


def fields_of(step: EditStep) -> View:
    """The fields that may be changed by hand, with their values."""
    fields: View = {
        "enabled": step.enabled,
        "prompt": step.prompt,
        "negative": step.negative,
        "strength": step.strength,
        "grow_px": step.grow_px,
        "feather_px": step.feather_px,
    }
    if isinstance(step, Restyle | Background):
        fields["look"] = step.look
    if isinstance(step, Insert | Replace):
        fields["label"] = step.label
    if isinstance(step, Resize):
        fields["factor"] = step.factor
    if isinstance(step, Flip):
        fields["axis"] = step.axis.value
    return fields


def _box(box: Box | None) -> Json:
    return None if box is None else numbers(box)
