"""What a model is told: instructions for those that follow them, descriptions for those that draw."""

from __future__ import annotations

from ...core.detections import name_in
from ...core.plan import Background, EditStep, Insert, Remove, Replace, Restyle, step_node

_VERBS = frozenset(
    """add apply change colour color convert delete draw erase fill give insert let make paint place put recolour
    remove render replace restyle rotate set show swap take transform turn write""".split()
)
"""First words that tell a model to do something."""


def words_for(step: EditStep, *, instructed: bool) -> tuple[str, str]:
    """The prompt and the negative prompt of a step.

    A step's own prompt is used where it is of the kind that the model reads; else one is made
    from what the step says. A removal's negative prompt is the thing itself: text encoders of
    this size do not understand "no dog".
    """
    own = step.prompt.strip()
    if own and is_instruction(own) == instructed and not (isinstance(step, Remove) and instructed):
        return own, step.negative
    return (_instruction(step) if instructed else _description(step)), step.negative


def is_instruction(text: str) -> bool:
    """Whether a prompt begins by telling what to do."""
    first = text.split(maxsplit=1)
    return bool(first) and first[0].lower().strip(",.") in _VERBS


def subject_of(step: EditStep) -> str:
    """The thing's name, from the step or from its id ("cup-1" is a cup)."""
    node = step_node(step)
    return step.negative or (name_in(node) if node else "picture")


def new_thing(step: EditStep) -> str:
    """The name of what the step brings into the picture; empty where it brings nothing."""
    return step.label if isinstance(step, Insert | Replace) else ""


def _instruction(step: EditStep) -> str:
    thing = subject_of(step)
    if isinstance(step, Remove):
        return f"remove the {thing}"
    if isinstance(step, Insert):
        return f"add {step.label}"
    if isinstance(step, Replace):
        return f"replace the {thing} with {step.label}"
    if isinstance(step, Background):
        return f"make the background {step.look}"
    return f"make the {thing} {step.look}" if isinstance(step, Restyle) else step.prompt


def _description(step: EditStep) -> str:
    if isinstance(step, Remove):
        return "empty background, nothing there"
    if isinstance(step, Insert | Replace):
        return f"a photo of {step.label}"
    if isinstance(step, Background):
        return f"{step.look} background"
    return f"a {step.look} {subject_of(step)}" if isinstance(step, Restyle) else step.prompt
