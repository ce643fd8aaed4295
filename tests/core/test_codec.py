import json
from typing import get_args

import numpy as np
import pytest

from ggedit.core import corrections as c
from ggedit.core.codec import FORMAT_VERSION, from_json, mask_blob, read_mask, to_json
from ggedit.core.errors import BadInput
from ggedit.core.geometry import Box, Extent
from ggedit.core.language import Clause, Count, CountKind, EditVerb, Instruction, Referent, Relation, Span, SpatialTest
from ggedit.core.masks import Mask, Masks
from ggedit.core.options import EditOptions
from ggedit.core.picture import Picture
from ggedit.core.plan import CopyOf, EditPlan, EditStep, FromShelf, Insert, Refusal, Replace
from ggedit.core.result import EditResult, StepReport
from ggedit.core.scene import Edge, EdgeKind, InsertNode, Node, RemoveNode, SceneGraph
from ggedit.core.turn import Ask, History, Stage, StageRecord, Tier, Turn
from tests.builders import CUP, EXTENT, make_detections, make_mask, make_picture, make_turn
from tests.core.test_plan import GOOD

CORRECTIONS: tuple[c.Correction, ...] = (
    c.EditText("remove the lamp"),
    c.AddBox("hat", Box(1, 1.25, 5, 5), "hat-u1"),
    c.MoveBox("cup-1", CUP),
    c.DropBox("lamp-1"),
    c.RenameBox("cup-1", "mug"),
    c.ChooseCandidates(0, ("cup-1", "lamp-1")),
    c.ClickPoint("cup-1", 3.5, 4, positive=False),
    c.PickMask("cup-1", 1),
    c.PaintMask("cup-1", make_mask(CUP), include=False),
    c.ImportMask("cup-1", make_mask(CUP)),
    c.AddNode(Node("hat-1", "hat", CUP)),
    c.EditNode("cup-1", "mug", ("red",)),
    c.TeachNode("cup-1", "3f2a/<cup-1>"),
    c.DropNode("lamp-1"),
    c.EditEdge(Edge("cup-1", "holding", "lamp-1", EdgeKind.INTERACTION)),
    c.EditStepChange(c.StepRef(0, "insert"), Insert(box=CUP, label="hat", source=FromShelf("hat"))),
    c.DropStep(c.StepRef(1, "remove", "cup-1")),
    c.AddStep(Replace(node="cup-1", label="hat", source=CopyOf("lamp-1"))),
    c.ReorderSteps((1, 0)),
    c.Reseed(9, 2),
    c.Tune(EditOptions(steps=20, guidance=6.5, safety=False, scheduler="ddim")),
)


def round_trip(value):
    document, blobs = to_json(value)
    again = from_json(type(value), json.loads(json.dumps(document)), blobs)
    assert to_json(again)[0] == document
    return again


def rich_instruction() -> Instruction:
    shelf = Referent("shelf", "shelf", ordinal=2)
    plate = Referent("plate", "plate", tests=(SpatialTest(Relation.ON, (shelf,)),))
    cups = Referent(
        "red cup", "cup", ("red",), Count(CountKind.EXACTLY, 2), None,
        (SpatialTest(Relation.LEFT_OF, (plate,)), SpatialTest(Relation.BELOW)), Span(4, 9), "them",
    )  # fmt: skip
    clause = Clause(EditVerb.MOVE, cups, SpatialTest(Relation.BETWEEN, (plate, shelf)), None, "move the cups")
    return Instruction("...", (clause, Clause(EditVerb.BACKGROUND, payload="blur")), "note", ("Which?",))


@pytest.mark.parametrize("step", GOOD, ids=lambda s: type(s).__name__)
def test_every_step_survives(step):
    assert round_trip(EditPlan((step,))).steps == (step,)


def test_the_step_and_correction_tables_are_complete():
    assert {type(s) for s in GOOD} == set(get_args(EditStep))
    assert {type(x) for x in CORRECTIONS} == set(get_args(c.Correction))


