"""The canvas: boxes, masks, clicks, strokes, keys and zoom, in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from .steps import analysed, ask, at, box_of, click_picture, drag_picture, idle, mask_area, open_photo, run_plan, tool


def test_a_box_is_moved_resized_renamed_and_deleted(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    assert box_of(page, "cup-1") == pytest.approx([40, 90, 160, 240], abs=0.2)
    drag_picture(page, (100, 160), (120, 170))
    idle(page)
    assert box_of(page, "cup-1") == pytest.approx([60, 100, 180, 250], abs=1.5)
    drag_picture(page, (180, 250), (200, 270))
    idle(page)
    assert box_of(page, "cup-1") == pytest.approx([60, 100, 200, 270], abs=1.5)
    name = page.locator("#canvas .gg-name")
    name.fill("mug")
    name.press("Enter")
    page.wait_for_function(
        "() => document.querySelector('#canvas .gg-box[data-id=\"cup-1\"] text').textContent.startsWith('mug')"
    )
    idle(page)
    page.locator("#canvas .gg-known", has_text="changed by you").wait_for()
    page.locator("#canvas .gg-window").press("Delete")
    idle(page)
    assert page.locator("#canvas .gg-box[data-id='cup-1']").count() == 0


def test_a_drawn_box_becomes_what_the_clause_means(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    tool(page, "box")
    drag_picture(page, (250, 40), (330, 120))
    idle(page)
    new = page.locator("#canvas .gg-box.gg-target").get_attribute("data-id")
    assert new == "cup-u1"
    assert box_of(page, new) == pytest.approx([250, 40, 330, 120], abs=1.5)
    page.wait_for_function("() => document.querySelector('#plan .gg-step-title').textContent.includes('right cup')")


def test_a_locked_box_stays_where_it_is(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    click_picture(page, 100, 160)
    page.locator("#canvas [data-key=lock]").click()
    drag_picture(page, (100, 160), (200, 200))
    idle(page)
    assert box_of(page, "cup-1") == pytest.approx([40, 90, 160, 240], abs=0.2)


def test_clicks_and_strokes_change_the_mask(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    tool(page, "include")
    click_picture(page, 60, 220)
    idle(page)
    assert page.locator("#canvas .gg-point.is-in").count() == 1
    area = mask_area(page)
    tool(page, "brush")
    drag_picture(page, (45, 95), (155, 95))
    idle(page)
    painted = mask_area(page)
    assert painted > area
    tool(page, "erase")
    drag_picture(page, (100, 100), (100, 235))
    idle(page)
    assert mask_area(page) < painted


def test_another_outline_is_taken_from_the_thumbnails(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    area = mask_area(page)
    click_picture(page, 100, 160)
    page.locator("#canvas [data-key=pick-0]").click()
    idle(page)
    assert mask_area(page) == pytest.approx(area * 4 / np.pi, rel=0.05), "the box instead of the ellipse in it"


def test_twenty_quick_clicks_keep_twenty_points(page: Any, photo: Path, server: Any) -> None:
    analysed(page, photo, "remove the cup")
    tool(page, "include")
    server.segmenter.delay_s = 1.0
    for number in range(20):
        page.mouse.click(*at(page, 60 + 4 * number, 120 + 3 * number))
    assert page.locator("#canvas .gg-point").count() == 20, "each click is shown at once"
    idle(page, timeout_ms=60_000)
    server.segmenter.delay_s = 0.0
    assert page.locator("#canvas .gg-point:not(.is-pending)").count() == 20
    assert len(server.segmenter.prompts[-1].points) == 20 or any(len(p.points) == 20 for p in server.segmenter.prompts)


def test_while_it_is_asked_a_click_elsewhere_means_another_thing(page: Any, photo: Path) -> None:
    open_photo(page, photo)
    ask(page, "remove the cat")
    tool(page, "include")
    click_picture(page, 200, 30)
    idle(page)
    assert page.locator("#canvas .gg-box.gg-target").get_attribute("data-id") == "cat-u1"
    assert page.locator("#request .gg-question").count() == 0


def test_a_label_is_text_and_never_code(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    click_picture(page, 100, 160)
    name = page.locator("#canvas .gg-name")
    name.fill("${Object.assign(window,{PWN:7})}<img src=x onerror=PWN=8>")
    name.press("Enter")
    idle(page)
    page.wait_for_function(
        "() => document.querySelector('#canvas .is-selected text').textContent.startsWith('${Object')"
    )
    assert page.locator("#canvas img[src=x]").count() == 0
    assert page.evaluate("() => window.PWN") is None


def test_everything_on_the_canvas_works_by_keyboard(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    window = page.locator("#canvas .gg-window")
    click_picture(page, 100, 160)
    window.press("Shift+ArrowRight")
    idle(page)
    assert box_of(page, "cup-1")[0] == pytest.approx(50, abs=0.2)
    window.press("m")
    assert page.locator("#canvas [data-tool=brush]").get_attribute("aria-pressed") == "true"
    window.press("k")
    assert page.locator("#canvas [data-act=masks]").get_attribute("aria-pressed") == "false"
    before = page.locator("#canvas .gg-svg").bounding_box()["width"]
    window.press("+")
    assert page.locator("#canvas .gg-svg").bounding_box()["width"] == pytest.approx(before * 1.5, rel=0.01)
    window.press("0")
    window.press("Escape")
    assert page.locator("#canvas .gg-box.is-selected").count() == 0


def test_the_wheel_zooms_at_the_pointer(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    spot = at(page, 300, 100)
    page.mouse.move(*spot)
    page.mouse.wheel(0, -600)
    assert at(page, 300, 100) == pytest.approx(spot, abs=1.5)


def test_before_and_after_are_compared_on_the_canvas(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    run_plan(page)
    divider = page.locator("#canvas .gg-wipe")
    divider.wait_for()
    click_picture(page, 300, 150)
    page.wait_for_function("() => document.querySelector('.gg-wipe').getAttribute('aria-valuenow') === '75'")
    page.locator("#canvas [data-act=compare]").click()
    assert divider.is_hidden()
