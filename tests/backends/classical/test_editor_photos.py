"""The embedded editor on public photographs."""

from __future__ import annotations

import cv2
import numpy as np

from ggedit.backends.classical.oklab import to_oklab
from ggedit.core.masks import Mask
from ggedit.core.picture import Picture
from ggedit.core.plan import EditStep, Remove, Restyle
from ggedit.ports import EditJob
from tests.pictures import load

from .editing import paint, reach, run


def edited(picture: Picture, step: EditStep, mask: Mask) -> np.ndarray:
    """The result, checked to differ from the photo within reach only."""
    job = EditJob(picture=picture, step=step, mask=mask)
    outcome, _ = run(job)
    result = paint(picture, outcome)
    changed = (result != picture.pixels).any(axis=2)
    assert changed.any() and not (changed & ~reach(job, outcome)).any()
    return result


def make_oval(picture: Picture, center: tuple[int, int], axes: tuple[int, int]) -> Mask:
    full = np.zeros(picture.extent.shape, np.uint8)
    cv2.ellipse(full, center, axes, 0, 0, 360, 1, -1)
    return Mask.of(full)


def chroma_and_hue(pixels: np.ndarray) -> tuple[float, float]:
    lab = to_oklab(np.ascontiguousarray(pixels)).reshape(-1, 3).mean(axis=0)
    return float(np.hypot(lab[1], lab[2])), float(np.degrees(np.arctan2(lab[2], lab[1])))


def test_the_dog_leaves_a_bench() -> None:
    """The white dog goes; in its rows the result is as dark as the bench beside it."""
    dog = load("dog")
    result = edited(dog, Remove(node="dog-1"), make_oval(dog, (253, 240), (56, 128)))
    rows, hole, beside = slice(250, 330), slice(225, 285), slice(120, 180)
    before, after, bench = (
        to_oklab(np.ascontiguousarray(pixels[rows, columns]))[..., 0].mean()
        for pixels, columns in ((dog.pixels, hole), (result, hole), (dog.pixels, beside))
    )
    assert before - bench > 0.12
    assert abs(after - bench) < 0.07


def test_the_saucer_turns_blue_and_the_coffee_stays() -> None:
    coffee = load("coffee")
    mask = make_oval(coffee, (280, 205), (198, 180))
    result = edited(coffee, Restyle(node="cup-1", look="blue"), mask)
    _, saucer = chroma_and_hue(result[200:240, 130:170])
    chroma, drink = chroma_and_hue(result[130:150, 270:300])
    assert -115 < saucer < -75
    assert 45 < drink < 80 and chroma > 0.08


def test_the_flower_turns_purple() -> None:
    flower = load("flower")
    result = edited(flower, Restyle(node="flower-1", look="purple"), make_oval(flower, (307, 226), (120, 120)))
    chroma, hue = chroma_and_hue(result[180:270, 260:350])
    assert -65 < hue < -30 and chroma > 0.1
