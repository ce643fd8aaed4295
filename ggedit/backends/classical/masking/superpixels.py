"""Superpixels, their neighbourhood, and the cheapest cut between thing and background.

Superpixels: SLIC (Achanta et al., TPAMI 2012). Cut: max-flow min-cut on their adjacency graph
(Boykov, Jolly, ICCV 2001), solved by SciPy's Dinic.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ....core.masks import HardMask
from ..filters import Floats

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_FLOW_UNITS = 16
_SAME_COLOUR = 1.0
"""L*a*b* distance below which neighbouring regions are one."""
_REGION_SCALE, _REGION_SIGMA, _SMALLEST_REGION = 60.0, 0.6, 20
"""Felzenszwalb's k, smoothing in pixels, and pixels of the smallest region (benchmarks/padding.py)."""


@dataclass(frozen=True, eq=False)
class Superpixels:
    """A picture as a few hundred patches.

    ``labels``: int32 (h, w), 0 to n - 1; ``size``: (n,) pixels; ``colour``: (n, 3) mean L*a*b*;
    ``place``: (n, 2) mean (x, y) as fractions of the longer side; ``pairs``: (m, 2) neighbours
    and ``border``: (m,) the length of their common border in pixels.
    """

    labels: npt.NDArray[np.int32]
    size: npt.NDArray[np.float64]
    colour: npt.NDArray[np.float64]
    place: npt.NDArray[np.float64]
    pairs: Ints
    border: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.size)

    def share(self, mask: HardMask) -> npt.NDArray[np.float64]:
        """How much of each superpixel a mask (h, w) covers: (n,) in [0, 1]."""
        return np.bincount(self.labels[mask], minlength=len(self)) / self.size

    def paint(self, chosen: Bools) -> HardMask:
        """The pixels of the chosen superpixels."""
        return chosen[self.labels]


def make_superpixels(lab: Floats, count: int, *, compactness: float = 10.0) -> Superpixels:
    """About ``count`` superpixels of an L*a*b* picture (h, w, 3)."""
    return _described(lab, _slic(lab, count, compactness))


def make_regions(lab: Floats) -> Superpixels:
    """Regions of even colour, however large, of an L*a*b* picture (h, w, 3).

    Felzenszwalb, Huttenlocher, "Efficient Graph-Based Image Segmentation", IJCV 2004.
    """
    from skimage.segmentation import felzenszwalb

    labels = felzenszwalb(
        lab / 100, scale=_REGION_SCALE, sigma=_REGION_SIGMA, min_size=_SMALLEST_REGION, channel_axis=2
    )
    return _merged(lab, _described(lab, labels.astype(np.int32)))


def _merged(lab: Floats, regions: Superpixels) -> Superpixels:
    """Neighbours of one colour made one: soft edges leave slivers beside a region."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    first, second = regions.pairs[:, 0], regions.pairs[:, 1]
    apart = np.sqrt(((regions.colour[first] - regions.colour[second]) ** 2).sum(axis=1))
    same = apart < _SAME_COLOUR
    graph = csr_array((np.ones(int(same.sum())), (first[same], second[same])), shape=(len(regions), len(regions)))
    return _described(lab, connected_components(graph, directed=False)[1][regions.labels].astype(np.int32))


def _described(lab: Floats, labels: npt.NDArray[np.int32]) -> Superpixels:
    """Patches with their sizes, colours, places and borders, from dense labels (h, w)."""
    flat, number = labels.ravel(), int(labels.max()) + 1
    size = np.bincount(flat, minlength=number).astype(np.float64)

    def mean(plane: Floats) -> npt.NDArray[np.float64]:
        return np.bincount(flat, plane.ravel().astype(np.float64), minlength=number) / size

    y, x = np.mgrid[: lab.shape[0], : lab.shape[1]] / max(lab.shape[:2])
    colour = np.stack([mean(lab[..., c]) for c in range(3)], axis=1)
    pairs, border = _neighbours(labels, number)
    return Superpixels(labels, size, colour, np.stack([mean(x), mean(y)], axis=1), pairs, border)


def _slic(lab: Floats, count: int, compactness: float) -> npt.NDArray[np.int32]:
    height, width = lab.shape[:2]
    if height * width <= 2 * count:
        return np.arange(height * width, dtype=np.int32).reshape(height, width)
    from skimage.segmentation import slic

    labels = slic(lab, n_segments=count, compactness=compactness, max_num_iter=5, convert2lab=False, start_label=0)
    _, dense = np.unique(labels, return_inverse=True)
    return dense.reshape(height, width).astype(np.int32)


def _neighbours(labels: npt.NDArray[np.int32], number: int) -> tuple[Ints, npt.NDArray[np.float64]]:
    across = np.stack([labels[:, :-1].ravel(), labels[:, 1:].ravel()], axis=1)
    down = np.stack([labels[:-1].ravel(), labels[1:].ravel()], axis=1)
    touching = np.concatenate([across, down]).astype(np.int64)
    touching = np.sort(touching[touching[:, 0] != touching[:, 1]], axis=1)
    key, length = np.unique(touching[:, 0] * number + touching[:, 1], return_counts=True)
    return np.stack(np.divmod(key, number), axis=1), length.astype(np.float64)


def cheapest_cut(
    cells: Superpixels,
    bond: npt.NDArray[np.float64],
    *,
    cost_thing: npt.NDArray[np.float64],
    cost_ground: npt.NDArray[np.float64],
) -> Bools:
    """Which superpixels belong to the thing, at the least total cost.

    Args:
        cells: the superpixels.
        bond: (m,) cost of separating each pair of neighbours.
        cost_thing: (n,) cost of calling a superpixel the thing.
        cost_ground: (n,) cost of calling it background.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    count = len(cells)
    source, sink, every = count, count + 1, np.arange(count)
    first, second = cells.pairs[:, 0], cells.pairs[:, 1]
    tails = np.concatenate([first, second, np.full(count, source), every])
    heads = np.concatenate([second, first, every, np.full(count, sink)])
    room = np.concatenate([bond, bond, cost_ground, cost_thing]) * _FLOW_UNITS
    whole = np.minimum(np.round(room), 2**24).astype(np.int32)
    graph = csr_array((whole, (tails, heads)), shape=(count + 2, count + 2))
    left = graph - maximum_flow(graph, source, sink).flow
    left.data[left.data < 0] = 0
    left.eliminate_zeros()
    reached = np.zeros(count + 2, np.bool_)
    reached[breadth_first_order(left, source, return_predecessors=False)] = True
    return reached[:count]


def colour_way(cells: Superpixels, sources: Bools, *, step_cost: float) -> npt.NDArray[np.float64]:
    """Sum of L*a*b* steps, and ``step_cost`` for each, on the easiest way from the sources: (n,)."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    first, second = cells.pairs[:, 0], cells.pairs[:, 1]
    step = np.sqrt(((cells.colour[first] - cells.colour[second]) ** 2).sum(axis=1)) + step_cost
    graph = csr_array((step, (first, second)), shape=(len(cells), len(cells)))
    return dijkstra(graph, directed=False, indices=np.flatnonzero(sources), min_only=True)


def disc(shape: tuple[int, int], row: int, column: int, radius: int) -> HardMask:
    """A filled disc, clipped to the array."""
    plane = np.zeros(shape, np.uint8)
    cv2.circle(plane, (column, row), radius, 1, -1)
    return plane > 0
