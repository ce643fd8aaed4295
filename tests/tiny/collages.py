"""Small pictures made of cut-outs of photographs on textures: each thing's mask and words are known exactly."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ggedit.core.masks import Mask
from ggedit.core.picture import Picture
from tests.pictures import open_picture

THINGS: dict[str, tuple[str, tuple[int, int, int, int]]] = {
    "cat": ("chelsea", (0, 0, 368, 297)),
    "person": ("astronaut", (24, 12, 363, 512)),
    "shuttle": ("astronaut", (352, 0, 455, 280)),
    "helmet": ("astronaut", (280, 346, 510, 512)),
    "cup": ("coffee", (173, 20, 420, 300)),
    "temple": ("china", (64, 30, 356, 395)),
    "flower": ("flower", (170, 85, 446, 358)),
}
"""Word -> photograph and the box of the thing, x1 y1 x2 y2 in its pixels."""

GROUNDS: dict[str, tuple[str, tuple[int, int, int, int]]] = {
    "wood": ("coffee", (420, 200, 600, 400)),
    "trees": ("china", (330, 290, 640, 427)),
    "sky": ("rocket", (150, 0, 500, 100)),
    "leaves": ("flower", (0, 0, 160, 427)),
    "wall": ("astronaut", (260, 0, 350, 160)),
}
"""Words of what lies behind, likewise."""


@dataclass(frozen=True)
class Placed:
    """A thing of the collage: its word, its centre and its longer side as shares of the picture, and
    a turn of its colours in degrees."""

    word: str
    x: float
    y: float
    side: float
    hue: int = 0


def collage(things: list[Placed], ground: str, size: tuple[int, int] = (128, 128)) -> tuple[Picture, list[Mask]]:
    """The picture and the mask of each thing, less what lies before it; ``size`` is (height, width)."""
    pixels = cv2.resize(_cut(*GROUNDS[ground]), size[::-1], interpolation=cv2.INTER_AREA)
    masks: list[np.ndarray] = []
    for thing in things:
        alpha, cut = _placed(thing, size)
        pixels = np.where(alpha[..., None], cut, pixels)
        masks = [mask & ~alpha for mask in masks] + [alpha]
    return Picture(pixels), [Mask.of(mask) for mask in masks]


def random_collage(rng: np.random.Generator) -> tuple[np.ndarray, str]:
    """One or two things at random places, uint8 (128, 128, 3), and the words for them."""
    words = list(rng.permutation(list(THINGS))[: rng.integers(1, 3)])
    ground = str(rng.choice(list(GROUNDS)))
    rooms = rng.permutation([0.3, 0.7]) if len(words) > 1 else [rng.uniform(0.35, 0.65)]
    things = [
        Placed(word, room + rng.uniform(-0.06, 0.06), rng.uniform(0.35, 0.65), rng.uniform(0.42, 0.62))
        for word, room in zip(words, rooms, strict=True)
    ]
    picture, _ = collage(things, ground)
    behind = f" on {ground}" if rng.random() < 0.5 else ""
    return picture.pixels, "a photo of " + " and ".join(f"a {word}" for word in words) + behind


def _placed(thing: Placed, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Where the thing lies, bool (h, w), and its pixels there: the ellipse of its box."""
    cut = _turned(_cut(*THINGS[thing.word]), thing.hue)
    factor = thing.side * min(size) / max(cut.shape[:2])
    cut = cv2.resize(cut, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    height, width = cut.shape[:2]
    top, left = round(thing.y * size[0] - height / 2), round(thing.x * size[1] - width / 2)
    top, left = min(max(top, 0), size[0] - height), min(max(left, 0), size[1] - width)
    rows, columns = np.ogrid[:height, :width]
    inside = ((rows + 0.5) / height * 2 - 1) ** 2 + ((columns + 0.5) / width * 2 - 1) ** 2 <= 1
    alpha, whole = np.zeros(size, np.bool_), np.zeros((*size, 3), np.uint8)
    alpha[top : top + height, left : left + width] = inside
    whole[top : top + height, left : left + width] = cut
    return alpha, whole


def _cut(photo: str, box: tuple[int, int, int, int]) -> np.ndarray:
    x1, y1, x2, y2 = box
    return np.ascontiguousarray(open_picture(photo).pixels[y1:y2, x1:x2])


def _turned(pixels: np.ndarray, degrees: int) -> np.ndarray:
    if not degrees:
        return pixels
    hsv = cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0].astype(int) + degrees // 2) % 180
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)
