"""What an edit did to the pixels, measured without any model."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from skimage.metrics import structural_similarity

from ..core.colour import to_oklab
from ..core.masks import HardMask, grow
from ..core.picture import Picture

Measures = dict[str, float]
"""Values by the name of the measure (``measures.MEASURES``); what cannot be computed is absent."""

PSNR_OF_EQUAL_DB = 100.0
"""Reported where nothing differs, so that means stay finite."""

RING_PX = 3
"""Width of the rings on both sides of an outline in which colours are averaged."""

_SMALL_STEP = 0.002
"""Added to both steps of the seam's ratio: about half a level of 255, so that flat areas give 1."""

_SHARED_MOST = 0.98
"""A change that covers more of the picture than this has no outline to look at."""


def outside(before: Picture, after: Picture, allowed: HardMask) -> Measures:
    """What changed where nothing may change.

    Args:
        before, after: pictures of one size.
        allowed: bool (H, W), True = may change.

    Returns:
        ``outside_psnr`` in dB (peak 255; equal pixels give 100), ``outside_ssim`` (Wang et al.
        2004, mean of the map over the region), ``outside_l1`` (mean absolute difference, [0, 1]),
        ``outside_max`` (levels of 255), ``outside_changed`` (share of pixels that differ).
        Empty where everything may change.
    """
    kept = ~allowed
    if not kept.any():
        return {}
    old, new = before.pixels, after.pixels
    difference = np.abs(old[kept].astype(np.int16) - new[kept])
    mse = float(np.mean(difference.astype(np.float64) ** 2))
    return {
        "outside_psnr": PSNR_OF_EQUAL_DB if mse == 0 else 10 * math.log10(255**2 / mse),
        "outside_ssim": _ssim(old, new, kept) if difference.any() else 1.0,
        "outside_l1": float(difference.mean()) / 255,
        "outside_max": float(difference.max()),
        "outside_changed": float(difference.any(axis=1).mean()),
    }


def _ssim(old: npt.NDArray[np.uint8], new: npt.NDArray[np.uint8], kept: HardMask) -> float:
    side = min(7, *old.shape[:2])
    if side < 3:
        return float("nan")
    window = side if side % 2 else side - 1
    similarity = structural_similarity(old, new, channel_axis=2, full=True, data_range=255, win_size=window)[-1]
    return float(np.asarray(similarity)[kept].mean())


def changed_region(before: Picture, after: Picture, *, above: int = 2) -> HardMask:
    """Pixels that differ by more than ``above`` levels in any channel."""
    differs = np.abs(before.pixels.astype(np.int16) - after.pixels) > above
    return np.logical_or.reduce(differs, axis=2)


def seam(before: Picture, after: Picture, changed: HardMask) -> Measures:
    """How the outline of the change looks against what was there before.

    Returns:
        ``seam_ratio``: mean lightness step (OKLab L) across the outline after the edit, over
        that before it: 1 = no new edge. ``ring_step``: OKLab distance between the mean colours
        of the rings inside and outside the outline, after the edit less before it; 0 = none.
        Empty where there is no outline.
    """
    if not changed.any() or changed.mean() > _SHARED_MOST:
        return {}
    old, new = to_oklab(before.pixels), to_oklab(after.pixels)
    steps = [_step_across(lab[..., 0], changed) for lab in (old, new)]
    inner = changed & grow(~changed, RING_PX)
    outer = ~changed & grow(changed, RING_PX)
    rings = [_distance(lab, inner, outer) for lab in (old, new)]
    return {"seam_ratio": (steps[1] + _SMALL_STEP) / (steps[0] + _SMALL_STEP), "ring_step": rings[1] - rings[0]}


def _step_across(lightness: npt.NDArray[np.float32], region: HardMask) -> float:
    """Mean absolute difference over all pairs of neighbours of which one lies in the region."""
    total, count = 0.0, 0
    for value, inside in ((lightness, region), (lightness.T, region.T)):
        crossing = inside[:, 1:] != inside[:, :-1]
        total += float(np.abs(value[:, 1:] - value[:, :-1])[crossing].sum())
        count += int(crossing.sum())
    return total / max(count, 1)


def _distance(lab: npt.NDArray[np.float32], inner: HardMask, outer: HardMask) -> float:
    return float(np.linalg.norm(lab[inner].mean(axis=0) - lab[outer].mean(axis=0)))


def reference_distance(after: Picture, reference: Picture) -> Measures:
    """``reference_psnr`` and ``reference_ssim`` of the whole picture against the wanted one."""
    everything = np.zeros(after.extent.shape, np.bool_)
    found = outside(reference, after, everything)
    return {"reference_psnr": found["outside_psnr"], "reference_ssim": found["outside_ssim"]}
