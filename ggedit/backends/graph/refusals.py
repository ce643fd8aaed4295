"""What the graph editor does not do. Loads no model."""

from __future__ import annotations

from ...core.plan import Background, Duplicate, EditStep, Flip, Insert, Refusal, Replace, Resize, Restyle, step_kind
from ..diffusion.refusals import is_exact_look


def refusal_of(step: EditStep) -> Refusal | None:
    """Why the step is not one of removing, drawing, replacing, moving or adjusting a thing."""
    if isinstance(step, Resize | Flip | Duplicate):
        return _refusal(step, f"A {step_kind(step)} keeps the thing's own pixels; the graph editor would redraw them.")
    if isinstance(step, Background) or (isinstance(step, Restyle) and step.node is None):
        return _refusal(step, "The graph editor works on things, not on the whole picture.")
    if isinstance(step, Restyle) and is_exact_look(step.look):
        return _refusal(step, f"{step.look!r} is an exact change of light or colour; the graph editor only draws.")
    if isinstance(step, Insert | Replace) and step.source is not None:
        return _refusal(step, f"A cut-out of {step.label} is pasted as it is; the graph editor would redraw it.")
    return None


def _refusal(step: EditStep, why: str) -> Refusal:
    return Refusal(step.prompt or step_kind(step), f"{why} Choose another editor for this step.")
