"""What every step's job has in common: its mask, and the pixels that it may reach."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ....core.errors import BadInput
from ....core.masks import HardMask, Mask, grow
from ....core.plan import Background, EditStep, Restyle, grow_px_of
from ....core.result import Patch, StepOutcome
from ....ports import EditJob
from ..windows import Window

FULL_STRENGTH = 0.6
"""Strength from which a look is applied in full. Strength is about ignoring old pixels, and a
new colour ignores them at a strength where a generating editor still keeps their shapes."""


def opacity_of(step: EditStep) -> float:
    """How much of a look's change shows, [0, 1]."""
    return min(1.0, step.strength / FULL_STRENGTH)


def need_mask(job: EditJob) -> Mask:
    """The job's mask.

    Raises:
        BadInput: there is none, or it is empty.
    """
    if job.mask is None or not job.mask.area:
        raise BadInput("There is no mask for this step: click the object or paint over it.")
    return job.mask


def is_scene_wide(job: EditJob) -> bool:
    """Whether the step may change any pixel: a background, or a look without a mask."""
    return isinstance(job.step, Background) or (isinstance(job.step, Restyle) and job.mask is None)


def within_reach(job: EditJob, outcome: StepOutcome) -> StepOutcome:
    """The outcome with its patches cut to what the step may change.

    That is the mask and where the thing is now, grown and feathered as the step says, and
    the shadow reported; everything for scene-wide steps.
    """
    if is_scene_wide(job):
        return outcome
    return replace(outcome, patches=tuple(_cut(patch, job, outcome) for patch in outcome.patches))


def _cut(patch: Patch, job: EditJob, outcome: StepOutcome) -> Patch:
    height, width = patch.alpha.shape
    allowed = reach_in(Window(patch.x, patch.y, patch.x + width, patch.y + height), job, outcome)
    if not (patch.alpha[~allowed] > 0).any():
        return patch
    return replace(patch, alpha=np.where(allowed, patch.alpha, np.float32(0)))


def reach_in(window: Window, job: EditJob, outcome: StepOutcome) -> HardMask:
    """The pixels of a window that a masked step may change: bool (height, width)."""
    extent = job.picture.extent
    pixels = grow_px_of(job.step, extent) + job.step.feather_px
    wide = window.padded(pixels, extent)
    grown = grow(wide.crop(job.mask) | wide.crop(outcome.moved), pixels)
    inner = Window(window.x1 - wide.x1, window.y1 - wide.y1, window.x2 - wide.x1, window.y2 - wide.y1)
    return np.asarray(inner.of(grown) | window.crop(outcome.shadow))
