"""Blending in latent space: after every step the surroundings are set to where they must be.

After step i of n the latents are ``z * m + (signal * source + noise * xi) * (1 - m)`` with the level
that the step has just reached, the same xi in every step, and the clean source after the last one
(Avrahami, Fried, Lischinski: Blended Latent Diffusion, SIGGRAPH 2023, algorithm 1 and section 4.3,
which blends at the level before the step).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from ...core.masks import HardMask
from ..classical.windows import Plane
from .levels import CLEAN, Level

THIN_CELLS = 2
"""Half-widths up to this many cells count as thin: fewer cells than a network's receptive field
starts from are drawn over by their surroundings."""


@dataclass
class Blend:
    """The surroundings' side of a run.

    source: the clean latent in the sampler's layout, (1 or n, ...).
    noise: xi, one per sample, fixed for the whole run: (n, ...).
    masks: 1 = may change, broadcastable to the latents; widest first, the real one last.
    levels: the level before each step and after the last.
    start: the first step after which the surroundings are held.
    """

    source: torch.Tensor
    noise: torch.Tensor
    masks: tuple[torch.Tensor, ...]
    levels: tuple[Level, ...]
    start: int = 0

    @property
    def steps(self) -> int:
        return len(self.levels) - 1

    def background(self, step: int) -> torch.Tensor:
        """The source at the level that ``step`` has just reached; clean after the last step."""
        level = self.levels[step + 1] if step + 1 < self.steps else CLEAN
        return level.signal * self.source + level.noise * self.noise

    def mask(self, step: int) -> torch.Tensor:
        """The mask in force after a step: equal shares of the run from the widest to the real one."""
        return self.masks[min(step * len(self.masks) // self.steps, len(self.masks) - 1)]

    def apply(self, latents: torch.Tensor, step: int) -> torch.Tensor:
        """The latents after ``step``, with the surroundings where they must be."""
        if step < self.start and step + 1 < self.steps:
            return latents
        mask = self.mask(step).to(latents)
        background = self.background(step).to(latents)
        # not a sum of products: where the mask is 1 or 0 the value must be the one or the other, bit for bit
        mixed = latents * mask + background * (1 - mask)
        return torch.where(mask >= 1, latents, torch.where(mask <= 0, background, mixed))


def start_latents(blend: Blend, *, fresh: torch.Tensor | None) -> torch.Tensor:
    """Where a run that leaves out its first steps begins: the noised source, and inside ``fresh``
    (1 = yes, broadcastable) nothing of it but noise of the same variance."""
    level = blend.levels[0]
    begun = level.signal * blend.source + level.noise * blend.noise
    if fresh is None:
        return begun
    spread = (level.signal**2 + level.noise**2) ** 0.5
    return begun * (1 - fresh.to(begun)) + spread * blend.noise * fresh.to(begun)


def latent_mask(cells: Plane) -> Plane:
    """A soft mask on the latent grid, grown by one cell: a decoder's cell reaches into the next."""
    return _widened(cells)


def shrinking_masks(cells: Plane) -> tuple[Plane, ...]:
    """Masks from wide to real: thin ones begin wider and shrink in equal shares of the run.

    Blended Latent Diffusion, section 4.3: a thin mask alone gives the model nothing to draw in.
    """
    masks = [cells]
    for _ in range(_thinness(cells > 0)):
        masks.insert(0, _widened(masks[0]))
    return tuple(masks)


def _thinness(cells: HardMask) -> int:
    """How many widenings the mask needs: 0 where something is left after ``THIN_CELLS`` erosions."""
    left, lasted = cells, 0
    while lasted < THIN_CELLS:
        left = ~(_widened((~left).astype(np.float32), edge=0.0) > 0)
        if not left.any():
            break
        lasted += 1
    return THIN_CELLS - lasted


def _widened(plane: Plane, edge: float = 0.0) -> Plane:
    """The maximum over each cell and its eight neighbours."""
    padded = np.pad(plane, 1, constant_values=edge)
    rows, columns = plane.shape
    shifted = [padded[y : y + rows, x : x + columns] for y in range(3) for x in range(3)]
    return np.maximum.reduce(shifted)
