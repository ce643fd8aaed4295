"""parse, segment, relate and plan: each a few lines around a port."""

from dataclasses import replace

import numpy as np
import pytest

from ggedit.backends.scripted import (
    ScriptedDescriber,
    ScriptedDetector,
    ScriptedEditor,
    ScriptedParser,
    ScriptedPlanner,
    ScriptedSegmenter,
    ScriptedSizePredictor,
)
from ggedit.core.corrections import ClickPoint, ImportMask, PickMask
from ggedit.core.detections import Source
from ggedit.core.errors import StageError
from ggedit.core.geometry import Box, Extent
from ggedit.core.language import Clause, Context, EditVerb, Instruction, KnownThing
from ggedit.core.masks import Mask
from ggedit.core.plan import EditPlan, Remove, Restyle
from ggedit.core.scene import NodeStatus, RemoveNode, SceneGraph
from ggedit.core.selection import Choice, Doubt, Selection
from ggedit.core.turn import Ask, Turn
from ggedit.ports import MaskCandidate, Point
from ggedit.stages.parse import parse, with_foreground
from ggedit.stages.plan import plan
from ggedit.stages.relate import relate
from ggedit.stages.segment import hand_over, segment
from tests.builders import EXTENT, make_detections, make_picture, make_turn


def test_the_parser_hears_what_stands_in_the_picture():
    parser = ScriptedParser()
    parse(make_turn(until=None), parser, ScriptedDetector())
    assert [t.label for t in parser.asked[0][1].scene] == ["cup", "lamp"]


def test_a_carried_scene_is_used_instead_of_looking_again():
    parser, carried = ScriptedParser(), Context(scene=(KnownThing("dog"),))
    turn = Turn(id="t", picture=make_picture(), ask=Ask("remove it"), context=carried)
    parse(turn, parser, ScriptedDetector())
    assert parser.asked[0][1] is carried


def test_graph_edits_need_no_reading():
    parser = ScriptedParser()
    turn = Turn(id="t", picture=make_picture(), ask=Ask(graph_edits=(RemoveNode("cup-1"),)))
    assert parse(turn, parser, ScriptedDetector()).clauses == ()
    assert parser.asked == []


KEPT = Selection((Choice("lamp-1", True, "", 1.0), Choice("cup-1", False, "", 0.2)))


def test_only_kept_things_are_cut_out_with_their_clicks_and_alternatives():
    segmenter = ScriptedSegmenter()
    clicked = (ClickPoint("lamp-1", 30, 10), ClickPoint("cup-1", 5, 10))
    masks = segment(make_picture(), make_detections(), KEPT, corrections=clicked, segmenter=segmenter)
    assert masks.ids == KEPT.kept_ids
    assert segmenter.asked[0].points == (Point(30, 10),)
    assert len(masks.alternatives[0]) == 1


@pytest.mark.parametrize(
    "answer",
    [
        (),
        (MaskCandidate(Mask.of(np.zeros(EXTENT.shape, bool)), 1.0),),
        (MaskCandidate(Mask.of(np.ones((3, 3), bool)), 1.0),),
    ],
    ids=["nothing", "empty", "other size"],
)
def test_a_segmenter_that_breaks_its_promise_is_caught(answer):
    class Broken:
        def segment(self, picture, prompt):
            return answer

    with pytest.raises(StageError, match="no usable mask"):
        segment(make_picture(), make_detections(), KEPT, corrections=(), segmenter=Broken())


def test_what_was_not_found_keeps_its_place_in_the_graph():
    turn = make_turn()
    assert turn.masks is not None
    lost = Selection(KEPT.choices, (Doubt(0, "hat", (), "Where is the hat?"),))
    scene = relate(turn.picture, make_detections(), lost, masks=turn.masks, describer=ScriptedDescriber())
    assert {n.id: n.status for n in scene.nodes}["hat-1"] is NodeStatus.NOT_FOUND


