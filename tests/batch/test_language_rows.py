"""Clauses as the JSON that other programs read."""

from __future__ import annotations

import pytest

from ggedit.backends.scripted import ScriptedParser
from ggedit.batch.language_rows import parse_row
from ggedit.core.errors import BadInput
from ggedit.core.language import (
    Clause,
    Count,
    CountKind,
    EditVerb,
    Instruction,
    Referent,
    Relation,
    Span,
    SpatialTest,
)

TABLE = Referent("table", "table")
CUPS = Referent(
    phrase="red cup",
    head="cup",
    attributes=("red",),
    count=Count(CountKind.EXACTLY, 2),
    ordinal=-1,
    tests=(SpatialTest(Relation.ON, (TABLE,)),),
    span=Span(3, 9),
    resolved_from="them",
)


def parsed(instruction: Instruction) -> dict[str, object]:
    return parse_row({"id": 1, "text": instruction.text}, ScriptedParser(replies={instruction.text: instruction}))


def test_every_field_of_a_clause() -> None:
    clause = Clause(EditVerb.MOVE, CUPS, SpatialTest(Relation.LEFT_OF, (TABLE,)), None, "move the cups", Span(0, 4))
    table = {
        "phrase": "table", "head": "table", "attributes": [], "count": {"kind": "one", "n": None}, "ordinal": None,
        "tests": [], "resolved_from": None,
    }  # fmt: skip
    assert parsed(Instruction("x", (clause,))) == {
        "clauses": [
            {
                "verb": "move",
                "target": {
                    "phrase": "red cup",
                    "head": "cup",
                    "attributes": ["red"],
                    "count": {"kind": "exactly", "n": 2},
                    "ordinal": -1,
                    "tests": [{"relation": "on", "anchors": [table]}],
                    "resolved_from": "them",
                },
                "place": {"relation": "left_of", "anchors": [table]},
                "payload": None,
                "direct": "move the cups",
            }
        ],
        "note": None,
    }


def test_absent_is_null() -> None:
    answer = parsed(Instruction("x", (Clause(EditVerb.INSERT, payload="hat"),)))
    assert answer["clauses"] == [{"verb": "insert", "target": None, "place": None, "payload": "hat", "direct": None}]


@pytest.mark.parametrize(
    ("note", "questions", "expected"),
    [
        (None, (), None),
        ("mended", (), "mended"),
        (None, ("Who?",), "Who?"),
        ("mended", ("Who?", "Where?"), "mended Who? Where?"),
    ],
)
def test_note_carries_questions(note: str | None, questions: tuple[str, ...], expected: str | None) -> None:
    assert parsed(Instruction("x", note=note, questions=questions))["note"] == expected


def test_text_that_asks_for_nothing_has_no_clauses() -> None:
    assert parse_row({"text": "  "}, ScriptedParser()) == {"clauses": [], "note": "What should be changed?"}


def test_long_texts_are_refused() -> None:
    assert parse_row({"text": "x" * 2000}, ScriptedParser())["clauses"] == []
    with pytest.raises(BadInput, match="limit is 2000"):
        parse_row({"text": "x" * 2001}, ScriptedParser())
