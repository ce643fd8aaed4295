"""What an interaction with the page costs, in headless Chromium on the embedded tier.

    python -m benchmarks.page [--rounds 5]

Prints medians in seconds: process start to a usable page; from the release of a brush stroke or
a click to the server's answer, to the new mask's picture in the browser, and to the new plan, at
1 and 12 megapixels; and whether a selection asks the server.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from PIL import Image
from playwright import sync_api as playwright

from benchmarks.serving import served
from tests.browser.steps import analysed, at, drag_picture, idle, tool
from tests.pictures import find

_FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
_PICTURE_MS = 1500
_SIZES = {"1 MP": (1216, 811), "12 MP": (4243, 2829)}


def main() -> None:
    """Start the page, measure, print."""
    rounds = _arguments().rounds
    with tempfile.TemporaryDirectory() as home, served(Path(home)) as process, playwright.sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=shutil.which("chromium"), args=_FLAGS)
        print(f"{'page ready after process start':44}{process.ready_s:8.2f} s")
        for name, size in _SIZES.items():
            page = chromium.new_page(viewport={"width": 1366, "height": 768})
            page.set_default_timeout(120_000)
            page.goto(process.url)
            page.wait_for_selector("#canvas .gg-empty:not([hidden])")
            analysed(page, _photo(Path(home), size), "make the cup blue")
            _measure(page, name, rounds)
            page.close()
        chromium.close()


def _measure(page: Any, name: str, rounds: int) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "queue/join" in request.url else None)
    page.locator("#graph .gg-node").first.click()
    page.wait_for_selector("#canvas .gg-box.is-selected")
    print(f"{'selection, ' + name:44}{len(asked):8d} calls to the server")
    box = page.locator("#canvas .gg-box.gg-target .gg-edge").first
    x, y, wide, high = (float(box.get_attribute(key)) for key in ("x", "y", "width", "height"))
    page.keyboard.press("Escape")
    page.mouse.click(*at(page, x + wide / 2, y + high / 2))
    tool(page, "brush")
    stroke = lambda n: drag_picture(page, (x + 5 * n, y + 5), (x + 5 * n, y + high / 2))  # noqa: E731
    page.evaluate(_CLOCK)
    _print_medians("stroke", name, _seconds(page, stroke, rounds))
    tool(page, "include")
    click = lambda n: page.mouse.click(*at(page, x + wide / 2 + 3 * n, y + high / 2))  # noqa: E731
    _print_medians("click", name, _seconds(page, click, rounds))


def _print_medians(what: str, name: str, rows: list[dict[str, float]]) -> None:
    for key in rows[0]:
        label = f"{what} to {key}, {name}"
        print(f"{label:44}{statistics.median(row[key] for row in rows) / 1000:8.2f} s")


def _seconds(page: Any, act: Callable[[int], None], rounds: int) -> list[dict[str, float]]:
    """Milliseconds by the browser's own clock, from the release of the button."""
    rows = []
    for number in range(rounds):
        act(number)
        idle(page, timeout_ms=120_000)
        with suppress(playwright.TimeoutError):  # a click that changes no pixel brings no new picture
            page.wait_for_function("() => window.ggFiles().length > 0", timeout=_PICTURE_MS)
        rows.append(page.evaluate("() => window.ggRead()"))
    return rows


_CLOCK = """() => {
  const panels = [...document.querySelectorAll('[data-ready]')];
  const canvas = document.querySelector('#canvas [data-ready]');
  const clock = { began: 0, answer: 0, all: 0 };
  addEventListener('pointerup', () => Object.assign(clock, { began: performance.now(), answer: 0, all: 0 }), true);
  const note = () => {
    const now = performance.now();
    if (canvas.dataset.pending === '0' && !clock.answer) clock.answer = now;
    if (panels.every((panel) => !Number(panel.dataset.pending || 0))) clock.all = now;
  };
  const watch = new MutationObserver(note);
  for (const panel of panels) watch.observe(panel, { attributes: true, attributeFilter: ['data-pending', 'data-rev'] });
  window.ggFiles = () => performance.getEntriesByType('resource')
    .filter(({ name, startTime }) => name.includes('/file=') && startTime >= clock.began);
  window.ggRead = () => {
    const mask = Math.max(clock.answer, ...window.ggFiles().map(({ responseEnd }) => responseEnd));
    const since = (time) => time - clock.began;
    const [answer, all] = [since(clock.answer), since(clock.all)];
    return { "the server's answer": answer, 'the new mask': since(mask), 'the new plan': all };
  };
}"""
"""Watches when the panels are told something, and when the mask's picture has arrived."""


def _photo(folder: Path, size: tuple[int, int]) -> Path:
    path = folder / f"coffee-{size[0]}.png"
    Image.open(find("coffee")).convert("RGB").resize(size, Image.Resampling.LANCZOS).save(path, compress_level=1)
    return path


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
