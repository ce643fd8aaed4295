"""The bar of the command line: what it says while a stage waits."""

from __future__ import annotations

import pytest
from rich.progress import Progress

from ggedit.cli import bars
from ggedit.cli.watching import Watch
from ggedit.core.events import StageStarted, StillWorking
from ggedit.core.turn import Stage


def test_a_stage_that_waits_counts_its_seconds() -> None:
    progress = Progress(disable=True)
    task = progress.add_task("starting", total=7)
    Watch(progress, task).follow([StageStarted(Stage.PLAN, "llm@1"), StillWorking(Stage.PLAN, 12.4)])
    assert progress.tasks[0].description == "plan: still at work, 12 s"
    assert progress.tasks[0].completed == Stage.PLAN.rank


def test_without_a_terminal_a_long_run_says_now_and_then_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([0.0, 10.0, 20.0, 40.0, 60.0])
    monkeypatch.setattr(bars.time, "monotonic", lambda: next(clock))
    with bars.count_rows(124) as rows:
        rows.advance("a: done")
        rows.advance("skipped", skipped=True)
        rows.advance("b: done")
        rows.advance("c: done")
    assert capsys.readouterr().err == "ggedit: 3 of 124 rows, 0.05 rows/s, 40 min left\n"
