"""What the page offers to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ggedit.ui.examples import FINISHED, finished_sessions

from .doubles import Browser


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return Browser(tmp_path)


def _offered(browser: Browser) -> dict[str, Any]:
    rows: Any = browser.desk.welcome(browser.sid)["canvas"]["examples"]
    return {row["name"]: row for row in rows}


def test_finished_sessions_are_here_and_small() -> None:
    assert finished_sessions() == FINISHED
    assert all(one.archive.stat().st_size < 3_000_000 for one in FINISHED)


def test_every_example_has_a_thumbnail_and_words(browser: Browser) -> None:
    rows = _offered(browser)
    assert sum(row["finished"] for row in rows.values()) == len(FINISHED)
    for row in rows.values():
        assert row["text"]
        assert max(Image.open(row["file"]["path"]).size) == 160


@pytest.mark.parametrize("name", [one.name for one in FINISHED])
def test_a_finished_session_opens_with_its_history(browser: Browser, name: str) -> None:
    views: Any = browser.send("canvas", {"kind": "example", "name": f"finished-{name}"})
    assert len(views["history"]["turns"]) == 3
    assert views["history"]["turns"][-1]["current"]
    assert views["plan"]["steps"] == []
    assert views["canvas"]["notice"] == ""
    back: Any = browser.send("history", {"kind": "undo"})
    assert back["history"]["turns"][1]["current"]


@pytest.mark.parametrize("name", ["finished-", "finished-../../etc/passwd", "finished-no-such", "../cup"])
def test_a_forged_name_opens_nothing(browser: Browser, name: str) -> None:
    views: Any = browser.send("canvas", {"kind": "example", "name": name})
    assert "not installed here" in views["canvas"]["notice"]
    assert views["canvas"]["picture"] is None
