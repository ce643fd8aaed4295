"""Take things away: what lies behind them is drawn from what the rest of the window shows.

The window is inverted (``ddim``); every sample then runs beside the inverted trajectory and looks,
in self attention, only at that trajectory's keys outside the hole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from .attention import Borrowing, Steering
from .ddim import Timeline
from .network import Network
from .words import BACKGROUND


@dataclass(frozen=True)
class Erasure:
    """What is to go.

    clean: (1, 4, h, w), the window's latents with the things already filled in roughly.
    hole: bool (h, w), where something is drawn anew; grown by a cell.
    soft: float (h, w) in [0, 1], how much of the new latents is kept at the hole's rim.
    negative: what must not come back, in words.
    seeds: one per sample.
    """

    clean: torch.Tensor
    hole: torch.Tensor
    soft: torch.Tensor
    negative: str
    seeds: tuple[int, ...]
    guidance: float = 7.5


@dataclass(frozen=True)
class Reached:
    """The samples after a step, (S, 4, h, w), and the clean latents that they aim at."""

    step: int
    latents: torch.Tensor
    clean: torch.Tensor


def invert(network: Network, timeline: Timeline, clean: torch.Tensor) -> Iterator[torch.Tensor]:
    """The trajectory from the clean latents (first) to noise, one call of one row per step.

    The prompt is empty, so guidance would change nothing and is left out.
    """
    text = network.words([""])
    latents = clean
    yield latents
    for step in reversed(range(timeline.steps)):
        output = network.predict(latents, timeline.times[step], text)
        latents = timeline.backward(latents, output, step)
        yield latents


def erase(network: Network, timeline: Timeline, trajectory: list[torch.Tensor], wish: Erasure) -> Iterator[Reached]:
    """All samples at once beside one reference row: 1 + 2 S rows per call.

    Args:
        network: the model.
        timeline: of the trajectory.
        trajectory: from ``invert``: ``trajectory[k]`` is the level before step n - k.
        wish: what is to go.
    """
    count = len(wish.seeds)
    size = (wish.clean.shape[2], wish.clean.shape[3])
    hole = wish.hole.to(wish.clean.device)
    noise = torch.cat([network.noise(size, seed) for seed in wish.seeds])
    latents = torch.where(hole, noise, trajectory[timeline.steps])
    text = network.words([""] + [wish.negative] * count + [BACKGROUND] * count)
    borrowing = Borrowing(source=0, rows=tuple(range(1, 1 + 2 * count)), keys=~hole)
    for step in range(timeline.steps):
        reference = trajectory[timeline.steps - step]
        rows = torch.cat([reference, latents, latents])
        output = network.predict(rows, timeline.times[step], text, Steering(size, borrowing=borrowing))
        _, without, wanted = output.split([1, count, count])
        guided = without + wish.guidance * (wanted - without)
        latents, clean = timeline.forward(latents, guided, step)
        latents = tie(latents, trajectory[timeline.steps - step - 1], wish.soft)
        yield Reached(step, latents, clean)


def tie(latents: torch.Tensor, background: torch.Tensor, soft: torch.Tensor) -> torch.Tensor:
    """The background at the level just reached, where the mask is 0; bit for bit there."""
    mask = soft.to(latents)
    mixed = latents * mask + background * (1 - mask)
    return torch.where(mask <= 0, background.expand_as(latents), mixed)
