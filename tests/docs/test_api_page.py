"""The examples of docs/api.md, run against a real server on the embedded tier."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ggedit.core.picture import encode_picture
from ggedit.ui.api import ENDPOINTS
from tests.pictures import load

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text()
DOCUMENTED = "http://127.0.0.1:7860"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the examples run: the photo is there."""
    path = tmp_path_factory.mktemp("examples")
    (path / "photo.png").write_bytes(encode_picture(load("coffee")))
    return path


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = str(tmp_path_factory.mktemp("home"))
    mine = {"GGEDIT_HOME": home, "GGEDIT_PORT": str(port), "GGEDIT_TIER": "embedded", "GGEDIT_MCP": "true"}
    server = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=os.environ | mine, stdout=subprocess.DEVNULL)
    address, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 120
    try:
        while not _answers(address):
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _answers(address: str) -> bool:
    try:
        return urllib.request.urlopen(f"{address}/gradio_api/info", timeout=5).status == 200
    except OSError:
        return False


def run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _python(code: str, url: str, folder: Path) -> str:
    return run([sys.executable, "-c", code.replace(DOCUMENTED, url)], folder)


def _changed(photo: Path, result: Path) -> float:
    """Share of the pixels that differ."""
    before, after = (np.asarray(Image.open(path).convert("RGB")) for path in (photo, result))
    assert before.shape == after.shape
    return float((before != after).any(axis=2).mean())


def test_every_endpoint_is_in_the_table() -> None:
    assert set(re.findall(r"`([a-z_]+)`", "\n".join(re.findall(r"^\| `.*$", PAGE, re.MULTILINE)))) >= set(ENDPOINTS)


def test_the_client_example_finds_and_edits(url: str, folder: Path) -> None:
    said = _python(blocks("python")[0], url, folder)
    assert "cup-1 [" in said
    assert "detect looks for the things" in said
    result, count = re.findall(r"^(\S+\.png) (\d+) pixels changed$", said, re.MULTILINE)[0]
    share = _changed(folder / "photo.png", Path(result))
    assert round(share * 600 * 400) == int(count) > 0


def test_the_session_example_corrects_and_goes_on(url: str, folder: Path) -> None:
    said = _python(blocks("python")[1], url, folder)
    assert said.startswith("Make the cup green")
    assert "make the cup darker" in said


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_rest_example_downloads_the_result(url: str, folder: Path) -> None:
    said = run(["sh", "-ec", blocks("sh")[0].replace(DOCUMENTED, url)], folder)
    assert said.splitlines()[-1] == "event: complete"
    assert "event: generating" in said
    assert 0.01 < _changed(folder / "photo.png", folder / "edited.png") < 0.6


def test_the_mcp_example_lists_the_tools_and_brings_the_picture(url: str, folder: Path) -> None:
    pytest.importorskip("mcp", reason="pip install 'gradio[mcp]'")
    said = _python(blocks("python")[2], url, folder)
    assert {line.split(" - ")[0] for line in said.splitlines()} == set(ENDPOINTS)
    assert 0.01 < _changed(folder / "photo.png", folder / "from-mcp.png") < 0.6
