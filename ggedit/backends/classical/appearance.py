"""What colour the inside of many boxes has, quickly: sums over rectangles of one picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ggedit.core.colour import Colour, membership, to_oklch
from ggedit.core.geometry import Extent, Xyxy
from ggedit.core.picture import Picture

from .proposals import shrunk

Floats = npt.NDArray[np.float32]
LONGEST_PX = 320
"""Colour is judged on a copy of at most this size: coarse enough to ignore texture."""


class Appearance:
    """A small OKLCh copy of a picture; colours are looked up once per colour word."""

    def __init__(self, picture: Picture) -> None:
        small = shrunk(picture.pixels, LONGEST_PX)
        self.lch = to_oklch(small)
        size = Extent.of(small)
        self._scale = np.array([size.width, size.height] * 2, np.float32) / np.array(
            [picture.extent.width, picture.extent.height] * 2, np.float32
        )
        self._maps: dict[Colour, Floats] = {}
        self._sums: dict[Colour, npt.NDArray[np.float64]] = {}

    def colour_map(self, colour: Colour) -> Floats:
        """How far each pixel of the small copy counts as the colour, float32 (h, w)."""
        if colour not in self._maps:
            self._maps[colour] = membership(self.lch, colour)
        return self._maps[colour]

    def inside(self, xyxy: Xyxy, colour: Colour) -> Floats:
        """Share of the colour in the middle two thirds of each box, float32 (N,) in [0, 1]."""
        return self._mean(_scaled(xyxy, 2 / 3), colour)

    def concentration(self, xyxy: Xyxy, colour: Colour) -> Floats:
        """Of the colour found in a window twice each box's size, the share inside the box."""
        within = self._total(xyxy, colour)
        around = self._total(_scaled(xyxy, 2.0), colour)
        return (within / np.maximum(around, 1e-6)).astype(np.float32)

    def _mean(self, xyxy: Xyxy, colour: Colour) -> Floats:
        x1, y1, x2, y2 = self._pixels(xyxy)
        return (self._total(xyxy, colour) / ((x2 - x1) * (y2 - y1))).astype(np.float32)

    def _total(self, xyxy: Xyxy, colour: Colour) -> npt.NDArray[np.float64]:
        if colour not in self._sums:
            padded = np.pad(self.colour_map(colour), ((1, 0), (1, 0)))
            self._sums[colour] = padded.cumsum(axis=0, dtype=np.float64).cumsum(axis=1)
        sums = self._sums[colour]
        x1, y1, x2, y2 = self._pixels(xyxy)
        return sums[y2, x2] - sums[y1, x2] - sums[y2, x1] + sums[y1, x1]

    def _pixels(self, xyxy: Xyxy) -> tuple[npt.NDArray[np.intp], ...]:
        """Whole pixels of the small copy that each box covers, at least one."""
        height, width = self.lch.shape[:2]
        small = xyxy * self._scale
        x1 = np.clip(np.floor(small[:, 0]), 0, width - 1).astype(np.intp)
        y1 = np.clip(np.floor(small[:, 1]), 0, height - 1).astype(np.intp)
        x2 = np.clip(np.ceil(small[:, 2]), x1 + 1, width).astype(np.intp)
        y2 = np.clip(np.ceil(small[:, 3]), y1 + 1, height).astype(np.intp)
        return x1, y1, x2, y2


def _scaled(xyxy: Xyxy, factor: float) -> Xyxy:
    centre = (xyxy[:, :2] + xyxy[:, 2:]) / 2
    half = (xyxy[:, 2:] - xyxy[:, :2]) * factor / 2
    return np.concatenate([centre - half, centre + half], axis=1).astype(np.float32)
