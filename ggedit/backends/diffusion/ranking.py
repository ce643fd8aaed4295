"""Which of several drawings is best, by what can be measured without a person.

Three things: whether a detector finds what was asked for where it was asked for (or no longer
finds what was to go), how far the drawing's surroundings are from the photo's (what the seam
has to hide), and how large the step across the seam is after the colours were matched.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...core.freeze import Frozen
from ...core.geometry import Box
from ...core.language import Referent
from ...core.picture import Picture
from ...core.plan import EditStep, Remove
from ...core.result import Patch
from ...ports import Detector
from ..classical.windows import Plane, Rgb
from .prompts import new_thing, subject_of
from .windows import ring_of

_SEAM_WEIGHT = 2.0
_BACKGROUND_WEIGHT = 1.0


@dataclass(frozen=True, slots=True)
class Score(Frozen):
    """agreement, seam and background in [0, 1]; 0 is best for the last two."""

    agreement: float
    seam: float
    background: float

    @property
    def total(self) -> float:
        return self.agreement - _SEAM_WEIGHT * self.seam - _BACKGROUND_WEIGHT * self.background

    @property
    def words(self) -> str:
        return f"agreement {self.agreement:.2f}, seam {self.seam:.3f}, background {self.background:.3f}"


def seam_of(old: Rgb, patch: Patch) -> float:
    """Mean difference in the ring around a patch's alpha, [0, 1]; ``old`` is the patch's window."""
    return _difference(old, patch.pixels, np.asarray(ring_of(patch.alpha), np.float32))


def background_of(old: Rgb, new: Rgb, alpha: Plane) -> float:
    """Mean difference of everything that must not change, before it is put back, [0, 1]."""
    return _difference(old, new, 1 - alpha)


def _difference(old: Rgb, new: Rgb, weight: Plane) -> float:
    total = float(weight.sum())
    if not total:
        return 0.0
    apart = np.abs(old.astype(np.int16) - new).mean(axis=2) / 255
    return float((apart * weight).sum() / total)


def agreement_of(picture: Picture, step: EditStep, box: Box, detector: Detector | None) -> float:
    """How well a detector's view of the result fits the step, [0, 1].

    For a new thing: overlap of the best box with where it was asked for. For a removal: 1 minus
    the score of what is still found there. 0.5 where a step or a set-up cannot be checked.
    """
    name = subject_of(step) if isinstance(step, Remove) else new_thing(step)
    if detector is None or not name:
        return 0.5
    found = detector.find(picture, [Referent(phrase=name, head=name.split()[-1])])
    overlaps = [found.box(id_).iou(box) for id_ in found.ids]
    if isinstance(step, Remove):
        there = [float(score) for score, iou in zip(found.score, overlaps, strict=True) if iou > 0.5]
        return 1.0 - max(there, default=0.0)
    return max(overlaps, default=0.0)
