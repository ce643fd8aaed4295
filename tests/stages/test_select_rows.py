"""The function behind ``ggedit select --jsonl``."""

from __future__ import annotations

import json
import statistics

import pytest

from ggedit.backends.classical.language import RulesParser
from ggedit.config import Settings
from ggedit.core.errors import BadInput
from ggedit.core.language import Clause, Context, EditVerb, Instruction, Referent, Relation, SpatialTest
from ggedit.stages.select_rows import is_instruction, select_jsonl

BOXES = [[50, 200, 120, 300], [300, 210, 370, 310], [500, 205, 570, 300], [470, 310, 620, 400]]
LABELS = ["cup", "cup", "cup", "plate"]


def row(text: str, labels: list[str] | None = LABELS) -> dict[str, object]:
    return {"id": "a1", "text": text, "extent": [640, 480], "boxes": BOXES, "labels": labels}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("left cup", [0]),
        ("second cup from the left", [1]),
        ("the last cup", [2]),
        ("cup nearest to the plate", [2]),
        ("the plate", [3]),
        ("all the cups", [0, 1, 2]),
        ("the cups", [0, 1, 2]),
        ("the two cups on the right", [1, 2]),
        ("remove the cup on the left", [0]),
        ("please remove the left cup", [0]),
        ("cup above the plate", [2]),
    ],
)
def test_labelled_boxes(text: str, kept: list[int]) -> None:
    answer = select_jsonl(row(text))
    assert (answer["id"], answer["kept"]) == ("a1", kept)
    assert len(answer["reasons"]) == len(BOXES)
    assert [i for i, reason in enumerate(answer["reasons"]) if reason.startswith("kept: ")] == kept


@pytest.mark.parametrize(("text", "kept"), [("left one", [0]), ("the one in the lower right corner", [3])])
def test_boxes_without_labels(text: str, kept: list[int]) -> None:
    assert select_jsonl(row(text, labels=None))["kept"] == kept


def test_a_bare_noun_among_equals_is_ambiguous() -> None:
    assert select_jsonl(row("cup"))["ambiguous"]
    assert not select_jsonl(row("left cup"))["ambiguous"]


def test_an_ordinal_is_explained_where_kinds_are_unknown() -> None:
    answer = select_jsonl({**row("second from the left", labels=None), "boxes": BOXES[:3]})
    assert answer["kept"] == [1]
    assert answer["reasons"][0] == "dropped: 1 of 3 from the left"
    assert answer["reasons"][1] == "kept: 2 of 3 from the left"


def test_nothing_of_that_kind() -> None:
    answer = select_jsonl(row("the zebra"))
    assert (answer["kept"], answer["ambiguous"]) == ([], True)
    assert answer["reasons"] == ["dropped: another kind of thing"] * 4


def test_answers_are_json() -> None:
    assert json.loads(json.dumps(select_jsonl(row("left cup"))))["kept"] == [0]


def test_no_boxes() -> None:
    answer = select_jsonl({"id": 1, "text": "cup", "extent": [10, 10], "boxes": [], "labels": None})
    assert answer == {"id": 1, "kept": [], "ambiguous": True, "reasons": []}


class OneClause:
    """A parser that always reads the same."""

    def __init__(self, clause: Clause | None) -> None:
        self.clause = clause

    def parse(self, text: str, context: Context) -> Instruction:
        return Instruction(text, () if self.clause is None else (self.clause,))


def test_instructions_go_through_the_parser() -> None:
    target = Referent("cup", "cup", tests=(SpatialTest(Relation.RIGHT_OF),))
    parser = OneClause(Clause(EditVerb.REMOVE, target))
    assert select_jsonl(row("delete that"), parser)["kept"] == [2]
    assert select_jsonl(row("left cup"), parser)["kept"] == [0]
    assert select_jsonl(row("remove the left cup"), OneClause(None))["kept"] == [0]


def test_an_insert_gives_its_reference() -> None:
    place = SpatialTest(Relation.ON, (Referent("plate", "plate"),))
    assert select_jsonl(row("put a cake on the plate"), OneClause(Clause(EditVerb.INSERT, place=place)))["kept"] == [3]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("remove the dog", True),
        ("Could you please make it red", True),
        ("left guy", False),
        ("cut off zebra on the right", False),
        ("flip phone", False),
        ("flip the phone", True),
        ("make", False),
        ("the man who will move", False),
    ],
)
def test_is_instruction(text: str, *, expected: bool) -> None:
    assert is_instruction(text) is expected


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"text": " "}, "text"),
        ({"text": 3}, "text"),
        ({"extent": [640]}, "extent"),
        ({"extent": [0, 480]}, "extent"),
        ({"boxes": [[1, 2, 3]]}, "boxes"),
        ({"boxes": [[1, 2, 3, None]]}, "finite numbers"),
        ({"boxes": [[1, 2, 3, float("nan")]]}, "finite numbers"),
        ({"labels": ["cup"]}, "labels"),
        ({"id": [1]}, "id"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else None,
)
def test_bad_rows_name_what_is_wrong(change: dict[str, object], named: str) -> None:
    with pytest.raises(BadInput, match=named):
        select_jsonl({**row("cup"), **change})


def test_a_row_that_is_no_object() -> None:
    with pytest.raises(BadInput, match="JSON object"):
        select_jsonl([1, 2])


@pytest.mark.parametrize(("directions", "floor"), [(1, 0.85), (2, 0.86)])
def test_refcoco_directions_on_the_held_out_half(directions: int, floor: float) -> None:
    referring = pytest.importorskip("benchmarks.referring")
    if not referring.FOLDER.exists():
        pytest.skip("../shared/data/referring is missing")
    right = []
    for e in referring.load("refcoco"):
        if e.tuning or len(e.directions) != directions:
            continue
        asked = {"text": e.text, "extent": list(e.extent), "boxes": e.boxes.tolist(), "labels": None}
        right.append(select_jsonl(asked)["kept"] == [e.truth])
    assert statistics.fmean(right) >= floor


CUP_ROW = {"extent": [800, 600], "boxes": [[50, 400, 120, 480], [200, 380, 280, 470], [350, 420, 420, 500]]}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("all cups but the left one", [1, 2]),
        ("remove every cup except the second from the left", [0, 2]),
        ("the first two cups", [0, 1]),
        ("the last two cups", [1, 2]),
        ("second to last cup", [1]),
        ("everyone but the man on the right", [0, 1]),
    ],
)
def test_exceptions_and_runs(text: str, kept: list[int]) -> None:
    labels = ["man"] * 3 if "man" in text else ["cup"] * 3
    assert select_jsonl({"id": 1, "text": text, "labels": labels, **CUP_ROW}, RulesParser(Settings()))["kept"] == kept


def test_an_owned_thing_is_the_thing_and_not_its_owner() -> None:
    row = {"text": "the man's face", "extent": [640, 600], "boxes": [[100, 100, 300, 580], [170, 110, 230, 190]]}
    answer = select_jsonl({**row, "labels": ["person", "face"]})
    assert answer["kept"] == [1]
    assert answer["reasons"] == ["measured against: the only man", "kept: the only face"]
