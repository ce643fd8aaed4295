"""Pieces that a mask left out: which join it, and which stay outside."""

from __future__ import annotations

import numpy as np
import pytest

from ggedit.backends.classical.masking.fragments import Fragments
from ggedit.backends.classical.masking.superpixels import make_regions
from ggedit.backends.classical.masking.views import View
from ggedit.backends.classical.windows import Window
from ggedit.core.picture import Picture

SIZE = 120
Y, X = np.mgrid[:SIZE, :SIZE]
GROUND, CLOTH, LEATHER = (200, 200, 190), (60, 150, 70), (40, 40, 45)
BODY = (np.abs(X - 60) < 20) & (np.abs(Y - 60) < 40)
TOP = BODY & (Y < 50)
BAG = (X >= 80) & (X < 92) & (np.abs(Y - 60) < 9)


def paint(*layers: tuple[np.ndarray, tuple[int, int, int]]) -> Picture:
    canvas = np.full((SIZE, SIZE, 3), GROUND, np.float64)
    for mask, colour in layers:
        canvas[mask] = colour
    canvas += np.random.default_rng(0).normal(0, 2, canvas.shape)
    return Picture(np.clip(canvas, 0, 255).astype(np.uint8))


def joined(picture: Picture, mask: np.ndarray) -> np.ndarray:
    return Fragments.of(View.of(picture, Window.whole(picture.extent), SIZE)).joined(mask)


def covered(mask: np.ndarray, piece: np.ndarray) -> float:
    return float((mask & piece).sum() / piece.sum())


def test_a_piece_of_the_masks_own_colour_beside_it_joins() -> None:
    person = ((BODY, CLOTH), (TOP, LEATHER), (BAG, LEATHER))
    found = joined(paint(*person), BODY)
    assert covered(found, BAG) > 0.9
    assert (found & ~BODY & ~BAG).sum() < 0.2 * BAG.sum()


def test_pieces_join_one_after_the_other() -> None:
    buckle = (X >= 92) & (X < 100) & (np.abs(Y - 60) < 9)
    found = joined(paint((BODY, CLOTH), (TOP, LEATHER), (BAG, LEATHER), (buckle, CLOTH)), BODY)
    assert covered(found, buckle) > 0.9


FAR_BAG = np.roll(BAG, 14, axis=1)
TIP = (np.abs(Y - 60) < 3) & (X >= 80) & (X < 112)
LARGE = (X >= 80) & (X < 112) & (np.abs(Y - 60) < 30)
THIN = (X >= 80) & (X < 86) & (Y > 5) & (Y < 115) | ((X >= 80) & (X < 118) & (Y > 108) & (Y < 115))
MANY = np.roll(BAG, -75, axis=1) | np.roll(BAG, (40, -75), axis=(0, 1)) | (Y > 108)


@pytest.mark.parametrize(
    ("piece", "more", "why"),
    [
        (BAG, (BAG, (200, 90, 40)), "no colour of the mask's"),
        (FAR_BAG, (FAR_BAG, LEATHER), "apart from the mask"),
        (TIP, (TIP, LEATHER), "touches with its tip alone"),
        (LARGE, (LARGE, LEATHER), "too large for a piece"),
        (THIN, (THIN, LEATHER), "sprawls along the thing"),
        (BAG, (BAG | MANY, LEATHER), "its colour is all around"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_piece_stays_outside(piece: np.ndarray, more: tuple, why: str) -> None:
    found = joined(paint((BODY, CLOTH), (TOP, LEATHER), more), BODY)
    assert covered(found, piece & ~BODY) < 0.1, why


def test_what_goes_on_beyond_the_window_is_no_piece() -> None:
    strap = (X >= 80) & (np.abs(Y - 60) < 6)
    picture = paint((BODY, CLOTH), (TOP, LEATHER), (strap, LEATHER))
    narrow = Window(0, 0, 95, SIZE)
    found = Fragments.of(View.of(picture, narrow, SIZE)).joined(BODY[:, :95])
    assert covered(found, (strap & ~BODY)[:, :95]) < 0.1


def test_a_mask_of_nothing_but_slivers_is_left_alone() -> None:
    line = np.zeros((SIZE, SIZE), np.bool_)
    line[60, 20:100] = True
    assert np.array_equal(joined(paint(), line), line)


def test_regions_are_the_areas_of_even_colour() -> None:
    picture = paint((BODY, CLOTH), (TOP, LEATHER))
    regions = make_regions(View.of(picture, Window.whole(picture.extent), SIZE).lab)
    assert len(regions) == 3
    assert sorted(round(size) for size in regions.size) == pytest.approx(
        sorted((TOP.sum(), (BODY & ~TOP).sum(), (~BODY).sum())), rel=0.05
    )
