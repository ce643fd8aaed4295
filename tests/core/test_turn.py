import copy

import numpy as np
import pytest

from ggedit.core.errors import BadInput
from ggedit.core.masks import Mask
from ggedit.core.result import EditResult
from ggedit.core.scene import RemoveNode
from ggedit.core.turn import Ask, History, Stage, StageRecord, Tier, Turn
from tests.builders import EXTENT, make_detections, make_picture, make_turn


def record(stage: Stage) -> StageRecord:
    return StageRecord(stage, "x@1", Tier.TEST, "test", 0.1)


def test_cells_fill_from_the_left():
    empty = make_turn(until=None)
    assert empty.next_stage is Stage.PARSE
    with pytest.raises(ValueError, match="without a gap"):
        empty.write(Stage.DETECT, make_detections())
    with pytest.raises(ValueError, match="holds Instruction"):
        empty.write(Stage.PARSE, make_detections())
    assert make_turn(until=Stage.EDIT).next_stage is None


def test_writing_a_cell_empties_those_to_its_right_with_their_records():
    turn = make_turn(until=Stage.EDIT)
    for stage in Stage:
        turn = turn.recorded(record(stage))
    changed = turn.write(Stage.DETECT, make_detections())
    assert changed.instruction is turn.instruction
    assert [changed.cell(s) for s in list(Stage)[2:]] == [None] * 5
    assert [r.stage for r in changed.records] == [Stage.PARSE, Stage.DETECT]
    assert turn.result is not None, "the old turn is as it was"


def test_emptying_and_recording_twice():
    turn = make_turn(until=Stage.PLAN).recorded(record(Stage.PARSE)).recorded(record(Stage.PARSE))
    assert len(turn.records) == 1
    assert turn.emptied_from(Stage.PARSE).records == ()


def test_a_deep_copy_is_the_same_read_only_value():
    turn = make_turn()
    assert copy.deepcopy(turn) is turn
    assert not copy.deepcopy({"turn": turn})["turn"].picture.pixels.flags.writeable


@pytest.mark.parametrize("ask", [("",), ("  ",), ("remove it", (RemoveNode("a"),)), ("x" * 2001,)], ids=range(4))
def test_an_ask_is_text_or_graph_edits(ask):
    with pytest.raises(BadInput):
        Ask(*ask)


def test_seeds_are_32_bit():
    with pytest.raises(BadInput, match="seed"):
        Turn(id="a", picture=make_picture(), ask=Ask("x"), seed=-1)


def test_size_counts_each_array_once():
    turn = make_turn(until=Stage.EDIT)
    assert turn.result is not None and turn.result.picture is turn.picture
    pixels = turn.picture.pixels.nbytes / 2**20
    assert pixels < turn.size_mib < 2 * pixels


def finished(number: int) -> Turn:
    picture = make_picture(seed=number)
    turn = make_turn(until=Stage.PLAN)
    done = turn.write(Stage.EDIT, EditResult(picture, Mask.of(np.zeros(EXTENT.shape, bool))))
    return Turn(**{**{f: getattr(done, f) for f in done.__dataclass_fields__}, "id": f"t{number}"})


def test_history_is_a_tree_with_a_cursor():
    history = History(make_picture())
    assert history.undo() is history
    assert history.redo() is history
    history = history.accepted(finished(1)).accepted(finished(2))
    assert [t.id for t in history.path()] == ["t1", "t2"]
    assert history.picture.digest == make_picture(seed=2).digest
    back = history.undo()
    assert back.cursor == "t1"
    assert back.redo().cursor == "t2"
    branched = back.accepted(finished(3))
    assert [t.id for t in branched.path()] == ["t1", "t3"]
    assert branched.undo().redo().cursor == "t3", "redo follows the newest child"
    assert branched.goto("t2").cursor == "t2"
    assert branched.goto(None).picture.digest == make_picture().digest
    with pytest.raises(BadInput, match="no longer exists"):
        branched.goto("nope")


def test_an_unfinished_turn_is_not_accepted():
    with pytest.raises(BadInput, match="finished"):
        History(make_picture()).accepted(make_turn())
