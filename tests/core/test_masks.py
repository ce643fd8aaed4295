import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ggedit.core.errors import BadInput
from ggedit.core.geometry import Box, Extent
from ggedit.core.masks import Mask, Masks, grow


def dots(*points: tuple[int, int], shape: tuple[int, int] = (8, 10)) -> np.ndarray:
    full = np.zeros(shape, bool)
    for y, x in points:
        full[y, x] = True
    return full


def test_a_mask_is_kept_as_the_crop_around_its_pixels():
    mask = Mask.of(dots((2, 3), (5, 7)))
    assert (mask.x, mask.y, mask.crop.shape) == (3, 2, (4, 5))
    assert mask.area == 2
    assert mask.box.xyxy == (3, 2, 8, 6)
    assert (mask.full() == dots((2, 3), (5, 7))).all()


def test_an_empty_mask_has_no_box():
    mask = Mask.of(dots())
    assert mask.area == 0
    with pytest.raises(BadInput, match="empty"):
        _ = mask.box


@pytest.mark.parametrize("bad", [np.zeros((2, 2, 3)), np.zeros(4), np.zeros((0, 4))], ids=["colour", "flat", "no rows"])
def test_other_shapes_are_refused(bad):
    with pytest.raises(BadInput):
        Mask.of(bad)


def test_a_crop_must_lie_inside():
    with pytest.raises(BadInput, match="outside"):
        Mask(Extent(4, 4), 2, 2, np.ones((3, 3), bool))


def test_union_of_masks():
    a, b = Mask.of(dots((0, 0))), Mask.of(dots((7, 9)))
    assert (Mask.union([a, b], a.extent).full() == dots((0, 0), (7, 9))).all()
    assert Mask.union([], a.extent).area == 0


@given(st.integers(0, 6), st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_growth_is_every_pixel_within_reach(pixels, seed):
    full = np.random.default_rng(seed).random((9, 11)) < 0.05
    expected = np.zeros_like(full)
    for y, x in np.argwhere(full):
        expected[max(y - pixels, 0) : y + pixels + 1, max(x - pixels, 0) : x + pixels + 1] = True
    assert (grow(full, pixels) == expected).all()


def test_masks_promise_ids_and_no_empty_one():
    one = Mask.of_box(Box(1, 1, 3, 3), Extent(5, 5))
    masks = Masks.build({"cup-1": one}, {"cup-1": 0.4})
    assert "cup-1" in masks
    assert masks.hard.shape == (1, 5, 5)
    assert masks.quality[0] == pytest.approx(0.4)
    with pytest.raises(BadInput, match="cup-1"):
        masks["cup-2"]
    with pytest.raises(ValueError, match="empty"):
        Masks.build({"x": Mask.of(dots())})
    with pytest.raises(ValueError, match="sizes"):
        Masks.build({"a": one, "b": Mask.of(dots((1, 1)))})
    with pytest.raises(ValueError, match="unequal"):
        Masks(("a",), (), np.zeros(0))
