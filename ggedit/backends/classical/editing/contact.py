"""Shadows for things that are put somewhere: as dark as the one they had, soft, at their foot."""

from __future__ import annotations

import cv2
import numpy as np

from ....core.geometry import Extent
from ....core.masks import HardMask, Mask
from ....core.result import Patch
from ..oklab import to_linear
from ..windows import Plane, Rgb, Window, distance_to
from .cutouts import Piece, Placed

USUAL_DARKNESS = 0.4
"""For a thing whose old shadow is not known: a cloudy day's."""

_DARKEST = 0.65
_LEAST = 0.10
_INVISIBLE = 1.5 / 255
_SMOOTH_PX = 4.0
_RIM_PX = 1.5
_FOOT_DEPTH = 0.10
_STRIP = (0.01, 0.05)
_GROUND = (0.15, 0.40)


def measure_contact(pixels: Rgb, mask: Mask) -> float:
    """How much darker, [0, 0.65], the ground is right under a thing than farther off; 0 = no shadow."""
    size = max(mask.crop.shape)
    window = Window.around(mask, max(4, round(_GROUND[1] * size)))
    thing = window.crop(mask)
    rows = np.arange(window.height)[:, None]
    foot = mask.y + mask.crop.shape[0] - window.y1
    low = rows > foot - 0.15 * mask.crop.shape[0]
    away = distance_to(thing)
    near = low & (away > 1 + _STRIP[0] * size) & (away < 2 + _STRIP[1] * size)
    ground = low & (away > _GROUND[0] * size) & (away < _GROUND[1] * size)
    if near.sum() < 12 or ground.sum() < 12:
        return 0.0
    light = to_linear(window.of(pixels)).mean(axis=2) + 0.004
    darkness = 1 - float(np.median(light[near])) / float(np.median(light[ground]))
    return min(darkness, _DARKEST) if darkness > _LEAST else 0.0


def make_contact_shadow(placed: Placed, darkness: float, extent: Extent) -> Patch | None:
    """A soft shadow under the thing's foot as a black patch; None where it would not be seen."""
    body = placed.piece.body
    if darkness <= 0 or min(body.width, body.height) < 4:
        return None
    wide, tight = 0.06 * body.width, 0.02 * body.width
    margin = int(3 * wide) + 3
    depth = _foot_line(np.pad(placed.piece.alpha, margin))
    soft = _blurred(depth, wide, 0.55 * wide) * 0.75 + _blurred(depth, tight, 0.6 * tight) * 0.45
    # sRGB is about a square root of light: the same darkening there is a smaller share.
    share = 1 - np.sqrt(1 - min(darkness, _DARKEST))
    alpha = np.clip(soft, 0, 1) * np.float32(share)
    alpha[alpha < _INVISIBLE] = 0
    return Placed(_black(alpha), placed.x - margin, placed.y - margin).patch(extent)


def _foot_line(alpha: Plane) -> Plane:
    """Where the thing meets the ground: a band along its lower outline, strongest at the lowest points."""
    solid = alpha >= 0.5
    height = int(np.ptp(np.flatnonzero(solid.any(axis=1)))) + 1
    bottom = len(solid) - 1 - np.argmax(solid[::-1], axis=0)
    held = solid.any(axis=0)
    lowest = bottom[held].max()
    weight = np.where(held, np.exp(-(((lowest - bottom) / (_FOOT_DEPTH * height)) ** 2)), 0)
    thickness = max(1.0, 0.025 * height)
    rows = np.arange(len(solid))[:, None]
    band = np.clip(1 - np.abs(rows - bottom) / thickness, 0, 1)
    return np.asarray(band * weight, np.float32)


def _blurred(plane: Plane, sigma_x: float, sigma_y: float) -> Plane:
    """Spread to a given softness, its peak brought back to 1."""
    soft = np.asarray(cv2.GaussianBlur(plane, (0, 0), max(0.6, sigma_x), sigmaY=max(0.6, sigma_y)), np.float32)
    return soft / max(float(soft.max()), 1e-6)


def measure_cast(pixels: Rgb, clearing: Patch, shadow: Mask) -> Placed:
    """A cast shadow as a black piece: what the picture with it lacks against the place cleared of it.

    Args:
        pixels: uint8 (H, W, 3), the picture with the shadow.
        clearing: the patch that took it away.
        shadow: where it lay.
    """
    height, width = clearing.alpha.shape
    window = Window(clearing.x, clearing.y, clearing.x + width, clearing.y + height)
    inside = window.crop(shadow)
    before, after = window.of(pixels).mean(axis=2), clearing.pixels.mean(axis=2)
    soft = [_mean_inside(plane, inside) for plane in (before, after)]
    lack = 1 - soft[0] / np.maximum(soft[1], 1)
    alpha = np.where(inside, np.clip(lack, 0, _DARKEST), 0).astype(np.float32)
    alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), _RIM_PX), np.float32)
    alpha[alpha < _INVISIBLE] = 0
    return Placed(_black(alpha), window.x1, window.y1)


def _mean_inside(plane: np.ndarray, inside: HardMask) -> np.ndarray:
    """Local mean over the pixels inside only, so that neither thing nor sunlit ground is mixed in."""
    weight = inside.astype(np.float32)
    total = cv2.GaussianBlur(weight, (0, 0), _SMOOTH_PX)
    return np.asarray(cv2.GaussianBlur(plane.astype(np.float32) * weight, (0, 0), _SMOOTH_PX)) / np.maximum(total, 1e-4)


def _black(alpha: Plane) -> Piece:
    return Piece(np.zeros((*alpha.shape, 3), np.uint8), alpha)
