"""The ``--jsonl`` forms of ``parse``, ``select`` and ``place``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ..assembly import Assembly
from ..batch.language_rows import parse_row
from ..batch.lines import Answer, Row, answer_lines
from ..batch.place_rows import place_row
from ..batch.select_rows import select_row
from ..config import load_settings
from ..core.errors import BadInput
from .exits import Exit, say
from .reading import STDIN, read_bytes

Jsonl = Annotated[
    str | None,
    typer.Option("--jsonl", help="Answer every line of this file instead; - reads standard input.", show_default=False),
]
ParserName = Annotated[
    str | None, typer.Option("--parser", help="A parser's name from `ggedit models`.", show_default=False)
]


def parse_rows(source: str, parser: str | None) -> None:
    reader = _assembly(parser).backend("parser").use
    _print_answers(source, lambda row: parse_row(row, reader))


def select_rows(source: str, parser: str | None) -> None:
    reader = _assembly(parser).backend("parser").use
    _print_answers(source, lambda row: select_row(row, reader))


def place(
    jsonl: Annotated[str, typer.Option("--jsonl", help="File of JSON lines; - reads standard input.")] = STDIN,
) -> None:
    """Say where a new thing goes and how large it is: JSON lines in, JSON lines out.

    Each line: {"id", "new", "reference", "relation", "extent", "boxes", "labels"}.

    Example: ggedit place --jsonl rows.jsonl
    """
    sizer = _assembly(None).backend("sizer").use
    _print_answers(jsonl, lambda row: place_row(row, sizer))


def _assembly(parser: str | None) -> Assembly:
    settings = load_settings()
    return Assembly(replace(settings, parser=parser) if parser else settings)


def _print_answers(source: str, answer: Callable[[Row], Answer]) -> None:
    bad = 0
    with _lines(source) as lines:
        for row in answer_lines(lines, answer):
            bad += "error" in row
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    if bad:
        say(f"{bad} lines could not be answered; each says why.")
        raise typer.Exit(Exit.BAD_INPUT)


@contextmanager
def _lines(source: str) -> Iterator[Iterable[str]]:
    if source == STDIN:
        yield sys.stdin
        return
    if not Path(source).is_file():
        read_bytes(source)
        raise BadInput(f"{source} is not a file of JSON lines.")
    with Path(source).open(encoding="utf-8") as file:
        yield file
