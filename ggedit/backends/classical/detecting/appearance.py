"""What colour the inside of many boxes has, quickly: sums over rectangles of one picture."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ggedit.core.colour import Colour, membership, to_oklch
from ggedit.core.geometry import Extent, Xyxy
from ggedit.core.picture import Picture

from .proposals import Rgb, shrunk

Floats = npt.NDArray[np.float32]
LONGEST_PX = 320
"""Colour is judged on a copy of at most this size: coarse enough to ignore texture."""
_BALANCED, _FAINT, _BOOST = 0.7, 0.5, 1.6
_DULL = frozenset(["black", "white", "grey", "beige", "brown"])
"""Colours that are not a fainter form of another one."""


class Appearance:
    """A small OKLCh copy of a picture; colours are looked up once per colour word."""

    def __init__(self, picture: Picture) -> None:
        small = shrunk(picture.pixels, LONGEST_PX)
        self.lch = to_oklch(small)
        self._balanced = to_oklch(_balanced(small))
        size = Extent.of(small)
        self._scale = np.array([size.width, size.height] * 2, np.float32) / np.array(
            [picture.extent.width, picture.extent.height] * 2, np.float32
        )
        self._maps: dict[Colour, Floats] = {}
        self._sums: dict[Colour, npt.NDArray[np.float64]] = {}

    def colour_map(self, colour: Colour) -> Floats:
        """How far each pixel of the small copy counts as the colour, float32 (h, w).

        People discount the light: what has the colour once the light is evened out, or only
        faintly, counts in part.
        """
        if colour not in self._maps:
            fits = np.maximum(membership(self.lch, colour), _BALANCED * membership(self._balanced, colour))
            if colour.name not in _DULL:
                vivid = self.lch * np.array([1, _BOOST, 1], np.float32)
                fits = np.maximum(fits, _FAINT * membership(vivid, colour))
            self._maps[colour] = fits
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


def _balanced(pixels: Rgb) -> Rgb:
    """The picture in even light: "shades of grey" with Minkowski norm 6 (G. Finlayson,
    E. Trezzi, "Shades of Gray and Colour Constancy", 2004), applied for 70 %."""
    light = ((pixels / 255.0) ** 6).mean(axis=(0, 1)) ** (1 / 6)
    gain = (light.mean() / np.maximum(light, 1e-3)) ** 0.7
    return np.clip(pixels * gain, 0, 255).astype(np.uint8)


def _scaled(xyxy: Xyxy, factor: float) -> Xyxy:
    centre = (xyxy[:, :2] + xyxy[:, 2:]) / 2
    half = (xyxy[:, 2:] - xyxy[:, :2]) * factor / 2
    return np.concatenate([centre - half, centre + half], axis=1).astype(np.float32)
