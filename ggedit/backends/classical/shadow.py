"""Shadows: finding the one that a thing casts, and making one where it is put."""

from __future__ import annotations

from ...core.masks import Mask
from .windows import Rgb


def find_cast_shadow(pixels: Rgb, mask: Mask, *, protect: Mask | None) -> Mask | None:
    return None
