"""Every registered backend that can be used here, loaded once, for the suite of its port.

A full-tier backend runs with a tiny random model where ``tests.tiny`` has one for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Any

import pytest

from ggedit.config import load_settings
from ggedit.registry import DOUBLES, BackendSpec, all_specs, missing
from tests.tiny import BUILDERS, environment_of


def backends_of(port: str) -> list[Any]:
    """One test parameter per backend of the port; those that lack something are skipped with the reason."""
    return [_parameter(spec) for spec in all_specs() if spec.port == port]


def _parameter(spec: BackendSpec) -> Any:
    needed = (
        replace(spec, weights=(), model="", keys=(), file="", one_of=()) if (spec.port, spec.name) in BUILDERS else spec
    )
    lacks = missing(needed, load_settings({}))
    reason = f"{spec.name} lacks {lacks[0].what}: {lacks[0].mend}" if lacks else ""
    return pytest.param(spec, id=spec.name, marks=[pytest.mark.skip(reason=reason)] if lacks else [])


@cache
def load(spec: BackendSpec) -> Any:
    """The backend with default settings or its tiny model; a heavy one is built once per test run."""
    return _construct(spec, environment_of(spec.port, spec.name) if (spec.port, spec.name) in BUILDERS else {})


def make(spec: BackendSpec) -> Any:
    """A fresh backend with the settings of the running test (its own home folder)."""
    return _construct(spec, None)


def _construct(spec: BackendSpec, environ: Mapping[str, str] | None) -> Any:
    """The backend; the ports it uses are answered by doubles."""
    module, _, attribute = spec.target.partition(":")
    settings = load_settings(environ)
    others = {double.port: _construct(double, environ) for double in DOUBLES if double.port in spec.uses}
    return getattr(import_module(module), attribute)(settings, **others)
