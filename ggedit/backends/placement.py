"""Where torch backends run: device and number format from the settings, and memory that runs out."""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ..config import Settings
from ..core.errors import BackendUnavailable, StageError
from ..core.freeze import Frozen
from ..ports import current_run

if TYPE_CHECKING:
    import torch

E = TypeVar("E")
T = TypeVar("T")

DTYPES = ("auto", "float32", "float16", "bfloat16")
_MIB = 2**20
_SIGNS = ("out of memory", "can't allocate memory", "not enough memory", "CUBLAS_STATUS_ALLOC_FAILED")
"""What torch's messages say when memory runs out: CUDA and MPS, the CPU on Linux and Windows, cuBLAS."""


@dataclass(frozen=True, slots=True)
class Placement(Frozen):
    """A torch device and the number format for weights on it."""

    device: torch.device
    dtype: torch.dtype


def place(settings: Settings) -> Placement:
    """The device asked for, or the best one here: CUDA, then MPS, then CPU.

    ``auto`` number format: bfloat16 on a CUDA device that computes in it, else float16; float16
    on MPS; float32 on a CPU.

    Raises:
        BackendUnavailable: the device asked for is not on this machine, or the format is unknown.
    """
    import torch

    if settings.dtype not in DTYPES:
        raise BackendUnavailable(f"GGEDIT_DTYPE is {settings.dtype!r}; it must be one of {', '.join(DTYPES)}.")
    device = _device(settings.device)
    if settings.dtype != "auto":
        return Placement(device, getattr(torch, settings.dtype))
    if device.type == "cpu":
        return Placement(device, torch.float32)
    brain = device.type == "cuda" and torch.cuda.is_bf16_supported()
    return Placement(device, torch.bfloat16 if brain else torch.float16)


def _device(wanted: str) -> torch.device:
    import torch

    here = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted == "auto":
        return torch.device(next(name for name, there in here.items() if there))
    if not here.get(wanted.partition(":")[0]):
        there = ", ".join(name for name, is_there in here.items() if is_there)
        raise BackendUnavailable(f"GGEDIT_DEVICE is {wanted!r}, which torch does not find here; it finds: {there}.")
    return torch.device(wanted)


def free_memory() -> None:
    """Give device memory that nothing holds any more back to the system."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    elif torch.backends.mps.is_available():
        torch.mps.empty_cache()


class MemoryRanOut(Exception):
    """Of a device, in one class for all of torch's ways to say it; ``asked`` = how much was wanted, in its words."""

    def __init__(self, asked: str) -> None:
        super().__init__(asked)
        self.asked = asked


@contextmanager
def _told_by_class() -> Iterator[None]:
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if not out_of_memory(error):
            raise
        raise MemoryRanOut(_asked_for(error)) from None


def with_less_memory(
    work: Callable[[], T], smaller: Callable[[], T], *, doing: str, how: str = "in a way that needs less"
) -> T:
    """The work; once more in a ``smaller`` way when the memory runs out, with a note that tells
    the person ``how``.

    Raises:
        StageError: the smaller way runs out of memory too; names the figures and the fix.
    """
    try:
        with _told_by_class():
            return work()
    except MemoryRanOut:
        pass  # the error holds what it stumbled over until here
    _once_more(doing, how)
    try:
        with _told_by_class():
            return smaller()
    except MemoryRanOut as error:
        asked = error.asked
    raise _too_little(doing, asked)


def going_on_with_less_memory(
    work: Callable[[], Generator[E, None, T]], smaller: Callable[[], Generator[E, None, T]], *, doing: str, how: str
) -> Generator[E, None, T]:
    """``with_less_memory`` for work that tells how it goes on."""
    try:
        with _told_by_class():
            return (yield from work())
    except MemoryRanOut:
        pass  # the error holds what it stumbled over until here
    _once_more(doing, how)
    try:
        with _told_by_class():
            return (yield from smaller())
    except MemoryRanOut as error:
        asked = error.asked
    raise _too_little(doing, asked)


def _once_more(doing: str, how: str) -> None:
    free_memory()
    current_run().notes.append(f"{doing} ran out of memory and was done again {how}.")


def _too_little(doing: str, asked: str) -> StageError:
    free_memory()
    return StageError(
        f"{doing} needs more memory than there is ({_figures(asked)}): "
        "set GGEDIT_LOW_MEMORY=true, choose a smaller model or GGEDIT_DEVICE=cpu."
    )


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that memory ran out. torch has a class for it on CUDA; on MPS and on
    the CPU it is a RuntimeError that says so in words."""
    import torch

    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _SIGNS)


def require_memory(weights_bytes: int, placement: Placement, *, work_mib: float, doing: str) -> None:
    """Refuse a model that would not fit into the computer's memory, before the system ends the
    process for it. On other devices torch says in time that their memory ran out.

    Args:
        weights_bytes: size of the weights as they are stored.
        placement: where the model will run.
        work_mib: what it needs beside its weights.
        doing: the model, at the start of a sentence.

    Raises:
        BackendUnavailable: it does not fit; names both figures.
    """
    free = free_ram_mib()
    need = weights_bytes / _MIB + (work_mib if placement.device.type == "cpu" else 0)
    if free is not None and need > free:
        raise BackendUnavailable(
            f"{doing} needs about {need:.0f} MiB of memory and {free:.0f} MiB are free: "
            "choose a smaller model or end other programs."
        )


def free_ram_mib() -> float | None:
    """Memory that programs may still take, in MiB, also inside a container; None where the system does not say."""
    available = _first_number(Path("/proc/meminfo"), r"MemAvailable:\s+(\d+) kB")
    if available is None:
        return None
    limit = _first_number(Path("/sys/fs/cgroup/memory.max"), r"^(\d+)$")
    used = _first_number(Path("/sys/fs/cgroup/memory.current"), r"^(\d+)$")
    cache = _first_number(Path("/sys/fs/cgroup/memory.stat"), r"^inactive_file (\d+)$") or 0
    free = available / 1024
    return free if limit is None or used is None else min(free, (limit - used + cache) / _MIB)


def _first_number(file: Path, pattern: str) -> float | None:
    try:
        found = re.search(pattern, file.read_text(), re.MULTILINE)
    except OSError:
        return None
    return float(found.group(1)) if found else None


def _asked_for(error: BaseException) -> str:
    """How much the failed request wanted, in torch's words."""
    found = re.search(r"[Tt]ried to allocate ([\d.]+ ?[A-Za-z]+)", str(error))
    return found.group(1) if found else ""


def _figures(asked: str) -> str:
    import torch

    figures = [f"{asked} more were asked for"] if asked else []
    if torch.cuda.is_available():
        free, total = torch.cuda.mem_get_info()
        figures.append(f"the device has {total // _MIB} MiB, {free // _MIB} MiB free")
    elif (free_mib := free_ram_mib()) is not None:
        figures.append(f"{free_mib:.0f} MiB of the computer's memory are free")
    return "; ".join(figures) or "the system does not say how much there is"
