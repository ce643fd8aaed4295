"""Looks that change nothing, against the pixels they must show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ggedit.core.geometry import Box, Extent
from ggedit.core.masks import Mask
from ggedit.ui.files import MAX_TILES, Drawer
from ggedit.ui.looking import soft_edge

from .doubles import Browser, photo


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return Browser(tmp_path)


def _look(browser: Browser, **what: Any) -> Any:
    letter = browser.letter("canvas")
    letter = type(letter).model_validate(letter.model_dump() | {"look": {"n": 7, **what}})
    return browser.desk.look(letter, browser.sid)


def _pixels(file: Any) -> np.ndarray:
    return np.asarray(Image.open(file["path"]))


def test_a_part_comes_in_the_originals_pixels(browser: Browser) -> None:
    source = photo(3000, 2000)
    browser.open(source)
    answer = _look(browser, box=[100.4, 50, 500, 300])
    assert answer["n"] == 7 and answer["tile"]["box"] == [100, 50, 500, 300]
    assert np.array_equal(_pixels(answer["tile"]["after"]), np.asarray(source)[50:300, 100:500])
    assert answer["tile"]["before"] is None, "there is no result to compare with"


def test_a_part_with_alpha_keeps_it(browser: Browser) -> None:
    source = photo(60, 40)
    source.putalpha(Image.fromarray(np.arange(2400, dtype=np.uint32).reshape(40, 60).astype(np.uint8)))
    browser.open(source)
    assert np.array_equal(_pixels(_look(browser, box=[5, 5, 30, 20])["tile"]["after"]), np.asarray(source)[5:20, 5:30])


def test_a_large_part_is_no_larger_than_a_display_copy(browser: Browser) -> None:
    browser.open(Image.new("RGB", (6000, 100)))
    assert _pixels(_look(browser, box=[0, 0, 6000, 100])["tile"]["after"]).shape[:2] == (34, 2048)


def test_after_a_run_the_part_comes_before_and_after(browser: Browser) -> None:
    browser.analysed("remove the cup")
    browser.send("plan", {"kind": "run", "variants": 1, "seed": None})
    tile = _look(browser, box=[40, 90, 160, 240])["tile"]
    assert not np.array_equal(_pixels(tile["before"]), _pixels(tile["after"]))


def test_any_two_turns_are_laid_side_by_side(browser: Browser) -> None:
    browser.analysed("remove the cup")
    browser.send("plan", {"kind": "run", "variants": 1, "seed": None})
    pair = _look(browser, pair=[None, "draft"])["pair"]
    assert (pair["before"]["text"], pair["after"]["text"]) == ("the photo", "this result")
    views: Any = browser.send("history", {"kind": "keep"})
    kept = views["history"]["turns"][1]["id"]
    pair = _look(browser, pair=[kept, None])["pair"]
    assert (pair["before"]["text"], pair["after"]["text"]) == ("remove the cup", "the photo")
    assert np.array_equal(_pixels(pair["after"]["file"]), np.asarray(photo()))


@pytest.mark.parametrize(
    "what",
    [
        pytest.param({"pair": [None, "no-such"]}, id="unknown turn"),
        pytest.param({"pair": ["draft", None]}, id="no result yet"),
        pytest.param({"edge": "no-such"}, id="unknown mask"),
        pytest.param({"box": [900, 900, 950, 950]}, id="beside the picture"),
    ],
)
def test_what_cannot_be_shown_is_said_in_one_sentence(browser: Browser, what: Any) -> None:
    browser.open()
    if "edge" in what or "draft" in str(what):
        browser.send("request", {"kind": "ask", "text": "remove the lamp"})
    answer = _look(browser, **what)
    assert answer["notice"] and answer["pair"] is answer["tile"] is answer["edge"] is None


def test_the_soft_edge_follows_the_steps_settings(browser: Browser) -> None:
    browser.analysed("remove the cup")
    fields = {"grow_px": 5, "feather_px": 10}
    edit = {"kind": "change_step", "index": 0, "step": "remove", "node": "cup-1", "fields": fields}
    browser.send("plan", edit)
    edge = _look(browser, edge="cup-1")["edge"]
    assert (edge["grow_px"], edge["feather_px"]) == (5, 10)
    mask = browser.turn.masks["cup-1"].box
    assert edge["box"] == [mask.x1 - 16, mask.y1 - 16, mask.x2 + 16, mask.y2 + 16]


def test_a_soft_edge_falls_from_all_to_nothing() -> None:
    mask = Mask.of_box(Box(20, 20, 30, 30), Extent(60, 60))
    share, box = soft_edge(mask, grow_px=2, feather_px=4)
    assert box.xyxy == (13, 13, 37, 37)
    row = share[12].astype(int)  # from the left rim of the crop to the mask's middle
    assert row[:8].tolist() == [0, 0, 40, 128, 215, 255, 255, 255]
    hard, _ = soft_edge(mask, grow_px=3, feather_px=0)
    assert set(np.unique(hard)) == {0, 255}


def test_only_the_newest_parts_are_kept(tmp_path: Path) -> None:
    drawer = Drawer(tmp_path)
    paths = [drawer.tile(Image.new("RGB", (4, 4), (number, 0, 0))) for number in range(MAX_TILES + 3)]
    assert [path.exists() for path in paths] == [False] * 3 + [True] * MAX_TILES
    assert drawer.tile(Image.new("RGB", (4, 4), (3, 0, 0))) == paths[3]
    drawer.tile(Image.new("RGB", (4, 4), (99, 0, 0)))
    assert paths[3].exists() and not paths[4].exists(), "one that was asked for again counts as new"
