"""Light and colour of pixels: brightness, contrast, saturation, warmth, blur, sharpness, grey, sepia.

Curves act on OKLab lightness, so hue does not drift. Blurs are those of a lens: a disc, in
linear light (Potmesil and Chakravarty, SIGGRAPH 1981), at a reduced size where it is wide.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from ....core.masks import HardMask
from ..oklab import Lab, by_bands, from_linear, from_oklab, to_linear, to_oklab
from ..windows import Plane, Rgb
from .look_words import Tone, ToneChange

_BLUR_SHARE = 0.014
_SHARPEN_SHARE = 0.0016
_LEAST_BLUR_PX = 1.2
_WIDEST_DISC_PX = 10
_SEPIA_AB = (0.012, 0.048)
_HIGHLIGHT_GAIN = 1.5


def change_tone(pixels: Rgb, change: ToneChange, *, scene_px: int, thing: HardMask | None = None) -> Rgb:
    """All pixels with one tone changed.

    Args:
        pixels: uint8 (h, w, 3).
        change: what, and how much.
        scene_px: longer side of the scene; blur and sharpness are shares of it.
        thing: bool (h, w): pixels a blur may mix; None = all of them.
    """
    if change.tone is Tone.BLUR:
        return lens_blur(pixels, max(_LEAST_BLUR_PX, _BLUR_SHARE * scene_px) * abs(change.amount), mixed=thing)
    if change.tone is Tone.SHARPNESS:
        return _sharpened(pixels, change.amount, _SHARPEN_SHARE * scene_px)
    if change.tone is Tone.INVERT:
        return np.asarray(255 - pixels, np.uint8)
    pivot = _pivot(pixels, thing)
    curve = _CURVES[change.tone]
    return by_bands(pixels, lambda band, _: from_oklab(curve(to_oklab(band), change.amount, pivot)))


def _pivot(pixels: Rgb, thing: HardMask | None) -> float:
    """Typical lightness: the middle about which contrast turns."""
    inside = pixels.reshape(-1, 3) if thing is None or not thing.any() else pixels[thing]
    sample = inside[:: max(1, len(inside) // 100_000)]
    return float(np.median(to_oklab(sample[None])[..., 0]))


def _brightness(lab: Lab, amount: float, pivot: float) -> Lab:
    """L to a power, and chroma with it, as more or less light would do. ``pivot`` is not needed."""
    del pivot
    lightness = lab[..., 0]
    lifted = lightness ** np.float32(2.0 ** (-0.55 * amount))
    gain = np.sqrt(lifted / np.maximum(lightness, 1e-3))
    new = lab * np.clip(gain, 0.4, 1.8)[..., None]
    new[..., 0] = lifted
    return new


def _contrast(lab: Lab, amount: float, pivot: float) -> Lab:
    """Lightness bent about the pivot by powers on both sides: black and white stay in place."""
    power = np.float32(2.0 ** (0.6 * amount))
    pivot = min(max(pivot, 0.15), 0.85)
    lightness = np.clip(lab[..., 0], 0, 1)
    below = pivot * (lightness / pivot) ** power
    above = 1 - (1 - pivot) * ((1 - lightness) / (1 - pivot)) ** power
    new = lab.copy()
    new[..., 0] = np.where(lightness < pivot, below, above)
    return new


def _saturation(lab: Lab, amount: float, pivot: float) -> Lab:
    del pivot
    new = lab.copy()
    new[..., 1:] *= np.float32(2.0 ** (0.75 * amount) if amount > 0 else max(0.0, 1 + 0.6 * amount))
    return new


def _warmth(lab: Lab, amount: float, pivot: float) -> Lab:
    """Along the axis of daylight, strongest in the middle tones."""
    del pivot
    lightness = np.clip(lab[..., 0], 0, 1)
    middle = 4 * lightness * (1 - lightness)
    new = lab.copy()
    new[..., 1] += np.float32(0.008 * amount) * middle
    new[..., 2] += np.float32(0.035 * amount) * middle
    return new


def _grey(lab: Lab, amount: float, pivot: float) -> Lab:
    del pivot
    new = lab.copy()
    new[..., 1:] *= np.float32(max(0.0, 1 - amount))
    return new


def _sepia(lab: Lab, amount: float, pivot: float) -> Lab:
    """One brown hue, fading towards black and white."""
    del pivot
    middle = 4 * np.clip(lab[..., 0], 0, 1) * (1 - np.clip(lab[..., 0], 0, 1))
    share = np.float32(min(1.0, amount))
    new = lab.copy()
    for channel, tint in enumerate(_SEPIA_AB, start=1):
        new[..., channel] += share * (np.float32(tint) * middle - lab[..., channel])
    return new


_CURVES: dict[Tone, Callable[[Lab, float, float], Lab]] = {
    Tone.BRIGHTNESS: _brightness,
    Tone.CONTRAST: _contrast,
    Tone.SATURATION: _saturation,
    Tone.WARMTH: _warmth,
    Tone.GREY: _grey,
    Tone.SEPIA: _sepia,
}


def _sharpened(pixels: Rgb, amount: float, radius_px: float) -> Rgb:
    """Unsharp masking of lightness; a negative amount softens."""
    sigma = max(0.8, radius_px)

    def band(part: Rgb, rows: slice) -> Rgb:
        margin = int(4 * sigma) + 1
        top = max(0, rows.start - margin)
        wide = to_oklab(pixels[top : min(len(pixels), rows.stop + margin)])
        detail = wide[..., 0] - np.asarray(cv2.GaussianBlur(wide[..., 0], (0, 0), sigma))
        inner = slice(rows.start - top, rows.start - top + len(part))
        lab = wide[inner].copy()
        lab[..., 0] += np.clip(detail[inner] * np.float32(amount), -0.12, 0.12)
        return from_oklab(lab)

    return by_bands(pixels, band)


def lens_blur(pixels: Rgb, radius_px: float, *, mixed: HardMask | None = None) -> Rgb:
    """Pixels as a lens shows what is out of focus.

    Args:
        pixels: uint8 (h, w, 3).
        radius_px: radius of the disc that a point becomes.
        mixed: bool (h, w): only these pixels are spread, so that nothing bleeds in from
            others; None = all.
    """
    scale = min(1.0, _WIDEST_DISC_PX / max(radius_px, 1e-6))
    size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    weight = np.ones(small.shape[:2], np.float32)
    if mixed is not None and mixed.any():
        weight = np.asarray(cv2.resize(mixed.astype(np.float32), size, interpolation=cv2.INTER_AREA), np.float32)
        # Pixels that are only half of the thing carry a stranger's colour.
        weight = np.maximum(weight * 2 - 1, 0)
    blurred = from_linear(_spread(to_linear(small), weight, radius_px * scale))
    return np.asarray(cv2.resize(blurred, pixels.shape[1::-1], interpolation=cv2.INTER_CUBIC), np.uint8)


def _spread(light: np.ndarray, weight: Plane, radius_px: float) -> np.ndarray:
    """Weighted mean over a soft-edged disc; bright points count more, as in a real photo's bokeh."""
    disc = _disc(radius_px)
    gain = weight * (1 + np.float32(_HIGHLIGHT_GAIN) * light.max(axis=2) ** 4)
    gain = gain + np.float32(1e-6)
    total = cv2.filter2D(gain, -1, disc, borderType=cv2.BORDER_REFLECT)
    mean = cv2.filter2D(light * gain[..., None], -1, disc, borderType=cv2.BORDER_REFLECT)
    return mean / np.maximum(total, 1e-9)[..., None]


def _disc(radius_px: float) -> Plane:
    half = int(np.ceil(radius_px)) + 1
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    disc = np.clip(radius_px + 0.5 - np.hypot(y, x), 0, 1).astype(np.float32)
    return np.asarray(disc / disc.sum(), np.float32)
