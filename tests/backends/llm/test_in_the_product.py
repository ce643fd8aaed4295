"""A session whose describer and planner ask a server: what is kept, what is told, what can be left."""

from __future__ import annotations

import json
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from ggedit.assembly import Assembly
from ggedit.backends.scripted_answers import obedient_answer
from ggedit.config import Settings, load_settings
from ggedit.core.events import Finished, NeedsUser, StageFailed, StillWorking
from ggedit.core.talk import ChatMessage, ChatRole, ReplyFormat
from ggedit.core.turn import Stage
from ggedit.session import EditSession, save_history
from tests.backends.chat.loopback import Loopback, Wire, loopback, saying
from tests.builders import make_picture, only

KEY = "sk-secret-4711"
SCRIPTED = ("parser", "detector", "segmenter", "sizer", "editor", "shelf", "store")


def obedient(wire: Wire) -> None:
    """The server's model does exactly what it is asked."""
    asked = next(m["content"] for m in wire.body["messages"] if m["role"] == "user")
    text = asked if isinstance(asked, str) else asked[0]["text"]
    name = wire.body["response_format"]["json_schema"]["name"]
    saying(obedient_answer([ChatMessage(ChatRole.USER, text)], ReplyFormat(name, "{}")))(wire)


def settings_for(server: Loopback) -> Settings:
    plain = replace(load_settings(), openai_base_url=server.url, openai_api_key=KEY, chat_timeout_s=30)
    return replace(plain, describer="llm", planner="llm", **dict.fromkeys(SCRIPTED, "scripted"))


def session_for(server: Loopback) -> EditSession:
    session = EditSession(make_picture(), Assembly(settings_for(server)).kit)
    session.ask("remove the cup")
    return session


def test_an_edit_from_end_to_end_says_what_was_asked_and_keeps_no_key(tmp_path: Path):
    with loopback(obedient) as server:
        session = session_for(server)
        events = list(session.run(ask_user=False))
    assert only(StageFailed, events) == [] and only(Finished, events)
    records = {record.stage: record for record in session.draft.records}
    assert [len(records[stage].talk) for stage in (Stage.DETECT, Stage.RELATE, Stage.PLAN)] == [0, 1, 1]
    (described,), (planned,) = records[Stage.RELATE].talk, records[Stage.PLAN].talk
    assert "(picture, 40 x 30)" in described.sent and described.prompt_tokens == 17
    assert json.loads(planned.sent.split("[user]\n")[1].split("\n\n[form]")[0])["request"] == "remove the cup"
    assert records[Stage.PLAN].backend.startswith("llm@") and session.draft.plan is not None
    assert session.draft.plan.author == "tiny-1"
    save_history(session.accept(), tmp_path / "session.zip")
    with zipfile.ZipFile(tmp_path / "session.zip") as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"remove the cup" in everything
    assert KEY.encode() not in everything and b"Bearer" not in everything and server.url.encode() not in everything


def test_a_plan_that_never_fits_offers_the_rule_planner_and_the_person_may_take_it():
    def useless(wire: Wire) -> None:
        form = wire.body["response_format"]["json_schema"]["name"]
        (obedient if form == "scene" else saying("I'd rather talk about the weather."))(wire)

    with loopback(useless) as server:
        session = session_for(server)
        list(session.run(until=Stage.PLAN, ask_user=False))
        plan = session.draft.plan
        assert plan is not None and plan.steps == ()
        assert "rule planner" in plan.refusals[0].sentence
        assert next(r for r in session.draft.records if r.stage is Stage.PLAN).backend.startswith("llm@")
        session.plan_with(Assembly(settings_for(server)).named("planner", "rules"))
        list(session.run(until=Stage.PLAN, ask_user=False))
    plan = session.draft.plan
    assert plan is not None and plan.author == "rules" and len(plan.steps) == 1
    assert next(r for r in session.draft.records if r.stage is Stage.PLAN).why == "you chose it"


@pytest.mark.parametrize("way", ["no server", "key refused"])
def test_without_an_answer_the_stage_fails_in_one_sentence_and_nothing_is_lost(way: str):
    with loopback(lambda wire: wire.status(401, f"bad {KEY}")) as server:
        session = session_for(server)
        if way == "key refused":
            events = list(session.run(ask_user=False))
    if way == "no server":
        events = list(session.run(ask_user=False))
    (failed,) = only(StageFailed, events)
    assert failed.stage is Stage.RELATE and failed.turn.masks is not None
    assert KEY not in failed.message and failed.message.endswith(".")


def test_a_run_that_waits_for_a_server_shows_life_and_can_be_left():
    arrived = threading.Event()

    def slow(wire: Wire) -> None:
        arrived.set()
        wire.open_stream()
        while not wire.server.let_go.wait(0.01):
            wire.chunk(" ")

    with loopback(slow) as server:
        events = session_for(server).run(ask_user=False)
        alive = next(event for event in events if isinstance(event, StillWorking))
        assert alive.stage is Stage.RELATE and arrived.wait(10)
        events.close()
        assert server.hung_up.wait(10), "the server is no longer waited for"


def test_a_step_that_nobody_asked_for_waits_for_the_person():
    from ggedit.backends.scripted_answers import planned_step
    from tests.backends.llm.cases import plan_answer

    def greedy(wire: Wire) -> None:
        if wire.body["response_format"]["json_schema"]["name"] == "scene":
            obedient(wire)
            return
        saying(plan_answer(*(planned_step("remove", node=i) for i in ("cup-1", "lamp-1"))))(wire)

    with loopback(greedy) as server:
        session = session_for(server)
        events = list(session.run(until=Stage.PLAN, ask_user=False))
    assert only(NeedsUser, events) == [] and session.draft.plan is not None
    assert [step.enabled for step in session.draft.plan.steps] == [True, False]
    record = next(r for r in session.draft.records if r.stage is Stage.PLAN)
    assert len(record.notes) == 1 and "lamp-1" in record.notes[0]
