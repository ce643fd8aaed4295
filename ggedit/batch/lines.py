"""JSON lines: one object per line, one answer per line; a bad line is answered, not fatal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..core.errors import BadInput

Row = Mapping[str, Any]
"""One parsed line."""

Answer = dict[str, object]


def answer_lines(lines: Iterable[str], answer: Callable[[Row], Answer]) -> Iterator[Answer]:
    """An answer for every line that is not blank, in order: the row's id and what ``answer``
    gives for it, or an ``error`` in one sentence."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _answered(line, number, answer)


def _answered(line: str, number: int, answer: Callable[[Row], Answer]) -> Answer:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        return {"id": None, "error": f"Line {number} is not JSON: {error}."}
    if not isinstance(row, dict):
        return {"id": None, "error": f"Line {number} is not a JSON object."}
    try:
        return {"id": row.get("id")} | answer(row)
    except BadInput as error:
        return {"id": row.get("id"), "error": str(error)}


def text_of(row: Row, key: str, *, default: str | None = None) -> str:
    """A field that holds text. Raises BadInput: it is missing or holds something else."""
    value = row.get(key)
    if value is None and default is not None:
        return default
    if not isinstance(value, str):
        raise BadInput(f'A row needs "{key}" as text.')
    return value
