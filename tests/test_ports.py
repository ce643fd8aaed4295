"""What a kit promises: one backend's device memory at a time, where the card is small."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from ggedit.assembly import Assembly
from ggedit.backends.scripted import ScriptedDetector, ScriptedEditor, ScriptedSegmenter, scripted_kit
from ggedit.config import load_settings
from ggedit.core.turn import Stage, Tier
from ggedit.pipeline import run
from ggedit.ports import Chosen, EditJob, Kit, current_run
from tests.builders import make_turn

RELEASABLE = ("detector", "segmenter", "editor", "other editor")


class _Held:
    """Holds device memory while ``held``; what it is asked is noted with who held memory then."""

    def __init__(self, name: str, everyone: dict[str, _Held]) -> None:
        self.name, self.held, self.everyone = name, True, everyone
        self.seen: list[set[str]] = []
        everyone[name] = self

    def release(self) -> None:
        self.held = False

    def note(self) -> None:
        self.held = True
        self.seen.append({name for name, other in self.everyone.items() if other.held})


class _Detector(_Held, ScriptedDetector):
    def __init__(self, everyone: dict[str, _Held]) -> None:
        ScriptedDetector.__init__(self)
        _Held.__init__(self, "detector", everyone)

    def scan(self, picture):
        self.note()
        return super().scan(picture)


class _Segmenter(_Held, ScriptedSegmenter):
    def __init__(self, everyone: dict[str, _Held]) -> None:
        ScriptedSegmenter.__init__(self)
        _Held.__init__(self, "segmenter", everyone)

    def segment(self, picture, prompt):
        self.note()
        return super().segment(picture, prompt)


class _Editor(_Held, ScriptedEditor):
    def __init__(self, everyone: dict[str, _Held], name: str = "editor") -> None:
        ScriptedEditor.__init__(self)
        _Held.__init__(self, name, everyone)

    def edit(self, job: EditJob) -> Iterator:
        self.note()
        yield from super().edit(job)


@pytest.fixture
def everyone() -> dict[str, _Held]:
    return {}


@pytest.fixture
def kit(everyone: dict[str, _Held]) -> Kit:
    usual = scripted_kit(detector=_Detector(everyone), segmenter=_Segmenter(everyone), editor=_Editor(everyone))
    other = Chosen(_Editor(everyone, "other editor"), "other@1", Tier.TEST, "a test")
    return replace(usual, other_editors=(other,))


@pytest.mark.parametrize(
    ("port", "held"),
    [
        ("detector", {"detector"}),
        ("segmenter", {"segmenter"}),
        ("editor", {"editor", "other editor"}),
        ("planner", set()),
    ],
)
def test_only_one_ports_backends_keep_their_memory(kit: Kit, everyone, port: str, held: set[str]) -> None:
    kit.only(port)
    assert {name for name, other in everyone.items() if other.held} == held


def test_on_a_small_card_each_stage_frees_what_the_others_hold(kit: Kit, everyone) -> None:
    list(run(make_turn(until=None), replace(kit, one_at_a_time=True)))
    assert everyone["detector"].seen == [{"detector"}] * 2, "the words are read with the scene in view"
    assert {frozenset(seen) for seen in everyone["segmenter"].seen} == {frozenset({"segmenter"})}
    assert everyone["editor"].seen == [{"editor"}], "the other editor was freed by the stages before"


def test_a_stage_that_needs_no_device_frees_nothing(kit: Kit, everyone) -> None:
    list(run(make_turn(until=Stage.SEGMENT), replace(kit, one_at_a_time=True), until=Stage.PLAN))
    assert all(other.held for other in everyone.values())


def test_otherwise_everything_stays_loaded(kit: Kit, everyone) -> None:
    list(run(make_turn(until=None), kit))
    assert everyone["editor"].seen == [set(RELEASABLE)]


@pytest.mark.parametrize(
    ("environ", "one"),
    [
        ({"GGEDIT_LOW_MEMORY": "true", "GGEDIT_DEVICE": "cuda"}, True),
        ({"GGEDIT_LOW_MEMORY": "true", "GGEDIT_DEVICE": "cpu"}, False),
        ({"GGEDIT_DEVICE": "cuda"}, False),
    ],
    ids=["small card", "no card", "large card"],
)
def test_the_setting_for_small_cards_says_so(clean_settings, environ: dict[str, str], one) -> None:
    scripted = dict.fromkeys(("parser", "detector", "segmenter", "describer", "sizer", "planner", "editor"), "scripted")
    assert Assembly(replace(load_settings(environ), **scripted)).kit.one_at_a_time is one


def test_what_an_editor_notes_is_in_the_record_of_its_stage() -> None:
    class Noting(ScriptedEditor):
        def edit(self, job):
            current_run().notes.append("before")
            yield from super().edit(job)
            current_run().notes.append("after")

    events = list(run(make_turn(until=None), scripted_kit(editor=Noting())))
    record = events[-1].turn.records[-1]
    assert record.stage is Stage.EDIT and record.notes == ("before", "after")


def test_outside_the_stage_nothing_is_the_current_run() -> None:
    """A consumer of events that notes something notes it nowhere."""
    kit = scripted_kit()
    for _ in (events := run(make_turn(until=Stage.PLAN), kit)):
        current_run().notes.append("the listener's")
        turn = _.turn if hasattr(_, "turn") else None
    assert turn is not None and turn.records[-1].notes == ()
    events.close()
