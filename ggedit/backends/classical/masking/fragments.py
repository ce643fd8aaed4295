"""Pieces of a thing that its mask left out: a bag, a shoe, a paw beyond the detector's box.

The working copy is cut into evenly coloured regions (Felzenszwalb, Huttenlocher, "Efficient
Graph-Based Image Segmentation", IJCV 2004). A region that lies along the mask joins it if its colour
is found in the mask, and neither beside the region nor much elsewhere around the thing.
Parameters measured by benchmarks/padding.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ....core.masks import HardMask
from .superpixels import Bools, Superpixels, make_regions
from .views import View

_ROUNDS = 4
_SEAM = np.ones((7, 7), np.uint8)
_CONTACT = 0.2
"""How much of the seam around a region must be the mask's: another's paw touches with its tip alone."""
_APART = 12.0
"""L*a*b* distance to what lies beside it from which a region stands out."""
_NEARER = 0.5
"""How much nearer than that its colour must be to one of the mask's."""
_ALIKE = 8.0
_COMMON = 0.3
"""Area around the thing of the region's colour, as a share of the mask, that makes it background."""
_SMALLEST, _LARGEST, _PALETTE = 0.003, 0.08, 0.02
"""Shares of the mask: regions that may join, and regions whose colours count as the mask's."""
_INSIDE, _MOSTLY = 0.4, 0.5
_COMPACT = 0.3
_MOST = 0.2
"""More to join than this share of the mask means that its colours are the background's too."""


@dataclass(frozen=True, eq=False)
class Fragments:
    """The regions of a working copy, and which may be pieces of a thing.

    ``compact``: (n,) bool, fills enough of its own rectangle; ``open_``: (n,) bool, goes on
    beyond the working copy.
    """

    regions: Superpixels
    compact: Bools
    open_: Bools

    @classmethod
    def of(cls, view: View) -> Fragments:
        """The regions of a view."""
        regions = make_regions(view.lab)
        return cls(regions, _compactness(regions) >= _COMPACT, _going_on(regions.labels, view))

    def joined(self, mask: HardMask) -> HardMask:
        """The mask with its missing pieces; itself where there are none, or too many to be true."""
        regions, area = self.regions, int(np.count_nonzero(mask))
        share = regions.share(mask)
        own = share > _MOSTLY
        palette = own & (regions.size >= _PALETTE * area)
        if not palette.any():
            return mask
        apart = np.sqrt(((regions.colour[:, None] - regions.colour[None]) ** 2).sum(axis=2))
        nearest = apart[:, palette].min(axis=1)
        fits = ~own & (share < _INSIDE) & self.compact & ~self.open_ & self._rare(apart, own, area)
        fits &= (regions.size >= _SMALLEST * area) & (regions.size <= _LARGEST * area)
        joined = np.zeros(len(regions), np.bool_)
        for _ in range(_ROUNDS):
            contrast = self._contrast(apart, own | joined)
            fresh = fits & ~joined & (contrast >= _APART) & (nearest < _NEARER * contrast)
            so_far = mask | regions.paint(joined)
            touching = [i for i in np.flatnonzero(fresh) if _contact(regions.labels == i, so_far) >= _CONTACT]
            if not touching:
                break
            joined[touching] = True
        if regions.size[joined].sum() > _MOST * area:
            return mask
        return mask | regions.paint(joined)

    def _rare(self, apart: npt.NDArray[np.float64], own: Bools, area: int) -> Bools:
        """Whether little around the thing has the region's colour, apart from the region."""
        ground = np.where(own, 0.0, self.regions.size)
        alike = (apart < _ALIKE) @ ground - self.regions.size
        return alike < _COMMON * area

    def _contrast(self, apart: npt.NDArray[np.float64], thing: Bools) -> npt.NDArray[np.float64]:
        """Mean L*a*b* distance of each region to its neighbours that are not the thing: (n,)."""
        pairs, border = self.regions.pairs, self.regions.border
        here = np.concatenate([pairs[:, 0], pairs[:, 1]])
        there = np.concatenate([pairs[:, 1], pairs[:, 0]])
        length = np.concatenate([border, border]) * ~thing[there]
        count = len(self.regions)
        total = np.bincount(here, length, minlength=count)
        apart_sum = np.bincount(here, length * apart[here, there], minlength=count)
        return np.where(total > 0, apart_sum / np.maximum(total, 1e-9), np.inf)


def _contact(region: HardMask, mask: HardMask) -> float:
    """Share of the mask in a seam around a region, [0, 1]."""
    around = np.asarray(cv2.dilate(region.astype(np.uint8), _SEAM) > 0) & ~region
    return float(mask[around].mean()) if around.any() else 1.0


def _compactness(regions: Superpixels) -> npt.NDArray[np.float64]:
    """Share of its upright rectangle that each region fills: (n,) in (0, 1]."""
    area = regions.size.copy()
    for plane in np.mgrid[: regions.labels.shape[0], : regions.labels.shape[1]]:
        low, high = np.full(len(regions), np.inf), np.full(len(regions), -np.inf)
        np.minimum.at(low, regions.labels.ravel(), plane.ravel())
        np.maximum.at(high, regions.labels.ravel(), plane.ravel())
        area /= high - low + 1
    return area


def _going_on(labels: npt.NDArray[np.int32], view: View) -> Bools:
    """Regions at a side of the working copy that is not the picture's own side: (n,)."""
    window, extent = view.window, view.extent
    sides = (
        (labels[0], window.y1 > 0),
        (labels[-1], window.y2 < extent.height),
        (labels[:, 0], window.x1 > 0),
        (labels[:, -1], window.x2 < extent.width),
    )
    touched = np.zeros(int(labels.max()) + 1, np.bool_)
    for side, beyond in sides:
        touched[side] |= beyond
    return touched
