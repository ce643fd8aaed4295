"""Instructions as the JSON lines of ``ggedit parse``: one object a line, absent things null."""

from __future__ import annotations

from typing import TypedDict

from .language import Clause, Instruction, Referent, SpatialTest


class CountJson(TypedDict):
    kind: str
    n: int | None


class PlaceJson(TypedDict):
    relation: str
    anchors: list[ReferentJson]


class ReferentJson(TypedDict):
    phrase: str
    head: str
    attributes: list[str]
    count: CountJson
    ordinal: int | None
    tests: list[PlaceJson]
    resolved_from: str | None


class ClauseJson(TypedDict):
    verb: str
    target: ReferentJson | None
    place: PlaceJson | None
    payload: str | None
    direct: str | None


class ParsedLine(TypedDict):
    """``note`` joins what was assumed and what must be asked back; null where there is none."""

    id: str | int | None
    clauses: list[ClauseJson]
    note: str | None


def clause_to_json(clause: Clause) -> ClauseJson:
    """The clause with exactly the keys verb, target, place, payload, direct."""
    return {
        "verb": clause.verb.value,
        "target": referent_to_json(clause.target) if clause.target is not None else None,
        "place": place_to_json(clause.place) if clause.place is not None else None,
        "payload": clause.payload,
        "direct": clause.direct or None,
    }


def referent_to_json(referent: Referent) -> ReferentJson:
    """The referent without its span."""
    return {
        "phrase": referent.phrase,
        "head": referent.head,
        "attributes": list(referent.attributes),
        "count": {"kind": referent.count.kind.value, "n": referent.count.n},
        "ordinal": referent.ordinal,
        "tests": [place_to_json(test) for test in referent.tests],
        "resolved_from": referent.resolved_from,
    }


def place_to_json(test: SpatialTest) -> PlaceJson:
    """A relation and its anchors."""
    return {"relation": test.relation.value, "anchors": [referent_to_json(anchor) for anchor in test.anchors]}


def instruction_to_json(id_: str | int | None, instruction: Instruction) -> ParsedLine:
    """One line of output."""
    said = [text for text in (instruction.note, *instruction.questions) if text]
    return {
        "id": id_,
        "clauses": [clause_to_json(clause) for clause in instruction.clauses],
        "note": " ".join(said) or None,
    }
