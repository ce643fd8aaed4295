"""The desk: letters in, corrections applied, views out. No browser and no gradio server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ggedit.backends.scripted import ScriptedEditor, ScriptedSegmenter, scripted_kit
from ggedit.core.corrections import ClickPoint
from ggedit.core.turn import Stage
from ggedit.ui.handlers import PANELS

from .doubles import OUTBOX, Browser, ScriptedOpener, data_url, paint_png


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return Browser(tmp_path)


def test_every_answer_ends_with_a_view_of_each_panel(browser: Browser) -> None:
    views = list(browser.stream("canvas"))
    assert set(views[-1]) == set(PANELS)
    assert [view["rev"] for view in views[-1].values()] == [1] * len(PANELS)


def test_a_photo_is_opened_and_its_display_copy_is_small(browser: Browser) -> None:
    views = browser.open(Image.new("RGB", (3000, 1500)))
    picture: Any = views["canvas"]["picture"]
    assert (picture["width"], picture["height"]) == (3000, 1500)
    assert Image.open(picture["file"]["path"]).size == (2048, 1024)


def test_an_analysis_reports_its_stages_before_it_ends(browser: Browser) -> None:
    browser.open()
    seen = [v["progress"]["running"] for v in browser.stream("request", {"kind": "ask", "text": "remove the cup"})]
    names = [running["name"] for running in seen if isinstance(running, dict)]
    assert list(dict.fromkeys(names)) == ["Read", "Find", "Choose", "Outline", "Relate", "Plan"]
    assert seen[-1] is None


def test_an_edit_that_arrives_twice_is_applied_once(browser: Browser) -> None:
    browser.analysed("remove the cup")
    letter = browser.letter("canvas", {"kind": "add_box", "label": "cup", "box": [200, 20, 260, 80], "clause": None})
    for _ in range(2):
        list(browser.desk.answer("canvas", letter, browser.sid))
    assert sum(i.startswith("cup-u") for i in browser.turn.detections.ids) == 1


def test_edits_on_a_picture_that_is_no_longer_open_are_void(browser: Browser) -> None:
    browser.analysed("remove the cup")
    old = browser.visitor.doc
    browser.open(name="other.png")
    browser.send("request", {"kind": "ask", "text": "remove the cup"})
    views = browser.send("canvas", {"kind": "drop_box", "id": "cup-1"}, doc=old)
    assert "cup-1" in browser.turn.detections.ids
    assert views["canvas"]["acks"] == {OUTBOX: browser.count}


def test_a_bad_edit_is_told_at_its_panel_and_the_next_one_still_counts(browser: Browser) -> None:
    browser.analysed("remove the cup")
    views = browser.send(
        "canvas",
        {"kind": "move_box", "id": "no-such", "box": [0, 0, 9, 9]},
        {"kind": "rename_box", "id": "lamp-1", "label": "torch"},
    )
    assert "no-such" in str(views["canvas"]["notice"])
    assert "torch" in browser.turn.detections.phrases
    assert not views["plan"]["notice"]


def test_twenty_clicks_in_one_letter_cost_one_run(tmp_path: Path) -> None:
    segmenter = ScriptedSegmenter()
    browser = Browser(tmp_path, ScriptedOpener(scripted_kit(segmenter=segmenter)))
    browser.analysed("remove the cup")
    segmenter.asked.clear()
    clicks = [{"kind": "click", "id": "cup-1", "x": 60 + n, "y": 150, "positive": True} for n in range(20)]
    browser.send("canvas", *clicks)
    assert sum(isinstance(c, ClickPoint) for c in browser.turn.corrections) == 20
    assert [len(p.points) for p in segmenter.asked] == [20, 0], "the cup once, and the lamp beside it"


def test_a_stroke_is_painted_at_full_size(browser: Browser) -> None:
    browser.open(Image.new("RGB", (4096, 2048)), name="large.png")
    browser.send("request", {"kind": "ask", "text": "remove the cup"})
    before = browser.turn.masks["cup-1"].full()
    stroke = {
        "kind": "paint",
        "id": "cup-1",
        "include": True,
        "box": [3000, 100, 3200, 300],
        "png": paint_png(100, 100),
    }
    browser.send("canvas", stroke)
    added = browser.turn.masks["cup-1"].full() & ~before
    assert added.sum() == 200 * 200
    assert added[100:300, 3000:3200].all()


@pytest.mark.parametrize(
    ("png", "words"),
    [
        pytest.param(paint_png(10, 10, alpha=0), "did not touch", id="nothing painted"),
        pytest.param("data:image/png;base64,AAAA", "not a PNG", id="not a PNG"),
        pytest.param(paint_png(3000, 4), "larger than the picture", id="too large"),
    ],
)
def test_a_stroke_that_cannot_be_used_is_refused_in_words(browser: Browser, png: str, words: str) -> None:
    browser.analysed("remove the cup")
    views = browser.send("canvas", {"kind": "paint", "id": "cup-1", "include": True, "box": [0, 0, 9, 9], "png": png})
    assert words in str(views["canvas"]["notice"])


def test_an_imported_mask_must_have_the_pictures_size(browser: Browser) -> None:
    browser.analysed("remove the cup")
    small = data_url(Image.new("L", (40, 30), 255))
    views = browser.send("canvas", {"kind": "import_mask", "id": "cup-1", "png": small})
    assert "400 x 300" in str(views["canvas"]["notice"])
    half = np.zeros((300, 400), np.uint8)
    half[:, :200] = 255
    browser.send("canvas", {"kind": "import_mask", "id": "cup-1", "png": data_url(Image.fromarray(half))})
    assert browser.turn.masks["cup-1"].area == 300 * 200


@pytest.mark.parametrize(("how", "change"), [("grow", 1), ("shrink", -1)])
def test_masks_grow_and_shrink(browser: Browser, how: str, change: int) -> None:
    browser.analysed("remove the cup")
    before = browser.turn.masks["cup-1"].area
    browser.send("canvas", {"kind": "reshape", "id": "cup-1", "how": how})
    assert np.sign(browser.turn.masks["cup-1"].area - before) == change
    browser.send("canvas", {"kind": "reshape", "id": "cup-1", "how": "reset"})
    assert browser.turn.masks["cup-1"].area == before


def test_a_click_beside_everything_adds_the_thing_that_is_meant(browser: Browser) -> None:
    browser.analysed("remove the cup")
    browser.send("canvas", {"kind": "add_by_click", "x": 350, "y": 40, "clause": 0})
    assert browser.turn.selection.targets(0) == ("cup-u1",)
    assert [step.node for step in browser.turn.plan.steps] == ["cup-u1"]


def test_another_wording_keeps_what_was_corrected(browser: Browser) -> None:
    browser.analysed("remove the cup")
    browser.send("canvas", {"kind": "move_box", "id": "lamp-1", "box": [10, 10, 60, 60]})
    browser.send("request", {"kind": "ask", "text": "remove the lamp"})
    assert browser.turn.detections.box("lamp-1").xyxy == (10, 10, 60, 60)


def test_a_finished_result_is_kept_before_the_next_request(browser: Browser) -> None:
    browser.analysed("remove the cup")
    browser.send("plan", {"kind": "run"})
    browser.send("request", {"kind": "ask", "text": "remove the lamp"})
    session = browser.visitor.session
    assert session is not None
    assert [turn.ask.text for turn in session.history.turns] == ["remove the cup"]
    assert session.id in browser.opener.store.saved


def test_undo_goes_back_step_by_step(browser: Browser) -> None:
    browser.analysed("remove the cup")
    browser.send("canvas", {"kind": "move_box", "id": "cup-1", "box": [10, 10, 60, 60]})
    views = browser.send("plan", {"kind": "run"})
    told = []
    while views["history"]["undo"]:
        told.append(views["history"]["undo"])
        views = browser.send("history", {"kind": "undo"})
    assert told == ["Take back the result; the plan stays", "Take back the last correction", "Drop this request"]
    assert browser.turn is None


def test_undo_and_redo_of_kept_turns(browser: Browser) -> None:
    browser.analysed("remove the cup")
    browser.send("plan", {"kind": "run"})
    browser.send("history", {"kind": "keep"})
    views = browser.send("history", {"kind": "undo"})
    assert views["history"]["redo"]
    turns: Any = browser.send("history", {"kind": "redo"})["history"]["turns"]
    assert [turn["current"] for turn in turns] == [False, True]


class _Waiting(ScriptedEditor):
    """Waits in its first step until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.inside, self.go_on = threading.Event(), threading.Event()

    def edit(self, job: Any) -> Iterator[Any]:
        for tick in super().edit(job):
            self.inside.set()
            self.go_on.wait(20)
            yield tick


