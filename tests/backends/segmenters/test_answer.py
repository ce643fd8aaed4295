"""From logits to masks: cleaned, inside the limit, best first."""

from __future__ import annotations

import numpy as np
import pytest

from ggedit.backends.prompting.answer import Answer, candidates, last_resort
from ggedit.backends.prompting.frame import Frame
from ggedit.backends.prompting.question import read_prompt
from ggedit.core.geometry import Box, Extent
from ggedit.core.masks import Mask
from ggedit.ports import MaskPrompt, Point

EXTENT = Extent(128, 128)
FRAME = Frame(EXTENT, 128, padded=False)
BOX = Box(20, 20, 80, 70)


def blocks(*boxes: tuple[int, int, int, int], holes: tuple[tuple[int, int, int, int], ...] = ()) -> np.ndarray:
    """A mask as logits at picture size, so that nothing is blurred: a cell is a pixel."""
    full = np.full(EXTENT.shape, -5, np.float32)
    for x1, y1, x2, y2 in boxes:
        full[y1:y2, x1:x2] = 5
    for x1, y1, x2, y2 in holes:
        full[y1:y2, x1:x2] = -5
    return full


def answers(*logits: np.ndarray, quality: tuple[float, ...] = ()) -> Answer:
    return Answer(np.stack(logits), np.asarray(quality or [0.9] * len(logits), np.float32))


def masks_of(answer: Answer, prompt: MaskPrompt) -> list[np.ndarray]:
    return [c.mask.full() for c in candidates(answer, read_prompt(prompt, EXTENT), FRAME)]


THING = (24, 24, 76, 66)
AREA = 52 * 42


@pytest.mark.parametrize(
    ("logits", "prompt", "area"),
    [
        (blocks(THING), MaskPrompt(box=BOX), AREA),
        (blocks(THING, (78, 30, 80, 32)), MaskPrompt(box=BOX), AREA),
        (blocks(THING, holes=((40, 40, 44, 44),)), MaskPrompt(box=BOX), AREA),
        (blocks(THING, holes=((40, 40, 44, 44),)), MaskPrompt(box=BOX, points=(Point(42, 42, positive=False),)),
         AREA - 16),
        (blocks(THING, holes=((40, 30, 60, 50),)), MaskPrompt(box=BOX), AREA - 400),
        (blocks((24, 24, 48, 66), (52, 24, 76, 66)), MaskPrompt(box=BOX), 2 * 24 * 42),
        (blocks(THING, (100, 5, 110, 15)), MaskPrompt(points=(Point(50, 50),)), AREA),
        (blocks(THING, (100, 5, 110, 15)), MaskPrompt(points=(Point(50, 50), Point(105, 10))), AREA + 100),
        (blocks(THING, (100, 5, 110, 15)), MaskPrompt(points=(Point(105, 10),)), 100),
    ],
    ids=["as it is", "a speck goes", "a hole is filled", "a hole that was clicked stays", "a cup's handle stays",
         "a dog behind a post", "a leak far from the click goes", "two clicked parts", "the clicked part"],
)  # fmt: skip
def test_masks_are_cleaned(logits, prompt, area):
    (mask,) = masks_of(answers(logits), prompt)
    assert mask.sum() == area


def test_a_mask_stays_inside_the_enlarged_box():
    (mask,) = masks_of(answers(blocks((0, 0, 128, 128))), MaskPrompt(box=BOX))
    assert Mask.of(mask).box == Box(17, 17, 83, 73)


def test_a_click_outside_the_box_lifts_the_limit():
    prompt = MaskPrompt(box=BOX, points=(Point(110, 10),))
    (mask,) = masks_of(answers(blocks((0, 0, 128, 128))), prompt)
    assert mask.all()


def test_paint_is_obeyed_to_the_pixel():
    include, exclude = Mask.of_box(Box(60, 60, 79, 69), EXTENT), Mask.of_box(Box(24, 24, 30, 30), EXTENT)
    (mask,) = masks_of(answers(blocks(THING)), MaskPrompt(box=BOX, include=include, exclude=exclude))
    assert mask[60:69, 60:79].all() and not mask[24:30, 24:30].any()
    assert mask.sum() == AREA - 36 + np.count_nonzero(~mask_of(THING)[60:69, 60:79])


def mask_of(box: tuple[int, int, int, int]) -> np.ndarray:
    return blocks(box) > 0


def test_the_better_fit_to_the_box_comes_first_among_equals():
    part, whole, leak = blocks((24, 24, 40, 40)), blocks((20, 20, 80, 70)), blocks((17, 17, 60, 73))
    found = masks_of(answers(part, leak, whole), MaskPrompt(box=BOX))
    assert found[0].sum() == 60 * 50


def test_a_much_better_quality_wins_over_the_fit():
    close, sure = blocks((20, 20, 80, 70)), blocks((22, 22, 76, 68))
    found = masks_of(answers(close, sure, quality=(0.3, 0.95)), MaskPrompt(box=BOX))
    assert int(found[0].sum()) == 54 * 46


def test_a_mask_that_disobeys_a_click_comes_last():
    with_it, without = blocks((20, 20, 80, 70)), blocks((20, 20, 50, 70))
    prompt = MaskPrompt(points=(Point(30, 30), Point(70, 40, positive=False)))
    found = masks_of(answers(with_it, without, quality=(0.9, 0.8)), prompt)
    assert int(found[0].sum()) == 30 * 50


def test_doubles_and_empty_masks_are_left_out():
    nothing = blocks()
    found = masks_of(answers(blocks(THING), nothing, blocks(THING)), MaskPrompt(box=BOX))
    assert len(found) == 1
    assert masks_of(answers(nothing), MaskPrompt(box=BOX)) == []


def test_belief_is_a_share_whatever_the_model_says():
    found = candidates(
        answers(blocks(THING), blocks((20, 20, 80, 70)), quality=(1.7, -0.4)), read_prompt(MaskPrompt(box=BOX), EXTENT),
        FRAME,
    )  # fmt: skip
    assert all(0 <= c.quality <= 1 for c in found)


@pytest.mark.parametrize(
    ("prompt", "holds", "lacks"),
    [
        (MaskPrompt(box=BOX), (50, 50), (10, 10)),
        (MaskPrompt(points=(Point(100, 90),)), (100, 90), (50, 50)),
        (MaskPrompt(include=Mask.of_box(Box(5, 5, 9, 9), EXTENT)), (6, 6), (50, 50)),
        (MaskPrompt(box=BOX, exclude=Mask.of_box(Box(20, 20, 50, 70), EXTENT)), (60, 50), (30, 50)),
        (MaskPrompt(box=BOX, exclude=Mask.of_box(Box.whole(EXTENT), EXTENT)), (50, 50), (10, 10)),
    ],
    ids=["box", "click", "paint", "box without what is painted out", "everything painted out"],
)
def test_where_the_model_finds_nothing_the_prompt_itself_is_the_mask(prompt, holds, lacks):
    found = last_resort(read_prompt(prompt, EXTENT))
    full = found.mask.full()
    assert full[holds[1], holds[0]] and not full[lacks[1], lacks[0]]
    assert found.quality < 0.1
