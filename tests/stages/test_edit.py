from dataclasses import replace

import numpy as np
import pytest

from ggedit.backends.scripted import ScriptedEditor, ScriptedShelf
from ggedit.core.errors import BadInput, PlanRejected, StageError
from ggedit.core.events import EditProgress
from ggedit.core.geometry import Box
from ggedit.core.masks import Mask, Masks
from ggedit.core.plan import (
    Background,
    CopyOf,
    EditPlan,
    FromShelf,
    Insert,
    Move,
    Refusal,
    Remove,
    Replace,
    Restyle,
)
from ggedit.core.result import EditResult, Patch, StepOutcome
from ggedit.core.scene import Node, SceneGraph
from ggedit.core.turn import Stage, Tier
from ggedit.ports import Chosen, Cutout
from ggedit.stages.edit import edit
from tests.builders import CUP, EXTENT, LAMP, make_mask, make_picture, make_turn


class Everything(ScriptedEditor):
    """Repaints the whole picture, whatever it was asked: the stage must hold it back."""

    outcome = StepOutcome((Patch(0, 0, np.full((*EXTENT.shape, 3), 7, np.uint8), np.ones(EXTENT.shape, np.float32)),))

    def edit(self, job):
        self.jobs.append(job)
        yield self.outcome


def chosen(use) -> Chosen:
    return Chosen(use, "scripted@1", Tier.TEST, "test")


def run(*steps, editor=None, shelf=None, **plan) -> tuple[EditResult, list[EditProgress]]:
    turn = make_turn(until=Stage.RELATE, seed=5).write(Stage.PLAN, EditPlan(steps, **plan))
    work, events = edit(turn, chosen(editor or ScriptedEditor()), shelf or ScriptedShelf()), []
    while True:
        try:
            events.append(next(work))
        except StopIteration as end:
            return end.value, events


def differs(result: EditResult) -> np.ndarray:
    return (result.picture.pixels != make_picture().pixels).any(axis=2)


def reach(*boxes: Box, rim: int) -> np.ndarray:
    full = np.zeros(EXTENT.shape, bool)
    for box in boxes:
        x1, y1, x2, y2 = box.padded(rim).pixels(EXTENT)
        full[y1:y2, x1:x2] = True
    return full


@pytest.mark.parametrize(
    ("step", "allowed"),
    [
        pytest.param(Remove(node="cup-1", grow_px=3, feather_px=2), reach(CUP, rim=5), id="mask grown and feathered"),
        pytest.param(Move(node="cup-1", box=LAMP, grow_px=0, feather_px=1), reach(CUP, LAMP, rim=1), id="destination"),
        pytest.param(Insert(box=LAMP, label="x", grow_px=0, feather_px=0), reach(LAMP, rim=0), id="inserted box"),
        pytest.param(
            Background(look="blur", keep=("cup-1",), grow_px=0, feather_px=0), ~reach(CUP, rim=0), id="all but kept"
        ),
        pytest.param(Restyle(node=None, look="warmer"), np.ones(EXTENT.shape, bool), id="whole picture"),
    ],
)
def test_an_editor_cannot_change_more_than_its_step_allows(step, allowed):
    result, _ = run(step, editor=Everything())
    assert (differs(result) == (allowed & (make_picture().pixels != 7).any(axis=2))).all()
    assert (result.changed.full() >= differs(result)).all()
    assert not (result.changed.full() & ~allowed).any()


def test_a_reported_shadow_may_change_too():
    shadow = make_mask(Box(0, 26, 10, 30))
    editor = Everything()
    editor.outcome = replace(Everything.outcome, shadow=shadow)
    result, _ = run(Remove(node="cup-1", grow_px=0, feather_px=0), editor=editor)
    assert differs(result)[28, 5]
    assert result.reports[0].shadow is shadow


def test_alpha_and_metadata_survive():
    turn = make_turn(until=Stage.PLAN)
    picture = replace(make_picture(alpha=True), icc=b"icc", exif=b"exif")
    work = edit(replace(turn, picture=picture), chosen(ScriptedEditor()), ScriptedShelf())
    with pytest.raises(StopIteration) as end:
        while True:
            next(work)
    kept = end.value.value.picture
    assert (kept.icc, kept.exif) == (b"icc", b"exif")
    assert kept.alpha is not None and (kept.alpha == picture.alpha).all()


def test_steps_follow_each_other_on_one_picture_with_seeds_of_their_own():
    editor = ScriptedEditor()
    result, events = run(Restyle(node="cup-1", look="red"), Restyle(node="lamp-1", look="blue"), editor=editor)
    assert [j.seed for j in editor.jobs] == [r.seed for r in result.reports]
    assert editor.jobs[0].seed == 5 != editor.jobs[1].seed
    assert (editor.jobs[1].picture.pixels != editor.jobs[0].picture.pixels).any()
    assert [(e.step, e.steps) for e in events] == [(0, 2)] * 3 + [(1, 2)] * 3


