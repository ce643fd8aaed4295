"""Masks of synthetic scenes whose truth is known: the box, clicks, strokes and odd sizes."""

from __future__ import annotations

import numpy as np
import pytest

from ggedit.backends.classical.segmenter import PADDING, GrabCutSegmenter
from ggedit.config import Settings
from ggedit.core.errors import BadInput
from ggedit.core.geometry import Box
from ggedit.core.masks import Mask
from ggedit.core.picture import Picture
from ggedit.ports import MaskCandidate, MaskPrompt, Point

SIZE = 200
Y, X = np.mgrid[:SIZE, :SIZE]


def disc(x: float, y: float, radius: float) -> np.ndarray:
    return np.hypot(X - x, Y - y) < radius


SHAPES = {
    "disc": disc(100, 90, 45),
    "crescent": disc(100, 100, 60) & ~disc(130, 85, 50),
    "ring": disc(100, 100, 60) & ~disc(100, 100, 30),
    "thin-bar": (np.abs(X - 0.8 * Y - 20) < 4) & (Y > 30) & (Y < 170),
    "border-corner": disc(10, 20, 60),
    "border-bottom": (np.abs(X - 100) < 40) & (Y > 90),
    "two-parts": disc(60, 100, 30) | disc(140, 100, 30),
}


def paint(*layers: tuple[np.ndarray, tuple[int, int, int]], seed: int = 0, noise: float = 8) -> Picture:
    """Layers of one colour each on a blue-grey ground, with noise."""
    canvas = np.full((SIZE, SIZE, 3), (90.0, 110.0, 130.0))
    for mask, colour in layers:
        canvas[mask] = colour
    canvas += np.random.default_rng(seed).normal(0, noise, canvas.shape)
    return Picture(np.clip(canvas, 0, 255).astype(np.uint8))


def iou(candidate: MaskCandidate, truth: np.ndarray) -> float:
    found = candidate.mask.full()
    return float((found & truth).sum() / (found | truth).sum())


def box_of(truth: np.ndarray, loose_px: float = 3) -> Box:
    return Mask.of(truth).box.padded(loose_px)


@pytest.fixture(scope="module")
def segmenter() -> GrabCutSegmenter:
    return GrabCutSegmenter(Settings())


@pytest.mark.parametrize("name", SHAPES)
def test_a_box_is_enough_for_a_thing_of_its_own_colour(segmenter: GrabCutSegmenter, name: str) -> None:
    truth = SHAPES[name]
    picture = paint((truth, (200, 120, 60)))
    assert iou(segmenter.segment(picture, MaskPrompt(box=box_of(truth)))[0], truth) > 0.93


def test_candidates_are_ordered_and_within_range(segmenter: GrabCutSegmenter) -> None:
    picture = paint((disc(100, 100, 60), (200, 120, 60)), (disc(100, 100, 25), (40, 180, 60)), noise=25)
    found = segmenter.segment(picture, MaskPrompt(box=Box(35, 35, 165, 165)))
    quality = [candidate.quality for candidate in found]
    assert 1 <= len(found) <= 3
    assert quality == sorted(quality, reverse=True)
    assert all(0 <= q <= 1 for q in quality)


def test_the_mask_stays_in_its_box(segmenter: GrabCutSegmenter) -> None:
    """A thing of the same colour that the box cuts through does not leak out of it."""
    picture = paint((disc(100, 100, 50), (200, 120, 60)), (np.abs(Y - 100) < 10, (200, 120, 60)))
    for candidate in segmenter.segment(picture, MaskPrompt(box=Box(45, 45, 155, 155))):
        tight = candidate.mask.box
        assert tight.x1 >= 44
        assert tight.x2 <= 156


def test_a_click_takes_back_a_distractor_of_the_same_colour(segmenter: GrabCutSegmenter) -> None:
    truth, other = disc(70, 100, 40), disc(145, 100, 22)
    picture = paint((truth | other, (200, 120, 60)))
    box = Box(27, 57, 170, 143)
    before = segmenter.segment(picture, MaskPrompt(box=box))[0]
    after = segmenter.segment(picture, MaskPrompt(box=box, points=(Point(145, 100, False), Point(70, 100))))[0]
    assert before.mask.full()[100, 145]
    assert not after.mask.full()[100, 145]
    assert iou(after, truth) > iou(before, truth)


@pytest.mark.parametrize("positive", [True, False], ids=["belongs", "does-not"])
def test_the_clicked_pixel_obeys(segmenter: GrabCutSegmenter, *, positive: bool) -> None:
    """Even against all colour evidence."""
    picture = paint((disc(100, 100, 50), (200, 120, 60)))
    at = (60, 60) if positive else (100, 100)
    prompt = MaskPrompt(box=Box(45, 45, 155, 155), points=(Point(*at, positive),))
    for candidate in segmenter.segment(picture, prompt):
        assert candidate.mask.full()[at[1], at[0]] == positive


