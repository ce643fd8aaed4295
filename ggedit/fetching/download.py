"""One file over HTTP: goes on where it was cut off, is checked, and appears whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import http.client
import re
import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.errors import BackendUnavailable
from ..core.freeze import Frozen

Progress = Callable[[int, int], None]
"""Called with (bytes so far, bytes in all; 0 = unknown)."""

_BLOCK = 2**20
_MIB = 2**20
_TIMEOUT_S = 60
_TRIES = 5
"""Tries in a row that bring nothing before the download is given up."""
_WAIT_S = 2.0


@dataclass(frozen=True, slots=True)
class Wanted(Frozen):
    """A file to download: where from, where to, and what is known of it ("" and 0 = nothing)."""

    url: str
    target: Path
    sha256: str = ""
    bytes: int = 0

    @property
    def part(self) -> Path:
        return self.target.with_name(f"{self.target.name}.part")

    @property
    def tag(self) -> Path:
        """The server's mark of the version that the part belongs to."""
        return self.target.with_name(f"{self.target.name}.part.etag")


def download(wanted: Wanted, *, progress: Progress, pause: Callable[[float], None] = time.sleep) -> str:
    """Fetch the file; returns its SHA-256.

    It grows as ``.part`` beside its place, by HTTP range requests, and is moved there when its
    hash is right; an interrupted download goes on at the next call.

    Raises:
        BackendUnavailable: refused by the server, no connection, no room, or other bytes than
            the hash says; one sentence that names the fix.
    """
    wanted.target.parent.mkdir(parents=True, exist_ok=True)
    tries = 0
    while True:
        before = _size(wanted.part)
        try:
            _go_on(wanted, progress)
            break
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
            tries = tries + 1 if _size(wanted.part) <= before else 0
            if tries >= _TRIES or _refused(error):
                raise BackendUnavailable(_why_not(wanted, error)) from None
            pause(_WAIT_S * 2**tries)
        except OSError as error:
            raise BackendUnavailable(_why_not_written(wanted, error)) from None
    return _accept(wanted)


def _go_on(wanted: Wanted, progress: Progress) -> None:
    start = _size(wanted.part)
    if start and start == wanted.bytes:
        return
    request = urllib.request.Request(wanted.url, headers={"User-Agent": "ggedit"})
    if start:
        request.add_header("Range", f"bytes={start}-")
        if wanted.tag.exists():
            request.add_header("If-Range", wanted.tag.read_text(encoding="utf-8"))
    try:
        answer = urllib.request.urlopen(request, timeout=_TIMEOUT_S)
    except urllib.error.HTTPError as error:
        if error.code != 416 or not start:
            raise
        _check_whole(wanted, start, error)
        return
    with answer:
        _receive(answer, wanted, progress)


def _check_whole(wanted: Wanted, start: int, error: urllib.error.HTTPError) -> None:
    """The server has nothing after the part: it is whole, or it is of another file."""
    found = re.search(r"/(\d+)$", error.headers.get("Content-Range", ""))
    if found and int(found.group(1)) != start:
        wanted.part.unlink()
        raise ConnectionError("the file has changed at the server")


def _receive(answer: Any, wanted: Wanted, progress: Progress) -> None:
    """The body onto the end of the part; from the start where the server does not do ranges."""
    goes_on = answer.status == 206
    done = _size(wanted.part) if goes_on else 0
    length = int(answer.headers.get("Content-Length") or 0)
    total = done + length if length else wanted.bytes
    require_room(wanted.target.parent, total - done, wanted.target.name)
    if tag := answer.headers.get("ETag", ""):
        wanted.tag.write_text(tag, encoding="utf-8")
    with wanted.part.open("ab" if goes_on else "wb") as file:
        while block := answer.read(_BLOCK):
            file.write(block)
            done += len(block)
            progress(done, total)
    if length and done < total:
        raise http.client.IncompleteRead(b"", total - done)


def _accept(wanted: Wanted) -> str:
    """Move the part to its place if it is what was asked for."""
    found = sha256_of(wanted.part)
    if wanted.sha256 and found != wanted.sha256:
        wanted.part.unlink()
        wanted.tag.unlink(missing_ok=True)
        raise BackendUnavailable(
            f"{wanted.url} gave other bytes than expected (SHA-256 {found} instead of {wanted.sha256}); "
            "they were thrown away. Try again; if it stays so, the file has changed at its source."
        )
    wanted.part.replace(wanted.target)
    wanted.tag.unlink(missing_ok=True)
    return found


def sha256_of(path: Path) -> str:
    """The file's SHA-256, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_room(folder: Path, size: int, name: str) -> None:
    """Raises BackendUnavailable: the disk has less than ``size`` bytes free; names both figures."""
    free = shutil.disk_usage(folder).free
    if size > free:
        raise BackendUnavailable(
            f"{name} needs {size / _MIB:.0f} MiB and {folder} has {free / _MIB:.0f} MiB free: make room, "
            "or name a folder on another disk in GGEDIT_CHECKPOINTS."
        )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _refused(error: Exception) -> bool:
    """A client error stays one; a server error may pass."""
    return isinstance(error, urllib.error.HTTPError) and 400 <= error.code < 500 and error.code not in {408, 429}


def _why_not(wanted: Wanted, error: Exception) -> str:
    kept = _size(wanted.part)
    goes_on = f" {kept / _MIB:.0f} MiB are kept and go on next time." if kept else ""
    if isinstance(error, urllib.error.HTTPError):
        return f"{wanted.url} answers {error.code} ({error.reason}): look for its new address.{goes_on}"
    reason = getattr(error, "reason", None) or error
    return f"{wanted.url} cannot be read ({reason}): check the connection and try again.{goes_on}"


def _why_not_written(wanted: Wanted, error: OSError) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return (
            f"The disk of {wanted.target.parent} is full after {_size(wanted.part) / _MIB:.0f} MiB of "
            f"{wanted.target.name}: make room and fetch it again, it goes on where it stopped; or name a folder on "
            "another disk in GGEDIT_CHECKPOINTS."
        )
    return (
        f"{wanted.target} cannot be written ({error.strerror or error}): choose another folder in GGEDIT_CHECKPOINTS."
    )