def test_a_describer_with_other_objects_is_caught():
    class Broken:
        def describe(self, picture, detections, masks):
            return SceneGraph()

    turn = make_turn()
    assert turn.masks is not None
    with pytest.raises(StageError, match="not those"):
        relate(turn.picture, make_detections(), KEPT, masks=turn.masks, describer=Broken())


def test_steps_the_editor_refuses_become_refusals_and_the_rest_stays():
    made = EditPlan((Remove(node="cup-1"), Restyle(node="lamp-1", look="wooden")))
    planner = ScriptedPlanner(make=lambda _: made)
    got = plan(make_turn(), planner, ScriptedEditor(refused=[Restyle]), sizer=ScriptedSizePredictor(), shelf=("hat",))
    assert got.steps == (made.steps[0],)
    assert "does not do this" in got.refusals[0].sentence
    assert planner.asked[0].shelf == ("hat",)


def test_a_planner_that_names_unknown_things_is_caught():
    planner = ScriptedPlanner(make=lambda _: EditPlan((Remove(node="dog-7"),)))
    with pytest.raises(StageError, match="dog-7"):
        plan(make_turn(), planner, ScriptedEditor(), sizer=ScriptedSizePredictor(), shelf=())


def test_extent_is_never_mixed_up():
    assert make_picture(Extent(7, 3)).pixels.shape == (3, 7, 3)


@pytest.mark.parametrize(
    ("context", "kept"),
    [
        pytest.param(Context(scene=(KnownThing("dog"),)), None, id="the scene is known"),
        pytest.param(Context(), "object", id="nothing is known"),
        pytest.param(
            Context(scene=(KnownThing("orange flower"),), mentions=(KnownThing("flower"),)),
            "flower",
            id="spoken of last",
        ),
        pytest.param(
            Context(scene=(KnownThing("dog"),), mentions=(KnownThing("cat"),)), None, id="what was spoken of is gone"
        ),
    ],
)
def test_a_background_edit_keeps_what_stands_in_front(context, kept):
    read = Instruction("blur the background", (Clause(EditVerb.BACKGROUND, payload="blur"),))
    (clause,) = with_foreground(read, context).clauses
    assert (clause.target.head if clause.target else None) == kept


def test_only_a_drawn_box_is_exact():
    segmenter, table = ScriptedSegmenter(), make_detections()
    drawn = replace(table, source=(Source.MODEL, Source.USER))
    segment(make_picture(), drawn, KEPT, corrections=(), segmenter=segmenter)
    segment(make_picture(), table, KEPT, corrections=(), segmenter=segmenter)
    assert [prompt.exact for prompt in segmenter.asked] == [True, False]


BOXED = Mask.of_box(Box(0, 0, 20, 30), EXTENT)


@pytest.mark.parametrize(
    ("found", "click", "area"),
    [
        (Box(10, 0, 30, 30), ClickPoint("a", 25, 10), 30 * 30),
        (Box(10, 0, 30, 30), ClickPoint("a", 5, 10, False), 10 * 30),
        (Box(10, 0, 30, 30), ClickPoint("a", 15, 10), 20 * 30),
        (Box(30, 0, 40, 30), ClickPoint("a", 5, 10, False), 20 * 30),
    ],
    ids=["gives a piece", "takes a piece", "nothing to give", "never empty"],
)
def test_a_click_hands_over_the_piece_on_which_two_masks_differ(found, click, area):
    assert hand_over(BOXED, Mask.of_box(found, EXTENT), (click,)).area == area


@pytest.mark.parametrize("given", [ImportMask("lamp-1", BOXED), PickMask("lamp-1", 0)], ids=["imported", "picked"])
def test_a_click_starts_from_the_mask_that_was_given(given):
    far = ClickPoint("lamp-1", 39, 1, False)
    once = segment(make_picture(), make_detections(), KEPT, corrections=(), segmenter=ScriptedSegmenter())
    again = segment(make_picture(), make_detections(), KEPT, corrections=(given, far), segmenter=ScriptedSegmenter())
    expected = BOXED if isinstance(given, ImportMask) else once.alternatives[0][0]
    assert again["lamp-1"].same_as(expected)
