"""How well boxes satisfy a place word: features of geometry, weighed by a fitted calibration.

All features are free of units (shares of the picture or of the boxes), so that a picture may
be scaled without another answer, and left and right share one set of weights, so that a
mirrored picture gives the mirrored answer. ``python -m benchmarks.fits.choosing`` made the weights;
the rule of the extreme edge that they replace is ``extreme_edge``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from ...core.geometry import Extent
from ...core.language import Relation
from .calibration import weights_of

Boxes = npt.NDArray[np.float64]
Features = npt.NDArray[np.float64]

DIRECTIONS = frozenset({Relation.LEFT_OF, Relation.RIGHT_OF, Relation.ABOVE, Relation.BELOW})
COUNTABLE = DIRECTIONS | {
    Relation.NEAREST,
    Relation.FARTHEST,
    Relation.IN_FRONT,
    Relation.BEHIND,
    Relation.LARGEST,
    Relation.SMALLEST,
}
"""Places that an ordinal can count along."""

_AXIS = {Relation.LEFT_OF: 0, Relation.RIGHT_OF: 0, Relation.ABOVE: 1, Relation.BELOW: 1}
_ACROSS = 6
"""Column of a direction's features that holds the distance from its axis."""
_SOFT = 0.03
"""Share of the picture below which two positions are hardly told apart."""
ABSOLUTE_FAMILY = {
    Relation.LEFT_OF: "side",
    Relation.RIGHT_OF: "side",
    Relation.ABOVE: "top",
    Relation.BELOW: "bottom",
    Relation.MIDDLE: "middle",
    Relation.CORNER: "corner",
    Relation.NEAREST: "near",
    Relation.IN_FRONT: "near",
    Relation.FARTHEST: "far",
    Relation.BEHIND: "far",
    Relation.LARGEST: "large",
    Relation.SMALLEST: "small",
}
RELATIVE_FAMILY = {
    Relation.LEFT_OF: "beside",
    Relation.RIGHT_OF: "beside",
    Relation.ABOVE: "over",
    Relation.BELOW: "under",
    Relation.BEHIND: "behind",
    Relation.IN_FRONT: "before",
    Relation.NEAREST: "next",
    Relation.FARTHEST: "away",
    Relation.ON: "on",
    Relation.INSIDE: "inside",
    Relation.NEXT_TO: "next",
    Relation.OVERLAPPING: "touching",
    Relation.WITH: "with",
}


def absolute_evidence(relations: Sequence[Relation], xyxy: Boxes, extent: Extent) -> Features:
    """Log evidence (n,) that each box is the one meant by place words without an anchor."""
    evidence = np.zeros(len(xyxy))
    if len(xyxy):
        for family, features in place_features(relations, xyxy, extent):
            evidence = evidence + features @ weights_of(family)
    return evidence


def place_features(relations: Sequence[Relation], xyxy: Boxes, extent: Extent) -> Iterator[tuple[str, Features]]:
    """The family and the features (n, K) of each place word.

    Words that stand together share the axes: in "bottom left" neither prefers the middle of
    its side, and in "middle left" the middle is that of the height.
    """
    axes = {_AXIS[relation] for relation in relations if relation in _AXIS}
    for relation in relations:
        if relation not in ABSOLUTE_FAMILY:
            continue
        features = absolute_features(relation, xyxy, extent)
        if relation in _AXIS and len(axes) == 2:
            features[:, _ACROSS] = 0
        if relation is Relation.MIDDLE:
            for axis in axes:
                features[:, [axis, axis + 2]] = 0
        yield ABSOLUTE_FAMILY[relation], features


def absent_evidence(relation: Relation, xyxy: Boxes, extent: Extent) -> Features:
    """Log evidence (n,) of a relative test whose anchor no box shows, against a pair's evidence.

    "left of the plate" without a plate still says that the thing is rather on the left.
    """
    family = RELATIVE_FAMILY.get(relation)
    if family is None:
        return np.zeros(len(xyxy))
    level, share = weights_of(f"no {family}")
    return level + share * absolute_evidence([relation], xyxy, extent)