def test_stop_gives_the_page_back_while_the_editor_is_still_busy(tmp_path: Path) -> None:
    editor = _Waiting()
    browser = Browser(tmp_path, ScriptedOpener(scripted_kit(editor=editor)))
    browser.analysed("remove the cup")
    run = threading.Thread(target=browser.send, args=("plan", {"kind": "run"}))
    run.start()
    assert editor.inside.wait(20)
    browser.desk.stop(browser.letter("progress", {"kind": "stop"}), browser.sid)
    run.join(20)
    assert not run.is_alive(), "the answer came although the editor did not"
    assert "Stopped" in str(browser.views["progress"]["notice"])
    (left,) = browser.visitor.left_behind
    editor.go_on.set()
    assert left.wait(20)
    assert editor.cancelled == 1
    assert browser.turn.result is None, "what was left behind changes nothing any more"
    assert browser.turn.plan is not None
    browser.send("plan", {"kind": "run"})
    assert browser.turn.result is not None


def test_edits_during_a_run_wait_in_the_browser(tmp_path: Path) -> None:
    editor = _Waiting()
    browser = Browser(tmp_path, ScriptedOpener(scripted_kit(editor=editor)))
    browser.analysed("remove the cup")
    run = threading.Thread(target=browser.send, args=("plan", {"kind": "run"}))
    run.start()
    assert editor.inside.wait(20)
    letter = browser.letter("canvas", {"kind": "drop_box", "id": "lamp-1"})
    assert list(browser.desk.answer("canvas", letter, browser.sid)) == [], "no answer, so nothing is acknowledged"
    editor.go_on.set()
    run.join(20)
    list(browser.desk.answer("canvas", letter, browser.sid))
    assert "lamp-1" not in browser.turn.detections.ids


