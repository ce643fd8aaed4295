"""A box where a person gave none: from clicks and strokes alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ....core.geometry import Box, Extent
from ....core.masks import HardMask, Mask
from ....ports import MaskPrompt, Point
from .ranking import edge_contrast
from .superpixels import Superpixels
from .views import View, edge_strength

_STEPS = 24
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


def derive_box(view: View, cells: Superpixels, prompt: MaskPrompt) -> Box:
    """Where the thing under the clicks and strokes probably lies, in picture pixels.

    From the marked superpixels a region grows over ever stronger colour steps (geodesic
    distance on the superpixel graph); the size with the strongest edge around it wins.

    Args:
        view: the whole picture's working copy.
        cells: its superpixels.
        prompt: at least one positive click or an include stroke; else the whole picture is meant.
    """
    extent = view.extent
    marked = _marked(view, cells, prompt, positive=True)
    if not marked.any():
        return Box.whole(extent)
    against = _marked(view, cells, prompt, positive=False) & ~marked
    region = cells.paint(_best_region(view, cells, marked, against))
    box = _box_of(region, view, extent)
    if prompt.include is not None and prompt.include.area:
        box = _joined(box, prompt.include.box.scaled(_STROKE_GROWTH))
    margin = _MARGIN * max(box.width, box.height)
    return box.padded(margin).clipped(extent)


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


def _best_region(
    view: View, cells: Superpixels, marked: npt.NDArray[np.bool_], against: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    away = _away(cells, marked)
    if against.any():
        away = np.where(_away(cells, against) < away, np.inf, away)
    finite = away[np.isfinite(away)]
    strength = edge_strength(view.lab)
    best, best_score = marked, -np.inf
    for limit in np.quantile(finite, np.linspace(0.02, 0.9, _STEPS)):
        region = (away <= limit) | marked
        score = _thing_likeness(cells.paint(region), strength)
        if score > best_score:
            best, best_score = region, score
    return best


def _thing_likeness(region: HardMask, strength: npt.NDArray[np.floating]) -> float:
    """Edge contrast, less for regions that are tiny or most of the picture."""
    share = float(region.mean())
    return edge_contrast(region, strength) - max(0.0, 0.02 - share) * 5 - max(0.0, share - 0.5)


def _away(cells: Superpixels, sources: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Sum of colour steps on the easiest way from the sources to every superpixel."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    first, second = cells.pairs[:, 0], cells.pairs[:, 1]
    step = np.sqrt(((cells.colour[first] - cells.colour[second]) ** 2).sum(axis=1)) + 0.5
    graph = csr_array((step, (first, second)), shape=(len(cells), len(cells)))
    return dijkstra(graph, directed=False, indices=np.flatnonzero(sources), min_only=True)


def _box_of(region: HardMask, view: View, extent: Extent) -> Box:
    """The tight box of a region of the working copy, in picture pixels."""
    rows, columns = np.flatnonzero(region.any(axis=1)), np.flatnonzero(region.any(axis=0))
    sx, sy = extent.width / region.shape[1], extent.height / region.shape[0]
    return Box(columns[0] * sx, rows[0] * sy, (columns[-1] + 1) * sx, (rows[-1] + 1) * sy)


def _joined(a: Box, b: Box) -> Box:
    return Box(min(a.x1, b.x1), min(a.y1, b.y1), max(a.x2, b.x2), max(a.y2, b.y2))
