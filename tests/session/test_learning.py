"""Things of a draft learned through the port, and what the plan makes of it."""

from __future__ import annotations

import pytest

from ggedit.backends.scripted import ScriptedLearner, ScriptedStore, scripted_kit
from ggedit.core.corrections import TeachNode
from ggedit.core.errors import BadInput
from ggedit.core.events import EditProgress
from ggedit.core.geometry import Box
from ggedit.core.plan import CopyOf, EditPlan, Insert, Move, Remove, Replace, Restyle
from ggedit.core.scene import Edge, Node, SceneGraph
from ggedit.session import EditSession, learn_things, only
from ggedit.stages.plan import with_concepts
from tests.builders import make_picture

BOX = Box(0, 0, 9, 9)
SCENE = SceneGraph(
    (Node("cup-1", "cup", BOX, concept="3f2a/<cup-1>"), Node("lamp-1", "lamp", BOX)), (Edge("cup-1", "on", "lamp-1"),)
)


@pytest.mark.parametrize(
    ("step", "concept"),
    [
        (Move(node="cup-1", box=BOX), "3f2a/<cup-1>"),
        (Restyle(node="cup-1", look="wet"), "3f2a/<cup-1>"),
        (Move(node="cup-1", box=BOX, concept="other/<mug-1>"), "other/<mug-1>"),
        (Move(node="lamp-1", box=BOX), None),
        (Remove(node="cup-1"), None),
        (Replace(node="cup-1", label="vase"), None),
        (Replace(node="lamp-1", label="cup-1"), "3f2a/<cup-1>"),
        (Insert(box=BOX, label="cup-1"), "3f2a/<cup-1>"),
        (Insert(box=BOX, label="cup-1", source=CopyOf("cup-1")), None),
    ],
    ids=["move", "restyle", "the step's own", "not learned", "remove", "replace", "by name", "one more", "cut out"],
)
def test_steps_that_draw_a_learned_thing_again_name_its_concept(step, concept):
    made = with_concepts(EditPlan(steps=(step,)), SCENE)
    assert made.steps[0].concept == concept


def test_only_keeps_what_was_named_with_the_edges_between():
    assert only(SCENE, ()) == SCENE
    assert only(SCENE, ("cup-1",)) == SceneGraph(SCENE.nodes[:1])
    with pytest.raises(BadInput, match="no 'dog-1' in the scene; it has cup-1, lamp-1"):
        only(SCENE, ("dog-1",))


def test_the_draft_knows_what_was_learned_and_it_can_be_taken_back(tmp_path):
    session = EditSession(make_picture(), scripted_kit(), store=ScriptedStore())
    session.look()
    events = list(learn_things(session, ScriptedLearner(), ("cup-1",), folder=tmp_path, seed=5))
    assert any(isinstance(event, EditProgress) for event in events)
    assert session.draft.scene is not None
    assert {n.id: n.concept for n in session.draft.scene.nodes if n.concept} == {"cup-1": "<cup-1>"}
    assert session.draft.corrections[-1] == TeachNode("cup-1", "<cup-1>")
    session.uncorrect()
    assert session.draft.scene is not None and session.draft.scene.node("cup-1").concept is None


def test_stopping_leaves_the_draft_as_it_was(tmp_path):
    session = EditSession(make_picture(), scripted_kit(), store=ScriptedStore())
    session.look()
    work = learn_things(session, ScriptedLearner(), (), folder=tmp_path)
    next(event for event in work if isinstance(event, EditProgress))
    work.close()
    assert not session.draft.corrections
