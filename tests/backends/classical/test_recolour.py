"""Recolouring known colours."""

from __future__ import annotations

import numpy as np
import pytest

from ggedit.backends.classical.editing.look_words import COLOURS, Recolour
from ggedit.backends.classical.editing.recolour import compute_palette, recolour
from ggedit.backends.classical.oklab import to_oklab

RED, TYRE, CHROME = (190, 40, 35), (45, 45, 46), (200, 200, 202)


def make_car() -> np.ndarray:
    """A red body (rows 0-29) in three shades, a tyre (30-39) and chrome (40-49)."""
    pixels = np.zeros((50, 60, 3), np.uint8)
    pixels[:30] = RED
    pixels[:10] = (225, 85, 75)
    pixels[20:30] = (120, 20, 18)
    pixels[30:40] = TYRE
    pixels[40:] = CHROME
    return pixels


def hue_of(rgb: np.ndarray | tuple[int, ...]) -> float:
    lab = to_oklab(np.array([[rgb]], np.uint8))[0, 0]
    return float(np.degrees(np.arctan2(lab[2], lab[1])))


def turned(name: str, pixels: np.ndarray | None = None) -> np.ndarray:
    pixels = make_car() if pixels is None else pixels
    return recolour(pixels, np.ones(pixels.shape[:2], bool), Recolour(name, COLOURS[name]))


@pytest.mark.parametrize(
    "name", ["blue", "green", "yellow", "orange", "purple", "pink", "brown", "gold", "teal", "red", "navy"]
)
def test_the_body_takes_the_hue(name: str) -> None:
    difference = hue_of(turned(name)[15, 30]) - hue_of(COLOURS[name])
    assert abs((difference + 180) % 360 - 180) < 8


@pytest.mark.parametrize("name", ["blue", "green", "yellow", "white", "black", "grey"])
def test_tyre_and_chrome_stay(name: str) -> None:
    result = turned(name)
    assert np.abs(result[34:37].astype(int) - TYRE).max() <= 8
    assert np.abs(result[44:47].astype(int) - CHROME).max() <= 8


@pytest.mark.parametrize("name", ["blue", "green", "gold", "white", "black", "grey"])
def test_shading_keeps_its_order(name: str) -> None:
    lightness = to_oklab(turned(name))[..., 0]
    assert lightness[5, 30] > lightness[15, 30] + 0.02 > lightness[25, 30] + 0.04


@pytest.mark.parametrize(("name", "low", "high"), [("white", 170, 255), ("black", 0, 75), ("grey", 70, 190)])
def test_colourless_targets(name: str, low: int, high: int) -> None:
    body = turned(name)[15, 30].astype(int)
    assert low <= body.min() and body.max() <= high
    assert np.ptp(body) <= 14


def test_a_white_thing_takes_a_colour() -> None:
    random = np.random.default_rng(0)
    white = np.repeat(random.integers(190, 230, (40, 40, 1), dtype=np.uint8), 3, axis=2)
    result = turned("brown", white)
    assert abs(hue_of(result[20, 20]) - hue_of(COLOURS["brown"])) < 10
    assert to_oklab(result)[..., 0].mean() < to_oklab(white)[..., 0].mean() - 0.1


def test_another_colour_on_the_thing_stays() -> None:
    """A green badge on the red body."""
    pixels = make_car()
    pixels[12:18, 20:30] = (40, 150, 60)
    result = turned("blue", pixels)
    assert np.abs(result[14:16, 23:27].astype(int) - (40, 150, 60)).max() <= 10


def test_a_patch_of_a_neighbouring_hue_stays() -> None:
    """Brown coffee in a red cup: the hues touch, but it stands alone."""
    pixels = np.full((60, 60, 3), RED, np.uint8)
    pixels[20:40, 20:40] = (235, 225, 210)
    pixels[26:34, 26:34] = (150, 88, 40)
    result = turned("blue", pixels)
    assert np.abs(result[29:31, 29:31].astype(int) - (150, 88, 40)).max() <= 12
    assert result[5, 5, 2] > 150


def test_palette_of_a_red_car() -> None:
    pixels = make_car()
    palette = compute_palette(pixels, np.ones(pixels.shape[:2], bool))
    assert palette.hue is not None
    assert abs(np.degrees(palette.hue) - hue_of(RED)) < 6


def test_palette_of_a_grey_thing_has_no_hue() -> None:
    assert compute_palette(np.full((9, 9, 3), 120, np.uint8), np.ones((9, 9), bool)).hue is None


def test_palette_of_a_rainbow_has_no_hue() -> None:
    pixels = np.array([[(230, 40, 40), (40, 200, 60), (40, 60, 230)]], np.uint8).repeat(9, axis=0)
    assert compute_palette(pixels, np.ones((9, 3), bool)).hue is None
