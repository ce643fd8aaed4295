"""Taking a thing out of a picture: what to fill, from where, and how the rim is blended."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import numpy as np

from ...core.errors import BadInput
from ...core.events import EditProgress
from ...core.geometry import Extent
from ...core.masks import HardMask, Mask
from ...core.picture import Picture
from ...core.plan import grow_px_of
from ...core.result import Patch, StepOutcome
from ...ports import EditJob
from .inpaint import FILL_PX, NO_PATCHMATCH, Guide, Hole, fill, is_available, seed_of
from .jobs import need_mask
from .rows import LAYERED, STRAYED, compute_layering, compute_strayed
from .shadow import find_cast_shadow
from .windows import Plane, Rgb, Window, distance_to, preview_of, ramp

WIDE_HOLE = 0.45
"""Share of the picture's width from which a hole in layered surroundings is first filled row by
row: streets and walls keep their lines, where free texture would climb them (judged by eye)."""

_LEAST_MARGIN_PX = 48
_LEAST_MARGIN = 0.35
_BIG_HOLE = 0.15
_OPAQUE = 128


@dataclass(frozen=True, eq=False)
class Clearing:
    """A place from which a thing was taken: the patch over it, and the shadow taken with it."""

    patch: Patch
    shadow: Mask | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Rim:
    """How strongly each pixel of a window is replaced: float32 (h, w)."""

    window: Window
    alpha: Plane

    @property
    def hole(self) -> HardMask:
        return self.alpha > 0


def run_remove(job: EditJob) -> Iterator[EditProgress | StepOutcome]:
    """Take the thing away and fill its place.

    Raises:
        BadInput: the mask is empty, or leaves nothing of the picture to fill from.
    """
    clearing = yield from clear_place(job)
    yield StepOutcome((clearing.patch,), shadow=clearing.shadow, warnings=clearing.warnings)


def clear_place(job: EditJob) -> Generator[EditProgress, None, Clearing]:
    """Fill the place of ``job.mask``, telling progress; the generator's value is the clearing."""
    mask = need_mask(job)
    yield EditProgress(0.05, "Looking for its shadow")
    shadow = find_cast_shadow(job.picture.pixels, mask, protect=job.protect)
    rim, reported = _rim(job, mask, shadow)
    yield EditProgress(0.15, "Filling the hole from around it")
    pixels = rim.window.of(job.picture.pixels)
    hole = Hole(pixels, rim.hole, rim.window.crop(job.protect) | _clear_parts(job.picture, rim))
    filled = _fill_best(hole, job.picture.extent, seed=job.seed, variant=job.variant)
    yield EditProgress(0.9, "Blending the rim", preview=preview_of(filled))
    patch = Patch(rim.window.x1, rim.window.y1, filled, rim.alpha)
    return Clearing(patch, reported, _warnings(job, rim))


def _fill_best(hole: Hole, extent: Extent, *, seed: int, variant: int) -> Rgb:
    """Filled freely first and row by row as the alternative, or the other way round where rows matter."""
    seed = seed_of(seed, variant)
    layered = compute_layering(hole.pixels, hole.hole) > LAYERED
    wide = layered and _width(hole.hole) > WIDE_HOLE * extent.width
    if wide or not layered:
        return fill(hole, guide=Guide.ROWS if wide == (variant % 2 == 0) else Guide.FREE, seed=seed)
    free = fill(hole, guide=Guide.FREE, seed=seed)
    strayed = compute_strayed(free, hole.hole, hole.forbidden) > STRAYED
    return fill(hole, guide=Guide.ROWS, seed=seed) if strayed == (variant % 2 == 0) else free


def _width(hole: HardMask) -> int:
    columns = np.flatnonzero(hole.any(axis=0))
    return int(columns[-1] - columns[0] + 1)


def _rim(job: EditJob, mask: Mask, shadow: Mask | None) -> tuple[_Rim, Mask | None]:
    """The replaced pixels in a window with room to copy from, and the shadow as reported."""
    extent = job.picture.extent
    grow, feather = grow_px_of(job.step, extent), job.step.feather_px
    target = mask if shadow is None else Mask.union((mask, shadow), extent)
    window = _fill_window(target, grow + feather, extent)
    alpha = ramp(distance_to(window.crop(mask)), grow, grow + feather)
    if shadow is not None:
        soft = ramp(distance_to(window.crop(shadow)), grow / 2, grow / 2 + feather)
        shadow = window.mask(soft > 0, extent)
        alpha = np.maximum(alpha, soft)
    if (alpha > 0).all():
        shadow, alpha = None, window.crop(mask).astype(np.float32)
    if (alpha > 0).all():
        raise BadInput("The mask covers the whole picture, so nothing is left to fill it from: make it smaller.")
    return _Rim(window, alpha), shadow


def _fill_window(mask: Mask, reach: int, extent: Extent) -> Window:
    """The hole with a margin of its own size, less where that would exceed the search's cap."""
    hole = Window.around(mask, reach)
    size = max(hole.width, hole.height)
    margin = max(size, _LEAST_MARGIN_PX)
    while margin > _LEAST_MARGIN * size and hole.padded(margin, extent).area > FILL_PX:
        margin = int(margin * 0.9)
    return hole.padded(margin, extent)


def _clear_parts(picture: Picture, rim: _Rim) -> HardMask:
    """See-through pixels, whose hidden colours must not be copied."""
    if picture.alpha is None:
        return np.zeros_like(rim.hole)
    return rim.window.of(picture.alpha) < _OPAQUE


def _warnings(job: EditJob, rim: _Rim) -> tuple[str, ...]:
    found = [] if is_available() else [NO_PATCHMATCH]
    if np.count_nonzero(rim.hole) > _BIG_HOLE * job.picture.extent.area:
        found.append("The hole is large; look closely, and try another variant if it does not convince.")
    return tuple(found)
