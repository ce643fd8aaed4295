"""What an executor is, and what every worker process does: one kit, built once, for all its rows."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Protocol

from ..assembly import Assembly
from ..config import Settings
from ..core.errors import BackendUnavailable
from ..core.freeze import Frozen
from .jobs import Job
from .work import Outcome, Phase, Status, run_row

IN_FLIGHT_PER_WORKER = 2
"""Rows handed out and not yet answered: one runs, one waits, so memory does not grow with rows."""

MAX_ATTEMPTS = 3
"""A row that takes its worker down so often is given up."""

_EXECUTORS = {"local": "ggedit.batch.local:make", "ray": "ggedit.batch.ray_executor:make"}
NAMES = tuple(_EXECUTORS)


@dataclass(frozen=True, slots=True)
class Task(Frozen):
    """The same for all rows: what to do, where to, with which settings, and how many rows are done at
    once with how many CPU threads each (0 = as many as the libraries like)."""

    phase: Phase
    out: Path
    settings: Settings
    workers: int = 1
    threads: int = 0


@dataclass(frozen=True, slots=True)
class Attempt(Frozen):
    """A row on its way: its job, its key, and how often it was handed out, from 1."""

    job: Job
    key: str
    number: int = 1

    @property
    def again(self) -> Attempt | None:
        """The next one, after a worker died; None when it was tried often enough."""
        return replace(self, number=self.number + 1) if self.number < MAX_ATTEMPTS else None

    @property
    def lost(self) -> Outcome:
        note = f"Its worker died {MAX_ATTEMPTS} times, mostly for lack of memory: make the picture smaller."
        return Outcome(self.job.id, self.key, Status.ERROR, note)


class Executor(Protocol):
    def run(self, rows: Iterable[Attempt]) -> Iterator[Outcome]:
        """Outcomes as they come, in any order. ``rows`` is read only as fast as rows are done."""
        ...


def make_executor(name: str, task: Task, *, address: str = "") -> Executor:
    """The executor of that name; ``address`` is that of a running cluster.

    Raises:
        BackendUnavailable: there is none of that name, or its package is not installed.
    """
    if name not in _EXECUTORS:
        raise BackendUnavailable(f"There is no executor {name!r}; use {' or '.join(NAMES)}.")
    module, _, attribute = _EXECUTORS[name].partition(":")
    try:
        return getattr(import_module(module), attribute)(task, address)
    except ImportError:
        raise BackendUnavailable(f'The executor {name!r} is not installed: pip install "ggedit[batch]".') from None


class Worker:
    """One process's share: the kit with its models, loaded once."""

    def __init__(self, task: Task, number: int = 0) -> None:
        self._task = task
        pin(number, task.threads)
        self._kit = Assembly(task.settings).kit

    def do(self, job: Job, key: str) -> Outcome:
        return run_row(job, key, phase=self._task.phase, kit=self._kit, out=self._task.out)


def pin(number: int, threads: int) -> None:
    """Keep this process on ``threads`` CPU cores, its own as far as there are enough: every library
    counts the cores it may use and starts no more threads. Where the system cannot, nothing happens."""
    if threads <= 0 or not hasattr(os, "sched_setaffinity"):
        return
    cores = sorted(os.sched_getaffinity(0))
    first = number * threads % len(cores)
    os.sched_setaffinity(0, {cores[(first + i) % len(cores)] for i in range(min(threads, len(cores)))})
