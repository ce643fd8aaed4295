"""What a model is asked to draw in one window, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from ...config import Settings
from ...core.freeze import Frozen
from ...core.options import EditOptions
from ..classical.windows import Plane, Rgb

_SEED_STRIDE = 0x85EBCA6B
"""Odd, so that variants and samples of one request get different seeds."""


def seeds_of(seed: int, *, first: int, count: int) -> tuple[int, ...]:
    """Seeds of the variants or samples from number ``first`` on; number 0 has the request's own."""
    return tuple((seed + _SEED_STRIDE * (first + n)) % 2**32 for n in range(count))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning(Frozen):
    """The options of one run with nothing left open; see ``EditOptions`` for their meaning."""

    steps: int
    guidance: float
    image_guidance: float
    guidance_from: float
    guidance_to: float
    blend_start: float
    scheduler: str
    variants: int
    safety: bool
    strength: float = 1.0

    @property
    def first_step(self) -> int:
        """How many of the steps are left out because the run starts from the noised picture."""
        return min(self.steps - 1, self.steps - round(self.steps * self.strength))

    @property
    def steps_run(self) -> int:
        return self.steps - self.first_step


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual(Frozen):
    """What a kind of pipeline is usually run with, as published with it."""

    steps: int
    guidance: float


def resolve(options: EditOptions, settings: Settings, usual: Usual, *, strength: float) -> Tuning:
    """What the person said, else what the set-up says, else what is usual for the model (a
    setting of 0)."""
    said = options.said
    given: dict[str, Any] = {
        f.name: said.get(f.name, getattr(settings, f"editor_{f.name}", None)) for f in fields(Tuning)
    }
    given["steps"] = given["steps"] or usual.steps
    given["guidance"] = given["guidance"] or usual.guidance
    # the same ranges as for a person's own values: settings come from outside as well
    EditOptions(**{name: value for name, value in given.items() if name != "strength"})
    return Tuning(**(given | {"strength": said.get("strength", strength)}))


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Task(Frozen):
    """One window for the model.

    pixels: uint8 (h, w, 3) at the model's size.
    cells: float32 mask on the latent grid, 1 = may change.
    alpha: float32 (h, w), the same at the model's pixels.
    fresh: whether the inside starts from noise alone, whatever the strength.
    seeds: one per picture that is drawn in the batch.
    """

    pixels: Rgb
    cells: Plane
    alpha: Plane
    prompt: str
    negative: str
    tuning: Tuning
    seeds: tuple[int, ...]
    fresh: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Drawn(Frozen):
    """pictures: float32 (n, h, w, 3) in [0, 1]; refused: which of them the safety checker refused."""

    pictures: npt.NDArray[np.float32]
    refused: tuple[bool, ...]
