"""A real page in headless Chromium. Errors in the console and requests to anywhere else fail a test."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FAILURES = Path(__file__).parent / "failures"
_FLAGS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
_LOCAL = ("http://127.0.0.1", "data:", "blob:")
_TIMEOUT_MS = 20_000


def loads(library: str) -> bool:
    """Whether the system has a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class SlowSegmenter:
    """A segmenter that takes its time when told to, and can be watched."""

    inner: Any
    delay_s: float = 0.0
    prompts: list[Any] = field(default_factory=list)

    def segment(self, picture: Any, prompt: Any) -> Any:
        self.prompts.append(prompt)
        time.sleep(self.delay_s)
        return self.inner.segment(picture, prompt)


@dataclass
class GatedEditor:
    """An editor that waits inside a step until the gate is open."""

    inner: Any
    gate: threading.Event = field(default_factory=threading.Event)

    def refuses(self, step: Any) -> Any:
        return self.inner.refuses(step)

    def edit(self, job: Any) -> Iterator[Any]:
        for tick in self.inner.edit(job):
            yield tick
            while not self.gate.wait(0.02):
                yield tick
                time.sleep(0.02)


@dataclass
class Server:
    """A running page and the doubles behind it."""

    url: str
    segmenter: SlowSegmenter
    editor: GatedEditor
    desk: Any
    home: Path


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The page on doubles for every port: what it shows is known beforehand."""
    from ggedit.backends.scripted import ScriptedDetector, ScriptedEditor, ScriptedSegmenter, scripted_kit
    from ggedit.ui import build as building
    from tests.ui.doubles import ScriptedOpener

    segmenter, editor = SlowSegmenter(ScriptedSegmenter()), GatedEditor(ScriptedEditor())
    detector = ScriptedDetector(
        boxes={
            "cup": ((0.1, 0.3, 0.4, 0.8),),
            "lamp": ((0.6, 0.2, 0.9, 0.7),),
            "cat": ((0.05, 0.1, 0.3, 0.5), (0.6, 0.5, 0.9, 0.95)),
        }
    )
    kit = scripted_kit(detector=detector, segmenter=segmenter, editor=editor)  # type: ignore[arg-type]
    home = tmp_path_factory.mktemp("home")
    with Launched(ScriptedOpener(kit), home, building) as (url, desk):
        yield Server(url, segmenter, editor, desk, home)


@pytest.fixture(scope="session")
def embedded_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page on the embedded tier, as a person without a GPU gets it."""
    from ggedit.assembly import Assembly
    from ggedit.config import Settings
    from ggedit.core.errors import BackendUnavailable
    from ggedit.ui import build as building

    home = tmp_path_factory.mktemp("embedded")
    assembly = Assembly(Settings(home=home, tier="embedded"))
    try:
        _ = assembly.kit
    except BackendUnavailable as error:
        pytest.skip(f"the embedded tier is incomplete here: {error}")
    with Launched(assembly, home, building) as (url, _):
        yield url


class Launched:
    """Serve the page on a free port while the block runs."""

    def __init__(self, opener: Any, home: Path, building: Any) -> None:
        from ggedit.config import Settings

        self._settings = Settings(home=home, max_upload_mb=2)
        self._page = building.build(opener, self._settings)
        self._options = building.launch_options(self._settings) | {"server_port": None}

    def __enter__(self) -> tuple[str, Any]:
        _, url, _ = self._page.launch(**self._options, prevent_thread_lock=True, quiet=True)
        return url, self._page

    def __exit__(self, *_: object) -> None:
        self._page.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM:
        pytest.skip("no Chromium: apt-get install chromium, or set CHROMIUM")
    if sys.platform == "linux" and not loads("libatomic.so.1"):
        pytest.skip("playwright's driver needs libatomic: apt-get install libatomic1")
    with api.sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, headless=True, args=_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Any, request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """Opens a page as another visitor; ``options`` are those of a browser context."""
    visits: list[tuple[Any, Any, list[str]]] = []

    def open_one(url: str, *, query: str = "", context: Any = None, **options: Any) -> Any:
        options = {"viewport": {"width": 1366, "height": 768}, "accept_downloads": True} | options
        visitor = context or browser.new_context(**options)
        page, faults = visitor.new_page(), []
        page.set_default_timeout(_TIMEOUT_MS)
        _watch(page, faults)
        visits.append((visitor, page, faults))
        page.goto(url + query)
        for panel in ("canvas", "request", "plan", "graph", "progress", "history"):
            page.wait_for_selector(f"#{panel} [data-ready]", state="attached")
        page.wait_for_selector("#canvas .gg-empty:not([hidden]), #canvas .gg-window:not([hidden])")
        return page

    yield open_one
    failed = getattr(request.node, "failed", False)
    for number, (visitor, page, _) in enumerate(visits):
        if failed and not page.is_closed():
            FAILURES.mkdir(exist_ok=True)
            page.screenshot(path=FAILURES / f"{request.node.name}-{number}.png", full_page=True)
        visitor.close()
    faults = [fault for _, _, some in visits for fault in some]
    assert not faults, faults


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome: Any = yield
    if outcome.get_result().failed:
        item.failed = True  # type: ignore[attr-defined]


def _watch(page: Any, faults: list[str]) -> None:
    def guard(route: Any) -> None:
        if route.request.url.startswith(_LOCAL):
            route.continue_()
        else:
            faults.append(f"request to {route.request.url}")
            route.abort()

    page.route("**/*", guard)
    page.on("pageerror", lambda error: faults.append(f"page error: {error}"))
    page.on("console", lambda said: faults.append(f"console: {said.text}") if said.type == "error" else None)
    page.faults = faults


@pytest.fixture
def page(server: Server, open_page: Callable[..., Any]) -> Any:
    server.segmenter.delay_s = 0.0
    server.segmenter.prompts.clear()
    server.editor.gate.set()
    return open_page(server.url)


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 x 300 pixels, every one different from its neighbours."""
    rows, columns = np.mgrid[:300, :400]
    pixels = np.stack([columns % 256, rows % 256, (rows + columns) % 256], axis=2).astype(np.uint8)
    path = tmp_path_factory.mktemp("photos") / "table.png"
    Image.fromarray(pixels).save(path)
    return path
