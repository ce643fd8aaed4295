"""Stage results as JSON whose pictures and masks are paths of PNG files, and back again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import typer

from ..core.codec import from_json, to_json
from ..core.errors import BadInput
from ..core.language import Instruction
from ..core.turn import Stage, Turn
from .reading import read_text

FILES = Path("ggedit-files")
"""Where PNG files go without ``--files``: below the working folder."""

_BLOB_KEYS = ("mask", "picture")


_NUMBERS = re.compile(r"\[\n\s+([-+.\deE,\s]+?)\n\s+\]")
"""A list of numbers over several lines; no JSON string can hold a line break."""


def print_json(document: object) -> None:
    """Indented, with each box on one line."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    typer.echo(_NUMBERS.sub(lambda match: f"[{' '.join(match[1].split())}]", text))


def document_of(stage: Stage, value: Turn | Instruction, files: Path) -> dict[str, object]:
    """A stage's JSON; pictures and masks are written below ``files``.

    Raises:
        BadInput: the folder cannot be written.
    """
    document, blobs = to_json(value)
    paths = {name: _write(files, name, content) for name, content in blobs.items()}
    return {
        "stage": str(stage),
        "holds": type(value).__name__,
        "format": document["format"],
        "value": _with_names(document["value"], lambda name: paths.get(name, name)),
    }


def read_document(name: str) -> Turn | Instruction:
    """What ``document_of`` wrote, from a file or from standard input for "-".

    Raises:
        BadInput: not such a document, or one of its PNG files is missing.
    """
    try:
        document = json.loads(read_text(name))
    except json.JSONDecodeError as error:
        raise BadInput(f"{name} is not JSON ({error}): give what another ggedit command printed.") from None
    if not isinstance(document, dict):
        raise BadInput(f"{name} does not hold what a ggedit command prints.")
    kind = Instruction if document.get("holds") == "Instruction" else Turn
    return from_json(kind, document, _PathBlobs())


def _write(files: Path, name: str, content: bytes) -> str:
    path = files.absolute() / name
    try:
        files.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_bytes(content)
    except OSError as error:
        raise BadInput(f"{files} cannot be written: {error.strerror}; choose another folder with --files.") from None
    return str(path)


def _with_names(value: Any, name_of: Callable[[str], str]) -> Any:
    """The JSON value with other file names in it."""
    if isinstance(value, list):
        return [_with_names(item, name_of) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: name_of(item) if key in _BLOB_KEYS and isinstance(item, str) else _with_names(item, name_of)
        for key, item in value.items()
    }


class _PathBlobs(Mapping[str, bytes]):
    """Files by path, read when asked for."""

    def __getitem__(self, name: str) -> bytes:
        try:
            return Path(name).read_bytes()
        except OSError:
            raise KeyError(name) from None

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and Path(name).is_file()

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
