"""Modification lines and a box as ways of asking, with scripted backends."""

from __future__ import annotations

import pytest

from ggedit.backends.scripted import ScriptedParser, scripted_kit
from ggedit.core.corrections import ChooseCandidates
from ggedit.core.errors import BadInput
from ggedit.core.events import StageDone
from ggedit.core.geometry import Box
from ggedit.core.language import Clause, EditVerb, Instruction
from ggedit.core.plan import step_kind
from ggedit.core.turn import Stage
from ggedit.session import EditSession, ask_lines, point_out, target_clause
from tests.builders import make_picture


@pytest.fixture
def session() -> EditSession:
    return EditSession(make_picture(), scripted_kit())


def test_lines_are_asked_of_the_scene_that_was_looked_at_first(session: EditSession) -> None:
    looked = [str(e.stage) for e in ask_lines(session, "Remove: 'lamp'", seed=5) if isinstance(e, StageDone)]
    assert looked == ["parse", "detect", "select", "segment", "relate"]
    assert session.draft.seed == 5 and session.draft.next_stage is Stage.PLAN
    list(session.run(until=Stage.PLAN))
    assert session.draft.plan is not None
    assert [step_kind(step) for step in session.draft.plan.active] == ["remove"]


def test_a_line_about_something_else_is_said(session: EditSession) -> None:
    with pytest.raises(BadInput, match="zebra"):
        list(ask_lines(session, "Remove: 'zebra'"))


def test_the_thing_in_the_box_is_the_one_that_is_meant(session: EditSession) -> None:
    session.ask("remove the cup")
    list(point_out(session, Box(1, 2, 30, 20)))
    choice = session.draft.corrections[-1]
    assert isinstance(choice, ChooseCandidates) and len(choice.ids) == 1
    list(session.run(until=Stage.SELECT))
    assert session.draft.selection is not None and session.draft.selection.targets(choice.clause) == choice.ids
    assert session.draft.detections is not None
    assert session.draft.detections.box(choice.ids[0]).xyxy == (1, 2, 30, 20)


def test_a_box_without_a_thing_to_change_is_said() -> None:
    whole = Instruction("brighter", (Clause(EditVerb.RESTYLE, payload="brighter", direct="brighter"),))
    session = EditSession(make_picture(), scripted_kit(parser=ScriptedParser(replies={"brighter": whole})))
    session.ask("brighter")
    with pytest.raises(BadInput, match="speaks of none"):
        list(point_out(session, Box(1, 2, 30, 20)))
    assert target_clause(session.draft) == (0, None)
