"""Undo and Redo through corrections, requests, results and kept turns, each told in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .doubles import Browser


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    browser = Browser(tmp_path)
    browser.analysed("remove the cup")
    return browser


def _step(browser: Browser, kind: str) -> tuple[str, str]:
    views: Any = browser.send("history", {"kind": kind})
    return views["history"]["undo"], views["history"]["redo"]


def _name(browser: Browser) -> str:
    found = browser.turn.detections
    return found.phrases[found.ids.index("cup-1")]


def test_a_correction_is_taken_back_and_brought_back(browser: Browser) -> None:
    browser.send("canvas", {"kind": "rename_box", "id": "cup-1", "label": "mug"})
    browser.send("canvas", {"kind": "rename_box", "id": "cup-1", "label": "jug"})
    assert _step(browser, "undo")[1] == "Bring back the correction"
    assert _name(browser) == "mug"
    _step(browser, "undo")
    assert _name(browser) == "cup"
    _step(browser, "redo")
    assert _step(browser, "redo") == ("Take back the last correction", "")
    assert _name(browser) == "jug"


def test_another_correction_ends_what_could_be_redone(browser: Browser) -> None:
    browser.send("canvas", {"kind": "rename_box", "id": "cup-1", "label": "mug"})
    _step(browser, "undo")
    views: Any = browser.send("canvas", {"kind": "rename_box", "id": "cup-1", "label": "jug"})
    assert views["history"]["redo"] == ""
    assert _step(browser, "redo")[1] == "" and _name(browser) == "jug"


def test_a_result_comes_back_without_running_again(browser: Browser) -> None:
    browser.send("plan", {"kind": "run", "variants": 1, "seed": None})
    result = browser.turn.result
    assert _step(browser, "undo")[1] == "Bring back the result"
    assert browser.turn.result is None
    _step(browser, "redo")
    assert browser.turn.result is result


def test_a_dropped_request_comes_back(browser: Browser) -> None:
    assert _step(browser, "undo") == ("", "Bring back the request")
    dropped: Any = browser.turn
    assert dropped is None
    _step(browser, "redo")
    assert browser.turn.plan.steps


def test_a_mask_that_was_started_over_comes_back(browser: Browser) -> None:
    browser.send("canvas", {"kind": "reshape", "id": "cup-1", "how": "grow"})
    grown = browser.turn.masks["cup-1"].area
    browser.send("canvas", {"kind": "reshape", "id": "cup-1", "how": "reset"})
    assert browser.turn.masks["cup-1"].area < grown
    _step(browser, "undo")
    assert browser.turn.masks["cup-1"].area == grown


def test_redo_after_kept_turns_names_the_next_one(browser: Browser) -> None:
    browser.send("plan", {"kind": "run", "variants": 1, "seed": None})
    browser.send("history", {"kind": "keep"})
    assert _step(browser, "undo") == ("", "Forward to “remove the cup”")
    assert _step(browser, "redo") == ("Take back “remove the cup”", "")
