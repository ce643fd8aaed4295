"""Fine detail for a hole that was filled at a reduced size.

A filled patch is nearly a copy of some patch outside the hole. Finding that place again at
the small size says where the full-size picture holds the missing detail (Hertzmann et al.,
"Image Analogies", SIGGRAPH 2001, with offsets kept coherent as in Ashikhmin, "Synthesizing
Natural Textures", I3D 2001). Only the detail band is copied: colours and shading stay those
of the fill, so no seams appear where neighbouring offsets differ.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
from scipy.spatial import KDTree

from ....core.masks import HardMask
from ..windows import Rgb, distance_to

Offsets = npt.NDArray[np.int32]
"""int32 (h, w, 2): dy, dx from each hole pixel to the place it resembles; 0 elsewhere."""

_PATCH_RADIUS_PX = 3
_FEATURES = 12
_MAX_SOURCES = 120_000
_COHERENCE = 1.25
_BAND_ROWS = 256


def add_detail(pixels: Rgb, filled: Rgb, hole: HardMask, *, forbidden: HardMask, seed: int) -> Rgb:
    """The small fill enlarged to the picture's size, with the picture's own fine detail.

    Args:
        pixels: the full-size crop, uint8 (H, W, 3).
        filled: the same crop at a reduced size with its hole filled, uint8 (h, w, 3).
        hole: bool (h, w), what was filled.
        forbidden: bool (h, w), what must not be copied.
        seed: chooses which places are compared where there are very many.
    """
    size = (pixels.shape[1], pixels.shape[0])
    enlarged = np.asarray(cv2.resize(filled, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    offsets = _find_offsets(filled, hole, ~(hole | forbidden), seed=seed)
    if offsets is None:
        return enlarged
    small = np.asarray(cv2.resize(pixels, filled.shape[1::-1], interpolation=cv2.INTER_AREA), np.uint8)
    base = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    return _copied_detail(pixels, base, enlarged, hole=hole, offsets=offsets)


def _find_offsets(filled: Rgb, hole: HardMask, free: HardMask, *, seed: int) -> Offsets | None:
    """Where each hole pixel's patch is found outside; None where nothing may be copied."""
    inside = distance_to(~free) > _PATCH_RADIUS_PX + 1
    sources = np.flatnonzero(inside)
    if len(sources) < 64:
        return None
    if len(sources) > _MAX_SOURCES:
        sources = np.sort(np.random.default_rng(seed).choice(sources, _MAX_SOURCES, replace=False))
    targets = np.flatnonzero(hole)
    features = _Features(filled, sources)
    # workers=1 and eps fixed: the same answer on every machine
    _, nearest = KDTree(features(sources)).query(features(targets), eps=0.5)
    offsets = np.zeros((*hole.shape, 2), np.int32)
    width = hole.shape[1]
    found = sources[nearest]
    offsets.reshape(-1, 2)[targets, 0] = found // width - targets // width
    offsets.reshape(-1, 2)[targets, 1] = found % width - targets % width
    return _coherent(filled, hole, inside, offsets=offsets)


