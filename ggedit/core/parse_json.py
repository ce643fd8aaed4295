"""Instructions as the JSON lines of ``ggedit parse``: one object a line, absent things null."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict

from .errors import BadInput
from .freeze import Frozen
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


@dataclass(frozen=True, slots=True)
class AskedLine(Frozen):
    """One line of input: its id as given, and the text."""

    id: str | int | None
    text: str


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


def read_asked(line: str, number: int) -> AskedLine:
    """One line of input.

    Raises:
        BadInput: not an object with a "text"; names the line.
    """
    try:
        row = json.loads(line)
    except ValueError:
        raise BadInput(f'Line {number} is not JSON: write {{"id": "1", "text": "remove the dog"}}.') from None
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise BadInput(f'Line {number} has no "text": write {{"id": "1", "text": "remove the dog"}}.')
    id_ = row.get("id")
    return AskedLine(id_ if isinstance(id_, str | int) else None, row["text"])


def parse_lines(
    lines: Iterable[str], parse: Callable[[Sequence[str]], Iterable[Instruction]], *, batch: int = 200
) -> Iterator[str]:
    """JSON lines out for JSON lines in, in order; ``parse`` gets up to ``batch`` texts at once.

    Raises:
        BadInput: a line that cannot be read; those before its batch are out by then.
    """
    waiting: list[AskedLine] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            waiting.append(read_asked(line, number))
        if len(waiting) >= batch:
            yield from _answer(waiting, parse)
            waiting = []
    yield from _answer(waiting, parse)


def _answer(waiting: Sequence[AskedLine], parse: Callable[[Sequence[str]], Iterable[Instruction]]) -> Iterator[str]:
    answers = parse([row.text for row in waiting]) if waiting else ()
    for row, instruction in zip(waiting, answers, strict=True):
        yield json.dumps(instruction_to_json(row.id, instruction), ensure_ascii=False)
