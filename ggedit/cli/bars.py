"""Progress on standard error: a bar where a person looks on, now and then a line where a log is written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from .exits import say

LINE_EVERY_S = 30.0
"""Between two lines of a log."""

_WIDTH = 40
"""Of a row's description, in characters."""


@contextmanager
def open_bar(*columns: ProgressColumn, stays: bool = False) -> Iterator[Progress]:
    """A bar that is gone when the work is done unless it ``stays``; nothing without a terminal."""
    console = Console(stderr=True)
    shown = columns or Progress.get_default_columns()
    with Progress(*shown, console=console, transient=not stays, disable=not console.is_terminal) as bar:
        yield bar


@dataclass
class Rows:
    """Counts rows as they get through. Those that had nothing to do count for no rate."""

    bar: Progress
    task: TaskID
    total: int | None
    passed: int = 0
    worked: int = 0

    def __post_init__(self) -> None:
        self._began = self._said = time.monotonic()

    def advance(self, name: str, *, skipped: bool = False) -> None:
        self.passed += 1
        self.worked += not skipped
        now = time.monotonic()
        rate = self.worked / max(now - self._began, 1e-9)
        self.bar.update(self.task, advance=1, description=name[:_WIDTH], rate=rate)
        if self.bar.disable and now - self._said >= LINE_EVERY_S:
            self._said = now
            say(self.line(rate))

    def line(self, rate: float) -> str:
        """For a log: "120 of 5000 rows, 2.10 rows/s, 39 min left"."""
        of = "" if self.total is None else f" of {self.total}"
        left = "" if self.total is None or not rate else f", {(self.total - self.passed) / rate / 60:.0f} min left"
        return f"{self.passed}{of} rows, {rate:.2f} rows/s{left}"


@contextmanager
def count_rows(total: int | None) -> Iterator[Rows]:
    """Progress over rows, with their rate and the time left; ``total`` None = nobody knows how many."""
    columns = (
        TextColumn(f"{{task.description:<{_WIDTH}}}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]:.2f} rows/s"),
        TimeRemainingColumn(),
    )
    with open_bar(*columns) as bar:
        yield Rows(bar, bar.add_task("starting", total=total, rate=0.0), total)
