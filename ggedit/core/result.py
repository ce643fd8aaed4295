"""What an editor gives back for a step, and what a whole plan gives back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .freeze import Frozen, read_only
from .masks import Mask
from .picture import Picture


@dataclass(frozen=True, eq=False)
class Patch(Frozen):
    """New pixels for a window of the picture.

    pixels: uint8 (h, w, 3) RGB whose top left corner lies at (``x``, ``y``).
    alpha: float32 (h, w) in [0, 1]; 0 = leave the old pixel exactly as it is.
    """

    x: int
    y: int
    pixels: npt.NDArray[np.uint8]
    alpha: npt.NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.pixels.shape != (*self.alpha.shape, 3):
            raise ValueError(f"patch pixels {self.pixels.shape} and alpha {self.alpha.shape} do not fit")
        object.__setattr__(self, "pixels", read_only(self.pixels, np.uint8))
        object.__setattr__(self, "alpha", read_only(self.alpha, np.float32))


@dataclass(frozen=True, eq=False)
class StepOutcome(Frozen):
    """What an editor did for one step.

    patches: painted one after the other onto the picture.
    shadow: pixels beyond mask and destination that a shadow or reflection may touch; they
        are reported to the person.
    moved: where the thing is now (for move, resize, flip), or where a new one stands.
    warnings: sentences for the person.
    settings: what it was made with, as (name, value) in words, for the report.
    """

    patches: tuple[Patch, ...]
    shadow: Mask | None = None
    moved: Mask | None = None
    warnings: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class StepReport(Frozen):
    """What really ran for one step; ``why`` says why this editor, ``settings`` with what."""

    step: int
    kind: str
    backend: str
    tier: str
    seed: int
    seconds_s: float
    changed_px: int
    shadow: Mask | None = None
    moved: Mask | None = None
    warnings: tuple[str, ...] = ()
    why: str = ""
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class EditResult(Frozen):
    """The edited picture.

    ``changed`` covers every pixel that may differ from the input: outside it the pixels are
    equal bit for bit, and it lies inside the masks and destinations, grown and feathered as
    the plan says, and the reported shadows.
    """

    picture: Picture
    changed: Mask
    reports: tuple[StepReport, ...] = ()

    def __post_init__(self) -> None:
        if self.changed.extent != self.picture.extent:
            raise ValueError("changed and picture differ in size")
