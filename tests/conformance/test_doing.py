"""What every Planner, Editor, SizePredictor, Store and Shelf must do."""

from __future__ import annotations

import numpy as np
import pytest

from ggedit.backends.scripted import ScriptedShelf, ScriptedSizePredictor
from ggedit.core.errors import BadInput
from ggedit.core.events import EditProgress
from ggedit.core.geometry import Box, Extent
from ggedit.core.picture import Picture
from ggedit.core.plan import Refusal, check, step_kind
from ggedit.core.result import StepOutcome
from ggedit.core.turn import History, Stage, Tier
from ggedit.ports import Chosen, Cutout, EditJob
from ggedit.stages.edit import edit
from ggedit.stages.plan import request_of
from tests.builders import CUP, EXTENT, make_mask, make_picture, make_turn
from tests.conformance.available import backends_of, load, make
from tests.core.test_plan import GOOD


@pytest.mark.parametrize("spec", backends_of("planner"))
class TestPlanner:
    def test_a_removal_becomes_a_step_with_a_reason(self, spec):
        turn = make_turn(until=Stage.RELATE)
        made = load(spec).plan(request_of(turn, ScriptedSizePredictor(), ()))
        assert [step_kind(s) for s in made.steps] == ["remove"]
        assert made.steps[0].reason and made.author
        assert turn.scene is not None and check(made, turn.scene, EXTENT) == ()

    def test_the_same_request_gives_the_same_plan(self, spec):
        request = request_of(make_turn(until=Stage.RELATE), ScriptedSizePredictor(), ())
        assert load(spec).plan(request) == load(spec).plan(request)


def job(**changes) -> EditJob:
    return EditJob(picture=make_picture(), step=GOOD[0], mask=make_mask(CUP), **changes)


@pytest.mark.parametrize("spec", backends_of("editor"))
class TestEditor:
    def test_progress_then_exactly_one_outcome(self, spec):
        *progress, outcome = load(spec).edit(job())
        assert isinstance(outcome, StepOutcome)
        assert all(isinstance(e, EditProgress) and 0 <= e.fraction <= 1 and e.message for e in progress)

    def test_same_seed_and_variant_same_bytes(self, spec):
        for variant in (0, 1):
            one, two = (list(load(spec).edit(job(seed=9, variant=variant)))[-1] for _ in range(2))
            for a, b in zip(one.patches, two.patches, strict=True):
                assert np.array_equal(a.pixels, b.pixels) and np.array_equal(a.alpha, b.alpha)

    def test_closing_early_is_quiet(self, spec):
        work = load(spec).edit(job())
        next(work)
        work.close()

    @pytest.mark.parametrize("step", GOOD, ids=step_kind)
    def test_every_kind_of_step_is_done_or_refused_in_words(self, spec, step):
        refusal = load(spec).refuses(step)
        assert refusal is None or (isinstance(refusal, Refusal) and refusal.sentence)

    def test_through_the_stage_nothing_changes_outside_the_mask(self, spec):
        turn = make_turn(until=Stage.PLAN)
        work = edit(turn, Chosen(load(spec), spec.name, Tier.TEST, ""), ScriptedShelf())
        with pytest.raises(StopIteration) as end:
            while True:
                next(work)
        result = end.value.value
        differs = (result.picture.pixels != turn.picture.pixels).any(axis=2)
        assert differs.any()
        assert not (differs & ~result.changed.full()).any()


@pytest.mark.parametrize("spec", backends_of("sizer"))
def test_a_size_is_positive_and_explained(spec):
    box = Box(10, 10, 60, 90)
    for new, reference in (("hat", "man"), ("qwertyuiop", "man"), ("elephant", None)):
        guess = load(spec).predict(
            new, reference=reference, box=box if reference else None, extent=Extent(200, 150), relation=None
        )
        assert guess.width_px > 0 and guess.height_px > 0 and guess.why


@pytest.mark.parametrize("spec", backends_of("store"))
class TestStore:
    def test_what_was_saved_comes_back(self, spec):
        store = make(spec)
        assert store.load("nobody") is None
        history = History(make_picture(alpha=True))
        store.save("mine", history)
        grown = history.accepted(make_turn(until=Stage.EDIT))
        store.save("mine", grown, grown.turns[0])
        again = store.load("mine")
        assert again is not None and again.cursor == grown.cursor
        assert again.picture.digest == grown.picture.digest
        store.save("mine", grown.undo())
        assert store.load("mine").cursor is None

    def test_sessions_are_apart(self, spec):
        store = make(spec)
        store.save("a", History(make_picture(seed=1)))
        store.save("b", History(make_picture(seed=2)))
        assert store.load("a").source.digest != store.load("b").source.digest


@pytest.mark.parametrize("spec", backends_of("shelf"))
class TestShelf:
    def test_a_cut_out_is_kept_by_name(self, spec):
        shelf = make(spec)
        assert shelf.names() == ()
        soft = Picture(make_picture().pixels, make_picture(alpha=True).alpha)
        shelf.put(Cutout("my hat", soft))
        assert shelf.names() == ("my hat",)
        assert shelf.take("my hat").picture.digest == soft.digest

    def test_a_thing_with_a_mask_is_kept_too(self, spec):
        shelf = make(spec)
        shelf.put(Cutout("cup", make_picture(), make_mask(CUP)))
        taken = shelf.take("cup")
        assert taken.mask is not None or taken.picture.alpha is not None

    def test_a_missing_one_is_said(self, spec):
        with pytest.raises(BadInput, match="cut-out"):
            make(spec).take("nothing")
