"""Boxes of evenly coloured parts, for things that no detector has a word for.

Small patches (P. Felzenszwalb, D. Huttenlocher, "Efficient Graph-Based Image Segmentation",
2004) are joined two by two, the most alike first, as in selective search (J. Uijlings et al.,
"Selective Search for Object Recognition", 2013). Every patch and every union gives a box.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ggedit.core.colour import to_oklab
from ggedit.core.freeze import Frozen
from ggedit.core.geometry import Extent, Xyxy

from .proposals import Rgb, shrunk

Floats = npt.NDArray[np.float64]

LONGEST_PX = 224
# Measured by benchmarks/grounding_embedded.py: 47 of its 48 boxes are met by a box of these
# regions or of the network; smaller patches cost time and add none.
_SCALE, _SMOOTH, _LEAST_PX = 4000.0, 0.5, 30
_LAB_RANGE = 100.0


@dataclass(frozen=True, eq=False, slots=True)
class Regions(Frozen):
    """Boxes of patches and of their unions.

    xyxy: float32 (N, 4) in picture pixels. separation: float32 (N,) in [0, 1], how much more
    a region differs from its neighbours than its own parts do from each other. border:
    float32 (N,), length of outline on the picture's border over the root of the area; a
    background has more than 1 (W. Zhu et al., "Saliency Optimization from Robust Background
    Detection", 2014, equation 1).
    """

    xyxy: Xyxy
    separation: npt.NDArray[np.float32]
    border: npt.NDArray[np.float32]


def compute_regions(pixels: Rgb, extent: Extent) -> Regions:
    """All regions of a picture of at least 3 x 3 pixels; ``extent`` is the size the boxes are for."""
    from skimage.segmentation import felzenszwalb

    small = shrunk(pixels, LONGEST_PX)
    lab = to_oklab(small) * _LAB_RANGE
    labels = felzenszwalb(lab, scale=_SCALE, sigma=_SMOOTH, min_size=_LEAST_PX, channel_axis=-1)
    tree = _Tree(labels, lab)
    tree.join_all()
    scale = np.array([extent.width / small.shape[1], extent.height / small.shape[0]] * 2)
    birth, death = np.array(tree.birth), np.array(tree.death)
    separation = np.where(np.isfinite(death), np.clip(1 - birth / np.maximum(death, 1e-9), 0, 1), 0.0)
    border = np.array(tree.rim) / np.sqrt(tree.size)
    return Regions(
        (np.array(tree.boxes) * scale).astype(np.float32), separation.astype(np.float32), border.astype(np.float32)
    )


class _Tree:
    """Patches and unions as growing columns; a row dies when it is joined to another."""

    def __init__(self, labels: npt.NDArray[np.intp], lab: npt.NDArray[np.float32]) -> None:
        flat = labels.ravel()
        count = int(flat.max()) + 1
        self.size = np.bincount(flat, minlength=count).astype(float).tolist()
        rim = np.concatenate([labels[0], labels[-1], labels[1:-1, 0], labels[1:-1, -1]])
        self.rim = np.bincount(rim, minlength=count).tolist()
        planes = lab.reshape(-1, 3).T
        mean = np.stack([np.bincount(flat, plane, minlength=count) for plane in planes], axis=1)
        mean /= np.array(self.size)[:, None]
        error = ((planes.T - mean[flat]) ** 2).sum(axis=1)
        self.mean: list[Floats] = list(mean)
        self.boxes: list[tuple[float, ...]] = [tuple(row) for row in _patch_boxes(labels, count).tolist()]
        self.beside: list[set[int]] = [set() for _ in range(count)]
        for a, b in _touching(labels).tolist():
            self.beside[a].add(b)
            self.beside[b].add(a)
        # What it would cost to join two halves of the patch.
        self.birth = (np.sqrt(np.bincount(flat, error, minlength=count)) / 2).tolist()
        self.death = [np.inf] * count

    def join_all(self) -> None:
        """Join the two touching rows that are most alike, until one is left."""
        queue = [(self._cost(a, b), a, b) for a, near in enumerate(self.beside) for b in near if a < b]
        heapq.heapify(queue)
        while queue:
            cost, a, b = heapq.heappop(queue)
            if min(self.death[a], self.death[b]) < np.inf:
                continue
            joined = self._join(a, b, cost)
            for near in self.beside[joined]:
                heapq.heappush(queue, (self._cost(near, joined), near, joined))

    def _cost(self, a: int, b: int) -> float:
        """Ward's distance: the root of what joining adds to the squared error of the colours."""
        step = self.mean[a] - self.mean[b]
        shared = self.size[a] * self.size[b] / (self.size[a] + self.size[b])
        return float(np.sqrt(step @ step * shared))

    def _join(self, a: int, b: int, cost: float) -> int:
        row, size = len(self.size), self.size[a] + self.size[b]
        self.death[a] = self.death[b] = cost
        self.mean.append((self.mean[a] * self.size[a] + self.mean[b] * self.size[b]) / size)
        self.size.append(size)
        self.rim.append(self.rim[a] + self.rim[b])
        (ax1, ay1, ax2, ay2), (bx1, by1, bx2, by2) = self.boxes[a], self.boxes[b]
        self.boxes.append((min(ax1, bx1), min(ay1, by1), max(ax2, bx2), max(ay2, by2)))
        near = (self.beside[a] | self.beside[b]) - {a, b}
        self.beside.append(near)
        for other in near:
            self.beside[other] -= {a, b}
            self.beside[other].add(row)
        self.birth.append(cost)
        self.death.append(np.inf)
        return row


def _patch_boxes(labels: npt.NDArray[np.intp], count: int) -> npt.NDArray[np.intp]:
    """x1, y1, x2, y2 of each label, right and bottom exclusive."""
    y, x = (axis.ravel() for axis in np.indices(labels.shape))
    boxes = np.empty((count, 4), np.intp)
    boxes[:, :2], boxes[:, 2:] = max(labels.shape), 0
    flat = labels.ravel()
    for column, values in ((0, x), (1, y)):
        np.minimum.at(boxes[:, column], flat, values)
        np.maximum.at(boxes[:, column + 2], flat, values + 1)
    return boxes


def _touching(labels: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Pairs of labels that share an edge, (M, 2), each once."""
    beside = np.stack([labels[:, :-1].ravel(), labels[:, 1:].ravel()], axis=1)
    above = np.stack([labels[:-1].ravel(), labels[1:].ravel()], axis=1)
    pairs = np.concatenate([beside, above])
    pairs = np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1)
    return np.unique(pairs, axis=0)
