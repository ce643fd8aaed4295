"""Rows for ``ggedit parse``: instructions to clauses."""

from __future__ import annotations

from ..core.errors import BadInput
from ..core.language import Context
from ..core.parse_json import instruction_to_json
from ..core.turn import MAX_TEXT
from ..ports import Parser
from .lines import Answer, Row, text_of


def parse_row(row: Row, parser: Parser) -> Answer:
    """``{"id", "text"}`` -> clauses and a note; the note also carries open questions.

    Raises:
        BadInput: no text, or more than ``MAX_TEXT`` characters.
    """
    text = text_of(row, "text").strip()
    if len(text) > MAX_TEXT:
        raise BadInput(f"The instruction has {len(text)} characters; the limit is {MAX_TEXT}.")
    answer = instruction_to_json(None, parser.parse(text, Context()))
    return {"clauses": answer["clauses"], "note": answer["note"]}
