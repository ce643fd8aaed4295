"""Sizes and boxes in picture pixels, as values and as ``(N, 4)`` arrays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from .errors import BadInput

Xyxy = npt.NDArray[np.float32]
"""Boxes as ``float32 (N, 4)``: x1, y1, x2, y2 in picture pixels, right and bottom exclusive."""


class Extent(NamedTuple):
    """A picture's size in pixels."""

    width: int
    height: int

    @property
    def longest(self) -> int:
        return max(self.width, self.height)

    @property
    def area(self) -> int:
        return self.width * self.height

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width), the order of array axes."""
        return self.height, self.width

    @classmethod
    def of(cls, array: np.ndarray) -> Extent:
        """The extent of an array whose first two axes are (H, W)."""
        return cls(int(array.shape[1]), int(array.shape[0]))


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in picture pixels; ``x2`` and ``y2`` are exclusive.

    Raises:
        BadInput: a coordinate is not finite, or the box has no area.
    """

    x1: float
    y1: float
    x2: float
    y2: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(v) for v in self.xyxy):
            raise BadInput(f"A box needs four finite numbers, got {self.xyxy}.")
        if self.x2 <= self.x1 or self.y2 <= self.y1:
            raise BadInput(f"A box needs x1 < x2 and y1 < y2, got {self.xyxy}.")

    @property
    def xyxy(self) -> tuple[float, float, float, float]:
        return self.x1, self.y1, self.x2, self.y2

    @property
    def width(self) -> float:
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        return self.y2 - self.y1

    @property
    def area(self) -> float:
        return self.width * self.height

    @property
    def center(self) -> tuple[float, float]:
        """(x, y) of the middle."""
        return (self.x1 + self.x2) / 2, (self.y1 + self.y2) / 2

    @classmethod
    def from_xyxy(cls, xyxy: npt.ArrayLike) -> Box:
        """From four numbers x1, y1, x2, y2.

        Raises:
            BadInput: not exactly four numbers.
        """
        try:
            values = np.asarray(xyxy, dtype=np.float64).reshape(-1)
        except (TypeError, ValueError):
            raise BadInput(f"A box needs four numbers x1, y1, x2, y2, got {xyxy!r}.") from None
        if values.size != 4:
            raise BadInput(f"A box needs four numbers x1, y1, x2, y2, got {values.size}.")
        return cls(*(float(v) for v in values))

    @classmethod
    def whole(cls, extent: Extent) -> Box:
        return cls(0, 0, extent.width, extent.height)

    def shifted(self, dx: float, dy: float) -> Box:
        return Box(self.x1 + dx, self.y1 + dy, self.x2 + dx, self.y2 + dy)

    def padded(self, pixels: float) -> Box:
        return Box(self.x1 - pixels, self.y1 - pixels, self.x2 + pixels, self.y2 + pixels)

    def scaled(self, factor: float) -> Box:
        """Grown or shrunk about its middle."""
        x, y = self.center
        half_w, half_h = self.width * factor / 2, self.height * factor / 2
        return Box(x - half_w, y - half_h, x + half_w, y + half_h)

    def clipped(self, extent: Extent) -> Box:
        """The part inside the picture.

        Raises:
            BadInput: nothing of it is inside.
        """
        x1, y1 = max(self.x1, 0.0), max(self.y1, 0.0)
        x2, y2 = min(self.x2, float(extent.width)), min(self.y2, float(extent.height))
        if x2 <= x1 or y2 <= y1:
            raise BadInput(
                f"The box {tuple(round(v) for v in self.xyxy)} lies outside the picture, "
                f"which is {extent.width} x {extent.height} pixels."
            )
        return Box(x1, y1, x2, y2)

    def inside(self, extent: Extent) -> Box:
        """Moved, and shrunk only if larger than the picture, so that it fits into it."""
        width, height = min(self.width, extent.width), min(self.height, extent.height)
        x1 = min(max(self.x1, 0.0), extent.width - width)
        y1 = min(max(self.y1, 0.0), extent.height - height)
        return Box(x1, y1, x1 + width, y1 + height)

    def pixels(self, extent: Extent) -> tuple[int, int, int, int]:
        """Whole-pixel x1, y1, x2, y2 that cover the box inside the picture, at least 1 x 1."""
        x1 = min(max(math.floor(self.x1), 0), extent.width - 1)
        y1 = min(max(math.floor(self.y1), 0), extent.height - 1)
        x2 = min(max(math.ceil(self.x2), x1 + 1), extent.width)
        y2 = min(max(math.ceil(self.y2), y1 + 1), extent.height)
        return x1, y1, x2, y2

    def intersection(self, other: Box) -> float:
        """Shared area in square pixels."""
        width = min(self.x2, other.x2) - max(self.x1, other.x1)
        height = min(self.y2, other.y2) - max(self.y1, other.y1)
        return max(width, 0.0) * max(height, 0.0)

    def iou(self, other: Box) -> float:
        """Intersection over union, [0, 1]."""
        shared = self.intersection(other)
        return shared / (self.area + other.area - shared)


def as_xyxy(boxes: npt.ArrayLike) -> Xyxy:
    """``boxes`` as ``float32 (N, 4)``; an empty list gives ``(0, 4)``."""
    return np.asarray(boxes, dtype=np.float32).reshape(-1, 4)


def clip_xyxy(xyxy: Xyxy, extent: Extent) -> Xyxy:
    """A clipped copy; a box outside the picture collapses to zero area."""
    limit = np.array([extent.width, extent.height] * 2, dtype=np.float32)
    return np.clip(xyxy, 0, limit).astype(np.float32)


def area_xyxy(xyxy: Xyxy) -> npt.NDArray[np.float32]:
    """Areas ``(N,)`` in square pixels."""
    wh = np.maximum(xyxy[:, 2:] - xyxy[:, :2], 0)
    return (wh[:, 0] * wh[:, 1]).astype(np.float32)


def intersection_xyxy(a: Xyxy, b: Xyxy) -> npt.NDArray[np.float32]:
    """Shared areas ``(len(a), len(b))`` in square pixels."""
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    wh = np.maximum(bottom_right - top_left, 0)
    return (wh[..., 0] * wh[..., 1]).astype(np.float32)


def iou_xyxy(a: Xyxy, b: Xyxy) -> npt.NDArray[np.float32]:
    """Intersection over union ``(len(a), len(b))``."""
    shared = intersection_xyxy(a, b)
    union = area_xyxy(a)[:, None] + area_xyxy(b)[None, :] - shared
    return (shared / np.maximum(union, 1e-9)).astype(np.float32)


def inside_xyxy(a: Xyxy, b: Xyxy) -> npt.NDArray[np.float32]:
    """Share of each box of ``a`` that lies in each box of ``b``: ``(len(a), len(b))``."""
    return (intersection_xyxy(a, b) / np.maximum(area_xyxy(a), 1e-9)[:, None]).astype(np.float32)


def suppress_xyxy(xyxy: Xyxy, score: npt.NDArray[np.float32], threshold: float) -> list[int]:
    """Greedy non-maximum suppression: kept indices, best score first (ties: lower index)."""
    order = np.argsort(-score, kind="stable")
    overlap = iou_xyxy(xyxy, xyxy)
    kept: list[int] = []
    for index in order:
        if all(overlap[index, k] < threshold for k in kept):
            kept.append(int(index))
    return kept
