"""Which pixels belong to a thing: hard masks, kept as crops so that large pictures stay small."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .errors import BadInput
from .freeze import Frozen, read_only
from .geometry import Box, Extent

HardMask = npt.NDArray[np.bool_]
"""``bool (H, W)``, True = belongs to the thing, may change."""


@dataclass(frozen=True, eq=False)
class Mask(Frozen):
    """One hard mask, stored as the crop that holds all its True pixels.

    ``crop``: bool (h, w) with its top left corner at (``x``, ``y``) of a picture of
    ``extent``; False everywhere else. Build it with ``Mask.of``.
    """

    extent: Extent
    x: int
    y: int
    crop: HardMask

    def __post_init__(self) -> None:
        crop = read_only(self.crop, np.bool_)
        if crop.ndim != 2 or self.x < 0 or self.y < 0:
            raise BadInput(f"A mask crop is (h, w) inside the picture, got {crop.shape} at {self.x}, {self.y}.")
        if self.x + crop.shape[1] > self.extent.width or self.y + crop.shape[0] > self.extent.height:
            raise BadInput("A mask reaches outside its picture: make it the picture's size.")
        object.__setattr__(self, "crop", crop)

    @classmethod
    def of(cls, full: npt.ArrayLike) -> Mask:
        """From a whole-picture array (H, W); non-zero = True."""
        mask = np.asarray(full)
        if mask.ndim != 2 or not mask.size:
            raise BadInput(f"A mask is one (H, W) array, got shape {mask.shape}.")
        mask = mask if mask.dtype == np.bool_ else mask != 0
        extent = Extent.of(mask)
        columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
        if not len(rows):
            return cls(extent, 0, 0, np.zeros((0, 0), np.bool_))
        x1, x2, y1, y2 = columns[0], columns[-1] + 1, rows[0], rows[-1] + 1
        return cls(extent, int(x1), int(y1), mask[y1:y2, x1:x2].copy())

    @classmethod
    def of_box(cls, box: Box, extent: Extent) -> Mask:
        """The filled box, clipped."""
        x1, y1, x2, y2 = box.pixels(extent)
        return cls(extent, x1, y1, np.ones((y2 - y1, x2 - x1), np.bool_))

    @classmethod
    def union(cls, masks: Iterable[Mask], extent: Extent) -> Mask:
        """Pixels of any of them; an empty mask for none."""
        full = np.zeros(extent.shape, np.bool_)
        for mask in masks:
            full[mask.rows, mask.columns] |= mask.crop
        return cls.of(full)

    @property
    def rows(self) -> slice:
        return slice(self.y, self.y + self.crop.shape[0])

    @property
    def columns(self) -> slice:
        return slice(self.x, self.x + self.crop.shape[1])

    @property
    def area(self) -> int:
        """Number of True pixels."""
        return int(np.count_nonzero(self.crop))

    @property
    def box(self) -> Box:
        """The tight box, right and bottom exclusive.

        Raises:
            BadInput: the mask is empty.
        """
        if not self.area:
            raise BadInput("The mask is empty: click the object or paint over it.")
        return Box(self.x, self.y, self.x + self.crop.shape[1], self.y + self.crop.shape[0])

    def full(self) -> HardMask:
        """The whole-picture array bool (H, W), writable."""
        mask = np.zeros(self.extent.shape, np.bool_)
        mask[self.rows, self.columns] = self.crop
        return mask

    def same_as(self, other: Mask) -> bool:
        """Equal pixel for pixel."""
        return self.extent == other.extent and np.array_equal(self.full(), other.full())


@dataclass(frozen=True, eq=False)
class Masks(Frozen):
    """The masks of the kept things: ids equal the kept ids, none is empty.

    ``quality`` float32 (N,) in [0, 1] is the segmenter's own belief, 1 for hand-made masks;
    ``alternatives`` holds, per thing, other candidates that the person may pick instead.
    """

    ids: tuple[str, ...]
    items: tuple[Mask, ...]
    quality: npt.NDArray[np.float32]
    alternatives: tuple[tuple[Mask, ...], ...] = ()

    def __post_init__(self) -> None:
        quality = read_only(np.asarray(self.quality, np.float32).reshape(-1), np.float32)
        if not len(self.ids) == len(self.items) == len(quality):
            raise ValueError("ids, masks and quality have unequal lengths")
        if len({mask.extent for mask in self.items}) > 1:
            raise ValueError("masks of different picture sizes")
        empty = [id_ for id_, mask in zip(self.ids, self.items, strict=True) if not mask.area]
        if empty:
            raise ValueError(f"empty masks: {empty}")
        object.__setattr__(self, "quality", quality)

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, id_: str) -> bool:
        return id_ in self.ids

    def __getitem__(self, id_: str) -> Mask:
        try:
            return self.items[self.ids.index(id_)]
        except ValueError:
            raise BadInput(f"There is no mask for {id_!r}; there are: {', '.join(self.ids)}.") from None

    @classmethod
    def build(cls, masks: Mapping[str, Mask], quality: Mapping[str, float] | None = None) -> Masks:
        """From a mapping id -> mask; quality is 1 where it is not given."""
        known = quality or {}
        return cls(tuple(masks), tuple(masks.values()), np.array([known.get(i, 1.0) for i in masks], np.float32))

    @property
    def hard(self) -> HardMask:
        """All masks as bool (N, H, W)."""
        if not self.items:
            return np.zeros((0, 0, 0), np.bool_)
        return np.stack([mask.full() for mask in self.items])


def grow(mask: HardMask, pixels: int) -> HardMask:
    """Dilation by a square of half-width ``pixels``: the outer bound of any rounder growth."""
    if pixels <= 0:
        return mask.copy()
    return _grow_rows(_grow_rows(mask, pixels).T, pixels).T


def _grow_rows(mask: HardMask, pixels: int) -> HardMask:
    """Along the second axis, by a running count: O(area) whatever the width."""
    width = mask.shape[1]
    count = np.zeros((mask.shape[0], width + 1), np.int32)
    np.cumsum(mask, axis=1, out=count[:, 1:])
    high = np.minimum(np.arange(width) + pixels + 1, width)
    low = np.maximum(np.arange(width) - pixels, 0)
    return count[:, high] > count[:, low]
