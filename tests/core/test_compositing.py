import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ggedit.core.compositing import composite, grown
from ggedit.core.geometry import Box, Extent
from ggedit.core.masks import Mask, grow
from ggedit.core.result import Patch
from tests.builders import make_picture

OLD = make_picture(Extent(30, 20)).pixels


def flat(x: int, y: int, *, size: tuple[int, int], alpha: float, value: int = 200) -> Patch:
    return Patch(x, y, np.full((*size, 3), value, np.uint8), np.full(size, alpha, np.float32))


def test_full_alpha_replaces_and_nothing_else_changes():
    new, changed = composite(OLD, [flat(5, 4, size=(3, 6), alpha=1)], None)
    assert (new[4:7, 5:11] == 200).all()
    outside = np.ones(OLD.shape[:2], bool)
    outside[4:7, 5:11] = False
    assert (new[outside] == OLD[outside]).all()
    assert not changed[outside].any()


def test_half_alpha_is_the_rounded_mean():
    new, _ = composite(np.full((4, 4, 3), 100, np.uint8), [flat(0, 0, size=(4, 4), alpha=0.5, value=201)], None)
    assert (new == 150).all() or (new == 151).all()


def test_only_the_allowed_pixels_change():
    allowed = np.zeros(OLD.shape[:2], bool)
    allowed[0, 0] = True
    new, changed = composite(OLD, [flat(0, 0, size=(20, 30), alpha=1)], allowed)
    assert changed.sum() == 1
    assert (new[1:] == OLD[1:]).all()


@pytest.mark.parametrize("corner", [(-3, -3), (28, 18), (-3, 18), (100, 0)], ids=str)
def test_patches_may_reach_over_the_border(corner):
    new, changed = composite(OLD, [flat(*corner, size=(6, 6), alpha=1)], None)
    assert new.shape == OLD.shape
    assert changed.any() == (corner != (100, 0))


def test_later_patches_lie_on_top():
    new, _ = composite(
        OLD, [flat(0, 0, size=(2, 2), alpha=1, value=1), flat(0, 0, size=(2, 2), alpha=1, value=9)], None
    )
    assert (new[:2, :2] == 9).all()


@given(st.integers(0, 2**31), st.integers(0, 5))
@settings(max_examples=25, deadline=None)
def test_growing_a_crop_equals_growing_the_picture(seed, pixels):
    rng = np.random.default_rng(seed)
    full = np.zeros((14, 17), bool)
    full[rng.integers(0, 14, 3), rng.integers(0, 17, 3)] = True
    assert (grown(Mask.of(full), pixels).full() == grow(full, pixels)).all()


def test_an_empty_mask_stays_empty():
    empty = Mask.of(np.zeros((4, 4), bool))
    assert grown(empty, 3).area == 0
    assert grown(Mask.of_box(Box(1, 1, 2, 2), Extent(4, 4)), 1).area == 9
