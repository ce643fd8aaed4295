"""Turns as plain data: words instead of numbers, every verdict explained."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ggedit.backends.scripted import ScriptedDetector, ScriptedEditor, scripted_kit
from ggedit.core.detections import Source
from ggedit.core.geometry import Box
from ggedit.core.plan import Remove
from ggedit.core.scene import Node, NodeStatus, SceneGraph
from ggedit.ports import current_run
from ggedit.ui.views.words import belief, node_name, strength

from .doubles import Browser, ScriptedOpener


@pytest.fixture
def two_cats(tmp_path: Path) -> Browser:
    detector = ScriptedDetector(
        boxes={"cat": ((0.05, 0.1, 0.3, 0.5), (0.6, 0.5, 0.9, 0.95)), "lamp": ((0.4, 0, 0.5, 0.2),)}
    )
    return Browser(tmp_path, ScriptedOpener(scripted_kit(detector=detector)))


def _boxes(views: Any) -> dict[str, Any]:
    return {box["id"]: box for box in views["canvas"]["boxes"]}


def test_views_are_json(two_cats: Browser) -> None:
    views = two_cats.analysed("remove the cat")
    assert json.loads(json.dumps(views)) == views


def test_belief_is_told_in_words_and_never_as_a_number(two_cats: Browser) -> None:
    boxes = _boxes(two_cats.analysed("remove the cat"))
    for box in boxes.values():
        assert not any(char.isdigit() for char in box["known"] + box["match"])
    assert [belief(source) for source in Source] == [
        "a kind of thing it knows",
        "a guess: please look",
        "drawn or changed by you",
    ]
    assert strength(Source.GUESS, 0.9) == ""


def test_an_ambiguous_choice_becomes_a_question_with_its_candidates(two_cats: Browser) -> None:
    views: Any = two_cats.analysed("remove the cat")
    doubt = views["request"]["doubts"][0]
    assert {one["id"] for one in doubt["candidates"]} == {"cat-1", "cat-2"}
    assert views["canvas"]["question"] == {"clause": 0, "candidates": [one["id"] for one in doubt["candidates"]]}
    views = two_cats.send("request", {"kind": "choose", "clause": 0, "ids": ["cat-2"]})
    assert views["request"]["doubts"] == []
    assert _boxes(views)["cat-2"]["role"] == "target"
    assert _boxes(views)["cat-1"]["reason"]


def test_twins_are_told_apart_in_the_plan(two_cats: Browser) -> None:
    two_cats.analysed("remove the cat")
    views: Any = two_cats.send("request", {"kind": "choose", "clause": 0, "ids": ["cat-1", "cat-2"]})
    titles = [step["title"] for step in views["plan"]["steps"]]
    assert titles == ["Remove the left cat", "Remove the right cat"]


@pytest.mark.parametrize(
    ("boxes", "names"),
    [
        pytest.param([(0, 0, 5, 5)], ["cup"], id="alone"),
        pytest.param([(50, 0, 60, 5), (0, 9, 5, 12)], ["right cup", "left cup"], id="side-by-side"),
        pytest.param([(0, 0, 5, 5), (3, 50, 9, 60)], ["upper cup", "lower cup"], id="one-above-the-other"),
        pytest.param(
            [(50, 0, 60, 5), (0, 9, 5, 12), (90, 0, 95, 5)],
            ["second cup from the left", "first cup from the left", "third cup from the left"],
            id="in-a-row",
        ),
        pytest.param([(0, 0, 5, 5), (0, 0, 5, 5)], ["cup (0)", "cup (1)"], id="in-one-place"),
        pytest.param([(0, 0, 5, 5), None], ["cup (0)", "cup (1)"], id="one-was-not-found"),
    ],
)
def test_twins_are_called_by_their_place(boxes: list[Any], names: list[str]) -> None:
    nodes = (
        Node(str(number), "cup", box and Box(*box), status=NodeStatus.FOUND if box else NodeStatus.NOT_FOUND)
        for number, box in enumerate(boxes)
    )
    scene = SceneGraph(tuple(nodes))
    assert [node_name(scene, node.id) for node in scene.nodes] == names


def test_a_refusal_is_one_sentence_with_offers(tmp_path: Path) -> None:
    kit = scripted_kit(editor=ScriptedEditor(refused=(Remove,)))
    views: Any = Browser(tmp_path, ScriptedOpener(kit)).analysed("remove the cup")
    assert views["request"]["refusals"][0]["sentence"] == "The scripted editor does not do this."
    assert views["request"]["refusals"][0]["offers"]


def test_a_plan_with_a_problem_cannot_run_and_says_why_at_the_row(tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    browser.analysed("make the cup blue")
    step = {"kind": "change_step", "index": 0, "step": "restyle", "node": "cup-1", "fields": {"look": " "}}
    plan: Any = browser.send("plan", step)["plan"]
    assert not plan["runnable"]
    assert plan["steps"][0]["problems"] == ["say what it should look like."]


def test_the_report_says_what_ran_where(tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    browser.analysed("remove the cup")
    views: Any = browser.send("plan", {"kind": "run"})
    result = views["history"]["result"]
    assert result["steps"][0]["backend"] == "scripted@1"
    assert [stage["name"] for stage in result["stages"]][-1] == "Edit"
    states = [stage["state"] for stage in views["progress"]["stages"]]
    assert states == ["done"] * 7


def test_what_a_stage_noted_is_in_the_report_and_at_its_badge(tmp_path: Path) -> None:
    """For example that memory ran out and the work was done in another way."""

    class Noting(ScriptedDetector):
        def scan(self, picture):
            current_run().notes.append("Looking for things ran out of memory.")
            return super().scan(picture)

    browser = Browser(tmp_path, ScriptedOpener(scripted_kit(detector=Noting())))
    browser.analysed("remove the cup")
    views: Any = browser.send("plan", {"kind": "run"})
    noted = {stage["name"]: stage["notes"] for stage in views["history"]["result"]["stages"] if stage["notes"]}
    assert noted["Find"] == ["Looking for things ran out of memory."]
    badge = next(stage for stage in views["progress"]["stages"] if stage["name"] == "Find")
    assert badge["notes"] == noted["Find"]


def test_clicks_are_shown_until_a_mask_is_imported(tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    browser.analysed("remove the cup")
    views: Any = browser.send("canvas", {"kind": "click", "id": "cup-1", "x": 60, "y": 150, "positive": False})
    assert views["canvas"]["points"] == [{"id": "cup-1", "x": 60, "y": 150, "positive": False}]


def test_the_graph_shows_nodes_with_their_boxes(tmp_path: Path) -> None:
    graph: Any = Browser(tmp_path).analysed("remove the cup")["graph"]
    assert {node["id"] for node in graph["nodes"]} == {"cup-1", "lamp-1"}
    assert graph["ready"]
    assert (graph["width"], graph["height"]) == (400, 300)
