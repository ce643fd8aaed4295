"""The whole way on the embedded tier, as a person without a GPU meets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ggedit.core.picture import encode_picture
from tests.pictures import load

from .steps import ask, downloaded_png, drag_picture, idle, open_photo, run_plan, tool

_SLOW_MS = 120_000


def test_the_cup_becomes_blue_and_is_downloaded(
    embedded_url: str, open_page: Callable[..., Any], tmp_path: Any
) -> None:
    photo = load("coffee")
    path = tmp_path / "coffee.png"
    path.write_bytes(encode_picture(photo))
    page = open_page(embedded_url)
    open_photo(page, path)
    ask(page, "make the cup blue", timeout_ms=_SLOW_MS)
    assert "blue" in page.locator("#plan .gg-step-title").first.inner_text()
    assert page.locator("#progress .gg-tier-embedded").count() >= 6, "each stage says where it ran"
    run_plan(page, timeout_ms=_SLOW_MS)
    page.locator("#history [data-key=keep]").click()
    idle(page)
    saved = downloaded_png(page).astype(int)
    changed = (saved != photo.pixels).any(axis=2)
    assert 0.005 < changed.mean() < 0.6
    blue_gain = (saved - photo.pixels)[changed][:, 2].mean() - (saved - photo.pixels)[changed][:, 0].mean()
    assert blue_gain > 10, "what changed is bluer than it was"


def test_a_box_that_a_person_draws_is_outlined_and_removed(
    embedded_url: str, open_page: Callable[..., Any], tmp_path: Any
) -> None:
    path = tmp_path / "coffee.png"
    path.write_bytes(encode_picture(load("coffee")))
    page = open_page(embedded_url)
    open_photo(page, path)
    ask(page, "remove the spoon", timeout_ms=_SLOW_MS)
    tool(page, "box")
    drag_picture(page, (310, 250), (470, 400))
    idle(page, timeout_ms=_SLOW_MS)
    page.wait_for_selector("#canvas .gg-box.is-selected.gg-target")
    assert page.locator("#plan .gg-step").count() == 1
    run_plan(page, timeout_ms=_SLOW_MS)
