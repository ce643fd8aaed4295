import itertools

import numpy as np
import pytest

from ggedit.backends.scripted import ScriptedEditor, ScriptedParser, ScriptedStore, scripted_kit
from ggedit.core.corrections import AddBox, ClickPoint, MoveBox
from ggedit.core.errors import BadInput
from ggedit.core.events import EditProgress, Finished, StageDone
from ggedit.core.geometry import Box
from ggedit.core.scene import RemoveNode
from ggedit.core.turn import STAGES, Stage
from ggedit.session import EditSession
from tests.builders import make_picture, only


def make_session(**kit) -> EditSession:
    names = (f"id-{n}" for n in itertools.count())
    return EditSession(make_picture(), scripted_kit(**kit), store=ScriptedStore(), new_id=lambda: next(names))


def finish(session: EditSession, text: str = "remove the cup") -> EditSession:
    session.ask(text)
    list(session.run())
    session.accept()
    return session


def test_from_words_to_an_accepted_result():
    session = make_session()
    session.ask("remove the cup", seed=3)
    list(session.run(until=Stage.PLAN))
    assert session.draft.next_stage is Stage.EDIT
    list(session.run())
    history = session.accept()
    assert session.turn is None
    assert history.cursor == history.turns[0].id
    assert session.picture.digest != make_picture().digest
    assert session._store.saved[session.id] is history


def test_nothing_to_work_on_is_said():
    session = make_session()
    with pytest.raises(BadInput, match="Say what to change first"):
        session.correct(MoveBox("cup-1", Box(1, 1, 2, 2)))
    with pytest.raises(BadInput):
        session.ask("   ")
    session.ask("remove the cup")
    with pytest.raises(BadInput, match="finished"):
        session.accept()


def test_an_impossible_correction_leaves_the_draft_alone():
    session = make_session()
    session.ask("remove the cup")
    list(session.run(until=Stage.PLAN))
    before = session.draft
    with pytest.raises(BadInput):
        session.correct(MoveBox("dog-1", Box(1, 1, 2, 2)))
    assert session.draft is before and session.corrections_to_undo == 0


def test_corrections_can_be_taken_back_one_by_one():
    session = make_session()
    session.ask("remove the cup")
    list(session.run(until=Stage.PLAN))
    before = session.draft
    session.correct(AddBox("hat", Box(1, 1, 9, 9)))
    session.correct(AddBox("hat", Box(2, 1, 9, 9)))
    session.uncorrect()
    assert session.uncorrect() is before
    assert session.uncorrect() is before


def test_undo_redo_branch_and_jump():
    session = finish(finish(make_session()), "remove the lamp")
    second = session.history.cursor
    session.undo()
    first = session.history.cursor
    assert first is not None and session.redo().cursor == second
    session.undo()
    finish(session, "make the lamp blue")
    assert len(session.history.turns) == 3
    assert session.goto(None).cursor is None
    assert session.picture.digest == make_picture().digest
    assert session._store.saved[session.id].cursor is None


def test_the_next_request_knows_the_scene_and_what_was_spoken_of():
    parser = ScriptedParser()
    session = finish(make_session(parser=parser))
    session.ask("make the lamp blue")
    list(session.run(until=Stage.PARSE))
    context = parser.asked[-1][1]
    assert [t.label for t in context.scene] == ["lamp"], "the cup is gone"
    assert [t.label for t in context.mentions] == ["cup"]


def test_a_graph_change_keeps_what_was_perceived():
    session = make_session()
    session.ask("remove the cup")
    list(session.run(until=Stage.PLAN))
    seen = session.draft
    changed = session.ask_graph((RemoveNode("lamp-1"),))
    assert changed.scene is seen.scene and changed.plan is None
    ran = [e.stage for e in only(StageDone, session.run())]
    assert ran == [Stage.PLAN, Stage.EDIT]
    inside = seen.masks["lamp-1"].full()
    after = (session.draft.result.picture.pixels != make_picture().pixels).any(axis=2)
    assert (after & inside).any() and not (after & seen.masks["cup-1"].full()).any()


def test_a_click_on_nothing_known_adds_a_thing():
    session = make_session()
    session.ask("remove the hat")
    list(session.run(until=Stage.PLAN, ask_user=False))
    session.add_by_click(20, 4, label="hat")
    added, click = session.draft.corrections
    assert isinstance(added, AddBox) and isinstance(click, ClickPoint) and click.id == added.id
    list(session.run())
    assert session.draft.result.changed.area > 0
    with pytest.raises(BadInput, match="inside"):
        session.add_by_click(-1, 4, label="hat")


def test_variants_differ_and_one_is_chosen():
    session = make_session()
    session.ask("remove the cup")
    list(session.run())
    first = session.draft.result.picture.digest
    others = [e.turn for e in only(Finished, session.make_variants(3))]
    assert len({first, *(t.result.picture.digest for t in others)}) == 3
    assert session.draft.result.picture.digest == first
    session.choose(others[1])
    assert session.accept().turns[0].variant == 2


def test_stopping_keeps_the_plan():
    editor = ScriptedEditor(ticks=100)
    session = make_session(editor=editor)
    session.ask("remove the cup")
    work = session.run()
    for event in work:
        if isinstance(event, EditProgress):
            break
    work.close()
    assert editor.cancelled == 1
    assert session.draft.plan is not None and session.draft.result is None
    list(session.run())
    assert session.draft.next_stage is None and len(session.draft.records) == len(STAGES)


def test_a_thing_is_kept_on_the_shelf():
    session = make_session()
    session.ask("remove the cup")
    with pytest.raises(BadInput, match="no mask yet"):
        session.keep_on_shelf("cup-1", "my cup")
    list(session.run(until=Stage.PLAN))
    session.keep_on_shelf("cup-1", "my cup")
    assert session.kit.shelf.use.names() == ("my cup",)


def test_nothing_of_the_source_is_ever_written_to():
    session = make_session()
    pixels = np.array(session.picture.pixels)
    finish(session)
    assert (session.history.source.pixels == pixels).all()


def test_a_look_perceives_the_scene_and_a_graph_change_goes_on_from_it():
    session = make_session()
    session.look()
    list(session.run(until=Stage.RELATE))
    assert {n.id for n in session.draft.scene.nodes} == {"cup-1", "lamp-1"}
    session.ask_graph((RemoveNode("cup-1"),))
    list(session.run())
    assert session.accept().turns[0].ask.graph_edits == (RemoveNode("cup-1"),)
