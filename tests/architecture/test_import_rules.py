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


def contract(name: str) -> configparser.SectionProxy:
    rules = configparser.ConfigParser()
    rules.read(ROOT / ".importlinter")
    return rules[f"importlinter:contract:{name}"]


def present() -> set[str]:
    """The package's own modules, one level deep."""
    folder = ROOT / "ggedit"
    return {p.stem for p in folder.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()} - {"__init__"}


def test_layers_name_every_module() -> None:
    layers = contract("layers")
    named = {name.strip("() ") for row in layers["layers"].split("\n") for name in row.split("|")}
    ignored = set(layers["exhaustive_ignores"].split())
    assert layers.getboolean("exhaustive")
    assert present() - named - ignored == set()


def test_every_module_but_a_few_may_reach_backends_only_by_name() -> None:
    may = {"backends", "config", "training", "__main__"}
    assert present() - may == {
        name.removeprefix("ggedit.") for name in contract("strings-only")["source_modules"].split()
    }