def test_same_seed_same_bytes_and_another_seed_others():
    same = [run(Remove(node="cup-1"))[0].picture.digest for _ in range(2)]
    assert same[0] == same[1]
    turn = replace(make_turn(), seed=6)
    work = edit(turn, chosen(ScriptedEditor()), ScriptedShelf())
    with pytest.raises(StopIteration) as end:
        while True:
            next(work)
    assert end.value.value.picture.digest != same[0]


def test_others_are_protected_and_the_thing_itself_is_not():
    editor = ScriptedEditor()
    run(Remove(node="cup-1"), editor=editor)
    protect = editor.jobs[0].protect
    assert protect is not None and protect.same_as(make_mask(LAMP))
    editor = ScriptedEditor()
    run(Background(look="blur", keep=("cup-1", "lamp-1")), editor=editor)
    assert editor.jobs[0].mask is not None
    assert editor.jobs[0].mask.same_as(Mask.union([make_mask(CUP), make_mask(LAMP)], EXTENT))


def test_a_moved_thing_is_found_in_its_new_place_by_the_next_step():
    class Mover(ScriptedEditor):
        def edit(self, job):
            self.jobs.append(job)
            yield StepOutcome((), moved=make_mask(LAMP))

    editor = Mover()
    run(Move(node="cup-1", box=LAMP), Restyle(node="cup-1", look="red"), editor=editor)
    assert editor.jobs[1].mask is not None and editor.jobs[1].mask.same_as(make_mask(LAMP))


def test_a_copy_is_taken_from_the_picture_as_it_was_and_a_cut_out_from_the_shelf():
    shelf, editor = ScriptedShelf(), ScriptedEditor()
    shelf.put(Cutout("hat", make_picture(seed=9, alpha=True)))
    steps = (
        Remove(node="cup-1"),
        Insert(box=CUP, label="lamp", source=CopyOf("lamp-1")),
        Replace(node="lamp-1", label="hat", source=FromShelf("hat")),
    )
    run(*steps, editor=editor, shelf=shelf)
    copied, shelved = editor.jobs[1].source, editor.jobs[2].source
    assert copied is not None and copied.mask is not None and copied.mask.same_as(make_mask(LAMP))
    assert copied.picture.digest == make_picture().digest
    assert shelved is not None and shelved.name == "hat"


def test_a_missing_cut_out_is_one_sentence():
    with pytest.raises(BadInput, match="no cut-out called 'hat'"):
        run(Insert(box=CUP, label="hat", source=FromShelf("hat")))


@pytest.mark.parametrize(
    ("steps", "refusals", "words"),
    [
        pytest.param((), (), "no step to run", id="empty plan"),
        pytest.param((Remove(node="cup-1", enabled=False),), (), "no step to run", id="all switched off"),
        pytest.param((), (Refusal("tiger", "No tiger here.", ()),), "No tiger here", id="all refused"),
        pytest.param((Remove(node="dog-1"), Remove(node="cat-1")), (), "dog-1.*cat-1", id="all problems"),
    ],
)
def test_a_plan_that_cannot_run_is_rejected_before_any_work(steps, refusals, words):
    editor = ScriptedEditor()
    with pytest.raises(PlanRejected, match=words):
        run(*steps, editor=editor, refusals=refusals)
    assert editor.jobs == []


def test_an_editor_without_a_result_is_caught():
    class Silent(ScriptedEditor):
        def edit(self, job):
            yield EditProgress(1.0, "done")

    with pytest.raises(StageError, match="without a result"):
        run(Remove(node="cup-1"), editor=Silent())


def test_an_edit_that_changes_nothing_reports_no_change():
    class Idle(ScriptedEditor):
        def edit(self, job):
            yield StepOutcome(())

    result, _ = run(Remove(node="cup-1"), editor=Idle())
    assert result.changed.area == 0
    assert result.picture.digest == make_picture().digest


def test_a_copy_of_a_thing_that_was_moved_is_cut_where_it_stood():
    class Mover(ScriptedEditor):
        def edit(self, job):
            self.jobs.append(job)
            yield StepOutcome((), moved=make_mask(LAMP))

    editor = Mover()
    run(Move(node="cup-1", box=LAMP), Insert(box=CUP, label="cup", source=CopyOf("cup-1")), editor=editor)
    copied = editor.jobs[1].source
    assert copied is not None and copied.mask is not None and copied.mask.same_as(make_mask(CUP))


def test_things_that_stand_clear_are_told_apart_from_those_that_touch():
    near, far = make_mask(Box(17, 9, 20, 24)), make_mask(Box(30, 6, 36, 21))
    turn = make_turn(until=Stage.SELECT)
    turn = turn.write(Stage.SEGMENT, Masks.build({"cup-1": make_mask(CUP), "plate-1": near, "lamp-1": far}))
    boxes = (("cup-1", CUP), ("plate-1", near.box), ("lamp-1", far.box))
    turn = turn.write(Stage.RELATE, SceneGraph(tuple(Node(i, i, b) for i, b in boxes)))
    editor = ScriptedEditor()
    list(edit(turn.write(Stage.PLAN, EditPlan((Remove(node="cup-1"),))), chosen(editor), ScriptedShelf()))
    job = editor.jobs[0]
    assert job.apart is not None and job.apart.same_as(far)
    assert job.protect is not None and job.protect.same_as(Mask.union([near, far], EXTENT))
