"""The executor on this machine: rows in this process, or in a few of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.sharedctypes import Synchronized
from threading import Thread

from .jobs import Job
from .work import Outcome
from .workers import IN_FLIGHT_PER_WORKER, Attempt, Executor, Task, Worker


def make(task: Task, address: str = "") -> Executor:
    """One worker stays in this process. Several are processes: as fast as threads
    (benchmarks/batch.py), and one that dies takes only its own row with it."""
    return Here(task) if task.workers == 1 else Processes(task)


class Here:
    """One row after the other in this process."""

    def __init__(self, task: Task) -> None:
        self._worker = Worker(task)

    def run(self, rows: Iterable[Attempt]) -> Iterator[Outcome]:
        return (self._worker.do(row.job, row.key) for row in rows)


_worker: Worker | None = None
"""Of a pool's process; set by its initializer."""


def _start(task: Task, counter: Synchronized) -> None:
    global _worker
    Thread(target=_end_with_driver, daemon=True).start()
    with counter.get_lock():
        number = counter.value
        counter.value += 1
    _worker = Worker(task, number)


def _end_with_driver() -> None:
    """A driver that is killed cannot tell its workers; they would wait for rows for ever."""
    driver = parent_process()
    if driver is not None:
        driver.join()
        os._exit(1)


def _do(job: Job, key: str) -> Outcome:
    assert _worker is not None
    return _worker.do(job, key)


class Processes:
    """A pool of spawned processes, made anew when one of them dies; only the rows that were under way
    then are done again."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._pool = self._new_pool()

    def _new_pool(self) -> ProcessPoolExecutor:
        context = get_context("spawn")
        counter = context.Value("i", 0)
        return ProcessPoolExecutor(
            self._task.workers, mp_context=context, initializer=_start, initargs=(self._task, counter)
        )

    def run(self, rows: Iterable[Attempt]) -> Iterator[Outcome]:
        waiting = iter(rows)
        running: dict[Future[Outcome], Attempt] = {}
        try:
            while True:
                for row in islice(waiting, self._task.workers * IN_FLIGHT_PER_WORKER - len(running)):
                    self._submit(running, row)
                if not running:
                    return
                yield from self._collect(running)
        finally:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _submit(self, running: dict[Future[Outcome], Attempt], row: Attempt) -> None:
        try:
            future = self._pool.submit(_do, row.job, row.key)
        except BrokenProcessPool:
            self._pool = self._new_pool()
            future = self._pool.submit(_do, row.job, row.key)
        running[future] = row

    def _collect(self, running: dict[Future[Outcome], Attempt]) -> Iterator[Outcome]:
        done, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in done:
            row = running.pop(future)
            try:
                yield future.result()
            except BrokenProcessPool:
                if row.again is None:
                    yield row.lost
                else:
                    self._submit(running, row.again)
