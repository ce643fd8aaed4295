"""Things that stand clear on a plain ground, and what one of them says of the others."""

import numpy as np
import pytest

from ggedit.backends.classical.detecting.grounds import compute_alike, compute_clear
from ggedit.backends.classical.detector import YoloDetector
from ggedit.config import load_settings
from ggedit.core.geometry import Extent, iou_xyxy
from ggedit.core.language import Count, CountKind, Referent
from ggedit.core.picture import Picture
from tests.pictures import load

WIDE = Extent(480, 300)


@pytest.fixture(scope="module")
def detector():
    return YoloDetector(load_settings({}))


DISCS = np.array([[30, 30, 90, 90], [200, 40, 280, 120], [380, 60, 440, 120], [220, 200, 290, 270]], np.float32)


def ground(noise: float = 3.0) -> np.ndarray:
    """A ground in light that falls off to the right and down, with the camera's noise."""
    y, x = np.mgrid[: WIDE.height, : WIDE.width]
    level = 90 - 0.06 * x - 0.05 * y + np.random.default_rng(1).normal(0, noise, (WIDE.height, WIDE.width))
    return np.repeat(level[..., None], 3, axis=2)


def laid(discs: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    y, x = np.mgrid[: WIDE.height, : WIDE.width]
    for x1, y1, x2, y2 in discs:
        inside = ((x + 0.5 - (x1 + x2) / 2) / (x2 - x1)) ** 2 + ((y + 0.5 - (y1 + y2) / 2) / (y2 - y1)) ** 2 < 0.25
        pixels[inside] = (190, 170, 120)
    return np.clip(pixels, 0, 255).astype(np.uint8)


def test_each_thing_on_a_plain_ground_has_its_box():
    boxes = compute_clear(laid(DISCS, ground()), WIDE)
    assert len(boxes) == len(DISCS)
    assert iou_xyxy(DISCS, boxes).max(axis=1).min() > 0.85


def test_boxes_are_for_the_size_that_is_asked_for():
    boxes = compute_clear(laid(DISCS, ground()), Extent(960, 600))
    assert iou_xyxy(DISCS * 2, boxes).max(axis=1).min() > 0.85


@pytest.mark.parametrize(
    "pixels",
    [
        pytest.param(ground().clip(0, 255).astype(np.uint8), id="nothing-on-it"),
        pytest.param(np.full((*WIDE.shape, 3), 127, np.uint8), id="one-colour"),
        pytest.param(np.random.default_rng(0).integers(0, 256, (*WIDE.shape, 3), np.uint8), id="noise"),
        pytest.param(np.full((3, 3, 3), 9, np.uint8), id="three-pixels"),
    ],
)
def test_where_nothing_stands_clear_there_is_no_box(pixels):
    assert compute_clear(pixels, WIDE).shape == (0, 4)


@pytest.mark.parametrize("name", ["motorcycle", "coffee", "cats", "astronaut"])
def test_an_ordinary_photo_has_no_plain_ground(name):
    picture = load(name)
    assert len(compute_clear(picture.pixels, picture.extent)) == 0


def test_things_are_believed_as_much_as_their_like():
    other = np.array([[0, 0, 300, 200], [100, 200, 130, 230]], np.float32)
    alike = compute_alike(np.concatenate([DISCS, other]), DISCS)
    assert alike[0, 2] == 1.0, "of one size"
    assert 0.3 < alike[0, 1] < 0.9, "somewhat larger"
    assert alike[4, 4] < 0.1 and alike[5, 5] == 1.0, "a box around several is none of them"
    assert not alike[5, :5].any() and not alike[:5, 5].any(), "what does not stand clear is by itself"


def test_all_coins_on_a_cloth_are_found(detector):
    picture = load("coins")
    found = detector.find(picture, (Referent("coin", "coin", count=Count(CountKind.ALL)),))
    clear = compute_clear(picture.pixels, picture.extent)
    coins = found.xyxy[found.score >= 0.5 * found.score.max()]
    assert len(coins) == 24
    assert iou_xyxy(coins, clear).max(axis=1).min() > 0.6


def test_a_thin_picture_is_looked_at_too(detector):
    pixels = np.zeros((4, 300, 3), np.uint8)
    assert len(detector.find(Picture(pixels), (Referent("coin", "coin"),))) <= 5
