"""Keep a long history's pictures in files instead of memory.

A picture that is put aside becomes a read-only view of a file: the operating system reads the
pages that are looked at and may drop them again. The file's name is removed at once where the
system allows it, so that nothing is left behind, however the program ends.
"""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..core.picture import Picture
from ..core.result import EditResult
from ..core.turn import History, Turn


class Spool:
    """Files for the pictures of one session, in ``folder`` (made when first needed)."""

    def __init__(self, folder: Path, limit_mib: float) -> None:
        self._folder = folder
        self._limit_mib = limit_mib
        self._aside: dict[str, Picture] = {}

    def trim(self, history: History) -> History:
        """The history with its oldest pictures put aside until the rest fits the limit.

        The turn at the cursor stays in memory: it is what the person looks at.
        """
        pictures = _pictures(history)
        total = sum(_mib(p) for p in pictures.values())
        for digest, picture in pictures.items():
            if total <= self._limit_mib:
                break
            if digest != history.picture.digest and digest not in self._aside:
                self._aside[digest] = self._put_aside(picture)
                total -= _mib(picture)
        return _with_pictures(history, self._aside) if self._aside else history

    def _put_aside(self, picture: Picture) -> Picture:
        alpha = None if picture.alpha is None else self._file_view(picture.alpha)
        view = Picture(self._file_view(picture.pixels), alpha, picture.icc, picture.exif)
        view.__dict__["digest"] = picture.digest
        return view

    def _file_view(self, array: np.ndarray) -> np.ndarray:
        self._folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._folder, suffix=".npy", delete=False) as file:
            np.save(file, array)
        view = np.load(file.name, mmap_mode="r")
        with contextlib.suppress(OSError):
            Path(file.name).unlink()
        return view


def _pictures(history: History) -> dict[str, Picture]:
    """Every picture in memory by digest, oldest first."""
    found = {history.source.digest: history.source}
    for turn in history.turns:
        for picture in (turn.picture, turn.result.picture if turn.result else turn.picture):
            found.setdefault(picture.digest, picture)
    return {digest: p for digest, p in found.items() if not _is_aside(p)}


def _is_aside(picture: Picture) -> bool:
    base: object = picture.pixels
    while isinstance(base, np.ndarray):
        if isinstance(base, np.memmap):
            return True
        base = base.base
    return False


def _mib(picture: Picture) -> float:
    return (picture.pixels.nbytes + (0 if picture.alpha is None else picture.alpha.nbytes)) / 2**20


def _with_pictures(history: History, aside: dict[str, Picture]) -> History:
    def swapped(picture: Picture) -> Picture:
        return aside.get(picture.digest, picture)

    def lighter(turn: Turn) -> Turn:
        result = turn.result
        if result is not None:
            result = EditResult(swapped(result.picture), result.changed, result.reports)
        return replace(turn, picture=swapped(turn.picture), result=result)

    turns = tuple(turn if turn.id == history.cursor else lighter(turn) for turn in history.turns)
    return History(swapped(history.source), turns, history.cursor)
