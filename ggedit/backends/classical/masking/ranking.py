"""Tidying a mask, and how much it looks like a thing."""

from __future__ import annotations

import cv2
import numpy as np

from ....core.masks import HardMask
from ..filters import Floats

_SMALL_PART = 0.05
_SMALL_HOLE = 0.02
_STRONG_EDGE = 80.0


def tidy(mask: HardMask, keep: HardMask) -> HardMask:
    """Without specks and pinholes.

    Parts smaller than 5 % of the largest go, unless a pixel of ``keep`` lies in them; holes
    smaller than 2 % of the mask are filled.
    """
    if not mask.any():
        return mask
    kept = _without_specks(mask, keep)
    count, labels, stats, _ = cv2.connectedComponentsWithStats((~kept).astype(np.uint8), connectivity=4)
    left, top, width, height, area = stats.T
    inner = (left > 0) & (top > 0) & (left + width < mask.shape[1]) & (top + height < mask.shape[0])
    fill = inner & (area < _SMALL_HOLE * kept.sum())
    fill[0] = False
    return kept | fill[np.asarray(labels)] if count > 1 else kept


def _without_specks(mask: HardMask, keep: HardMask) -> HardMask:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    labels, area = np.asarray(labels), np.asarray(stats)[:, cv2.CC_STAT_AREA]
    wanted = area >= _SMALL_PART * area[1:].max()
    wanted[labels[keep & mask]] = True
    wanted[0] = False
    return wanted[labels]


def score_mask(mask: HardMask, box: HardMask, strength: Floats) -> float:
    """How much a mask looks like the thing that its box was drawn around, about [-1, 1.7].

    Mean strength of the picture's edges under the mask's edge, plus how well the mask touches
    all four sides of the box, less what is odd about its area.

    Args:
        mask: bool (h, w), not empty.
        box: the box as a mask.
        strength: ``edge_strength`` of the working copy.
    """
    share = np.count_nonzero(mask & box) / max(1, np.count_nonzero(box))
    odd = max(0.0, 0.3 - share) + 0.5 * max(0.0, share - 0.85)
    return edge_contrast(mask, strength) + 0.7 * box_fit(mask, box) - odd


def edge_contrast(mask: HardMask, strength: Floats) -> float:
    """Mean edge strength along the mask's edge inside the picture, [0, 1]."""
    plane = mask.astype(np.uint8)
    rim = (plane - cv2.erode(plane, np.ones((3, 3), np.uint8))) > 0
    rim[[0, -1]] = rim[:, [0, -1]] = False
    if not rim.any():
        return 0.0
    return float(np.minimum(strength[rim], _STRONG_EDGE).mean() / _STRONG_EDGE)


def box_fit(mask: HardMask, box: HardMask) -> float:
    """1 where the mask reaches all sides of the box, less by the widest gap as a share of the side."""
    gaps = []
    for axis in (0, 1):
        inside, side = np.flatnonzero((mask & box).any(axis=axis)), np.flatnonzero(box.any(axis=axis))
        if not len(inside):
            return 0.0
        gaps += [inside[0] - side[0], side[-1] - inside[-1]]
        gaps[-2:] = [gap / len(side) for gap in gaps[-2:]]
    return float(1 - max(gaps))


def collapsed(mask: HardMask, box: HardMask) -> bool:
    """Whether a mask is too small for its box, or stays far from one of its sides."""
    share = np.count_nonzero(mask & box) / max(1, np.count_nonzero(box))
    return bool(share < 0.2 or box_fit(mask, box) < 0.6)


def ends_within(mask: HardMask, box: HardMask) -> bool:
    """Whether a mask ends before its box does, save at the working copy's own sides."""
    for axis in (0, 1):
        inside, side = np.flatnonzero(mask.any(axis=axis)), np.flatnonzero(box.any(axis=axis))
        last = mask.shape[1 - axis] - 1
        if not len(inside) or (side[0] > 0 and inside[0] <= side[0]) or (side[-1] < last and inside[-1] >= side[-1]):
            return False
    return True
