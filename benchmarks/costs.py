"""What a piece of work costs: seconds by the clock, CPU seconds, memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch

Work = Callable[[], object]


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, CPU seconds, MiB above the start, of one piece of work."""

    wall_s: float
    cpu_s: float
    peak_mib: float

    @property
    def comparable(self) -> float:
        return self.wall_s if torch.cuda.is_available() else self.cpu_s


def measure(work: Work) -> Cost:
    """What a piece of work costs; work on a GPU is waited for. Its result is let go afterwards."""
    with _peak_memory() as peak:
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        spent = time.perf_counter() - wall, time.process_time() - cpu
    del result
    return Cost(*spent, peak_mib=peak[0])


@contextmanager
def _peak_memory() -> Iterator[list[float]]:
    """The most memory above the start, in MiB, looked at every 20 ms; of a GPU by its own counter."""
    found = [0.0]
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
        before = memory_mib()
        yield found
        found[0] = torch.cuda.max_memory_allocated() / 2**20 - before
        return
    before, done = memory_mib(), threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            found[0] = max(found[0], memory_mib() - before)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    yield found
    done.set()
    watcher.join()


def memory_mib() -> float:
    """What is held now: the tensors on a GPU, else the process's resident pages."""
    if torch.cuda.is_available():
        return torch.cuda.memory_allocated() / 2**20
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


def device_name() -> str:
    return torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
