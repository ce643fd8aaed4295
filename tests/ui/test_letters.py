"""What the browser may send, and what is refused before any code sees it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from ggedit.ui.panels import letters


def _canvas(**edit: Any) -> letters.CanvasLetter:
    return letters.CanvasLetter.model_validate({"outbox": "outbox-1", "edits": [{"n": 1, **edit}]})


def test_an_edit_becomes_the_class_of_its_kind() -> None:
    letter = _canvas(kind="move_box", id="cup-1", box=[1, 2, 3, 4])
    assert letter.edits == [letters.MoveBoxEdit(n=1, kind="move_box", id="cup-1", box=[1, 2, 3, 4])]


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param({"kind": "erase_disk"}, id="unknown kind"),
        pytest.param({"kind": "move_box", "id": "a", "box": [1, 2, 3]}, id="three numbers"),
        pytest.param({"kind": "move_box", "id": "a", "box": [1, 2, float("nan"), 4]}, id="not a number"),
        pytest.param({"kind": "move_box", "id": "a", "box": [1, 2, float("inf"), 4]}, id="infinite"),
        pytest.param({"kind": "move_box", "id": "", "box": [1, 2, 3, 4]}, id="no id"),
        pytest.param({"kind": "move_box", "id": "a", "box": [1, 2, 3, 4], "extra": 1}, id="unknown field"),
        pytest.param({"kind": "rename_box", "id": "a", "label": "x" * 121}, id="long label"),
        pytest.param(
            {"kind": "paint", "id": "a", "include": True, "box": [0, 0, 1, 1], "png": "http://example.org/x.png"},
            id="address instead of a PNG",
        ),
        pytest.param(
            {"kind": "import_mask", "id": "a", "png": "data:image/png;base64," + "A" * letters.MAX_PNG_CHARS},
            id="data URL too long",
        ),
        pytest.param({"kind": "choose", "clause": 0, "ids": ["a"] * 201}, id="long list"),
        pytest.param({"kind": "choose", "clause": -1, "ids": ["a"]}, id="negative clause"),
    ],
)
def test_what_does_not_fit_is_refused(edit: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        _canvas(**edit)


def test_a_letter_holds_so_many_edits_and_no_more() -> None:
    edits = [{"n": n + 1, "kind": "drop_box", "id": "a"} for n in range(letters.MAX_EDITS + 1)]
    with pytest.raises(ValidationError):
        letters.CanvasLetter.model_validate({"outbox": "outbox-1", "edits": edits})


def test_a_file_without_gradios_mark_is_refused_in_requests() -> None:
    edits = [{"n": 1, "kind": "open", "file": {"path": "/etc/hostname"}}]
    with pytest.raises(ValidationError):
        letters.CanvasLetter.model_validate({"outbox": "outbox-1", "edits": edits}, context={"validate_meta": True})


@pytest.mark.parametrize(
    "fields", [{"strength": 1.2}, {"strength": -0.1}, {"factor": 0.05}, {"grow_px": -1}, {"axis": "round"}]
)
def test_a_steps_fields_have_bounds(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        letters.StepFields.model_validate(fields)
