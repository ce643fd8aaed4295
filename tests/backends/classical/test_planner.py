from __future__ import annotations

import numpy as np
import pytest

from ggedit.backends.classical.planner import RulesPlanner
from ggedit.backends.classical.size import LearnedSizePredictor
from ggedit.config import Settings
from ggedit.core.detections import Detections, Source
from ggedit.core.geometry import Box, Extent
from ggedit.core.language import Clause, EditVerb, Instruction, Referent, Relation, SpatialTest
from ggedit.core.masks import Mask, Masks
from ggedit.core.picture import Picture
from ggedit.core.plan import (
    Background,
    CopyOf,
    Duplicate,
    EditPlan,
    Flip,
    FlipAxis,
    FromShelf,
    Insert,
    Move,
    Remove,
    Replace,
    Resize,
    Restyle,
    check,
)
from ggedit.core.scene import (
    GraphEdit,
    InsertNode,
    Node,
    NodeKind,
    NodeStatus,
    RelateNode,
    RemoveNode,
    ReplaceNode,
    RestyleNode,
    SceneGraph,
)
from ggedit.core.selection import Choice, Role, Selection
from ggedit.ports import PlanRequest

EXTENT = Extent(640, 480)
DOG = Box(60, 250, 210, 420)
CAR = Box(330, 200, 600, 400)
FLOWER = Box(250, 340, 300, 430)
SCENE = SceneGraph(
    (
        Node("dog-1", "dog", DOG, kind=NodeKind.ANIMATE),
        Node("car-1", "car", CAR, attributes=("red",)),
        Node("flower-1", "flower", FLOWER, attributes=("orange",)),
        Node("hat-1", "hat", status=NodeStatus.NOT_FOUND),
    )
)
IDS = ("dog-1", "car-1", "flower-1")

SIZER = LearnedSizePredictor(Settings())


def ref(phrase: str) -> Referent:
    return Referent(phrase, phrase.split()[-1])


def at(relation: Relation, *anchors: str) -> SpatialTest:
    return SpatialTest(relation, tuple(ref(a) for a in anchors))


def ask(
    *clauses: Clause,
    picks: dict[int, tuple[str, ...]] | None = None,
    edits: tuple[GraphEdit, ...] = (),
    shelf: tuple[str, ...] = (),
    text: str = "",
    sources: tuple[Source, ...] = (Source.MODEL, Source.MODEL, Source.MODEL),
) -> EditPlan:
    """The plan for clauses whose targets are found by their head noun (or as in ``picks``)."""
    by_label = {"dog": "dog-1", "car": "car-1", "flower": "flower-1"}
    choices = [Choice(i, True, "seen", 0.9) for i in IDS]
    for index, clause in enumerate(clauses):
        named = (picks or {}).get(index, ())
        target = [by_label[clause.target.head]] if clause.target and clause.target.head in by_label else []
        choices += [Choice(i, True, "", 1, Role.TARGET, index) for i in named or target]
        tests = [clause.place, *clause.place_also] if clause.place else []
        for anchor in (anchor for test in tests for anchor in test.anchors):
            if anchor.head in by_label:
                choices.append(Choice(by_label[anchor.head], True, "", 1, Role.ANCHOR, index, anchor.phrase))
    boxes = [DOG, CAR, FLOWER]
    request = PlanRequest(
        picture=Picture(np.zeros((480, 640, 3), np.uint8)),
        instruction=Instruction(text, clauses),
        graph_edits=edits,
        detections=Detections(
            IDS,
            np.array([b.xyxy for b in boxes], np.float32),
            np.full(3, 0.8, np.float32),
            ("dog", "car", "flower"),
            sources,
            EXTENT,
        ),
        selection=Selection(tuple(choices)),
        masks=Masks.build({i: Mask.of_box(b, EXTENT) for i, b in zip(IDS, boxes, strict=True)}),
        scene=SCENE,
        sizer=SIZER,
        shelf=shelf,
    )
    plan = RulesPlanner(Settings()).plan(request)
    assert check(plan, SCENE, EXTENT) == ()
    assert plan.author == "rules" and plan.why
    assert all(step.reason.endswith(".") for step in plan.steps)
    return plan


def single(plan: EditPlan):
    assert not plan.refusals and len(plan.steps) == 1
    return plan.steps[0]


def test_remove_names_the_thing_that_must_not_come_back():
    step = single(ask(Clause(EditVerb.REMOVE, ref("dog"), direct="remove the dog")))
    assert isinstance(step, Remove) and step.node == "dog-1" and step.negative == "dog"


