"""What a batch is asked to do: rows of JSON lines, of CSV, or a folder of pictures and one instruction."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
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
    ``seed``, ``box`` as x1, y1, x2, y2. A row without text takes ``instruction``. An id that is not
    given is made from what the row says, not from where it stands: rows may come and go around it.

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
    return _distinct((_has_id(row), _job(number, row, source.parent, instruction)) for number, row in rows)


def _of_folder(folder: Path, instruction: str) -> Iterator[Job | BadRow]:
    files = (path for path in sorted(folder.iterdir()) if path.suffix.lower() in PICTURES)
    return _distinct((False, Job(_clean(path.stem), path, instruction)) for path in files)


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
        return _read(row, folder, instruction)
    except (BadInput, ValueError, TypeError) as error:
        return BadRow(name, f"Row {number}: {str(error).rstrip('.')}.")


def _read(row: Mapping[str, Any], folder: Path, instruction: str) -> Job:
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
    box = _box(row.get("box"))
    id_ = _own_id(str(row["id"])) if _has_id(row) else _made_id(picture, (text, lines, seed, box and box.xyxy))
    return Job(id_, folder / picture, text, lines, seed, box)


def _has_id(row: object) -> bool:
    return isinstance(row, Mapping) and row.get("id") not in (None, "")


def _own_id(id_: str) -> str:
    if _clean(id_) != id_:
        raise BadInput(f"its id {id_[:40]!r} names files: use letters, digits, - and _, at most {MAX_ID}")
    return id_


def _made_id(picture: str, said: tuple[object, ...]) -> str:
    """The picture's name, and 32 bits of all that the row says."""
    mark = hashlib.sha256(json.dumps([picture, *said]).encode()).hexdigest()[:8]
    return f"{_clean(Path(picture).stem)}-{mark}"


def _clean(name: str) -> str:
    """As a file's name: letters, digits, - and _ and inner dots."""
    clean = "".join(c if c in _ID_CHARACTERS else "_" for c in name)[:MAX_ID]
    return clean if clean.strip(".") else "_" + clean.replace(".", "_")


def _box(given: object) -> Box | None:
    if given in (None, ""):
        return None
    return Box.from_xyxy([float(v) for v in given.split(",")] if isinstance(given, str) else given)  # type: ignore[arg-type]


def _distinct(rows: Iterable[tuple[bool, Job | BadRow]]) -> Iterator[Job | BadRow]:
    """A second row of the same id would write over the first one's files. With an id of its own it is
    a bad row; else it gets a number."""
    seen: set[int] = set()
    for own, row in rows:
        if isinstance(row, Job) and hash(row.id) in seen:
            row = BadRow(row.id, _SECOND.format(row.id)) if own else _numbered(row, seen)
        seen.add(hash(row.id))
        yield row


_SECOND = "A second row is called {!r}: give every row its own id."


def _numbered(row: Job, seen: set[int]) -> Job:
    return next(new for n in count(2) if hash((new := replace(row, id=f"{row.id}-{n}")).id) not in seen)
