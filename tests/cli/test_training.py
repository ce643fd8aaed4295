"""``ggedit train`` with a trainer of the test's own."""

from __future__ import annotations

import dataclasses
import importlib
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ggedit.cli import training
from tests.cli.conftest import Run, printed

REAL_TRAINERS = dict(training.TRAINERS)


@dataclass(frozen=True, kw_only=True)
class Config:
    out: Path
    seed: int = 0
    rate: float = 0.5


@dataclass(frozen=True)
class Progress:
    step: int
    steps: int
    loss: float


@dataclass(frozen=True)
class Made:
    out: Path
    seed: int
    rate: float


def train(config: Config) -> Iterator[Progress | Made]:
    for step in range(3):
        yield Progress(step + 1, 3, 1.0)
    yield Made(config.out, config.seed, config.rate)


def make(config: Config, report: Callable[[str], None]) -> Made:
    report("half way")
    return Made(config.out, config.seed, config.rate)


@pytest.fixture(autouse=True)
def trainer(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("trainer_of_the_test")
    vars(module).update(Config=Config, train=train, make=make)
    monkeypatch.setitem(sys.modules, "trainer_of_the_test", module)
    rows = {
        "mine": "trainer_of_the_test:Config:train",
        "told": "trainer_of_the_test:Config:make",
        "absent": "no_such_trainer:Config:train",
    }
    monkeypatch.setattr(training, "TRAINERS", rows)


def test_settings_reach_the_trainer(run: Run) -> None:
    result = run("train", "mine", "--out", "there", "--seed", 7, "--set", "rate=0.25")
    assert printed(result) == {"trained": "mine", "out": "there", "seed": 7, "rate": 0.25}


def test_a_trainer_that_reports_sentences(run: Run) -> None:
    result = run("train", "told", "--out", "there")
    assert printed(result) == {"trained": "told", "out": "there", "seed": 0, "rate": 0.5}
    assert "half way" in result.stderr


def test_the_real_trainers_have_what_the_command_calls() -> None:
    pytest.importorskip("torch", reason="training needs the full set-up")
    for name, target in REAL_TRAINERS.items():
        module, config, function = target.split(":")
        loaded = importlib.import_module(module)
        fields = {field.name for field in dataclasses.fields(getattr(loaded, config))}
        assert {"out", "data", "base"} <= fields, name
        assert callable(getattr(loaded, function))


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nothing"], 2, "nothing called 'nothing' to train; there are: mine"),
        (["mine"], 2, "needs --out"),
        (["mine", "--out", "x", "--set", "colour=red"], 2, "no setting 'colour'; it has: out, seed, rate"),
        (["mine", "--out", "x", "--base", "y"], 2, "no setting 'base'"),
        (["mine", "--out", "x", "--set", "rate"], 2, "not KEY=VALUE"),
        (["mine", "--out", "x", "--set", "rate=fast"], 2, "must be a float"),
        (["absent", "--out", "x"], 5, "needs the Python module no_such_trainer"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_refusals(run: Run, arguments: list[str], code: int, message: str) -> None:
    result = run("train", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr
