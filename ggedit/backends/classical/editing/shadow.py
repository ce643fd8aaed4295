"""The shadow that a thing casts, found beside its mask.

A cast shadow darkens the ground by nearly one factor, keeps its hue and texture, touches the
thing near its foot and is smaller than the thing (after Finlayson et al., "On the Removal of
Shadows from Images", TPAMI 2006: a shadow scales light, it does not change the surface). When
in doubt there is none: taking a bench away for a shadow is worse than leaving a shadow.
"""

from __future__ import annotations

import cv2
import numpy as np

from ....core.masks import HardMask, Mask
from ..oklab import to_linear
from ..windows import Plane, Rgb, Window, distance_to

_LONGEST_PX = 256
_FOOT_SHARE = 0.35
_DARKER = 0.70
_DARKEST = 0.16
_HUE_SHIFT = 0.35
_LIT = 0.08
_REACH = 0.5
_LARGEST = 0.6
_SMALLEST = 0.015
_RINGS_PX = (3, 40)


def find_cast_shadow(pixels: Rgb, mask: Mask, *, protect: Mask | None) -> Mask | None:
    """The shadow beside a thing's foot, or None where nothing is clearly one.

    Args:
        pixels: uint8 (H, W, 3), the whole picture.
        mask: the thing.
        protect: other things, which are no shadow.
    """
    height, width = mask.crop.shape
    window = Window.around(mask, round(0.6 * max(height, width)))
    scale = min(1.0, _LONGEST_PX / max(window.width, window.height))
    size = (max(8, round(window.width * scale)), max(8, round(window.height * scale)))
    small = cv2.resize(window.of(pixels), size, interpolation=cv2.INTER_AREA)
    thing = _shrunk(window.crop(mask), size)
    if not thing.any() or min(size) < 24:
        return None
    found = _shadow_in(np.asarray(small, np.uint8), thing, _shrunk(window.crop(protect), size))
    if found is None:
        return None
    full = cv2.resize(found.astype(np.float32), (window.width, window.height), interpolation=cv2.INTER_LINEAR)
    shadow = window.mask(np.asarray(full > 0.5) & ~window.crop(mask) & ~window.crop(protect), mask.extent)
    return shadow if shadow.area else None


def _shrunk(mask: HardMask, size: tuple[int, int]) -> HardMask:
    return np.asarray(cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.3)


def _shadow_in(small: Rgb, thing: HardMask, others: HardMask) -> HardMask | None:
    """The shadow at the small size, or None."""
    light = np.asarray(cv2.GaussianBlur(to_linear(small), (0, 0), 1.5), np.float32) + np.float32(0.004)
    ground = _ground(light, thing, others)
    if ground is None:
        return None
    candidate = _is_darkened(light, ground) & ~others & ~thing
    shadow = _touching(candidate, thing)
    if shadow is None:
        return None
    size = max(np.ptp(np.flatnonzero(thing.any(axis=axis))) + 1 for axis in (0, 1))
    foot = _rows_of_foot(thing)[:, None]
    near = shadow & foot & (distance_to(thing) <= max(4, _REACH * size))
    joined = cv2.morphologyEx((near | thing).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)) > 0
    return np.asarray(joined & foot & ~thing & ~others) if near.any() else None


def _rows_of_foot(thing: HardMask) -> np.ndarray:
    """Rows from just above the thing's foot downwards: bool (h,)."""
    rows = np.flatnonzero(thing.any(axis=1))
    first = rows[-1] - _FOOT_SHARE * (rows[-1] - rows[0] + 1)
    return np.arange(len(thing)) >= first


def _ground(light: Plane, thing: HardMask, others: HardMask) -> np.ndarray | None:
    """Typical light of the ground near the foot, (3,); None where too little of it is seen."""
    away = distance_to(thing)
    ring = (away > _RINGS_PX[0]) & (away < _RINGS_PX[1]) & ~others & _rows_of_foot(thing)[:, None]
    if np.count_nonzero(ring) < 80:
        return None
    ordered = light[ring][np.argsort(light[ring].sum(axis=1))]
    # The brighter half is ground outside of the shadow.
    ground = np.asarray(np.median(ordered[len(ordered) // 2 :], axis=0))
    return ground if ground.mean() > _LIT else None


def _is_darkened(light: Plane, ground: np.ndarray) -> HardMask:
    """Pixels that are the ground times one factor."""
    ratio = light / ground
    factor = ratio.mean(axis=2)
    drift = np.abs(ratio - factor[..., None]).max(axis=2) / np.maximum(factor, 1e-3)
    # Too little light is left in the depth of a shadow to tell its hue.
    return np.asarray((factor < _DARKEST) | ((factor < _DARKER) & (drift < _HUE_SHIFT)))


def _touching(candidate: HardMask, thing: HardMask) -> HardMask | None:
    """The connected part that touches the thing, if its size is a shadow's."""
    closed = cv2.morphologyEx(candidate.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    joined = cv2.dilate(closed, np.ones((3, 3), np.uint8)) > 0
    near = joined | (distance_to(thing) <= 2)
    _, labels = cv2.connectedComponents((near | thing).astype(np.uint8))
    own = np.unique(labels[thing])
    shadow = np.isin(labels, own[own > 0]) & joined & ~thing
    area, whole = np.count_nonzero(shadow), np.count_nonzero(thing)
    return shadow if _SMALLEST * whole <= area <= _LARGEST * whole else None
