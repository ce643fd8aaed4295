"""Where each thing is to be drawn, on the grids of a network's levels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch.nn import functional

from ...core.geometry import Box, intersection_xyxy

OVERLAP = 0.3
"""From this share of either box on, the smaller of two is in front (SGEdit's control code)."""


def grid_of(size: tuple[int, int], positions: int) -> tuple[int, int]:
    """Rows and columns of the layer that has so many positions; ``size`` are those of the latents.

    Each level has half of the one before, rounded up. Raises ValueError: no level has so many.
    """
    rows, columns = size
    while rows * columns > positions:
        rows, columns = (rows + 1) // 2, (columns + 1) // 2
    if rows * columns != positions:
        raise ValueError(f"no level of {size[0]} x {size[1]} latents has {positions} positions")
    return rows, columns


class Regions:
    """Masks of the regions at the latents' size, and at each level's, where no cell has two owners.

    Args:
        masks: bool (K, h, w), the first listed owns what it shares with later ones.
    """

    def __init__(self, masks: torch.Tensor) -> None:
        self.masks = masks.bool()
        self._levels: dict[tuple[int, int], torch.Tensor] = {}

    def __len__(self) -> int:
        return len(self.masks)

    def at(self, grid: tuple[int, int]) -> torch.Tensor:
        """float (K, N) for a level of ``grid`` rows and columns. A region that is smaller than a cell
        still owns that cell (maximum pooling), unless an earlier one has it."""
        if grid not in self._levels:
            pooled = functional.adaptive_max_pool2d(self.masks.float(), grid) > 0
            taken = torch.zeros_like(pooled[:1])
            owned = []
            for mask in pooled.split(1):
                owned.append(mask & ~taken)
                taken = taken | mask
            self._levels[grid] = torch.cat(owned).flatten(1).float()
        return self._levels[grid]

    def alone(self, index: int) -> Regions:
        """One region by itself; the others' cells belong to nobody."""
        masks = torch.zeros_like(self.masks)
        masks[index] = self.masks[index]
        return Regions(masks)

    @property
    def union(self) -> torch.Tensor:
        """bool (h, w)."""
        return self.masks.any(0)

    @property
    def owners(self) -> torch.Tensor:
        """bool (K, h, w) without shared cells, at the latents' size."""
        return self.at(tuple(self.masks.shape[1:])).unflatten(1, self.masks.shape[1:]).bool()  # type: ignore[arg-type]


def regions_of(boxes: Sequence[Box], width: float, height: float, grid: tuple[int, int]) -> Regions:
    """Regions of boxes in a window of ``width`` x ``height`` pixels; each has at least one cell.

    The order decides who owns shared cells: put what is in front first (``front_first``).
    """
    rows, columns = grid
    masks = np.zeros((len(boxes), rows, columns), np.bool_)
    for mask, box in zip(masks, boxes, strict=True):
        x1, x2 = _span(box.x1 / width * columns, box.x2 / width * columns, columns)
        y1, y2 = _span(box.y1 / height * rows, box.y2 / height * rows, rows)
        mask[y1:y2, x1:x2] = True
    return Regions(torch.from_numpy(masks))


def _span(low: float, high: float, limit: int) -> tuple[int, int]:
    start = min(max(int(np.floor(low)), 0), limit - 1)
    return start, max(start + 1, min(int(np.ceil(high)), limit))


def front_first(boxes: Sequence[Box]) -> tuple[int, ...]:
    """Indices of the boxes, those in front first: where two overlap notably the smaller one, else
    the one whose foot is lower, which is nearer, else as listed."""
    order = list(range(len(boxes)))
    for _ in boxes:
        for left in range(len(order) - 1):
            first, second = order[left], order[left + 1]
            if _in_front(boxes[second], boxes[first]):
                order[left : left + 2] = [second, first]
    return tuple(order)


def _in_front(a: Box, b: Box) -> bool:
    shared = float(intersection_xyxy(_row(a), _row(b))[0, 0])
    if shared <= OVERLAP * min(a.area, b.area):
        return False
    if abs(a.area - b.area) > 0.05 * max(a.area, b.area):
        return a.area < b.area
    return a.y2 > b.y2


def _row(box: Box) -> np.ndarray:
    return np.array([box.xyxy], np.float32)
