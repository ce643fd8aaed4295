"""Things cut out of a picture with a soft edge, and where they are put."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ....core.errors import BadInput
from ....core.geometry import Box, Extent
from ....core.masks import Mask
from ....core.picture import Picture
from ....core.plan import FlipAxis
from ....core.result import Patch
from ....ports import Cutout
from ..windows import Plane, Rgb, Window
from .matting import band_for, compute_alpha, compute_foreground

_GONE, _SOLID = 0.04, 0.97
_SAME_SIZE = 0.01
_WIDEST_BAND = 0.06
_BORDER_TOUCH_PX = 2


@dataclass(frozen=True, eq=False)
class Piece:
    """A thing on its own.

    pixels: uint8 (h, w, 3), its colours, continued beyond its edge; alpha: float32 (h, w);
    body: the tight window of its solid pixels (alpha of a half and more) in this frame.
    """

    pixels: Rgb
    alpha: Plane

    @property
    def body(self) -> Window:
        solid = Mask.of(self.alpha >= 0.5)
        return Window.around(solid, 0)

    def mirrored(self, axis: FlipAxis) -> Piece:
        code = 1 if axis is FlipAxis.HORIZONTAL else 0
        return Piece(
            np.asarray(cv2.flip(self.pixels, code), np.uint8), np.asarray(cv2.flip(self.alpha, code), np.float32)
        )

    def scaled(self, factor: float) -> Piece:
        """At another size; sizes within 1 % stay as they are, so that no sharpness is lost for nothing."""
        if abs(factor - 1) <= _SAME_SIZE:
            return self
        height, width = self.alpha.shape
        size = (max(1, round(width * factor)), max(1, round(height * factor)))
        how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        alpha = cv2.resize(np.asarray(self.alpha, np.float32), size, interpolation=how)
        pixels = cv2.resize(self.pixels, size, interpolation=how)
        return Piece(np.asarray(pixels, np.uint8), np.clip(np.asarray(alpha, np.float32), 0, 1))


@dataclass(frozen=True, eq=False)
class Placed:
    """A piece whose frame's top left corner lies at (``x``, ``y``) of the picture; it may stick out."""

    piece: Piece
    x: int
    y: int

    def patch(self, extent: Extent) -> Patch | None:
        """The part inside the picture; None where nothing is."""
        height, width = self.piece.alpha.shape
        x1, y1 = max(0, self.x), max(0, self.y)
        x2, y2 = min(extent.width, self.x + width), min(extent.height, self.y + height)
        if x1 >= x2 or y1 >= y2:
            return None
        inner = np.s_[y1 - self.y : y2 - self.y, x1 - self.x : x2 - self.x]
        return Patch(x1, y1, self.piece.pixels[inner], np.asarray(self.piece.alpha[inner], np.float32))

    def mask(self, extent: Extent) -> Mask:
        """Its solid pixels; empty where it lies outside the picture."""
        patch = self.patch(extent)
        if patch is None:
            return Mask(extent, 0, 0, np.zeros((0, 0), np.bool_))
        height, width = patch.alpha.shape
        window = Window(patch.x, patch.y, patch.x + width, patch.y + height)
        return window.mask(patch.alpha >= 0.5, extent)


def cut_out(picture: Picture, mask: Mask) -> Placed:
    """The masked thing with a matted edge, where it stands."""
    band = min(band_for(picture.extent.longest), max(2, round(_WIDEST_BAND * max(mask.crop.shape))))
    window = Window.around(mask, 3 * band + 2)
    pixels = np.ascontiguousarray(window.of(picture.pixels))
    alpha = compute_alpha(pixels, window.crop(mask), band)
    alpha = np.asarray(np.clip((alpha - _GONE) / (_SOLID - _GONE), 0, 1), np.float32)
    if not (alpha >= 0.5).any():
        alpha = window.crop(mask).astype(np.float32)
    if picture.alpha is not None:
        alpha = np.asarray(alpha * (window.of(picture.alpha) / np.float32(255)), np.float32)
    return Placed(Piece(compute_foreground(pixels, alpha), alpha), window.x1, window.y1)


def take_source(source: Cutout) -> Piece:
    """The new thing's pixels: matted from its picture, or with the edge that it was kept with.

    Raises:
        BadInput: nothing of it can be seen.
    """
    if source.mask is not None:
        if not source.mask.area:
            raise BadInput(f"The mask of {source.name!r} is empty: choose another source.")
        return cut_out(source.picture, source.mask).piece
    alpha = source.picture.alpha
    if alpha is None:
        alpha = np.full(source.picture.extent.shape, 255, np.uint8)
    if not (alpha >= 128).any():
        raise BadInput(f"The cut-out {source.name!r} is see-through all over: choose another one.")
    return Piece(np.asarray(source.picture.pixels), alpha.astype(np.float32) / 255)


def place_in(piece: Piece, box: Box) -> Placed:
    """As large as the box allows with its own proportions, standing in the middle of the box's foot."""
    body = piece.body
    factor = min(box.width / body.width, box.height / body.height)
    return stand_at(piece.scaled(factor), (box.x1 + box.x2) / 2, box.y2)


def stand_at(piece: Piece, foot_x: float, foot_y: float) -> Placed:
    """With the middle of its foot at a point of the picture."""
    body = piece.body
    return Placed(piece, round(foot_x - (body.x1 + body.x2) / 2), round(foot_y - body.y2))


def is_cut_by_border(mask: Mask) -> bool:
    """Whether the picture's edge cuts the thing off, so that it would be seen once it moves."""
    touch = _BORDER_TOUCH_PX
    x2, y2 = mask.x + mask.crop.shape[1], mask.y + mask.crop.shape[0]
    return mask.x < touch or mask.y < touch or x2 > mask.extent.width - touch or y2 > mask.extent.height - touch