def test_each_target_gets_its_own_step():
    plan = ask(Clause(EditVerb.REMOVE, ref("things")), picks={0: ("dog-1", "car-1")})
    assert [s.node for s in plan.steps if isinstance(s, Remove)] == ["dog-1", "car-1"]


@pytest.mark.parametrize("target, node", [(ref("dog"), "dog-1"), (None, None)], ids=["thing", "whole picture"])
def test_restyle_keeps_the_look_in_words(target: Referent | None, node: str | None):
    step = single(ask(Clause(EditVerb.RESTYLE, target, payload="blue", direct="make it blue")))
    assert isinstance(step, Restyle) and (step.node, step.look, step.prompt) == (node, "blue", "make it blue")


@pytest.mark.parametrize(
    "payload, shelf, source",
    [
        ("a car", (), CopyOf("car-1")),
        ("a blue car", (), None),
        ("red car", (), CopyOf("car-1")),
        ("two tigers", (), None),
        ("a tiger", ("my tiger", "tea cup"), FromShelf("my tiger")),
        ("a dog", (), None),
    ],
    ids=["in picture", "wrong colour", "right colour", "nowhere", "shelf", "itself"],
)
def test_replacement_takes_pixels_from_the_picture_or_the_shelf(payload: str, shelf: tuple[str, ...], source: object):
    clause = Clause(EditVerb.REPLACE, ref("dog"), payload=payload, direct=f"replace the dog with {payload}")
    step = single(ask(clause, shelf=shelf))
    assert isinstance(step, Replace) and step.source == source and step.prompt == clause.direct


def test_another_flower_is_a_copy_of_the_same_size_beside_it():
    clause = Clause(
        EditVerb.INSERT, place=at(Relation.LEFT_OF, "flower"), payload="another flower", direct="add a flower"
    )
    step = single(ask(clause))
    assert isinstance(step, Insert) and step.source == CopyOf("flower-1") and step.label == "flower"
    assert step.box.x2 <= FLOWER.x1 + 1 and abs(step.box.y2 - FLOWER.y2) < 2
    assert 0.5 < step.box.height / FLOWER.height <= 1.01
    assert step.box.width / step.box.height == pytest.approx(FLOWER.width / FLOWER.height, rel=0.02)


def test_a_new_thing_is_sized_beside_its_anchor():
    cat = single(ask(Clause(EditVerb.INSERT, place=at(Relation.RIGHT_OF, "dog"), payload="a mouse")))
    assert isinstance(cat, Insert) and cat.source is None
    assert cat.box.area < DOG.area / 4 and cat.box.x1 >= DOG.x2


def test_three_birds_do_not_cover_each_other():
    plan = ask(
        Clause(EditVerb.INSERT, place=at(Relation.ABOVE, "car"), payload="three birds", direct="add three birds")
    )
    boxes = [s.box for s in plan.steps if isinstance(s, Insert)]
    assert len(boxes) == 3 and all(s.label == "bird" for s in plan.steps if isinstance(s, Insert))
    assert all(a.iou(b) < 0.1 for i, a in enumerate(boxes) for b in boxes[:i])
    assert all(b.y2 <= CAR.y1 + 1 for b in boxes)


def test_insert_without_a_place_is_free():
    step = single(ask(Clause(EditVerb.INSERT, payload="a cat")))
    assert isinstance(step, Insert)
    assert max(step.box.iou(b) for b in (DOG, CAR, FLOWER)) < 0.05


@pytest.mark.parametrize("relation, sign", [(Relation.RIGHT_OF, 1), (Relation.LEFT_OF, -1)], ids=["right", "left"])
def test_move_without_anchor_goes_a_clear_way_inside_the_picture(relation: Relation, sign: int):
    step = single(ask(Clause(EditVerb.MOVE, ref("dog"), at(relation))))
    assert isinstance(step, Move)
    assert sign * (step.box.x1 - DOG.x1) > 20 and step.box.x1 >= 0 and step.box.x2 <= 640
    assert (step.box.width, step.box.y2) == (DOG.width, DOG.y2)


def test_move_beside_an_anchor_stands_on_its_ground_line():
    step = single(ask(Clause(EditVerb.RELATE, ref("flower"), at(Relation.LEFT_OF, "dog"))))
    assert isinstance(step, Move)
    assert step.box.x2 <= DOG.x1 + 1 and step.box.y2 == pytest.approx(DOG.y2, abs=1)


