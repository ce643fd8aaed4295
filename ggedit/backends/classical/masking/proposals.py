"""Ways to guess a thing's mask in a box, each wrong on other pictures, and to mend a guess.

Parameters measured by benchmarks/segmentation_embedded.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ....core.masks import HardMask
from .grabcut import make_trimap, run_grabcut
from .hints import Hints
from .mixtures import fit_mixture
from .superpixels import Bools, Superpixels, cheapest_cut, colour_way
from .views import View

_ROUNDS = 3
_MEND_ROUNDS = 2
_MEND_REACH = 0.25
_ALIKE, _FREE, _STEP_COST = 15.0, 30.0, 0.5
_ELLIPSE = 0.9
_WAY_STEP_COST, _WAY_TOP = 1.0, 0.98
_PLACE_WEIGHT = 60.0
_BOND = 6.0
_FLOOR = 9.0
_TRUST = 12.0
_CUT_ROUNDS = 3


def by_box(view: View, hints: Hints) -> HardMask:
    """grabCut that starts from the whole box."""
    return _grabcut_from(view.calm, hints.allowed, hints)


def by_ellipse(view: View, hints: Hints) -> HardMask:
    """grabCut that starts from an ellipse in the box: for boxes with much background in them."""
    return _grabcut_from(view.calm, _ellipse(hints.box, _ELLIPSE) | hints.thing, hints)


def by_colour(view: View, hints: Hints) -> HardMask:
    """grabCut that looks at colour more than at lightness: for shaded and shiny things."""
    return _grabcut_from(view.colourful, hints.allowed, hints)


def by_ellipse_and_colour(view: View, hints: Hints) -> HardMask:
    """The two before in one."""
    return _grabcut_from(view.colourful, _ellipse(hints.box, _ELLIPSE) | hints.thing, hints)


def by_surroundings(view: View, hints: Hints, cells: Superpixels) -> HardMask:
    """grabCut that starts from what cannot be reached from outside the box without colour steps.

    Geodesic distance to the box's outside on the superpixel graph (Wei et al., "Geodesic Saliency
    Using Background Priors", ECCV 2012), parted in two by Otsu's threshold: for boxes into which
    the background goes on from all around.
    """
    return _grabcut_from(view.calm, _cut_off(hints, cells) | hints.thing, hints)


def _cut_off(hints: Hints, cells: Superpixels) -> HardMask:
    """The farther part of the allowed pixels; all of them where nothing lies outside."""
    outside = cells.share(hints.allowed) < 0.5
    if not outside.any():
        return hints.allowed
    way = colour_way(cells, outside, step_cost=_WAY_STEP_COST)[cells.labels]
    top = float(np.quantile(way[hints.allowed], _WAY_TOP)) or 1.0
    levels = np.clip(way / top * 255, 0, 255).astype(np.uint8)
    limit, _ = cv2.threshold(levels[hints.allowed].reshape(-1, 1), 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    return hints.allowed & (levels > limit)


def mended(view: View, before: HardMask, hints: Hints, correction: Correction) -> HardMask:
    """An earlier mask, decided anew around a click and left as it was elsewhere.

    What looks like the clicked spot and hangs together with it is taken to be wrong as well,
    so that one click can turn a whole part; around it the earlier mask is the first guess.

    Args:
        view: the working copy.
        before: the mask that was clicked on.
        hints: all that was said so far, the click included.
        correction: the click.
    """
    y, x = np.mgrid[: before.shape[0], : before.shape[1]]
    sides = np.count_nonzero(hints.box.any(axis=0)), np.count_nonzero(hints.box.any(axis=1))
    reach = max(3.0, _MEND_REACH * max(sides))
    way = _way_from(correction)
    alike = (way <= _ALIKE) & (before != correction.positive)
    near = (np.hypot(y - correction.row, x - correction.column) < reach) | (way <= _FREE)
    probable = np.where(alike, correction.positive, before)
    thing = (before & ~near & ~hints.ground) | hints.thing
    ground = (~before & ~near & ~hints.thing) | hints.ground
    return run_grabcut(view.calm, make_trimap(probable, hints.allowed, thing=thing, ground=ground), _MEND_ROUNDS)


@dataclass(frozen=True, eq=False)
class Correction:
    """A click on the working copy: (row, column), what it says, and the superpixels there."""

    row: int
    column: int
    positive: bool
    cells: Superpixels


def _way_from(correction: Correction) -> npt.NDArray[np.float64]:
    """Colour steps from the clicked superpixel to every pixel: (h, w)."""
    cells = correction.cells
    source = np.zeros(len(cells), np.bool_)
    source[cells.labels[correction.row, correction.column]] = True
    return colour_way(cells, source, step_cost=_STEP_COST)[cells.labels]


def _grabcut_from(pixels: npt.NDArray[np.uint8], probable: HardMask, hints: Hints) -> HardMask:
    trimap = make_trimap(probable, hints.allowed, thing=hints.thing, ground=hints.ground)
    return run_grabcut(pixels, trimap, _ROUNDS)


def by_place(view: View, hints: Hints, cells: Superpixels) -> HardMask:
    """Superpixels cut by colour and position together: for things of the background's colour."""
    chosen = _cut_cells(cells, hints)
    return _refined(view, cells.paint(chosen), hints)


