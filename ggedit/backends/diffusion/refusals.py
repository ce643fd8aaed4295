"""What a model that redraws pixels does not do, and where a step lets it draw. Loads no model."""

from __future__ import annotations

import numpy as np

from ...core.errors import BadInput
from ...core.masks import Mask
from ...core.plan import (
    Background,
    Duplicate,
    EditStep,
    Flip,
    Insert,
    Move,
    Refusal,
    Replace,
    Resize,
    Restyle,
    step_kind,
)
from ...ports import EditJob
from ..classical.editing.look_words import Tone, ToneChange, read_look

_OPTICAL = frozenset(Tone)


def refusal_of(step: EditStep) -> Refusal | None:
    """Why the step needs the thing's own pixels, or an exact operation; None if it can be drawn."""
    if isinstance(step, Move) and step.together:
        why = "Things that act on each other are drawn together, which is the graph editor's work."
        return Refusal(step.prompt or step_kind(step), f"{why} Choose it for this step.")
    if isinstance(step, Move | Resize | Flip | Duplicate):
        return _refusal(step, f"A {step_kind(step)} keeps the thing's own pixels; a diffusion model would redraw them.")
    if isinstance(step, Insert | Replace) and step.source is not None:
        return _refusal(step, f"A cut-out of {step.label} is pasted as it is; a diffusion model would redraw it.")
    if isinstance(step, Restyle | Background) and is_exact_look(step.look):
        return _refusal(step, f"{step.look!r} is an exact change of light or colour; a diffusion model only draws.")
    return None


def _refusal(step: EditStep, why: str) -> Refusal:
    return Refusal(step.prompt or step_kind(step), f"{why} Choose the classical editor for this step.")


def is_exact_look(look: str) -> bool:
    """Whether a look is a sum of brightness, contrast, blur and their like, and nothing else."""
    read = read_look(look)
    return read is not None and all(isinstance(part, ToneChange) and part.tone in _OPTICAL for part in read)


def region_of(job: EditJob) -> Mask:
    """The pixels that the step changes: its mask, its box, all but what is kept, or everything.

    Raises:
        BadInput: it is empty.
    """
    extent = job.picture.extent
    if isinstance(job.step, Insert):
        region = Mask.of_box(job.step.box, extent)
    elif isinstance(job.step, Background) and job.mask is not None:
        region = Mask.of(~job.mask.full())
    elif job.mask is None and isinstance(job.step, Restyle | Background):
        region = Mask(extent, 0, 0, np.ones(extent.shape, np.bool_))
    else:
        region = job.mask if job.mask is not None else Mask(extent, 0, 0, np.zeros((0, 0), np.bool_))
    if not region.area:
        raise BadInput("There is no mask for this step: click the object or paint over it.")
    return region