def relative_evidence(relation: Relation, xyxy: Boxes, anchors: Boxes, extent: Extent) -> Features:
    """Log evidence (n, m) that each box stands in the relation to each anchor."""
    family = RELATIVE_FAMILY.get(relation)
    if family is None or not len(xyxy) or not len(anchors):
        return np.zeros((len(xyxy), len(anchors)))
    return relative_features(relation, xyxy, anchors, extent) @ weights_of(family)


def between_evidence(xyxy: Boxes, first: Boxes, second: Boxes, extent: Extent) -> Features:
    """Log evidence (n,) that each box lies between two boxes (xyxy of shape (4,) each)."""
    return between_features(xyxy, first, second, extent) @ weights_of("between")


def absolute_features(relation: Relation, xyxy: Boxes, extent: Extent) -> Features:
    """(n, K) features of the relation's family without an anchor."""
    unit = unit_boxes(xyxy, extent)
    if relation in DIRECTIONS:
        return _side_features(_turned(unit, relation))
    if relation is Relation.MIDDLE:
        return _middle_features(unit)
    if relation is Relation.CORNER:
        return _corner_features(unit)
    return _depth_features(unit, xyxy, extent)


def relative_features(relation: Relation, xyxy: Boxes, anchors: Boxes, extent: Extent) -> Features:
    """(n, m, K) features of each box against each anchor."""
    toward = relation if relation in DIRECTIONS else Relation.ABOVE
    mine, theirs = _turned(unit_boxes(xyxy, extent), toward), _turned(unit_boxes(anchors, extent), toward)
    return _pair_features(mine[:, None], theirs[None, :])


def between_features(xyxy: Boxes, first: Boxes, second: Boxes, extent: Extent) -> Features:
    """(n, 3): distance from the line between the two middles, place along it, log area."""
    unit = unit_boxes(xyxy, extent)
    a, b = _centres(unit_boxes(first[None], extent))[0], _centres(unit_boxes(second[None], extent))[0]
    line = b - a
    length = max(float(line @ line), 1e-9)
    offset = _centres(unit) - a
    along = offset @ line / length
    aside = np.linalg.norm(offset - along[:, None] * line, axis=1)
    return np.stack([-aside / np.sqrt(length), -np.abs(along - 0.5), _log_area(unit)], axis=1)


def absolute_share(relation: Relation, xyxy: Boxes, extent: Extent) -> Features:
    """(n,) in [0, 1]: how far a place word holds for each box by itself ("all cups on the left")."""
    unit = unit_boxes(xyxy, extent)
    if relation in DIRECTIONS:
        middle = _turned(unit, relation)[:, :2].mean(axis=1)
        return _sigmoid((middle - 0.5) / 0.05)
    if relation is Relation.MIDDLE:
        return _sigmoid((0.2 - np.abs(_centres(unit) - 0.5).max(axis=1)) / 0.03)
    return np.ones(len(xyxy))


def relative_share(relation: Relation, xyxy: Boxes, anchor: Boxes, extent: Extent) -> Features:
    """(n,) in [0, 1]: how far a relation to one anchor (4,) holds for each box by itself."""
    unit, other = unit_boxes(xyxy, extent), unit_boxes(anchor[None], extent)
    if relation in DIRECTIONS:
        ahead = _turned(unit, relation)[:, :2].mean(axis=1) - _turned(other, relation)[0, :2].mean()
        return _sigmoid((ahead - 0.01) / 0.02)
    pair = _pair_features(unit[:, None], other[None, :])[:, 0]
    if relation in {Relation.ON, Relation.INSIDE, Relation.OVERLAPPING, Relation.WITH}:
        return _sigmoid((pair[:, _INSIDE] - 0.4) / 0.1)
    if relation in {Relation.NEXT_TO, Relation.NEAREST}:
        return _sigmoid((0.12 + pair[:, _GAP]) / 0.03)
    if relation in {Relation.BEHIND, Relation.IN_FRONT}:
        lower = unit[:, 3] - other[0, 3]
        return _sigmoid((lower if relation is Relation.IN_FRONT else -lower) / 0.03)
    return np.ones(len(xyxy))


