"""Candidate rectangles for every asked place, each with a cost and its reason in words.

Costs have no unit: 0 is the ideal place, 1.2 is shrinking a thing to nothing. ``layout``
adds what covering other things costs and takes the cheapest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from .freeze import Frozen
from .geometry import Box, Extent
from .language import Relation
from .worn import worn_box

HORIZON = 0.35
"""Assumed height of the horizon as a share of the picture's height (a judgement): a camera
held upright sees the horizon a little above the middle."""

_SURFACE_WORDS = (
    "table desk counter bed floor rug carpet mat grass lawn field road street path sand beach snow water lake river "
    "sea pond plate tray shelf sofa couch bench ground pavement sidewalk meadow log board skateboard surfboard blanket "
    "stove countertop platform pool ice tablecloth placemat towel"
)
SURFACES = frozenset(_SURFACE_WORDS.split())
"""Things whose upper face is seen from above: what lies on them stands inside their box."""

_ROOF_WORDS = "chair table desk bench bed stool tree umbrella parasol bridge arch counter canopy awning"
ROOFS = frozenset(_ROOF_WORDS.split())
"""Things with room under them: what is below them stands at their foot, inside their box."""

_SCALES = (1.0, 0.85, 0.7, 0.55, 0.4)
_GAPS = (0.04, 0.2, 0.5, 1.0, 1.8, 3.0, 5.0)


@dataclass(frozen=True, slots=True)
class Surroundings(Frozen):
    """What a place depends on.

    anchors: boxes of the things the place is measured against; names: theirs, in that order.
    others: boxes of further things, which should not be covered.
    corner: (x, y), each -1, 0 or 1: which side or corner of the picture the words name.
    new: the noun of the thing that is placed, where it matters ("hat" on a man).
    """

    extent: Extent
    anchors: tuple[Box, ...] = ()
    names: tuple[str, ...] = ()
    others: tuple[Box, ...] = ()
    corner: tuple[int, int] = (0, 0)
    new: str = ""

    def obstacles(self) -> tuple[Box, ...]:
        """The others without what carries or surrounds everything (a table, a room)."""
        return tuple(b for b in self.others if not self._carries(b))

    def _carries(self, box: Box) -> bool:
        if box.area > 0.5 * self.extent.area:
            return True
        return any(box.intersection(a) > 0.7 * a.area and box.area > 1.5 * a.area for a in self.anchors)


@dataclass(frozen=True, slots=True)
class Spot:
    """A candidate. ``covers``: how much covering the anchor costs (0 = it is asked for)."""

    box: Box
    cost: float
    why: str
    covers: float = 3.0


def candidates(size: Size, relation: Relation | None, scene: Surroundings) -> Iterator[Spot]:
    """Rectangles for a thing of this size at the asked place, the ideal one among them; they
    may reach outside the picture. Without anchors the picture's own sides are meant."""
    makers = _BY_ANCHOR if scene.anchors else _BY_PICTURE
    if relation is None:
        return _free(size, scene)
    return makers.get(relation, _beside if scene.anchors else _free)(size, scene)


def depth_scale(foot: float, new_foot: float, extent: Extent) -> float:
    """How much larger a thing looks when its foot moves from one height to another on level
    ground: (new - horizon) / (old - horizon), the pinhole camera's rule, kept in [0.6, 1.6];
    1 for things whose foot is at or above the middle, which stand on no visible ground."""
    horizon = HORIZON * extent.height
    if min(foot, new_foot) < 0.5 * extent.height:
        return 1.0
    return float(np.clip((new_foot - horizon) / (foot - horizon), 0.6, 1.6))


def ground_line(others: Sequence[Box], extent: Extent) -> float:
    """Height of the ground on which things stand: the middle one of their feet, but in the
    lower half; with nothing to go by, 12 % above the picture's lower edge."""
    if not others:
        return 0.88 * extent.height
    return float(np.clip(np.median([b.y2 for b in others]), 0.6 * extent.height, 0.97 * extent.height))


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: float
    height: float

    def scaled(self, factor: float) -> Size:
        return Size(self.width * factor, self.height * factor)

    def standing(self, x: float, foot: float) -> Box:
        """Its box with the middle of its foot at (x, foot)."""
        return Box(x - self.width / 2, foot - self.height, x + self.width / 2, foot)


_Maker = Callable[[Size, Surroundings], Iterator[Spot]]


def _left(size: Size, scene: Surroundings) -> Iterator[Spot]:
    yield from _sideways(size, scene, -1)