def test_a_click_leaves_alone_what_was_right_elsewhere(segmenter: GrabCutSegmenter) -> None:
    truth = disc(100, 100, 60)
    picture = paint((truth, (200, 120, 60)), noise=20)
    box = box_of(truth)
    before = segmenter.segment(picture, MaskPrompt(box=box))[0].mask.full()
    after = segmenter.segment(picture, MaskPrompt(box=box, points=(Point(45, 45, False),)))[0].mask.full()
    assert np.array_equal(before[120:, 120:], after[120:, 120:])


def test_a_small_part_stays_if_it_was_clicked(segmenter: GrabCutSegmenter) -> None:
    truth, speck = disc(90, 100, 45), disc(160, 60, 6)
    picture = paint((truth | speck, (200, 120, 60)))
    box = Box(40, 50, 170, 150)
    assert not segmenter.segment(picture, MaskPrompt(box=box))[0].mask.full()[60, 160]
    assert segmenter.segment(picture, MaskPrompt(box=box, points=(Point(160, 60),)))[0].mask.full()[60, 160]


def test_a_click_outside_the_box_widens_it(segmenter: GrabCutSegmenter) -> None:
    truth = disc(100, 100, 60)
    picture = paint((truth, (200, 120, 60)))
    narrow = Box(35, 35, 100, 165)
    prompt = MaskPrompt(box=narrow, points=(Point(150, 100), Point(70, 100)))
    assert iou(segmenter.segment(picture, prompt)[0], truth) > 0.9


@pytest.mark.parametrize("name", ["disc", "crescent", "border-corner"])
def test_one_click_without_a_box(segmenter: GrabCutSegmenter, name: str) -> None:
    truth = SHAPES[name]
    y, x = np.argwhere(truth)[len(np.argwhere(truth)) // 2]
    picture = paint((truth, (200, 120, 60)))
    assert iou(segmenter.segment(picture, MaskPrompt(points=(Point(float(x), float(y)),)))[0], truth) > 0.85


def test_a_click_alone_offers_the_part_and_the_whole(segmenter: GrabCutSegmenter) -> None:
    part, whole = disc(100, 100, 22), disc(100, 100, 70)
    picture = paint((whole, (200, 120, 60)), (part, (40, 180, 60)))
    found = segmenter.segment(picture, MaskPrompt(points=(Point(100, 100),)))
    assert max(iou(candidate, part) for candidate in found) > 0.9
    assert max(iou(candidate, whole) for candidate in found) > 0.9
    assert [c.quality for c in found] == sorted((c.quality for c in found), reverse=True)


@pytest.mark.parametrize("with_exclude", [False, True], ids=["include", "include-and-exclude"])
def test_strokes_without_a_box(segmenter: GrabCutSegmenter, *, with_exclude: bool) -> None:
    truth = disc(100, 100, 50)
    picture = paint((truth, (200, 120, 60)))
    stroke = Mask.of((np.abs(Y - X) < 3) & disc(100, 100, 35))
    beside = Mask.of((np.abs(Y - 175) < 3) & (X > 40) & (X < 160)) if with_exclude else None
    assert iou(segmenter.segment(picture, MaskPrompt(include=stroke, exclude=beside))[0], truth) > 0.9


def test_strokes_rule_inside_a_box(segmenter: GrabCutSegmenter) -> None:
    picture = paint((disc(100, 100, 50), (200, 120, 60)))
    include, exclude = Mask.of(disc(60, 60, 6)), Mask.of(disc(100, 100, 12))
    found = segmenter.segment(picture, MaskPrompt(box=Box(45, 45, 155, 155), include=include, exclude=exclude))[0]
    full = found.mask.full()
    assert full[include.full()].mean() > 0.9
    assert full[exclude.full()].mean() < 0.1


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (2, 2), (3, 9), (20, 1), (17, 33)], ids=str)
@pytest.mark.parametrize("kind", ["box", "sliver", "click", "negative-click", "include", "exclude", "all"])
def test_tiny_pictures_always_give_a_mask(segmenter: GrabCutSegmenter, size: tuple[int, int], kind: str) -> None:
    picture = Picture(np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8))
    marked = np.zeros(size, bool)
    marked[size[0] // 2, size[1] // 2] = True
    whole = Box.whole(picture.extent)
    prompts = {
        "box": MaskPrompt(box=whole),
        "sliver": MaskPrompt(box=Box(0, 0, 0.4, 0.4)),
        "click": MaskPrompt(points=(Point(0, 0),)),
        "negative-click": MaskPrompt(points=(Point(0, 0, False),)),
        "include": MaskPrompt(include=Mask.of(marked)),
        "exclude": MaskPrompt(exclude=Mask.of(marked)),
        "all": MaskPrompt(whole, (Point(0, 0), Point(0, 0, False)), Mask.of(marked), Mask.of(marked)),
    }
    found = segmenter.segment(picture, prompts[kind])
    assert found
    assert all(candidate.mask.area and candidate.mask.extent == picture.extent for candidate in found)


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (90, 110, 130)], ids=str)
def test_a_picture_of_one_colour_gives_something_inside_the_box(
    segmenter: GrabCutSegmenter, colour: tuple[int, int, int]
) -> None:
    picture = Picture(np.full((60, 80, 3), colour, np.uint8))
    for candidate in segmenter.segment(picture, MaskPrompt(box=Box(20, 20, 50, 45))):
        assert candidate.mask.box.iou(Box(20, 20, 50, 45)) > 0


