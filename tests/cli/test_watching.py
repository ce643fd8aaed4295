"""The bar of the command line: what it says while a stage waits."""

from __future__ import annotations

from rich.progress import Progress

from ggedit.cli.watching import Watch
from ggedit.core.events import StageStarted, StillWorking
from ggedit.core.turn import Stage


def test_a_stage_that_waits_counts_its_seconds() -> None:
    progress = Progress(disable=True)
    task = progress.add_task("starting", total=7)
    Watch(progress, task).follow([StageStarted(Stage.PLAN, "llm@1"), StillWorking(Stage.PLAN, 12.4)])
    assert progress.tasks[0].description == "plan: still at work, 12 s"
    assert progress.tasks[0].completed == Stage.PLAN.rank
