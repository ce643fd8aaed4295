"""A session as one zip file: original, masks, plans, corrections and records."""

from __future__ import annotations

import json
import math
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..core.codec import from_json, to_json
from ..core.errors import BadInput
from ..core.turn import History

_DOCUMENT = "session.json"
_BLOB_FOLDER = "files/"
MAX_UNPACKED_BYTES = 4 * 2**30
"""A larger archive is refused unread: a small zip can unpack to any size."""


_DAMAGE = (
    zipfile.BadZipFile, zlib.error, json.JSONDecodeError, UnicodeDecodeError, KeyError, OSError, EOFError,
    NotImplementedError, RuntimeError,
)  # fmt: skip
"""What zipfile and json raise on damaged, encrypted or oddly compressed archives."""


def save_history(history: History, path: Path) -> None:
    """Write the zip, whole or not at all: a half-written file never gets the name.

    Raises:
        BadInput: the folder does not exist or cannot be written.
    """
    document, blobs = to_json(history)
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".zip.part")
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(_DOCUMENT, json.dumps(document, indent=1))
            for name, content in blobs.items():
                archive.writestr(_BLOB_FOLDER + name, content, compress_type=zipfile.ZIP_STORED)
        Path(temporary).replace(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from None


def load_history(path: Path, *, max_pixels: float = math.inf) -> History:
    """Read a session zip.

    ``max_pixels`` is for archives of strangers: what all its pictures may have together.

    Raises:
        BadInput: not such a file, damaged, or larger than ``MAX_UNPACKED_BYTES`` or ``max_pixels``.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise BadInput(
                    f"{path.name} unpacks to more than {MAX_UNPACKED_BYTES // 2**30} GiB: it was not opened."
                )
            return from_json(History, json.loads(archive.read(_DOCUMENT)), _ZipBlobs(archive, max_pixels))
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}.") from None
    except _DAMAGE as error:
        raise BadInput(f"{path.name} is not a ggedit session ({error}).") from None


def _picture_pixels(png: bytes) -> int:
    """Width times height by the PNG's header (PNG specification, 11.2.2); 0 for masks, which have
    one bit a pixel, and for what is no PNG."""
    if png[:8] != b"\x89PNG\r\n\x1a\n" or png[24:25] == b"\x01":
        return 0
    return int.from_bytes(png[16:20], "big") * int.from_bytes(png[20:24], "big")


class _ZipBlobs(Mapping[str, bytes]):
    """The archive's files by name, read when asked for."""

    def __init__(self, archive: zipfile.ZipFile, max_pixels: float) -> None:
        self._archive = archive
        self._pixels_left = max_pixels
        self._names = {n.removeprefix(_BLOB_FOLDER) for n in archive.namelist() if n.startswith(_BLOB_FOLDER)}

    def __getitem__(self, name: str) -> bytes:
        if name not in self._names:
            raise KeyError(name)
        content = self._archive.read(_BLOB_FOLDER + name)
        self._pixels_left -= _picture_pixels(content)
        if self._pixels_left < 0:
            raise BadInput("The session holds more and larger pictures than can be opened here: use the command line.")
        return content

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
