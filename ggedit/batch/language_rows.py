"""Rows for ``ggedit parse``: instructions to clauses."""

from __future__ import annotations

from ..core.language import Clause, Context, Instruction, Referent, SpatialTest
from ..core.turn import Ask
from ..ports import Parser
from .lines import Answer, Row, text_of


def parse_row(row: Row, parser: Parser) -> Answer:
    """``{"id", "text"}`` -> clauses and a note; the note also carries open questions."""
    instruction = parser.parse(Ask(text_of(row, "text")).text.strip(), Context())
    return {"clauses": [clause_json(clause) for clause in instruction.clauses], "note": _note(instruction)}


def clause_json(clause: Clause) -> Answer:
    """A clause without its spans; what is absent is null."""
    return {
        "verb": str(clause.verb),
        "target": referent_json(clause.target) if clause.target is not None else None,
        "place": spatial_json(clause.place) if clause.place is not None else None,
        "payload": clause.payload,
        "direct": clause.direct,
    }


def referent_json(referent: Referent) -> Answer:
    return {
        "phrase": referent.phrase,
        "head": referent.head,
        "attributes": list(referent.attributes),
        "count": {"kind": str(referent.count.kind), "n": referent.count.n},
        "ordinal": referent.ordinal,
        "tests": [spatial_json(test) for test in referent.tests],
        "resolved_from": referent.resolved_from,
    }


def spatial_json(test: SpatialTest) -> Answer:
    return {"relation": str(test.relation), "anchors": [referent_json(anchor) for anchor in test.anchors]}


def _note(instruction: Instruction) -> str | None:
    return " ".join((*([instruction.note] if instruction.note else []), *instruction.questions)) or None
