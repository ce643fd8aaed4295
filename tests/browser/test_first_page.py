"""From upload to downloaded result, and every correction on the way, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from .mounted import mount
from .steps import analysed, ask, at, box_of, click_picture, drag_picture, idle, open_photo, run_plan


def test_from_upload_to_downloaded_result(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    assert page.locator("#plan .gg-step-title").inner_text() == "Remove the cup"
    run_plan(page)
    page.locator("#history .gg-download summary").click()
    with page.expect_download() as download:
        page.locator("#history [data-key=png]").click()
    saved = np.asarray(Image.open(download.value.path()).convert("RGB"))
    before = np.asarray(Image.open(photo))
    changed = (saved != before).any(axis=2)
    assert download.value.suggested_filename == "table-edited.png"
    assert changed[90:240, 40:160].mean() > 0.5, "the cup's box was painted"
    assert not changed[:, 170:].any(), "nothing changes beside the cup"


def test_metadata_and_size_survive_the_download(page: Any, tmp_path: Path) -> None:
    source = tmp_path / "holiday.jpg"
    image = Image.new("RGB", (2600, 1300), (90, 120, 150))
    exif = Image.Exif()
    exif[0x010F] = "Camera Maker"
    image.save(source, exif=exif)
    analysed(page, source, "remove the cup")
    run_plan(page)
    page.locator("#history .gg-download summary").click()
    with page.expect_download() as download:
        page.locator("#history [data-key=jpeg]").click()
    saved = Image.open(download.value.path())
    assert saved.size == (2600, 1300)
    assert saved.getexif()[0x010F] == "Camera Maker"
    shown = page.evaluate("() => document.querySelector('#canvas .gg-photo').naturalWidth")
    assert shown == 2048, "the browser gets a display copy"


def test_the_plan_is_edited_by_hand(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup and make the lamp blue")
    titles = page.locator("#plan .gg-step-title")
    assert titles.all_inner_texts() == ["Remove the cup", "Make the lamp blue"]
    page.locator("#plan [data-key='1-look']").fill("red")
    page.locator("#plan [data-key='1-look']").press("Enter")
    page.wait_for_function(
        "() => document.querySelectorAll('#plan .gg-step-title')[1].textContent === 'Make the lamp red'"
    )
    idle(page)
    page.locator("#plan [data-key='1-up']").click()
    page.wait_for_function("() => document.querySelector('#plan .gg-step-title').textContent === 'Make the lamp red'")
    idle(page)
    page.locator("#plan [data-key='1-on']").uncheck()
    page.wait_for_selector("#plan .gg-step.is-off")
    idle(page)
    page.locator("#plan [data-key='0-drop']").click()
    page.wait_for_function("() => document.querySelectorAll('#plan .gg-step').length === 1")
    idle(page)
    assert page.locator("#gg-run").is_disabled(), "no step is switched on"


def test_undo_redo_and_history(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    run_plan(page)
    page.locator("#history [data-key=keep]").click()
    idle(page)
    turns = page.locator("#history .gg-strip .gg-thumb")
    page.wait_for_function("() => document.querySelectorAll('#history .gg-strip .gg-thumb').length === 2")
    assert turns.nth(1).get_attribute("aria-current") == "step"
    page.locator("#history [data-key=undo]").click()
    page.wait_for_selector("#history li:nth-child(1) [aria-current]")
    idle(page)
    page.locator("#history [data-key=redo]").click()
    page.wait_for_selector("#history li:nth-child(2) [aria-current]")
    idle(page)
    turns.nth(0).click()
    page.wait_for_selector("#history li:nth-child(1) [aria-current]")
    idle(page)
    ask(page, "make the lamp blue")
    page.wait_for_selector("#plan .gg-step")
    run_plan(page)
    page.locator("#history [data-key=keep]").click()
    page.wait_for_function("() => document.querySelectorAll('#history .gg-strip .gg-thumb').length === 3")
    assert page.locator("#history .gg-thumb.on-path").count() == 1, "the new turn branches from the photo"


def test_undo_takes_back_the_last_correction_first(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    drag_picture(page, (100, 160), (120, 170))
    idle(page)
    page.locator("#history [data-key=undo]").click()
    idle(page)
    assert box_of(page, "cup-1") == pytest.approx([40, 90, 160, 240], abs=0.2)


def test_stop_ends_the_run_and_leaves_the_plan(page: Any, photo: Path, server: Any) -> None:
    analysed(page, photo, "remove the cup")
    server.editor.gate.clear()
    page.locator("#gg-run").click()
    page.get_by_role("button", name="Stop", exact=True).click()
    idle(page)
    page.locator("#progress .gg-notice", has_text="Stopped").wait_for()
    assert page.locator("#history [data-key=keep]").count() == 0
    server.editor.gate.set()
    run_plan(page)


def test_variants_are_offered_and_chosen(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    page.locator("#plan [data-key=variants]").select_option("3")
    run_plan(page)
    page.wait_for_function("() => document.querySelectorAll('#history .gg-variants .gg-thumb').length === 3")
    page.locator("#history [data-key=variant-2]").click()
    page.wait_for_selector("#history [data-key=variant-2][aria-pressed=true]")
    idle(page)


def test_an_edit_made_during_a_run_is_not_lost(page: Any, photo: Path, server: Any) -> None:
    analysed(page, photo, "remove the cup")
    server.editor.gate.clear()
    page.locator("#gg-run").click()
    page.wait_for_selector("#progress .gg-work:not([hidden])")
    page.locator("#canvas .gg-window").focus()
    click_picture(page, 100, 160)
    name = page.locator("#canvas .gg-name")
    name.fill("mug")
    name.press("Enter")
    page.wait_for_selector("#canvas [data-pending='1']", state="attached")
    server.editor.gate.set()
    idle(page)
    page.wait_for_function("() => document.querySelector('#plan .gg-step-title').textContent.includes('mug')")


def test_an_ambiguous_phrase_is_asked_with_candidates_highlighted(page: Any, photo: Path) -> None:
    open_photo(page, photo)
    ask(page, "remove the cat")
    question = page.locator("#request .gg-question")
    question.wait_for()
    assert page.locator("#canvas .gg-box.is-asked").count() == 2
    options = question.locator(".gg-option")
    options.nth(1).hover()
    page.wait_for_selector("#canvas .gg-box.is-pointed")
    options.nth(1).click()
    question.wait_for(state="detached")
    idle(page)
    assert page.locator("#canvas .gg-box.gg-target").get_attribute("data-id") == "cat-2"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"not a picture at all", "not a picture", id="text"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "not a picture", id="broken"),
    ],
)
def test_a_bad_file_is_answered_in_one_sentence_at_the_canvas(
    page: Any, tmp_path: Path, content: bytes, sentence: str
) -> None:
    path = tmp_path / "strange.png"
    path.write_bytes(content)
    page.locator("#canvas .gg-drop input[type=file]").set_input_files(path)
    notice = page.locator("#canvas .gg-notice")
    notice.wait_for()
    assert sentence in notice.inner_text()


def test_a_file_that_is_too_large_is_refused_in_one_sentence(page: Any, tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    noise = np.random.default_rng(1).integers(0, 256, (1000, 1000, 3), np.uint8)
    Image.fromarray(noise).save(path)
    assert path.stat().st_size > 2 * 2**20
    page.locator("#canvas .gg-drop input[type=file]").set_input_files(path)
    page.locator("#canvas .gg-notice", has_text="too large").wait_for()
    page.faults[:] = [fault for fault in page.faults if "413" not in fault]


def test_an_instruction_that_asks_for_nothing_becomes_a_question(page: Any, photo: Path) -> None:
    open_photo(page, photo)
    ask(page, "hello there")
    page.locator("#request .gg-question", has_text="What should be changed?").wait_for()
    assert page.locator("#plan .gg-step").count() == 0


def test_asking_without_a_photo_is_answered_at_the_request(page: Any) -> None:
    page.locator("#gg-instruction").fill("remove the cup")
    page.get_by_role("button", name="Analyse", exact=True).click()
    page.locator("#request .gg-notice", has_text="Open a photo first").wait_for()


def test_two_visitors_see_only_their_own_work(
    page: Any, photo: Path, server: Any, open_page: Callable[..., Any]
) -> None:
    analysed(page, photo, "remove the cup")
    other = open_page(server.url)
    assert other.locator("#canvas .gg-empty").is_visible()
    assert other.locator("#plan .gg-step").count() == 0
    open_photo(other, photo)
    ask(other, "make the lamp blue")
    other.wait_for_selector("#plan .gg-step")
    assert page.locator("#plan .gg-step-title").inner_text() == "Remove the cup"
    mine = page.locator("#canvas .gg-photo").get_attribute("src")
    theirs = other.locator("#canvas .gg-photo").get_attribute("src")
    assert mine.split("/")[-2] != theirs.split("/")[-2], "each visitor has a folder that nobody can guess"


def test_an_example_loads_and_is_analysed_with_one_click(page: Any) -> None:
    first = page.locator("#canvas .gg-example").first
    text = first.inner_text()
    first.click()
    page.wait_for_selector("#canvas .gg-window:not([hidden])")
    idle(page)
    assert page.locator("#gg-instruction").input_value() == text


def test_the_page_fits_a_phone(server: Any, open_page: Callable[..., Any], photo: Path) -> None:
    page = open_page(server.url, viewport={"width": 390, "height": 844}, has_touch=True)
    analysed(page, photo, "remove the cup")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    page.touchscreen.tap(*at(page, 100, 160))
    page.wait_for_selector("#canvas .gg-box.is-selected")


def test_canvas_and_plan_fit_a_small_laptop(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    for part in ("#canvas .gg-window", "#gg-run"):
        frame = page.locator(part).bounding_box()
        assert frame["y"] + frame["height"] <= 768, part


def test_the_photo_stays_in_sight_where_the_graph_is_read(page: Any, photo: Path) -> None:
    page.set_viewport_size({"width": 1366, "height": 600})
    analysed(page, photo, "remove the cup")
    before = page.locator("#canvas .gg-photo").bounding_box()
    page.locator("#graph").evaluate("graph => graph.scrollIntoView({block: 'end'})")
    assert page.evaluate("scrollY") > 100
    after = page.locator("#canvas .gg-photo").bounding_box()
    assert abs(after["y"] - before["y"]) <= 8, "the canvas does not scroll away"


def test_the_work_goes_on_after_a_reload(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    page.reload()
    page.wait_for_selector("#plan .gg-step")
    page.wait_for_selector("#canvas [data-picture]:not([data-picture=''])", state="attached")
    assert page.locator("#gg-instruction").input_value() == "remove the cup"
    run_plan(page)
    stored = page.evaluate("() => JSON.stringify({...localStorage})")
    assert "remove the cup" not in stored, "ids may be remembered, what was typed may not"


def test_another_photo_is_opened_in_the_place_of_the_first(page: Any, photo: Path, tmp_path: Path) -> None:
    analysed(page, photo, "remove the cup")
    other = tmp_path / "other.png"
    Image.new("RGB", (200, 100), (10, 20, 30)).save(other)
    page.get_by_label("Open another photo", exact=True).set_input_files(other)
    page.wait_for_function("() => document.querySelector('.gg-svg').getAttribute('viewBox') === '0 0 200 100'")
    assert page.locator("#plan .gg-step").count() == 0
    assert page.locator("#gg-instruction").input_value() == ""


def test_the_dark_theme_is_readable(server: Any, open_page: Callable[..., Any], photo: Path) -> None:
    page = open_page(server.url, query="?__theme=dark")
    analysed(page, photo, "remove the cup")
    ink, paper = page.evaluate(
        "() => ['color', 'backgroundColor'].map((name) => getComputedStyle(document.querySelector("
        "name === 'color' ? '#plan .gg-step-title' : '#plan'))[name].match(/[\\d.]+/g).slice(0, 3).map(Number))"
    )
    assert sum(ink) / 3 - sum(paper) / 3 > 120


def test_a_correction_is_taken_back_and_brought_back_by_keys(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    drag_picture(page, (100, 160), (120, 170))
    idle(page)
    page.keyboard.press("Control+z")
    page.wait_for_function(
        "() => document.querySelector('#canvas [data-id=cup-1] .gg-edge').getAttribute('x') === '40'"
    )
    idle(page)
    assert page.locator("#history [data-key=redo]").get_attribute("title").startswith("Bring back the correction")
    page.keyboard.press("Control+y")
    page.wait_for_function(
        "() => document.querySelector('#canvas [data-id=cup-1] .gg-edge').getAttribute('x') === '60'"
    )
    idle(page)


@pytest.mark.parametrize(("key", "kind"), [("jpeg", "JPEG"), ("webp", "WEBP")])
def test_the_picture_is_downloaded_with_a_quality(page: Any, photo: Path, key: str, kind: str) -> None:
    analysed(page, photo, "remove the cup")
    sizes = []
    for quality in ("95", "20"):
        if page.locator("#history .gg-download[open]").count() == 0:
            page.locator("#history .gg-download summary").click()
        page.locator("#history [data-key=quality]").fill(quality)
        with page.expect_download() as download:
            page.locator(f"#history [data-key={key}]").click()
        idle(page)
        path = Path(download.value.path())
        assert Image.open(path).format == kind and Image.open(path).size == (400, 300)
        sizes.append(path.stat().st_size)
    assert sizes[1] < sizes[0]


def test_every_control_says_what_it_is_for(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup and make the lamp blue")
    click_picture(page, 100, 160)
    page.locator("#graph .gg-mode-ask").click()
    silent = page.evaluate(
        "() => [...document.querySelectorAll('.gg-root :is(button, input, select, textarea, summary)')]"
        ".filter((node) => !node.title && !node.closest('label')?.title && !node.closest('.gg-list'))"
        ".map((node) => node.outerHTML.slice(0, 120))"
    )
    assert silent == []
    nameless = page.evaluate(
        "() => { const named = (node) => node.getAttribute('aria-label') || node.textContent.trim();"
        " return [...document.querySelectorAll('.gg-root :is(button, input, select, textarea)')]"
        ".filter((node) => !named(node) && !node.closest('label')?.textContent.trim())"
        ".map((node) => node.outerHTML.slice(0, 120)); }"
    )
    assert nameless == []


def test_a_wrong_value_is_answered_at_its_field(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    page.locator("#plan .gg-step summary").click()
    strength = page.locator("#plan [data-key='0-strength']")
    strength.fill("3")
    strength.press("Enter")
    problem = page.locator("#plan .gg-field-strength .gg-problem")
    problem.wait_for()
    assert problem.inner_text() == "Give a number from 0 to 1."
    assert strength.get_attribute("aria-invalid") == "true" and strength.input_value() == "3"
    strength.fill("0.5")
    strength.press("Enter")
    problem.wait_for(state="detached")
    idle(page)
    assert strength.input_value() == "0.5"


def test_what_was_sent_to_a_language_model_can_be_read(page: Any) -> None:
    mark = "user: remove the cup <b>${1+1}</b>"
    talk = {"stage": "Plan", "backend": "llm@1", "model": "small", "sent": mark, "reply": "{}", "tokens": 15}
    plan = {"steps": [], "problems": [], "runnable": False, "done": False, "asked": True}
    plan |= {"why": "One step.", "author": "small", "talk": [talk], "chat": {"on": True, "text": "It plans."}}
    mount(page, "plan", plan)
    page.locator("#plan summary", has_text="Planner").click()
    page.locator("#plan summary", has_text="Show prompt: Plan, small, 15 tokens").click()
    assert page.locator("#plan pre").first.text_content() == mark


def test_the_page_says_that_no_language_model_is_asked(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    assert page.locator("#plan .gg-badge").inner_text() == "by scripted"
    page.locator("#plan summary", has_text="Planner").click()
    page.locator("#plan .gg-planner", has_text="No language model is asked").wait_for()


def test_an_empty_page_says_how_it_goes(page: Any) -> None:
    assert page.locator("#canvas .gg-how li").count() == 4
    assert page.locator("#graph").is_hidden() and page.locator("#history").is_hidden()
    assert "steps appear here" in page.locator("#plan").inner_text()


def test_what_is_being_typed_survives_an_answer(page: Any, photo: Path, server: Any) -> None:
    analysed(page, photo, "remove the cup")
    click_picture(page, 100, 160)
    server.segmenter.delay_s = 0.5
    page.locator("#canvas .gg-window").press("Shift+ArrowRight")
    name = page.locator("#canvas .gg-name")
    name.fill("tall mug")
    idle(page)
    assert name.input_value() == "tall mug"


def test_a_finished_session_opens_with_one_click(page: Any) -> None:
    page.locator("#canvas [data-example=finished-cup]").click()
    page.wait_for_selector("#canvas [data-picture]:not([data-picture=''])", state="attached")
    page.wait_for_function("() => document.querySelectorAll('#history .gg-strip .gg-thumb').length === 3")
    page.locator("#history [data-key=undo]").click()
    page.wait_for_selector("#history li:nth-child(2) [aria-current]")