def test_an_empty_prompt_is_refused_with_the_remedy(segmenter: GrabCutSegmenter) -> None:
    with pytest.raises(BadInput, match="click it or paint"):
        segmenter.segment(paint(), MaskPrompt())


def test_a_box_outside_the_picture_is_refused(segmenter: GrabCutSegmenter) -> None:
    with pytest.raises(BadInput, match="outside the picture"):
        segmenter.segment(paint(), MaskPrompt(box=Box(300, 300, 400, 400)))


def test_same_prompt_same_mask_with_and_without_the_cache() -> None:
    picture = paint((disc(100, 100, 50), (130, 120, 110)), noise=30)
    prompt = MaskPrompt(box=Box(45, 45, 155, 155), points=(Point(100, 100),))
    reused = GrabCutSegmenter(Settings())
    reused.segment(picture, MaskPrompt(box=Box(20, 20, 90, 90)))
    runs = [reused.segment(picture, prompt), reused.segment(picture, prompt)]
    runs.append(GrabCutSegmenter(Settings()).segment(picture, prompt))
    for run in runs[1:]:
        assert [c.quality for c in run] == [c.quality for c in runs[0]]
        assert all(a.mask.same_as(b.mask) for a, b in zip(run, runs[0], strict=True))


def test_a_large_picture_has_a_smooth_edge() -> None:
    """At ten times the working size the mask's edge follows the picture, not the stairs."""
    y, x = np.mgrid[:1600, :1600]
    truth = np.hypot(x - 800, y - 750) < 500
    pixels = np.where(truth[..., None], (200, 120, 60), (90, 110, 130)).astype(np.uint8)
    found = GrabCutSegmenter(Settings()).segment(Picture(pixels), MaskPrompt(box=box_of(truth, 20)))[0]
    wrong = found.mask.full() ^ truth
    assert wrong.sum() < 2 * np.pi * 500 * 0.8


def test_a_detectors_box_is_padded():
    assert Box(10, 20, 110, 70).scaled(1 + 2 * PADDING).xyxy == pytest.approx((4, 17, 116, 73))


def test_a_detectors_box_that_cuts_a_thing_off_is_looked_around(segmenter: GrabCutSegmenter) -> None:
    """The saucer's rim sticks out of the box; the person's own box is taken at its word."""
    truth = disc(100, 100, 55)
    picture, box = paint((truth, (200, 120, 60))), Box(58, 55, 145, 150)
    assert iou(segmenter.segment(picture, MaskPrompt(box=box, exact=False))[0], truth) > 0.95
    drawn = segmenter.segment(picture, MaskPrompt(box=box))[0].mask.box
    assert drawn.x1 >= box.x1
    assert drawn.x2 <= box.x2


BODY = (np.abs(X - 100) < 25) & (np.abs(Y - 100) < 60)
BAG = (X >= 125) & (X < 145) & (np.abs(Y - 100) < 10)


def _person() -> tuple[Picture, MaskPrompt]:
    picture = paint((BODY, (60, 150, 70)), (BODY & (Y < 85), (30, 30, 35)), (BAG, (30, 30, 35)), noise=3)
    return picture, MaskPrompt(box=Box(75, 40, 126, 160), exact=False)


def test_a_piece_outside_a_detectors_box_joins(segmenter: GrabCutSegmenter) -> None:
    picture, prompt = _person()
    found = segmenter.segment(picture, prompt)[0].mask.full()
    assert found[BAG].mean() > 0.9
    assert not segmenter.segment(picture, MaskPrompt(box=prompt.box))[0].mask.full()[:, 135:].any()


def test_a_click_leaves_a_joined_piece_alone(segmenter: GrabCutSegmenter) -> None:
    picture, prompt = _person()
    clicked = MaskPrompt(box=prompt.box, points=(Point(60, 50, False),), exact=False)
    assert segmenter.segment(picture, clicked)[0].mask.full()[BAG].mean() > 0.9
