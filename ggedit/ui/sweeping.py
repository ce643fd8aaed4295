"""What nobody uses any more is forgotten: open sessions, stored ones, and uploaded files."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

log = logging.getLogger(__name__)

EVERY_S = 900.0


class _Visitors(Protocol):
    def sweep(self) -> None: ...

    def folders(self) -> set[Path]: ...


class _Store(Protocol):
    def sweep(self, keep_s: float) -> Sequence[str]: ...


class Sweeper:
    """Sweeps when it is started and every ``EVERY_S`` seconds.

    ``uploads`` is a folder that is the page's own: files in it that were not touched for
    ``keep_s`` seconds go, but for those of open sessions. None = the folder is shared with other
    programs and left alone.
    """

    def __init__(
        self,
        visitors: Sequence[_Visitors],
        store: Callable[[], _Store],
        *,
        keep_s: float,
        uploads: Path | None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._visitors = visitors
        self._store = store
        self._keep_s = keep_s
        self._uploads = uploads
        self._clock = clock
        self._ended = threading.Event()

    def start(self) -> None:
        """On a thread of its own, which ends with the process."""
        threading.Thread(target=self._go, name="sweeper", daemon=True).start()

    def stop(self) -> None:
        self._ended.set()

    def sweep(self) -> None:
        for visitors in self._visitors:
            visitors.sweep()
        self._store().sweep(self._keep_s)
        if self._uploads is not None:
            spared = set().union(*(visitors.folders() for visitors in self._visitors))
            _delete_old(self._uploads, self._clock() - self._keep_s, spared)

    def _go(self) -> None:
        while True:
            try:
                self.sweep()
            except Exception:  # a full disk or a locked index must not end all later sweeps
                log.exception("old sessions could not be swept")
            if self._ended.wait(EVERY_S):
                return


def _delete_old(folder: Path, oldest_s: float, spared: set[Path]) -> None:
    """Delete what was last read or written before ``oldest_s`` (Unix time)."""
    for path in _deepest_first(folder):
        with suppress(OSError):
            if _used_s(path) < oldest_s and not spared.intersection((path, *path.parents)):
                path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def _used_s(path: Path) -> float:
    status = path.lstat()
    return max(status.st_atime, status.st_mtime)


def _deepest_first(folder: Path) -> Iterator[Path]:
    return iter(sorted(folder.rglob("*"), key=lambda path: len(path.parts), reverse=True))
