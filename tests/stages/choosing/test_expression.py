"""The reader of bare referring expressions."""

from __future__ import annotations

import pytest

from ggedit.core.language import Count, CountKind, Referent, Relation
from ggedit.stages.choosing.expression import read_expression

L, R, A, B = Relation.LEFT_OF, Relation.RIGHT_OF, Relation.ABOVE, Relation.BELOW
NEAR, FAR, MID = Relation.NEAREST, Relation.FARTHEST, Relation.MIDDLE


def places(referent: Referent) -> list[Relation]:
    return [test.relation for test in referent.tests if not test.anchors]


def chain(referent: Referent) -> list[tuple[Relation, str]]:
    """Relations with their anchors' heads, nearest first."""
    found: list[tuple[Relation, str]] = []
    for test in referent.tests:
        for anchor in test.anchors:
            found += [(test.relation, anchor.head), *chain(anchor)]
    return found


@pytest.mark.parametrize(
    ("text", "head", "wanted"),
    [
        ("left guy", "guy", [L]),
        ("RIGHT", "thing", [R]),
        ("guy on the far left", "guy", [L]),
        ("woman furthest right", "woman", [R]),
        ("far left of picture", "thing", [L]),
        ("lower right hand side", "thing", [B, R]),
        ("white dish in the top right corner", "dish", [A, R, Relation.CORNER]),
        ("woman in the back on right", "woman", [FAR, R]),
        ("front and center elephant", "elephant", [NEAR, MID]),
        ("table closest to us", "table", [NEAR]),
        ("kid in front", "kid", [NEAR]),
        ("the one behind", "one", [FAR]),
        ("chair far away", "chair", [FAR]),
        ("biggest dog", "dog", [Relation.LARGEST]),
        ("man with the black helmet on the right", "man", [R]),
    ],
)
def test_places(text: str, head: str, wanted: list[Relation]) -> None:
    referent = read_expression(text)
    assert (referent.head, places(referent)) == (head, wanted)


@pytest.mark.parametrize(
    "text",
    [
        "girl in red top",
        "cow facing left",
        "man with his back to us",
        "guy with a bat in his left hand",
        "giraffe looking to the right",
        "blue cup",
    ],
)
def test_words_that_are_no_place(text: str) -> None:
    assert places(read_expression(text)) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("man behind the girl", [(Relation.BEHIND, "girl")]),
        ("cup to the left of the plate", [(L, "plate")]),
        ("chair on left side of cat", [(L, "cat")]),
        ("person standing in front of the bus", [(Relation.IN_FRONT, "bus")]),
        ("glass between white plate and pizza", [(Relation.BETWEEN, "plate"), (Relation.BETWEEN, "pizza")]),
        ("cup to the left of the plate on the shelf", [(L, "plate"), (Relation.ON, "shelf")]),
        ("bike next to car", [(Relation.NEXT_TO, "car")]),
        ("lamp nearest to the bed", [(NEAR, "bed")]),
        ("person holding umbrella", [(Relation.WITH, "umbrella")]),
        ("book under the lamp", [(B, "lamp")]),
    ],
)
def test_relations_and_chains(text: str, wanted: list[tuple[Relation, str]]) -> None:
    assert chain(read_expression(text)) == wanted


@pytest.mark.parametrize(
    ("text", "ordinal", "wanted"),
    [
        ("second from left", 2, [L]),
        ("third person from the right", 3, [R]),
        ("2nd cup from the top", 2, [A]),
        ("third bird", 3, []),
        ("last guy on right", -1, [R]),
        ("second row left", None, [L]),
        ("second from left bottom", 2, [B, L]),
        ("second person left to right", 2, [L]),
    ],
)
def test_ordinals(text: str, ordinal: int | None, wanted: list[Relation]) -> None:
    referent = read_expression(text)
    assert (referent.ordinal, places(referent)) == (ordinal, wanted)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("all the cups", Count(CountKind.ALL)),
        ("both dogs", Count(CountKind.EXACTLY, 2)),
        ("the three cups on the left", Count(CountKind.EXACTLY, 3)),
        ("the cup", Count(CountKind.ONE)),
    ],
)
def test_counts(text: str, count: Count) -> None:
    assert read_expression(text).count == count


@pytest.mark.parametrize("text", ["", "  ", "!!!", "left of", "between", "and", "the", "second", "日本", "on on on"])
def test_poor_texts_are_read_somehow(text: str) -> None:
    referent = read_expression(text)
    assert referent.head and referent.phrase
