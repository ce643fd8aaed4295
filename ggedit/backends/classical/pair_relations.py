"""In which relation two things stand, from their outlines and what they are called.

``relate_pair`` names the one relation a person would name first. Directions need a clear
margin; things that touch or cover each other get a word of contact instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ggedit.core.freeze import Frozen
from ggedit.core.geometry import Box
from ggedit.core.masks import HardMask, grow

from .detecting.traits import Part, Role, plays, traits_of

MARGIN = 0.02
"""Share of the picture's longer side within which two edges count as touching."""
_TOUCHING = 0.3
"""Share of a thing's columns that must stand on the other one."""
_COVERED = 0.25
"""Share of the smaller box inside the larger from which they are not just neighbours."""
_BRUSHED = 0.05
"""Share up to which two boxes only brush against each other: the direction tells more."""
_INSIDE = 0.9
_NEAR = 0.5
"""Gap, as a share of the smaller side by side extent, up to which things are next to each other."""
_HANDS = (0.15, 0.8)
"""Where hands are, from the head down, as shares of a person's height."""
_SUBJECT_SMALLER = 1.5
"""The thing that is this much smaller is told from the larger one."""


@dataclass(frozen=True, eq=False, slots=True)
class Thing(Frozen):
    """What ``relate_pair`` looks at: a head noun, a box in picture pixels, and the outline on
    a grid that all things of the picture share, bool (h, w)."""

    name: str
    box: Box
    grid: HardMask

    def can_be(self, role: Role) -> bool:
        return plays(self.name, role)


@dataclass(frozen=True, slots=True)
class Told(Frozen):
    """ "first RELATION second", or the other way round where ``swapped``."""

    relation: str
    swapped: bool = False


def relate_pair(first: Thing, second: Thing, margin_px: float) -> Told:
    """The relation that tells the smaller thing from the larger one; of two alike, the left one.

    Args:
        first, second: on the same grid.
        margin_px: distance in picture pixels that is too small to matter.
    """
    swapped = _is_told_of(second.box, first.box)
    small, large = (second, first) if swapped else (first, second)
    contact = _contact(small, large, margin_px)
    if contact is not None:
        relation, other_way = contact
        return Told(relation, swapped != other_way)
    return Told(_direction(small.box, large.box), swapped)


def _is_told_of(subject: Box, anchor: Box) -> bool:
    if max(subject.area, anchor.area) > _SUBJECT_SMALLER * min(subject.area, anchor.area):
        return subject.area < anchor.area
    return subject.xyxy < anchor.xyxy


def is_next_to(first: Box, second: Box) -> bool:
    """Side by side on one level with less than half a width between them."""
    gap = max(first.x1, second.x1) - min(first.x2, second.x2)
    level = min(first.y2, second.y2) - max(first.y1, second.y1)
    return -0.2 <= gap / min(first.width, second.width) <= _NEAR and level >= 0.4 * min(first.height, second.height)


def _contact(small: Thing, large: Thing, margin_px: float) -> tuple[str, bool] | None:
    """A word for touching or covering and whether it is the larger that stands in it, or None."""
    covered = small.box.intersection(large.box) / small.box.area
    if _holds(large, small, margin_px):
        return "holding", True
    if _holds(small, large, margin_px):
        return "holding", False
    stands = _stands_on(small, large, margin_px)
    if covered >= _COVERED and _is_worn(small, large):
        return "on", False
    if covered >= 0.6 and large.can_be(Role.CONTAINER) and small.box.y2 <= large.box.y2 + margin_px:
        return "in", False
    on_top = small.box.y2 < large.box.y1 + 0.5 * large.box.height
    if stands >= _TOUCHING and (large.can_be(Role.SUPPORT) or on_top) and _higher(small.box, large.box):
        return "on", False
    if covered >= _COVERED:
        return _depth(small, large, covered, margin_px)
    if (
        small.can_be(Role.SUPPORT)
        and _higher(large.box, small.box)
        and _stands_on(large, small, margin_px) >= _TOUCHING
    ):
        return "on", True
    if covered < _BRUSHED:
        return None
    return ("overlapping", False) if np.logical_and(small.grid, large.grid).any() else None


