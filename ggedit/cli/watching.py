"""A run's events as a progress bar on standard error, and what the run ended with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from ..core.events import (
    CorrectionDropped,
    EditProgress,
    Event,
    Finished,
    NeedsUser,
    StageDone,
    StageFailed,
    StageStarted,
    StillWorking,
)
from ..core.turn import STAGES, Stage
from .bars import open_bar
from .exits import Refused, say


class Watch:
    """Shows one bar for all stages of a run; draws nothing where no person looks on."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def follow(self, events: Iterable[Event]) -> tuple[list[Finished], NeedsUser | None]:
        """Drain the events of one or more runs: their ends, and the question one paused at.

        Raises:
            Refused: a stage failed; carries its sentence.
        """
        ends: list[Finished] = []
        question: NeedsUser | None = None
        for event in events:
            self._show(event)
            if isinstance(event, Finished):
                ends.append(event)
            elif isinstance(event, NeedsUser):
                question = event
            elif isinstance(event, StageFailed):
                raise Refused(event.message)
            elif isinstance(event, CorrectionDropped):
                say(f"A correction was left out: {event.why}")
        return ends, question

    def progress(self, event: EditProgress) -> None:
        """Show work that belongs to no stage."""
        self._update(event.fraction * len(STAGES), event.message)

    def _show(self, event: Event) -> None:
        if isinstance(event, StageStarted):
            self._update(event.stage.rank, f"{event.stage}: {event.backend}")
        elif isinstance(event, StillWorking):
            self._update(event.stage.rank, f"{event.stage}: still at work, {int(event.seconds_s)} s")
        elif isinstance(event, EditProgress):
            self._update(Stage.EDIT.rank + event.fraction, f"edit: {event.message}")
        elif isinstance(event, StageDone):
            self._update(event.stage.rank + 1, str(event.stage))

    def _update(self, completed: float, text: str) -> None:
        self._progress.update(self._task, completed=completed, description=text)


@contextmanager
def watch() -> Iterator[Watch]:
    """A bar that is gone when the work is done."""
    with open_bar(TextColumn("{task.description:<32}"), BarColumn(), TimeElapsedColumn()) as progress:
        yield Watch(progress, progress.add_task("starting", total=len(STAGES)))
