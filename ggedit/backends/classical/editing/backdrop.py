"""Changing everything but the things to keep."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ....core.events import EditProgress
from ....core.masks import Mask, grow
from ....core.picture import Picture
from ....core.plan import Background, grow_px_of
from ....core.result import Patch, StepOutcome
from ....ports import EditJob
from ..windows import Plane, Window, preview_of
from .jobs import opacity_of
from .look_words import read_look, scene_look
from .matting import band_for, compute_alpha
from .restyle import apply_look, look_warnings

_KEPT = 0.98
_GONE = 0.02


def run_background(job: EditJob) -> Iterator[EditProgress | StepOutcome]:
    """Give the background another look; ``job.mask``, where given, are the things to keep."""
    step = job.step
    assert isinstance(step, Background)
    extent = job.picture.extent
    keep = np.zeros(extent.shape, np.float32)
    if job.mask is not None and job.mask.area:
        yield EditProgress(0.1, "Cutting out what stays")
        keep = keep_alpha(job.picture, job.mask)
        _hold_core(keep, job.mask, grow_px_of(step, extent) + step.feather_px)
    pixels, behind = job.picture.pixels, keep < 0.5
    looks = tuple(scene_look(look) for look in read_look(step.look) or ())
    for number, look in enumerate(looks):
        yield EditProgress(0.3 + 0.6 * number / len(looks), f"Changing the background: {step.look}")
        pixels = apply_look(pixels, look, behind if behind.any() else None, seed=job.seed)
    yield EditProgress(0.95, "Putting the kept things back", preview=preview_of(pixels))
    alpha = (1 - keep) * np.float32(opacity_of(step))
    yield StepOutcome((Patch(0, 0, pixels, alpha),), warnings=look_warnings(looks))


def _hold_core(keep: Plane, mask: Mask, rim: int) -> None:
    """Keep every pixel deeper than ``rim`` inside the kept things exactly as it is."""
    window = Window.around(mask, 1)
    core = ~grow(~window.crop(mask), rim)
    window.of(keep)[core] = 1


def keep_alpha(picture: Picture, mask: Mask) -> Plane:
    """How much of each pixel belongs to the kept things: float32 (H, W), soft at their edges."""
    band = band_for(picture.extent.longest)
    window = Window.around(mask, 2 * band + 2)
    alpha = compute_alpha(window.of(picture.pixels), window.crop(mask), band)
    alpha = np.clip((alpha - _GONE) / (_KEPT - _GONE), 0, 1)
    keep = np.zeros(picture.extent.shape, np.float32)
    window.of(keep)[:] = alpha
    return keep
