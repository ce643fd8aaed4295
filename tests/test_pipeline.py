from dataclasses import replace

import pytest

from ggedit.backends.scripted import ScriptedDetector, ScriptedEditor, ScriptedParser, scripted_kit
from ggedit.core.amend import apply
from ggedit.core.corrections import DropBox, MoveBox, PaintMask
from ggedit.core.events import (
    CorrectionDropped,
    EditProgress,
    Finished,
    NeedsUser,
    StageDone,
    StageFailed,
    StageStarted,
)
from ggedit.core.geometry import Box
from ggedit.core.turn import STAGES, Stage, Tier
from ggedit.pipeline import run
from tests.builders import make_mask, make_turn, only


def test_every_stage_runs_once_in_order_and_is_recorded():
    events = list(run(make_turn(until=None), scripted_kit()))
    assert [e.stage for e in only(StageStarted, events)] == list(STAGES)
    turn = only(Finished, events)[0].turn
    assert turn.next_stage is None
    assert [r.stage for r in turn.records] == list(STAGES)
    assert {r.tier for r in turn.records if r.stage is not Stage.SELECT} == {Tier.TEST}
    assert turn.records[0].why == "asked for by a test"
    assert turn.records[-1].seed == turn.seed
    assert len(only(EditProgress, events)) == 3


def test_only_empty_cells_are_filled():
    kit = scripted_kit()
    events = list(run(make_turn(until=Stage.PLAN), kit))
    assert [e.stage for e in only(StageDone, events)] == [Stage.EDIT]


def test_it_stops_where_it_is_told_to():
    turn = only(Finished, run(make_turn(until=None), scripted_kit(), until=Stage.SELECT))[0].turn
    assert turn.next_stage is Stage.SEGMENT


def test_a_correction_reruns_exactly_the_stages_to_its_right():
    done = only(Finished, run(make_turn(until=None), scripted_kit()))[0].turn
    changed = apply(done, MoveBox("cup-1", Box(2, 2, 9, 9)))
    ran = [e.stage for e in only(StageDone, run(changed, scripted_kit()))]
    assert ran == list(STAGES[STAGES.index(Stage.SELECT) :])


def test_paint_survives_a_moved_box_and_what_no_longer_fits_is_reported():
    done = only(Finished, run(make_turn(until=None), scripted_kit()))[0].turn
    painted = apply(done, PaintMask("cup-1", make_mask(Box(0, 0, 3, 3))))
    moved = apply(painted, MoveBox("cup-1", Box(10, 10, 20, 20)))
    again = list(run(moved, scripted_kit()))
    assert only(Finished, again)[0].turn.masks["cup-1"].full()[1, 1]
    assert not only(CorrectionDropped, again)
    lost = apply(painted, DropBox("cup-1"))
    events = list(run(lost, scripted_kit()))
    assert [type(e.correction) for e in only(CorrectionDropped, events)] == [PaintMask]


def test_an_unread_instruction_pauses_only_when_a_person_is_there():
    turn = replace(make_turn(until=None, text="hello"))
    events = list(run(turn, scripted_kit(), ask_user=True))
    assert only(NeedsUser, events)[0].question == "What should be changed?"
    reached = only(Finished, events)[0].turn
    assert reached.next_stage is Stage.DETECT
    assert not only(NeedsUser, run(turn, scripted_kit()))


def test_a_failing_backend_keeps_what_was_reached_and_says_one_sentence():
    class Broken(ScriptedDetector):
        def scan(self, picture):
            if self.asked:
                raise RuntimeError("weights are upside down")
            return super().scan(picture)

        def find(self, picture, referents):
            raise RuntimeError("weights are upside down")

    events = list(run(make_turn(until=None), scripted_kit(detector=Broken())))
    (failed,) = only(StageFailed, events)
    assert failed.stage is Stage.DETECT
    assert "weights are upside down" in failed.message
    assert failed.turn.instruction is not None
    assert not only(Finished, events)


def test_no_memory_is_said_in_words():
    class Hungry(ScriptedParser):
        def parse(self, text, context):
            raise MemoryError

    (failed,) = only(StageFailed, run(make_turn(until=None), scripted_kit(parser=Hungry())))
    assert "smaller" in failed.message


def test_a_plan_with_nothing_to_do_fails_in_the_edit_stage():
    (failed,) = only(StageFailed, run(make_turn(until=None, text="hello"), scripted_kit()))
    assert failed.stage is Stage.EDIT
    assert failed.turn.plan is not None


def test_closing_the_run_cancels_the_editor():
    editor = ScriptedEditor(ticks=50)
    work = run(make_turn(), scripted_kit(editor=editor))
    for event in work:
        if isinstance(event, EditProgress):
            break
    work.close()
    assert editor.cancelled == 1


@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_row_has_a_port_that_the_kit_has_or_none(stage):
    from ggedit.pipeline import STAGE_TABLE

    row = STAGE_TABLE[stage.rank]
    assert row.stage is stage
    assert row.port is None or hasattr(scripted_kit(), row.port)