def _is_worn(small: Thing, large: Thing) -> bool:
    """Clothes and parts; what belongs on the head is only worn where the head is."""
    part = traits_of(small.name).part
    if part is None or not large.can_be(Role.WEARER):
        return False
    return part is not Part.HAT or small.box.center[1] < large.box.y1 + 0.5 * large.box.height


def _holds(holder: Thing, held: Thing, margin_px: float) -> bool:
    """Whether one has hands and the other, of a kind that is held, touches it where hands are.

    What stands below the feet (a skateboard that is ridden) is not held.
    """
    if not (holder.can_be(Role.HOLDER) and held.can_be(Role.HELD)) or held.box.height > holder.box.height:
        return False
    top, bottom = (holder.box.y1 + share * holder.box.height for share in _HANDS)
    if not top <= held.box.center[1] <= bottom:
        return False
    return _touch(holder, held, margin_px)


def _touch(first: Thing, second: Thing, margin_px: float) -> bool:
    """Whether two outlines overlap or lie within the margin of each other."""
    cell = first.box.height / max(first.grid.any(axis=1).sum(), 1)
    reach = max(1, round(margin_px / cell))
    rows, columns = (np.flatnonzero(first.grid.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return False
    top, left = max(rows[0] - reach, 0), max(columns[0] - reach, 0)
    window = np.s_[top : rows[-1] + reach + 1, left : columns[-1] + reach + 1]
    near = grow(np.ascontiguousarray(first.grid[window]), reach)
    return bool((near & second.grid[window]).any())


def _depth(small: Thing, large: Thing, covered: float, margin_px: float) -> tuple[str, bool]:
    """For things that cover each other: the one whose foot is lower is nearer to the camera."""
    if covered >= _INSIDE:
        return ("in" if _surrounded(small.grid, large.grid) else "in front of"), False
    lower = small.box.y2 - large.box.y2
    if abs(lower) <= margin_px:
        return "overlapping", False
    return "in front of", lower < 0


def _higher(upper: Box, lower: Box) -> bool:
    return upper.center[1] < lower.center[1]


def _direction(subject: Box, anchor: Box) -> str:
    """By the axis with the wider gap; where neither has one, by the larger step of the centres."""
    gaps = [
        max(subject.x1, anchor.x1) - min(subject.x2, anchor.x2),
        max(subject.y1, anchor.y1) - min(subject.y2, anchor.y2),
    ]
    steps = [subject.center[0] - anchor.center[0], subject.center[1] - anchor.center[1]]
    apart = gaps if max(gaps) > 0 and abs(gaps[0] - gaps[1]) > 1e-6 else [abs(step) for step in steps]
    if apart[0] >= apart[1]:
        return "left of" if steps[0] < 0 else "right of"
    return "above" if steps[1] < 0 else "below"


def _stands_on(upper: Thing, lower: Thing, margin_px: float) -> float:
    """Share of the upper thing's columns whose foot has the lower thing right below it."""
    columns = np.flatnonzero(upper.grid.any(axis=0))
    if not len(columns):
        return 0.0
    height = upper.grid.shape[0]
    reach = max(1, round(margin_px * upper.grid.any(axis=1).sum() / max(upper.box.height, 1.0)))
    feet = height - 1 - upper.grid[::-1, columns].argmax(axis=0)
    below = np.minimum(feet[:, None] + np.arange(1, reach + 1), height - 1)
    return float(lower.grid[below, columns[:, None]].any(axis=1).mean())


def _surrounded(inner: HardMask, outer: HardMask) -> bool:
    """Whether the outer thing lies on all four sides of the inner one."""
    rows, columns = np.flatnonzero(inner.any(axis=1)), np.flatnonzero(inner.any(axis=0))
    if not len(rows):
        return False
    across, along = outer[rows[0] : rows[-1] + 1], outer[:, columns[0] : columns[-1] + 1]
    sides: list[npt.NDArray[np.bool_]] = [
        across[:, : columns[0]],
        across[:, columns[-1] + 1 :],
        along[: rows[0]],
        along[rows[-1] + 1 :],
    ]
    return all(side.any() for side in sides)
