import numpy as np

from ggedit.backends.scripted import scripted_kit
from ggedit.core.turn import History
from ggedit.session import EditSession, Spool
from ggedit.session.spool import _is_aside
from tests.builders import make_picture


def edited(spool: Spool, times: int) -> EditSession:
    session = EditSession(make_picture(alpha=True), scripted_kit(), spool=spool)
    for seed in range(times):
        session.ask("remove the cup", seed=seed)
        list(session.run())
        session.accept()
    return session


def in_memory(history: History) -> int:
    pictures = [history.source, *(t.result.picture for t in history.turns)]
    return sum(not _is_aside(p) for p in pictures)


def test_old_pictures_move_into_files_and_stay_the_same(tmp_path):
    session, plain = edited(Spool(tmp_path / "spool", limit_mib=0.0001), 4), edited(Spool(tmp_path, 1000), 4)
    assert in_memory(session.history) == 1, "only the one at the cursor"
    assert in_memory(plain.history) == 5
    for kept, aside in zip(plain.history.turns, session.history.turns, strict=True):
        assert kept.result is not None and aside.result is not None
        assert np.array_equal(kept.result.picture.pixels, aside.result.picture.pixels)
        assert kept.result.picture.digest == aside.result.picture.digest
    assert np.array_equal(session.history.source.alpha, plain.history.source.alpha)


def test_undo_to_a_picture_in_a_file_and_edit_on(tmp_path):
    session = edited(Spool(tmp_path / "spool", limit_mib=0.0001), 3)
    session.goto(None)
    assert session.picture.digest == make_picture(alpha=True).digest
    session.ask("make the lamp blue")
    list(session.run())
    assert session.accept().turns[-1].parent is None


def test_no_file_is_left_behind(tmp_path):
    edited(Spool(tmp_path / "spool", limit_mib=0.0001), 3)
    assert list((tmp_path / "spool").iterdir()) == []
