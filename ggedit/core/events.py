"""What a run tells while it works. A run is an iterator of these; nothing calls back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .corrections import Correction
from .freeze import Frozen
from .turn import Stage, StageRecord, Turn


@dataclass(frozen=True, slots=True)
class StageStarted(Frozen):
    stage: Stage
    backend: str


@dataclass(frozen=True, slots=True)
class StillWorking(Frozen):
    """A sign of life of a stage that may wait for a server; the run can be left at each one."""

    stage: Stage
    seconds_s: float


@dataclass(frozen=True, eq=False, slots=True)
class StageDone(Frozen):
    """``turn`` has the stage's cell filled."""

    stage: Stage
    record: StageRecord
    turn: Turn


@dataclass(frozen=True, eq=False, slots=True)
class EditProgress(Frozen):
    """``fraction`` of the step's work in [0, 1]; ``preview`` uint8 (h, w, 3) of any size."""

    fraction: float
    message: str
    step: int = 0
    steps: int = 1
    preview: npt.NDArray[np.uint8] | None = None


@dataclass(frozen=True, slots=True)
class NeedsUser(Frozen):
    """The run pauses: the person should look before it goes on. ``candidates`` are ids."""

    stage: Stage
    question: str
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class CorrectionDropped(Frozen):
    """An earlier correction no longer fits; it was left out, and the person is told."""

    correction: Correction
    why: str


@dataclass(frozen=True, eq=False, slots=True)
class StageFailed(Frozen):
    """The stage could not finish; ``turn`` holds everything up to it, nothing is lost."""

    stage: Stage
    message: str
    turn: Turn


@dataclass(frozen=True, eq=False, slots=True)
class Finished(Frozen):
    """The run has done what it could; ``turn`` is its last state."""

    turn: Turn


Event = StageStarted | StillWorking | StageDone | EditProgress | NeedsUser | CorrectionDropped | StageFailed | Finished
