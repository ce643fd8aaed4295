import pytest

from ggedit.core.geometry import Box, Extent
from ggedit.core.plan import (
    Background,
    CopyOf,
    Duplicate,
    EditPlan,
    Flip,
    Insert,
    Move,
    Remove,
    Replace,
    Resize,
    Restyle,
    check,
    step_box,
    step_kind,
    step_node,
)
from ggedit.core.scene import Node, NodeStatus, SceneGraph

PAGE = Extent(100, 50)
BOX = Box(10, 10, 20, 20)
SCENE = SceneGraph((Node("cup-1", "cup", BOX), Node("ghost-1", "ghost", status=NodeStatus.NOT_FOUND)))

GOOD = [
    Remove(node="cup-1"),
    Move(node="cup-1", box=BOX),
    Resize(node="cup-1", factor=2),
    Flip(node="cup-1"),
    Restyle(node=None, look="warmer"),
    Restyle(node="cup-1", look="blue"),
    Replace(node="cup-1", label="hat", source=CopyOf("cup-1")),
    Duplicate(node="cup-1", box=BOX),
    Insert(box=BOX, label="hat"),
    Background(look="blur", keep=("cup-1",)),
]


@pytest.mark.parametrize("step", GOOD, ids=step_kind)
def test_a_sound_step_has_no_problem(step):
    assert check(EditPlan((step,)), SCENE, PAGE) == ()


@pytest.mark.parametrize(
    ("step", "words"),
    [
        pytest.param(Remove(node="dog-1"), "no object 'dog-1'", id="unknown node"),
        pytest.param(Remove(node="ghost-1"), "draw a box", id="node without a box"),
        pytest.param(Insert(box=BOX, label="hat", source=CopyOf("dog-1")), "no object", id="unknown source"),
        pytest.param(Background(look="blur", keep=("dog-1",)), "no object", id="unknown thing to keep"),
        pytest.param(Move(node="cup-1", box=Box(200, 0, 210, 9)), "outside", id="box outside"),
        pytest.param(Remove(node="cup-1", strength=1.5), "between 0 and 1", id="strength"),
        pytest.param(Remove(node="cup-1", grow_px=-1), "negative", id="negative growth"),
        pytest.param(Resize(node="cup-1", factor=99), "between 0.1 and 8", id="factor"),
        pytest.param(Restyle(node="cup-1", look="  "), "look like", id="no look"),
        pytest.param(Insert(box=BOX, label=""), "new thing", id="no label"),
    ],
)
def test_each_problem_has_its_sentence(step, words):
    (problem,) = check(EditPlan((step,)), SCENE, PAGE)
    assert words in problem
    assert problem.startswith("Step 1")


def test_all_problems_are_listed_and_switched_off_steps_have_none():
    plan = EditPlan((Remove(node="a"), Remove(node="b", enabled=False), Move(node="c", box=Box(200, 0, 210, 9))))
    assert len(check(plan, SCENE, PAGE)) == 3


def test_a_removed_thing_cannot_be_changed_again():
    plan = EditPlan((Remove(node="cup-1"), Restyle(node="cup-1", look="blue")))
    (problem,) = check(plan, SCENE, PAGE)
    assert "earlier step" in problem


def test_planned_order():
    plan = EditPlan((GOOD[9], GOOD[8], GOOD[0], GOOD[1])).in_order()
    assert [step_kind(s) for s in plan.steps] == ["remove", "move", "insert", "background"]


def test_what_a_step_is_about():
    assert step_node(GOOD[8]) is None
    assert step_box(GOOD[1]) == BOX
    assert step_box(GOOD[0]) is None
