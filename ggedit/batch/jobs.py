"""What a batch is asked to do: rows of JSON lines, of CSV, or a folder of pictures and one instruction."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.errors import BadInput
from ..core.freeze import Frozen
from ..core.geometry import Box
from ..core.turn import MAX_TEXT

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp", ".gif", ".avif", ".heic")
"""Endings of the files that are taken from a folder."""

_ID_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
MAX_ID = 120


@dataclass(frozen=True, slots=True)
class Job(Frozen):
    """One row: a picture's path, and an instruction or SGEdit's modification lines.

    id: names the row's files, so it has letters, digits, - _ and . only.
    box: the thing to change, in picture pixels, where the row knows it.
    """

    id: str
    picture: Path
    text: str = ""
    modifications: str = ""
    seed: int = 0
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class BadRow(Frozen):
    """A row that cannot be a job, and why in one sentence."""

    id: str
    why: str


def read_jobs(source: Path, *, instruction: str = "") -> Iterator[Job | BadRow]:
    """The rows of a .jsonl or .csv file, or one per picture of a folder; read as they are asked for.

    Fields: ``picture`` (relative to the file), ``text`` or ``modifications``, and if wanted ``id``,
    ``seed``, ``box`` as x1, y1, x2, y2. A row without text takes ``instruction``.

    Raises:
        BadInput: no such source, or a folder without an instruction.
    """
    if source.is_dir():
        if not instruction:
            raise BadInput(f'{source} is a folder: say what to do with every picture, for example --text "blur it".')
        return _of_folder(source, instruction)
    if not source.is_file():
        raise BadInput(f"There is no file or folder {source}.")
    rows = _csv_rows(source) if source.suffix.lower() == ".csv" else _json_rows(source)
    return _distinct(_job(number, row, source.parent, instruction) for number, row in rows)


def _of_folder(folder: Path, instruction: str) -> Iterator[Job | BadRow]:
    files = (path for path in sorted(folder.iterdir()) if path.suffix.lower() in PICTURES)
    return _distinct(_job(n, {"picture": path.name}, folder, instruction) for n, path in enumerate(files, start=1))


def _json_rows(source: Path) -> Iterator[tuple[int, object]]:
    with source.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                yield number, json.loads(line)
            except json.JSONDecodeError as error:
                yield number, f"it is not JSON: {error}"


def _csv_rows(source: Path) -> Iterator[tuple[int, object]]:
    with source.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=1):
            yield number, {key: value for key, value in row.items() if key and value}


def _job(number: int, row: object, folder: Path, instruction: str) -> Job | BadRow:
    name = f"row-{number:06d}"
    if not isinstance(row, Mapping):
        return BadRow(name, f"Row {number}: {row if isinstance(row, str) else 'it is not an object'}.")
    try:
        return _read(name, row, folder, instruction)
    except (BadInput, ValueError, TypeError) as error:
        return BadRow(name, f"Row {number}: {str(error).rstrip('.')}.")


def _read(name: str, row: Mapping[str, Any], folder: Path, instruction: str) -> Job:
    picture = row.get("picture")
    if not isinstance(picture, str) or not picture:
        raise BadInput('it needs "picture", the path of a file')
    lines = str(row.get("modifications") or "")
    text = str(row.get("text") or "") or ("" if lines else instruction)
    if bool(text.strip()) == bool(lines.strip()):
        raise BadInput('it needs either "text" or "modifications"')
    if len(text) > MAX_TEXT:
        raise BadInput(f"its text has {len(text)} characters; the limit is {MAX_TEXT}")
    seed = int(row.get("seed") or 0)
    if not 0 <= seed < 2**32:
        raise BadInput(f"its seed is {seed}; it must be from 0 to {2**32 - 1}")
    return Job(_id(row.get("id"), name, picture), folder / picture, text, lines, seed, _box(row.get("box")))


def _id(given: object, name: str, picture: str) -> str:
    """The row's own id; without one its number and the picture's name."""
    id_ = str(given) if given not in (None, "") else f"{name}-{Path(picture).stem}"
    clean = "".join(c if c in _ID_CHARACTERS else "_" for c in id_)[:MAX_ID]
    if given not in (None, "") and (clean != id_ or not clean.strip(".")):
        raise BadInput(f"its id {id_[:40]!r} names files: use letters, digits, - and _, at most {MAX_ID}")
    return clean


def _box(given: object) -> Box | None:
    if given in (None, ""):
        return None
    return Box.from_xyxy([float(v) for v in given.split(",")] if isinstance(given, str) else given)  # type: ignore[arg-type]


def _distinct(rows: Iterable[Job | BadRow]) -> Iterator[Job | BadRow]:
    """A second row of the same id would write over the first one's files."""
    seen: set[int] = set()
    for row in rows:
        if isinstance(row, Job) and hash(row.id) in seen:
            yield BadRow(row.id, f"A second row is called {row.id!r}: give every row its own id.")
            continue
        seen.add(hash(row.id))
        yield row
