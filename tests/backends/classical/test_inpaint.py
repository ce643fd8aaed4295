"""Filling holes whose content is known, and where the filling may come from."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from ggedit.backends.classical.editing import inpaint
from ggedit.backends.classical.editing.detail import add_detail
from ggedit.backends.classical.editing.inpaint import Guide, Hole, fill, seed_of
from ggedit.backends.classical.editing.rows import LAYERED, STRAYED, compute_layering, compute_strayed

Guides = pytest.mark.parametrize("guide", Guide)


def make_hole(shape: tuple[int, int], box: tuple[int, int, int, int]) -> np.ndarray:
    x1, y1, x2, y2 = box
    hole = np.zeros(shape, bool)
    hole[y1:y2, x1:x2] = True
    return hole


def make_grain(shape: tuple[int, int], seed: int = 0) -> np.ndarray:
    """Grey noise of one pixel's size."""
    values = np.random.default_rng(seed).integers(70, 181, (*shape, 1), dtype=np.uint8)
    return np.repeat(values, 3, axis=2)


def filled(pixels: np.ndarray, hole: np.ndarray, forbidden: np.ndarray | None = None, **kinds: object) -> np.ndarray:
    job = Hole(pixels, hole, np.zeros_like(hole) if forbidden is None else forbidden)
    return fill(job, guide=kinds.get("guide", Guide.FREE), seed=int(kinds.get("seed", 0)))  # type: ignore[arg-type, call-overload]


@Guides
def test_a_flat_colour_is_continued(guide: Guide) -> None:
    pixels = np.full((60, 80, 3), (30, 140, 200), np.uint8)
    hole = make_hole((60, 80), (30, 20, 50, 40))
    pixels[hole] = (255, 0, 0)
    assert (filled(pixels, hole, guide=guide) == (30, 140, 200)).all()


@Guides
def test_stripes_are_continued(guide: Guide) -> None:
    pixels = np.zeros((64, 96, 3), np.uint8)
    pixels[np.arange(64) // 8 % 2 == 0] = 220
    truth = pixels.copy()
    hole = make_hole((64, 96), (36, 16, 60, 48))
    pixels[hole] = 90
    assert np.abs(filled(pixels, hole, guide=guide).astype(int) - truth).mean() < 6


def test_texture_stays_texture() -> None:
    pixels = make_grain((90, 120))
    hole = make_hole((90, 120), (45, 30, 75, 60))
    spread = pixels.std()
    pixels[hole] = 0
    assert filled(pixels, hole)[hole].std() > 0.5 * spread


@Guides
def test_pixels_outside_the_hole_stay(guide: Guide) -> None:
    pixels = make_grain((60, 60))
    hole = make_hole((60, 60), (20, 20, 40, 40))
    result = filled(pixels, hole, guide=guide)
    assert np.array_equal(result[~hole], pixels[~hole])


def test_forbidden_pixels_are_not_copied() -> None:
    """A hole between grass and a red thing, which is another object."""
    pixels = np.full((80, 120, 3), (60, 120, 50), np.uint8)
    pixels[:, 70:] = (220, 30, 30)
    hole = make_hole((80, 120), (40, 20, 70, 60))
    result = filled(pixels, hole, make_hole((80, 120), (70, 0, 120, 80)))
    assert (result[hole][:, 0] < 100).all()


def test_when_all_is_forbidden_the_hole_is_filled_all_the_same() -> None:
    pixels = np.full((40, 40, 3), 77, np.uint8)
    hole = make_hole((40, 40), (10, 10, 30, 30))
    pixels[hole] = 255
    assert (filled(pixels, hole, ~hole) == 77).all()


@Guides
def test_same_seed_same_bytes_also_beside_another_thread(guide: Guide) -> None:
    pixels = make_grain((70, 70))
    hole = make_hole((70, 70), (20, 20, 45, 45))
    alone = filled(pixels, hole, guide=guide, seed=9)
    results: list[np.ndarray] = []
    threads = [
        threading.Thread(target=lambda s=seed: results.append(filled(pixels, hole, guide=guide, seed=s)))
        for seed in (9, 4, 9, 5)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(np.array_equal(result, alone) for result in results) == 2


def test_another_seed_fills_otherwise() -> None:
    pixels = make_grain((70, 70))
    hole = make_hole((70, 70), (20, 20, 50, 50))
    assert not np.array_equal(filled(pixels, hole, seed=1), filled(pixels, hole, seed=2))


@pytest.mark.parametrize(("variant", "same_as_first"), [(0, 1), (1, 1), (2, 0), (3, 0)], ids=str)
def test_seeds_of_variants(variant: int, same_as_first: int) -> None:
    assert (seed_of(2**32 - 1, variant) == 2**32 - 1) == bool(same_as_first)
    assert 0 <= seed_of(2**32 - 1, variant) < 2**32


def test_without_the_library_the_hole_is_smoothed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inpaint, "patchmatch", None)
    pixels = np.full((40, 40, 3), 77, np.uint8)
    hole = make_hole((40, 40), (10, 10, 30, 30))
    pixels[hole] = 255
    assert np.abs(filled(pixels, hole).astype(int) - 77).max() <= 2


def test_a_large_hole_keeps_fine_detail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Filled at a quarter of the size, one-pixel grain is lost unless it is brought back."""
    monkeypatch.setattr(inpaint, "FILL_PX", 240 * 240 // 16)
    pixels = make_grain((240, 240))
    spread = pixels.std()
    hole = make_hole((240, 240), (80, 80, 160, 160))
    pixels[hole] = 0
    result = filled(pixels, hole)
    assert np.array_equal(result[~hole], pixels[~hole])
    assert result[100:140, 100:140].std() > 0.7 * spread


def test_detail_is_copied_from_free_places_only() -> None:
    """Left half smooth and free, right half grainy and forbidden: the filling stays smooth."""
    pixels = np.full((160, 240, 3), 120, np.uint8)
    pixels[:, 140:] = make_grain((160, 100))
    small = pixels[::4, ::4].copy()
    hole = make_hole((40, 60), (20, 10, 34, 30))
    small[hole] = 120
    forbidden = make_hole((40, 60), (34, 0, 60, 40))
    result = add_detail(pixels, small, hole, forbidden=forbidden, seed=0)
    assert result[48:112, 88:128].std() < 4


def test_layers_are_recognised() -> None:
    layered, texture = np.zeros((80, 80, 3), np.uint8), make_grain((80, 80))
    layered[:40], layered[40:] = (180, 190, 220), (60, 50, 40)
    hole = make_hole((80, 80), (30, 20, 50, 60))
    assert compute_layering(layered, hole) > 0.95 > LAYERED
    assert compute_layering(texture, hole) < 0.1 < LAYERED


def test_a_filling_that_left_its_rows_is_recognised() -> None:
    pixels = np.zeros((80, 80, 3), np.uint8)
    pixels[:40], pixels[40:] = (180, 190, 220), (60, 50, 40)
    hole = make_hole((80, 80), (30, 20, 50, 60))
    assert compute_strayed(pixels, hole, np.zeros_like(hole)) == 0
    pixels[20:56, 30:50] = (180, 190, 220)
    assert compute_strayed(pixels, hole, np.zeros_like(hole)) > 0.3 > STRAYED
