"""Runs code in a fresh interpreter in which certain packages cannot be imported."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_PRELUDE = """
import sys

class Blocker:
    names = frozenset({names!r})

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in self.names:
            raise ModuleNotFoundError(f"BLOCKED {{name}}", name=name)
        return None

sys.meta_path.insert(0, Blocker())
"""


def run_without(
    packages: Sequence[str], code: str, *, arguments: Sequence[str] = (), timeout_s: float = 240
) -> subprocess.CompletedProcess[str]:
    """The finished interpreter that ran ``code`` with ``packages`` looking as if not installed."""
    script = _PRELUDE.format(names=sorted(packages)) + code
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=timeout_s, check=False,
    )  # fmt: skip


IMPORT_ALL = """
import importlib, pkgutil

name = sys.argv[1]
module = importlib.import_module(name)
names = [name]
if hasattr(module, "__path__"):
    names += [info.name for info in pkgutil.walk_packages(module.__path__, name + ".")]
names = [each for each in names if each not in sys.argv[2:]]
for each in names:
    importlib.import_module(each)
print(len(names))
"""
"""Imports the package named by the first argument with all its submodules but those named by the
other arguments; prints their number."""