def test_variants_are_made_and_chosen(browser: Browser) -> None:
    browser.analysed("remove the cup")
    views: Any = browser.send("plan", {"kind": "run", "variants": 3})
    assert [one["chosen"] for one in views["history"]["variants"]] == [True, False, False]
    views = browser.send("history", {"kind": "variant", "index": 2})
    assert [one["chosen"] for one in views["history"]["variants"]] == [False, False, True]


@pytest.mark.parametrize(
    ("edit", "suffix", "kind"),
    [
        ({"what": "picture", "format": "PNG"}, "-edited.png", "PNG"),
        ({"what": "picture", "format": "JPEG"}, "-edited.jpg", "JPEG"),
        ({"what": "picture", "format": "WEBP"}, "-edited.webp", "WEBP"),
    ],
    ids=["png", "jpeg", "webp"],
)
def test_pictures_are_offered_full_size(browser: Browser, edit: dict[str, Any], suffix: str, kind: str) -> None:
    browser.analysed("remove the cup")
    download: Any = browser.send("history", {"kind": "download", **edit})["history"]["download"]
    saved = Image.open(download["file"]["path"])
    assert download["name"] == f"table{suffix}"
    assert (saved.format, saved.size) == (kind, (400, 300))


def test_a_saved_session_is_opened_again(browser: Browser, tmp_path: Path) -> None:
    browser.analysed("remove the cup")
    browser.send("plan", {"kind": "run"})
    download: Any = browser.send("history", {"kind": "download", "what": "session"})["history"]["download"]
    other = Browser(tmp_path, sid="visitor-2")
    views: Any = other.send("canvas", {"kind": "open", "file": {**download["file"], "orig_name": "table.zip"}})
    assert [turn["text"] for turn in views["history"]["turns"]] == ["the photo", "remove the cup"]


def test_a_remembered_session_goes_on_after_the_server_was_started_again(browser: Browser, tmp_path: Path) -> None:
    browser.analysed("remove the cup")
    browser.send("plan", {"kind": "run"})
    browser.send("history", {"kind": "keep"})
    memory = browser.desk.memory(browser.sid)
    again = Browser(tmp_path, browser.opener)
    again.sid = again.desk.recognise(memory)
    assert again.sid != browser.sid
    turns: Any = again.desk.welcome(again.sid)["history"]["turns"]
    assert [turn["text"] for turn in turns] == ["the photo", "remove the cup"]


@pytest.mark.parametrize(
    "memory",
    [None, "x", {"visitor": "guessed", "session": "../../etc/passwd"}, {"session": "0" * 32}, {"visitor": 7}],
    ids=["nothing", "text", "path", "unknown", "number"],
)
def test_a_forged_memory_opens_nothing(browser: Browser, memory: object) -> None:
    browser.analysed("remove the cup")
    sid = browser.desk.recognise(memory)
    assert sid != browser.sid
    assert browser.desk.welcome(sid)["canvas"]["picture"] is None


def test_masks_are_shown_before_a_plan_that_takes_its_time(browser: Browser) -> None:
    browser.analysed("remove the cup")
    click = {"kind": "click", "id": "cup-1", "x": 60, "y": 150, "positive": True}
    for planner_s, answers in ((2.0, 2), (0.0, 1)):
        browser.visitor.seconds |= {Stage.RELATE: 0.0, Stage.PLAN: planner_s}
        shown = [views for views in browser.stream("canvas", click) if "canvas" in views]
        assert len(shown) == answers
        assert all(views["canvas"]["masks"] for views in shown)
    assert shown[-1]["plan"]["steps"]


def test_stages_that_take_no_time_are_not_announced_again(browser: Browser) -> None:
    browser.analysed("remove the cup")
    browser.visitor.seconds |= dict.fromkeys(Stage, 0.0)
    move = {"kind": "move_box", "id": "cup-1", "box": [10, 10, 60, 60]}
    assert len(list(browser.stream("canvas", move))) == 1
