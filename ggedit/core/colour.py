"""Colour words and pixels: what "red" means, and what colour a region has.

All judgements are made in OKLCh, the cylindrical form of OKLab (Bjorn Ottosson, "A perceptual
color space for image processing", 2020): lightness L in [0, 1], chroma C from 0 (grey) to
about 0.32, hue h in degrees [0, 360).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .freeze import Frozen

FloatMap = npt.NDArray[np.float32]

# OKLab matrices from the paper named above: linear sRGB -> cone response -> Lab.
_TO_CONE = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    np.float32,
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    np.float32,
)
_FROM_LAB = np.linalg.inv(_TO_LAB.astype(np.float64)).astype(np.float32)
_FROM_CONE = np.linalg.inv(_TO_CONE.astype(np.float64)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class ColourName(Frozen):
    """The soft region of OKLCh that a colour word covers.

    ``light`` and ``chroma``: trapezoid corners (0 below the first, 1 between the second and
    the third, 0 above the fourth). ``hue``: centre in degrees, half-width that counts fully
    and half-width where nothing is left; None for the greys. ``srgb``: a typical sample.
    """

    name: str
    light: tuple[float, float, float, float]
    chroma: tuple[float, float, float, float]
    hue: tuple[float, float, float] | None
    srgb: tuple[int, int, int]


# Regions follow the eleven basic colour terms of Berlin and Kay (1969) and a few everyday ones,
# placed by the OKLCh values of the CSS colours of the same name and widened for photographs,
# where surfaces are darker and less saturated than the pure colour.
_TABLE = (
    ColourName("black", (-1.0, 0.0, 0.27, 0.42), (-1.0, 0.0, 0.035, 0.075), None, (20, 20, 20)),
    ColourName("white", (0.74, 0.87, 1.0, 2.0), (-1.0, 0.0, 0.03, 0.06), None, (245, 245, 245)),
    ColourName("grey", (0.28, 0.42, 0.76, 0.9), (-1.0, 0.0, 0.025, 0.05), None, (128, 128, 128)),
    ColourName("red", (0.15, 0.28, 0.66, 0.76), (0.07, 0.115, 1.0, 2.0), (25.0, 14.0, 27.0), (200, 25, 30)),
    ColourName("orange", (0.45, 0.58, 0.85, 0.93), (0.075, 0.115, 1.0, 2.0), (62.0, 16.0, 27.0), (255, 140, 0)),
    ColourName("yellow", (0.58, 0.72, 1.0, 2.0), (0.06, 0.1, 1.0, 2.0), (100.0, 15.0, 27.0), (250, 220, 40)),
    ColourName("green", (0.15, 0.26, 0.92, 1.0), (0.03, 0.055, 1.0, 2.0), (140.0, 24.0, 40.0), (40, 140, 50)),
    ColourName("cyan", (0.35, 0.5, 0.96, 1.1), (0.035, 0.06, 1.0, 2.0), (195.0, 20.0, 35.0), (0, 190, 200)),
    ColourName("blue", (0.13, 0.24, 0.86, 0.95), (0.03, 0.055, 1.0, 2.0), (253.0, 32.0, 47.0), (40, 80, 200)),
    ColourName("purple", (0.14, 0.25, 0.72, 0.88), (0.03, 0.06, 1.0, 2.0), (313.0, 22.0, 38.0), (125, 50, 160)),
    ColourName("pink", (0.63, 0.7, 1.0, 2.0), (0.03, 0.055, 1.0, 2.0), (356.0, 22.0, 38.0), (250, 150, 185)),
    ColourName("brown", (0.17, 0.26, 0.54, 0.66), (0.022, 0.04, 0.12, 0.16), (58.0, 24.0, 40.0), (125, 75, 40)),
    ColourName("beige", (0.66, 0.75, 0.93, 1.0), (0.015, 0.03, 0.075, 0.105), (78.0, 24.0, 40.0), (220, 200, 165)),
)
_BY_NAME = {colour.name: colour for colour in _TABLE}
BASIC = tuple(_BY_NAME)
"""Names that ``dominant_colours`` can give."""

# Other words -> (basic name, smallest lightness, largest lightness).
_OTHER = {
    "gray": ("grey", 0.0, 1.0),
    "silver": ("grey", 0.5, 1.0),
    "charcoal": ("grey", 0.0, 0.5),
    "ebony": ("black", 0.0, 1.0),
    "ivory": ("white", 0.0, 1.0),
    "crimson": ("red", 0.0, 1.0),
    "scarlet": ("red", 0.0, 1.0),
    "maroon": ("red", 0.0, 0.5),
    "burgundy": ("red", 0.0, 0.5),
    "gold": ("yellow", 0.0, 1.0),
    "golden": ("yellow", 0.0, 1.0),
    "olive": ("green", 0.0, 0.65),
    "lime": ("green", 0.6, 1.0),
    "emerald": ("green", 0.0, 1.0),
    "teal": ("cyan", 0.0, 0.7),
    "turquoise": ("cyan", 0.0, 1.0),
    "aqua": ("cyan", 0.0, 1.0),
    "navy": ("blue", 0.0, 0.45),
    "azure": ("blue", 0.0, 1.0),
    "indigo": ("blue", 0.0, 0.5),
    "violet": ("purple", 0.0, 1.0),
    "lilac": ("purple", 0.55, 1.0),
    "lavender": ("purple", 0.55, 1.0),
    "magenta": ("pink", 0.0, 1.0),
    "fuchsia": ("pink", 0.0, 1.0),
    "rose": ("pink", 0.0, 1.0),
    "peach": ("orange", 0.6, 1.0),
    "amber": ("orange", 0.0, 1.0),
    "ginger": ("orange", 0.0, 1.0),
    "bronze": ("brown", 0.0, 1.0),
    "chocolate": ("brown", 0.0, 0.5),
    "chestnut": ("brown", 0.0, 0.6),
    "tan": ("beige", 0.0, 1.0),
    "cream": ("beige", 0.0, 1.0),
    "sandy": ("beige", 0.0, 1.0),
    "khaki": ("beige", 0.0, 1.0),
    "blond": ("beige", 0.0, 1.0),
    "blonde": ("beige", 0.0, 1.0),
}
# Words in front of a colour -> the lightness they leave.
_SHADES = {"dark": (0.0, 0.5), "deep": (0.0, 0.55), "light": (0.6, 1.0), "pale": (0.65, 1.0), "bright": (0.45, 1.0)}
WORDS = frozenset({*_BY_NAME, *_OTHER})
"""All single words that are understood as a colour."""


@dataclass(frozen=True, slots=True)
class Colour(Frozen):
    """A colour as spoken of: a basic name and the lightness range that the words leave."""

    name: str
    lightest: float = 1.0
    darkest: float = 0.0

    @property
    def srgb(self) -> tuple[int, int, int]:
        """A typical sample of the basic colour."""
        return _BY_NAME[self.name].srgb


def read_colour(words: str) -> Colour | None:
    """The last colour named in ``words`` ("the dark blue cup", "navy"), or None."""
    tokens = words.lower().replace("-", " ").split()
    for at in range(len(tokens) - 1, -1, -1):
        token = tokens[at].strip(".,;:!?'\"").removesuffix("ish").replace("redd", "red")
        if token in WORDS:
            name, low, high = _OTHER.get(token, (token, 0.0, 1.0))
            shade = _SHADES.get(tokens[at - 1], (0.0, 1.0)) if at else (0.0, 1.0)
            return Colour(name, lightest=min(high, shade[1]), darkest=max(low, shade[0]))
    return None


def to_oklab(rgb: npt.ArrayLike) -> FloatMap:
    """uint8 sRGB ``(..., 3)`` as float32 OKLab ``(..., 3)``: L in [0, 1], a and b about +-0.3."""
    linear = _LINEAR[np.asarray(rgb, np.uint8)]
    return (np.cbrt(linear @ _TO_CONE.T) @ _TO_LAB.T).astype(np.float32)


def from_oklab(lab: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    """float OKLab ``(..., 3)`` as uint8 sRGB; what lies outside the gamut is clipped."""
    cone = (np.asarray(lab, np.float32) @ _FROM_LAB.T) ** 3
    linear = np.clip(cone @ _FROM_CONE.T, 0.0, 1.0)
    # IEC 61966-2-1, the sRGB transfer curve.
    curved = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(curved * 255).astype(np.uint8)


def to_oklch(rgb: npt.ArrayLike) -> FloatMap:
    """uint8 sRGB ``(..., 3)`` as float32 OKLCh ``(..., 3)``, hue in degrees [0, 360)."""
    return lch_of_lab(to_oklab(rgb))


def lch_of_lab(lab: FloatMap) -> FloatMap:
    """OKLab ``(..., 3)`` in its cylindrical form."""
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1])) % 360
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    return np.stack([lab[..., 0], chroma, hue], axis=-1).astype(np.float32)


def membership(lch: FloatMap, colour: Colour | str) -> FloatMap:
    """How far each pixel counts as the colour: float32 ``lch.shape[:-1]`` in [0, 1].

    Args:
        lch: float32 OKLCh ``(..., 3)``.
        colour: as read, or a basic name.
    """
    asked = Colour(colour) if isinstance(colour, str) else colour
    return _region(lch, _BY_NAME[asked.name]) * _shade(lch[..., 0], asked)


def dominant_colours(lch: FloatMap, weight: FloatMap | None = None) -> tuple[tuple[str, float], ...]:
    """The basic colours of a region with their shares in [0, 1], largest first.

    Args:
        lch: float32 OKLCh ``(..., 3)``.
        weight: float32 ``lch.shape[:-1]``, how much each pixel belongs to the region.
    """
    flat = lch.reshape(-1, 3)
    amount = np.ones(len(flat), np.float32) if weight is None else np.asarray(weight, np.float32).reshape(-1)
    fits = np.stack([_region(flat, colour) for colour in _TABLE])
    fits /= np.maximum(fits.sum(axis=0), 1.0)
    shares = fits @ amount / max(float(amount.sum()), 1e-9)
    order = sorted(range(len(_TABLE)), key=lambda i: (-shares[i], i))
    return tuple((_TABLE[i].name, float(shares[i])) for i in order if shares[i] > 0)


def colour_share(lch: FloatMap, colour: Colour | str, weight: FloatMap | None = None) -> float:
    """The share of a region, [0, 1], that counts as the colour (arguments as above)."""
    fits = membership(lch, colour)
    if weight is None:
        return float(fits.mean()) if fits.size else 0.0
    return float((fits * weight).sum() / max(float(weight.sum()), 1e-9))


def _linear_table() -> FloatMap:
    """The inverse of the sRGB transfer curve (IEC 61966-2-1) for the 256 byte values."""
    value = np.arange(256) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


_LINEAR = _linear_table()


def _trapezoid(values: FloatMap, corners: Sequence[float]) -> FloatMap:
    low, full_from, full_to, high = corners
    rising = (values - low) / max(full_from - low, 1e-6)
    falling = (high - values) / max(high - full_to, 1e-6)
    return np.clip(np.minimum(rising, falling), 0.0, 1.0).astype(np.float32)


def _region(lch: FloatMap, colour: ColourName) -> FloatMap:
    fits = _trapezoid(lch[..., 0], colour.light) * _trapezoid(lch[..., 1], colour.chroma)
    if colour.hue is None:
        return fits
    centre, full, none = colour.hue
    distance = np.abs((lch[..., 2] - centre + 180) % 360 - 180)
    return (fits * np.clip((none - distance) / (none - full), 0.0, 1.0)).astype(np.float32)


def _shade(light: FloatMap, colour: Colour) -> FloatMap:
    """1 inside the lightness range, falling to 0 within 0.15 outside it."""
    soft = 0.15
    return _trapezoid(light, (colour.darkest - soft, colour.darkest, colour.lightest, colour.lightest + soft))
