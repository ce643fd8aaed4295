"""Masks as the browser sends them, and simple changes of a mask's shape."""

from __future__ import annotations

import base64
import binascii
import io

import numpy as np
from PIL import Image
from scipy import ndimage

from ..core.errors import BadInput
from ..core.geometry import Box, Extent
from ..core.masks import HardMask, Mask, grow
from .files import DISPLAY_SIDE

_SLACK_PX = 4
"""Rounding of a stroke's box to display pixels."""
_STEP = 0.006
"""Grow and shrink go by this share of the long side, at least one pixel."""


def stroke_mask(png: str, box: Box, extent: Extent) -> Mask:
    """A brush stroke: the alpha of a PNG data URL, stretched over ``box`` of the picture.

    Raises:
        BadInput: not such a PNG, larger than a display copy, or nothing painted.
    """
    image = _open(png)
    if max(image.size) > DISPLAY_SIDE + _SLACK_PX:
        raise BadInput("The stroke is larger than the picture: reload the page and try again.")
    x1, y1, x2, y2 = box.clipped(extent).pixels(extent)
    alpha = image.convert("RGBA").getchannel("A").resize((x2 - x1, y2 - y1), Image.Resampling.BILINEAR)
    painted = np.asarray(alpha) > 127
    if not painted.any():
        raise BadInput("The stroke did not touch the picture: paint over the thing.")
    return Mask(extent, x1, y1, painted)


def imported_mask(png: str, extent: Extent) -> Mask:
    """A mask from a PNG file: its alpha where it has one that varies, else white = may change.

    Raises:
        BadInput: not a PNG, or of another size than the picture.
    """
    image = _open(png)
    if image.size != tuple(extent):
        raise BadInput(
            f"The mask is {image.width} x {image.height} pixels, the picture {extent.width} x {extent.height}: "
            "give one of the picture's size."
        )
    alpha = np.asarray(image.convert("RGBA").getchannel("A"))
    values = alpha if alpha.min() != alpha.max() else np.asarray(image.convert("L"))
    return Mask.of(values > 127)


def strokes_of(mask: Mask, how: str) -> list[tuple[Mask, bool]]:
    """A change of shape ("grow", "shrink", "fill", "invert") as brush strokes: what is painted
    (True) and what is erased (False). As strokes they survive a later outline of the thing.

    Raises:
        BadInput: nothing would change, or nothing would be left.
    """
    old = mask.full()
    new = _SHAPES[how](old.copy(), mask)
    if not new.any():
        raise BadInput("Nothing would be left of the mask: paint some of it first.")
    strokes = [(Mask.of(new & ~old), True), (Mask.of(old & ~new), False)]
    found = [(stroke, include) for stroke, include in strokes if stroke.area]
    if not found:
        raise BadInput("That changes nothing: the mask has no holes." if how == "fill" else "That changes nothing.")
    return found


def _grown(full: HardMask, mask: Mask) -> HardMask:
    return grow(full, _step(mask))


def _shrunk(full: HardMask, mask: Mask) -> HardMask:
    return ~grow(~full, _step(mask))


def _filled(full: HardMask, mask: Mask) -> HardMask:
    full[mask.rows, mask.columns] = ndimage.binary_fill_holes(mask.crop)
    return full


def _inverted(full: HardMask, mask: Mask) -> HardMask:
    full[mask.rows, mask.columns] = ~mask.crop
    return full


_SHAPES = {"grow": _grown, "shrink": _shrunk, "fill": _filled, "invert": _inverted}


def _step(mask: Mask) -> int:
    return max(1, round(mask.extent.longest * _STEP))


def _open(png: str) -> Image.Image:
    try:
        content = base64.b64decode(png.partition(",")[2], validate=True)
        image = Image.open(io.BytesIO(content), formats=["PNG"])
        if image.width * image.height > 120_000_000:
            raise BadInput("The mask is larger than any picture that can be opened here.")
        image.load()
    except (binascii.Error, OSError, SyntaxError, ValueError):
        raise BadInput("The mask is not a PNG that can be read: save it again.") from None
    return image
