"""Things that were not found get their box, SGEdit's files come in and go out, and things are learned."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ggedit.assembly import Assembly
from ggedit.backends.scripted import ScriptedDescriber, scripted_kit
from ggedit.config import Settings
from ggedit.core.corrections import AddBox, AddNode, TeachNode
from ggedit.core.events import EditProgress
from ggedit.core.geometry import Box
from ggedit.core.scene import Node, NodeStatus, SceneGraph
from ggedit.ui.graph_actions import Learning

from .doubles import Browser, ScriptedOpener

HAT = Node("lost-0", "hat", Box(10, 20, 60, 80), status=NodeStatus.NOT_FOUND)
SG_DICT: dict[str, Any] = {
    "objects": ["cup", "table", "ghost"],
    "tuples": [["cup", "on", "table"]],
    "bboxes": [[0.1, 0.1, 0.3, 0.4], [0.0, 0.4, 0.9975, 0.9967], [0, 0, 0, 0]],
}


class SeesAHat(ScriptedDescriber):
    """Speaks of a hat until there is a box for it."""

    def describe(self, picture: Any, detections: Any, masks: Any) -> SceneGraph:
        scene = super().describe(picture, detections, masks)
        return scene if "hat" in detections.phrases else scene.with_node(HAT)


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    kit = scripted_kit()
    kit = replace(kit, describer=replace(kit.describer, use=SeesAHat()))
    browser = Browser(tmp_path, ScriptedOpener(kit, home=tmp_path))
    browser.analysed("remove the cup")
    return browser


def _nodes(browser: Browser) -> dict[str, Any]:
    rows: Any = browser.views["graph"]["nodes"]
    return {row["id"]: row for row in rows}


def test_a_proposed_box_is_shown_and_confirmed_at_one_click(browser: Browser) -> None:
    assert browser.views["canvas"]["lost"] == [{"id": "hat-1", "label": "hat", "box": [10, 20, 60, 80]}]
    assert not any(box["id"] == "hat-1" for box in browser.views["canvas"]["boxes"])  # type: ignore[union-attr,index,call-overload]
    browser.send("canvas", {"kind": "confirm_node", "id": "hat-1"})
    assert browser.views["canvas"]["lost"] == []
    assert browser.turn.corrections == (AddBox("hat", Box(10, 20, 60, 80), "hat-1"),)
    assert browser.turn.detections.box("hat-1").xyxy == (10, 20, 60, 80)


def test_a_box_that_is_drawn_goes_before_the_proposed_one(browser: Browser) -> None:
    browser.send("canvas", {"kind": "confirm_node", "id": "hat-1", "box": [100, 20, 160, 80]})
    assert browser.turn.detections.box("hat-1").xyxy == (100, 20, 160, 80)


def test_a_named_thing_keeps_id_looks_and_relations_when_it_gets_its_box(browser: Browser) -> None:
    browser.send("graph", {"kind": "fix_add_node", "label": "mug", "attributes": ["old"]})
    browser.send("graph", {"kind": "fix_edge", "subject": "mug-n1", "object": "cup-1", "relation": "next to"})
    assert {"id": "mug-n1", "label": "mug", "box": None} in browser.views["canvas"]["lost"]  # type: ignore[operator]
    browser.send("graph", {"kind": "confirm_node", "id": "mug-n1"})
    assert browser.views["graph"]["notice"] == "No box is proposed for the mug: draw one around it."
    browser.send("graph", {"kind": "confirm_node", "id": "mug-n1", "box": [200, 20, 260, 80]})
    assert not any(isinstance(c, AddNode) for c in browser.turn.corrections)
    assert browser.turn.detections.box("mug-n1").xyxy == (200, 20, 260, 80)


@pytest.mark.parametrize("id_", ["cup-1", "nothing"])
def test_only_lost_things_wait_for_a_box(browser: Browser, id_: str) -> None:
    before = browser.turn
    browser.send("canvas", {"kind": "confirm_node", "id": id_})
    assert browser.turn is before and "waits for a box" in str(browser.views["canvas"]["notice"])


# SGEdit's files ----------------------------------------------------------------------------


def test_sgedits_graph_takes_the_place_of_what_was_seen(browser: Browser) -> None:
    browser.send("graph", {"kind": "bring_in", "text": json.dumps(SG_DICT)})
    rows = {row["label"]: row for row in _nodes(browser).values()}
    assert rows["cup"]["box"] == [40, 30, 121, 121] and rows["table"]["found"] is True
    assert rows["ghost"]["found"] is False
    edges: Any = browser.views["graph"]["edges"]
    assert [(e["relation"], e["subject"]) for e in edges] == [("on", rows["cup"]["id"])]
    assert "'ghost' was not found by SGEdit" in str(browser.views["graph"]["notice"])
    assert browser.turn.plan is None and browser.views["plan"]["asked"] is False, "nothing is asked yet"
    browser.send("request", {"kind": "ask", "text": "remove the cup"})
    assert rows["cup"]["id"] in browser.turn.detections.ids, "its boxes stay with the next request"


@pytest.mark.parametrize("text", ["{", "[1]", '{"objects": []}', "[" * 3000], ids=["broken", "a list", "empty", "deep"])
def test_a_file_that_is_not_sgedits_is_refused_in_a_sentence(browser: Browser, text: str) -> None:
    before = browser.turn
    browser.send("graph", {"kind": "bring_in", "text": text})
    assert browser.turn is before and str(browser.views["graph"]["notice"]).endswith(".")


def test_the_graph_is_saved_as_sgedits(browser: Browser) -> None:
    views: Any = browser.send("canvas", {"kind": "download", "what": "sg_dict"})
    download = views["history"]["download"]
    saved = json.loads(Path(download["file"]["path"]).read_text())
    assert download["name"] == "table-sg_dict.json"
    assert saved["objects"] == [n.label for n in browser.turn.scene.nodes]


# learning ----------------------------------------------------------------------------------


def test_a_learned_thing_names_its_concept_and_the_plan_is_made_anew(browser: Browser) -> None:
    browser.send("graph", {"kind": "learn", "id": "cup-1"})
    assert _nodes(browser)["cup-1"]["concept"] == "<cup-1>"
    assert browser.turn.corrections == (TeachNode("cup-1", "<cup-1>"),)
    assert browser.turn.plan is not None
    assert (browser.root / "concepts" / "learned.txt").is_file()


def test_learning_tells_its_progress_and_stops(browser: Browser) -> None:
    class Slow:
        closed = False

        def learn(self, *_: object, **__: object) -> Iterator[EditProgress]:
            try:
                for step in range(1000):
                    yield EditProgress(step / 1000, "Learning the cup")
            finally:
                self.closed = True

    slow = Slow()
    browser.opener.learner = replace(browser.opener.learner, use=slow)
    seen: list[Any] = []
    for views in browser.stream("graph", {"kind": "learn", "id": "cup-1"}):
        browser.views |= views
        seen.append(views["progress"]["running"])
        browser.visitor.stop.set()
    assert (seen[0]["name"], seen[0]["message"]) == ("Learn", "Learning the cup")
    assert slow.closed and "Stopped" in str(browser.views["progress"]["notice"])
    assert not browser.turn.corrections


def test_what_was_not_found_is_not_learned(browser: Browser) -> None:
    browser.send("graph", {"kind": "learn", "id": "hat-1"})
    assert browser.views["graph"]["notice"] == "Draw a box around that thing before it is learned."


def test_what_learning_lacks_is_said_with_what_mends_it(browser: Browser, tmp_path: Path) -> None:
    assert browser.views["graph"]["learning"] == {"lacks": ""}
    lacks = Learning(Assembly(Settings(home=tmp_path, tier="full", graph_model=str(tmp_path / "none")))).lacks
    assert lacks.startswith("Learning lacks ") and lacks.endswith(".")
