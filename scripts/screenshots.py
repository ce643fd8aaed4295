"""Pictures of the page for the documentation, made with headless Chromium on the embedded tier.

python scripts/screenshots.py [FOLDER]        (default: assets)
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.steps import at, idle, open_photo, tool  # noqa: E402
from tests.pictures import find  # noqa: E402

_SLOW_MS = 120_000
_FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]


def main() -> None:
    """Start a page of its own, walk through it, save a picture at each stop."""
    from playwright.sync_api import sync_playwright

    from ggedit.assembly import Assembly
    from ggedit.config import Settings
    from ggedit.ui.build import build, launch_options

    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "assets"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as play:
        settings = Settings(home=Path(home), tier="embedded")
        page = build(Assembly(settings), settings)
        options = launch_options(settings) | {"server_port": None, "quiet": True, "prevent_thread_lock": True}
        _, url, _ = page.launch(**options)
        chromium = play.chromium.launch(executable_path=shutil.which("chromium"), args=_FLAGS)
        _walk(chromium.new_page(viewport={"width": 1366, "height": 768}), url, folder)
        _closer(chromium.new_page(viewport={"width": 1366, "height": 768}), f"{url}?__theme=dark", folder)
        _pocket(chromium.new_page(viewport={"width": 390, "height": 844}), url, folder)
        chromium.close()
        page.close()


def _walk(page: Any, url: str, folder: Path) -> None:
    page.goto(url)
    page.wait_for_selector("#canvas .gg-example img")
    page.screenshot(path=folder / "page-start.png")
    open_photo(page, find("cats"))
    page.locator("#gg-instruction").fill("make the two cats grey")
    page.get_by_role("button", name="Analyse", exact=True).click()
    idle(page, timeout_ms=_SLOW_MS)
    page.locator("#plan .gg-step-title").first.click()
    page.wait_for_selector("#canvas .gg-box.is-selected")
    page.screenshot(path=folder / "page.png")
    page.locator("#graph .gg-mode-ask").click()
    page.locator("#graph").screenshot(path=folder / "page-graph.png")
    tool(page, "select")
    page.locator("#gg-run").click()
    page.wait_for_selector("#history [data-key=keep]", timeout=_SLOW_MS)
    idle(page, timeout_ms=_SLOW_MS)
    page.wait_for_function("() => document.querySelector('#canvas .gg-before').complete")
    page.screenshot(path=folder / "page-result.png")


def _closer(page: Any, url: str, folder: Path) -> None:
    """A mask near by, in the dark theme: enlarged, with its soft edge and its menu."""
    page.goto(url)
    page.wait_for_selector("#canvas .gg-example img")
    open_photo(page, find("coffee"))
    page.locator("#gg-instruction").fill("make the cup blue")
    page.get_by_role("button", name="Analyse", exact=True).click()
    idle(page, timeout_ms=_SLOW_MS)
    page.locator("#plan .gg-step-title").first.click()
    page.locator("#canvas [data-act=edge]").click()
    page.locator("#canvas .gg-details", has_text="soft over").wait_for()
    page.locator("#canvas [data-key='menu-Mask']").click()
    page.mouse.move(*at(page, 420, 250))
    page.mouse.wheel(0, -500)
    page.screenshot(path=folder / "page-mask.png")


def _pocket(page: Any, url: str, folder: Path) -> None:
    """The page on a phone."""
    page.goto(url)
    page.wait_for_selector("#canvas .gg-example img")
    open_photo(page, find("cats"))
    page.locator("#gg-instruction").fill("make the two cats grey")
    page.get_by_role("button", name="Analyse", exact=True).click()
    idle(page, timeout_ms=_SLOW_MS)
    page.screenshot(path=folder / "page-phone.png")


if __name__ == "__main__":
    main()
