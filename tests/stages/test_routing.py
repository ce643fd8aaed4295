"""Which editor runs a step, and the reason that is given for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ggedit.backends.scripted import ScriptedEditor
from ggedit.core.errors import BadInput
from ggedit.core.geometry import Box
from ggedit.core.options import EditOptions
from ggedit.core.plan import (
    CopyOf,
    Duplicate,
    EditStep,
    Flip,
    FromShelf,
    Insert,
    Move,
    Remove,
    Replace,
    Resize,
    Restyle,
)
from ggedit.core.scene import InsertNode
from ggedit.core.turn import Tier
from ggedit.ports import Chosen
from ggedit.stages.routing import EditorTable, interacting

BOX = Box(0, 0, 4, 4)


def editor(name: str, *refused: type) -> Chosen:
    return Chosen(ScriptedEditor(refused=refused), f"{name}@1", Tier.FULL, f"{name} was chosen")


def table(options: EditOptions = EditOptions(), graph: bool = True) -> EditorTable:  # noqa: FBT001, B008
    others = (editor("classical"), *([editor("graph")] if graph else []))
    return EditorTable(editor("blended", Resize), others, options)


@pytest.mark.parametrize(
    ("step", "name", "why"),
    [
        (Remove(node="a"), "blended", "blended was chosen"),
        (Insert(box=BOX, label="cup"), "blended", "blended was chosen"),
        (Restyle(look="wooden"), "blended", "blended was chosen"),
        (Move(node="a", box=BOX), "classical", "keeps the thing's own pixels"),
        (Flip(node="a"), "classical", "keeps the thing's own pixels"),
        (Duplicate(node="a", box=BOX), "classical", "keeps the thing's own pixels"),
        (Resize(node="a", factor=2), "classical", "keeps the thing's own pixels"),
        (Insert(box=BOX, label="cup", source=CopyOf("a")), "classical", "pasted as it is"),
        (Replace(node="a", label="cup", source=FromShelf("cup")), "classical", "pasted as it is"),
        (Insert(box=BOX, label="cup", concept="my-cup"), "graph", "learned concept"),
        (Insert(box=BOX, label="rider", together=("horse-1",)), "graph", "drawn together"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_the_table_sends_each_step_to_its_editor_with_a_reason(step: EditStep, name: str, why: str) -> None:
    route = table().route(step)
    assert route.editor.name == f"{name}@1" and why in route.why


def test_what_the_chosen_editor_refuses_goes_to_the_first_that_can() -> None:
    chosen = EditorTable(editor("blended", Restyle), (editor("classical"),))
    route = chosen.route(Restyle(look="brighter"))
    refusal = chosen.main.use.refuses(Restyle(look="brighter"))
    assert route.editor.name == "classical@1" and refusal is not None and route.why == refusal.sentence
    assert chosen.refuses(Restyle(look="brighter")) is None


def test_a_step_that_nobody_can_do_is_refused_by_the_chosen_one() -> None:
    chosen = EditorTable(editor("blended", Remove), (editor("classical", Remove),))
    assert chosen.route(Remove(node="a")).editor.name == "blended@1"
    assert chosen.refuses(Remove(node="a")) is not None


def test_without_others_everything_stays_with_the_chosen_one() -> None:
    alone = EditorTable(editor("classical"))
    assert alone.route(Move(node="a", box=BOX)).why == "classical was chosen"


@pytest.mark.parametrize(
    ("relation", "name"),
    [("riding", "graph"), ("holding", "graph"), ("is playing with", "graph"), ("sitting on", "blended"),
     ("left of", "blended"), ("king of", "blended")],
)  # fmt: skip
def test_things_that_act_on_another_go_to_the_graph_editor(relation: str, name: str) -> None:
    wishes = (InsertNode(label="girl", relation=relation, anchor="horse-1"),)
    acting = replace(table(), acting=interacting(wishes))
    assert acting.route(Insert(box=BOX, label="girl")).editor.name == f"{name}@1"
    assert acting.route(Insert(box=BOX, label="cup")).editor.name == "blended@1"


def test_an_editor_that_is_not_here_is_passed_over() -> None:
    step = Insert(box=BOX, label="cup", concept="my-cup")
    assert table(graph=False).route(step).editor.name == "blended@1"


def test_a_persons_choice_comes_before_the_table() -> None:
    route = table(EditOptions(editor="graph")).route(Remove(node="a"))
    assert route.editor.name == "graph@1" and route.why == "Chosen for this request."


@pytest.mark.parametrize(
    "options",
    [{"steps": 0}, {"guidance": 0.5}, {"image_guidance": 6}, {"strength": 1.1}, {"variants": 9}, {"blend_start": -1},
     {"guidance_from": 0.8, "guidance_to": 0.2}],
    ids=lambda options: next(iter(options)),
)  # fmt: skip
def test_options_out_of_range_are_refused(options: dict) -> None:
    with pytest.raises(BadInput):
        EditOptions(**options)
