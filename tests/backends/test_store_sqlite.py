"""The store and the shelf: what was saved comes back, also after a kill at any moment."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ggedit.backends.store_sqlite import FolderShelf, SqliteStore
from ggedit.config import Settings
from ggedit.core.codec import picture_blob
from ggedit.core.errors import BadInput
from ggedit.core.masks import Mask
from ggedit.core.picture import Picture
from ggedit.core.turn import History
from ggedit.ports import Cutout
from tests.backends.turns import grey_picture, history_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def blob_files(settings: Settings) -> set[str]:
    return {path.name for path in (settings.home / "blobs").glob("*/*")}


def test_unknown_session_is_none(settings: Settings) -> None:
    assert SqliteStore(settings).load("nobody") is None


@pytest.mark.parametrize("turns", [0, 1, 3])
def test_history_comes_back_equal(settings: Settings, turns: int) -> None:
    history = history_of(turns)
    SqliteStore(settings).save("s", history)
    loaded = SqliteStore(settings).load("s")
    assert loaded is not None
    assert loaded.source.digest == history.source.digest
    assert loaded.cursor == history.cursor
    assert [t.id for t in loaded.turns] == [t.id for t in history.turns]
    for mine, theirs in zip(history.turns, loaded.turns, strict=True):
        assert mine.result is not None
        assert theirs.result is not None
        assert theirs.parent == mine.parent
        assert theirs.picture.digest == mine.picture.digest
        assert theirs.result.picture.digest == mine.result.picture.digest
        assert theirs.result.changed.same_as(mine.result.changed)
        assert theirs.masks is not None
        assert theirs.corrections == mine.corrections
        assert theirs.records == mine.records


def test_alpha_and_metadata_come_back(settings: Settings) -> None:
    pixels = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    source = Picture(pixels, np.array([[0, 1, 2], [3, 254, 255]], np.uint8), b"profile", b"Exif\0\0data")
    SqliteStore(settings).save("s", History(source))
    loaded = SqliteStore(settings).load("s")
    assert loaded is not None
    assert loaded.source.digest == source.digest
    assert (loaded.source.icc, loaded.source.exif) == (source.icc, source.exif)


def test_equal_pictures_are_kept_once_on_disk_and_in_memory(settings: Settings) -> None:
    history = history_of(2)
    store = SqliteStore(settings)
    store.save("one", history)
    files = blob_files(settings)
    store.save("two", history)
    assert blob_files(settings) == files
    loaded = store.load("one")
    assert loaded is not None
    first, second = loaded.turns
    assert first.picture is loaded.source
    assert first.result is not None
    assert second.picture is first.result.picture


def test_a_picture_is_compressed_once(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    compressed: list[str] = []

    def counting(picture: Picture) -> tuple[str, bytes]:
        compressed.append(picture.digest)
        return picture_blob(picture)

    monkeypatch.setattr("ggedit.core.codec.picture_blob", counting)
    store, history = SqliteStore(settings), history_of(3)
    store.save("s", replace(history, turns=history.turns[:1], cursor="t1"))
    assert compressed == [grey_picture(n).digest for n in (0, 1)]
    store.save("s", history, history.turns[-1])
    store.save("s", history.undo())
    assert compressed == [grey_picture(n).digest for n in (0, 1, 2, 3)]
    loaded = store.load("s")
    assert loaded is not None
    assert len(loaded.turns) == 3


def test_undo_is_kept_and_undone_turns_stay(settings: Settings) -> None:
    store, history = SqliteStore(settings), history_of(2)
    store.save("s", history)
    store.save("s", history.undo())
    loaded = store.load("s")
    assert loaded is not None
    assert loaded.cursor == "t1"
    assert len(loaded.turns) == 2


def test_turns_that_left_memory_stay_on_disk(settings: Settings) -> None:
    store, history = SqliteStore(settings), history_of(3)
    store.save("s", history)
    store.save("s", replace(history, turns=history.turns[1:]))
    loaded = store.load("s")
    assert loaded is not None
    assert [t.id for t in loaded.turns] == ["t1", "t2", "t3"]


def test_a_named_turn_is_written_anew(settings: Settings) -> None:
    store, history = SqliteStore(settings), history_of(1)
    store.save("s", history)
    changed = replace(history.turns[0], seed=77)
    store.save("s", replace(history, turns=(changed,)), changed)
    loaded = store.load("s")
    assert loaded is not None
    assert [t.seed for t in loaded.turns] == [77]


def test_sessions_are_apart(settings: Settings) -> None:
    store = SqliteStore(settings)
    store.save("one", history_of(1))
    store.save("two'; DROP TABLE turn; --", history_of(2))
    one, two = store.load("one"), store.load("two'; DROP TABLE turn; --")
    assert one is not None
    assert two is not None
    assert (len(one.turns), len(two.turns)) == (1, 2)


def test_forget_deletes_only_what_no_other_session_uses(settings: Settings) -> None:
    store = SqliteStore(settings)
    store.save("short", history_of(1))
    kept = blob_files(settings)
    store.save("long", history_of(3))
    assert blob_files(settings) > kept
    store.forget("long")
    assert store.load("long") is None
    assert blob_files(settings) == kept
    short = store.load("short")
    assert short is not None
    assert len(short.turns) == 1


def test_sweep_forgets_by_age_and_removes_leftovers(settings: Settings) -> None:
    now = time.time()
    SqliteStore(settings, clock=lambda: now - 7200).save("old", history_of(1))
    store = SqliteStore(settings, clock=lambda: now)
    store.save("new", history_of(1))
    leftovers = [settings.home / "blobs" / "ab" / name for name in (".new-x", "ab" * 20 + ".png")]
    leftovers[0].parent.mkdir(exist_ok=True)
    for path in leftovers:
        path.write_bytes(b"half")
    assert SqliteStore(settings, clock=lambda: now).sweep(keep_s=3600) == ("old",)
    assert all(path.exists() for path in leftovers), "a save may still be under way"
    assert SqliteStore(settings, clock=lambda: now + 3601).sweep(keep_s=1e9) == ()
    assert not any(path.exists() for path in leftovers)
    assert [row.id for row in store.sessions()] == ["new"]
    loaded = store.load("new")
    assert loaded is not None
    assert len(loaded.turns) == 1


def test_a_missing_file_is_told_in_a_sentence(settings: Settings) -> None:
    store = SqliteStore(settings)
    store.save("s", history_of(1))
    for path in (settings.home / "blobs").glob("*/*"):
        path.unlink()
    with pytest.raises(BadInput, match="missing"):
        store.load("s")


def test_a_newer_index_is_refused(settings: Settings) -> None:
    SqliteStore(settings).save("s", history_of(0))
    with sqlite3.connect(settings.home / "sessions.sqlite3") as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(BadInput, match="newer version"):
        SqliteStore(settings).load("s")


def test_a_failed_save_leaves_the_former_state(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    store, history = SqliteStore(settings), history_of(2)
    store.save("s", replace(history, turns=history.turns[:1], cursor="t1"))

    def full_disk(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ggedit.backends.store_sqlite.write_durably", full_disk)
    with pytest.raises(OSError, match="No space"):
        store.save("s", history)
    loaded = store.load("s")
    assert loaded is not None
    assert (len(loaded.turns), loaded.cursor) == (1, "t1")


def test_many_threads_save_at_once(settings: Settings) -> None:
    histories = [history_of(n) for n in (1, 2, 3, 4)]

    def save_often(number: int) -> None:
        for _ in range(3):
            SqliteStore(settings).save(f"s{number}", histories[number])

    threads = [threading.Thread(target=save_often, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((row.id, row.turns) for row in SqliteStore(settings).sessions()) == [
        ("s0", 1), ("s1", 2), ("s2", 3), ("s3", 4),
    ]  # fmt: skip


@pytest.mark.slow
def test_kill_at_any_moment_loses_no_accepted_turn(settings: Settings) -> None:
    rng = random.Random(20)
    for session in [f"killed-{n}" for n in range(20)]:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.backends.turns", str(settings.home), session],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert child.stdout is not None
        told = [child.stdout.readline().strip()]
        time.sleep(rng.uniform(0, 0.12))
        child.send_signal(signal.SIGKILL)
        told += child.stdout.read().split("\n")[:-1]
        child.wait()
        _check_after_kill(SqliteStore(settings).load(session), told)


def _check_after_kill(history: History | None, told: list[str]) -> None:
    assert history is not None
    number = len(history.turns)
    assert number - len(told) in (0, 1), "told turns are there, and at most one that was not told yet"
    assert [turn.id for turn in history.turns] == [f"t{n}" for n in range(1, number + 1)]
    assert history.cursor == f"t{number}"
    for n, turn in enumerate(history.turns, start=1):
        assert turn.result is not None
        assert turn.result.picture.digest == grey_picture(n).digest


# shelf -------------------------------------------------------------------------------------


def cutout(name: str, value: int = 9) -> Cutout:
    return Cutout(name, Picture(np.full((4, 5, 3), value, np.uint8), np.full((4, 5), 128, np.uint8)))


def test_empty_shelf(settings: Settings) -> None:
    assert FolderShelf(settings).names() == ()
    assert not settings.home.exists()


@pytest.mark.parametrize(
    "name",
    ["cat", "My red hat", "../../etc/passwd", "a/b\\c", ".hidden", "..", "100%", "naïve chat 猫", "con:aux*?"],
)
def test_shelf_keeps_any_name_in_its_folder(settings: Settings, name: str) -> None:
    shelf = FolderShelf(settings)
    shelf.put(cutout(name))
    assert shelf.names() == (name,)
    assert shelf.take(name).picture.digest == cutout(name).picture.digest
    files = [path for path in settings.home.rglob("*") if path.is_file()]
    assert [path.parent for path in files] == [settings.home / "shelf"]


def test_shelf_replaces_by_name(settings: Settings) -> None:
    shelf = FolderShelf(settings)
    shelf.put(cutout("cat", 1))
    shelf.put(cutout("cat", 2))
    assert shelf.names() == ("cat",)
    assert shelf.take("cat").picture.pixels[0, 0, 0] == 2


def test_shelf_keeps_an_unmatted_thing_with_its_surroundings(settings: Settings) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (90, 120, 3), dtype=np.uint8)
    full = np.zeros((90, 120), bool)
    full[40:60, 50:58] = True
    shelf = FolderShelf(settings)
    shelf.put(cutout("cat"))
    shelf.put(Cutout("cat", Picture(noise), Mask.of(full)))
    taken = shelf.take("cat")
    assert shelf.names() == ("cat",)
    assert taken.mask is not None
    assert taken.picture.alpha is None
    assert np.array_equal(taken.picture.pixels, noise[24:76, 34:74])
    assert np.array_equal(taken.mask.full(), full[24:76, 34:74])
    shelf.put(cutout("cat", 3))
    assert shelf.take("cat").mask is None


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (cutout(""), "1 to about 60"),
        (cutout("   "), "1 to about 60"),
        (cutout("x" * 300), "1 to about 60"),
        (Cutout("cat", Picture(np.zeros((2, 2, 3), np.uint8))), "transparent"),
        (Cutout("cat", cutout("cat").picture, Mask.of(np.zeros((4, 5)))), "mask is empty"),
    ],
    ids=["empty", "blank", "long", "no alpha", "empty mask"],
)
def test_shelf_refuses(settings: Settings, bad: Cutout, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        FolderShelf(settings).put(bad)


def test_shelf_names_what_there_is(settings: Settings) -> None:
    shelf = FolderShelf(settings)
    shelf.put(cutout("cat"))
    with pytest.raises(BadInput, match=r"no cut-out called 'dog'.*cat"):
        shelf.take("dog")


def test_index_is_plain_sqlite_with_json(settings: Settings) -> None:
    SqliteStore(settings).save("s", history_of(1))
    with sqlite3.connect(settings.home / "sessions.sqlite3") as connection:
        ((document,),) = connection.execute("SELECT document FROM turn").fetchall()
    assert json.loads(document)["value"]["id"] == "t1"


def test_a_lasting_session_is_not_swept(settings: Settings) -> None:
    now = time.time()
    old = SqliteStore(settings, clock=lambda: now - 7200)
    for name in ("page", "loaded"):
        old.save(name, history_of(1))
    old.keep("loaded")
    old.save("loaded", history_of(2))
    store = SqliteStore(settings, clock=lambda: now)
    assert store.sweep(keep_s=3600) == ("page",)
    assert [(row.id, row.lasting) for row in store.sessions()] == [("loaded", True)]


def test_sessions_of_the_first_version_stay(settings: Settings) -> None:
    store = SqliteStore(settings, clock=lambda: 0.0)
    store.save("old", history_of(2))
    with sqlite3.connect(settings.home / "sessions.sqlite3") as connection:
        connection.execute("ALTER TABLE session DROP COLUMN lasting")
        connection.execute("PRAGMA user_version = 1")
    later = SqliteStore(settings, clock=lambda: 1e9)
    later.save("new", history_of(1))
    assert later.sweep(keep_s=3600) == ()
    assert {row.id: row.lasting for row in later.sessions()} == {"old": True, "new": False}
    history = later.load("old")
    assert history is not None
    assert len(history.turns) == 2
