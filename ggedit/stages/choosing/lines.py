"""Rows and columns: "in the top row" speaks of no thing, but of how the things are laid out."""

from __future__ import annotations

import numpy as np

from ...core.inflection import singular
from ...core.language import Referent, Relation, SpatialTest
from .candidates import Pool

_ROWS, _COLUMNS = frozenset({"row", "line"}), frozenset({"column"})
_OF_A_LINE = frozenset({Relation.INSIDE, Relation.ON, Relation.WITH})
_FROM_THE_END = frozenset({Relation.BELOW, Relation.RIGHT_OF, Relation.IN_FRONT, Relation.NEAREST})
"""Lines are counted from the top and from the left; what is in front is lower in a picture."""
_FROM_THE_START = frozenset({Relation.ABOVE, Relation.LEFT_OF, Relation.BEHIND, Relation.FARTHEST})
_SURE_OF_BEST = 0.4
_APART = 0.5
"""A line ends where the next centre is this share of the things' usual size away from its own."""


def names_line(test: SpatialTest) -> bool:
    """Whether the test is for a certain row or column: the top one, the second, the last."""
    if test.relation not in _OF_A_LINE or len(test.anchors) != 1:
        return False
    (line,) = test.anchors
    return singular(line.head) in _ROWS | _COLUMNS and (line.ordinal is not None or bool(_places(line)))


def in_line(pool: Pool, line: Referent) -> Pool:
    """The candidates in that row or column; all of them where it cannot be told which it is."""
    lines = group_lines(pool, axis=0 if singular(line.head) in _COLUMNS else 1)
    at = _position(line, len(lines))
    if pool.unlabelled or at is None or not -len(lines) <= at < len(lines):
        return pool
    keep = sorted(lines[at])
    others = {row: f"dropped: in another {singular(line.head)}" for i, row in enumerate(pool.rows) if i not in keep}
    return pool.take(keep, others)


def group_lines(pool: Pool, *, axis: int) -> list[list[int]]:
    """Positions in the pool by line, from the top (axis 1) or from the left (axis 0).

    What is believed makes the lines; the rest goes to the nearest one.
    """
    centres = (pool.xyxy[:, axis] + pool.xyxy[:, axis + 2]) / 2
    sure = np.flatnonzero(pool.belief >= _SURE_OF_BEST * pool.belief.max(initial=0.0))
    apart = _APART * float(np.median((pool.xyxy[:, axis + 2] - pool.xyxy[:, axis])[sure])) if len(sure) else 0.0
    lines: list[list[int]] = []
    for i in (int(i) for i in sure[np.argsort(centres[sure], kind="stable")]):
        if lines and centres[i] - centres[lines[-1]].mean() <= apart:
            lines[-1].append(i)
        else:
            lines.append([i])
    middles = np.array([centres[line].mean() for line in lines])
    for i in set(range(len(pool))) - {int(i) for i in sure}:
        lines[int(np.abs(middles - centres[i]).argmin())].append(i)
    return lines


def _places(line: Referent) -> list[Relation]:
    known = _FROM_THE_START | _FROM_THE_END | {Relation.MIDDLE}
    return [test.relation for test in line.tests if not test.anchors and test.relation in known]


def _position(line: Referent, count: int) -> int | None:
    """Which of the lines, as an index that may be negative; None where it is not said."""
    places = _places(line)
    end = not _FROM_THE_END.isdisjoint(places)
    if line.ordinal is not None:
        step = line.ordinal - 1 if line.ordinal > 0 else line.ordinal
        return -1 - step if end else step
    if end or places:
        return -1 if end else count // 2 if Relation.MIDDLE in places else 0
    return None