def ordinal_evidence(ordinal: int, relation: Relation | None, xyxy: Boxes, extent: Extent) -> Features:
    """Log evidence (n,) for the n-th, where it is not known which boxes are of the kind counted."""
    return ordinal_features(ordinal, relation, xyxy, extent) @ weights_of("ordinal")


def ordinal_features(ordinal: int, relation: Relation | None, xyxy: Boxes, extent: Extent) -> Features:
    """(n, 4): is at the rank asked for, is next to it, minus the distance in ranks, position."""
    position = order_along(relation, xyxy, extent)
    rank = np.empty(len(xyxy), int)
    rank[np.lexsort((*xyxy.T, position))] = np.arange(len(xyxy))
    last = len(xyxy) - 1
    off = np.abs(rank - (last if ordinal < 0 else min(ordinal - 1, last)))
    return np.stack([off == 0, off == 1, -off, -position], axis=1).astype(np.float64)


def order_along(relation: Relation | None, xyxy: Boxes, extent: Extent) -> Features:
    """(n,) position that counting follows: "second from the left" counts up this number."""
    unit = unit_boxes(xyxy, extent)
    if relation in {Relation.LARGEST, Relation.NEAREST, Relation.IN_FRONT}:
        return -(_log_area(unit) if relation is Relation.LARGEST else unit[:, 3])
    if relation in {Relation.SMALLEST, Relation.FARTHEST, Relation.BEHIND}:
        return _log_area(unit) if relation is Relation.SMALLEST else unit[:, 3]
    toward = relation if relation in DIRECTIONS and relation is not None else Relation.LEFT_OF
    return -_turned(unit, toward)[:, :2].mean(axis=1)


def extreme_edge(relation: Relation, xyxy: Boxes) -> int:
    """The published rule to compare with: the box whose edge lies farthest in the direction."""
    column, sign = {
        Relation.LEFT_OF: (0, 1),
        Relation.RIGHT_OF: (2, -1),
        Relation.ABOVE: (1, 1),
        Relation.BELOW: (3, -1),
    }[relation]
    return int(np.argmin(sign * xyxy[:, column]))


def unit_boxes(xyxy: Boxes, extent: Extent) -> Boxes:
    """Boxes in shares of the picture's width and height."""
    return np.asarray(xyxy, np.float64) / np.array([extent.width, extent.height] * 2, np.float64)


def _turned(unit: Boxes, toward: Relation) -> Boxes:
    """(n, 4) near edge, far edge along the direction, and the two edges across it.

    The first two grow in the direction asked for: 1 is the picture's border there.
    """
    x1, y1, x2, y2 = unit.T
    columns = {
        Relation.LEFT_OF: (1 - x2, 1 - x1, y1, y2),
        Relation.RIGHT_OF: (x1, x2, y1, y2),
        Relation.ABOVE: (1 - y2, 1 - y1, x1, x2),
        Relation.BELOW: (y1, y2, x1, x2),
    }
    return np.stack(columns[toward], axis=1)


def _centres(unit: Boxes) -> Boxes:
    return (unit[:, :2] + unit[:, 2:]) / 2


def _log_area(unit: Boxes) -> Features:
    return np.log(np.maximum(np.prod(unit[..., 2:] - unit[..., :2], axis=-1), 1e-6))


def _sigmoid(x: Features) -> Features:
    return 1 / (1 + np.exp(-np.clip(x, -50, 50)))


def rank_features(values: Features) -> Features:
    """(n,) in [0, 1]: the softly counted share of the other candidates with a smaller value."""
    if len(values) < 2:
        return np.zeros(len(values))
    won = _sigmoid((values[:, None] - values[None, :]) / _SOFT)
    return (won.sum(axis=1) - 0.5) / (len(values) - 1)


