from dataclasses import replace

import numpy as np
import pytest

from ggedit.core.amend import apply, clicks, mended, reapply
from ggedit.core.corrections import (
    AddBox,
    AddNode,
    AddStep,
    ChooseCandidates,
    ClickPoint,
    DropBox,
    DropNode,
    DropStep,
    EditEdge,
    EditNode,
    EditStepChange,
    EditText,
    ImportMask,
    MoveBox,
    PaintMask,
    PickMask,
    RenameBox,
    ReorderSteps,
    Reseed,
    StepRef,
    TeachNode,
)
from ggedit.core.detections import Source
from ggedit.core.errors import BadInput
from ggedit.core.geometry import Box, Extent
from ggedit.core.masks import Mask, Masks
from ggedit.core.plan import EditPlan, Remove, Restyle
from ggedit.core.scene import Edge, Node
from ggedit.core.turn import Stage
from tests.builders import CUP, EXTENT, LAMP, make_detections, make_mask, make_turn

FULL = make_turn(until=Stage.EDIT)
BRUSH = make_mask(Box(0, 0, 5, 5))
REMOVE_CUP = StepRef(0, "remove", "cup-1")


@pytest.mark.parametrize(
    ("correction", "stage"),
    [
        (AddBox("hat", Box(1, 1, 5, 5)), Stage.DETECT),
        (MoveBox("cup-1", LAMP), Stage.DETECT),
        (DropBox("lamp-1"), Stage.DETECT),
        (RenameBox("cup-1", "mug"), Stage.DETECT),
        (ChooseCandidates(0, ("lamp-1",)), Stage.SELECT),
        (PaintMask("cup-1", BRUSH), Stage.SEGMENT),
        (ImportMask("cup-1", BRUSH), Stage.SEGMENT),
        (EditNode("cup-1", "mug", ("red",)), Stage.RELATE),
        (TeachNode("cup-1", "3f2a/<cup-1>"), Stage.RELATE),
        (AddNode(Node("sky-1", "sky", Box(0, 0, 9, 9))), Stage.RELATE),
        (DropNode("lamp-1"), Stage.RELATE),
        (EditEdge(Edge("cup-1", "on", "lamp-1")), Stage.RELATE),
        (EditStepChange(REMOVE_CUP, Restyle(node="cup-1", look="blue")), Stage.PLAN),
        (DropStep(REMOVE_CUP), Stage.PLAN),
        (AddStep(Remove(node="lamp-1")), Stage.PLAN),
        (ReorderSteps((0,)), Stage.PLAN),
    ],
    ids=lambda v: type(v).__name__ if not isinstance(v, Stage) else v.value,
)
def test_a_correction_replaces_its_cell_and_empties_those_to_its_right(correction, stage):
    changed = apply(FULL, correction)
    for other in Stage:
        if other.rank < stage.rank:
            assert changed.cell(other) is FULL.cell(other)
        elif other.rank > stage.rank:
            assert changed.cell(other) is None
    assert changed.cell(stage) is not None and changed.cell(stage) is not FULL.cell(stage)
    assert len(changed.corrections) == 1


def test_a_click_asks_for_a_new_mask():
    changed = apply(FULL, ClickPoint("cup-1", 5, 10))
    assert changed.masks is None and changed.selection is FULL.selection
    assert clicks(changed.corrections, "cup-1") == (ClickPoint("cup-1", 5, 10),)


def test_other_text_keeps_what_was_said_about_the_picture():
    turn = apply(apply(FULL, PaintMask("cup-1", BRUSH)), EditText("make the cup blue"))
    assert turn.ask.text == "make the cup blue"
    assert turn.instruction is None
    assert [type(c) for c in turn.corrections] == [PaintMask, EditText]
    turn = apply(apply(FULL, ChooseCandidates(0, ("lamp-1",))), EditText("make the cup blue"))
    assert [type(c) for c in turn.corrections] == [EditText]


def test_reseed_empties_the_result_only():
    changed = apply(FULL, Reseed(7, 1))
    assert (changed.seed, changed.variant, changed.result) == (7, 1, None)
    assert changed.plan is FULL.plan


@pytest.mark.parametrize(
    ("correction", "words"),
    [
        (MoveBox("dog-1", CUP), "no box"),
        (MoveBox("cup-1", Box(100, 100, 120, 120)), "outside"),
        (AddBox("", CUP), "name"),
        (RenameBox("cup-1", "x" * 99), "name"),
        (ChooseCandidates(0, ("dog-1",)), "no candidate"),
        (ChooseCandidates(0, ()), "at least one"),
        (ClickPoint("dog-1", 1, 1), "no mask"),
        (ClickPoint("cup-1", 400, 1), "outside"),
        (PickMask("cup-1", 0), "candidate"),
        (PaintMask("cup-1", Mask.of_box(Box(0, 0, 2, 2), Extent(9, 9))), "size"),
        (PaintMask("cup-1", make_mask(Box.whole(EXTENT)), include=False), "erase the whole mask"),
        (ImportMask("cup-1", Mask.of(np.zeros(EXTENT.shape, bool))), "empty"),
        (EditNode("dog-1", "cat"), "no object"),
        (TeachNode("dog-1", "3f2a/<dog-1>"), "no object"),
        (AddNode(Node("cup-1", "cup", CUP)), "already"),
        (EditEdge(Edge("cup-1", "on", "cup-1")), "two different"),
        (DropStep(StepRef(4, "remove", "cup-1")), "no step 5"),
        (DropStep(StepRef(0, "move", "cup-1")), "no longer a move"),
        (ReorderSteps((0, 0)), "once"),
        (EditText(" "), "Say what"),
    ],
    ids=lambda v: type(v).__name__ if not isinstance(v, str) else v.split()[0],
)
def test_an_impossible_correction_is_one_sentence(correction, words):
    with pytest.raises(BadInput, match=words):
        apply(FULL, correction)


