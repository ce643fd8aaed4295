"""Where a new or moved thing goes: the rectangle at the asked place.

Every relation offers a few candidate rectangles, each with a cost for how far it departs from
the ideal place; covering other things, leaving the asked side and shrinking cost more. The
cheapest wins. All coordinates are picture pixels; costs have no unit. The weights are
judgements, fixed by the table of scenes in ``tests/core/test_layout.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .freeze import Frozen
from .geometry import Box, Extent
from .language import Relation
from .spots import Size, Spot, Surroundings, candidates, depth_scale, hull

_MIN_SIDE = 0.02


@dataclass(frozen=True, slots=True)
class Placement(Frozen):
    """A rectangle inside the picture, and why it lies there, in words."""

    box: Box
    why: str


def place(
    width: float, height: float, *, relation: Relation | None, scene: Surroundings, shrink: float = 0.0
) -> Placement:
    """The rectangle for a thing of this size (pixels, as it would look in the anchor's plane)
    in this relation to the anchors; without anchors the picture itself is meant.

    The size is kept, except where perspective (in front, behind) or lack of room changes it.
    ``shrink`` is an added cost of making it smaller: 0 for new things, whose size is a guess;
    5 or more for known ones, which rather stand farther off or cover something.
    """
    size = _sensible(width, height, scene.extent)
    spots = [_inside(spot, scene.extent) for spot in candidates(size, relation, scene)]
    best = min(spots, key=lambda spot: _total(spot, relation, scene) - shrink * spot.box.height / size.height)
    nearer = relation in _DEPTH
    return Placement(best.box, best.why + _afterword(best, 0 if nearer else height, scene))


def slide(box: Box, *, relation: Relation, scene: Surroundings) -> Placement | None:
    """Where a thing goes that is moved left, right, up, down, nearer or farther without an
    anchor: a clear step, at most to the picture's edge. None if it stands there already."""
    dx, dy = _DIRECTIONS.get(relation, (0, 0))
    room = _room(box, dx, dy, scene.extent)
    if relation in _AWAY:
        room = min(room, box.y2 - 0.55 * scene.extent.height)
    if (dx, dy) == (0, 0) or room < 0.02 * scene.extent.longest:
        return None
    length = box.width if dx else box.height
    wanted = min(room, max(1.2 * length, 0.25 * (scene.extent.width if dx else scene.extent.height)))
    free = [b for b in scene.obstacles() if b.intersection(box) < 0.3 * min(b.area, box.area)]
    steps = np.linspace(0.15, 1.0, 69) * room
    costs = [2 * abs(s - wanted) / wanted + 3 * _covering(box.shifted(dx * s, dy * s), free) for s in steps]
    step = float(steps[int(np.argmin(costs))])
    moved = box.shifted(dx * step, dy * step)
    if relation in _DEPTH:
        moved = _on_foot(moved, depth_scale(box.y2, moved.y2, scene.extent)).inside(scene.extent)
    return Placement(moved, f"{step:.0f} pixels {_SLIDE_WORDS[relation]}, inside the picture")


_DEPTH = {Relation.NEAREST, Relation.FARTHEST, Relation.IN_FRONT, Relation.BEHIND}
_AWAY = {Relation.FARTHEST, Relation.BEHIND}
_DIRECTIONS: dict[Relation, tuple[int, int]] = {
    Relation.LEFT_OF: (-1, 0),
    Relation.RIGHT_OF: (1, 0),
    Relation.ABOVE: (0, -1),
    Relation.BELOW: (0, 1),
    Relation.NEAREST: (0, 1),
    Relation.IN_FRONT: (0, 1),
    Relation.FARTHEST: (0, -1),
    Relation.BEHIND: (0, -1),
}
_SLIDE_WORDS: dict[Relation, str] = {
    Relation.LEFT_OF: "to the left",
    Relation.RIGHT_OF: "to the right",
    Relation.ABOVE: "up",
    Relation.BELOW: "down",
    Relation.NEAREST: "nearer the camera",
    Relation.IN_FRONT: "nearer the camera",
    Relation.FARTHEST: "away from the camera",
    Relation.BEHIND: "away from the camera",
}

# costs -------------------------------------------------------------------------------------


def _total(spot: Spot, relation: Relation | None, scene: Surroundings) -> float:
    cost = spot.cost + 3 * _covering(spot.box, scene.obstacles())
    cost += spot.covers * (_covering(spot.box, scene.anchors) + _hidden(spot.box, scene.anchors)) / 2
    return cost + (0.0 if _holds(spot.box, relation, scene) else 5.0)


def _covering(box: Box, others: Sequence[Box]) -> float:
    """How much of the others, or of the box by them, is covered: the sum of overlap over the
    smaller area."""
    return sum(box.intersection(o) / min(box.area, o.area) for o in others)


def _hidden(box: Box, others: Sequence[Box]) -> float:
    """The share of the others that lies under the box, summed."""
    return sum(box.intersection(o) / o.area for o in others)


def _holds(box: Box, relation: Relation | None, scene: Surroundings) -> bool:
    """Whether the middles of box and anchor stand as asked (the four directions only)."""
    if relation is None or not scene.anchors or relation not in _DIRECTIONS or relation in _DEPTH:
        return True
    dx, dy = _DIRECTIONS[relation]
    x, y = hull(scene.anchors).center
    return dx * (box.center[0] - x) > 0 or dy * (box.center[1] - y) > 0


def _inside(spot: Spot, extent: Extent) -> Spot:
    """Fitted into the picture; the way it had to be pushed, in its own sizes, is a cost."""
    box = spot.box.inside(extent)
    pushed = abs(box.x2 - spot.box.x2) / spot.box.width + abs(box.y2 - spot.box.y2) / spot.box.height
    return Spot(box, spot.cost + 1.5 * pushed, spot.why, spot.covers)


def _sensible(width: float, height: float, extent: Extent) -> Size:
    """The size, with its shape kept, between 2 % of the long side and 90 % of the picture."""
    size = Size(max(width, 1.0), max(height, 1.0))
    size = size.scaled(max(1.0, _MIN_SIDE * extent.longest / max(size.width, size.height)))
    return size.scaled(min(1.0, 0.9 * extent.width / size.width, 0.9 * extent.height / size.height))


def _room(box: Box, dx: int, dy: int, extent: Extent) -> float:
    """Pixels to the picture's edge in a direction."""
    if dx:
        return extent.width - box.x2 if dx > 0 else box.x1
    return extent.height - box.y2 if dy > 0 else box.y1


def _on_foot(box: Box, scale: float) -> Box:
    return Size(box.width * scale, box.height * scale).standing(box.center[0], box.y2)


# words -------------------------------------------------------------------------------------


def _afterword(spot: Spot, height: float, scene: Surroundings) -> str:
    smaller = ", made smaller to fit" if spot.box.height < 0.93 * height else ""
    asked = scene.anchors if spot.covers >= 1 else ()
    covered = _covering(spot.box, (*scene.obstacles(), *asked))
    return smaller + (", partly over another object because there is no free room" if covered > 0.2 else "")
