"""The example of docs/backends.md, installed as another package would be, and run."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
SCRIPTED = dict.fromkeys(("GGEDIT_PARSER", "GGEDIT_DETECTOR", "GGEDIT_DESCRIBER", "GGEDIT_PLANNER"), "scripted")


def blocks(language: str) -> list[str]:
    page = (ROOT / "docs" / "backends.md").read_text()
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder with the example as an installed distribution: module, metadata, entry points."""
    (code,), (toml,) = blocks("python"), blocks("toml")
    groups = tomllib.loads(toml)["project"]["entry-points"]
    (tmp_path / "ggedit_bright.py").write_text(code)
    info = tmp_path / "ggedit_bright-0.3.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: ggedit-bright\nVersion: 0.3\n")
    lines = [f"[{group}]\n" + "\n".join(f"{k} = {v}" for k, v in rows.items()) for group, rows in groups.items()]
    (info / "entry_points.txt").write_text("\n".join(lines))
    return tmp_path


def ggedit(installed: Path, *arguments: str, **variables: str) -> object:
    environ = os.environ | SCRIPTED | variables | {"PYTHONPATH": f"{installed}{os.pathsep}{ROOT}"}
    run = subprocess.run(
        [sys.executable, "-m", "ggedit", *arguments],
        cwd=installed,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_example_is_about_twenty_lines() -> None:
    (code,) = blocks("python")
    assert len([line for line in code.splitlines() if line.strip()]) <= 21


def test_example_is_listed(installed: Path) -> None:
    rows = ggedit(installed, "models", "--json")
    assert isinstance(rows, list)
    (mine,) = [row for row in rows if row["name"] == "bright"]
    assert (mine["port"], mine["missing"]) == ("segmenter", [])


def test_example_runs_and_is_named_in_the_record(installed: Path) -> None:
    noise = np.random.default_rng(2).integers(0, 255, (120, 160, 3), dtype=np.uint8)
    Image.fromarray(noise).save(installed / "cups.png")
    document = ggedit(installed, "segment", "cups.png", "remove the cup", GGEDIT_SEGMENTER="bright")
    assert isinstance(document, dict)
    turn = document["value"]
    mask = np.asarray(Image.open(turn["masks"]["items"][turn["masks"]["ids"].index("cup-1")]["mask"]))
    light = noise[36:96, 16:64].mean(axis=2)
    assert np.array_equal(mask[36:96, 16:64], light >= light.mean())
    (record,) = [r for r in turn["records"] if r["stage"] == "segment"]
    assert record["backend"] == "bright@0.3"
    assert "asked for by name" in record["why"]
