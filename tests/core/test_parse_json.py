"""The JSON lines of `ggedit parse`."""

from ggedit.core.language import Clause, Count, CountKind, EditVerb, Instruction, Referent, Relation, SpatialTest
from ggedit.core.parse_json import clause_to_json, instruction_to_json

PLATE = Referent("plate", "plate")
CUP = Referent(
    "red cup", "cup", ("red",), Count(CountKind.EXACTLY, 2), 1, (SpatialTest(Relation.LEFT_OF, (PLATE,)),), None, "them"
)


def test_a_clause_has_exactly_the_published_keys():
    plate = {
        "phrase": "plate",
        "head": "plate",
        "attributes": [],
        "count": {"kind": "one", "n": None},
        "ordinal": None,
        "tests": [],
        "resolved_from": None,
    }
    clause = Clause(EditVerb.MOVE, CUP, SpatialTest(Relation.ON, (PLATE,)), None, "move the cups on the plate")
    assert clause_to_json(clause) == {
        "verb": "move",
        "target": {
            "phrase": "red cup",
            "head": "cup",
            "attributes": ["red"],
            "count": {"kind": "exactly", "n": 2},
            "ordinal": 1,
            "tests": [{"relation": "left_of", "anchors": [plate]}],
            "resolved_from": "them",
        },
        "place": {"relation": "on", "anchors": [plate]},
        "payload": None,
        "direct": "move the cups on the plate",
    }


def test_absent_things_are_null():
    clause = Clause(EditVerb.RESTYLE, payload="like winter")
    assert clause_to_json(clause) == {
        "verb": "restyle",
        "target": None,
        "place": None,
        "payload": "like winter",
        "direct": None,
    }


def test_notes_and_questions_share_a_line():
    line = instruction_to_json("7", Instruction("x", (), "A note.", ("A question?",)))
    assert line == {"id": "7", "clauses": [], "note": "A note. A question?"}
    assert instruction_to_json(None, Instruction("x"))["note"] is None
