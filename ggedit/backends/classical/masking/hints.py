"""What a person said about the thing, on the working copy: where it may lie and what is certain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ....core.geometry import Box
from ....core.masks import HardMask
from ....ports import MaskPrompt, Point
from .superpixels import Superpixels, disc
from .views import View

_CLICK_RADIUS = 0.02


@dataclass(frozen=True, eq=False)
class Hints:
    """All bool (h, w) of the working copy.

    ``allowed``: the box, and whatever the person marked outside it; ``thing`` and ``ground``:
    certain pixels, never both; ``clicked``: the very pixels clicked or painted as the thing.
    """

    box: HardMask
    allowed: HardMask
    thing: HardMask
    ground: HardMask
    clicked: HardMask


def read_hints(view: View, box: Box, prompt: MaskPrompt, cells: Superpixels | None) -> Hints:
    """The prompt on the working copy.

    A click makes its superpixel certain (a single pixel is outvoted by colour); where clicks
    of both kinds share one superpixel, each pixel follows the nearer click.

    Args:
        view: the working copy.
        box: the prompt's box, or the one derived from its clicks and strokes.
        prompt: clicks and strokes, in picture pixels.
        cells: coarse superpixels of the working copy; None where there are no clicks.
    """
    inside = view.rectangle(box)
    blank = np.zeros(view.shape, np.bool_)
    painted = view.shrink(prompt.include) if prompt.include is not None else blank
    ground = view.shrink(prompt.exclude) if prompt.exclude is not None else blank
    thing, exact = painted & ~ground, painted & ~ground
    if prompt.points and cells is not None:
        thing, ground = _with_clicks(view, prompt.points, cells, thing=thing, ground=ground)
        exact = exact | _pixels(view, prompt.points)
    return Hints(inside, inside | thing, thing, ground & ~thing, exact & thing)


def _pixels(view: View, points: tuple[Point, ...]) -> HardMask:
    marked = np.zeros(view.shape, np.bool_)
    for point in points:
        if point.positive:
            marked[view.pixel(point.x, point.y)] = True
    return marked


def _with_clicks(
    view: View, points: tuple[Point, ...], cells: Superpixels, *, thing: HardMask, ground: HardMask
) -> tuple[HardMask, HardMask]:
    """Strokes and clicks together. Strokes win over a superpixel, a click's disc over strokes."""
    rank = np.full(view.shape, np.inf)
    positive = np.zeros(view.shape, np.bool_)
    y, x = np.mgrid[: view.shape[0], : view.shape[1]]
    radius = max(1, round(_CLICK_RADIUS * max(view.shape)))
    for point in points:
        row, column = view.pixel(point.x, point.y)
        reach = (cells.labels == cells.labels[row, column]) | disc(view.shape, row, column, radius)
        distance = np.hypot(y - row, x - column)
        nearer = reach & (distance < rank)
        rank[nearer] = distance[nearer]
        positive[nearer] = point.positive
    clicked, close = np.isfinite(rank), rank <= radius
    stroked = (thing | ground) & ~close
    yes = np.where(stroked, thing, clicked & positive)
    no = np.where(stroked, ground, clicked & ~positive)
    return yes, no
