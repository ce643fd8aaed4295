"""Running a network on a picture: one load, one look at the pixels for many texts, less memory when it runs out."""

from __future__ import annotations

import math
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from ggedit.config import Settings
from ggedit.core.freeze import Frozen
from ggedit.core.picture import Picture

from ..placement import Placement, free_memory, place, with_less_memory
from .captions import Phrase
from .sight import Floats, Sight, Thresholds

_NARROWEST = 4
"""Pictures that are slimmer than 1 : 4 are widened at the border, or a side would vanish in the network."""
WORK_MIB = 1400
"""What a text on a picture of 800 x 1200 needs beside the weights: benchmarks/grounding.py."""
_TOGETHER = 4
_SMALLER = 480
"""Instead of 800: 0.36 of the pixels, and of the memory that grows with them."""


@dataclass(frozen=True, slots=True)
class Effort(Frozen):
    """How many texts are looked at together, and how large the picture is made for the network:
    its shorter side in pixels, 0 = as the model's makers made it."""

    texts: int
    side: int


class LoadedNetwork(ABC):
    """A network in memory, on its device."""

    thresholds: Thresholds

    @abstractmethod
    def pack(self, phrases: Sequence[Phrase]) -> list[tuple[Phrase, ...]]: ...

    @abstractmethod
    def ask(self, picture: Picture, groups: Sequence[Sequence[Phrase]], effort: Effort) -> list[Sight]: ...


class LazyNetwork:
    """A network that is loaded when it is first asked and can be let go; one question at a time."""

    def __init__(self, settings: Settings, load: Callable[[Placement], LoadedNetwork]) -> None:
        self._settings = settings
        self._load = load
        self._loaded: LoadedNetwork | None = None
        self._lock = threading.RLock()

    @property
    def thresholds(self) -> Thresholds:
        return self._network().thresholds

    def pack(self, phrases: Sequence[Phrase]) -> list[tuple[Phrase, ...]]:
        return self._network().pack(phrases)

    def ask(self, picture: Picture, groups: Sequence[Sequence[Phrase]]) -> list[Sight]:
        """One answer per group. Out of memory: once more, text by text and on a smaller picture."""
        with self._lock, torch.inference_mode():
            network = self._network()
            return with_less_memory(
                lambda: network.ask(picture, groups, self._usual()),
                lambda: network.ask(picture, groups, Effort(texts=1, side=_SMALLER)),
                doing="Looking for things",
                how="text by text on a smaller picture",
            )

    def release(self) -> None:
        with self._lock:
            if self._loaded is not None:
                self._loaded = None
                free_memory()

    def _network(self) -> LoadedNetwork:
        with self._lock:
            if self._loaded is None:
                self._loaded = with_less_memory(
                    lambda: self._load(detector_placement(self._settings)),
                    lambda: self._load(Placement(torch.device("cpu"), torch.float32)),
                    doing="Loading the detector",
                    how="on the CPU, which is slower",
                )
            return self._loaded

    def _usual(self) -> Effort:
        """On a CPU texts gain nothing from being looked at together."""
        alone = self._settings.low_memory or place(self._settings).device.type == "cpu"
        return Effort(1 if alone else _TOGETHER, self._settings.detector_side)


def detector_placement(settings: Settings) -> Placement:
    """Device and format. Left to itself a detector computes in float32 everywhere: bfloat16 tells
    256 places apart along a side, which is too coarse for boxes."""
    placement = place(settings)
    return Placement(placement.device, torch.float32) if settings.dtype == "auto" else placement


def computing(placement: Placement) -> AbstractContextManager[Any]:
    """Mixed precision where a shorter format was asked for; the weights stay float32."""
    if placement.dtype == torch.float32:
        return nullcontext()
    return torch.autocast(placement.device.type, placement.dtype)


class OncePerPicture(nn.Module):
    """The part of a network that sees only the picture, run once for all texts about it.

    It stands in the place of that part. The key of the picture is set before a run; what was
    computed is kept until another one comes. A batch is the same picture several times.
    """

    def __init__(self, part: nn.Module) -> None:
        super().__init__()
        self.part = part
        self._key: object = None
        self._kept: Any = None

    def __getitem__(self, index: int) -> nn.Module:
        """The part's members, where the network reaches for them by number"""
        return self.part[index]  # type: ignore[index]

    def __getattr__(self, name: str) -> Any:
        """and by name."""
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(super().__getattr__("part"), name)

    def look_at(self, key: object) -> None:
        if key != self._key:
            self._key, self._kept = key, None

    def forward(self, *inputs: Any, **more: Any) -> Any:
        batch = _batch_of(inputs, more)
        if self._kept is None:
            first = tuple(_resized(value, 1) for value in inputs)
            self._kept = self.part(*first, **{name: _resized(value, 1) for name, value in more.items()})
        return _resized(self._kept, batch) if batch > 1 else self._kept


def _batch_of(inputs: tuple[Any, ...], more: dict[str, Any]) -> int:
    value = inputs[0] if inputs else next(iter(more.values()))
    return len(value if isinstance(value, Tensor) else value.tensors)


def _resized(value: Any, batch: int) -> Any:
    """The value for a batch of another size: the first of a batch, or one repeated without a copy."""
    if isinstance(value, Tensor):
        return value[:1] if batch == 1 else value.expand(batch, *value.shape[1:])
    if isinstance(value, (list, tuple)):
        return type(value)(_resized(item, batch) for item in value)
    if hasattr(value, "decompose"):  # the pair of pixels and padding that DETR's descendants pass on
        return type(value)(*(_resized(item, batch) for item in value.decompose()))
    return value


def widened(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The picture with its last row or column repeated until it is no slimmer than 1 : 4; a copy."""
    height, width = pixels.shape[:2]
    least = -(-max(height, width) // _NARROWEST)
    add = max(least - height, 0), max(least - width, 0)
    return np.pad(pixels, ((0, add[0]), (0, add[1]), (0, 0)), mode="edge")


def corners(boxes: Tensor, width: float, height: float) -> npt.NDArray[np.float32]:
    """(N, 4) centre and size as shares of the frame -> x1, y1, x2, y2 in pixels."""
    centre, half = boxes[:, :2], boxes[:, 2:] / 2
    frame = torch.tensor([width, height] * 2, dtype=torch.float32, device=boxes.device)
    return (torch.cat([centre - half, centre + half], dim=1).float() * frame).cpu().numpy()


def beliefs(logits: Tensor) -> Floats:
    """Probabilities; tokens that are only padding have a logit of minus infinity, hence 0."""
    return torch.nan_to_num(logits.float().sigmoid(), 0.0).cpu().numpy()


def least_side(boxes: int) -> int:
    """Shortest side in pixels at which a network with strides of 8 and more has as many places
    as it must propose boxes, whatever the picture's shape: the slimmest has a quarter of a
    square on the longer side, which is 1333 where the shorter one is 800."""
    longest = math.sqrt(boxes * 64 * _NARROWEST)
    return math.ceil(longest * 800 / 1333 / 32) * 32
