"""The executor on a Ray cluster, or on a Ray that is started here. The only module that imports ray."""

from __future__ import annotations

import os
import socket
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

_ANSWER_S = 5.0
"""How long a cluster's port may take to answer; Ray itself would try for minutes."""

_START_S = 600.0
"""How long a cluster may take to start the first worker: one that grows needs a machine for it."""


def make(task: Task, address: str = "") -> Executor:
    """Raises BackendUnavailable: no cluster answers at the address, or Ray cannot be started here."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # else Ray reports its use to its makers
    _knock(address)
    try:
        if not ray.is_initialized():
            ray.init(**_where(task, address), log_to_driver=False, include_dashboard=False, configure_logging=False)
    except (ConnectionError, RayError, RuntimeError, ValueError) as error:
        what = f"No Ray cluster answers at {address}" if address else "Ray cannot be started here"
        raise BackendUnavailable(f"{what}: {str(error).rstrip('.')}.") from None
    return OnRay(task)


def _where(task: Task, address: str) -> dict[str, Any]:
    if address:
        return {"address": address}
    cores = task.workers * max(task.threads, 1)
    return {"address": "local", "num_cpus": cores, "object_store_memory": _STORE_BYTES}


def _knock(address: str) -> None:
    """Raises BackendUnavailable: the address names a port, and nobody listens there."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        return
    try:
        socket.create_connection((host, int(port)), timeout=_ANSWER_S).close()
    except OSError as error:
        raise BackendUnavailable(f"No Ray cluster answers at {address}: {error.strerror or error}.") from None


class _Actor:
    """Owns one kit on its share of the machine. Ray starts it anew when its process dies, and gives it
    the row again that it was at."""

    def __init__(self, task: Task, number: int) -> None:
        self._worker = Worker(task, number)

    def begin(self) -> None:
        """Answered as soon as the cluster had room for this worker."""

    def do(self, row: Attempt) -> Outcome:
        return self._worker.do(row.job, row.key)


class OnRay:
    """As many actors as workers, each with at most two rows at a time: Ray's pattern of limiting
    pending tasks with ``ray.wait``. An actor gets rows once it has started, so that a cluster with
    room for fewer does the rows on those. Restarts and retries are Ray's own."""

    def __init__(self, task: Task) -> None:
        self._needs: dict[str, Any] = {
            "num_cpus": max(task.threads, 1),
            "num_gpus": 1 if has_accelerator(task.settings) else 0,
        }
        kind: Any = ray.remote(**self._needs, max_restarts=-1, max_task_retries=MAX_ATTEMPTS - 1)(_Actor)
        self._actors: list[Any] = [kind.remote(task, number) for number in range(task.workers)]

    def run(self, rows: Iterable[Attempt]) -> Iterator[Outcome]:
        waiting = iter(rows)
        seats: list[Any] = []
        starting = {actor.begin.remote(): actor for actor in self._actors}
        running: dict[Any, tuple[Attempt, Any]] = {}
        try:
            self._seat(starting, seats, timeout_s=_START_S)
            while True:
                for row in islice(waiting, len(seats)):
                    actor = seats.pop(0)
                    running[actor.do.remote(row)] = (row, actor)
                if not running:
                    return
                done, _ = ray.wait([*running, *starting])
                if done[0] in starting:
                    self._seat(starting, seats, timeout_s=0)
                    continue
                row, actor = running.pop(done[0])
                seats.append(actor)
                yield _result(done[0], row)
        finally:
            for actor in self._actors:
                ray.kill(actor)

    def _seat(self, starting: dict[Any, Any], seats: list[Any], *, timeout_s: float) -> None:
        """Give seats to the actors that have started.

        Raises:
            BackendUnavailable: none has within the time.
        """
        done, _ = ray.wait(list(starting), num_returns=1 if timeout_s else len(starting), timeout=timeout_s)
        if not done and not seats and timeout_s:
            has = {name: ray.cluster_resources().get(name, 0) for name in ("CPU", "GPU")}
            raise BackendUnavailable(
                f"The cluster has started no worker within {timeout_s / 60:.0f} minutes: each needs "
                f"{self._needs['num_cpus']} CPU and {self._needs['num_gpus']} GPU, and all its machines together "
                f"have {has['CPU']:.0f} and {has['GPU']:.0f}."
            )
        seats += [starting.pop(reference) for reference in done] * IN_FLIGHT_PER_WORKER


def _result(reference: Any, row: Attempt) -> Outcome:
    try:
        return ray.get(reference)
    except RayActorError:
        return row.lost
