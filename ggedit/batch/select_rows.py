"""Rows for ``ggedit select``: which of several boxes a text means, without a picture."""

from __future__ import annotations

from ..ports import Parser
from ..stages.select_rows import select_jsonl
from .lines import Answer, Row


def select_row(row: Row, parser: Parser) -> Answer:
    """``{"id", "text", "extent", "boxes", "labels"}`` -> kept indices, doubt, a reason per box.

    Raises:
        BadInput: the row does not have this form.
    """
    answer = select_jsonl(row, parser)
    return {"kept": answer["kept"], "ambiguous": answer["ambiguous"], "reasons": answer["reasons"]}
