"""Sessions and cut-outs on this machine's disk, below ``Settings.home``.

``sessions.sqlite3`` is the index: one row per session and one per accepted turn, as JSON.
``blobs/`` holds every picture and mask once, as PNG files named by their content. A save
writes and syncs the files first and then commits one transaction that refers to them, so a
process that dies at any moment leaves at worst a file that nothing refers to.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import numpy as np

from ..config import Settings
from ..core.codec import from_json, to_json
from ..core.errors import BadInput
from ..core.masks import Mask
from ..core.picture import Picture, decode_picture, encode_picture
from ..core.turn import History, Turn
from ..ports import Cutout, SavedSession

SCHEMA_VERSION = 2
BUSY_S = 30.0
"""How long a save waits for another process that is saving."""

_SCHEMA = """
CREATE TABLE session (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    cursor TEXT,
    saved_at_s REAL NOT NULL,
    lasting INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE turn (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    id TEXT NOT NULL,
    document TEXT NOT NULL,
    UNIQUE (session, id)
);
CREATE TABLE blob_use (
    session TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    blob TEXT NOT NULL,
    PRIMARY KEY (session, blob)
) WITHOUT ROWID;
CREATE INDEX blob_use_by_blob ON blob_use (blob);
"""
_TO_2 = "ALTER TABLE session ADD COLUMN lasting INTEGER NOT NULL DEFAULT 1"
"""Version 1 promised every session to stay."""
_BLOB_NAME = re.compile(r"[0-9a-f]{8,64}\.png")
_MAX_FILE_NAME = 200
_LEAST_MARGIN_PX = 16
"""Surroundings kept around an unmatted cut-out: several times the band that matting solves."""
_NEW = ".new-"
_INTERRUPTED_S = 3600.0
"""A file that no save has finished with by then never will be."""


class SqliteStore:
    """Port ``Store``: what ``save`` returned from is on disk, whatever happens next.

    Any number of threads and processes may use one home folder at once.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.time) -> None:
        self._home = settings.home
        self._blobs = settings.home / "blobs"
        self._clock = clock

    def save(self, session: str, history: History, turn: Turn | None = None) -> None:
        """Make the history durable; ``turn`` is written anew even if its id was saved before."""
        known, stored = self._saved(session)
        fresh = [t for t in history.turns if t.id not in known or (turn is not None and t.id == turn.id)]
        source, blobs = to_json(history.source, stored=stored)
        rows: list[tuple[str, str, str]] = []
        for each in fresh:
            document, its_blobs = to_json(each, stored=stored | blobs.keys())
            rows.append((session, each.id, json.dumps(document)))
            blobs |= its_blobs
        with self._writing() as connection:
            self._write_blobs(blobs)
            connection.execute(
                "INSERT INTO session VALUES (?, ?, ?, ?, 0) ON CONFLICT (id) DO UPDATE"
                " SET source = excluded.source, cursor = excluded.cursor, saved_at_s = excluded.saved_at_s",
                (session, json.dumps(source), history.cursor, self._clock()),
            )
            connection.executemany(
                "INSERT INTO turn (session, id, document) VALUES (?, ?, ?)"
                " ON CONFLICT (session, id) DO UPDATE SET document = excluded.document",
                rows,
            )
            connection.executemany("INSERT OR IGNORE INTO blob_use VALUES (?, ?)", [(session, name) for name in blobs])

    def load(self, session: str) -> History | None:
        """The session as last saved, or None.

        Raises:
            BadInput: a file that belongs to it was deleted or damaged.
        """
        with self._connection() as connection:
            row = connection.execute("SELECT source, cursor FROM session WHERE id = ?", (session,)).fetchone()
            if row is None:
                return None
            documents = connection.execute(
                "SELECT document FROM turn WHERE session = ? ORDER BY number", (session,)
            ).fetchall()
        pictures: dict[str, Picture] = {}
        source = _shared(json.loads(row[0])["value"], from_json(Picture, json.loads(row[0]), self._files), pictures)
        turns = tuple(self._read_turn(json.loads(text), pictures) for (text,) in documents)
        return History(source, turns, row[1])

    def sessions(self) -> tuple[SavedSession, ...]:
        """All saved sessions, last saved first."""
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT session.id, COUNT(turn.id), saved_at_s, lasting FROM session"
                " LEFT JOIN turn ON turn.session = session.id GROUP BY session.id ORDER BY saved_at_s DESC"
            ).fetchall()
        return tuple(SavedSession(id_, turns, saved_at_s, bool(lasting)) for id_, turns, saved_at_s, lasting in rows)

    def forget(self, session: str) -> None:
        """Delete a session, and the files that no other session uses."""
        with self._writing() as connection:
            names = connection.execute("SELECT blob FROM blob_use WHERE session = ?", (session,)).fetchall()
            connection.execute("DELETE FROM session WHERE id = ?", (session,))
            used = "SELECT 1 FROM blob_use WHERE blob = ?"
            unused = [name for (name,) in names if connection.execute(used, (name,)).fetchone() is None]
        self._delete_unused(unused)

    def keep(self, session: str) -> None:
        """Age does not end this session: ``sweep`` passes it over from now on."""
        with self._writing() as connection:
            connection.execute("UPDATE session SET lasting = 1 WHERE id = ?", (session,))

    def sweep(self, keep_s: float) -> tuple[str, ...]:
        """Forget the sessions that were last saved more than ``keep_s`` seconds ago and are not
        kept, and delete what an interrupted save left behind. Returns the ids of the forgotten."""
        oldest_s = self._clock() - keep_s
        old = tuple(row.id for row in self.sessions() if row.saved_at_s < oldest_s and not row.lasting)
        for session in old:
            self.forget(session)
        stale = [p for p in self._blobs.glob("*/*") if p.stat().st_mtime < self._clock() - _INTERRUPTED_S]
        self._delete_unused([p.name for p in stale if _BLOB_NAME.fullmatch(p.name)])
        for path in stale:
            if path.name.startswith(_NEW):
                path.unlink(missing_ok=True)
        return old

    def _delete_unused(self, names: Sequence[str]) -> None:
        """After the commit, and again under the write lock: a save may have come to use one."""
        with self._writing() as connection:
            for name in names:
                if connection.execute("SELECT 1 FROM blob_use WHERE blob = ?", (name,)).fetchone() is None:
                    self._blob_path(name).unlink(missing_ok=True)

    def _saved(self, session: str) -> tuple[frozenset[str], frozenset[str]]:
        """The session's turns, and the files that it uses: nobody else can delete those."""
        with self._connection() as connection:
            turns = connection.execute("SELECT id FROM turn WHERE session = ?", (session,)).fetchall()
            blobs = connection.execute("SELECT blob FROM blob_use WHERE session = ?", (session,)).fetchall()
        return frozenset(id_ for (id_,) in turns), frozenset(name for (name,) in blobs)

    def _read_turn(self, document: Any, pictures: dict[str, Picture]) -> Turn:
        """A turn whose pictures are the same objects as equal ones of earlier turns."""
        turn, value = from_json(Turn, document, self._files), document["value"]
        turn = replace(turn, picture=_shared(value["picture"], turn.picture, pictures))
        if turn.result is None:
            return turn
        edited = _shared(value["result"]["picture"], turn.result.picture, pictures)
        return replace(turn, result=replace(turn.result, picture=edited))

    # files ---------------------------------------------------------------------------------

    @property
    def _files(self) -> Mapping[str, bytes]:
        return _BlobFolder(self._blob_path)

    def _blob_path(self, name: str) -> Path:
        if not _BLOB_NAME.fullmatch(name):
            raise BadInput(f"{name!r} is not the name of a stored picture.")
        return self._blobs / name[:2] / name

    def _write_blobs(self, blobs: Mapping[str, bytes]) -> None:
        for name, content in blobs.items():
            path = self._blob_path(name)
            if not path.exists():
                write_durably(path, content)

    # index ---------------------------------------------------------------------------------

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        self._home.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._home / "sessions.sqlite3", timeout=BUSY_S, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            _migrate(connection)
            yield connection
        finally:
            connection.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that holds the write lock from its start."""
        with self._connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                connection.rollback()
                raise


class FolderShelf:
    """Port ``Shelf``: cut-outs as PNG files with alpha below ``home/shelf``.

    ``NAME.png`` is a finished cut-out: any such file that a person puts there is one, too.
    ``NAME.mask.png`` is one that is not matted yet: its alpha is the hard mask, and the
    surroundings are kept below it, since matting needs them.
    """

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.home / "shelf"

    def names(self) -> tuple[str, ...]:
        """All cut-outs, in alphabetical order."""
        if not self._folder.is_dir():
            return ()
        return tuple(sorted({unquote(path.name.split(".")[0]) for path in self._folder.glob("*.png")}))

    def take(self, name: str) -> Cutout:
        """Raises BadInput: no such cut-out."""
        finished, masked = self._paths(name)
        path = masked if masked.is_file() else finished
        if not path.is_file():
            raise BadInput(f"There is no cut-out called {name!r} on the shelf; there are: {', '.join(self.names())}.")
        picture, _ = decode_picture(path.read_bytes(), name=name)
        if path == finished or picture.alpha is None:
            return Cutout(name, picture)
        return Cutout(name, replace(picture, alpha=None), Mask.of(picture.alpha))

    def put(self, cutout: Cutout) -> None:
        """Keep a cut-out under its name, in the place of a former one.

        Raises:
            BadInput: neither alpha nor mask, an empty mask, or a name that is empty or too long.
        """
        finished, masked = self._paths(cutout.name)
        if cutout.mask is not None:
            write_durably(masked, encode_picture(_cropped(cutout.picture, cutout.mask), "PNG"))
            finished.unlink(missing_ok=True)
        elif cutout.picture.alpha is not None:
            write_durably(finished, encode_picture(cutout.picture, "PNG"))
            masked.unlink(missing_ok=True)
        else:
            raise BadInput("A cut-out needs a transparent background: cut the object out first.")

    def _paths(self, name: str) -> tuple[Path, Path]:
        """Every name has its own files in the folder, whatever characters it has."""
        stem = quote(name, safe=" ").replace(".", "%2E")
        if not name.strip() or len(stem) > _MAX_FILE_NAME:
            raise BadInput(f"A cut-out's name needs 1 to about 60 characters, got {len(name)}.")
        return self._folder / f"{stem}.png", self._folder / f"{stem}.mask.png"


def _cropped(picture: Picture, mask: Mask) -> Picture:
    """The thing and its surroundings, with the hard mask as alpha."""
    margin = max(_LEAST_MARGIN_PX, round(0.1 * max(mask.box.width, mask.box.height)))
    x1, y1, x2, y2 = mask.box.padded(margin).pixels(picture.extent)
    alpha = np.where(mask.full()[y1:y2, x1:x2], 255, 0).astype(np.uint8)
    return Picture(picture.pixels[y1:y2, x1:x2], alpha, picture.icc)


class _BlobFolder(Mapping[str, bytes]):
    """The stored files as a mapping that reads one when it is asked for."""

    def __init__(self, path_of: Callable[[str], Path]) -> None:
        self._path_of = path_of

    def __getitem__(self, name: str) -> bytes:
        try:
            return self._path_of(name).read_bytes()
        except FileNotFoundError:
            raise KeyError(name) from None

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._path_of(name).is_file()

    def __iter__(self) -> Iterator[str]:
        raise TypeError("stored files are looked up by name, not listed")

    def __len__(self) -> int:
        raise TypeError("stored files are looked up by name, not counted")


def write_durably(path: Path, content: bytes) -> None:
    """Write a file so that it is either whole or absent, also after a power cut."""
    _make_folder(path.parent)
    handle, temporary = tempfile.mkstemp(prefix=_NEW, dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _make_folder(folder: Path) -> None:
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for each in missing:
        _sync_folder(each.parent)


def _sync_folder(folder: Path) -> None:
    """Make a new name in the folder durable, where the system can open folders."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _migrate(connection: sqlite3.Connection) -> None:
    """Bring the index to ``SCHEMA_VERSION``; a newer one is left alone."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == SCHEMA_VERSION:
        return
    if version > SCHEMA_VERSION:
        raise BadInput("The saved sessions were written by a newer version of ggedit: update this one.")
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version < SCHEMA_VERSION:
            statements = _SCHEMA.split(";") if version == 0 else [_TO_2]
            for statement in filter(None, map(str.strip, statements)):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise


def _shared(value: Any, picture: Picture, pictures: dict[str, Picture]) -> Picture:
    """The first picture that was read from an equal JSON value, so that each is kept once."""
    return pictures.setdefault(json.dumps(value, sort_keys=True), picture)
