"""The folder for a Hugging Face Space: what is in it, and that it starts and answers as a Space does."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
import pytest
from PIL import Image

from scripts.space import front_matter, held, write_space

USUAL_PORT = 7860


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_space(tmp_path_factory.mktemp("space") / "folder")


def test_a_space_finds_what_it_reads(space):
    front = front_matter((space / "README.md").read_text())
    assert front["sdk"] == "gradio" and front["python_version"] == "3.12"
    assert (space / front["app_file"]).is_file()
    assert {"packages.txt", "requirements.txt", "ggedit", "checkpoints"} <= {path.name for path in space.iterdir()}
    assert (space / "checkpoints" / "embedded" / "yolov3-tiny-int8.onnx").stat().st_size > 8_000_000
    assert not (space / "tests").exists() and not list(space.rglob("__pycache__"))


def test_git_hands_every_binary_file_to_lfs(space):
    """The hub refuses a push with binary files in it."""
    endings = [line.split()[0].removeprefix("*") for line in (space / ".gitattributes").read_text().splitlines()]
    assert {".png", ".onnx", ".npy", ".safetensors"} <= set(endings)
    for path in space.rglob("*"):
        if path.is_file():
            assert (b"\0" in path.read_bytes()[:8000]) <= path.name.endswith(tuple(endings)), path
    assert not {".py", ".md", ".js", ".css", ".txt", ".toml"} & set(endings)


def test_torch_is_held_to_what_zero_gpu_has(space):
    lines = (space / "requirements.txt").read_text().splitlines()
    assert [line for line in lines if line.startswith("torch")] == ["torch>=2.8,<2.12", "torchvision>=0.23,<0.27"]


@pytest.mark.parametrize(
    ("line", "written"),
    [("torch>=2.8", "torch>=2.8,<2.12"), ("torchmetrics>=1", "torchmetrics>=1"), ("# torch", "# torch")],
)
def test_only_torch_is_held(line, written):
    assert held(line).splitlines()[1:] == [written]


def test_the_app_is_small_and_its_first_import_is_the_lenders(space):
    lines = (space / "app.py").read_text().splitlines()
    assert len(lines) <= 30
    heavy = next(i for i, line in enumerate(lines) if line.startswith("from ggedit"))
    assert any(re.match(r"\s+import spaces", line) for line in lines[:heavy])


def free_port() -> int:
    """A Space's own port, or another one where that is taken."""
    for port in (USUAL_PORT, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("0.0.0.0", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise AssertionError("no port is free")


@pytest.fixture(scope="module")
def running(space: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page, started as a Space starts it; its address."""
    port = free_port()
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("GGEDIT_", "HF_"))}
    environ |= {"SYSTEM": "spaces", "SPACE_ID": "owner/ggedit", "GGEDIT_HOME": str(tmp_path_factory.mktemp("home")),
                "GGEDIT_TIER": "embedded", "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(space)}  # fmt: skip
    if port != USUAL_PORT:
        environ["GGEDIT_PORT"] = str(port)
    process = subprocess.Popen(
        [sys.executable, "app.py"], cwd=space, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert process.stdout is not None
        yield _address(process.stdout)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _address(output: IO[str]) -> str:
    """Read until the page says where it listens."""
    said: list[str] = []
    for line in output:
        said.append(line)
        if found := re.search(r"http://0\.0\.0\.0:(\d+)", line):
            return f"http://127.0.0.1:{found.group(1)}"
    raise AssertionError("the page did not start:\n" + "".join(said))


@pytest.mark.slow
def test_the_page_is_served_to_the_outside(running):
    with urllib.request.urlopen(running, timeout=60) as answer:
        assert answer.status == 200 and b"ggedit" in answer.read()


@pytest.mark.slow
def test_it_can_be_driven(running, tmp_path):
    from gradio_client import Client, handle_file

    Image.fromarray(np.random.default_rng(1).integers(0, 255, (96, 128, 3), dtype=np.uint8)).save(tmp_path / "a.png")
    client = Client(running, verbose=False, analytics_enabled=False)
    read = client.predict("remove the cup", api_name="/parse")
    assert "remove" in str(read) and "cup" in str(read)
    planned = client.predict(handle_file(tmp_path / "a.png"), "make the whole picture brighter", None, api_name="/plan")
    assert "steps" in str(planned)
