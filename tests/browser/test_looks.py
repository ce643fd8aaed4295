"""Looking closely: sharper parts, soft edges, two turns compared, the list and the keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from .steps import analysed, ask, at, box_of, click_picture, drag_picture, idle, mask_area, open_photo, run_plan, tool


@pytest.fixture(scope="session")
def large_photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """4096 x 1024 pixels; a display copy has half as many in each direction."""
    rows, columns = np.mgrid[:1024, :4096]
    pixels = np.stack([columns % 2 * 255, rows // 4 % 256, columns // 16], axis=2).astype(np.uint8)
    path = tmp_path_factory.mktemp("photos") / "wide.png"
    Image.fromarray(pixels).save(path)
    return path


def _zoom_in(page: Any, x: float, y: float) -> None:
    page.mouse.move(*at(page, x, y))
    page.mouse.wheel(0, -2400)
    page.wait_for_selector("#canvas [data-tile]:not([data-tile=''])", state="attached")
    page.wait_for_function(
        "() => { const t = document.querySelector('.gg-tile'); return t.complete && t.naturalWidth; }"
    )


def test_a_zoomed_picture_gets_its_original_pixels(page: Any, large_photo: Path) -> None:
    analysed(page, large_photo, "remove the cup")
    assert page.locator("#canvas [data-ready]").get_attribute("data-tile") == ""
    _zoom_in(page, 700, 500)
    x1, _, x2, _ = map(float, page.locator("#canvas [data-ready]").get_attribute("data-tile").split())
    assert x1 < 700 < x2
    assert page.evaluate("() => document.querySelector('.gg-tile').naturalWidth") == x2 - x1
    contrast = page.evaluate(
        "() => { const t = document.querySelector('.gg-tile'); const c = document.createElement('canvas');"
        " c.width = 8; c.height = 1; const pen = c.getContext('2d'); pen.drawImage(t, 0, 0);"
        " const d = pen.getImageData(0, 0, 8, 1).data; return [d[0], d[4]].sort((a, b) => a - b); }"
    )
    assert contrast == [0, 255], "neighbouring columns differ as they do in the file"


def test_a_stroke_on_a_zoomed_picture_is_sent_in_its_pixels(page: Any, large_photo: Path, server: Any) -> None:
    analysed(page, large_photo, "remove the cup")
    _zoom_in(page, 700, 500)
    tool(page, "brush")
    sent: list[Any] = []
    page.on("request", lambda r: sent.append(r.post_data_json) if "queue/join" in r.url else None)
    drag_picture(page, (690, 500), (710, 500))
    idle(page)
    stroke = next(e for body in sent for e in (body["data"][0] or {}).get("edits", []) if e["kind"] == "paint")
    width = page.evaluate(
        "async (url) => { const i = new Image(); i.src = url; await i.decode(); return i.width; }", stroke["png"]
    )
    assert width == stroke["box"][2] - stroke["box"][0]


def test_the_soft_edge_is_shown_and_told(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    click_picture(page, 100, 160)
    page.locator("#canvas [data-act=edge]").click()
    page.locator("#canvas .gg-details", has_text="soft over 2 px").wait_for()
    page.locator("#plan .gg-step summary").click()
    soft = page.locator("#plan [data-key='0-feather_px']")
    soft.fill("12")
    soft.press("Enter")
    page.locator("#canvas .gg-details", has_text="soft over 12 px").wait_for()
    idle(page)


def test_any_two_turns_are_compared(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    run_plan(page)
    page.locator("#history [data-key=keep]").click()
    page.wait_for_function("() => document.querySelectorAll('#history .gg-strip .gg-thumb').length === 2")
    idle(page)
    page.locator("#history [data-key=compare-two]").click()
    thumbs = page.locator("#history .gg-strip .gg-thumb")
    thumbs.nth(1).click()
    thumbs.nth(0).click()
    page.wait_for_function("() => document.querySelector('.gg-wipe-tag').textContent === 'remove the cup'")
    assert page.locator("#canvas .gg-wipe").is_visible()
    assert thumbs.nth(1).get_attribute("aria-current") == "step", "looking does not move the history"
    page.locator("#history [data-key=compare-two]").click()
    page.locator("#canvas .gg-wipe").wait_for(state="hidden")


def test_a_cleared_mask_is_painted_anew(page: Any, photo: Path, server: Any) -> None:
    analysed(page, photo, "remove the cup")
    click_picture(page, 100, 160)
    page.locator("#canvas [data-key='menu-Mask']").click()
    page.locator("#canvas [data-key=clear]").click()
    drag_picture(page, (90, 150), (110, 150))
    idle(page)
    page.locator("#canvas [data-key=save-mask]").wait_for()
    with page.expect_download() as download:
        page.locator("#canvas [data-key=save-mask]").click()
    saved = np.asarray(Image.open(download.value.path()))
    assert saved.shape == (300, 400)
    assert 24 * 20 < (saved > 0).sum() < 24 * 50, "the stroke and nothing else"


def test_the_list_tells_and_selects(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    page.locator("#canvas [data-act=list]").click()
    rows = page.locator("#canvas .gg-list button")
    assert "meant" in rows.first.inner_text()
    rows.nth(1).click()
    page.wait_for_selector("#canvas .gg-box.is-selected")
    assert rows.nth(1).get_attribute("aria-pressed") == "true"


def test_keys_are_listed_and_go_through_the_things(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    window = page.locator("#canvas .gg-window")
    window.press("?")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    assert "the next thing" in dialog.inner_text()
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    window.press(".")
    selected = page.locator("#canvas .gg-box.is-selected")
    assert selected.get_attribute("data-id") == "cup-1"
    window.press("y")
    window.press("ArrowRight")
    idle(page)
    assert box_of(page, "cup-1")[0] == 40, "it is locked"
    window.press("y")
    before = page.evaluate("() => document.querySelector('#canvas [data-ready]').dataset.rev")
    window.press("g")
    page.wait_for_function("(rev) => document.querySelector('#canvas [data-ready]').dataset.rev !== rev", arg=before)
    idle(page)


def test_overlapping_things_are_taken_in_turn(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    tool(page, "box")
    drag_picture(page, (60, 120), (140, 220))
    idle(page)
    page.locator("#canvas .gg-window").press("Escape")
    seen = []
    for _ in range(3):
        click_picture(page, 100, 160)
        seen.append(page.locator("#canvas .gg-box.is-selected").get_attribute("data-id"))
    assert seen == ["cup-u1", "cup-1", "cup-u1"]


def test_two_fingers_zoom(server: Any, open_page: Callable[..., Any], photo: Path) -> None:
    page = open_page(server.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    analysed(page, photo, "remove the cup")
    before = page.locator("#canvas .gg-photo").bounding_box()["width"]
    (x, y), touch = at(page, 200, 150), page.context.new_cdp_session(page)

    def fingers(kind: str, gap: float) -> None:
        points = [{"x": x - gap, "y": y, "id": 0}, {"x": x + gap, "y": y, "id": 1}] if gap else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", 20)
    for gap in (25, 30, 40):
        fingers("touchMove", gap)
    fingers("touchEnd", 0)
    assert page.locator("#canvas .gg-photo").bounding_box()["width"] == pytest.approx(2 * before, rel=0.1)


def test_a_number_answers_which_thing_is_meant_and_then_takes_an_outline(page: Any, photo: Path, server: Any) -> None:
    open_photo(page, photo)
    ask(page, "remove the cat")
    window = page.locator("#canvas .gg-window")
    window.press("2")
    page.locator("#request .gg-question").wait_for(state="detached")
    idle(page)
    assert page.locator("#canvas .gg-box.gg-target").get_attribute("data-id") == "cat-2"
    click_picture(page, 300, 220)
    area = mask_area(page)
    window.press("1")
    idle(page)
    assert mask_area(page) == pytest.approx(area * 4 / np.pi, rel=0.05), "the box instead of the ellipse in it"