def _right(size: Size, scene: Surroundings) -> Iterator[Spot]:
    yield from _sideways(size, scene, 1)


def _beside(size: Size, scene: Surroundings) -> Iterator[Spot]:
    yield from _sideways(size, scene, -1)
    yield from _sideways(size, scene, 1)


def _sideways(size: Size, scene: Surroundings, sign: int) -> Iterator[Spot]:
    """Flush beside the anchor, or farther that way, on its ground line."""
    anchor = hull(scene.anchors)
    edge = anchor.x1 if sign < 0 else anchor.x2
    side = "left" if sign < 0 else "right"
    fitting = size.scaled(min(1.0, max(0.25, anchor.y2 / size.height)))
    for scale, gap in product(_SCALES, _GAPS):
        part = fitting.scaled(scale)
        x = edge + sign * (gap + 0.5) * part.width
        where = "flush to" if gap < 0.1 else "in free room to"
        why = f"{where} the {side} of {_names(scene)}, standing on the same ground line"
        yield Spot(part.standing(x, anchor.y2), 0.25 * gap + 1.2 * (1 - scale), why)


def _above(size: Size, scene: Surroundings) -> Iterator[Spot]:
    anchor = hull(scene.anchors)
    for scale, shift in _grid(anchor.width / 2):
        part = size.scaled(scale)
        foot = anchor.y1 - 0.05 * part.height
        yield Spot(part.standing(anchor.center[0] + shift, foot), _away(scale, shift, anchor), f"above {_names(scene)}")


def _below(size: Size, scene: Surroundings) -> Iterator[Spot]:
    anchor = hull(scene.anchors)
    if _is_a(scene, ROOFS) and size.width < anchor.width and size.height < anchor.height:
        part = size.scaled(min(1.0, 0.8 * anchor.width / size.width, 0.6 * anchor.height / size.height))
        yield Spot(part.standing(anchor.center[0], anchor.y2), 0, f"on the ground under {_names(scene)}", covers=0)
    for scale, shift in _grid(anchor.width / 2):
        part = size.scaled(scale)
        foot = anchor.y2 + 1.05 * part.height
        yield Spot(part.standing(anchor.center[0] + shift, foot), _away(scale, shift, anchor), f"below {_names(scene)}")


def _on(size: Size, scene: Surroundings) -> Iterator[Spot]:
    anchor = hull(scene.anchors)
    worn = worn_box(scene.new, (size.width, size.height), scene.names[0] if scene.names else "", anchor)
    if worn is not None:
        yield Spot(worn, -1, f"where {_names(scene)} would wear it", covers=0)
    depth = 0.25 if _is_a(scene, SURFACES) else 0.04
    for scale, shift in _grid(max(anchor.width - size.width, 0.2 * anchor.width) / 2):
        part = size.scaled(scale)
        foot = anchor.y1 + depth * anchor.height
        why = f"standing on {_names(scene)}"
        yield Spot(part.standing(anchor.center[0] + shift, foot), _away(scale, shift, anchor), why, covers=0)


def _in_front(size: Size, scene: Surroundings) -> Iterator[Spot]:
    anchor = hull(scene.anchors)
    lower = min(anchor.y2 + max(0.15 * anchor.height, 0.3 * size.height), float(scene.extent.height))
    nearer = size.scaled(depth_scale(anchor.y2, lower, scene.extent))
    why = f"in front of {_names(scene)}: lower in the picture, so nearer the camera"
    for scale, shift in _grid(anchor.width / 2 + size.width / 4):
        box = nearer.scaled(scale).standing(anchor.center[0] + shift, lower)
        yield Spot(box, _away(scale, shift, anchor), why, covers=0.5)


def _behind(size: Size, scene: Surroundings) -> Iterator[Spot]:
    """Farther away is higher up: beside the anchor with a raised foot, or showing above it."""
    anchor = hull(scene.anchors)
    raised = anchor.y2 - min(0.35 * anchor.height, 0.15 * scene.extent.height)
    why = f"behind {_names(scene)}: higher in the picture, so farther from the camera"
    farther = size.scaled(depth_scale(anchor.y2, raised, scene.extent))
    for scale in _SCALES:
        part = farther.scaled(scale)
        top = anchor.y1 + 0.05 * part.height
        low = 0.0 if part.height > 0.5 * anchor.height else 0.4
        yield Spot(part.standing(anchor.center[0], top), 0.3 + low + 1.2 * (1 - scale), why, covers=0.5)
        for sign in (-1, 1):
            x = anchor.center[0] + sign * (anchor.width + 0.9 * part.width) / 2
            yield Spot(part.standing(x, raised), 0.4 + 1.2 * (1 - scale), why)


