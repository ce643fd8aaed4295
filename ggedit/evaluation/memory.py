"""Peak memory of this process, and of its GPU, between two moments."""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import Any

_CLEAR = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")
_RESET_PEAK = "5"
"""Written to clear_refs, it starts the peak anew (Linux, proc(5))."""


def start_peak() -> None:
    """Forget the peak so far, where the system can; elsewhere the peak is the process's own."""
    cuda = loaded_cuda()
    if cuda is not None:
        cuda.reset_peak_memory_stats()
    try:
        _CLEAR.write_text(_RESET_PEAK)
    except OSError:
        return


def peak_mib() -> float:
    """The largest resident size since ``start_peak``, in MiB."""
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest / 2**20 if sys.platform == "darwin" else largest / 1024


def peak_gpu_mib() -> float | None:
    """The most that torch had in use on its GPU since ``start_peak``, in MiB; None without a GPU."""
    cuda = loaded_cuda()
    return None if cuda is None else cuda.max_memory_allocated() / 2**20


def loaded_cuda() -> Any:
    """torch.cuda where a backend has loaded it and there is a GPU: looking must not load it."""
    torch = sys.modules.get("torch")
    return torch.cuda if torch is not None and torch.cuda.is_available() else None
