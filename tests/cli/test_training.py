"""``ggedit train`` with a trainer of the test's own."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ggedit.cli import training
from tests.cli.conftest import Run, printed


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


@pytest.fixture(autouse=True)
def trainer(monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("trainer_of_the_test")
    vars(module).update(Config=Config, train=train)
    monkeypatch.setitem(sys.modules, "trainer_of_the_test", module)
    rows = {"mine": "trainer_of_the_test:Config", "absent": "no_such_trainer:Config"}
    monkeypatch.setattr(training, "TRAINERS", rows)


def test_settings_reach_the_trainer(run: Run) -> None:
    result = run("train", "mine", "--out", "there", "--seed", 7, "--set", "rate=0.25")
    assert printed(result) == {"trained": "mine", "out": "there", "seed": 7, "rate": 0.25}


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
