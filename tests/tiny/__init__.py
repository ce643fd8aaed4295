"""Tiny models with random weights, saved in the real formats, so that full-tier backends really run in tests.

``BUILDERS`` names for each backend a function that writes its model files into a folder and
returns the environment variables that point at them. Imports nothing heavy.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path

BUILDERS: dict[tuple[str, str], str] = {
    ("detector", "groundingdino"): "tests.tiny.detectors:groundingdino",
    ("detector", "groundingdino-hf"): "tests.tiny.detectors:hf_dino",
    ("editor", "blended"): "tests.tiny.pipelines:folder",
    ("editor", "graph"): "tests.tiny.diffusion:folder",
    ("segmenter", "sam"): "tests.tiny.segmenters:sam_file",
    ("segmenter", "sam-hf"): "tests.tiny.segmenters:sam_folder",
}
"""(port, backend) -> "module:function" of a ``Callable[[Path], Mapping[str, str]]``."""

_FOLDER = tempfile.TemporaryDirectory(prefix="ggedit-tiny-")


@cache
def environment_of(port: str, name: str) -> Mapping[str, str]:
    """The variables with which the backend finds its tiny model, which is built once per test run."""
    module, _, function = BUILDERS[port, name].partition(":")
    folder = Path(_FOLDER.name) / f"{port}-{name}"
    folder.mkdir()
    return getattr(import_module(module), function)(folder)
