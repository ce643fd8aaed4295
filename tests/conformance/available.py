"""Every registered backend that can be used here, loaded once, for the suite of its port."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

import pytest

from ggedit.config import load_settings
from ggedit.registry import BackendSpec, all_specs, missing


def backends_of(port: str) -> list[Any]:
    """One test parameter per backend of the port; those that lack something are skipped with the reason."""
    return [_parameter(spec) for spec in all_specs() if spec.port == port]


def _parameter(spec: BackendSpec) -> Any:
    lacks = missing(spec, load_settings({}))
    reason = f"{spec.name} lacks {lacks[0].what}: {lacks[0].mend}" if lacks else ""
    return pytest.param(spec, id=spec.name, marks=[pytest.mark.skip(reason=reason)] if lacks else [])


@cache
def load(spec: BackendSpec) -> Any:
    """The backend with default settings; a heavy one is built once per test run."""
    module, _, attribute = spec.target.partition(":")
    return getattr(import_module(module), attribute)(load_settings({}))


def make(spec: BackendSpec) -> Any:
    """A fresh backend with the settings of the running test (its own home folder)."""
    module, _, attribute = spec.target.partition(":")
    return getattr(import_module(module), attribute)(load_settings())
