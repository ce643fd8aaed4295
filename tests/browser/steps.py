"""What a person does on the page, as functions. Every wait is for a state, never for a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image


def open_photo(page: Any, photo: Path) -> None:
    page.locator("#canvas .gg-drop input[type=file]").set_input_files(photo)
    page.wait_for_selector("#canvas [data-picture]:not([data-picture=''])", state="attached")
    page.wait_for_selector("#canvas .gg-window:not([hidden])")


def ask(page: Any, text: str, *, timeout_ms: int = 20_000) -> None:
    page.locator("#gg-instruction").fill(text)
    page.get_by_role("button", name="Analyse", exact=True).click()
    idle(page, timeout_ms=timeout_ms)


def analysed(page: Any, photo: Path, text: str) -> None:
    """A photo is open, the instruction was read, and the plan has steps."""
    open_photo(page, photo)
    ask(page, text)
    page.wait_for_selector("#plan .gg-step")


def idle(page: Any, *, timeout_ms: int = 20_000) -> None:
    """Nothing is under way and nothing waits to be sent."""
    page.wait_for_function(
        "() => document.querySelector('#progress [data-ready]').dataset.running !== '1'"
        " && [...document.querySelectorAll('[data-ready]')].every((panel) => !Number(panel.dataset.pending || 0))",
        timeout=timeout_ms,
    )


def at(page: Any, x: float, y: float) -> tuple[float, float]:
    """Where a picture's pixel is on the screen."""
    frame = page.locator("#canvas .gg-photo").bounding_box()
    view = [float(v) for v in page.locator("#canvas .gg-svg").get_attribute("viewBox").split()]
    return frame["x"] + x * frame["width"] / view[2], frame["y"] + y * frame["height"] / view[3]


def click_picture(page: Any, x: float, y: float) -> None:
    page.mouse.click(*at(page, x, y))


def drag_picture(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*at(page, *start))
    page.mouse.down()
    page.mouse.move(*at(page, *end), steps=6)
    page.mouse.up()


def tool(page: Any, name: str) -> None:
    page.locator(f"#canvas [data-tool={name}]").click()


def box_of(page: Any, id_: str) -> list[float]:
    edge = page.locator(f"#canvas .gg-box[data-id='{id_}'] .gg-edge").first
    x, y, w, h = (float(edge.get_attribute(name)) for name in ("x", "y", "width", "height"))
    return [x, y, x + w, y + h]


def run_plan(page: Any, *, timeout_ms: int = 20_000) -> None:
    page.locator("#gg-run").click()
    page.wait_for_selector("#history [data-key=keep]", timeout=timeout_ms)
    idle(page)


def downloaded_png(page: Any) -> np.ndarray:
    """The picture that *Download*, *PNG* saves: uint8 (H, W, 3)."""
    page.locator("#history .gg-download summary").click()
    with page.expect_download() as download:
        page.locator("#history [data-key=png]").click()
    return np.asarray(Image.open(download.value.path()).convert("RGB"))


def mask_area(page: Any) -> float:
    """Area of the coloured masks in picture pixels, as the window shows them."""
    idle(page)
    page.wait_for_function(
        "() => { const c = document.querySelector('#canvas .gg-masks'); "
        "return c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v); }"
    )
    return page.evaluate(
        "() => { const c = document.querySelector('#canvas .gg-masks');"
        " const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
        " let n = 0; for (let i = 3; i < d.length; i += 4) n += d[i] > 0;"
        " const shown = document.querySelector('#canvas .gg-photo').getBoundingClientRect().width;"
        " return n * (400 / shown) ** 2; }"
    )
