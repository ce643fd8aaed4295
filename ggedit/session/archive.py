"""A session as one zip file: original, masks, plans, corrections and records."""

from __future__ import annotations

import json
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


def load_history(path: Path) -> History:
    """Read a session zip.

    Raises:
        BadInput: not such a file, damaged, or larger than ``MAX_UNPACKED_BYTES``.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(info.file_size for info in archive.infolist()) > MAX_UNPACKED_BYTES:
                raise BadInput(
                    f"{path.name} unpacks to more than {MAX_UNPACKED_BYTES // 2**30} GiB: it was not opened."
                )
            return from_json(History, json.loads(archive.read(_DOCUMENT)), _ZipBlobs(archive))
    except FileNotFoundError:
        raise BadInput(f"There is no file {path}.") from None
    except _DAMAGE as error:
        raise BadInput(f"{path.name} is not a ggedit session ({error}).") from None


class _ZipBlobs(Mapping[str, bytes]):
    """The archive's files by name, read when asked for."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {n.removeprefix(_BLOB_FOLDER) for n in archive.namelist() if n.startswith(_BLOB_FOLDER)}

    def __getitem__(self, name: str) -> bytes:
        if name not in self._names:
            raise KeyError(name)
        return self._archive.read(_BLOB_FOLDER + name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
