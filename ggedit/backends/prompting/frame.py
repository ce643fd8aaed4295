"""How a picture lies in a model's square input, and how the model's answer comes back to picture size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from ...core.freeze import Frozen
from ...core.geometry import Extent
from ...core.masks import HardMask, Mask
from ...core.picture import Picture

Floats = npt.NDArray[np.float32]

_MEAN = np.array([123.675, 116.28, 103.53], np.float32)
_STD = np.array([58.395, 57.12, 57.375], np.float32)
"""ImageNet's channel means and deviations on 0..255, RGB: what SAM, SAM 2 and SlimSAM were trained with."""
_ROWS = 512
"""Rows of the picture enlarged at a time: keeps the working memory small on large pictures."""


class Window(NamedTuple):
    """Whole pixels x1 <= x < x2, y1 <= y < y2."""

    x1: int
    y1: int
    x2: int
    y2: int

    @property
    def empty(self) -> bool:
        return self.x2 <= self.x1 or self.y2 <= self.y1

    def within(self, other: Window) -> Window:
        """The part inside another window; may be empty."""
        low = max(self.x1, other.x1), max(self.y1, other.y1)
        return Window(*low, min(self.x2, other.x2), min(self.y2, other.y2))

    def joined(self, other: Window) -> Window:
        """The smallest window around both."""
        low = min(self.x1, other.x1), min(self.y1, other.y1)
        return Window(*low, max(self.x2, other.x2), max(self.y2, other.y2))


class _Taps(NamedTuple):
    """For each output pixel along one axis: two input pixels and the share of the second."""

    first: npt.NDArray[np.intp]
    second: npt.NDArray[np.intp]
    share: Floats

    def moved(self, by: int) -> _Taps:
        return _Taps(self.first + by, self.second + by, self.share)

    def part(self, start: int, stop: int) -> _Taps:
        return _Taps(self.first[start:stop], self.second[start:stop], self.share[start:stop])


@dataclass(frozen=True, slots=True)
class Frame(Frozen):
    """A picture of ``extent`` in a square input of ``side_px``.

    ``padded``: scaled until the longest side fits, then filled up right and below (SAM);
    else each axis is stretched to the whole side (SAM 2).
    """

    extent: Extent
    side_px: int
    padded: bool = True

    @property
    def inner(self) -> Extent:
        """The part of the input that the picture takes."""
        if not self.padded:
            return Extent(self.side_px, self.side_px)
        scale = self.side_px / self.extent.longest
        return Extent(max(1, int(self.extent.width * scale + 0.5)), max(1, int(self.extent.height * scale + 0.5)))

    def to_input(self, xy: npt.ArrayLike) -> Floats:
        """Points (N, 2) of the picture as points of the input."""
        inner = self.inner
        scale = (inner.width / self.extent.width, inner.height / self.extent.height)
        return (np.asarray(xy, np.float64).reshape(-1, 2) * scale).astype(np.float32)

    def input_of(self, picture: Picture) -> Floats:
        """The picture as the model sees it: (3, side, side), normalised, padding zero."""
        small = Image.fromarray(np.asarray(picture.pixels)).resize(self.inner, Image.Resampling.BILINEAR)
        pixels = np.zeros((3, self.side_px, self.side_px), np.float32)
        pixels[:, : self.inner.height, : self.inner.width] = _normalised(np.asarray(small))
        return pixels

    def shrunk(self, mask: Mask, side: int) -> Floats:
        """Share of each cell of a ``side`` x ``side`` grid over the input that a mask covers, [0, 1]."""
        part = Extent(
            max(1, round(self.inner.width * side / self.side_px)),
            max(1, round(self.inner.height * side / self.side_px)),
        )
        small = Image.fromarray(mask.full().astype(np.uint8) * 255).resize(part, Image.Resampling.BOX)
        grid = np.zeros((side, side), np.float32)
        grid[: part.height, : part.width] = np.asarray(small, np.float32) / 255
        return grid

    def reach(self, logits: Floats) -> Window:
        """The picture's pixels that an answer (side, side) can make positive: one cell around its positive cells."""
        rows, columns = np.flatnonzero((logits > 0).any(axis=1)), np.flatnonzero((logits > 0).any(axis=0))
        if not len(rows):
            return Window(0, 0, 0, 0)
        cell = self.side_px / logits.shape[0]
        across, down = cell * self.extent.width / self.inner.width, cell * self.extent.height / self.inner.height
        found = Window(
            int((columns[0] - 1) * across) - 1,
            int((rows[0] - 1) * down) - 1,
            int(np.ceil((columns[-1] + 2) * across)) + 1,
            int(np.ceil((rows[-1] + 2) * down)) + 1,
        )
        return found.within(Window(0, 0, *self.extent))

    def enlarged(self, logits: Floats, window: Window) -> HardMask:
        """Where an answer (side, side) is positive, in a window of the picture.

        The same numbers as enlarging the whole answer bilinearly, first to the input's size, cutting
        the padding off, then to the picture's (segment_anything, Sam.postprocess_masks), but only
        inside the window; SAM 2 has no padding and no first step.
        """
        source = self._unpadded(logits)
        columns = _taps(source.shape[1], self.extent.width, window.x1, window.x2)
        rows = _taps(source.shape[0], self.extent.height, window.y1, window.y2)
        low, high = int(columns.first[0]), int(columns.second[-1]) + 1
        source, columns = source[:, low:high], columns.moved(-low)
        parts = (rows.part(start, start + _ROWS) for start in range(0, len(rows.share), _ROWS))
        return np.concatenate([_sampled(source, part, columns) > 0 for part in parts])

    def _unpadded(self, logits: Floats) -> Floats:
        """The answer over the picture alone: at the input's size without padding; of SAM 2 as it is."""
        if not self.padded:
            return logits
        whole = cv2.resize(logits, (self.side_px, self.side_px), interpolation=cv2.INTER_LINEAR)
        return whole[: self.inner.height, : self.inner.width].astype(np.float32, copy=False)


def _normalised(pixels: npt.NDArray[np.uint8]) -> Floats:
    return ((pixels.astype(np.float32) - _MEAN) / _STD).transpose(2, 0, 1)


def _taps(size_in: int, size_out: int, start: int, stop: int) -> _Taps:
    """Bilinear sampling between pixel centres, edges repeated: torch's interpolate without aligned corners."""
    place = (np.arange(start, stop, dtype=np.float64) + 0.5) * (size_in / size_out) - 0.5
    place = np.clip(place, 0, None)
    first = np.minimum(place.astype(np.intp), size_in - 1)
    return _Taps(first, np.minimum(first + 1, size_in - 1), (place - first).astype(np.float32))


def _sampled(grid: Floats, rows: _Taps, columns: _Taps) -> Floats:
    """A grid (h, w) at the taps of both axes."""
    down = rows.share[:, None]
    tall = grid[rows.first] * (1 - down) + grid[rows.second] * down
    wide = tall[:, columns.first] * (1 - columns.share) + tall[:, columns.second] * columns.share
    return wide.astype(np.float32, copy=False)
