"""The order in which planned steps run, which of them fit the scene, and the plan in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

from ....core.geometry import Extent
from ....core.plan import (
    STEP_ORDER,
    Background,
    CopyOf,
    Duplicate,
    EditPlan,
    EditStep,
    Flip,
    Insert,
    Move,
    Refusal,
    Remove,
    Replace,
    Resize,
    Restyle,
    check,
    step_node,
)
from ....core.scene import SceneGraph
from .nouns import with_article


def in_running_order(steps: Sequence[EditStep]) -> tuple[EditStep, ...]:
    """Steps by kind as in ``STEP_ORDER``, but steps that touch the same thing keep the order
    of the text: "duplicate the cup, then make the cup red" copies the cup before it is red."""
    left = list(range(len(steps)))
    order: list[EditStep] = []
    while left:
        ready = [i for i in left if not any(j < i and _bound(steps[j], steps[i]) for j in left)]
        first = min(ready, key=lambda i: (STEP_ORDER.index(type(steps[i])), i))
        left.remove(first)
        order.append(steps[first])
    return tuple(order)


def _bound(earlier: EditStep, later: EditStep) -> bool:
    return bool(_touched(earlier) & _touched(later)) and not isinstance(later, Background)


def _touched(step: EditStep) -> set[str]:
    source = getattr(step, "source", None)
    copied = {source.node} if isinstance(source, CopyOf) else set()
    node = step_node(step)
    return copied | ({node} if node else set())


def usable(
    steps: Sequence[EditStep], scene: SceneGraph, extent: Extent
) -> tuple[tuple[EditStep, ...], tuple[Refusal, ...]]:
    """The steps that can run one after the other, and a refusal for each that cannot."""
    kept: tuple[EditStep, ...] = ()
    refused: list[Refusal] = []
    for step in steps:
        problems = check(EditPlan((*kept, step)), scene, extent)
        if problems:
            wish = step.prompt or summary(step, scene)
            refused.append(Refusal(wish, problems[0].split(": ", 1)[-1].capitalize()))
        else:
            kept = (*kept, step)
    return kept, tuple(refused)


def sentence(steps: Sequence[EditStep], refusals: Sequence[Refusal], scene: SceneGraph) -> str:
    """The plan in one sentence for the person."""
    if not steps:
        return refusals[0].sentence if refusals else "Nothing was asked for."
    parts = list(dict.fromkeys(summary(step, scene) for step in steps))
    text = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])}, then {parts[-1]}"
    left_out = f"; {len(refusals)} wish{'es' if len(refusals) > 1 else ''} left out" if refusals else ""
    return f"{text[:1].upper()}{text[1:]}{left_out}."


def summary(step: EditStep, scene: SceneGraph) -> str:
    """A step in a few words: "remove the dog"."""
    id_ = step_node(step)
    node = scene.node(id_) if id_ else None
    name = f"the {node.label}" if node else "the whole picture"
    if isinstance(step, Restyle):
        return f"make {name} {step.look}"
    if isinstance(step, Replace):
        return f"replace {name} with {with_article(step.label)}"
    if isinstance(step, Insert):
        return f"add {with_article(step.label)}"
    if isinstance(step, Background):
        return f"change the background to {step.look}"
    words = {Remove: "remove", Move: "move", Resize: "resize", Flip: "flip", Duplicate: "duplicate"}
    return f"{words[type(step)]} {name}"