def test_two_things_that_act_on_each_other_are_drawn_anew_together():
    held = single(ask(Clause(EditVerb.RELATE, ref("dog"), at(Relation.WITH, "flower"), direct="make the dog hold it")))
    assert isinstance(held, Move)
    assert (held.node, held.together) == ("flower-1", ("dog-1",))
    assert held.box.intersection(DOG) > 0.9 * held.box.area
    ridden = single(
        ask(Clause(EditVerb.RELATE, ref("dog"), at(Relation.ON, "car"), direct="make the dog drive the car"))
    )
    assert isinstance(ridden, Move)
    assert (ridden.node, ridden.together) == ("dog-1", ("car-1",))


def test_sitting_on_a_thing_is_a_move():
    step = single(
        ask(Clause(EditVerb.RELATE, ref("dog"), at(Relation.ON, "car"), direct="make the dog sit on the car"))
    )
    assert isinstance(step, Move) and step.together == ()


@pytest.mark.parametrize(
    "words, factor",
    [("by a factor of 2", 2), ("bigger by 1.5", 1.5), ("smaller by a factor of 2", 0.5),
     ("bigger", 1.3), ("smaller", 0.75), ("twice as large", 2), ("half the size", 0.5), ("20% smaller", 0.8),
     ("by 50 percent", 1.5), ("to 50%", 0.5), ("3x larger", 3), ("much bigger", 1.7), ("a bit smaller", 0.87)],
)  # fmt: skip
def test_resize(words: str, factor: float):
    step = single(ask(Clause(EditVerb.RESIZE, ref("dog"), payload=words)))
    assert isinstance(step, Resize) and step.factor == pytest.approx(factor)


@pytest.mark.parametrize("words, axis", [("", FlipAxis.HORIZONTAL), ("upside down", FlipAxis.VERTICAL)])
def test_flip(words: str, axis: FlipAxis):
    step = single(ask(Clause(EditVerb.FLIP, ref("dog"), payload=words)))
    assert isinstance(step, Flip) and step.axis is axis


def test_duplicate_stands_beside_the_original():
    step = single(ask(Clause(EditVerb.DUPLICATE, ref("flower"))))
    assert isinstance(step, Duplicate) and step.box.iou(FLOWER) == 0
    assert (step.box.width, step.box.height) == pytest.approx((FLOWER.width, FLOWER.height))


def test_background_keeps_what_was_really_seen():
    step = single(ask(Clause(EditVerb.BACKGROUND, payload="blur"), sources=(Source.MODEL, Source.USER, Source.GUESS)))
    assert isinstance(step, Background) and step.keep == ("dog-1", "car-1") and step.look == "blur"


def test_blur_without_a_sure_foreground_asks_for_a_click():
    plan = ask(Clause(EditVerb.BACKGROUND, payload="blur"), sources=(Source.GUESS,) * 3)
    assert not plan.steps and "click" in plan.refusals[0].sentence


@pytest.mark.parametrize(
    "clause",
    [
        Clause(EditVerb.REMOVE, ref("hat"), direct="remove the hat"),
        Clause(EditVerb.INSERT, place=at(Relation.ON, "sofa"), payload="a cat", direct="add a cat"),
        Clause(EditVerb.MOVE, ref("dog"), at(Relation.ON, "sofa"), direct="move the dog"),
    ],
    ids=["target", "insert's anchor", "move's anchor"],
)
def test_what_was_not_found_is_refused_with_the_way_out(clause: Clause):
    plan = ask(clause)
    assert not plan.steps and len(plan.refusals) == 1
    assert "draw a box" in plan.refusals[0].sentence and plan.refusals[0].wish == clause.direct


@pytest.mark.parametrize(
    "clause",
    [
        Clause(EditVerb.MOVE, ref("dog"), direct="move the dog"),
        Clause(EditVerb.RESIZE, ref("dog"), direct="resize the dog"),
        Clause(EditVerb.RESTYLE, ref("dog"), direct="change the dog"),
        Clause(EditVerb.INSERT, direct="add"),
    ],
    ids=["where to", "how large", "which look", "what"],
)
def test_a_wish_without_its_point_is_asked_for(clause: Clause):
    plan = ask(clause)
    assert not plan.steps and plan.refusals[0].sentence.startswith("Say ")


