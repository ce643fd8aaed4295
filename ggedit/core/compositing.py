"""Painting an editor's patches onto a picture so that nothing else changes."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from .geometry import Extent
from .masks import HardMask, Mask, grow
from .result import Patch


def grown(mask: Mask, pixels: int) -> Mask:
    """The mask dilated by a square of half-width ``pixels``; works on its crop only."""
    if not mask.area or pixels <= 0:
        return mask
    x1, y1 = max(mask.x - pixels, 0), max(mask.y - pixels, 0)
    x2 = min(mask.x + mask.crop.shape[1] + pixels, mask.extent.width)
    y2 = min(mask.y + mask.crop.shape[0] + pixels, mask.extent.height)
    window = np.zeros((y2 - y1, x2 - x1), np.bool_)
    top, left = mask.y - y1, mask.x - x1
    window[top : top + mask.crop.shape[0], left : left + mask.crop.shape[1]] = mask.crop
    return Mask(mask.extent, x1, y1, grow(window, pixels))


def composite(
    pixels: npt.NDArray[np.uint8], patches: Iterable[Patch], allowed: HardMask | None
) -> tuple[npt.NDArray[np.uint8], HardMask]:
    """The patches painted on in order, only where ``allowed`` (None = everywhere).

    Args:
        pixels: uint8 (H, W, 3), left as it is.
        patches: windows of new pixels with soft alpha.
        allowed: bool (H, W).

    Returns:
        new pixels, and bool (H, W) of the pixels that really differ. Where alpha is 0 or
        ``allowed`` is False the old value is kept bit for bit.
    """
    result = pixels.copy()
    for patch in patches:
        window = _window(patch, Extent.of(pixels))
        if window is None:
            continue
        rows, columns, inner = window
        alpha = patch.alpha[inner]
        if allowed is not None:
            alpha = np.where(allowed[rows, columns], alpha, np.float32(0))
        result[rows, columns] = _blend(result[rows, columns], patch.pixels[inner], alpha)
    return result, (result != pixels).any(axis=2)


def _window(patch: Patch, extent: Extent) -> tuple[slice, slice, tuple[slice, slice]] | None:
    """The patch's rows and columns inside the picture, and the same part of the patch."""
    height, width = patch.alpha.shape
    x1, y1 = max(patch.x, 0), max(patch.y, 0)
    x2, y2 = min(patch.x + width, extent.width), min(patch.y + height, extent.height)
    if x2 <= x1 or y2 <= y1:
        return None
    inner = slice(y1 - patch.y, y2 - patch.y), slice(x1 - patch.x, x2 - patch.x)
    return slice(y1, y2), slice(x1, x2), inner


_STRIPE_ROWS = 512
"""Rows blended at a time: bounds the float copies of a 24 MP picture to some 40 MB."""


def _blend(old: npt.NDArray[np.uint8], new: npt.NDArray[np.uint8], alpha: npt.NDArray[np.float32]) -> np.ndarray:
    out = old.copy()
    for top in range(0, old.shape[0], _STRIPE_ROWS):
        part = slice(top, top + _STRIPE_ROWS)
        weight = alpha[part, :, None]
        mixed = old[part] + (new[part].astype(np.float32) - old[part]) * weight
        out[part] = np.where(weight > 0, np.rint(np.clip(mixed, 0, 255)).astype(np.uint8), old[part])
    return out
