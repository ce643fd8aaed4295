"""Where torch backends run: device and number format from the settings, and memory that runs out."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from ..config import Settings
from ..core.errors import BackendUnavailable, StageError
from ..core.freeze import Frozen

if TYPE_CHECKING:
    import torch

T = TypeVar("T")

DTYPES = ("auto", "float32", "float16", "bfloat16")
_MIB = 2**20


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


def with_less_memory(work: Callable[[], T], smaller: Callable[[], T], *, doing: str) -> T:
    """The work; once more in a ``smaller`` way when the device's memory runs out.

    Raises:
        StageError: the smaller way runs out of memory too; names the figure and the fix.
    """
    import torch

    try:
        return work()
    except torch.OutOfMemoryError:
        free_memory()
    try:
        return smaller()
    except torch.OutOfMemoryError:
        free_memory()
        raise StageError(
            f"{doing} needs more memory than the device has ({_total_mib()}): "
            "set GGEDIT_LOW_MEMORY=true, choose a smaller model or GGEDIT_DEVICE=cpu."
        ) from None


def _total_mib() -> str:
    import torch

    if not torch.cuda.is_available():
        return "its size is unknown"
    free, total = torch.cuda.mem_get_info()
    return f"{total // _MIB} MiB in all, {free // _MIB} MiB free"
