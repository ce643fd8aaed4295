"""Requests as people type them, with every clause that they ask for (data/language/requests.tsv)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from benchmarks import language_truth as truth
from ggedit.core.language import Clause, Context, Count, CountKind, Instruction, Referent, SpatialTest

_TARGET = re.compile(r"^(?P<head>[^*#]+)(?P<count>\*\d*)?(?:#(?P<ordinal>-?\d+))?$")


@dataclass(frozen=True)
class Request:
    """A text with the scene and the earlier turns, and its right readings: each is a clause's
    cells in order, and none at all where nothing is asked."""

    text: str
    context: Context
    readings: tuple[tuple[tuple[str, ...], ...], ...]
    asks: bool = False


def requests(name: str = "requests.tsv") -> tuple[Request, ...]:
    """The requests of a file."""
    return tuple(_request(*row) for row in truth.rows(name))


def _request(text: str, scene: str, mentions: str, answer: str) -> Request:
    context = Context(truth.things(scene), truth.merged(truth.things(mentions)))
    if answer == "ask":
        return Request(text, context, (), asks=True)
    return Request(text, context, tuple(_reading(part) for part in answer.split("||")))


def _reading(text: str) -> tuple[tuple[str, ...], ...]:
    """The cells of each clause, as many as there are columns."""
    if text == "nothing":
        return ()
    clauses = (clause.split("|") for clause in text.split(";"))
    return tuple((*cells, *["-"] * (6 - len(cells))) for cells in clauses)


def request_right(request: Request, read: Instruction) -> bool:
    """Whether the reading has exactly the clauses that are asked for, in order, and asks nothing
    back; where something must be asked, whether it is."""
    if request.asks:
        return bool(read.questions)
    return any(_as_read(reading, read) for reading in request.readings)


def _as_read(reading: tuple[tuple[str, ...], ...], read: Instruction) -> bool:
    if bool(read.questions) == bool(reading) or len(read.clauses) != len(reading):
        return False
    return all(_clause_right(cells, clause) for cells, clause in zip(reading, read.clauses, strict=True))


def _clause_right(cells: tuple[str, ...], clause: Clause) -> bool:
    verbs, targets, payloads, relations, anchors, spared = cells
    first = next(iter(clause.target.tests), None) if clause.target is not None else None
    test = clause.place or first
    return (
        clause.verb.value in verbs.split("/")
        and any(_target_right(wanted, clause.target) for wanted in targets.split("/"))
        and truth.payload_right(clause.payload or "", _answers(payloads))
        and (test.relation.value if test is not None else "") in _answers(relations)
        and truth.one_of(_head(test), _answers(anchors))
        and truth.one_of(clause.spared[0].head if clause.spared else "", _answers(spared))
    )


def _answers(cell: str) -> tuple[str, ...]:
    return tuple("" if answer == "-" else answer for answer in cell.split("/"))


def _head(test: SpatialTest | None) -> str:
    return test.anchors[-1].head if test is not None and test.anchors else ""


def _target_right(wanted: str, target: Referent | None) -> bool:
    """ "cup", "cup*" (all), "cup*2" (exactly two), "cup#2" (the second), "-" (none)."""
    if wanted == "-" or target is None:
        return wanted == "-" and target is None
    match = _TARGET.match(wanted)
    assert match is not None, wanted
    ordinal = int(match["ordinal"]) if match["ordinal"] else None
    return truth.same_word(match["head"], target.head) and target.ordinal == ordinal and target.count == _count(match)


def _count(match: re.Match[str]) -> Count:
    if not match["count"]:
        return Count()
    return Count(CountKind.EXACTLY, int(match["count"][1:])) if match["count"] != "*" else Count(CountKind.ALL)
