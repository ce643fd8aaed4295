"""Crop and stitch: the windows of a picture that a model works on, and how they come back.

A generating model works near the size it was trained at; a photo is larger, and most of it must
not change. So each part of the mask gets a window with context around it, is scaled inside that
window only, and comes back as a patch whose alpha is 0 outside the grown and feathered mask.
Nothing here knows a pipeline: sizes in, arrays out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from ...core.freeze import Frozen
from ...core.geometry import Extent
from ...core.masks import HardMask, Mask
from ...core.result import Patch
from ..classical.windows import Plane, Rgb, Window, distance_to, ramp

CONTEXT = 0.35
"""Margin around a mask's box on each side, as a share of the root of its area: a model that sees
only the thing does not know the light and the ground it stands on."""

LEAST_SHARE = 0.5
"""A window's smallest side as a share of the trained one: a face of 40 px is worked on enlarged,
but not so much that nothing but blur surrounds it."""

NATIVE = (0.92, 1.25)
"""Scales that count as 1: the model then works on the very pixels, without resampling."""

LONGEST_ASPECT = 3.0
"""A longer part is cut into pieces that follow one another: one window would waste its rows."""

MOST_WINDOWS = 16
_COARSE_PX = 256
_MOST_ISLANDS = 32
_KEEPS_SCALE = 0.75
_RING = 0.04
_LEAST_RING_PX = 6


@dataclass(frozen=True, slots=True)
class ModelSize(Frozen):
    """What sizes a model works at: sides are multiples of ``multiple``, and the area is near
    ``trained`` x ``trained`` pixels."""

    trained: int = 512
    multiple: int = 64


@dataclass(frozen=True, eq=False, slots=True)
class View(Frozen):
    """One window of the picture, the size at which the model sees it, and what it edits there.

    window: in picture pixels, inside the picture.
    extent: the model's size for it.
    part: the pixels to change, as a mask of the whole picture; they lie inside the window.
    """

    window: Window
    extent: Extent
    part: Mask

    @property
    def scale(self) -> float:
        """Model pixels per picture pixel; 1 where nothing is resampled."""
        return math.sqrt(self.extent.area / self.window.area)

    def cut(self, pixels: Rgb) -> Rgb:
        """The window of a whole picture at the model's size: uint8 (h, w, 3)."""
        return _resized(self.window.of(pixels), self.extent)

    def alpha(self, grow: int, feather: int) -> Plane:
        """How strongly each pixel of the window is replaced: float32 (h, w) in picture pixels.

        1 on the part and ``grow`` pixels around it, falling smoothly to 0 at ``grow + feather``.
        """
        return ramp(distance_to(self.window.crop(self.part)), grow, grow + feather)

    def cells(self, alpha: Plane, side: int) -> Plane:
        """The alpha on the model's grid of ``side`` pixel cells, by maximum, so that a line one
        pixel wide is there still: float32 (extent.height / side, extent.width / side)."""
        return pool_max(alpha, (self.extent.height // side, self.extent.width // side))


def choose_views(mask: Mask, size: ModelSize, *, reach: int = 0, context: float = CONTEXT) -> tuple[View, ...]:
    """Windows that together hold every pixel of the mask, top left first.

    Things far apart get windows of their own; a part larger than the model's size is scaled
    down inside its window; a long one is cut into pieces.

    Args:
        mask: the pixels to change; not empty.
        size: what the model works at.
        reach: pixels beyond the mask that may change as well (grow and feather).
        context: margin around a part, as a share of the square root of its box's area.
    """
    fit = _Fit(mask.extent, size, reach=reach, context=context)
    boxes = _merged([_box_of(mask, part) for part in _islands(mask)], fit)
    pieces = [piece for box in boxes for piece in _pieces(box, fit)]
    views = [_view(fit, piece, mask) for piece in _thinned(pieces)]
    return tuple(view for view in views if view.part.area)


def stitch(view: View, old: Rgb, new: Rgb, alpha: Plane) -> Patch:
    """The model's answer for a window as a patch of the picture.

    It is brought back to the window's size and shifted in colour so that it meets the old
    pixels in the ring around the alpha.

    Args:
        view: the window.
        old: uint8 (H, W, 3), the whole picture as it was cut.
        new: uint8 (h, w, 3) of ``view.extent``.
        alpha: float32 of the window's size, from ``View.alpha``.
    """
    back = _resized(new, Extent(view.window.width, view.window.height))
    matched = match_colours(view.window.of(old), back, alpha)
    return Patch(view.window.x1, view.window.y1, matched, alpha)


def match_colours(old: Rgb, new: Rgb, alpha: Plane) -> Rgb:
    """``new`` shifted so that it meets ``old`` in the ring where alpha has just become 0.

    The ring's differences are spread inward by a normalised convolution (Knutsson and Westin,
    CVPR 1993, eq. 4, with a Gaussian a sixth of the window wide), so a drift of the light from
    one side of the window to the other is followed. Without a ring nothing is shifted.
    """
    ring = ring_of(alpha)
    if not ring.any():
        return new.copy()
    difference = (old.astype(np.float32) - new) * ring[..., None]
    # the mean first: far from the ring the convolution has nothing to go by and fades to 0
    mean = difference.sum(axis=(0, 1)) / ring.sum()
    field = _spread(difference - mean * ring[..., None], ring) + mean
    return np.clip(np.rint(new + field), 0, 255).astype(np.uint8)


def ring_of(alpha: Plane) -> HardMask:
    """The pixels around the part that changes where alpha has just become 0: bool (h, w)."""
    support = alpha > 0
    if not support.any() or support.all():
        return np.zeros(alpha.shape, np.bool_)
    width = max(_LEAST_RING_PX, round(_RING * max(alpha.shape)))
    return ~support & (distance_to(support) <= width)


def pool_max(plane: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """A plane's maximum per cell of a grid of ``shape`` (rows, columns), finer or coarser."""
    rows, columns = ((np.arange(n) * side) // n for n, side in zip(shape, plane.shape, strict=True))
    return np.maximum.reduceat(np.maximum.reduceat(plane, rows, axis=0), columns, axis=1)


def _spread(difference: np.ndarray, ring: HardMask) -> np.ndarray:
    """The ring's differences carried into the whole window, on a small copy: they are smooth."""
    height, width = ring.shape
    scale = min(1.0, 128 / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(difference.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    weight = cv2.resize(ring.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    sigma = max(size) / 6
    blurred, total = cv2.GaussianBlur(small, (0, 0), sigma), cv2.GaussianBlur(weight, (0, 0), sigma)
    field = blurred / np.maximum(total, 1e-3)[..., None]
    return np.asarray(cv2.resize(field, (width, height), interpolation=cv2.INTER_LINEAR))


def _resized(pixels: Rgb, extent: Extent) -> Rgb:
    if Extent.of(pixels) == extent:
        return np.ascontiguousarray(pixels)
    smaller = extent.area < pixels.shape[0] * pixels.shape[1]
    method = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(pixels, tuple(extent), interpolation=method), np.uint8)


@dataclass(frozen=True, slots=True)
class _Fit:
    """Everything that turns a box of the mask into a window."""

    picture: Extent
    size: ModelSize
    reach: int
    context: float

    def window(self, box: Window) -> tuple[Window, Extent]:
        """The window around a box, inside the picture, and the model's size for it."""
        width, height = self.wanted(box)
        width, height = max(width, height // 2), max(height, width // 2)
        width, height = min(width, self.picture.width), min(height, self.picture.height)
        scale = self.size.trained / math.sqrt(width * height)
        if NATIVE[0] <= scale <= NATIVE[1]:
            scale = 1.0
        (x1, x2, model_width) = self._side((box.x1, box.x2), width, self.picture.width, scale)
        (y1, y2, model_height) = self._side((box.y1, box.y2), height, self.picture.height, scale)
        return Window(x1, y1, x2, y2), Extent(model_width, model_height)

    def wanted(self, box: Window) -> tuple[int, int]:
        """Width and height of a box with its context, as if the picture had no end."""
        margin = self.reach + round(self.context * math.sqrt(box.area))
        least = round(LEAST_SHARE * self.size.trained)
        return max(box.width + 2 * margin, least), max(box.height + 2 * margin, least)

    def _side(self, span: tuple[int, int], wanted: int, limit: int, scale: float) -> tuple[int, int, int]:
        """Start, end and model size along one axis: the model's size is a multiple of its grid,
        the window as many pixels as that size stands for, as far as the picture goes."""
        multiple = self.size.multiple
        model = max(multiple, multiple * round(wanted * scale / multiple))
        length = min(limit, max(round(model / scale), span[1] - span[0] + 2 * self.reach))
        start = (span[0] + span[1] - length) // 2
        start = min(max(start, 0), limit - length)
        return start, start + length, model

    def scale(self, box: Window) -> float:
        window, extent = self.window(box)
        return math.sqrt(extent.area / window.area)

    def cost(self, box: Window) -> int:
        """Model pixels."""
        return self.window(box)[1].area


def _islands(mask: Mask) -> Iterator[Window]:
    """Boxes of the mask's connected parts, in its crop's pixels, found on a small copy; on a smaller
    one where there are too many, so that speckles become areas."""
    height, width = mask.crop.shape
    factor = max(1, math.ceil(max(height, width) / _COARSE_PX))
    whole = mask.crop.astype(np.uint8)
    while True:
        coarse = pool_max(whole, (math.ceil(height / factor), math.ceil(width / factor)))
        count, _, stats, _ = cv2.connectedComponentsWithStats(coarse.astype(np.uint8))
        if count - 1 <= _MOST_ISLANDS or max(coarse.shape) <= 2:
            break
        factor *= 2
    rows, columns = coarse.shape
    for left, top, wide, high, _area in stats[1:count].tolist():
        # the bins of pool_max, backwards: cell i begins at i * side // cells
        x1, x2 = left * width // columns, min(width, math.ceil((left + wide) * width / columns))
        y1, y2 = top * height // rows, min(height, math.ceil((top + high) * height / rows))
        yield Window(x1, y1, x2, y2)


def _box_of(mask: Mask, part: Window) -> Window:
    return part.shifted(mask.x, mask.y)


def _merged(boxes: list[Window], fit: _Fit) -> list[Window]:
    """Boxes joined while one window for two is no dearer and shows them about as large."""
    boxes = sorted(boxes)
    while len(boxes) > 1:
        pair = _best_pair(boxes, fit)
        if pair is None:
            break
        first, second = pair
        joined = _joined(boxes[first], boxes[second])
        boxes = sorted([*(b for i, b in enumerate(boxes) if i not in pair), joined])
    return boxes


def _best_pair(boxes: list[Window], fit: _Fit) -> tuple[int, int] | None:
    """The two boxes whose join is smallest among those worth joining; any where there are too many."""
    pairs = [(i, j) for i in range(len(boxes)) for j in range(i + 1, len(boxes))]
    crowded = len(boxes) > MOST_WINDOWS
    pairs.sort(key=lambda pair: _joined(boxes[pair[0]], boxes[pair[1]]).area)
    return next((p for p in pairs if crowded or _worth_joining(boxes[p[0]], boxes[p[1]], fit)), None)


def _worth_joining(a: Window, b: Window, fit: _Fit) -> bool:
    both = _joined(a, b)
    if both.width < a.width + b.width and both.height < a.height + b.height:
        return True  # they overlap: a pixel must not be edited in two windows
    keeps = min(1.0, fit.scale(a), fit.scale(b)) * _KEEPS_SCALE
    return fit.scale(both) >= keeps and fit.cost(both) <= fit.cost(a) + fit.cost(b)


def _joined(a: Window, b: Window) -> Window:
    return Window(min(a.x1, b.x1), min(a.y1, b.y1), max(a.x2, b.x2), max(a.y2, b.y2))


def _pieces(box: Window, fit: _Fit) -> list[Window]:
    """A long box cut across into equal pieces; any other as it is."""
    width, height = fit.wanted(box)
    long = min(max(width, height), fit.picture.longest)
    short = min(width, height, *fit.picture)
    pieces = math.ceil(long / (LONGEST_ASPECT * short))
    if pieces == 1 or long <= fit.size.trained:
        return [box]
    if box.width >= box.height:
        edges = [box.x1 + box.width * i // pieces for i in range(pieces + 1)]
        return [Window(a, box.y1, b, box.y2) for a, b in pairwise(edges)]
    edges = [box.y1 + box.height * i // pieces for i in range(pieces + 1)]
    return [Window(box.x1, a, box.x2, b) for a, b in pairwise(edges)]


def _thinned(pieces: list[Window]) -> list[Window]:
    """Never more than ``MOST_WINDOWS``: neighbours of an extremely long part are joined."""
    while len(pieces) > MOST_WINDOWS:
        pieces = [_joined(*pieces[i : i + 2]) if i + 1 < len(pieces) else pieces[i] for i in range(0, len(pieces), 2)]
    return pieces


def _view(fit: _Fit, box: Window, mask: Mask) -> View:
    window, extent = fit.window(box)
    return View(window, extent, box.mask(box.crop(mask), mask.extent))


def one_view(mask: Mask, size: ModelSize, *, reach: int = 0, context: float = CONTEXT) -> View:
    """One window that holds all of the mask, however large: a thing is not drawn in pieces.

    Args:
        mask: the pixels to change; not empty.
        size: what the model works at.
        reach: pixels beyond the mask that may change as well.
        context: margin, as for ``choose_views``.
    """
    fit = _Fit(mask.extent, size, reach=reach, context=context)
    window, extent = fit.window(Window(mask.x, mask.y, mask.x + mask.crop.shape[1], mask.y + mask.crop.shape[0]))
    return View(window, extent, mask)
