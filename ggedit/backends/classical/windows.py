"""Windows of a picture, so that large photos are worked on as crops."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from ...core.geometry import Extent
from ...core.masks import HardMask, Mask

Rgb = npt.NDArray[np.uint8]
"""uint8 (h, w, 3)."""

Plane = npt.NDArray[np.floating]
"""float32 (h, w); NumPy's stubs widen it where a plain number takes part."""


class Window(NamedTuple):
    """A rectangle of whole pixels; right and bottom exclusive."""

    x1: int
    y1: int
    x2: int
    y2: int

    @classmethod
    def around(cls, mask: Mask, margin: int) -> Window:
        """The mask's tight box with a margin, clipped to the picture."""
        return Window(mask.x, mask.y, mask.x + mask.crop.shape[1], mask.y + mask.crop.shape[0]).padded(
            margin, mask.extent
        )

    @classmethod
    def whole(cls, extent: Extent) -> Window:
        return cls(0, 0, extent.width, extent.height)

    def padded(self, margin: int, extent: Extent) -> Window:
        return Window(
            max(0, self.x1 - margin),
            max(0, self.y1 - margin),
            min(extent.width, self.x2 + margin),
            min(extent.height, self.y2 + margin),
        )

    def shifted(self, dx: int, dy: int) -> Window:
        return Window(self.x1 + dx, self.y1 + dy, self.x2 + dx, self.y2 + dy)

    @property
    def width(self) -> int:
        return self.x2 - self.x1

    @property
    def height(self) -> int:
        return self.y2 - self.y1

    @property
    def area(self) -> int:
        return self.width * self.height

    @property
    def rows(self) -> slice:
        return slice(self.y1, self.y2)

    @property
    def columns(self) -> slice:
        return slice(self.x1, self.x2)

    def of(self, array: np.ndarray) -> np.ndarray:
        """This part of a whole-picture array (a view)."""
        return array[self.rows, self.columns]

    def crop(self, mask: Mask | None) -> HardMask:
        """This part of a mask, bool (height, width); all False for None."""
        part = np.zeros((self.height, self.width), np.bool_)
        if mask is None:
            return part
        x1, x2 = max(self.x1, mask.x), min(self.x2, mask.x + mask.crop.shape[1])
        y1, y2 = max(self.y1, mask.y), min(self.y2, mask.y + mask.crop.shape[0])
        if x1 < x2 and y1 < y2:
            inner = mask.crop[y1 - mask.y : y2 - mask.y, x1 - mask.x : x2 - mask.x]
            part[y1 - self.y1 : y2 - self.y1, x1 - self.x1 : x2 - self.x1] = inner
        return part

    def mask(self, part: HardMask, extent: Extent) -> Mask:
        """A part of this window's size as a mask of the picture; its crop is tight."""
        columns, rows = np.flatnonzero(part.any(axis=0)), np.flatnonzero(part.any(axis=1))
        if not len(rows):
            return Mask(extent, 0, 0, np.zeros((0, 0), np.bool_))
        left, top = int(columns[0]), int(rows[0])
        tight = part[top : int(rows[-1]) + 1, left : int(columns[-1]) + 1]
        return Mask(extent, self.x1 + left, self.y1 + top, tight.copy())


def grow_round(mask: HardMask, pixels: float) -> HardMask:
    """Every pixel within ``pixels`` of the mask, by Euclidean distance."""
    if pixels <= 0 or not mask.any():
        return mask.copy()
    return distance_to(mask) <= pixels


def distance_to(mask: HardMask) -> Plane:
    """Distance in pixels from every pixel to the mask: 0 inside it."""
    far = np.asarray(~mask, np.uint8)
    if far.all():
        return np.full(mask.shape, np.inf, np.float32)
    return np.asarray(cv2.distanceTransform(far, cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)


def ramp(distance: Plane, full: float, none: float) -> Plane:
    """1 up to ``full`` pixels, falling smoothly to 0 at ``none`` pixels and beyond."""
    if none <= full:
        return (distance <= full).astype(np.float32)
    rest = np.clip((none - distance) / (none - full), 0, 1)
    return np.asarray(rest * rest * (3 - 2 * rest), np.float32)


def preview_of(pixels: Rgb, longest: int = 512) -> Rgb:
    """A small copy for showing progress."""
    scale = longest / max(pixels.shape[:2])
    if scale >= 1:
        return pixels.copy()
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
