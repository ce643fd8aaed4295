"""A server that is killed and started again goes on where the person was."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .steps import analysed, idle, run_plan

ROOT = Path(__file__).resolve().parents[2]
PORTS = ("parser", "detector", "segmenter", "describer", "sizer", "planner", "editor")


class _App:
    """``app.py`` as a process of its own, always at the same address and home."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/"
        scripted = {f"GGEDIT_{name.upper()}": "scripted" for name in PORTS}
        self._environ = os.environ | scripted | {"GGEDIT_HOME": str(home), "GGEDIT_PORT": str(port)}
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, env=self._environ, stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 120
        while not self._answers():
            assert self._process.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return urllib.request.urlopen(self.url, timeout=5).status == 200
        except OSError:
            return False

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(20)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_App]:
    running = _App(tmp_path_factory.mktemp("home"))
    yield running
    running.kill()


def _restart(app: _App, page: Any) -> None:
    app.kill()
    app.start()
    page.reload()
    page.wait_for_selector("#canvas .gg-window:not([hidden])")
    page.wait_for_selector("#canvas [data-picture]:not([data-picture=''])", state="attached")
    page.faults.clear()  # the browser complains that the server was away


def test_kept_work_is_there_after_a_kill(app: _App, open_page: Callable[..., Any], photo: Path) -> None:
    page = open_page(app.url)
    analysed(page, photo, "remove the cup")
    run_plan(page)
    page.locator("#history [data-key=keep]").click()
    idle(page)
    _restart(app, page)
    turns = page.locator("#history .gg-strip .gg-thumb")
    assert turns.count() == 2
    assert turns.nth(1).get_attribute("aria-current") == "step"
    page.locator("#history [data-key=undo]").click()
    page.wait_for_selector("#history li:nth-child(1) [aria-current]")


def test_the_photo_is_there_before_anything_was_kept(app: _App, open_page: Callable[..., Any], photo: Path) -> None:
    page = open_page(app.url)
    analysed(page, photo, "remove the cup")
    _restart(app, page)
    assert page.locator(".gg-svg").get_attribute("viewBox") == "0 0 400 300"


def test_another_browser_does_not_get_the_work(app: _App, open_page: Callable[..., Any], photo: Path) -> None:
    analysed(open_page(app.url), photo, "remove the cup")
    stranger = open_page(app.url)
    assert stranger.locator("#canvas .gg-empty").is_visible()
