"""What the network is shown of the picture: windows around the things, encoded once and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
import torch

from ..backends.classical.windows import Rgb, Window
from ..backends.diffusion.windows import CONTEXT, ModelSize, View, one_view
from ..backends.graph.network import Network
from ..core.masks import Mask
from ..core.picture import Picture
from .concept_attention import LEVEL
from .concept_subjects import Subject, too_small

LEAST_CELLS = 4
"""A thing must cover so many cells of the grid on which attention maps are compared."""

_CONTEXTS = (0.1, 1.2)


@dataclass(frozen=True)
class Key:
    """Which things are shown, in which crop, and whether mirrored. Crop 0 is the plain one."""

    chosen: tuple[int, ...]
    crop: int = 0
    flipped: bool = False


@dataclass(frozen=True)
class Shown:
    """One window as the network sees it.

    mean, spread: of the encoder's answer, (4, h, w), scaled.
    masks: (K, h, w) in [0, 1], the share of each cell that belongs to each chosen thing.
    targets: (K, h / 4, w / 4), the same at the grid of the maps, with maximum 1.
    """

    mean: torch.Tensor
    spread: torch.Tensor
    masks: torch.Tensor
    targets: torch.Tensor

    def drawn(self, generator: torch.Generator) -> torch.Tensor:
        """A sample of the encoder's answer."""
        noise = torch.randn(self.mean.shape, generator=generator).to(self.mean)
        return self.mean + self.spread * noise


def least_px(subject: Subject, network: Network) -> int:
    """Pixels of the picture that a thing must cover to be learned."""
    view = one_view(subject.mask, model_size(network))
    return round(LEAST_CELLS * (network.cell_px * 2**LEVEL / view.scale) ** 2)


def large_enough(subjects: Sequence[Subject], network: Network) -> tuple[tuple[Subject, ...], tuple[str, ...]]:
    """The things that cover enough cells, and a sentence for each that does not."""
    needed = {subject.node: least_px(subject, network) for subject in subjects}
    kept = tuple(s for s in subjects if s.mask.area >= needed[s.node])
    return kept, tuple(too_small(s, needed[s.node]) for s in subjects if s not in kept)


def model_size(network: Network) -> ModelSize:
    return ModelSize(network.trained_px, network.multiple_px)


class Views:
    """Every window that a run may show, encoded when first asked for.

    Args:
        picture: with the things.
        subjects: in the order of the keys' numbers.
        crops: windows for each choice of things; the first is the plain one.
        flips: whether mirrored windows are shown too. They turn writing round, and left and right.
        seed: of the crops' places.
    """

    def __init__(
        self, network: Network, picture: Picture, subjects: Sequence[Subject], *, crops: int, flips: bool, seed: int
    ) -> None:
        self._network = network
        self._picture = picture
        self._masks = [subject.mask for subject in subjects]
        self._crops, self._flips, self._seed = crops, flips, seed
        self._shown: dict[Key, Shown] = {}

    def keys(self) -> tuple[Key, ...]:
        """All windows of one and of two things."""
        numbers = range(len(self._masks))
        chosen = [*combinations(numbers, 1), *combinations(numbers, 2)]
        sides = (False, True) if self._flips else (False,)
        return tuple(Key(c, crop, side) for c in chosen for crop in range(self._crops) for side in sides)

    def encode_all(self) -> Iterator[int]:
        """Encode every window; yields how many are done."""
        for number, key in enumerate(self.keys()):
            self[key]
            yield number + 1

    def draw_key(self, generator: torch.Generator) -> Key:
        """One thing in half of the draws, else two, all equally likely (Break-A-Scene, section 3.2)."""
        count = len(self._masks)
        how_many = 1 if count == 1 or _below(2, generator) else 2
        order = torch.randperm(count, generator=generator)[:how_many]
        crop = _below(self._crops, generator)
        flipped = bool(_below(2, generator)) and self._flips
        return Key(tuple(sorted(int(i) for i in order)), crop, flipped)

    def __getitem__(self, key: Key) -> Shown:
        if key not in self._shown:
            self._shown[key] = self._encode(key)
        return self._shown[key]

    def view(self, key: Key) -> View:
        """The window of a key; it holds all of its things."""
        union = Mask.union([self._masks[i] for i in key.chosen], self._picture.extent)
        if key.crop == 0:
            return one_view(union, model_size(self._network), context=CONTEXT)
        rng = np.random.default_rng([self._seed, key.crop, *key.chosen])
        view = one_view(union, model_size(self._network), context=rng.uniform(*_CONTEXTS))
        return View(_shifted(view.window, union, rng), view.extent, union)

    def _encode(self, key: Key) -> Shown:
        view = self.view(key)
        pixels = view.cut(self._picture.pixels)
        if key.flipped:
            pixels = np.ascontiguousarray(pixels[:, ::-1])
        mean, spread = encoded(self._network, pixels)
        grid = (mean.shape[1], mean.shape[2])
        masks = self._shares(key, view, grid)
        small = self._shares(key, view, tuple(-(-side // 2**LEVEL) for side in grid))
        peaks = small.flatten(1).amax(1).clamp_min(1e-6)[:, None, None]
        return Shown(mean, spread, masks, small / peaks)

    def _shares(self, key: Key, view: View, grid: tuple[int, ...]) -> torch.Tensor:
        """What share of each cell belongs to each thing: (K, rows, columns)."""
        planes = []
        for number in key.chosen:
            mask = view.window.crop(self._masks[number]).astype(np.float32)
            plane = cv2.resize(mask, (grid[1], grid[0]), interpolation=cv2.INTER_AREA)
            planes.append(plane[:, ::-1] if key.flipped else plane)
        return torch.from_numpy(np.ascontiguousarray(np.stack(planes))).to(self._network.placement.device)


@torch.no_grad()
def encoded(network: Network, pixels: Rgb) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and standard deviation of the encoder's answer to uint8 (h, w, 3): (4, h / cell, w / cell) each."""
    scaled = torch.tensor(pixels).float().permute(2, 0, 1)[None] / 127.5 - 1
    posterior = network.vae.encode(scaled.to(network.placement.device, network.vae.dtype)).latent_dist
    factor = network.vae.config.scaling_factor
    return posterior.mean[0].float() * factor, posterior.std[0].float() * factor


def _shifted(window: Window, union: Mask, rng: np.random.Generator) -> Window:
    """The window moved anywhere where it still holds the things and lies in the picture."""
    tight = Window.around(union, 0)
    dx = _between(rng, max(-window.x1, tight.x2 - window.x2), min(union.extent.width - window.x2, tight.x1 - window.x1))
    dy = _between(
        rng, max(-window.y1, tight.y2 - window.y2), min(union.extent.height - window.y2, tight.y1 - window.y1)
    )
    return window.shifted(dx, dy)


def _between(rng: np.random.Generator, low: int, high: int) -> int:
    return int(rng.integers(low, high + 1)) if high > low else 0


def _below(limit: int, generator: torch.Generator) -> int:
    return int(torch.randint(limit, (1,), generator=generator))


def digest(picture: Picture, subjects: Sequence[Subject], *facts: object) -> str:
    """A name for what is to be learned, from everything that decides the outcome: 16 hex digits."""
    told = hashlib.sha256(picture.digest.encode())
    for s in subjects:
        told.update(repr((s.node, s.token, s.noun, s.pose, s.looks, s.mask.x, s.mask.y, s.mask.crop.shape)).encode())
        told.update(np.packbits(s.mask.crop).tobytes())
    told.update(repr(facts).encode())
    return told.hexdigest()[:16]
