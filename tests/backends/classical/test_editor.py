"""What holds for every step of the embedded editor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ggedit.backends.classical.editor import ClassicalEditor
from ggedit.config import Settings
from ggedit.core.errors import BadInput
from ggedit.core.events import EditProgress
from ggedit.core.geometry import Box, Extent
from ggedit.core.masks import Mask
from ggedit.core.picture import Picture
from ggedit.core.plan import Background, EditStep, FromShelf, Insert, Move, Remove, Replace, Resize, Restyle
from ggedit.core.result import StepOutcome

from .editing import SCENE_STEPS, STEPS, THING, make_job, make_scene, paint, reach, run, thing_mask

ALL_STEPS = {**STEPS, **SCENE_STEPS}


@pytest.mark.parametrize("step", ALL_STEPS.values(), ids=ALL_STEPS)
@pytest.mark.parametrize("variant", [0, 1])
def test_outside_the_reach_no_pixel_differs(step: EditStep, variant: int) -> None:
    job = make_job(step, make_scene(), variant=variant)
    outcome, _ = run(job)
    changed = (paint(job.picture, outcome) != job.picture.pixels).any(axis=2)
    assert changed.any()
    assert not (changed & ~reach(job, outcome)).any()


@pytest.mark.parametrize("step", ALL_STEPS.values(), ids=ALL_STEPS)
def test_without_growth_and_feather_only_the_masks_change(step: EditStep) -> None:
    job = make_job(replace(step, grow_px=0, feather_px=0), make_scene())
    outcome, _ = run(job)
    changed = (paint(job.picture, outcome) != job.picture.pixels).any(axis=2)
    assert not (changed & ~reach(job, outcome)).any()


@pytest.mark.parametrize("step", ALL_STEPS.values(), ids=ALL_STEPS)
def test_same_seed_same_bytes(step: EditStep) -> None:
    job = make_job(step, make_scene(), seed=5)
    first, second = run(job)[0], run(job)[0]
    assert np.array_equal(paint(job.picture, first), paint(job.picture, second))


@pytest.mark.parametrize("step", ALL_STEPS.values(), ids=ALL_STEPS)
def test_progress_rises_and_is_named(step: EditStep) -> None:
    _, told = run(make_job(step, make_scene()))
    fractions = [event.fraction for event in told]
    assert fractions and fractions == sorted(fractions) and fractions[0] >= 0 and fractions[-1] < 1
    assert all(event.message for event in told)


@pytest.mark.parametrize("step", ALL_STEPS.values(), ids=ALL_STEPS)
@pytest.mark.parametrize("size", [(1, 1), (1, 9), (3, 2), (8, 8), (17, 11)], ids=str)
def test_tiny_pictures(step: EditStep, size: tuple[int, int]) -> None:
    """A tiny picture is edited, or refused with a sentence; nothing else is raised."""
    width, height = size
    picture = Picture(np.random.default_rng(1).integers(0, 256, (height, width, 3), dtype=np.uint8))
    mask = Mask.of_box(Box(0, 0, max(1, width // 2), max(1, height // 2)), picture.extent)
    job = make_job(_fitted(step, picture.extent), make_scene(), picture=picture)
    job = replace(job, mask=mask if job.mask is not None else None)
    if job.source is not None and job.source.mask is not None:
        job = replace(job, source=replace(job.source, picture=picture, mask=mask))
    try:
        outcome, _ = run(job)
    except BadInput as error:
        assert str(error).endswith(".")
        return
    assert paint(picture, outcome).shape == picture.pixels.shape
    changed = (paint(picture, outcome) != picture.pixels).any(axis=2)
    assert not (changed & ~reach(job, outcome)).any()


def _fitted(step: EditStep, extent: Extent) -> EditStep:
    """The step with its box inside the picture."""
    if hasattr(step, "box"):
        return replace(step, box=Box(extent.width / 2, 0, extent.width, extent.height))
    return step


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
@pytest.mark.parametrize(
    "box", [Box(0, 40, 30, 96), Box(100, 0, 128, 40), Box(0, 0, 128, 20)], ids=["left foot", "right top", "top strip"]
)
def test_a_thing_that_touches_the_border(step: EditStep, box: Box) -> None:
    picture = make_scene()
    job = make_job(step, picture)
    job = replace(job, mask=Mask.of_box(box, picture.extent) if job.mask is not None else None)
    outcome, _ = run(job)
    changed = (paint(picture, outcome) != picture.pixels).any(axis=2)
    assert not (changed & ~reach(job, outcome)).any()


@pytest.mark.parametrize("step", ALL_STEPS.values(), ids=ALL_STEPS)
def test_a_picture_with_alpha(step: EditStep) -> None:
    job = make_job(step, make_scene(alpha=True))
    outcome, _ = run(job)
    changed = (paint(job.picture, outcome) != job.picture.pixels).any(axis=2)
    assert changed.any()
    assert not (changed & ~reach(job, outcome)).any()


def test_a_mask_over_everything_cannot_be_removed() -> None:
    picture = make_scene()
    job = make_job(Remove(node="thing-1"), picture, mask=Mask.of(np.ones(picture.extent.shape, bool)))
    with pytest.raises(BadInput, match="covers the whole picture"):
        run(job)


def test_a_mask_over_everything_can_be_recoloured() -> None:
    picture = make_scene()
    job = make_job(Restyle(node="thing-1", look="blue"), picture, mask=Mask.of(np.ones(picture.extent.shape, bool)))
    assert (paint(picture, run(job)[0]) != picture.pixels).any(axis=2).mean() > 0.9


@pytest.mark.parametrize("kind", ["remove", "move", "restyle", "duplicate"])
def test_a_missing_mask_is_said(kind: str) -> None:
    job = make_job(STEPS[kind], make_scene(), mask=Mask.of(np.zeros((96, 128), bool)))
    with pytest.raises(BadInput, match="mask"):
        run(job)


def test_closing_ends_the_work_between_phases() -> None:
    events = ClassicalEditor(Settings()).edit(make_job(STEPS["remove"], make_scene()))
    assert isinstance(next(events), EditProgress)
    events.close()  # type: ignore[attr-defined]
    assert list(events) == []


@pytest.mark.parametrize(
    "step",
    [
        Insert(box=THING, label="a hat"),
        Replace(node="thing-1", label="a tiger"),
        Restyle(node="thing-1", look="wooden"),
        Restyle(node="thing-1", look="smiling"),
        Restyle(look="a painting by van Gogh"),
        Background(look="a beach"),
        Move(node="thing-1", box=THING, prompt="make the boy hold the ball", together=("boy-1",)),
    ],
    ids=lambda step: f"{type(step).__name__} {getattr(step, 'label', getattr(step, 'look', ''))}",
)
def test_what_would_need_invention_is_refused(step: EditStep) -> None:
    refusal = ClassicalEditor(Settings()).refuses(step)
    assert refusal is not None and "full tier" in refusal.sentence
    assert refusal.offers or isinstance(step, Insert), "what is offered can be asked for; a thing to copy is not known"
    assert refusal.sentence.count(". ") == 0
    with pytest.raises(BadInput, match="full tier"):
        run(make_job(step, make_scene()))


@pytest.mark.parametrize("step", ALL_STEPS.values(), ids=ALL_STEPS)
def test_what_can_be_done_is_not_refused(step: EditStep) -> None:
    assert ClassicalEditor(Settings()).refuses(step) is None


@pytest.mark.parametrize("kind", ["restyle", "blur it", "golden hour", "darker picture"])
def test_strength_none_changes_nothing(kind: str) -> None:
    job = make_job(replace(ALL_STEPS[kind], strength=0.0), make_scene())
    assert np.array_equal(paint(job.picture, run(job)[0]), job.picture.pixels)


def test_half_of_the_full_strength_lies_between() -> None:
    full = make_job(Restyle(look="darker"), make_scene())
    half = replace(full, step=Restyle(look="darker", strength=0.3))
    old, new = full.picture.pixels.mean(), paint(full.picture, run(full)[0]).mean()
    assert paint(half.picture, run(half)[0]).mean() == pytest.approx((old + new) / 2, abs=0.6)


def test_a_moved_thing_stands_in_its_box_and_is_gone_where_it_was() -> None:
    job = make_job(Move(node="thing-1", box=Box(84, 34, 104, 66)), make_scene())
    outcome, _ = run(job)
    result = paint(job.picture, outcome)
    assert outcome.moved is not None
    assert outcome.moved.box.xyxy == pytest.approx((84, 34, 104, 66), abs=1.5)
    assert np.abs(result[38:60, 88:100].astype(int) - job.picture.pixels[34:56, 44:56]).mean() < 4
    assert (result[34:58, 44:56, 0] < 130).all()


@pytest.mark.parametrize("factor", [0.5, 1.5])
def test_a_resized_thing_keeps_its_foot(factor: float) -> None:
    job = make_job(Resize(node="thing-1", factor=factor), make_scene())
    moved = run(job)[0].moved
    assert moved is not None
    expected = (50 - 10 * factor, 62 - 32 * factor, 50 + 10 * factor, 62)
    assert moved.box.xyxy == pytest.approx(expected, abs=1.6)


def test_a_flipped_thing_is_mirrored_in_its_box() -> None:
    picture = make_scene()
    pixels = picture.pixels.copy()
    pixels[30:62, 40:50] = (40, 60, 200)
    picture = picture.with_pixels(pixels)
    result = paint(picture, run(make_job(STEPS["flip"], picture))[0])
    assert result[46, 44, 0] > 150 and result[46, 56, 2] > 150


def test_what_stands_in_front_of_a_background_stays() -> None:
    job = make_job(Background(look="grey", keep=("thing-1",)), make_scene())
    result = paint(job.picture, run(job)[0])
    assert np.array_equal(result[38:54, 46:54], job.picture.pixels[38:54, 46:54])
    corner = result[:16, :16].astype(int)
    assert np.abs(corner - corner.mean(axis=2, keepdims=True)).max() <= 2


def test_a_background_blur_does_not_bleed_the_kept_thing() -> None:
    """Beside the red thing the blurred ground stays green."""
    job = make_job(Background(look="much blurry", keep=("thing-1",)), make_scene())
    result = paint(job.picture, run(job)[0]).astype(int)
    ring = np.zeros((96, 128), bool)
    ring[26:66, 34:66] = True
    ring[28:64, 38:62] = False
    assert (result[ring][:, 1] > result[ring][:, 0]).all()


def test_a_source_keeps_its_proportions_and_stands_on_the_box() -> None:
    job = make_job(Insert(box=Box(70, 20, 120, 80), label="ball", source=FromShelf("ball")), make_scene())
    moved = run(job)[0].moved
    assert moved is not None
    box = moved.box
    assert box.width / box.height == pytest.approx(1, abs=0.06)
    assert box.y2 == pytest.approx(80, abs=1.5) and box.center[0] == pytest.approx(95, abs=1.5)


def test_a_replacement_stands_on_the_old_foot() -> None:
    job = make_job(STEPS["replace from the shelf"], make_scene())
    outcome, _ = run(job)
    assert outcome.moved is not None
    assert outcome.moved.box.y2 == pytest.approx(THING.y2, abs=1.5)
    assert outcome.moved.box.area == pytest.approx(THING.area, rel=0.12)


def test_an_insert_without_pixels_says_so() -> None:
    job = replace(make_job(STEPS["insert a copy"], make_scene()), source=None)
    with pytest.raises(BadInput, match="no pixels"):
        run(job)


def test_a_thing_cut_by_the_border_is_told_when_it_moves() -> None:
    picture = make_scene()
    job = replace(make_job(STEPS["duplicate"], picture), mask=Mask.of_box(Box(0, 40, 20, 70), picture.extent))
    assert any("edge" in text for text in run(job)[0].warnings)
    assert run(replace(job, mask=thing_mask(picture)))[0].warnings == ()


def test_outcomes_are_values() -> None:
    outcome, _ = run(make_job(STEPS["remove"], make_scene()))
    assert isinstance(outcome, StepOutcome)
    assert all(not patch.alpha.flags.writeable and not patch.pixels.flags.writeable for patch in outcome.patches)
