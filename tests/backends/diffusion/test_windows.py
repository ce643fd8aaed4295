"""Windows around masks: what they hold, how large the model sees them, and how they come back."""

from __future__ import annotations

import numpy as np
import pytest

from ggedit.backends.diffusion.windows import (
    MOST_WINDOWS,
    ModelSize,
    choose_views,
    match_colours,
    pool_max,
    ring_of,
    stitch,
)
from ggedit.core.compositing import composite
from ggedit.core.geometry import Extent
from ggedit.core.masks import Mask

SD = ModelSize(trained=512, multiple=64)


def painted(width: int, height: int, *boxes: tuple[int, int, int, int]) -> np.ndarray:
    full = np.zeros((height, width), np.bool_)
    for x1, y1, x2, y2 in boxes:
        full[y1:y2, x1:x2] = True
    return full


CASES = {
    "15 % of a photo": painted(1024, 768, (300, 200, 643, 543)),
    "smaller than a window": painted(65, 49, (10, 10, 20, 20)),
    "whole small picture": painted(65, 49, (0, 0, 65, 49)),
    "whole large picture": painted(4000, 3000, (0, 0, 4000, 3000)),
    "line across": painted(4000, 3000, (0, 1500, 4000, 1502)),
    "line down": painted(800, 600, (400, 0, 401, 600)),
    "far apart": painted(2000, 1500, (10, 10, 60, 60), (1800, 1300, 1900, 1400)),
    "near": painted(2000, 1500, (10, 10, 60, 60), (100, 100, 160, 160)),
    "inside one another": painted(900, 900, (0, 0, 600, 20), (0, 0, 20, 600), (200, 200, 300, 300)),
    "speckles": np.random.default_rng(0).random((700, 900)) > 0.999,
    "at the border": painted(640, 480, (600, 400, 640, 480)),
    "one pixel in the corner": painted(640, 480, (639, 479, 640, 480)),
    "panorama": painted(4000, 65, (0, 0, 4000, 65)),
}


@pytest.mark.parametrize("full", CASES.values(), ids=CASES.keys())
def test_every_pixel_of_the_mask_lies_in_exactly_one_part_and_its_window(full: np.ndarray) -> None:
    mask = Mask.of(full)
    count = np.zeros(full.shape, np.int64)
    for view in choose_views(mask, SD, reach=10):
        count += view.part.full()
        inside = np.zeros_like(full)
        inside[view.window.rows, view.window.columns] = True
        assert not (view.part.full() & ~inside).any()
    np.testing.assert_array_equal(count, full.astype(np.int64))


@pytest.mark.parametrize("full", CASES.values(), ids=CASES.keys())
def test_the_model_sees_multiples_of_its_grid_near_its_trained_area(full: np.ndarray) -> None:
    views = choose_views(Mask.of(full), SD, reach=10)
    assert 1 <= len(views) <= MOST_WINDOWS
    for view in views:
        assert view.extent.width % 64 == 0 and view.extent.height % 64 == 0
        assert 0.6 <= view.extent.area / SD.trained**2 <= 1.45
        assert 0 <= view.window.x1 < view.window.x2 <= full.shape[1]
        assert 0 <= view.window.y1 < view.window.y2 <= full.shape[0]
        stretch = (view.extent.width / view.window.width) / (view.extent.height / view.window.height)
        assert 0.85 <= stretch <= 1.18


@pytest.mark.parametrize(
    ("name", "windows"),
    [("15 % of a photo", 1), ("far apart", 2), ("near", 1), ("whole large picture", 1), ("line across", 6)],
)
def test_windows_are_shared_by_what_is_near_and_cut_across_what_is_long(name: str, windows: int) -> None:
    assert len(choose_views(Mask.of(CASES[name]), SD, reach=10)) == windows


def test_a_picture_of_the_models_size_is_one_window_of_its_very_pixels() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (512, 512, 3), np.uint8)
    (view,) = choose_views(Mask.of(np.ones((512, 512), np.bool_)), SD)
    assert view.extent == Extent(512, 512) and view.scale == 1
    np.testing.assert_array_equal(view.cut(pixels), pixels)
    assert (view.alpha(0, 0) == 1).all()


