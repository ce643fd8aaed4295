"""The command line on scripted backends, in a folder of its own with a picture in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from ggedit.cli import app

SCRIPTED_PORTS = ("PARSER", "DETECTOR", "SEGMENTER", "DESCRIBER", "PLANNER", "EDITOR", "SHELF")
WIDTH, HEIGHT = 160, 120


class Result(Protocol):
    """What a finished command left."""

    exit_code: int

    @property
    def stdout(self) -> str: ...

    @property
    def stderr(self) -> str: ...

    @property
    def output(self) -> str: ...


Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    for port in SCRIPTED_PORTS:
        monkeypatch.setenv(f"GGEDIT_{port}", "scripted")


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The working folder, with ``cups.png``: noise in which scripted backends see a cup and a lamp."""
    monkeypatch.chdir(tmp_path)
    noise = np.random.default_rng(5).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    Image.fromarray(noise).save("cups.png")
    return tmp_path


@pytest.fixture
def run() -> Run:
    """Runs a command; standard output and standard error are apart in the result."""
    runner = CliRunner()
    return lambda *args, stdin=None: runner.invoke(app, [str(arg) for arg in args], input=stdin)


def printed(result: Result) -> Any:
    """The JSON of a command that must have succeeded."""
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)
