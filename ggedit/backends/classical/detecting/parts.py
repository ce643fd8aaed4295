"""Where the parts of a person or a vehicle are to be expected, from its box alone."""

from __future__ import annotations

import numpy as np

from ggedit.core.geometry import Xyxy, as_xyxy, suppress_xyxy

from .proposals import Proposals
from .traits import Part
from .vocabulary import KINDS

_SURE = 0.25
"""Belief from which a person or a vehicle is taken to be there."""
_UPRIGHT = 2.0
"""A person's box that is so many times higher than wide shows them from head to foot."""
_VEHICLES = tuple(KINDS.index(kind) for kind in ("bicycle", "car", "motorcycle", "bus", "truck"))

# x1, y1, x2, y2 in head heights: x from the middle of the person's box, y from its top. An adult
# is about seven and a half heads high and two wide: the canon taught in life drawing.
_IN_HEADS: dict[Part, tuple[float, float, float, float]] = {
    Part.HAT: (-0.55, -0.3, 0.55, 0.45),
    Part.HAIR: (-0.5, -0.05, 0.5, 0.8),
    Part.FACE: (-0.42, 0.1, 0.42, 1.0),
    Part.EYES: (-0.42, 0.35, 0.42, 0.62),
    Part.NECK: (-0.3, 0.95, 0.3, 1.9),
    Part.TORSO: (-1.0, 0.95, 1.0, 4.0),
    Part.LEGS: (-0.9, 3.8, 0.9, 7.5),
    Part.FEET: (-0.9, 6.9, 0.9, 7.6),
    Part.BACK: (-1.0, 1.0, 1.0, 3.5),
}


def compute_expected(part: Part, proposals: Proposals) -> Xyxy:
    """Boxes (M, 4) where the part would be on each thing in the picture that can have it."""
    owners = _VEHICLES if part is Part.WHEEL else (KINDS.index("person"),)
    belief = proposals.kinds[:, owners].max(axis=1, initial=0.0)
    sure = np.flatnonzero(belief >= _SURE)
    boxes = proposals.xyxy[sure][suppress_xyxy(proposals.xyxy[sure], belief[sure], 0.5)]
    found = [box for owner in boxes for box in (_wheels(owner) if part is Part.WHEEL else _on_person(owner, part))]
    limits = np.array([proposals.extent.width, proposals.extent.height] * 2, np.float32)
    clipped = np.clip(as_xyxy(found), 0, limits)
    return clipped[(clipped[:, 2:] - clipped[:, :2]).min(axis=1, initial=np.inf) >= 1]


def _on_person(box: np.ndarray, part: Part) -> list[tuple[float, float, float, float]]:
    x1, y1, x2, y2 = (float(v) for v in box)
    upright = (y2 - y1) > _UPRIGHT * (x2 - x1)
    head = (y2 - y1) / 7.5 if upright else min(0.55 * (x2 - x1), 0.6 * (y2 - y1))
    left, top, right, bottom = _IN_HEADS[part]
    middle = (x1 + x2) / 2
    low = min(y1 + bottom * head, y2)
    if y1 + top * head >= low:
        return []
    return [(max(middle + left * head, x1), y1 + top * head, min(middle + right * head, x2), low)]


def _wheels(box: np.ndarray) -> list[tuple[float, float, float, float]]:
    """One at each lower corner, as large as half the vehicle's height or a third of its width."""
    x1, y1, x2, y2 = (float(v) for v in box)
    side = min((y2 - y1) * 0.5, (x2 - x1) * 0.34)
    return [(x1, y2 - side, x1 + side, y2), (x2 - side, y2 - side, x2, y2)]
