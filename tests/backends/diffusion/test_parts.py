"""Words for models, previews, ranking and the relay: the parts that need no pipeline."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch

from ggedit.backends.diffusion.previews import fitted_preview
from ggedit.backends.diffusion.prompts import is_instruction, words_for
from ggedit.backends.diffusion.ranking import background_of, seam_of
from ggedit.backends.diffusion.refusals import is_exact_look, refusal_of, region_of
from ggedit.backends.diffusion.relay import Cancelled, relayed
from ggedit.core.geometry import Box, Extent
from ggedit.core.masks import Mask
from ggedit.core.picture import Picture
from ggedit.core.plan import (
    Background,
    CopyOf,
    Duplicate,
    EditStep,
    Flip,
    Insert,
    Move,
    Remove,
    Replace,
    Resize,
    Restyle,
)
from ggedit.core.result import Patch
from ggedit.ports import EditJob

BOX = Box(2, 2, 6, 6)


@pytest.mark.parametrize(
    ("step", "told", "described"),
    [
        (Remove(node="dog-1", prompt="the empty place, nothing there", negative="dog"), "remove the dog",
         "the empty place, nothing there"),
        (Insert(box=BOX, label="red cup"), "add red cup", "a photo of red cup"),
        (Insert(box=BOX, label="cup", prompt="put a cup on the table"), "put a cup on the table", "a photo of cup"),
        (Replace(node="dog-1", label="cat", negative="dog"), "replace the dog with cat", "a photo of cat"),
        (Restyle(node="old-car-2", look="wooden"), "make the old car wooden", "a wooden old car"),
        (Restyle(look="a painting", prompt="a painting of a street"), "make the picture a painting",
         "a painting of a street"),
        (Background(look="a beach"), "make the background a beach", "a beach background"),
    ],
    ids=["remove", "insert", "insert, told", "replace", "restyle", "restyle, described", "background"],
)  # fmt: skip
def test_models_are_told_or_given_a_description(step: EditStep, told: str, described: str) -> None:
    assert words_for(step, instructed=True) == (told, step.negative)
    assert words_for(step, instructed=False) == (described, step.negative)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Make it red", True), ("remove, please, the dog", True), ("a red car", False), ("", False), ("makeup", False)],
)
def test_instructions_begin_with_a_verb(text: str, expected: bool) -> None:  # noqa: FBT001
    assert is_instruction(text) is expected


@pytest.mark.parametrize(
    ("look", "exact"),
    [("brighter", True), ("black and white", True), ("a bit sharper and warmer", True), ("blue", False),
     ("foggy", False), ("wooden", False), ("brighter and wooden", False)],
)  # fmt: skip
def test_exact_looks_are_sums_of_light_and_colour(look: str, exact: bool) -> None:  # noqa: FBT001
    assert is_exact_look(look) is exact
    assert (refusal_of(Restyle(look=look)) is not None) is exact


@pytest.mark.parametrize(
    "step",
    [Move(node="a", box=BOX), Resize(node="a", factor=2), Flip(node="a"), Duplicate(node="a", box=BOX),
     Insert(box=BOX, label="cup", source=CopyOf("a")), Replace(node="a", label="cup", source=CopyOf("b"))],
    ids=lambda step: type(step).__name__,
)  # fmt: skip
def test_the_things_own_pixels_are_left_to_another_editor(step: EditStep) -> None:
    refusal = refusal_of(step)
    assert refusal is not None and "Choose the classical editor" in refusal.sentence


@pytest.mark.parametrize(
    ("step", "mask", "area"),
    [(Insert(box=BOX, label="cup"), None, 16), (Remove(node="a"), Box(0, 0, 3, 3), 9), (Restyle(look="old"), None, 80),
     (Background(look="a beach", keep=("a",)), Box(0, 0, 3, 3), 71), (Background(look="a beach"), None, 80)],
    ids=["box", "mask", "whole picture", "all but", "all"],
)  # fmt: skip
def test_where_a_step_may_draw(step: EditStep, mask: Box | None, area: int) -> None:
    extent = Extent(10, 8)
    job = EditJob(picture=Picture(np.zeros((8, 10, 3), np.uint8)), step=step, mask=mask and Mask.of_box(mask, extent))
    assert region_of(job).area == area


def test_a_preview_of_linear_latents_is_exact() -> None:
    """Known answer: latents that are a linear map of the colours are mapped back to them."""
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    mix = np.random.default_rng(1).normal(size=(4, 3))
    latents = torch.from_numpy(np.einsum("ck,hwk->chw", mix, pixels / 255.0) - 0.3).float()
    shown = fitted_preview(latents, pixels)(latents)
    assert np.abs(shown.astype(int) - pixels).max() <= 2


def test_seams_and_backgrounds_are_measured_where_they_lie() -> None:
    old, alpha = np.full((40, 40, 3), 100, np.uint8), np.zeros((40, 40), np.float32)
    alpha[15:25, 15:25] = 1
    inside = old.copy()
    inside[15:25, 15:25] = 255
    assert seam_of(old, Patch(0, 0, inside, alpha)) == 0 == background_of(old, inside, alpha)
    ring = old.copy()
    ring[14, 15:25] = 151
    assert seam_of(old, Patch(0, 0, ring, alpha)) > 0
    assert background_of(old, np.full_like(old, 151), alpha) == pytest.approx(0.2)


def test_the_relay_hands_over_events_and_the_result() -> None:
    def work(report):
        for number in range(3):
            report(number)
        return "done"

    events, relay = [], relayed(work)
    with pytest.raises(StopIteration) as end:
        while True:
            events.append(next(relay))
    assert events == [0, 1, 2] and end.value.value == "done"


def test_an_error_of_the_work_reaches_the_listener() -> None:
    def work(report):
        report(1)
        raise RuntimeError("broken")

    relay = relayed(work)
    assert next(relay) == 1
    with pytest.raises(RuntimeError, match="broken"):
        next(relay)


def test_closing_the_relay_ends_the_work_within_one_step() -> None:
    done, ended = [], threading.Event()

    def work(report):
        try:
            for number in range(100):
                done.append(number)
                report(number)
        except Cancelled:
            ended.set()
            raise

    relay = relayed(work)
    next(relay)
    next(relay)
    relay.close()
    assert ended.is_set() and len(done) <= 3


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(3, ""), (19, ""), (25, ", about 1 min left"), (100, ", about 2 min left"), (3600, ", about 60 min left")],
)
def test_long_runs_tell_the_minutes_that_are_left(seconds: float, words: str) -> None:
    from ggedit.backends.diffusion.engine import _left

    assert _left(seconds) == words
