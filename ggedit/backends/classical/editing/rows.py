"""Whether a hole should be filled row by row.

A guide that keeps texture in its rows saves floors, walls and streets, but repeats grass and
cloth. So it comes first only where the surroundings lie in layers and free texture left them.
Thresholds by eye on eight removals; benchmarks/editor.py prints the first measure for its scene.
"""

from __future__ import annotations

import cv2
import numpy as np

from ....core.masks import HardMask
from ..oklab import Lab, to_oklab
from ..windows import Rgb

LAYERED = 0.5
"""Share of the colour variance around a hole that lies between rows, from which it is layered."""

STRAYED = 0.05
"""Share of a filling whose colours are not found in its own rows, from which it has left them."""

_LONGEST_PX = 128
_STRANGE = 0.05
_CHROMA_WEIGHT = 2.0


def compute_layering(pixels: Rgb, hole: HardMask) -> float:
    """How much of the colour around a hole is explained by the row alone: eta squared, [0, 1]."""
    lab, _, known = _small(pixels, hole, hole)
    rows = [row[ok] for row, ok in zip(lab, known, strict=True) if ok.sum() > 3]
    if not rows:
        return 0.0
    everything = np.concatenate(rows)
    total = float(everything.var(axis=0).sum()) * len(everything)
    within = sum(float(row.var(axis=0).sum()) * len(row) for row in rows)
    return 1 - within / total if total > 1e-9 else 0.0


def compute_strayed(filled: Rgb, hole: HardMask, forbidden: HardMask) -> float:
    """Share of the filling, [0, 1], with no like colour outside the hole in the same rows."""
    lab, inside, known = _small(filled, hole, hole | forbidden)
    distances = [_nearest(lab, inside, known, row) for row in range(len(lab))]
    strange = np.concatenate(distances) if distances else np.zeros(0)
    return float(np.mean(strange > _STRANGE)) if len(strange) else 0.0


def _small(pixels: Rgb, hole: HardMask, unknown: HardMask) -> tuple[Lab, HardMask, HardMask]:
    """OKLab with chroma weighed up, the hole, and the pixels surely outside, all at a small size."""
    scale = min(1.0, _LONGEST_PX / max(hole.shape))
    size = (max(1, round(hole.shape[1] * scale)), max(1, round(hole.shape[0] * scale)))
    lab = to_oklab(np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8))
    lab[..., 1:] *= _CHROMA_WEIGHT
    inside = cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5
    known = cv2.resize(unknown.astype(np.float32), size, interpolation=cv2.INTER_AREA) < 0.01
    return lab, np.asarray(inside), np.asarray(known)


def _nearest(lab: Lab, inside: HardMask, known: HardMask, row: int) -> np.ndarray:
    """Distance of each hole pixel of a row to the nearest known colour in it and its neighbours."""
    near = slice(max(0, row - 1), row + 2)
    targets, sources = lab[row][inside[row]], lab[near][known[near]]
    if not len(targets) or not len(sources):
        return np.zeros(0)
    return np.linalg.norm(targets[:, None] - sources[None], axis=2).min(axis=1)
