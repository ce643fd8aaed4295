import math

import numpy as np
import pytest

from ggedit.core.errors import BadInput
from ggedit.core.geometry import Box, Extent, area_xyxy, as_xyxy, clip_xyxy, inside_xyxy, iou_xyxy, suppress_xyxy

PAGE = Extent(100, 50)


@pytest.mark.parametrize(
    "xyxy",
    [
        pytest.param((5, 5, 5, 9), id="no width"),
        pytest.param((5, 9, 6, 5), id="upside down"),
        pytest.param((0, 0, math.inf, 1), id="infinite"),
        pytest.param((0, 0, math.nan, 1), id="not a number"),
    ],
)
def test_a_box_without_area_is_refused(xyxy):
    with pytest.raises(BadInput):
        Box(*xyxy)


@pytest.mark.parametrize("given", [[1, 2, 3], "abc", None, [[1, 2], [3]]], ids=["three", "text", "none", "ragged"])
def test_from_xyxy_names_what_it_needs(given):
    with pytest.raises(BadInput, match="four"):
        Box.from_xyxy(given)


def test_clipping_keeps_the_part_inside_and_refuses_the_rest():
    assert Box(-5, 10, 20, 80).clipped(PAGE).xyxy == (0, 10, 20, 50)
    with pytest.raises(BadInput, match="outside the picture"):
        Box(100, 0, 120, 10).clipped(PAGE)


@pytest.mark.parametrize(
    ("box", "moved"),
    [
        pytest.param(Box(90, 40, 110, 60), (80, 30, 100, 50), id="pushed back from the corner"),
        pytest.param(Box(-30, -3, 200, 7), (0, 0, 100, 10), id="wider than the picture"),
        pytest.param(Box(1, 2, 3, 4), (1, 2, 3, 4), id="left alone"),
    ],
)
def test_inside_moves_before_it_shrinks(box, moved):
    assert box.inside(PAGE).xyxy == moved


def test_pixels_cover_the_box_and_are_never_empty():
    assert Box(1.2, 2.7, 3.1, 4.0).pixels(PAGE) == (1, 2, 4, 4)
    assert Box(99.9, 49.9, 100, 50).pixels(PAGE) == (99, 49, 100, 50)
    x1, y1, x2, y2 = Box(200, 200, 300, 300).pixels(PAGE)
    assert (x2 - x1, y2 - y1) == (1, 1)


def test_iou_of_known_boxes():
    a, b = Box(0, 0, 10, 10), Box(5, 0, 15, 10)
    assert a.iou(b) == pytest.approx(1 / 3)
    table = iou_xyxy(as_xyxy([a.xyxy, b.xyxy]), as_xyxy([a.xyxy]))
    assert table[:, 0] == pytest.approx([1, 1 / 3])
    assert inside_xyxy(as_xyxy([b.xyxy]), as_xyxy([a.xyxy]))[0, 0] == pytest.approx(0.5)


def test_empty_tables_stay_tables():
    none = as_xyxy([])
    assert none.shape == (0, 4)
    assert iou_xyxy(none, none).shape == (0, 0)
    assert area_xyxy(clip_xyxy(as_xyxy([[200, 0, 300, 10]]), PAGE))[0] == 0


def test_suppression_keeps_the_best_of_each_heap():
    boxes = as_xyxy([[0, 0, 10, 10], [1, 0, 11, 10], [50, 0, 60, 10]])
    assert suppress_xyxy(boxes, np.array([0.5, 0.9, 0.1], np.float32), 0.5) == [1, 2]
