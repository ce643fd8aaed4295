import zipfile

import pytest

from ggedit.backends.scripted import ScriptedEditor, scripted_kit
from ggedit.core.corrections import PaintMask
from ggedit.core.errors import BadInput
from ggedit.core.geometry import Box
from ggedit.core.turn import Stage
from ggedit.session import EditSession, load_history, replay, save_history
from tests.builders import make_mask, make_picture


def two_edits() -> EditSession:
    session = EditSession(make_picture(alpha=True), scripted_kit())
    for text, seed in (("remove the cup", 4), ("make the lamp blue", 5)):
        session.ask(text, seed=seed)
        list(session.run(until=Stage.PLAN))
        if seed == 4:
            session.correct(PaintMask("cup-1", make_mask(Box(0, 0, 6, 6))))
        list(session.run())
        session.accept()
    return session


def test_a_session_comes_back_whole(tmp_path):
    session = two_edits()
    path = tmp_path / "my session.zip"
    save_history(session.history, path)
    again = load_history(path)
    assert again.picture.digest == session.picture.digest
    assert [t.id for t in again.path()] == [t.id for t in session.history.path()]
    assert again.path()[0].corrections and again.path()[0].masks is not None
    assert list(tmp_path.iterdir()) == [path], "no half-written file is left"


def test_replay_gives_the_same_pixels_and_notices_another_editor(tmp_path):
    session = two_edits()
    path = tmp_path / "s.zip"
    save_history(session.history, path)
    assert [turn.same for turn in replay(load_history(path), scripted_kit())] == [True, True]

    class Other(ScriptedEditor):
        def edit(self, job):
            from dataclasses import replace

            yield from super().edit(replace(job, seed=job.seed ^ 1))

    assert [turn.same for turn in replay(load_history(path), scripted_kit(editor=Other()))] == [False, False]


@pytest.mark.parametrize("content", [b"", b"no zip at all"], ids=["empty", "text"])
def test_other_files_are_refused_in_words(tmp_path, content):
    path = tmp_path / "x.zip"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="not a ggedit session"):
        load_history(path)


def test_missing_and_damaged_archives(tmp_path):
    with pytest.raises(BadInput, match="no file"):
        load_history(tmp_path / "gone.zip")
    path = tmp_path / "odd.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("session.json", '{"format": 1, "value": {"turns": []}}')
    with pytest.raises(BadInput, match="does not hold a History"):
        load_history(path)
    save_history(two_edits().history, path)
    with zipfile.ZipFile(path) as archive:
        kept = {n: archive.read(n) for n in archive.namelist() if not n.startswith("files/")}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in kept.items():
            archive.writestr(name, content)
    with pytest.raises(BadInput, match="missing"):
        load_history(path)


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(BadInput, match="cannot be written"):
        save_history(two_edits().history, tmp_path / "no" / "where.zip")


def test_a_huge_archive_is_not_unpacked(tmp_path, monkeypatch):
    from ggedit.session import archive

    path = tmp_path / "s.zip"
    save_history(two_edits().history, path)
    monkeypatch.setattr(archive, "MAX_UNPACKED_BYTES", 100)
    with pytest.raises(BadInput, match="unpacks to more"):
        load_history(path)


def test_the_pictures_of_an_archive_are_counted_before_they_are_decoded(tmp_path):
    session = two_edits()
    path = tmp_path / "s.zip"
    save_history(session.history, path)
    pixels = session.history.source.extent.area
    pictures = 1 + len({turn.result.picture.digest for turn in session.history.turns})
    assert load_history(path, max_pixels=pictures * pixels).turns
    with pytest.raises(BadInput, match="more and larger pictures"):
        load_history(path, max_pixels=pictures * pixels - 1)
