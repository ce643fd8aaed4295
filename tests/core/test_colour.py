"""Colour words against samples whose name nobody disputes."""

from __future__ import annotations

import numpy as np
import pytest

from ggedit.core.colour import (
    BASIC,
    Colour,
    colour_share,
    dominant_colours,
    from_oklab,
    membership,
    read_colour,
    to_oklab,
    to_oklch,
)


def patch(rgb: tuple[int, int, int]) -> np.ndarray:
    return to_oklch(np.full((4, 4, 3), rgb, np.uint8))


@pytest.mark.parametrize(
    ("rgb", "lch"),
    [((255, 0, 0), (0.628, 0.258, 29.2)), ((0, 255, 0), (0.866, 0.295, 142.5)), ((0, 0, 255), (0.452, 0.313, 264.1))],
    ids=["red", "green", "blue"],
)
def test_oklch_of_the_primaries(rgb: tuple[int, int, int], lch: tuple[float, float, float]) -> None:
    assert patch(rgb)[0, 0] == pytest.approx(lch, rel=0.002)


def test_oklab_there_and_back_is_exact() -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (50, 40, 3), dtype=np.uint8)
    assert np.array_equal(from_oklab(to_oklab(pixels)), pixels)


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((139, 0, 0), "red"),
        ((220, 20, 60), "red"),
        ((255, 140, 0), "orange"),
        ((255, 215, 0), "yellow"),
        ((34, 139, 34), "green"),
        ((90, 110, 50), "green"),
        ((0, 128, 128), "cyan"),
        ((60, 80, 120), "blue"),
        ((0, 0, 128), "blue"),
        ((128, 0, 128), "purple"),
        ((255, 192, 203), "pink"),
        ((255, 20, 147), "pink"),
        ((139, 69, 19), "brown"),
        ((210, 180, 140), "beige"),
        ((250, 250, 248), "white"),
        ((128, 128, 128), "grey"),
        ((12, 12, 15), "black"),
    ],
)
def test_dominant_colour(rgb: tuple[int, int, int], name: str) -> None:
    assert dominant_colours(patch(rgb))[0][0] == name


@pytest.mark.parametrize("name", BASIC)
def test_a_colour_contains_its_own_sample(name: str) -> None:
    sample = patch(Colour(name).srgb)
    assert membership(sample, name).dtype == np.float32
    assert colour_share(sample, name) == pytest.approx(1.0)
    assert dominant_colours(sample)[0][0] == name


@pytest.mark.parametrize(
    ("words", "colour"),
    [
        ("the red cup", Colour("red")),
        ("RED-haired", Colour("red")),
        ("a reddish stone", Colour("red")),
        ("gray", Colour("grey")),
        ("dark blue shirt", Colour("blue", lightest=0.5)),
        ("navy", Colour("blue", lightest=0.45)),
        ("the man in black, left of the white car", Colour("white")),
        ("the tall man", None),
        ("", None),
    ],
)
def test_read_colour(words: str, colour: Colour | None) -> None:
    assert read_colour(words) == colour


def test_dark_and_light_split_one_hue() -> None:
    navy, sky = patch((0, 0, 100)), patch((135, 206, 250))
    dark, light = read_colour("dark blue"), read_colour("light blue")
    assert dark is not None and light is not None
    assert colour_share(navy, dark) > 0.8 > 0.1 > colour_share(sky, dark)
    assert colour_share(sky, light) > 0.7 > 0.1 > colour_share(navy, light)


def test_weight_says_which_pixels_count() -> None:
    half = np.zeros((10, 10, 3), np.uint8)
    half[:, 5:] = (255, 0, 0)
    lch, right = to_oklch(half), np.zeros((10, 10), np.float32)
    right[:, 5:] = 1
    assert colour_share(lch, "red") == pytest.approx(0.5)
    assert colour_share(lch, "red", right) == pytest.approx(1.0)
    assert dominant_colours(lch, right)[0] == ("red", pytest.approx(1.0))