def test_instruction_scene_and_refusal_survive():
    assert round_trip(rich_instruction()) == rich_instruction()
    scene = SceneGraph((Node("a", "cup", CUP, ("red",)), Node("b", "cup", CUP)), (Edge("a", "on", "b"),), "wall")
    assert round_trip(scene) == scene
    plan = EditPlan((), "why", "rules", (Refusal("tiger", "No tiger.", ("remove the dog",)),))
    assert round_trip(plan) == plan


def test_a_whole_turn_survives_pixel_for_pixel():
    picture = Picture(make_picture().pixels, make_picture(alpha=True).alpha, b"icc", b"exif")
    turn = make_turn(until=Stage.PLAN)
    report = StepReport(0, "remove", "x@1", "test", 3, 0.5, 7, make_mask(CUP), None, ("careful",))
    turn = turn.write(Stage.EDIT, EditResult(picture, make_mask(CUP), (report,)))
    turn = turn.recorded(StageRecord(Stage.EDIT, "x@1", Tier.FULL, "why", 1.5, 3, ("n",)))
    values = {f: getattr(turn, f) for f in turn.__dataclass_fields__} | {"corrections": CORRECTIONS}
    again = round_trip(Turn(**values))
    assert again.result.picture.digest == picture.digest
    assert (again.result.picture.icc, again.result.picture.exif) == (b"icc", b"exif")
    assert again.result.changed.same_as(make_mask(CUP))
    assert again.records == turn.records
    assert again.corrections[:7] == CORRECTIONS[:7]
    assert np.array_equal(again.detections.xyxy, make_detections().xyxy)


def test_equal_pictures_are_kept_once_and_become_one_object():
    turn = make_turn(until=Stage.EDIT)
    document, blobs = to_json(turn)
    assert sum(name.startswith(turn.picture.digest[:40]) for name in blobs) == 1
    again = from_json(Turn, document, blobs)
    assert again.result is not None and again.result.picture is again.picture


def test_graph_asks_and_history_survive():
    ask = Ask(graph_edits=(RemoveNode("a"), InsertNode("hat", "on", "a")))
    turn = Turn(id="t", picture=make_picture(), ask=ask)
    assert round_trip(turn).ask == ask
    history = History(make_picture()).accepted(make_turn(until=Stage.EDIT))
    again = round_trip(history)
    assert again.cursor == "turn-1" and again.picture.digest == history.picture.digest


@pytest.mark.parametrize(
    ("document", "words"),
    [
        pytest.param([], "format", id="not an object"),
        pytest.param({"value": {}}, "format", id="no version"),
        pytest.param({"format": FORMAT_VERSION + 1, "value": {}}, "update ggedit", id="from the future"),
        pytest.param({"format": 1, "value": {"ids": 3}}, "does not hold", id="wrong fields"),
        pytest.param({"format": 1, "value": None}, "does not hold", id="nothing"),
    ],
)
def test_foreign_documents_are_refused_in_words(document, words):
    with pytest.raises(BadInput, match=words):
        from_json(Masks, document, {})


def test_a_missing_blob_is_named():
    document, _ = to_json(Masks.build({"a": make_mask(CUP)}))
    with pytest.raises(BadInput, match="missing"):
        from_json(Masks, document, {})


def test_mask_files_may_be_grey_or_transparent():
    import io

    from PIL import Image

    mask = make_mask(CUP)
    assert read_mask(mask_blob(mask)[1]).same_as(mask)
    rgba = np.zeros((*EXTENT.shape, 4), np.uint8)
    rgba[..., 3] = mask.full() * 255
    buffer = io.BytesIO()
    Image.fromarray(rgba).save(buffer, "PNG")
    assert read_mask(buffer.getvalue()).same_as(mask)
    with pytest.raises(BadInput, match="not a picture"):
        read_mask(b"nonsense")
    assert Mask.of(np.ones((2, 2))).extent == Extent(2, 2)