class _Features:
    """Patches as a few principal components, so that the nearest are found quickly."""

    def __init__(self, filled: Rgb, sources: npt.NDArray[np.intp]) -> None:
        self._planes = np.pad(filled, ((_PATCH_RADIUS_PX,) * 2, (_PATCH_RADIUS_PX,) * 2, (0, 0)), mode="reflect")
        self._width = filled.shape[1]
        sample = self._patches(sources[:: max(1, len(sources) // 4000)])
        self._mean = sample.mean(axis=0)
        _, _, axes = np.linalg.svd(sample - self._mean, full_matrices=False)
        self._axes = axes[:_FEATURES].T

    def __call__(self, places: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
        parts = [places[i : i + 20_000] for i in range(0, len(places), 20_000)]
        return np.concatenate([(self._patches(part) - self._mean) @ self._axes for part in parts])

    def _patches(self, places: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
        side = 2 * _PATCH_RADIUS_PX + 1
        y, x = places // self._width, places % self._width
        dy, dx = np.divmod(np.arange(side * side), side)
        patches = self._planes[y[:, None] + dy, x[:, None] + dx]
        return patches.reshape(len(places), -1).astype(np.float32)


def _coherent(filled: Rgb, hole: HardMask, inside: HardMask, *, offsets: Offsets) -> Offsets:
    """Neighbours' offsets taken over wherever they match nearly as well: larger pieces in one go."""
    cost = _cost(filled, hole, offsets)
    for dy, dx in ((0, 1), (1, 0), (0, -1), (-1, 0)) * 4:
        theirs = np.roll(offsets, (dy, dx), axis=(0, 1))
        usable = hole & np.roll(hole, (dy, dx), axis=(0, 1)) & _lands_inside(theirs, inside)
        other = _cost(filled, usable, theirs)
        take = usable & (other <= cost * _COHERENCE) & (_support(theirs) > _support(offsets))
        offsets = np.where(take[..., None], theirs, offsets)
        cost = np.where(take, other, cost)
    return offsets


def _lands_inside(offsets: Offsets, inside: HardMask) -> HardMask:
    y, x = np.indices(inside.shape)
    y, x = y + offsets[..., 0], x + offsets[..., 1]
    valid = (y >= 0) & (x >= 0) & (y < inside.shape[0]) & (x < inside.shape[1])
    return valid & inside[np.where(valid, y, 0), np.where(valid, x, 0)]


def _support(offsets: Offsets) -> npt.NDArray[np.float32]:
    """How many of the eight neighbours share a pixel's offset."""
    count = np.zeros(offsets.shape[:2], np.float32)
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            if dy or dx:
                count += (np.roll(offsets, (dy, dx), axis=(0, 1)) == offsets).all(axis=2)
    return count


def _cost(filled: Rgb, where: HardMask, offsets: Offsets) -> npt.NDArray[np.float32]:
    """Mean squared difference of the patches at both ends of each offset; large outside ``where``."""
    y, x = np.nonzero(where)
    there = filled[
        np.clip(y + offsets[y, x, 0], 0, where.shape[0] - 1), np.clip(x + offsets[y, x, 1], 0, where.shape[1] - 1)
    ]
    difference = np.zeros(where.shape, np.float32)
    difference[y, x] = ((filled[y, x].astype(np.float32) - there) ** 2).mean(axis=1)
    side = (2 * _PATCH_RADIUS_PX + 1,) * 2
    total = cv2.blur(difference, side) / np.maximum(cv2.blur(where.astype(np.float32), side), 1e-6)
    return np.where(where, np.asarray(total, np.float32) + 1, np.inf).astype(np.float32)


def _copied_detail(pixels: Rgb, base: Rgb, enlarged: Rgb, *, hole: HardMask, offsets: Offsets) -> Rgb:
    """enlarged + (pixels - base) fetched by the offsets, band by band."""
    height, width = pixels.shape[:2]
    scale = np.array([height / hole.shape[0], width / hole.shape[1]])
    columns = np.minimum((np.arange(width) / scale[1]).astype(np.int32), hole.shape[1] - 1)
    result = enlarged.copy()
    for top in range(0, height, _BAND_ROWS):
        rows = np.arange(top, min(top + _BAND_ROWS, height))
        small = np.minimum((rows / scale[0]).astype(np.int32), hole.shape[0] - 1)
        if not hole[small].any():
            continue
        y, x = np.nonzero(hole[small][:, columns])
        shift = np.round(offsets[small[y], columns[x]] * scale).astype(np.int32)
        from_y = np.clip(rows[y] + shift[:, 0], 0, height - 1)
        from_x = np.clip(x + shift[:, 1], 0, width - 1)
        detail = pixels[from_y, from_x].astype(np.int16) - base[from_y, from_x]
        result[rows[y], x] = np.clip(enlarged[rows[y], x] + detail, 0, 255).astype(np.uint8)
    return result