def _side_features(turned: Boxes) -> Features:
    """near edge, middle, far edge, each also as a rank; distance from the axis; log area."""
    near, far = turned[:, 0], turned[:, 1]
    middle = (near + far) / 2
    across = np.abs((turned[:, 2] + turned[:, 3]) / 2 - 0.5)
    area = np.log(np.maximum((far - near) * (turned[:, 3] - turned[:, 2]), 1e-6))
    ranks = [rank_features(near), rank_features(middle), rank_features(far)]
    return np.stack([near, middle, far, *ranks, across, area], axis=1)


def _middle_features(unit: Boxes) -> Features:
    """closeness to the picture's middle in x and y, to the middle rank in x and y, log area."""
    x, y = _centres(unit).T
    ranks = [-np.abs(rank_features(v) - 0.5) for v in (x, y)]
    return np.stack([-np.abs(x - 0.5), -np.abs(y - 0.5), *ranks, _log_area(unit)], axis=1)


def _corner_features(unit: Boxes) -> Features:
    """closeness of the box's nearest edges and of its middle to a corner, log area."""
    edge_x, edge_y = np.minimum(unit[:, 0], 1 - unit[:, 2]), np.minimum(unit[:, 1], 1 - unit[:, 3])
    off_x, off_y = np.abs(_centres(unit) - 0.5).T
    return np.stack([-edge_x, -edge_y, off_x, off_y, _log_area(unit)], axis=1)


def _depth_features(unit: Boxes, xyxy: Boxes, extent: Extent) -> Features:
    """lower edge, upper edge, height, log area, and ranks of lower edge and area."""
    height, area = unit[:, 3] - unit[:, 1], _log_area(unit)
    return np.stack([unit[:, 3], unit[:, 1], height, area, rank_features(unit[:, 3]), rank_features(area)], axis=1)


_GAP, _INSIDE = 3, 6
_CLEAR_STEP = 0.1
"""Share of the picture by which one thing is clearly left of or above another."""


def _pair_features(mine: Boxes, theirs: Boxes) -> Features:
    """(..., K) of a box against an anchor, both turned: along, across, in units of the picture.

    step forward of the middles, of the near edges, of the far edges, each levelling off where
    the order is clear (a thing farther left is not more "left of"); minus the gap between them;
    minus the step across; shared width across; share of mine inside theirs; share of theirs
    inside mine; log of the areas' ratio.
    """
    mine, theirs = np.broadcast_arrays(mine, theirs)
    near, far = mine[..., 0] - theirs[..., 0], mine[..., 1] - theirs[..., 1]
    along = np.maximum(np.maximum(mine[..., 0] - theirs[..., 1], theirs[..., 0] - mine[..., 1]), 0)
    across = np.maximum(np.maximum(mine[..., 2] - theirs[..., 3], theirs[..., 2] - mine[..., 3]), 0)
    aside = np.abs(mine[..., 2] + mine[..., 3] - theirs[..., 2] - theirs[..., 3]) / 2
    shared_u = np.maximum(np.minimum(mine[..., 1], theirs[..., 1]) - np.maximum(mine[..., 0], theirs[..., 0]), 0)
    shared_v = np.maximum(np.minimum(mine[..., 3], theirs[..., 3]) - np.maximum(mine[..., 2], theirs[..., 2]), 0)
    width = np.minimum(mine[..., 3] - mine[..., 2], theirs[..., 3] - theirs[..., 2])
    my_area = (mine[..., 1] - mine[..., 0]) * (mine[..., 3] - mine[..., 2])
    their_area = (theirs[..., 1] - theirs[..., 0]) * (theirs[..., 3] - theirs[..., 2])
    shared = shared_u * shared_v
    return np.stack(
        [
            *(np.tanh(step / _CLEAR_STEP) for step in ((near + far) / 2, near, far)),
            -np.hypot(along, across),
            -aside,
            shared_v / np.maximum(width, 1e-9),
            shared / np.maximum(my_area, 1e-9),
            shared / np.maximum(their_area, 1e-9),
            np.log(np.maximum(my_area, 1e-9) / np.maximum(their_area, 1e-9)),
        ],
        axis=-1,
    )
