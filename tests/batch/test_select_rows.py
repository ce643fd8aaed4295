"""Choosing among boxes without a picture."""

from __future__ import annotations

from typing import Any

import pytest

from ggedit.backends.scripted import ScriptedParser
from ggedit.batch.select_rows import select_row

LEFT, RIGHT, LOW = [10, 10, 30, 40], [70, 10, 90, 40], [40, 60, 60, 95]
ROW: dict[str, Any] = {"text": "the left cup", "extent": [100, 100], "boxes": [LEFT, RIGHT, LOW], "labels": None}


@pytest.mark.parametrize(
    ("text", "labels", "kept"),
    [
        ("left cup", None, [0]),
        ("cup on the right", None, [1]),
        ("bottom one", None, [2]),
        ("lamp", ["cup", "lamp", "cup"], [1]),
        ("left cup", ["lamp", "cup", "lamp"], [1]),
        ("remove the lamp", ["cup", "cup", "lamp"], [2]),
    ],
)
def test_select(text: str, labels: list[str] | None, kept: list[int]) -> None:
    answer = select_row(ROW | {"text": text, "labels": labels}, ScriptedParser())
    assert answer["kept"] == kept
    reasons = answer["reasons"]
    assert isinstance(reasons, list)
    assert len(reasons) == 3
    assert all(isinstance(reason, str) and reason for reason in reasons)


def test_two_equal_candidates_are_a_doubt() -> None:
    answer = select_row(ROW | {"text": "remove the cup", "labels": ["cup", "cup", "lamp"]}, ScriptedParser())
    assert answer["ambiguous"] is True


def test_nothing_suits() -> None:
    answer = select_row(ROW | {"text": "remove the zebra", "labels": ["cup", "cup", "lamp"]}, ScriptedParser())
    assert answer["kept"] == []


def test_no_boxes() -> None:
    answer = select_row(ROW | {"boxes": []}, ScriptedParser())
    assert (answer["kept"], answer["reasons"]) == ([], [])
