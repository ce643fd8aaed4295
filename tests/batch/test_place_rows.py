"""Placing a new thing among boxes."""

from __future__ import annotations

from typing import Any

import pytest

from ggedit.backends.scripted import ScriptedSizePredictor
from ggedit.batch.place_rows import place_row
from ggedit.core.errors import BadInput

PLACE: dict[str, Any] = {
    "new": "hat", "reference": "dog", "relation": "left_of", "extent": [640, 480], "boxes": [[300, 200, 400, 400]],
    "labels": ["dog"],
}  # fmt: skip


def test_place_beside_the_reference() -> None:
    answer = place_row(PLACE, ScriptedSizePredictor())
    x1, y1, x2, y2 = answer["box"]  # type: ignore[misc]
    assert x2 <= 300
    assert y2 == pytest.approx(400, abs=1)
    assert (x2 - x1, y2 - y1) == pytest.approx((100, 200), abs=1)
    assert "as large as the reference" in str(answer["why"])


@pytest.mark.parametrize("reference", [0, "dog", ["dog"], [0], "Dogs"])
def test_reference_by_name_or_index(reference: object) -> None:
    expected = place_row(PLACE, ScriptedSizePredictor())
    assert place_row(PLACE | {"reference": reference}, ScriptedSizePredictor()) == expected


def test_between_two() -> None:
    two = {"boxes": [[10, 200, 110, 400], [500, 200, 600, 400]], "labels": ["dog", "cat"]}
    answer = place_row(PLACE | two | {"reference": ["dog", "cat"], "relation": "between"}, ScriptedSizePredictor())
    x1, _, x2, _ = answer["box"]  # type: ignore[misc]
    assert x1 >= 110
    assert x2 <= 500


@pytest.mark.parametrize(
    ("reference", "labels"),
    [("the dog and the cat", ["dog", "cat"]), ("dogs", ["dog", "dog"]), ("dog", ["dog", "dog"])],
)
def test_between_two_named_in_one_text(reference: str, labels: list[str]) -> None:
    two = {"boxes": [[10, 200, 110, 400], [500, 200, 600, 400]], "labels": labels}
    answer = place_row(PLACE | two | {"reference": reference, "relation": "between"}, ScriptedSizePredictor())
    x1, _, x2, _ = answer["box"]  # type: ignore[misc]
    assert x1 >= 110
    assert x2 <= 500


@pytest.mark.parametrize(
    ("relation", "side"),
    [
        ("top right corner", (1, -1)),
        ("in the upper left corner", (-1, -1)),
        ("bottom right corner", (1, 1)),
        ("lower left corner", (-1, 1)),
    ],
)
def test_a_corner_is_the_one_that_is_named(relation: str, side: tuple[int, int]) -> None:
    row = PLACE | {"reference": None, "relation": relation, "boxes": [], "labels": []}
    x1, y1, x2, y2 = place_row(row, ScriptedSizePredictor())["box"]  # type: ignore[misc]
    assert ((x1 + x2) / 2 - 320) * side[0] > 0
    assert ((y1 + y2) / 2 - 240) * side[1] > 0


@pytest.mark.parametrize("reference", [None, "", []])
def test_without_a_reference_it_lies_in_the_picture(reference: object) -> None:
    row = PLACE | {"reference": reference, "relation": None, "boxes": [], "labels": []}
    x1, y1, x2, y2 = place_row(row, ScriptedSizePredictor())["box"]  # type: ignore[misc]
    assert 0 <= x1 < x2 <= 640
    assert 0 <= y1 < y2 <= 480


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"extent": None}, "extent"),
        ({"extent": [0, 10]}, "extent"),
        ({"extent": ["a", 10]}, "extent"),
        ({"boxes": None}, "boxes"),
        ({"boxes": [[1, 2, 3]]}, "four numbers"),
        ({"boxes": [[9, 9, 1, 1]]}, "x1 < x2"),
        ({"boxes": [[0, 0, 1, 1]] * 1001, "labels": None}, "at most 1000"),
        ({"labels": ["a", "b"]}, "one per box"),
        ({"labels": "dog"}, "one per box"),
        ({"reference": "zebra"}, "No box is labelled 'zebra'"),
        ({"reference": 7}, "no box 7"),
        ({"relation": "sideways of"}, "is no place"),
        ({"new": None}, 'needs "new"'),
    ],
    ids=str,
)
def test_bad_rows_are_told_in_a_sentence(change: dict[str, object], message: str) -> None:
    with pytest.raises(BadInput, match=message):
        place_row(PLACE | change, ScriptedSizePredictor())


@pytest.mark.parametrize(
    "asked", [{"relation": "in the sky", "reference": None}, {"relation": "in", "reference": "sky"}]
)
def test_the_sky_is_the_upper_part_of_the_picture(asked: dict[str, Any]) -> None:
    answer = place_row(PLACE | asked, ScriptedSizePredictor())
    assert answer["box"][1] < 100  # type: ignore[index]
    assert "upper part" in str(answer["why"])
