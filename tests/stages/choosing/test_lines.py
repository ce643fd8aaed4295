"""Rows and columns of things: which one is meant, and what is counted in it."""

from __future__ import annotations

import pytest

from ggedit.core.language import Clause, Count, CountKind, EditVerb, Instruction, Referent, Relation, SpatialTest
from ggedit.stages.choosing.lines import names_line
from ggedit.stages.detect import unique_referents
from ggedit.stages.select import select
from tests.stages.test_select import asked, at, chosen, reasons, seen, thing

# Three rows of three, none of them quite level; the middle one stands a little to the right.
SHELVES = seen(
    *(
        ("cup", (60 + 150 * x + 20 * (y == 1), 40 + 140 * y + 8 * x, 120 + 150 * x + 20 * (y == 1), 100 + 140 * y), 0.9)
        for y in range(3)
        for x in range(3)
    ),
    ("bowl", (520, 20, 620, 460), 0.8),
)
LEFT, RIGHT = at(Relation.LEFT_OF), at(Relation.RIGHT_OF)


def line(kind: str, *tests: SpatialTest, ordinal: int | None = None) -> SpatialTest:
    return at(Relation.INSIDE, thing(kind, *tests, ordinal=ordinal))


@pytest.mark.parametrize(
    ("where", "rows"),
    [
        pytest.param(line("row", at(Relation.ABOVE)), (1, 2, 3), id="top"),
        pytest.param(line("row", at(Relation.BELOW)), (7, 8, 9), id="bottom"),
        pytest.param(line("row", at(Relation.MIDDLE)), (4, 5, 6), id="middle"),
        pytest.param(line("row", at(Relation.IN_FRONT)), (7, 8, 9), id="front-is-lower"),
        pytest.param(line("row", ordinal=2), (4, 5, 6), id="second"),
        pytest.param(line("row", ordinal=-1), (7, 8, 9), id="last"),
        pytest.param(line("row", at(Relation.BELOW), ordinal=1), (7, 8, 9), id="first-from-the-bottom"),
        pytest.param(line("column", LEFT), (1, 4, 7), id="left-column"),
        pytest.param(line("column", RIGHT, ordinal=2), (2, 5, 8), id="second-column-from-the-right"),
        pytest.param(line("row", ordinal=4), tuple(range(1, 10)), id="there-is-no-fourth"),
    ],
)
def test_all_of_a_line(where: SpatialTest, rows: tuple[int, ...]) -> None:
    cups = thing("cup", where, count=Count(CountKind.ALL))
    assert sorted(chosen(cups, SHELVES)) == [f"cup-{n}" for n in rows]


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        pytest.param(thing("cup", LEFT, line("row", at(Relation.ABOVE)), ordinal=2), "cup-2", id="second-from-left"),
        pytest.param(thing("cup", RIGHT, line("row", ordinal=3), ordinal=1), "cup-9", id="first-from-right"),
        pytest.param(thing("cup", line("row", ordinal=2), ordinal=3), "cup-6", id="third-of-the-second-row"),
        pytest.param(thing("cup", LEFT, line("row", at(Relation.BELOW))), "cup-7", id="leftmost-of-the-bottom-row"),
    ],
)
def test_what_is_counted_is_in_the_line(target: Referent, kept: str) -> None:
    assert chosen(target, SHELVES) == (kept,)


def test_the_others_are_dropped_because_they_are_elsewhere() -> None:
    target = thing("cup", LEFT, line("row", at(Relation.ABOVE)), ordinal=2)
    why = reasons(select(asked(target), SHELVES, None))
    assert why["cup-5"] == "dropped: in another row"
    assert why["cup-2"] == "kept: 2 of 3 from the left"


def test_a_row_is_looked_for_in_the_layout_and_not_in_the_picture() -> None:
    target = thing("cup", line("row", at(Relation.ABOVE)))
    referents = unique_referents(Instruction("", (Clause(EditVerb.REMOVE, target),)))
    assert [r.phrase for r in referents] == ["cup"]


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        pytest.param(line("row", at(Relation.ABOVE)), True, id="top-row"),
        pytest.param(line("row"), False, id="some-row"),
        pytest.param(at(Relation.LEFT_OF, thing("row", ordinal=2)), False, id="beside-a-row"),
        pytest.param(at(Relation.INSIDE, thing("bowl", ordinal=2)), False, id="in-a-bowl"),
    ],
)
def test_only_a_certain_row_is_a_line(test: SpatialTest, expected: bool) -> None:  # noqa: FBT001
    assert names_line(test) is expected