def test_steps_run_in_the_fixed_order():
    plan = ask(
        Clause(EditVerb.INSERT, place=at(Relation.LEFT_OF, "car"), payload="a cat"),
        Clause(EditVerb.RESTYLE, ref("car"), payload="blue"),
        Clause(EditVerb.REMOVE, ref("dog")),
    )
    assert [type(s) for s in plan.steps] == [Remove, Restyle, Insert]


def test_the_text_order_holds_for_steps_on_the_same_thing():
    plan = ask(
        Clause(EditVerb.DUPLICATE, ref("flower")),
        Clause(EditVerb.RESTYLE, ref("flower"), payload="red"),
        Clause(EditVerb.REMOVE, ref("dog")),
    )
    assert [type(s) for s in plan.steps] == [Remove, Duplicate, Restyle]


def test_a_removed_thing_lends_no_pixels_and_takes_no_room():
    plan = ask(
        Clause(EditVerb.REMOVE, ref("flower")),
        Clause(EditVerb.INSERT, place=at(Relation.RIGHT_OF, "dog"), payload="a flower"),
    )
    insert = plan.steps[1]
    assert isinstance(insert, Insert) and insert.source is None


def test_a_step_on_a_removed_thing_becomes_a_refusal():
    plan = ask(Clause(EditVerb.REMOVE, ref("dog")), Clause(EditVerb.FLIP, ref("dog"), direct="flip the dog"))
    assert [type(s) for s in plan.steps] == [Remove]
    assert plan.refusals[0].wish == "flip the dog" and "removed" in plan.refusals[0].sentence


def test_graph_edits_become_steps():
    edits = (
        RemoveNode("dog-1"),
        ReplaceNode("flower-1", "vase"),
        RestyleNode("car-1", "blue"),
        InsertNode("cat", "on", "car-1"),
    )
    plan = ask(edits=edits)
    assert [type(s) for s in plan.steps] == [Remove, Restyle, Replace, Insert]
    insert = plan.steps[-1]
    assert isinstance(insert, Insert) and insert.box.center[1] < CAR.center[1]
    assert CAR.x1 < insert.box.center[0] < CAR.x2


def test_a_changed_relation_moves_the_thing():
    step = single(ask(edits=(RelateNode("flower-1", "to the right of", "dog-1"),)))
    assert isinstance(step, Move) and step.box.x1 >= DOG.x2 and step.box.y2 == pytest.approx(DOG.y2, abs=1)


def test_a_graph_edit_of_a_lost_thing_is_refused():
    plan = ask(edits=(RemoveNode("hat-1"), InsertNode("cat", "on", "hat-1")))
    assert not plan.steps and len(plan.refusals) == 1


@pytest.mark.parametrize("text, corner", [("add a bird in the top left corner", (-1, -1)), ("bottom right", (1, 1))])
def test_the_named_corner_is_taken(text: str, corner: tuple[int, int]):
    step = single(ask(Clause(EditVerb.INSERT, place=at(Relation.CORNER), payload="a bird"), text=text))
    assert isinstance(step, Insert)
    x, y = step.box.center
    assert (x > 320) == (corner[0] > 0) and (y > 240) == (corner[1] > 0)


def test_further_tests_name_the_corner_and_whose_it_is():
    also = (at(Relation.BELOW), at(Relation.RIGHT_OF))
    corner = single(ask(Clause(EditVerb.INSERT, place=at(Relation.CORNER), place_also=also, payload="a bird")))
    assert isinstance(corner, Insert) and corner.box.x1 > 320 and corner.box.y1 > 240
    of_car = (at(Relation.ABOVE), at(Relation.LEFT_OF), at(Relation.INSIDE, "car"))
    inside = single(ask(Clause(EditVerb.INSERT, place=at(Relation.CORNER), place_also=of_car, payload="a bird")))
    assert isinstance(inside, Insert) and inside.box.intersection(CAR) == pytest.approx(inside.box.area)
    assert (inside.box.x1, inside.box.y1) == pytest.approx((CAR.x1, CAR.y1))


def test_on_one_thing_and_beside_another_is_beside_the_other():
    also = (at(Relation.LEFT_OF, "flower"),)
    step = single(ask(Clause(EditVerb.MOVE, ref("dog"), at(Relation.ON, "car"), place_also=also)))
    assert isinstance(step, Move) and step.box.y2 == pytest.approx(FLOWER.y2, abs=1)


def test_the_same_request_gives_the_same_plan():
    clause = Clause(EditVerb.INSERT, place=at(Relation.NEXT_TO, "car"), payload="a cat")
    assert ask(clause) == ask(clause)