def test_a_small_mask_is_seen_enlarged_and_a_large_one_reduced() -> None:
    (small,) = choose_views(Mask.of(painted(2000, 1500, (900, 700, 940, 740))), SD)
    (large,) = choose_views(Mask.of(painted(2000, 1500, (300, 200, 1500, 1400))), SD)
    assert small.scale == pytest.approx(2, rel=0.05)
    assert large.scale < 0.5


def test_a_line_one_pixel_wide_is_there_on_the_models_grid() -> None:
    (view,) = choose_views(Mask.of(painted(2000, 2000, (0, 1000, 1999, 1001), (500, 0, 501, 1999))), SD)
    assert view.scale < 0.3
    cells = view.cells(view.alpha(0, 0), 8)
    assert cells.shape == (view.extent.height // 8, view.extent.width // 8)
    assert (cells.max(axis=0) == 1).all() and (cells.max(axis=1) == 1).all()


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((2, 2), [[0, 7], [3, 0]]),
        ((1, 1), [[7]]),
        ((4, 4), [[0, 0, 7, 0], [0, 0, 0, 0], [0, 3, 0, 0], [0, 0, 0, 0]]),
        ((1, 8), [[0, 0, 3, 3, 7, 7, 0, 0]]),
    ],
    ids=["halves", "one", "the same", "one row of finer cells"],
)
def test_pooling_takes_the_maximum(shape: tuple[int, int], expected: list[list[int]]) -> None:
    plane = np.zeros((4, 4), np.float32)
    plane[0, 2], plane[2, 1] = 7, 3
    np.testing.assert_array_equal(pool_max(plane, shape), expected)


def test_alpha_is_one_on_the_part_and_falls_to_zero() -> None:
    (view,) = choose_views(Mask.of(painted(512, 512, (200, 200, 300, 300))), ModelSize(512, 64), reach=8)
    row = view.alpha(4, 4)[250 - view.window.y1]
    right_edge = 300 - view.window.x1
    assert (row[right_edge - 100 : right_edge + 4] == 1).all()
    ramp = row[right_edge + 3 : right_edge + 8]
    assert (np.diff(ramp) < 0).all() and ramp[-1] == 0


def test_a_constant_colour_shift_of_the_model_is_taken_back() -> None:
    random = np.random.default_rng(2)
    old = random.integers(60, 180, (64, 64, 3), np.uint8)
    alpha = np.zeros((64, 64), np.float32)
    alpha[24:40, 24:40] = 1
    new = (old.astype(np.int16) + np.array([12, -9, 5])).astype(np.uint8)
    assert np.abs(match_colours(old, new, alpha).astype(int) - old).max() <= 1


def test_a_drift_from_left_to_right_is_followed() -> None:
    old = np.full((96, 96, 3), 120, np.uint8)
    alpha = np.zeros((96, 96), np.float32)
    alpha[24:72, 24:72] = 1
    drift = np.linspace(-20, 20, 96)[None, :, None]
    new = (old + drift).astype(np.uint8)
    left = np.abs(match_colours(old, new, alpha)[:, 20:32].astype(int) - 120).mean()
    assert left < 0.6 * np.abs(new[:, 20:32].astype(int) - 120).mean()


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_without_a_ring_no_colour_is_shifted(value: float) -> None:
    alpha = np.full((32, 32), value, np.float32)
    new = np.full((32, 32, 3), 200, np.uint8)
    assert not ring_of(alpha).any()
    np.testing.assert_array_equal(match_colours(np.zeros_like(new), new, alpha), new)


@pytest.mark.parametrize("name", [n for n, full in CASES.items() if not full.all()])
def test_stitched_back_nothing_changes_outside_the_band(name: str) -> None:
    full = CASES[name]
    random = np.random.default_rng(3)
    pixels = random.integers(0, 256, (*full.shape, 3), np.uint8)
    views = choose_views(Mask.of(full), SD, reach=7)
    patches = []
    for view in views:
        new = random.integers(0, 256, (view.extent.height, view.extent.width, 3), np.uint8)
        patches.append(stitch(view, pixels, new, view.alpha(3, 4)))
    result, changed = composite(pixels, patches, None)
    band = np.zeros_like(full)
    for y, x in zip(*np.nonzero(full), strict=True) if full.sum() < 3000 else ():
        band[max(0, y - 7) : y + 8, max(0, x - 7) : x + 8] = True
    if band.any():
        assert not (changed & ~band).any()
    assert (changed & full).sum() > 0.98 * full.sum()
    np.testing.assert_array_equal(result[~changed], pixels[~changed])
