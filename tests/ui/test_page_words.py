"""What the page says beside the work: offers, planners, missed things, masks as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ggedit.assembly import Candidate
from ggedit.backends.scripted import ScriptedPlanner, scripted_kit
from ggedit.core.language import Clause, EditVerb, Instruction, Referent, Span
from ggedit.core.plan import EditPlan, Refusal, Remove
from ggedit.core.talk import Exchange
from ggedit.core.turn import Tier
from ggedit.ports import current_run
from ggedit.registry import BackendSpec, Missing
from ggedit.ui.views import chat_view
from ggedit.ui.views.request import offers_of

from .doubles import Browser, ScriptedOpener, paint_png

TEXT = "remove the spoon and make the cup wooden"
CLAUSES = (
    Clause(EditVerb.REMOVE, Referent("spoon", "spoon"), direct="remove the spoon", span=Span(0, 16)),
    Clause(EditVerb.RESTYLE, Referent("cup", "cup"), payload="wooden", direct="make the cup wooden", span=Span(21, 40)),
)


def test_an_offer_takes_the_place_of_the_refused_part_alone() -> None:
    refusal = Refusal("make it wooden", "That needs the full tier.", ("make it blue",))
    offers = offers_of(refusal, Instruction(TEXT, CLAUSES))
    assert offers == [{"text": "make the cup blue", "ask": "remove the spoon and make the cup blue"}]


@pytest.mark.parametrize(
    ("wish", "clauses"),
    [
        pytest.param("make it wooden", (), id="no clause"),
        pytest.param("something else", CLAUSES, id="unknown which clause"),
    ],
)
def test_nothing_is_offered_where_it_is_not_known_what_it_replaces(wish: str, clauses: tuple[Clause, ...]) -> None:
    assert offers_of(Refusal(wish, "No.", ("make it blue",)), Instruction(TEXT, clauses)) == []


def _candidate(port: str, *, chosen: bool = True, uses: tuple[str, ...] = (), lacks: str = "") -> Candidate:
    spec = BackendSpec(port=port, name="some", target="some:Thing", tier=Tier.FULL, uses=uses)
    return Candidate(spec, (Missing("a key", lacks),) if lacks else (), chosen)


def test_the_page_says_whether_a_language_model_is_asked() -> None:
    off = chat_view([_candidate("planner"), _candidate("chat", chosen=False, lacks="set OPENAI_API_KEY in .env")])
    assert off["on"] is False and "set OPENAI_API_KEY in .env" in str(off["text"])
    on = chat_view([_candidate("planner", uses=("chat",)), _candidate("parser"), _candidate("chat")])
    assert on == {"on": True, "text": "A language model plans. What it is sent is shown here."}


def test_what_was_sent_to_a_language_model_is_shown_with_the_plan(tmp_path: Path) -> None:
    def plan(request: Any) -> EditPlan:
        current_run().talk.append(Exchange("small-model", "user: remove the cup", "{}", 12, 3))
        return EditPlan((Remove(node="cup-1"),), author="small-model")

    kit = scripted_kit(planner=ScriptedPlanner(make=plan))
    view: Any = Browser(tmp_path, ScriptedOpener(kit)).analysed("remove the cup")["plan"]
    assert view["author"] == "small-model"
    (talk,) = view["talk"]
    assert (talk["stage"], talk["model"], talk["sent"], talk["reply"], talk["tokens"]) == (
        "Plan", "small-model", "user: remove the cup", "{}", 15,
    )  # fmt: skip


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    browser = Browser(tmp_path)
    browser.analysed("remove the cup")
    return browser


def test_a_missed_thing_stands_in_the_graph_without_a_box(browser: Browser) -> None:
    hat = {"kind": "fix_add_node", "label": "red hat", "attributes": ["old"]}
    views: Any = browser.send("graph", hat, hat)
    added = [node for node in views["graph"]["nodes"] if node["label"] == "red hat"]
    assert [(n["id"], n["found"], n["attributes"]) for n in added] == [
        ("hat-n1", False, ["old"]),
        ("hat-n2", False, ["old"]),
    ]


def test_paint_on_a_cleared_mask_is_the_whole_mask(browser: Browser) -> None:
    stroke = {"kind": "paint", "id": "cup-1", "include": True, "box": [200, 20, 260, 60], "png": paint_png(60, 40)}
    browser.send("canvas", stroke | {"fresh": True})
    assert browser.turn.masks["cup-1"].box.xyxy == (200, 20, 260, 60)


def test_one_mask_is_saved_at_full_size(browser: Browser) -> None:
    views: Any = browser.send("canvas", {"kind": "download", "what": "mask", "id": "cup-1"})
    download = views["history"]["download"]
    saved = np.asarray(Image.open(download["file"]["path"]))
    assert download["name"] == "table-cup-1-mask.png"
    assert np.array_equal(saved > 0, browser.turn.masks["cup-1"].full())
