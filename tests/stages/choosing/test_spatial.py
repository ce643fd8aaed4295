"""Place words on boxes whose answer is plain to see, and what must never change an answer."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ggedit.core.geometry import Extent
from ggedit.core.language import Relation
from ggedit.stages.choosing.spatial import (
    absolute_evidence,
    between_evidence,
    extreme_edge,
    order_along,
    ordinal_evidence,
    relative_evidence,
)

EXTENT = Extent(600, 400)
GRID = np.array([[20, 20, 80, 80], [270, 170, 330, 230], [520, 320, 580, 380]], float)
"""Top left, middle, bottom right; all of one size."""
TOP_RIGHT = np.array([[20, 20, 80, 80], [520, 20, 580, 80], [20, 320, 80, 380], [520, 320, 580, 380]], float)


@pytest.mark.parametrize(
    ("relation", "winner"),
    [
        (Relation.LEFT_OF, 0),
        (Relation.RIGHT_OF, 2),
        (Relation.ABOVE, 0),
        (Relation.BELOW, 2),
        (Relation.MIDDLE, 1),
        (Relation.NEAREST, 2),
        (Relation.FARTHEST, 0),
    ],
)
def test_places(relation: Relation, winner: int) -> None:
    assert absolute_evidence([relation], GRID, EXTENT).argmax() == winner


@pytest.mark.parametrize(
    ("relations", "winner"),
    [
        ((Relation.ABOVE, Relation.LEFT_OF), 0),
        ((Relation.ABOVE, Relation.RIGHT_OF), 1),
        ((Relation.BELOW, Relation.LEFT_OF), 2),
        ((Relation.BELOW, Relation.RIGHT_OF, Relation.CORNER), 3),
    ],
)
def test_two_directions(relations: tuple[Relation, ...], winner: int) -> None:
    assert absolute_evidence(relations, TOP_RIGHT, EXTENT).argmax() == winner


def test_middle_left_is_the_middle_of_the_left_side() -> None:
    column = np.array([[20, 10, 80, 70], [20, 170, 80, 230], [20, 330, 80, 390], [270, 170, 330, 230]], float)
    assert absolute_evidence([Relation.MIDDLE, Relation.LEFT_OF], column, EXTENT).argmax() == 1


@pytest.mark.parametrize(("relation", "winner"), [(Relation.LARGEST, 0), (Relation.SMALLEST, 1)])
def test_sizes(relation: Relation, winner: int) -> None:
    boxes = np.array([[100, 100, 300, 300], [350, 150, 400, 200]], float)
    assert absolute_evidence([relation], boxes, EXTENT).argmax() == winner


def test_a_wide_box_whose_edge_is_extreme_does_not_take_the_direction() -> None:
    """What the rule of the extreme edge gets wrong."""
    boxes = np.array([[0, 100, 580, 390], [10, 120, 70, 300]], float)
    assert extreme_edge(Relation.LEFT_OF, boxes) == 0
    assert absolute_evidence([Relation.LEFT_OF], boxes, EXTENT).argmax() == 1


ANCHOR = np.array([[250, 150, 350, 250]], float)
AROUND = np.array(
    [[100, 160, 180, 240], [420, 160, 500, 240], [260, 20, 340, 100], [260, 300, 340, 380], [270, 170, 330, 230]], float
)


@pytest.mark.parametrize(
    ("relation", "winner"),
    [
        (Relation.LEFT_OF, 0),
        (Relation.RIGHT_OF, 1),
        (Relation.ABOVE, 2),
        (Relation.BELOW, 3),
        (Relation.INSIDE, 4),
        (Relation.IN_FRONT, 3),
    ],
)
def test_relations_to_one_anchor(relation: Relation, winner: int) -> None:
    assert relative_evidence(relation, AROUND, ANCHOR, EXTENT)[:, 0].argmax() == winner


@pytest.mark.parametrize(("relation", "winner"), [(Relation.NEAREST, 0), (Relation.FARTHEST, 1), (Relation.NEXT_TO, 0)])
def test_distance_to_an_anchor(relation: Relation, winner: int) -> None:
    boxes = np.array([[380, 160, 440, 240], [20, 160, 80, 240]], float)
    assert relative_evidence(relation, boxes, ANCHOR, EXTENT)[:, 0].argmax() == winner


def test_between() -> None:
    boxes = np.array([[270, 170, 330, 230], [470, 20, 530, 80]], float)
    evidence = between_evidence(boxes, GRID[0], GRID[2], EXTENT)
    assert evidence[0] > evidence[1]


@pytest.mark.parametrize(
    ("relation", "order"),
    [(None, [0, 1, 2]), (Relation.LEFT_OF, [0, 1, 2]), (Relation.RIGHT_OF, [2, 1, 0]), (Relation.BELOW, [2, 1, 0])],
)
def test_counting_order(relation: Relation | None, order: list[int]) -> None:
    assert np.argsort(order_along(relation, GRID, EXTENT)).tolist() == order


def test_the_nth_is_likeliest_even_where_kinds_are_unknown() -> None:
    row = np.array([[x, 100, x + 50, 200] for x in (20, 150, 280, 410)], float)
    assert ordinal_evidence(2, Relation.RIGHT_OF, row, EXTENT).argmax() == 2


@st.composite
def boxes(draw: st.DrawFn) -> np.ndarray:
    count = draw(st.integers(2, 6))
    numbers = [draw(st.tuples(*(st.integers(0, 50) for _ in range(4)))) for _ in range(count)]
    found = [(x * 10, y * 6, x * 10 + 12 + w * 0.9, y * 6 + 11 + h * 0.8) for x, y, w, h in numbers]
    return np.array(found, float)


RELATIONS = st.sampled_from([*Relation])
MIRROR = {Relation.LEFT_OF: Relation.RIGHT_OF, Relation.RIGHT_OF: Relation.LEFT_OF}


def mirrored(xyxy: np.ndarray) -> np.ndarray:
    return np.stack([EXTENT.width - xyxy[:, 2], xyxy[:, 1], EXTENT.width - xyxy[:, 0], xyxy[:, 3]], axis=1)


@settings(max_examples=60, deadline=None)
@given(boxes(), RELATIONS)
def test_mirroring_swaps_left_and_right(xyxy: np.ndarray, relation: Relation) -> None:
    other = MIRROR.get(relation, relation)
    straight = absolute_evidence([relation], xyxy, EXTENT)
    assert absolute_evidence([other], mirrored(xyxy), EXTENT) == pytest.approx(straight, abs=1e-6)
    pairs = relative_evidence(relation, xyxy, xyxy[:1], EXTENT)
    assert relative_evidence(other, mirrored(xyxy), mirrored(xyxy[:1]), EXTENT) == pytest.approx(pairs, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(boxes(), RELATIONS, st.sampled_from([0.25, 2.0, 7.0]))
def test_scale_changes_nothing(xyxy: np.ndarray, relation: Relation, factor: float) -> None:
    larger = Extent(int(EXTENT.width * factor), int(EXTENT.height * factor))
    straight = absolute_evidence([relation], xyxy, EXTENT)
    assert absolute_evidence([relation], xyxy * factor, larger) == pytest.approx(straight, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(boxes(), RELATIONS, st.randoms(use_true_random=False))
def test_order_of_boxes_changes_nothing(xyxy: np.ndarray, relation: Relation, random: Random) -> None:
    order = list(range(len(xyxy)))
    random.shuffle(order)
    straight = absolute_evidence([relation], xyxy, EXTENT)
    assert absolute_evidence([relation], xyxy[order], EXTENT) == pytest.approx(straight[order], abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(boxes(), st.sampled_from([Relation.LEFT_OF, Relation.RIGHT_OF, Relation.ABOVE, Relation.BELOW]))
def test_moving_in_the_direction_never_hurts(xyxy: np.ndarray, relation: Relation) -> None:
    """The direction's own features grow with the step; only those across stay."""
    step = {Relation.LEFT_OF: (-5, 0), Relation.RIGHT_OF: (5, 0), Relation.ABOVE: (0, -5), Relation.BELOW: (0, 5)}
    moved = xyxy.copy()
    moved[0] += np.tile(step[relation], 2)
    assume(moved.min() >= 0)
    before = absolute_evidence([relation], xyxy, EXTENT)
    after = absolute_evidence([relation], moved, EXTENT)
    assert after[0] - after[1:].max() >= before[0] - before[1:].max() - 1e-6