def _between(size: Size, scene: Surroundings) -> Iterator[Spot]:
    if len(scene.anchors) < 2:
        yield from _beside(size, scene)
        return
    first, second = sorted(scene.anchors[:2], key=lambda b: b.center[0])
    gap = second.x1 - first.x2
    x = (first.x2 + second.x1) / 2 if gap > 0 else (first.center[0] + second.center[0]) / 2
    foot = (first.y2 + second.y2) / 2
    if gap <= 0 and abs(first.center[1] - second.center[1]) > abs(first.center[0] - second.center[0]):
        foot = (first.center[1] + second.center[1]) / 2 + size.height / 2
    why = f"midway between {_names(scene, 2)}"
    for scale in (*_SCALES, 0.3):
        yield Spot(size.scaled(scale).standing(x, foot), 1.2 * (1 - scale), why, covers=1.5)


def _in(size: Size, scene: Surroundings) -> Iterator[Spot]:
    anchor = hull(scene.anchors)
    fit = min(1.0, 0.85 * anchor.width / size.width, 0.85 * anchor.height / size.height)
    part = size.scaled(fit)
    foot = anchor.y2 - 0.08 * anchor.height
    for share in (0.0, -0.5, 0.5):
        shift = share * (anchor.width - part.width)
        yield Spot(part.standing(anchor.center[0] + shift, foot), abs(share), f"inside {_names(scene)}", covers=0)


def _over(size: Size, scene: Surroundings) -> Iterator[Spot]:
    anchor = hull(scene.anchors)
    x, y = anchor.center
    yield Spot(size.standing(x, y + size.height / 2), 0, f"over the middle of {_names(scene)}", covers=0)


def _corner_of(size: Size, scene: Surroundings) -> Iterator[Spot]:
    anchor = hull(scene.anchors)
    part = size.scaled(min(1.0, 0.5 * anchor.width / size.width, 0.5 * anchor.height / size.height))
    for sx, sy in _corners(scene.corner):
        x = anchor.center[0] + sx * (anchor.width - part.width) / 2
        y = anchor.center[1] + sy * (anchor.height - part.height) / 2 + part.height / 2
        yield Spot(part.standing(x, y), 0.1 * (1 - sy), f"in a corner of {_names(scene)}", covers=0)


def _far(size: Size, scene: Surroundings) -> Iterator[Spot]:
    anchor = hull(scene.anchors)
    for spot in _free(size, scene):
        away = abs(spot.box.center[0] - anchor.center[0]) / scene.extent.width
        yield Spot(spot.box, spot.cost + 2 * (1 - away), f"far from {_names(scene)}, on the ground line")


def _free(size: Size, scene: Surroundings) -> Iterator[Spot]:
    """Without any place asked for: the freest spot on the ground, preferably in the middle."""
    width, height = scene.extent
    ground = ground_line((*scene.anchors, *scene.others), scene.extent)
    for scale in _SCALES[:3]:
        for share in np.linspace(0.08, 0.92, 15):
            for lift in (0.0, 0.06, -0.06):
                foot = min(ground + lift * height, 0.98 * height)
                box = size.scaled(scale).standing(float(share) * width, foot)
                cost = 0.5 * abs(float(share) - 0.5) + 2 * abs(lift) + 1.2 * (1 - scale)
                yield Spot(box, cost, "in a free place on the ground, as no place was named")


def _toward(x: int, y: int) -> _Maker:
    """Toward one side of the picture: (-1, 0) is left, (0, 1) is the bottom."""

    def make(size: Size, scene: Surroundings) -> Iterator[Spot]:
        width, height = scene.extent
        sx, sy = x or scene.corner[0], y or scene.corner[1]
        margin = 0.03 * scene.extent.longest
        ground = ground_line(scene.others, scene.extent)
        foot = {-1: margin + size.height, 0: ground, 1: height - margin}[sy]
        edge = margin + size.width / 2
        for away in np.linspace(0, 0.3, 7):
            slides = [0.5 + s * float(away) for s in (-1, 1)] if sx == 0 else [float(away)]
            for share in slides:
                px = share * width if sx == 0 else edge + share * width
                box = size.standing(width - px if sx > 0 else px, foot)
                yield Spot(box, 1.5 * float(away), f"{_side_words(sx, sy)} of the picture")

    return make


