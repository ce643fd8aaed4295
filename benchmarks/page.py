"""What an interaction with the page costs, in headless Chromium on the embedded tier.

    python -m benchmarks.page [--rounds 5]

Prints medians in seconds, wall clock: process start to a usable page, a brush stroke to the
server's answer and a click to the new mask at 1 and 12 megapixels, and whether a selection
asks the server.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image

from tests.browser.steps import analysed, at, drag_picture, idle, tool
from tests.pictures import find

ROOT = Path(__file__).resolve().parents[1]

_FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
_SIZES = {"1 MP": (1216, 811), "12 MP": (4243, 2829)}


def main() -> None:
    """Start the page, measure, print."""
    from playwright.sync_api import sync_playwright

    rounds = _arguments().rounds
    with tempfile.TemporaryDirectory() as home, _page(Path(home)) as (url, ready_s), sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=shutil.which("chromium"), args=_FLAGS)
        print(f"{'page ready after process start':44}{ready_s:8.2f} s")
        for name, size in _SIZES.items():
            page = chromium.new_page(viewport={"width": 1366, "height": 768})
            page.set_default_timeout(120_000)
            page.goto(url)
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
    print(f"{'stroke to answer, ' + name:44}{_median(page, stroke, rounds):8.2f} s")
    tool(page, "include")
    click = lambda n: page.mouse.click(*at(page, x + wide / 2 + 3 * n, y + high / 2))  # noqa: E731
    print(f"{'click to mask and new plan, ' + name:44}{_median(page, click, rounds):8.2f} s")


def _median(page: Any, act: Callable[[int], None], rounds: int) -> float:
    seconds = []
    for number in range(rounds):
        began = time.perf_counter()
        act(number)
        idle(page, timeout_ms=120_000)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def _photo(folder: Path, size: tuple[int, int]) -> Path:
    path = folder / f"coffee-{size[0]}.png"
    Image.open(find("coffee")).convert("RGB").resize(size, Image.Resampling.LANCZOS).save(path, compress_level=1)
    return path


@contextmanager
def _page(home: Path) -> Iterator[tuple[str, float]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"GGEDIT_PORT": str(port), "GGEDIT_HOME": str(home), "GGEDIT_TIER": "embedded"}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env=os.environ | settings, stdout=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        while not _answers(url):
            time.sleep(0.05)
        yield url, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(20)


def _answers(url: str) -> bool:
    try:
        return urllib.request.urlopen(url, timeout=2).status == 200
    except OSError:
        return False


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
