"""Prior preservation: pictures of the things' kinds, so that learning one cup leaves all others alone.

Ruiz et al., DreamBooth (CVPR 2023), section 3.2: the network's own pictures of the kind are learned
beside the thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image

from ..backends.classical.windows import Rgb
from ..backends.graph.network import Network
from ..core.errors import BadInput
from ..core.picture import decode_picture
from .concept_subjects import class_sentence
from .concept_views import encoded

GUIDANCE = 7.5
STEPS = 30
_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
_SEED_STRIDE = 0x9E3779B1


@dataclass(frozen=True)
class Prior:
    """Latents of class pictures: noun -> (mean, spread) of each, (4, h, w)."""

    latents: dict[str, list[tuple[torch.Tensor, torch.Tensor]]]

    def drawn(self, noun: str, generator: torch.Generator) -> torch.Tensor:
        """A sample of one picture's latents."""
        mine = self.latents[noun]
        mean, spread = mine[int(torch.randint(len(mine), (1,), generator=generator))]
        return mean + spread * torch.randn(mean.shape, generator=generator).to(mean)


def folder_of(root: Path, noun: str) -> Path:
    return root / (re.sub(r"[^a-z0-9]+", "-", noun.lower()).strip("-") or "thing")


def make_pictures(
    network: Network, nouns: Sequence[str], root: Path, *, count: int, seed: int
) -> Iterator[tuple[int, int]]:
    """Pictures of each kind, drawn by the network as it is; yields (there, wanted).

    Each noun once, however many things have it. Files that are there already are kept, so a broken
    run goes on where it stopped; a file is there whole or not at all.
    """
    wanted = [(noun, folder_of(root, noun) / f"{i:04}.png", i) for noun in dict.fromkeys(nouns) for i in range(count)]
    for number, (noun, file, index) in enumerate(wanted):
        if not file.is_file():
            file.parent.mkdir(parents=True, exist_ok=True)
            pixels = drawn(network, class_sentence(noun), seed=(seed + _SEED_STRIDE * (index + 1)) % 2**32)
            part = file.with_suffix(".part")
            Image.fromarray(pixels).save(part, format="PNG")
            part.replace(file)
        yield number + 1, len(wanted)


def read_pictures(network: Network, nouns: Sequence[str], root: Path) -> Prior:
    """The pictures of each kind, at most square and at the network's size.

    Raises:
        BadInput: a kind has none; names the folder.
    """
    latents = {}
    for noun in dict.fromkeys(nouns):
        folder = folder_of(root, noun)
        files = sorted(p for p in folder.glob("*") if p.suffix.lower() in _SUFFIXES) if folder.is_dir() else []
        if not files:
            raise BadInput(f"There are no pictures of a {noun} in {folder}: put some there, or let them be drawn.")
        pictures = (decode_picture(file.read_bytes(), name=file.name)[0].pixels for file in files)
        latents[noun] = [encoded(network, _fitted(pixels, network.trained_px)) for pixels in pictures]
    return Prior(latents)


def drawn(network: Network, prompt: str, *, seed: int, steps: int = STEPS) -> Rgb:
    """One picture by DDIM with classifier-free guidance, at the size the network was trained at."""
    timeline = network.timeline(steps)
    side = network.trained_px // network.cell_px
    latents, words = network.noise((side, side), seed), network.words(["", prompt])
    for step, time in enumerate(timeline.times):
        empty, full = network.predict(latents.expand(2, -1, -1, -1), time, words).chunk(2)
        latents, _ = timeline.forward(latents, empty + GUIDANCE * (full - empty), step)
    return network.to_pixels(latents)


def _fitted(pixels: Rgb, side: int) -> Rgb:
    """The middle square, resized."""
    height, width = pixels.shape[:2]
    short = min(height, width)
    top, left = (height - short) // 2, (width - short) // 2
    square = np.ascontiguousarray(pixels[top : top + short, left : left + short])
    method = cv2.INTER_AREA if short > side else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(square, (side, side), interpolation=method), np.uint8)
