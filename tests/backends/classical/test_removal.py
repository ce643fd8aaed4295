"""Removing known things: the rim, the shadow, other objects, large pictures."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ggedit.backends.classical.editing import inpaint
from ggedit.backends.classical.editing.contact import measure_contact
from ggedit.backends.classical.editing.removal import _strangers
from ggedit.backends.classical.editing.shadow import find_cast_shadow
from ggedit.core.geometry import Box, Extent
from ggedit.core.masks import Mask
from ggedit.core.picture import Picture
from ggedit.core.plan import Background, Duplicate, Insert, Move, Remove, Restyle, default_grow_px, grow_px_of
from ggedit.ports import EditJob

from .editing import STEPS, THING, make_job, make_scene, paint, run

EXTENT = Extent(200, 150)
POST = Box(80, 30, 110, 100)
GROUND, SHADE = (150, 140, 120), (66, 62, 53)


def make_sunlit(*, shadow: tuple[int, int, int] | None = SHADE) -> Picture:
    """A blue post on bright ground; its shadow lies to the right of its foot."""
    random = np.random.default_rng(2)
    pixels = np.array(GROUND) + random.integers(-6, 7, (*EXTENT.shape, 1))
    if shadow is not None:
        where = np.zeros(EXTENT.shape, np.uint8)
        cv2.ellipse(where, (112, 98), (34, 9), 0, 0, 360, 1, -1)
        pixels[where > 0] += np.array(shadow) - GROUND
    x1, y1, x2, y2 = POST.pixels(EXTENT)
    pixels[y1:y2, x1:x2] = (40, 60, 170)
    return Picture(pixels.astype(np.uint8))


def post_job(picture: Picture, **changes: object) -> EditJob:
    fields: dict[str, object] = {"picture": picture, "step": Remove(node="post-1"), "mask": Mask.of_box(POST, EXTENT)}
    return EditJob(**{**fields, **changes})  # type: ignore[arg-type]


def test_a_removed_thing_leaves_its_ground() -> None:
    job = make_job(STEPS["remove"], make_scene())
    result = paint(job.picture, run(job)[0])
    inside = result[30:62, 40:60].astype(int)
    assert (inside[..., 1] > inside[..., 0]).all()
    assert inside.std(axis=(0, 1)).min() > 5


def test_the_anti_aliased_rim_goes_too() -> None:
    picture = make_scene()
    pixels = picture.pixels.copy()
    pixels[29:63, 39:61][:, [0, -1]] = (150, 70, 50)
    result = paint(picture, run(make_job(STEPS["remove"], picture.with_pixels(pixels)))[0])
    assert (result[30:62, 38:62, 1] > result[30:62, 38:62, 0]).all()


def test_the_shadow_goes_with_the_thing_and_is_reported() -> None:
    picture = make_sunlit()
    outcome, _ = run(post_job(picture))
    assert outcome.shadow is not None
    assert outcome.shadow.full()[98, 120:138].all()
    result = paint(picture, outcome).astype(int)
    assert result[92:104, 112:140].mean() > 120


@pytest.mark.parametrize(
    "shadow", [None, (150, 60, 60), (135, 126, 108)], ids=["no shadow", "a red mat", "hardly darker"]
)
def test_what_is_no_shadow_stays(shadow: tuple[int, int, int] | None) -> None:
    picture = make_sunlit(shadow=shadow)
    outcome, _ = run(post_job(picture))
    assert outcome.shadow is None
    assert np.array_equal(paint(picture, outcome)[:, 130:], picture.pixels[:, 130:])


def test_another_thing_is_no_shadow() -> None:
    picture = make_sunlit()
    protect = Mask.of_box(Box(74, 86, 150, 112), EXTENT)
    assert find_cast_shadow(picture.pixels, Mask.of_box(POST, EXTENT), protect=protect) is None


def test_a_large_dark_thing_is_no_shadow() -> None:
    """A dark bench that runs through the whole picture."""
    pixels = make_sunlit(shadow=None).pixels.copy()
    pixels[90:110] = SHADE
    pixels[30:100, 80:110] = (40, 60, 170)
    assert find_cast_shadow(pixels, Mask.of_box(POST, EXTENT), protect=None) is None


def test_a_protected_thing_is_not_copied() -> None:
    picture = make_scene()
    pixels = picture.pixels.copy()
    pixels[50:80, 62:100] = (230, 200, 40)
    picture = picture.with_pixels(pixels)
    job = make_job(STEPS["remove"], picture, protect=Mask.of_box(Box(62, 50, 100, 80), picture.extent))
    result = paint(picture, run(job)[0]).astype(int)
    assert (result[32:60, 42:58, 0] < 130).all()


def test_what_the_thing_stands_in_front_of_goes_on_behind_it() -> None:
    """A post in front of a wall that is another object: the wall is what fills the hole."""
    picture = make_scene()
    pixels = picture.pixels.copy()
    pixels[10:90, 20:80] = (90, 90, 200)
    pixels[30:62, 40:60] = (190, 40, 35)
    picture = picture.with_pixels(pixels)
    wall = np.zeros(picture.extent.shape, bool)
    wall[10:90, 20:80] = True
    wall[30:62, 40:60] = False
    result = paint(picture, run(make_job(STEPS["remove"], picture, protect=Mask.of(wall)))[0])
    assert (result[30:62, 40:60, 2] > 150).all()


def test_of_what_goes_on_behind_only_what_is_near_is_copied() -> None:
    """The suit beside the helmet, not the collar farther up."""
    hole, suit = np.zeros((2, 100, 100), np.bool_)
    hole[60:100, 40:80], suit[0:100, 0:40] = True, True
    kept_out = _strangers(suit, hole)
    assert not kept_out[60:, 31:40].any()
    assert kept_out[:49, :40].all()


def test_the_missing_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inpaint.patchmatch, "patchmatch_available", False)
    outcome, _ = run(make_job(STEPS["remove"], make_scene()))
    assert any("pypatchmatch" in text for text in outcome.warnings)


def test_a_large_hole_is_told() -> None:
    picture = make_scene()
    job = make_job(STEPS["remove"], picture, mask=Mask.of_box(Box(10, 10, 80, 80), picture.extent))
    assert any("large" in text for text in run(job)[0].warnings)
    assert run(make_job(STEPS["remove"], picture))[0].warnings == ()


def test_hidden_colours_of_see_through_pixels_are_not_copied() -> None:
    picture = make_scene()
    pixels, alpha = picture.pixels.copy(), np.full(picture.extent.shape, 255, np.uint8)
    pixels[:, 66:], alpha[:, 66:] = (255, 0, 255), 0
    result = paint(Picture(pixels, alpha), run(make_job(STEPS["remove"], Picture(pixels, alpha)))[0])
    assert (result[30:62, 40:60, 2] < 150).all()


def test_large_pictures_are_worked_on_as_crops() -> None:
    """The patch is the hole with a margin, not the picture."""
    extent = Extent(1600, 1200)
    pixels = np.random.default_rng(0).integers(90, 130, (*extent.shape, 3), dtype=np.uint8)
    pixels[600:640, 800:830] = 250
    mask = Mask.of_box(Box(800, 600, 830, 640), extent)
    outcome, _ = run(EditJob(picture=Picture(pixels), step=Remove(node="a"), mask=mask))
    assert outcome.patches[0].alpha.size < 0.1 * extent.area


@pytest.mark.parametrize("variant", [0, 1, 2, 3])
def test_variants_differ_and_repeat(variant: int) -> None:
    job = make_job(STEPS["remove"], make_scene(), variant=variant)
    mine = paint(job.picture, run(job)[0])
    assert np.array_equal(mine, paint(job.picture, run(job)[0]))
    other = replace(job, variant=(variant + 1) % 4)
    assert not np.array_equal(mine, paint(job.picture, run(other)[0]))


def test_a_cast_shadow_moves_with_its_thing() -> None:
    picture = make_sunlit()
    job = post_job(picture, step=Move(node="post-1", box=POST.shifted(-55, 0)))
    outcome, _ = run(job)
    result = paint(picture, outcome).astype(int).mean(axis=2)
    assert result[95:101, 118:135].mean() > 120
    assert result[95:101, 63:80].mean() < 100
    assert outcome.shadow is not None and outcome.shadow.full()[98, 70]


@pytest.mark.parametrize(("shadow", "low", "high"), [(SHADE, 0.3, 0.66), (None, 0, 0)], ids=["shadow", "none"])
def test_contact_is_measured(shadow: tuple[int, int, int] | None, low: float, high: float) -> None:
    pixels = make_sunlit(shadow=shadow).pixels.copy()
    if shadow is not None:
        pixels[100:106, 76:114] = shadow
    assert low <= measure_contact(pixels, Mask.of_box(POST, EXTENT)) <= high


@pytest.mark.parametrize(
    ("step", "share"),
    [
        (Remove(node="a"), 0.014),
        (Move(node="a", box=THING), 0.014),
        (Duplicate(node="a", box=THING), 0.008),
        (Insert(box=THING, label="a"), 0.008),
        (Background(look="fog"), 0.008),
        (Restyle(node="a", look="blue"), 0.004),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, float) else "",
)
def test_default_growth(step: Remove, share: float) -> None:
    assert default_grow_px(step, Extent(1000, 800)) == round(1000 * share)
    assert default_grow_px(step, Extent(10, 8)) == 2
    assert grow_px_of(replace(step, grow_px=0), Extent(1000, 800)) == 0
