"""The executor on a Ray cluster, or on a Ray that is started here. The only module that imports ray."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import ray
from ray.exceptions import RayActorError, RayError

from ..core.errors import BackendUnavailable
from ..registry import has_accelerator
from .work import Outcome
from .workers import IN_FLIGHT_PER_WORKER, MAX_ATTEMPTS, Attempt, Executor, Task, Worker

_STORE_BYTES = 80 * 2**20
"""Of a Ray that is started here: pictures go by path, so its object store holds rows only."""


def make(task: Task, address: str = "") -> Executor:
    """Raises BackendUnavailable: no cluster answers at the address."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # else Ray reports its use to its makers
    try:
        if not ray.is_initialized():
            ray.init(**_where(task, address), log_to_driver=False, include_dashboard=False, configure_logging=False)
    except (ConnectionError, RayError, ValueError) as error:
        raise BackendUnavailable(f"No Ray cluster answers at {address or 'this machine'}: {error}.") from None
    return OnRay(task)


def _where(task: Task, address: str) -> dict[str, Any]:
    if address:
        return {"address": address}
    return {"num_cpus": task.workers * max(task.threads, 1), "object_store_memory": _STORE_BYTES}


class _Actor:
    """Owns one kit on its share of the machine. Ray starts it anew when its process dies, and gives it
    the row again that it was at."""

    def __init__(self, task: Task, number: int) -> None:
        self._worker = Worker(task, number)

    def do(self, row: Attempt) -> Outcome:
        return self._worker.do(row.job, row.key)


class OnRay:
    """As many actors as workers, each with at most two rows at a time: Ray's pattern of limiting
    pending tasks with ``ray.wait``. Restarts and retries are Ray's own."""

    def __init__(self, task: Task) -> None:
        options: dict[str, Any] = {
            "num_cpus": max(task.threads, 1),
            "num_gpus": 1 if has_accelerator(task.settings) else 0,
            "max_restarts": -1,
            "max_task_retries": MAX_ATTEMPTS - 1,
        }
        kind: Any = ray.remote(**options)(_Actor)
        self._actors: list[Any] = [kind.remote(task, number) for number in range(task.workers)]

    def run(self, rows: Iterable[Attempt]) -> Iterator[Outcome]:
        waiting = iter(rows)
        seats = deque(self._actors * IN_FLIGHT_PER_WORKER)
        running: dict[Any, tuple[Attempt, Any]] = {}
        try:
            while True:
                for row in islice(waiting, len(seats)):
                    actor = seats.popleft()
                    running[actor.do.remote(row)] = (row, actor)
                if not running:
                    return
                done, _ = ray.wait(list(running))
                row, actor = running.pop(done[0])
                seats.append(actor)
                yield _result(done[0], row)
        finally:
            for actor in self._actors:
                ray.kill(actor)


def _result(reference: Any, row: Attempt) -> Outcome:
    try:
        return ray.get(reference)
    except RayActorError:
        return row.lost
