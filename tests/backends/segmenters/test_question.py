"""What a prompt asks of the model."""

from __future__ import annotations

import numpy as np
import pytest

from ggedit.backends.prompting.frame import Frame, Window
from ggedit.backends.prompting.question import (
    deepest_point,
    painted_logits,
    read_prompt,
    rough_logits,
    spread_points,
)
from ggedit.core.errors import BadInput
from ggedit.core.geometry import Box, Extent
from ggedit.core.masks import Mask
from ggedit.ports import MaskPrompt, Point

EXTENT = Extent(100, 80)
EVERYWHERE = Window(0, 0, *EXTENT)
BOX = Box(20, 20, 60, 60)


def stroke(x1: int, y1: int, x2: int, y2: int) -> Mask:
    return Mask.of_box(Box(x1, y1, x2, y2), EXTENT)


@pytest.mark.parametrize(
    "prompt",
    [
        MaskPrompt(),
        MaskPrompt(include=Mask.of(np.zeros(EXTENT.shape, bool))),
        MaskPrompt(box=Box(200, 200, 300, 300)),
        MaskPrompt(include=Mask.of_box(Box(0, 0, 5, 5), Extent(10, 10))),
    ],
    ids=["nothing", "empty stroke", "box outside", "stroke of another size"],
)
def test_a_prompt_that_says_nothing_is_refused(prompt):
    with pytest.raises(BadInput):
        read_prompt(prompt, EXTENT)


@pytest.mark.parametrize(
    ("prompt", "limit"),
    [
        (MaskPrompt(box=BOX), Window(18, 18, 62, 62)),
        (MaskPrompt(box=BOX, exact=False), Window(16, 16, 64, 64)),
        (MaskPrompt(box=BOX, points=(Point(30, 30),)), Window(18, 18, 62, 62)),
        (MaskPrompt(box=BOX, points=(Point(90, 70, positive=False),)), Window(18, 18, 62, 62)),
        (MaskPrompt(box=BOX, points=(Point(90, 70),)), EVERYWHERE),
        (MaskPrompt(box=BOX, include=stroke(50, 50, 80, 60)), EVERYWHERE),
        (MaskPrompt(points=(Point(30, 30),)), EVERYWHERE),
        (MaskPrompt(box=Box(-50, -50, 20, 20)), Window(0, 0, 21, 21)),
    ],
    ids=["box", "detector's box", "click inside", "beside, outside", "click outside", "stroke outside", "click alone",
         "box over the rim"],
)  # fmt: skip
def test_the_answer_stays_in_the_box_unless_something_outside_is_marked(prompt, limit):
    assert read_prompt(prompt, EXTENT).limit == limit


def test_a_box_is_made_to_hold_what_was_marked_outside_it():
    asked = read_prompt(MaskPrompt(box=BOX, points=(Point(90, 10),)), EXTENT)
    assert asked.box == Box(20, 10, 90, 60)


@pytest.mark.parametrize(
    ("prompt", "ambiguous"),
    [
        (MaskPrompt(box=BOX), True),
        (MaskPrompt(points=(Point(30, 30),)), True),
        (MaskPrompt(box=BOX, points=(Point(30, 30),)), False),
        (MaskPrompt(points=(Point(30, 30), Point(40, 40))), False),
    ],
    ids=["box", "click", "box and click", "clicks"],
)
def test_one_prompt_alone_is_ambiguous(prompt, ambiguous):
    assert read_prompt(prompt, EXTENT).ambiguous is ambiguous


def test_only_marks_beside_the_thing_ask_for_the_rest_of_the_picture():
    asked = read_prompt(MaskPrompt(points=(Point(3, 3, positive=False),)), EXTENT)
    assert asked.box == Box.whole(EXTENT) and asked.labels == (0,)


def test_clicks_beside_the_picture_are_moved_to_its_rim():
    asked = read_prompt(MaskPrompt(points=(Point(-5, 500),)), EXTENT)
    assert asked.points == ((0.0, 79.5),)


def c_shape() -> np.ndarray:
    full = np.zeros(EXTENT.shape, bool)
    full[10:70, 10:70] = True
    full[25:55, 25:70] = False
    return full


@pytest.mark.parametrize(
    "full",
    [c_shape(), np.eye(80, 100, dtype=bool), np.pad(np.zeros((40, 60), bool), 20, constant_values=True)],
    ids=["a C", "a diagonal line", "a ring"],
)
def test_points_of_a_shape_lie_in_it_and_apart(full):
    mask = Mask.of(full)
    points = spread_points(mask, 3)
    assert len(points) == 3
    assert all(full[int(y), int(x)] for x, y in points)
    gaps = [np.hypot(a[0] - b[0], a[1] - b[1]) for i, a in enumerate(points) for b in points[:i]]
    assert min(gaps) > 15
    assert spread_points(mask, 3) == points, "the same points each time"


def test_the_first_point_is_the_deepest():
    full = c_shape()
    full[10:40, 70:100] = True  # a block of 30 x 30 at one end, deeper than the bars of 15
    (x, y), *_ = spread_points(Mask.of(full), 3)
    assert abs(x - 85) <= 8 and abs(y - 25) <= 3


def test_a_small_solid_mark_has_one_point():
    ((x, y),) = spread_points(stroke(10, 10, 14, 14), 3)
    assert 11 <= x <= 13 and 11 <= y <= 13


@pytest.mark.parametrize(
    ("prompt", "near"),
    [
        (MaskPrompt(box=BOX), (40, 40)),
        (MaskPrompt(box=BOX, exclude=stroke(20, 20, 40, 60)), (50, 40)),
    ],
    ids=["middle of the box", "away from what is painted out"],
)
def test_the_point_to_ask_for_lies_deep_in_what_is_left(prompt, near):
    point = deepest_point(read_prompt(prompt, EXTENT))
    assert point is not None and np.hypot(point[0] - near[0], point[1] - near[1]) < 12


def test_a_box_that_is_painted_out_has_no_point():
    assert deepest_point(read_prompt(MaskPrompt(box=BOX, exclude=stroke(10, 10, 70, 70)), EXTENT)) is None


def test_a_solid_mark_is_a_rough_mask_and_a_line_is_not():
    frame = Frame(EXTENT, 128)
    solid = rough_logits(read_prompt(MaskPrompt(include=stroke(20, 20, 60, 60)), EXTENT), frame, 32)
    assert solid is not None and solid.shape == (32, 32)
    assert solid[12, 12] > 0 > solid[1, 1]
    line = Mask.of(np.eye(80, 100, dtype=bool))
    assert rough_logits(read_prompt(MaskPrompt(include=line), EXTENT), frame, 32) is None
    assert rough_logits(read_prompt(MaskPrompt(box=BOX), EXTENT), frame, 32) is None


def test_strokes_are_painted_into_the_models_answer():
    frame = Frame(EXTENT, 128)
    asked = read_prompt(MaskPrompt(include=stroke(0, 0, 40, 40), exclude=stroke(60, 0, 100, 40)), EXTENT)
    mended = painted_logits(np.full((32, 32), 99, np.float32), asked, frame)
    assert mended[5, 5] == 10 and mended[5, 25] == -10
    assert mended[20, 15] == 20, "the rest is the model's, bounded"