def _ellipse(box: HardMask, size: float) -> HardMask:
    rows, columns = np.flatnonzero(box.any(axis=1)), np.flatnonzero(box.any(axis=0))
    y, x = np.mgrid[: box.shape[0], : box.shape[1]]
    across = (x - (columns[0] + columns[-1]) / 2) / (len(columns) * size / 2)
    down = (y - (rows[0] + rows[-1]) / 2) / (len(rows) * size / 2)
    return across**2 + down**2 <= 1


def _cut_cells(cells: Superpixels, hints: Hints) -> Bools:
    thing = cells.share(hints.thing) > 0.3
    ground = ((cells.share(hints.allowed) < 0.5) | (cells.share(hints.ground) > 0.3)) & ~thing
    points = np.hstack([cells.colour, cells.place * _PLACE_WEIGHT])
    bond = _bonds(cells)
    current = ((cells.share(_ellipse(hints.box, 0.95)) > 0.5) & ~ground) | thing
    for _ in range(_CUT_ROUNDS):
        if current.all() or not current.any():
            break
        doubt = _doubt(points, cells.size, current)
        cost_thing = np.where(ground, 1e6, np.where(thing, 0, np.maximum(doubt, 0) * cells.size))
        cost_ground = np.where(thing, 1e6, np.where(ground, 0, np.maximum(-doubt, 0) * cells.size))
        cut = cheapest_cut(cells, bond, cost_thing=cost_thing, cost_ground=cost_ground)
        if np.array_equal(cut, current):
            break
        current = cut
    return current


def _bonds(cells: Superpixels) -> npt.NDArray[np.float64]:
    """Cost of separating neighbours: long borders between like colours hold (GrabCut, eq. 11)."""
    if not len(cells.pairs):
        return np.zeros(0)
    apart = ((cells.colour[cells.pairs[:, 0]] - cells.colour[cells.pairs[:, 1]]) ** 2).sum(axis=1)
    spread = 2 * np.average(apart, weights=cells.border) + 1e-6
    return _BOND * cells.border * np.exp(-apart / spread)


def _doubt(points: npt.NDArray[np.float64], size: npt.NDArray[np.float64], thing: Bools) -> npt.NDArray[np.float64]:
    """Log-likelihood of background over thing per pixel, at most ``_TRUST`` either way."""
    front = fit_mixture(points[thing], size[thing], 6, floor=_FLOOR)
    back = fit_mixture(points[~thing], size[~thing], 8, floor=_FLOOR)
    return np.clip(back.log_density(points) - front.log_density(points), -_TRUST, _TRUST)


def _refined(view: View, mask: HardMask, hints: Hints) -> HardMask:
    """The edge redrawn by grabCut inside a narrow band."""
    width = max(2, round(0.02 * max(view.shape)))
    plane, kernel = mask.astype(np.uint8), np.ones((2 * width + 1, 2 * width + 1), np.uint8)
    thing = (np.asarray(cv2.erode(plane, kernel)) > 0) | hints.thing
    ground = ((np.asarray(cv2.dilate(plane, kernel)) == 0) | hints.ground) & ~hints.thing
    trimap = make_trimap(mask, hints.allowed, thing=thing & ~hints.ground, ground=ground)
    return run_grabcut(view.calm, trimap, _MEND_ROUNDS)
