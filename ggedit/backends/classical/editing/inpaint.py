"""Filling a hole with texture from around it.

The search is PatchMatch (Barnes et al., SIGGRAPH 2009) as built by ``pypatchmatch``; where
its library is missing, OpenCV's Telea inpainting stands in and the outcome says so. Large
holes are filled at a reduced size, then get their fine detail from where each patch came from.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import Enum, auto

import cv2
import numpy as np

from ....core.masks import HardMask
from ..windows import Rgb, distance_to
from .detail import add_detail

try:
    import patchmatch
except ImportError:  # some platforms have no wheel; the outcome then says so
    patchmatch = None

FILL_PX = 1_200_000
"""Largest area that is searched at once; larger crops are filled at a reduced size."""

NO_PATCHMATCH = (
    "The texture filler (pypatchmatch) is not available on this machine, so the hole was smoothed over instead; "
    "install pypatchmatch for real texture."
)

_PATCH_SIZE = 3
_ROW_WEIGHT = 0.25
_PROTECT_RIM_PX = 2
_TELEA_RADIUS_PX = 5
_SEED_STRIDE = 7919
_FEWEST_SOURCES = 0.25
_lock = threading.Lock()


class Guide(Enum):
    """Whether texture should stay in the rows it comes from."""

    FREE = auto()
    ROWS = auto()


@dataclass(frozen=True, eq=False)
class Hole:
    """A crop with a hole in it.

    pixels: uint8 (h, w, 3); hole: bool (h, w), what to fill; forbidden: bool (h, w), pixels
    that must not be copied."""

    pixels: Rgb
    hole: HardMask
    forbidden: HardMask


def is_available() -> bool:
    """Whether the texture filler's library could be loaded."""
    return patchmatch is not None and bool(patchmatch.patchmatch_available)


def seed_of(seed: int, variant: int) -> int:
    """The search's seed: variants 0 and 1 differ by their guide, later ones by their seed."""
    return (seed + _SEED_STRIDE * (variant // 2)) % 2**32


def fill(job: Hole, *, guide: Guide, seed: int) -> Rgb:
    """The crop with its hole filled; all other pixels are unchanged.

    There must be at least one pixel outside the hole.
    """
    forbidden = _usable_forbidden(job)
    scale = min(1.0, (FILL_PX / job.hole.size) ** 0.5)
    if scale < 1:
        filled = _fill_reduced(job, forbidden, scale=scale, guide=guide, seed=seed)
    else:
        filled = _search(job.pixels, job.hole, forbidden, guide=guide, seed=seed)
    return np.where(job.hole[..., None], filled, job.pixels)


def _usable_forbidden(job: Hole) -> HardMask:
    """Forbidden pixels with a rim for their soft edge, unless too little would be left to copy."""
    near = distance_to(job.forbidden) <= _PROTECT_RIM_PX
    for forbidden in (near & ~job.hole, job.forbidden & ~job.hole):
        free = np.count_nonzero(~forbidden & ~job.hole)
        if free >= _FEWEST_SOURCES * np.count_nonzero(job.hole):
            return forbidden
    return np.zeros_like(job.hole)


def _search(pixels: Rgb, hole: HardMask, forbidden: HardMask, *, guide: Guide, seed: int) -> Rgb:
    if patchmatch is None or not is_available() or min(hole.shape) < 2 * _PATCH_SIZE + 2:
        return _smooth(pixels, hole)
    ground = np.ascontiguousarray(pixels)
    # The seed is the library's global state, so seed and call belong together.
    with _lock:
        patchmatch.set_random_seed(seed)
        if guide is Guide.FREE:
            return patchmatch.inpaint(ground, hole, global_mask=forbidden, patch_size=_PATCH_SIZE)
        return patchmatch.inpaint_regularity(
            ground, hole, _row_map(hole.shape), global_mask=forbidden, patch_size=_PATCH_SIZE, guide_weight=_ROW_WEIGHT
        )


def _row_map(shape: tuple[int, ...]) -> np.ndarray:
    """Each pixel's height in the crop as the coordinate to keep: float32 (h, w, 3)."""
    rows = np.zeros((*shape, 3), np.float32)
    rows[..., 0] = (np.arange(shape[0], dtype=np.float32) / shape[0])[:, None]
    return rows


def _smooth(pixels: Rgb, hole: HardMask) -> Rgb:
    return np.asarray(
        cv2.inpaint(np.ascontiguousarray(pixels), hole.astype(np.uint8), _TELEA_RADIUS_PX, cv2.INPAINT_TELEA), np.uint8
    )


def _fill_reduced(job: Hole, forbidden: HardMask, *, scale: float, guide: Guide, seed: int) -> Rgb:
    """Filled small, enlarged, and sharpened with the detail of the places that were copied."""
    size = (max(1, round(job.hole.shape[1] * scale)), max(1, round(job.hole.shape[0] * scale)))
    small = np.asarray(cv2.resize(job.pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    # Any pixel that the hole touches is contaminated at the small size.
    hole, blocked = _shrunk(job.hole, size), _shrunk(forbidden, size)
    filled = _search(small, hole, blocked & ~hole, guide=guide, seed=seed)
    return add_detail(job.pixels, filled, hole, forbidden=blocked & ~hole, seed=seed)


def _shrunk(mask: HardMask, size: tuple[int, int]) -> HardMask:
    share = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return np.asarray(share > 1e-3)
