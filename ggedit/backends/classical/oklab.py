"""OKLab colours: where equal steps look equal and hue stays put when chroma changes.

Björn Ottosson, "A perceptual color space for image processing", 2020: matrices M1 (linear
sRGB to cone response) and M2. Transfer curve: IEC 61966-2-1.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

from .windows import Rgb

Lab = npt.NDArray[np.floating]
"""float32 (h, w, 3): lightness in [0, 1], then a (green to red) and b (blue to yellow), about +-0.3."""

_M1 = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_M2 = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_BAND_PX = 1 << 20
_GAMUT_STEPS = 7
_CURVE_STEPS = 4096


def _decode(values: np.ndarray) -> np.ndarray:
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _encode(values: np.ndarray) -> np.ndarray:
    return np.where(values <= 0.0031308, values * 12.92, 1.055 * np.maximum(values, 0) ** (1 / 2.4) - 0.055)


_LINEAR_OF_BYTE = _decode(np.arange(256) / 255).astype(np.float32)
_BYTE_OF_LINEAR = np.round(_encode(np.linspace(0, 1, _CURVE_STEPS) ** 2) * 255).astype(np.uint8)


def to_linear(pixels: Rgb) -> npt.NDArray[np.float32]:
    """Light, float32 in [0, 1], of sRGB bytes."""
    return _LINEAR_OF_BYTE[pixels]


def from_linear(light: npt.NDArray[np.floating]) -> Rgb:
    """sRGB bytes of light in [0, 1]; the table is spaced by square roots, dense in the shadows."""
    steps = np.sqrt(np.clip(light, 0, 1)) * np.float32(_CURVE_STEPS - 1)
    return _BYTE_OF_LINEAR[np.round(steps).astype(np.int32)]


def to_oklab(pixels: Rgb) -> Lab:
    """OKLab of sRGB bytes (h, w, 3)."""
    cones = np.cbrt(cv2.transform(to_linear(pixels), _M1))
    return np.asarray(cv2.transform(cones, _M2), np.float32)


def from_oklab(lab: Lab) -> Rgb:
    """sRGB bytes of OKLab; what no screen can show loses chroma, never hue or lightness."""
    light = _light_of(lab)
    outside = (light.min(axis=2) < -1e-3) | (light.max(axis=2) > 1 + 1e-3)
    if outside.any():
        light[outside] = _into_gamut(lab[outside][None])[0]
    return from_linear(light)


def _light_of(lab: Lab) -> npt.NDArray[np.float32]:
    cones = cv2.transform(lab, np.linalg.inv(_M2))
    return np.asarray(cv2.transform(cones * cones * cones, np.linalg.inv(_M1)), np.float32)


def _into_gamut(lab: Lab) -> npt.NDArray[np.float32]:
    """Light of the most colourful displayable colour of the same lightness and hue, by bisection."""
    low = np.zeros(lab.shape[:2], np.float32)
    high = np.ones(lab.shape[:2], np.float32)
    for _ in range(_GAMUT_STEPS):
        middle = (low + high) / 2
        light = _light_of(_with_chroma_scaled(lab, middle))
        fits = (light.min(axis=2) >= -1e-3) & (light.max(axis=2) <= 1 + 1e-3)
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    return _light_of(_with_chroma_scaled(lab, low))


def _with_chroma_scaled(lab: Lab, factor: npt.NDArray[np.floating]) -> Lab:
    scaled = lab.copy()
    scaled[..., 1:] *= factor[..., None]
    return scaled


def by_bands(pixels: Rgb, change: Callable[[Rgb, slice], Rgb]) -> Rgb:
    """A pixel-wise change of a large picture, band of rows by band of rows, to bound memory.

    Args:
        pixels: uint8 (h, w, 3).
        change: takes a band and its rows, returns the band's new pixels.
    """
    rows = max(1, _BAND_PX // max(1, pixels.shape[1]))
    result = np.empty_like(pixels)
    for top in range(0, len(pixels), rows):
        band = slice(top, min(top + rows, len(pixels)))
        result[band] = change(pixels[band], band)
    return result
