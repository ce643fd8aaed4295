"""Things drawn in their places: one window for all of them, and the mask that each turns out to have."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field

import cv2
import numpy as np
import torch

from ...core.events import EditProgress
from ...core.geometry import Box, Extent
from ...core.masks import HardMask, Mask
from ...core.picture import Picture
from ...core.result import Patch
from ...ports import MaskPrompt, Segmenter
from ..classical.windows import Plane, Rgb, distance_to, ramp
from ..diffusion.blending import latent_mask
from ..diffusion.ranking import seam_of
from ..diffusion.windows import ModelSize, View, one_view, pool_max, stitch
from .clearing import Rim
from .ddim import Timeline
from .gating import Gate
from .insertion import Drawing, Lent, Schedule, draw
from .layouts import Regions, front_first, regions_of
from .network import Network
from .removal import invert
from .words import Thing, main_prompt, regional_prompt

GENEROUS = 1.1
"""A box is enlarged by this about its middle before its thing is looked for (SGEdit, section 3.4)."""

LEAST_SHARE, LEAST_IOU = 0.05, 0.15
"""A thing that fills less of its enlarged box, or overlaps it less, was not found: the box itself
is kept then."""


@dataclass(frozen=True, eq=False)
class Place:
    """One thing, its box in picture pixels, and the gate of its learned concept, if it has one."""

    thing: Thing
    box: Box
    gate: Gate | None = None


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything to draw at once.

    sentence: the whole scene in words. places: what is drawn, and where.
    within: the only pixels that may change, where a thing is adjusted and not drawn anew; its
        outline stays.
    lent_from: the thing whose looks are kept without having been learned, in ``source``.
    """

    sentence: str
    places: tuple[Place, ...]
    rim: Rim
    seeds: tuple[int, ...]
    guidance: float
    negative: str = ""
    within: Mask | None = None
    lent_from: Mask | None = None
    source: Rgb | None = None


@dataclass(frozen=True, eq=False)
class Placed:
    """The patch, and the pixels that the things now cover."""

    patch: Patch
    covered: Mask


