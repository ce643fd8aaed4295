"""Taking a thing out of a picture: what to fill, from where, and how the rim is blended."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from ....core.errors import BadInput
from ....core.events import EditProgress
from ....core.geometry import Extent
from ....core.masks import HardMask, Mask
from ....core.picture import Picture
from ....core.plan import grow_px_of
from ....core.result import Patch, StepOutcome
from ....ports import EditJob
from ..windows import Plane, Rgb, Window, distance_to, preview_of, ramp
from .inpaint import NO_PATCHMATCH, Guide, Hole, fill, is_available, seed_of
from .jobs import need_mask
from .rows import LAYERED, STRAYED, compute_layering, compute_strayed
from .shadow import find_cast_shadow

WIDE_HOLE = 0.45
"""Share of the picture's width from which a hole in layered surroundings is first filled row by
row: streets and walls keep their lines, where free texture would climb them (judged by eye)."""

_LEAST_MARGIN_PX = 48
_MARGIN = 0.4
_SOURCES_PER_PX = 1.2
_BIG_HOLE = 0.15
_OPAQUE = 128
_RING_PX = 6
_BEHIND = 0.2
_BEHIND_REACH = 0.25
"""How far from the hole a thing behind it may be copied, as a share of the hole's longer side
(judged by eye)."""


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
    strangers = _strangers(rim.window.crop(job.protect), rim.hole) | rim.window.crop(job.apart)
    hole = Hole(pixels, rim.hole, strangers | _clear_parts(job.picture, rim))
    filled = _fill_best(hole, layered=_is_layered(job.picture, rim), job=job)
    yield EditProgress(0.9, "Blending the rim", preview=preview_of(filled))
    patch = Patch(rim.window.x1, rim.window.y1, filled, rim.alpha)
    return Clearing(patch, reported, _warnings(job, rim))


def _is_layered(picture: Picture, rim: _Rim) -> bool:
    """Whether the surroundings, seen as wide as the hole is large, lie in layers."""
    wide = rim.window.padded(max(rim.window.width, rim.window.height) // 2, picture.extent)
    inner = Window.whole(Extent.of(rim.alpha)).shifted(rim.window.x1 - wide.x1, rim.window.y1 - wide.y1)
    hole = np.zeros((wide.height, wide.width), np.bool_)
    inner.of(hole)[:] = rim.hole
    return compute_layering(wide.of(picture.pixels), hole) > LAYERED


def _fill_best(hole: Hole, *, layered: bool, job: EditJob) -> Rgb:
    """Filled freely first and row by row as the alternative, or the other way round where rows matter."""
    seed, first = seed_of(job.seed, job.variant), job.variant % 2 == 0
    wide = layered and _width(hole.hole) > WIDE_HOLE * job.picture.extent.width
    if wide or not layered:
        return fill(hole, guide=Guide.ROWS if wide == first else Guide.FREE, seed=seed)
    free = fill(hole, guide=Guide.FREE, seed=seed)
    strayed = compute_strayed(free, hole.hole, hole.forbidden) > STRAYED
    return fill(hole, guide=Guide.ROWS, seed=seed) if strayed == first else free


def _width(hole: HardMask) -> int:
    columns = np.flatnonzero(hole.any(axis=0))
    return int(columns[-1] - columns[0] + 1)


def _rim(job: EditJob, mask: Mask, shadow: Mask | None) -> tuple[_Rim, Mask | None]:
    """The replaced pixels in a window with room to copy from, and the shadow as reported."""
    extent = job.picture.extent
    grow, feather = grow_px_of(job.step, extent), job.step.feather_px
    target = mask if shadow is None else Mask.union((mask, shadow), extent)
    window = _fill_window(job, target, grow + feather)
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


def _fill_window(job: EditJob, mask: Mask, reach: int) -> Window:
    """The hole with a margin: near texture fits best, but there must be enough of it."""
    extent = job.picture.extent
    hole = Window.around(mask, reach)
    margin = max(round(_MARGIN * max(hole.width, hole.height)), _LEAST_MARGIN_PX)
    window = hole.padded(margin, extent)
    while window.area < extent.area and _free_px(job, mask, window) < _SOURCES_PER_PX * mask.area:
        margin = round(margin * 1.5)
        window = hole.padded(margin, extent)
    return window


def _free_px(job: EditJob, mask: Mask, window: Window) -> int:
    """How many pixels of a window belong neither to the thing nor to another one."""
    return window.area - int(np.count_nonzero(window.crop(mask) | window.crop(job.protect)))


def _strangers(others: HardMask, hole: HardMask) -> HardMask:
    """Other things less those that the hole lies in front of, which go on behind it.

    A helmet held before a suit borders on the suit along much of its outline: the suit is
    what belongs into the hole, its collar farther up is not. A cat beside a cat touches it
    at a paw.
    """
    away = distance_to(hole)
    reach = _BEHIND_REACH * max(np.count_nonzero(hole.any(axis=0)), np.count_nonzero(hole.any(axis=1)))
    ring = (away > 0) & (away <= _RING_PX)
    count, labels = cv2.connectedComponents(others.astype(np.uint8))
    touched = np.bincount(labels[ring], minlength=count) / max(1, np.count_nonzero(ring))
    behind = np.flatnonzero(touched > _BEHIND)
    return others & ~(np.isin(labels, behind[behind > 0]) & (away <= reach))


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
