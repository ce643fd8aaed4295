"""A thing taken out of the picture: its windows, the rough fill before, and the samples ranked after."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch

from ...core.compositing import composite
from ...core.events import EditProgress
from ...core.masks import HardMask, Mask
from ...core.result import Patch
from ..classical.editing.inpaint import Guide, Hole, fill
from ..classical.windows import Plane, Rgb
from ..diffusion.blending import latent_mask
from ..diffusion.ranking import seam_of
from ..diffusion.windows import ModelSize, View, choose_views, pool_max, stitch
from .ddim import Timeline
from .network import Network
from .removal import Erasure, erase, invert


@dataclass(frozen=True, eq=False)
class Rim:
    """How far beyond a mask pixels may change."""

    grow: int
    feather: int

    @property
    def reach(self) -> int:
        return self.grow + self.feather


@dataclass(frozen=True, eq=False)
class Hurdle:
    """Everything that the model needs besides the picture.

    forbidden: pixels of other things, which the rough fill must not copy.
    name: what is to go, in words.
    seeds: one per sample.
    """

    network: Network
    timeline: Timeline
    rim: Rim
    name: str
    seeds: tuple[int, ...]
    guidance: float
    forbidden: Mask | None = None


def clear(pixels: Rgb, mask: Mask, how: Hurdle) -> Generator[EditProgress, None, tuple[Patch, ...]]:
    """Patches that take the thing away, the best sample of each window.

    Args:
        pixels: uint8 (H, W, 3), the picture.
        mask: the thing; not empty.
        how: the model and its settings.
    """
    patches: list[Patch] = []
    size = ModelSize(how.network.trained_px, how.network.multiple_px)
    views = choose_views(mask, size, reach=how.rim.reach)
    for number, view in enumerate(views):
        for event in (work := _Clearing(pixels, view, how)).run():
            share = (number + event.fraction) / len(views)
            yield EditProgress(share, event.message, preview=event.preview)
        patches.append(work.best())
        pixels, _ = composite(pixels, (patches[-1],), None)
    return tuple(patches)


class _Clearing:
    """One window."""

    def __init__(self, pixels: Rgb, view: View, how: Hurdle) -> None:
        self.view, self.how, self.pixels = view, how, pixels
        self.alpha: Plane = view.alpha(how.rim.grow, how.rim.feather)
        self.samples: list[Rgb] = []

    def run(self) -> Generator[EditProgress, None, None]:
        how, network = self.how, self.how.network
        soft = torch.from_numpy(latent_mask(self.view.cells(self.alpha, network.cell_px)))
        clean = network.to_latents(self._roughly_filled())
        trajectory: list[torch.Tensor] = []
        for latents in invert(network, how.timeline, clean):
            trajectory.append(latents)
            done = len(trajectory) / (how.timeline.steps + 1)
            yield EditProgress(0.4 * done, "Reading what is around it")
        wish = Erasure(clean, soft > 0, soft, how.name, how.seeds, how.guidance)
        latents = clean
        for reached in erase(network, how.timeline, trajectory, wish):
            latents = reached.latents
            done = (reached.step + 1) / how.timeline.steps
            yield EditProgress(0.4 + 0.55 * done, f"Taking it away, step {reached.step + 1} of {how.timeline.steps}")
        self.samples = [network.to_pixels(sample) for sample in latents.split(1)]

    def _roughly_filled(self) -> Rgb:
        """The window with the hole filled by texture from around it: what stands in the hole decides
        what the inversion sees there."""
        small = self.view.cut(self.pixels)
        shape = (small.shape[0], small.shape[1])
        hole: HardMask = pool_max(self.alpha, shape) > 0
        stranger: HardMask = pool_max(self.view.window.crop(self.how.forbidden).astype(np.float32), shape) > 0
        if hole.all():
            return small
        return fill(Hole(small, hole, stranger & ~hole), guide=Guide.FREE, seed=self.how.seeds[0])

    def best(self) -> Patch:
        """The sample whose surroundings needed the least hiding."""
        patches = [stitch(self.view, self.pixels, sample, self.alpha) for sample in self.samples]
        old = self.view.window.of(self.pixels)
        return min(patches, key=lambda patch: seam_of(old, patch))
