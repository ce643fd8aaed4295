"""What is forgotten when its time is over, and what is not."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from ggedit.backends.scripted import ScriptedStore
from ggedit.core.picture import Picture
from ggedit.core.turn import History
from ggedit.ui.store_of_sessions import Visitors
from ggedit.ui.sweeping import Sweeper

from .doubles import Browser, ScriptedOpener, photo

HOUR_S = 3600.0
NOW_S = 1e9


def _file(path: Path, *, used_s: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"pixels")
    os.utime(path, (used_s, used_s))
    os.utime(path.parent, (used_s, used_s))
    return path


def test_old_uploads_go_and_new_and_open_ones_stay(tmp_path: Path) -> None:
    visitors = Visitors(tmp_path / "ggedit", idle_s=HOUR_S)
    shown = visitors.get("a").drawer.keep(b"shown for days", ".png")
    os.utime(shown, (0, 0))
    old = _file(tmp_path / "abc" / "old.png", used_s=NOW_S - 2 * HOUR_S)
    left = _file(tmp_path / "ggedit" / "of-a-killed-server" / "x.png", used_s=NOW_S - 2 * HOUR_S)
    new = _file(tmp_path / "def" / "new.png", used_s=NOW_S - 60)
    store = ScriptedStore()
    Sweeper((visitors,), lambda: store, keep_s=HOUR_S, uploads=tmp_path, clock=lambda: NOW_S).sweep()
    assert not old.exists()
    assert not left.exists()
    assert new.exists()
    assert shown.exists()


def test_a_folder_that_is_shared_is_left_alone(tmp_path: Path) -> None:
    theirs = _file(tmp_path / "theirs.png", used_s=0)
    Sweeper((), ScriptedStore, keep_s=HOUR_S, uploads=None, clock=lambda: NOW_S).sweep()
    assert theirs.exists()


def test_the_store_is_swept_but_for_what_lasts() -> None:
    store = ScriptedStore()
    history = History(Picture(np.zeros((8, 8, 3), np.uint8)))
    for name in ("page", "loaded"):
        store.save(name, history)
    store.keep("loaded")
    Sweeper((), lambda: store, keep_s=0, uploads=None).sweep()
    assert set(store.saved) == {"loaded"}


def test_the_longest_idle_sessions_go_when_memory_is_short(tmp_path: Path) -> None:
    now = [0.0]
    opener = ScriptedOpener()
    first = Browser(tmp_path, opener, sid="visitor-0")
    first.desk.visitors = Visitors(tmp_path / "d", idle_s=1e9, limit_mib=4.0, clock=lambda: now[0])
    others = [first]
    for number in range(1, 4):
        other = Browser(tmp_path, opener, sid=f"visitor-{number}")
        other.desk = first.desk
        others.append(other)
    for browser in others:
        now[0] += 1
        browser.open(photo(800, 600), name=f"{browser.sid}.png")
    visitors = first.desk.visitors
    now[0] += 1
    visitors.sweep()
    known = [visitors.knows(browser.sid) for browser in others]
    assert known == [False, False, True, True], "1.4 MiB each"