def test_a_correction_before_its_stage_ran_is_refused():
    with pytest.raises(BadInput, match="let the detect stage run first"):
        apply(make_turn(until=Stage.PARSE), MoveBox("cup-1", CUP))


def test_a_drawn_box_gets_an_id_no_detector_gives_and_counts_as_certain():
    turn = apply(FULL, AddBox("red cup", Box(1, 1, 5, 5)))
    turn = apply(turn, AddBox("cup", Box(2, 2, 5, 5)))
    assert turn.detections is not None
    assert turn.detections.ids == ("cup-1", "lamp-1", "cup-u1", "cup-u2")
    assert turn.detections.source[-1] is Source.USER and turn.detections.score[-1] == 1


def test_effort_survives_a_new_detection_where_its_id_still_exists():
    turn = apply(apply(FULL, MoveBox("cup-1", LAMP)), AddBox("hat", Box(1, 1, 5, 5)))
    again, dropped = reapply(Stage.DETECT, make_detections(), turn.corrections)
    assert not dropped
    assert again.box("cup-1") == LAMP
    assert "hat-u1" in again.ids
    lost, dropped = reapply(Stage.DETECT, make_detections().take([1]), turn.corrections)
    assert [type(c) for c, _ in dropped] == [MoveBox]
    assert "no box called 'cup-1'" in dropped[0][1]
    assert "hat-u1" in lost.ids


def test_paint_goes_onto_the_new_mask_after_the_box_moved():
    painted = apply(FULL, PaintMask("cup-1", BRUSH))
    moved = apply(painted, MoveBox("cup-1", LAMP))
    fresh = Masks.build({"cup-1": make_mask(LAMP)})
    value, dropped = reapply(Stage.SEGMENT, fresh, moved.corrections)
    assert not dropped
    assert value["cup-1"].area == make_mask(LAMP).area + BRUSH.area


def test_an_imported_mask_makes_earlier_clicks_and_paint_void():
    corrections = (ClickPoint("cup-1", 5, 10), PaintMask("cup-1", BRUSH), ImportMask("cup-1", make_mask(LAMP)))
    value, _ = reapply(Stage.SEGMENT, Masks.build({"cup-1": make_mask(CUP)}), corrections)
    assert value["cup-1"].same_as(make_mask(LAMP))
    assert clicks(corrections, "cup-1") == ()
    later = ClickPoint("cup-1", 6, 11)
    assert clicks((*corrections, later), "cup-1") == (later,)


def test_a_click_takes_over_the_mask_that_was_imported_or_picked_before_it():
    click, imported, picked = ClickPoint("cup-1", 6, 11), ImportMask("cup-1", make_mask(LAMP)), PickMask("cup-1", 0)
    early = ClickPoint("cup-1", 1, 2)
    assert mended((early, imported, click), "cup-1") == (imported, (click,))
    assert mended((early, picked, click), "cup-1") == (picked, (click,))
    assert mended((early, click, imported), "cup-1") == (None, (early, click))
    assert mended((imported, click), "lamp-1") == (None, ())
    masks = Masks(("cup-1",), (make_mask(CUP),), np.ones(1, np.float32), ((make_mask(LAMP),),))
    for before in (imported, picked):
        value, dropped = reapply(Stage.SEGMENT, masks, (before, click))
        assert value["cup-1"].same_as(make_mask(CUP)) and not dropped


def test_picking_another_candidate_swaps_the_two():
    masks = Masks(("cup-1",), (make_mask(CUP),), np.ones(1, np.float32), ((make_mask(LAMP),),))
    turn = FULL.write(Stage.SEGMENT, masks)
    picked = apply(turn, PickMask("cup-1", 0))
    assert picked.masks is not None
    assert picked.masks["cup-1"].same_as(make_mask(LAMP))
    assert picked.masks.alternatives[0][0].same_as(make_mask(CUP))


def test_plan_changes_are_brought_back_only_onto_the_same_step():
    change = EditStepChange(REMOVE_CUP, replace(Remove(node="cup-1"), feather_px=9))
    same, dropped = reapply(Stage.PLAN, EditPlan((Remove(node="cup-1"),)), (change,))
    assert same.steps[0].feather_px == 9 and not dropped
    other, dropped = reapply(Stage.PLAN, EditPlan((Remove(node="lamp-1"),)), (change,))
    assert other.steps == (Remove(node="lamp-1"),)
    assert "no longer" in dropped[0][1]
