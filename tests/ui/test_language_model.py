"""The language model on the page: its switch, the plan by the rules instead, and waiting for it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from ggedit.assembly import Assembly
from ggedit.backends.scripted import ScriptedPlanner, scripted_kit
from ggedit.config import Settings
from ggedit.core.events import StageStarted, StillWorking
from ggedit.core.plan import EditPlan, Refusal
from ggedit.core.turn import Stage
from ggedit.ui.language_model import LanguageModel
from ggedit.ui.watching import Watch, waiting_text

from .doubles import Browser, ScriptedOpener

REFUSED = EditPlan(
    (), "No.", "small-model", (Refusal("remove the cup", "It made no plan: plan by the rules instead."),)
)


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    """A page whose planner and describer ask a language model, which refuses to plan."""
    kit = scripted_kit(planner=ScriptedPlanner(make=lambda _: REFUSED))
    return Browser(tmp_path, ScriptedOpener(kit, chat=True))


def _plan(browser: Browser) -> Any:
    return browser.views["plan"]


def _kit(browser: Browser) -> dict[str, str]:
    session = browser.visitor.session
    assert session is not None
    return {port: getattr(session.kit, port).name for port in ("planner", "describer")}


def test_without_a_language_model_there_is_nothing_to_switch(tmp_path: Path) -> None:
    plan: Any = Browser(tmp_path).analysed("remove the cup")["plan"]
    assert plan["chat"]["switch"] is False and plan["by_rules"] is False


def test_a_refused_plan_is_made_by_the_rules_at_a_click(browser: Browser) -> None:
    browser.analysed("remove the cup")
    assert _plan(browser)["by_rules"] is True and not _plan(browser)["steps"]
    browser.send("plan", {"kind": "plan_by_rules"})
    assert [step["title"] for step in _plan(browser)["steps"]] == ["Remove the cup"]
    assert _plan(browser)["by_rules"] is False, "it is the rules' plan already"
    assert _kit(browser) == {"planner": "rules@1", "describer": "scripted@1"}


def test_a_plan_that_failed_is_made_by_the_rules_at_a_click(tmp_path: Path) -> None:
    def fails(request: object) -> EditPlan:
        raise RuntimeError("no answer")

    browser = Browser(tmp_path, ScriptedOpener(scripted_kit(planner=ScriptedPlanner(make=fails)), chat=True))
    browser.analysed("remove the cup")
    assert _plan(browser)["by_rules"] is True and "no answer" in _plan(browser)["notice"]
    browser.send("plan", {"kind": "plan_by_rules"})
    assert len(_plan(browser)["steps"]) == 1 and _plan(browser)["notice"] == ""


def test_the_switch_says_what_is_asked_and_names_the_model(browser: Browser) -> None:
    browser.analysed("remove the cup")
    chat = _plan(browser)["chat"]
    assert (chat["switch"], chat["on"], chat["model"]) == (True, True, "small-model")
    browser.send("plan", {"kind": "use_chat", "on": False})
    assert _plan(browser)["chat"]["on"] is False
    assert "rules@1 is the planner, geometry@1 is the describer" in _plan(browser)["chat"]["text"]
    browser.send("plan", {"kind": "use_chat", "on": True})
    assert _plan(browser)["chat"] == chat and _kit(browser) == {"planner": "scripted@1", "describer": "scripted@1"}


@pytest.mark.skipif(find_spec("openai") is None, reason="the openai library is not installed")
def test_the_model_is_named_and_the_key_is_not(tmp_path: Path, browser: Browser) -> None:
    settings = Settings(home=tmp_path, openai_api_key="a-secret-key", chat_model="some-model", tier="auto")
    view = LanguageModel(Assembly(settings)).view(browser.visitor)
    assert (view["switch"], view["on"], view["model"]) == (True, True, "some-model")
    assert "a-secret-key" not in str(view)


def test_switched_off_it_stays_off_for_the_next_photo(browser: Browser) -> None:
    browser.send("plan", {"kind": "use_chat", "on": False})
    assert _plan(browser)["chat"]["on"] is False, "also before a photo is open"
    browser.analysed("remove the cup")
    assert _kit(browser) == {"planner": "rules@1", "describer": "geometry@1"}
    assert len(_plan(browser)["steps"]) == 1
    browser.open(name="other.png")
    assert _kit(browser) == {"planner": "rules@1", "describer": "geometry@1"}


def test_one_visitors_switch_is_not_anothers(browser: Browser, tmp_path: Path) -> None:
    browser.open()
    browser.send("plan", {"kind": "use_chat", "on": False})
    other = Browser(tmp_path, browser.opener, sid="visitor-2")
    other.analysed("remove the cup")
    assert _kit(other) == {"planner": "scripted@1", "describer": "scripted@1"}


@pytest.mark.parametrize(
    ("stage", "text"),
    [
        (Stage.PLAN, "waiting for the language model, 12 s"),
        (Stage.RELATE, "waiting for the language model, 12 s"),
        (Stage.PARSE, "still at work, 12 s"),
    ],
)
def test_waiting_is_told_with_its_seconds(stage: Stage, text: str) -> None:
    assert waiting_text(StillWorking(stage, 12.7)) == text


def test_the_line_counts_whole_seconds(browser: Browser) -> None:
    """Signs of life come ten times a second; each whole second is told once."""
    browser.open()
    events = [StageStarted(Stage.PLAN, "llm"), *(StillWorking(Stage.PLAN, n / 10) for n in range(1, 32))]
    watch = Watch(browser.visitor, show_stages=False)
    seen = [views["progress"]["running"] for views in watch.follow((event for event in events), lambda *_: {})]
    assert [row["message"].split(", ")[-1] for row in seen if isinstance(row, dict)][1:] == ["1 s", "2 s", "3 s"]  # type: ignore[union-attr]
