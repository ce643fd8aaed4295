"""The contracts of .importlinter hold, and they are strict enough to notice a stray module."""

from __future__ import annotations

import configparser
import subprocess
import sys
from pathlib import Path

from tests.architecture.blocked import ROOT


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([tool, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


def test_contracts_are_kept() -> None:
    run = lint(ROOT)
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr
    assert "0 broken" in run.stdout


def test_layers_name_every_module() -> None:
    rules = configparser.ConfigParser()
    rules.read(ROOT / ".importlinter")
    layers = rules["importlinter:contract:layers"]
    named = {name.strip("() ") for row in layers["layers"].split("\n") for name in row.split("|")}
    ignored = set(layers["exhaustive_ignores"].split())
    present = {p.stem for p in (ROOT / "ggedit").iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}
    assert layers.getboolean("exhaustive")
    assert present - {"__init__"} - named - ignored == set()
