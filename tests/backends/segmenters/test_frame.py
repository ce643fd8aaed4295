"""How pictures get into a model's square and answers out of it, against the libraries' own arithmetic."""

from __future__ import annotations

import numpy as np
import pytest

from ggedit.backends.prompting.frame import Frame, Window
from ggedit.core.geometry import Box, Extent
from ggedit.core.masks import Mask
from ggedit.core.picture import Picture
from tests.builders import make_picture

torch = pytest.importorskip("torch")

SHAPES = [Extent(60, 40), Extent(33, 90), Extent(128, 128), Extent(300, 210), Extent(1, 1), Extent(2, 300)]


def enlarged_by_torch(logits: np.ndarray, frame: Frame) -> np.ndarray:
    """Sam.postprocess_masks of segment-anything, and what SAM 2 does without padding; before the threshold."""
    grid = torch.from_numpy(logits)[None, None]
    if frame.padded:
        grid = torch.nn.functional.interpolate(grid, (frame.side_px,) * 2, mode="bilinear", align_corners=False)
        grid = grid[..., : frame.inner.height, : frame.inner.width]
    return torch.nn.functional.interpolate(grid, frame.extent.shape, mode="bilinear", align_corners=False)[0, 0].numpy()


def noise(seed: int = 0, side: int = 32) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(side, side)).astype(np.float32)


@pytest.mark.parametrize("padded", [True, False], ids=["padded", "stretched"])
@pytest.mark.parametrize("extent", SHAPES, ids=str)
def test_an_answer_is_enlarged_as_the_makers_do(extent, padded):
    frame = Frame(extent, 128, padded)
    logits = noise()
    theirs = enlarged_by_torch(logits, frame)
    ours = frame.enlarged(logits, Window(0, 0, *extent))
    sure = np.abs(theirs) > 1e-5
    assert sure.mean() > 0.99
    assert np.array_equal(ours[sure], theirs[sure] > 0)


@pytest.mark.parametrize("padded", [True, False], ids=["padded", "stretched"])
def test_a_window_of_an_answer_is_that_part_of_the_whole(padded):
    frame = Frame(Extent(700, 540), 128, padded)
    whole = frame.enlarged(noise(), Window(0, 0, 700, 540))
    for window in (Window(0, 0, 10, 10), Window(331, 17, 700, 540), Window(5, 530, 6, 531)):
        part = frame.enlarged(noise(), window)
        assert np.array_equal(part, whole[window.y1 : window.y2, window.x1 : window.x2])


@pytest.mark.parametrize("padded", [True, False], ids=["padded", "stretched"])
@pytest.mark.parametrize("extent", [Extent(60, 40), Extent(33, 900), Extent(300, 210)], ids=str)
def test_outside_its_reach_an_answer_is_negative(extent, padded):
    frame = Frame(extent, 128, padded)
    logits = np.full((32, 32), -3, np.float32)
    logits[3:9, 0:2] = 100
    everywhere = Window(0, 0, *extent)
    reach = frame.reach(logits)
    full = np.zeros(extent.shape, bool)
    full[reach.y1 : reach.y2, reach.x1 : reach.x2] = frame.enlarged(logits, reach)
    assert np.array_equal(full, frame.enlarged(logits, everywhere))
    assert reach != everywhere
    assert frame.reach(np.full((32, 32), -1, np.float32)).empty


@pytest.mark.parametrize(
    ("extent", "padded", "inner"),
    [
        (Extent(200, 100), True, Extent(128, 64)),
        (Extent(100, 200), True, Extent(64, 128)),
        (Extent(3, 1000), True, Extent(1, 128)),
        (Extent(200, 100), False, Extent(128, 128)),
    ],
    ids=["landscape", "portrait", "sliver", "stretched"],
)
def test_the_picture_takes_its_part_of_the_square(extent, padded, inner):
    frame = Frame(extent, 128, padded)
    assert frame.inner == inner
    corners = frame.to_input([(0, 0), extent])
    assert np.allclose(corners, [(0, 0), inner])
    pixels = frame.input_of(make_picture(extent))
    assert pixels.shape == (3, 128, 128) and pixels.dtype == np.float32
    assert not pixels[:, inner.height :].any() and not pixels[:, :, inner.width :].any()


def test_channels_are_red_green_blue_and_normalised():
    red = Picture(np.full((8, 8, 3), (255, 0, 0), np.uint8))
    channels = Frame(red.extent, 16).input_of(red)[:, 0, 0]
    assert np.allclose(channels, [(255 - 123.675) / 58.395, -116.28 / 57.12, -103.53 / 57.375])


def test_a_mask_is_shrunk_onto_the_pictures_part():
    frame = Frame(Extent(200, 100), 128)
    grid = frame.shrunk(Mask.of_box(Box(0, 0, 100, 100), frame.extent), 32)
    assert grid[:16, :16].min() == 1 and grid[:, 16:].max() == 0 and grid[16:].max() == 0
