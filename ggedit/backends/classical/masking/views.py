"""The small working copy of a window on which masks are found, and the way back to full size."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from ....core.geometry import Box, Extent
from ....core.masks import HardMask, Mask
from ....core.picture import Picture
from ..filters import Floats, guided_upsample
from ..windows import Rgb, Window

_EDGE_RADIUS_PX = 2
_EDGE_EPS = 1e-3


@dataclass(frozen=True, eq=False)
class View:
    """A window of a picture, shrunk.

    ``pixels``: uint8 (h, w, 3), the shrunk window; ``window``: where it lies in the picture.
    """

    window: Window
    extent: Extent
    pixels: Rgb

    @classmethod
    def of(cls, picture: Picture, window: Window, longest_px: int) -> View:
        """The window of a picture with its longer side at most ``longest_px``."""
        full = window.of(picture.pixels)
        scale = min(1.0, longest_px / max(full.shape[:2]))
        if scale == 1:
            return cls(window, picture.extent, np.ascontiguousarray(full))
        size = (max(1, round(full.shape[1] * scale)), max(1, round(full.shape[0] * scale)))
        return cls(window, picture.extent, np.asarray(cv2.resize(full, size, interpolation=cv2.INTER_AREA), np.uint8))

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns) of the working copy."""
        return self.pixels.shape[0], self.pixels.shape[1]

    @cached_property
    def lab(self) -> npt.NDArray[np.float32]:
        """CIE L*a*b* of the working copy, float32 (h, w, 3)."""
        return np.asarray(cv2.cvtColor(self.pixels.astype(np.float32) / 255, cv2.COLOR_RGB2Lab), np.float32)

    @cached_property
    def calm(self) -> Rgb:
        """The working copy without fine texture, its edges kept: what grabCut looks at."""
        return np.asarray(cv2.bilateralFilter(self.pixels, 5, 30, 3), np.uint8)

    @cached_property
    def colourful(self) -> Rgb:
        """L*a*b* bytes with colour counted twice as much as lightness: shadows weigh less."""
        lab = np.asarray(cv2.cvtColor(self.calm, cv2.COLOR_RGB2Lab), np.float32)
        lab[..., 1:] = (lab[..., 1:] - 128) * 2 + 128
        return np.clip(lab, 0, 255).astype(np.uint8)

    def pixel(self, x: float, y: float) -> tuple[int, int]:
        """(row, column) of the working copy under a point of the picture, clipped to the copy."""
        rows, columns = self.shape
        row = int((y - self.window.y1) * rows / self.window.height)
        column = int((x - self.window.x1) * columns / self.window.width)
        return min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)

    def rectangle(self, box: Box) -> HardMask:
        """The part of the working copy inside a box of the picture; at least one pixel."""
        top, left = self.pixel(box.x1, box.y1)
        bottom, right = self.pixel(box.x2 - 1e-3, box.y2 - 1e-3)
        inside = np.zeros(self.shape, np.bool_)
        inside[top : bottom + 1, left : right + 1] = True
        return inside

    def shrink(self, mask: Mask) -> HardMask:
        """The part of a mask in the window, at the working size; a thin stroke stays unbroken."""
        part = self.window.crop(mask)
        if part.shape == self.shape or not part.any():
            return part if part.shape == self.shape else np.zeros(self.shape, np.bool_)
        size = (self.shape[1], self.shape[0])
        share = cv2.resize(part.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        return np.asarray(share) > 0

    def enlarge(self, picture: Picture, small: HardMask) -> Mask:
        """A mask of the working copy as a mask of the picture.

        Near the mask's edge pixels go by a guided filter on the full-size picture, elsewhere
        by the working copy.
        """
        if small.shape == (self.window.height, self.window.width):
            return self.window.mask(small, self.extent)
        part = _tight(small, margin=3)
        inner = self._picture_window(part)
        unsure = _edge_band(small)[part]
        soft = guided_upsample(inner.of(picture.pixels), small[part], _EDGE_RADIUS_PX, _EDGE_EPS, needed=unsure)
        size = (inner.width, inner.height)
        plain = cv2.resize(small[part].astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
        decided = cv2.resize(unsure.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) == 0
        return inner.mask(np.where(decided, np.asarray(plain) > 0.5, soft > 0.5), self.extent)

    def _picture_window(self, part: tuple[slice, slice]) -> Window:
        """The window of the picture that a part of the working copy shows."""
        rows, columns = self.shape
        y = [self.window.y1 + round(v * self.window.height / rows) for v in (part[0].start, part[0].stop)]
        x = [self.window.x1 + round(v * self.window.width / columns) for v in (part[1].start, part[1].stop)]
        return Window(x[0], y[0], max(x[1], x[0] + 1), max(y[1], y[0] + 1))


def _tight(mask: HardMask, margin: int) -> tuple[slice, slice]:
    """Rows and columns of the mask's box with a margin; everything for an empty mask."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return slice(0, mask.shape[0]), slice(0, mask.shape[1])
    return (
        slice(max(0, int(rows[0]) - margin), min(mask.shape[0], int(rows[-1]) + 1 + margin)),
        slice(max(0, int(columns[0]) - margin), min(mask.shape[1], int(columns[-1]) + 1 + margin)),
    )


def _edge_band(mask: HardMask) -> HardMask:
    """Pixels within two steps of the mask's edge."""
    plane, kernel = mask.astype(np.uint8), np.ones((5, 5), np.uint8)
    return np.asarray(cv2.dilate(plane, kernel) != cv2.erode(plane, kernel))


def edge_strength(lab: Floats) -> Floats:
    """Length of the L*a*b* gradient at every pixel (Sobel, in units of L* per pixel times 8)."""
    smooth = np.asarray(lab, np.float32)
    dx = np.asarray(cv2.Sobel(smooth, cv2.CV_32F, 1, 0)).reshape(lab.shape)
    dy = np.asarray(cv2.Sobel(smooth, cv2.CV_32F, 0, 1)).reshape(lab.shape)
    return np.sqrt(np.sum(dx * dx + dy * dy, axis=2))
