"""Boxes where a person gave none: from clicks and strokes alone.

Parameters measured by benchmarks/segmentation_embedded.py (column click-only).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ....core.geometry import Box, Extent
from ....core.masks import HardMask, Mask
from ....ports import MaskPrompt, Point
from .ranking import edge_contrast
from .superpixels import Superpixels, colour_way
from .views import View, edge_strength

_STEPS = 24
_SIZES = (0.2, 0.05, 0.4)
"""Shares of the picture that a clicked thing may have: a click alone does not tell part from whole."""
_SIZE_WEIGHT, _ORDER_WEIGHT = 0.4, 0.3
_RIM_WEIGHT = 0.3
_STEP_COST = 2.0
_MARGIN = 0.06
_STROKE_GROWTH = 1.5
_OUTSIDE_REACH = 0.12


def widened(box: Box, points: tuple[Point, ...], include: Mask | None) -> Box:
    """The box, made to hold the clicks and strokes that a person put outside it."""
    reach = _OUTSIDE_REACH * max(box.width, box.height)
    for point in points:
        if point.positive and not holds(box, point):
            box = _joined(box, Box(point.x, point.y, point.x + 1, point.y + 1).padded(reach))
    if include is not None and include.area:
        box = _joined(box, include.box)
    return box


def holds(box: Box, point: Point) -> bool:
    """Whether a point lies in a box."""
    return box.x1 <= point.x < box.x2 and box.y1 <= point.y < box.y2


def derive_boxes(view: View, cells: Superpixels, prompt: MaskPrompt) -> tuple[Box, ...]:
    """Where the thing under the clicks and strokes may lie, likeliest first, in picture pixels.

    From the marked superpixels a region grows over ever stronger colour steps (geodesic
    distance on the superpixel graph). For each of three sizes the region near that size with
    the strongest edge around it gives a box; a stroke tells the size itself, and gives one.

    Args:
        view: the whole picture's working copy.
        cells: its superpixels.
        prompt: at least one positive click or an include stroke; else the whole picture is meant.
    """
    extent = view.extent
    marked = _marked(view, cells, prompt, positive=True)
    if not marked.any():
        return (Box.whole(extent),)
    against = _marked(view, cells, prompt, positive=False) & ~marked
    grown = _growth(view, cells, marked, against)
    stroke = prompt.include if prompt.include is not None and prompt.include.area else None
    sizes = _SIZES if stroke is None else (_STROKE_GROWTH * stroke.box.area / extent.area,)
    picked = dict.fromkeys(max(grown, key=lambda region: region.likeness(size, _SIZE_WEIGHT)) for size in sizes)
    ordered = sorted(picked, key=lambda region: -region.likeness(sizes[0], _ORDER_WEIGHT))
    return tuple(_roomy(_box_of(region.mask, view, extent), stroke, extent) for region in ordered)


def _roomy(box: Box, stroke: Mask | None, extent: Extent) -> Box:
    """The box with a margin, and with room around the stroke."""
    wide = box if stroke is None else _joined(box, stroke.box.scaled(_STROKE_GROWTH))
    return wide.padded(_MARGIN * max(wide.width, wide.height)).clipped(extent)


def _marked(view: View, cells: Superpixels, prompt: MaskPrompt, *, positive: bool) -> npt.NDArray[np.bool_]:
    """Superpixels under the clicks and the stroke of one kind."""
    chosen = np.zeros(len(cells), np.bool_)
    for point in prompt.points:
        if point.positive is positive:
            chosen[cells.labels[view.pixel(point.x, point.y)]] = True
    stroke = prompt.include if positive else prompt.exclude
    if stroke is not None and stroke.area:
        painted = view.shrink(stroke)
        share = cells.share(painted)
        chosen |= share >= min(0.3, float(share.max()))
    return chosen


@dataclass(frozen=True, eq=False)
class _Region:
    """A grown region: its mask, edge contrast, share of the picture, and share of the picture's rim."""

    mask: HardMask
    contrast: float
    share: float
    rim: float

    def likeness(self, size: float, weight: float) -> float:
        """Contrast, less for another size than expected and for running along the picture's rim."""
        return self.contrast - weight * abs(float(np.log(self.share / size))) - _RIM_WEIGHT * self.rim


def _growth(
    view: View, cells: Superpixels, marked: npt.NDArray[np.bool_], against: npt.NDArray[np.bool_]
) -> list[_Region]:
    """The region around the marked superpixels as it grows, smallest first."""
    away = colour_way(cells, marked, step_cost=_STEP_COST)
    if against.any():
        away = np.where(colour_way(cells, against, step_cost=_STEP_COST) < away, np.inf, away)
    strength = edge_strength(view.lab)
    regions = []
    for limit in np.quantile(away[np.isfinite(away)], np.linspace(0.02, 0.9, _STEPS)):
        mask = cells.paint((away <= limit) | marked)
        rim = float(np.concatenate([mask[0], mask[-1], mask[:, 0], mask[:, -1]]).mean())
        regions.append(_Region(mask, edge_contrast(mask, strength), float(mask.mean()), rim))
    return regions


def _box_of(region: HardMask, view: View, extent: Extent) -> Box:
    """The tight box of a region of the working copy, in picture pixels."""
    rows, columns = np.flatnonzero(region.any(axis=1)), np.flatnonzero(region.any(axis=0))
    sx, sy = extent.width / region.shape[1], extent.height / region.shape[0]
    return Box(columns[0] * sx, rows[0] * sy, (columns[-1] + 1) * sx, (rows[-1] + 1) * sy)


def _joined(a: Box, b: Box) -> Box:
    return Box(min(a.x1, b.x1), min(a.y1, b.y1), max(a.x2, b.x2), max(a.y2, b.y2))
