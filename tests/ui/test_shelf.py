"""A visitor's cut-outs: kept from picture to picture, seen by nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ggedit.core.errors import BadInput
from ggedit.core.geometry import Box, Extent
from ggedit.core.masks import Mask
from ggedit.core.picture import Picture
from ggedit.ports import Cutout
from ggedit.session.shelf import MOST_CUTOUTS, OwnShelf

from .doubles import Browser


def _cutout(name: str) -> Cutout:
    pixels = np.random.default_rng(1).integers(0, 256, (300, 400, 3), np.uint8)
    return Cutout(name, Picture(pixels), Mask.of_box(Box(100, 100, 140, 120), Extent(400, 300)))


def test_a_cutout_keeps_its_surroundings_and_no_more() -> None:
    shelf, given = OwnShelf(), _cutout("cup")
    shelf.put(given)
    kept = shelf.take("cup")
    assert kept.mask is not None and kept.picture.extent == Extent(72, 52)
    assert kept.mask.box.xyxy == (16, 16, 56, 36)
    assert np.array_equal(kept.picture.pixels, given.picture.pixels[84:136, 84:156])


def test_a_full_shelf_says_so_and_takes_a_name_again() -> None:
    shelf = OwnShelf()
    for number in range(MOST_CUTOUTS):
        shelf.put(_cutout(f"thing {number}"))
    with pytest.raises(BadInput, match="full"):
        shelf.put(_cutout("one more"))
    shelf.put(_cutout("thing 0"))
    shelf.drop("thing 1")
    assert len(shelf.names()) == MOST_CUTOUTS - 1


@pytest.mark.parametrize(
    "act", [lambda s: s.take("no such"), lambda s: s.drop("no such"), lambda s: s.put(_cutout(" "))]
)
def test_what_is_not_there_is_said_in_one_sentence(act: Any) -> None:
    with pytest.raises(BadInput):
        act(OwnShelf())


def test_it_goes_on_to_the_next_picture_and_to_nobody_else(tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    browser.analysed("remove the cup")
    views: Any = browser.send("canvas", {"kind": "shelve", "id": "cup-1", "name": "cup"})
    assert views["request"]["shelf"] == ["cup"]
    views = browser.open(name="other.png")
    assert views["request"]["shelf"] == ["cup"]
    session: Any = browser.visitor.session
    assert session.kit.shelf.use.names() == ("cup",)
    assert "cup" not in browser.opener.kit.shelf.use.names()
    other = Browser(tmp_path, browser.opener, sid="visitor-2")
    assert not other.open()["request"]["shelf"]
    assert browser.send("request", {"kind": "shelve", "name": "cup"})["request"]["shelf"] == []