@dataclass
class Placing:
    """A scene drawn into one window of a picture."""

    network: Network
    timeline: Timeline
    segmenter: Segmenter
    pixels: Rgb
    scene: Scene
    _found: list[HardMask | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        extent = Extent.of(self.pixels)
        self.places = [self.scene.places[i] for i in front_first([p.box for p in self.scene.places])]
        boxes = (Mask.of_box(place.box, extent) for place in self.places)
        self.part = self.scene.within or Mask.union(boxes, extent)
        size = ModelSize(self.network.trained_px, self.network.multiple_px)
        self.view: View = one_view(self.part, size, reach=self.scene.rim.reach)

    def run(self) -> Generator[EditProgress, None, Placed]:
        """Draw all samples; the best one is the generator's value."""
        lent = None
        if self.scene.lent_from is not None:
            lent = yield from self._lent(self.scene.lent_from)
        begun = 0.35 if lent is not None else 0.0
        latents = clean = self.network.to_latents(self.view.cut(self.pixels))
        wish = self._wish(clean, lent)
        schedule = Schedule.of(self.timeline.steps)
        for reached in draw(self.network, self.timeline, wish, schedule=schedule, refine=self._refine):
            latents = reached.latents
            done = (reached.step + 1) / self.timeline.steps
            said = f"Drawing, step {reached.step + 1} of {self.timeline.steps}"
            yield EditProgress(begun + (0.95 - begun) * done, said)
        return self._best([self.network.to_pixels(sample) for sample in latents.split(1)])

    def _lent(self, thing: Mask) -> Generator[EditProgress, None, Lent]:
        """The thing as it stands in the source, inverted in a window of the same size."""
        source = self.pixels if self.scene.source is None else self.scene.source
        size = ModelSize(self.network.trained_px, self.network.multiple_px)
        view = one_view(thing, size, reach=self.scene.rim.reach)
        view = View(view.window, self.view.extent, thing)
        trajectory: list[torch.Tensor] = []
        for latents in invert(self.network, self.timeline, self.network.to_latents(view.cut(source))):
            trajectory.append(latents)
            yield EditProgress(0.35 * len(trajectory) / (self.timeline.steps + 1), "Looking at the thing as it is")
        whole = view.window.crop(thing).astype(np.float32)
        cells = pool_max(whole, (trajectory[0].shape[2], trajectory[0].shape[3]))
        return Lent(trajectory, torch.from_numpy(cells > 0))

    def _wish(self, clean: torch.Tensor, lent: Lent | None) -> Drawing:
        grid = (clean.shape[2], clean.shape[3])
        things = [place.thing for place in self.places]
        tokenizer = self.network.tokenizer
        noise = self.network.noise(grid, self.scene.seeds[0])
        regions = self._regions(grid)
        self._keep_apart(regions)
        return Drawing(
            prompt=main_prompt(self.scene.sentence, things, tokenizer),
            regional=tuple(regional_prompt(thing, tokenizer) for thing in things),
            regions=regions,
            around=torch.from_numpy(self._around(grid)),
            background=lambda step: self.timeline.noised(clean, noise, step),
            seeds=self.scene.seeds,
            negative=self.scene.negative,
            guidance=self.scene.guidance,
            lent=lent,
        )

    def _regions(self, grid: tuple[int, int]) -> Regions:
        if self.scene.within is not None:
            cells = pool_max(self.view.window.crop(self.scene.within).astype(np.float32), grid)
            return Regions(torch.from_numpy(cells > 0)[None])
        boxes = [self._in_window(place.box) for place in self.places]
        return regions_of(boxes, self.view.extent.width, self.view.extent.height, grid)

    def _keep_apart(self, regions: Regions) -> None:
        """Tell each concept's gate the cells of its own things."""
        for place, cells in zip(self.places, regions.owners, strict=False):  # of a thing that is adjusted, the first
            if place.gate is not None:
                place.gate.cells = cells if place.gate.cells is None else place.gate.cells | cells

    def _in_window(self, box: Box) -> Box:
        """A box of the picture in the model's pixels of this window."""
        window, extent = self.view.window, self.view.extent
        x, y = extent.width / window.width, extent.height / window.height
        return Box(
            (box.x1 - window.x1) * x, (box.y1 - window.y1) * y, (box.x2 - window.x1) * x, (box.y2 - window.y1) * y
        )

    def _around(self, grid: tuple[int, int]) -> Plane:
        """The generous boxes on the latents' grid, soft by one cell."""
        return latent_mask(pool_max(self._alpha_of(self._enlarged()), grid))

    def _enlarged(self) -> HardMask:
        """The boxes with their margin, in the window's pixels: bool (h, w)."""
        if self.scene.within is not None:
            return self.view.window.crop(self.scene.within)
        extent = Extent.of(self.pixels)
        masks = (Mask.of_box(_grown(place.box, extent), extent) for place in self.places)
        return self.view.window.crop(Mask.union(masks, extent))

    def _alpha_of(self, part: HardMask) -> Plane:
        rim = self.scene.rim
        return np.asarray(ramp(distance_to(part), rim.grow, rim.reach), np.float32)

    def _refine(self, clean: torch.Tensor) -> torch.Tensor | None:
        """The things' own outlines in a half-drawn sample, as a soft mask for the rest of the run."""
        if self.scene.within is not None:
            return None
        seen = Picture(self.network.to_pixels(clean))
        found = [self._outline(seen, place.box) for place in self.places]
        plausible = [mask for mask in found if mask is not None]
        if len(plausible) < len(found):
            self._found.append(None)
            return None
        mask = np.logical_or.reduce(plausible)
        self._found.append(mask)
        cells = pool_max(mask.astype(np.float32), (clean.shape[2], clean.shape[3]))
        return torch.from_numpy(latent_mask(cells))

    def _outline(self, seen: Picture, box: Box) -> HardMask | None:
        """What the segmenter finds in the box, in the window's model pixels; None if implausible."""
        wide = _grown(self._in_window(box), seen.extent)
        candidates = self.segmenter.segment(seen, MaskPrompt(box=wide, exact=False))
        mask = candidates[0].mask.full()
        room = Mask.of_box(wide, seen.extent).full()
        mask &= room
        share, overlap = mask.sum() / room.sum(), mask.sum() / (mask | room).sum()
        return mask if share >= LEAST_SHARE and overlap >= LEAST_IOU else None

    def _best(self, samples: list[Rgb]) -> Placed:
        """Samples whose things were found come first, then those that need the least hiding."""
        old = self.view.window.of(self.pixels)
        found = self._found or [None] * len(samples)
        made = [self._placed(sample, mask) for sample, mask in zip(samples, found, strict=True)]
        order = sorted(range(len(made)), key=lambda i: (found[i] is None, seam_of(old, made[i].patch)))
        return made[order[0]]

    def _placed(self, sample: Rgb, found: HardMask | None) -> Placed:
        window, rim = self.view.window, self.scene.rim
        if found is None:
            part = window.crop(self.part)
        else:
            size = (window.width, window.height)
            part = np.asarray(cv2.resize(found.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)) > 0
        alpha = np.asarray(ramp(distance_to(part), rim.grow, rim.reach), np.float32)
        covered = window.mask(part, Extent.of(self.pixels))
        return Placed(stitch(self.view, self.pixels, sample, alpha), covered)


def _grown(box: Box, extent: Extent) -> Box:
    return box.scaled(GENEROUS).clipped(extent)
