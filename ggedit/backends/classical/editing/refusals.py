"""What the embedded editor says when a step would need content that it cannot invent."""

from __future__ import annotations

from ....core.detections import name_in
from ....core.plan import Background, EditStep, Insert, Move, Refusal, Replace, Restyle
from .look_words import read_look


def refusal_of(step: EditStep) -> Refusal | None:
    """Why the step needs the full tier, with what can be done instead; None if it can be done."""
    if isinstance(step, Insert) and step.source is None:
        return _insert(step)
    if isinstance(step, Move) and step.together:
        return _interaction(step)
    if isinstance(step, Replace) and step.source is None:
        return _replace(step)
    if isinstance(step, Restyle) and read_look(step.look) is None:
        return _restyle(step)
    if isinstance(step, Background) and read_look(step.look) is None:
        return _background(step)
    return None


def _insert(step: Insert) -> Refusal:
    return Refusal(
        f"add {step.label}",
        f"Drawing a new {step.label} needs the full tier (a GPU); without it I can add a copy of something in this "
        "picture or a cut-out from your shelf.",
    )


def _interaction(step: Move) -> Refusal:
    thing, other = name_in(step.node), name_in(step.together[0])
    return Refusal(
        step.prompt or f"bring the {thing} to the {other}",
        "Drawing two things anew that act on each other needs the full tier (a GPU); without it I can place the one "
        "beside the other as it is.",
        (f"move the {thing} next to the {other}",),
    )


def _replace(step: Replace) -> Refusal:
    return Refusal(
        f"replace it with {step.label}",
        f"Drawing a new {step.label} needs the full tier (a GPU); without it I can remove the old thing, recolour it, "
        "or put a cut-out from your shelf in its place.",
        ("remove it", "make it blue"),
    )


def _restyle(step: Restyle) -> Refusal:
    what = "it" if step.node else "the picture"
    return Refusal(
        f"make {what} {step.look}",
        f"Making {what} look {step.look!r} needs the full tier (a GPU); without it I can change its colour, "
        "brightness, contrast, saturation, warmth or sharpness.",
        (f"make {what} blue", f"make {what} brighter", f"make {what} black and white"),
    )


def _background(step: Background) -> Refusal:
    return Refusal(
        f"make the background {step.look}",
        f"A new background ({step.look}) needs the full tier (a GPU); without it I can blur it, make it grey, or "
        "change its light to golden hour, fog or rain.",
        ("blur the background", "make the background grey", "make the background foggy"),
    )
