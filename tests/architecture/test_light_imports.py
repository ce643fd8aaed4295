"""What may be imported where, proved in fresh interpreters instead of read from the source."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from tests.architecture.blocked import IMPORT_ALL, ROOT, run_without

FULL_TIER = (
    "accelerate", "diffusers", "groundingdino", "openai", "peft", "segment_anything", "torch", "torchvision",
    "transformers",
)  # fmt: skip
HEAVY = (*FULL_TIER, "cv2", "gradio", "ray")
LIGHT_MODULES = (
    "core", "config", "ports", "registry", "stages", "pipeline", "session", "assembly", "evaluation", "batch",
    "cli", "fetching", "model_files",
)  # fmt: skip


OPTIONAL = ("ggedit.batch.ray_executor",)
"""Reached by its name, and only where its own package is installed."""


def exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@pytest.mark.parametrize("module", [m for m in LIGHT_MODULES if exists(f"ggedit.{m}")])
def test_light_module_imports_nothing_heavy(module: str) -> None:
    run = run_without(HEAVY, IMPORT_ALL, arguments=[f"ggedit.{module}", *OPTIONAL])
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) >= 1


def test_embedded_backends_import_without_the_full_tier() -> None:
    run = run_without((*FULL_TIER, "gradio"), IMPORT_ALL, arguments=["ggedit.backends.classical"])
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 1


def test_page_imports_without_the_full_tier() -> None:
    run = run_without((*FULL_TIER, "cv2"), IMPORT_ALL, arguments=["ggedit.ui"])
    assert run.returncode == 0, run.stderr


def test_blocking_really_blocks() -> None:
    run = run_without(("json",), "import json")
    assert run.returncode == 1
    assert "BLOCKED json" in run.stderr


def test_the_package_loads_no_third_party_module() -> None:
    code = (
        "import sys; before = set(sys.modules); import ggedit;"
        "print(sorted(m for m in set(sys.modules) - before"
        " if m.split('.')[0] not in sys.stdlib_module_names and not m.startswith('ggedit')))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