def _corner(size: Size, scene: Surroundings) -> Iterator[Spot]:
    width, height = scene.extent
    margin = 0.03 * scene.extent.longest
    for sx, sy in _corners(scene.corner):
        x = margin + size.width / 2 if sx < 0 else width - margin - size.width / 2
        foot = margin + size.height if sy < 0 else height - margin
        yield Spot(size.standing(x, foot), 0.3 * (1 - sy), f"{_side_words(sx, sy)} of the picture")


def _center(size: Size, scene: Surroundings) -> Iterator[Spot]:
    x, y = scene.extent.width / 2, scene.extent.height / 2
    yield Spot(size.standing(x, y + size.height / 2), 0, "in the middle of the picture", covers=0)


def _near_camera(size: Size, scene: Surroundings) -> Iterator[Spot]:
    foot = 0.97 * scene.extent.height
    yield from _row(size, scene, foot, "in the foreground: low in the picture, so near the camera")


def _far_away(size: Size, scene: Surroundings) -> Iterator[Spot]:
    foot = 0.62 * scene.extent.height
    yield from _row(size, scene, foot, "in the background: high in the picture, so far from the camera")


def _row(size: Size, scene: Surroundings, foot: float, why: str) -> Iterator[Spot]:
    ground = ground_line(scene.others, scene.extent)
    part = size.scaled(depth_scale(ground, foot, scene.extent))
    for share in np.linspace(0.1, 0.9, 17):
        x = float(share) * scene.extent.width
        yield Spot(part.standing(x, foot), 0.5 * abs(float(share) - 0.5), why)


_BY_ANCHOR: dict[Relation, _Maker] = {
    Relation.LEFT_OF: _left,
    Relation.RIGHT_OF: _right,
    Relation.ABOVE: _above,
    Relation.BELOW: _below,
    Relation.ON: _on,
    Relation.IN_FRONT: _in_front,
    Relation.BEHIND: _behind,
    Relation.BETWEEN: _between,
    Relation.INSIDE: _in,
    Relation.OVERLAPPING: _over,
    Relation.MIDDLE: _over,
    Relation.CORNER: _corner_of,
    Relation.FARTHEST: _far,
}
_BY_PICTURE: dict[Relation, _Maker] = {
    Relation.LEFT_OF: _toward(-1, 0),
    Relation.RIGHT_OF: _toward(1, 0),
    Relation.ABOVE: _toward(0, -1),
    Relation.BELOW: _toward(0, 1),
    Relation.CORNER: _corner,
    Relation.MIDDLE: _center,
    Relation.IN_FRONT: _near_camera,
    Relation.NEAREST: _near_camera,
    Relation.BEHIND: _far_away,
    Relation.FARTHEST: _far_away,
}


def _grid(reach: float) -> Iterator[tuple[float, float]]:
    """Scales and sideways shifts in pixels, the ideal one first."""
    for scale in _SCALES:
        for share in (0, -0.5, 0.5, -1, 1):
            yield scale, share * reach


def _away(scale: float, shift: float, anchor: Box) -> float:
    return 1.2 * (1 - scale) + 0.4 * abs(shift) / anchor.width


def hull(boxes: Sequence[Box]) -> Box:
    """The rectangle around all boxes."""
    table = np.array([b.xyxy for b in boxes])
    return Box.from_xyxy([*table[:, :2].min(axis=0), *table[:, 2:].max(axis=0)])


def _corners(hint: tuple[int, int]) -> list[tuple[int, int]]:
    every = [(sx, sy) for sy in (1, -1) for sx in (-1, 1)]
    return [c for c in every if hint[0] in (0, c[0]) and hint[1] in (0, c[1])]


def _names(scene: Surroundings, most: int = 1) -> str:
    """ "the dog", "the dog and the cat"; "it" where no name is known."""
    if not scene.names:
        return "it"
    if len(scene.names) > most and len(set(scene.names)) == 1:
        return f"the {scene.names[0]}s"
    return " and ".join(f"the {n}" for n in scene.names)


def _is_a(scene: Surroundings, nouns: frozenset[str]) -> bool:
    """Whether the anchor's last word is one of these nouns."""
    words = scene.names[0].lower().split() if scene.names else []
    return bool(words) and words[-1] in nouns


def _side_words(x: int, y: int) -> str:
    across, along = {-1: "left", 0: "", 1: "right"}[x], {-1: "upper", 0: "", 1: "lower"}[y]
    if x and y:
        return f"in the {along} {across} corner"
    if x:
        return f"on the {across} side"
    return f"in the {along} part" if y else "in the middle"
