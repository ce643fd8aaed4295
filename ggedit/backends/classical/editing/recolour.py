"""Giving a thing another colour while its shading, highlights and other colours stay.

Works in OKLCh, the polar form of OKLab. Hue is set only where it lies near the thing's
dominant hue, so a car keeps its tyres and windows; chroma keeps its ratio to the thing's
typical chroma; lightness follows a power curve, which leaves black and white in place.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ....core.masks import HardMask
from ..oklab import Lab, by_bands, from_oklab, to_oklab
from ..windows import Plane, Rgb
from .look_words import Recolour

_HUE_BINS = 72
_COLOURED_CHROMA = 0.055
_COLOURED_SHARE = 0.08
_DOMINANT_SHARE = 0.55
_NEUTRAL_TARGET = 0.03
_SAMPLE_PX = 200_000
_PARTS_LONGEST_PX = 512
_SPECK_PX = 12
_PATCH_SHARE = 0.25
_OFF_HUE = 0.5
_GAMMA = (0.26, 2.6)


@dataclass(frozen=True)
class Palette:
    """What a thing looks like now.

    hue: radians, its dominant hue; None where it has none (white, grey, many colours).
    width: radians around ``hue`` within which its pixels lie.
    chroma, lightness: medians of the pixels that carry the hue (of all where it is None).
    """

    hue: float | None
    width: float
    chroma: float
    lightness: float


def recolour(pixels: Rgb, mask: HardMask, look: Recolour) -> Rgb:
    """All pixels in the new colour as if they belonged to the thing; blend them with its soft mask.

    Args:
        pixels: uint8 (h, w, 3).
        mask: bool (h, w), the thing; at least one pixel.
        look: the new colour.
    """
    palette = compute_palette(pixels, mask)
    target = to_oklab(np.array([[look.rgb]], np.uint8))[0, 0]
    parts = _own_parts(pixels, mask, palette)

    def band(part: Rgb, rows: slice) -> Rgb:
        return from_oklab(_recoloured(to_oklab(part), palette, target, parts=parts[rows]))

    return by_bands(pixels, band)


def compute_palette(pixels: Rgb, mask: HardMask) -> Palette:
    """The thing's dominant hue and typical chroma and lightness, from a sample of its pixels."""
    inside = pixels[mask]
    sample = to_oklab(inside[:: max(1, len(inside) // _SAMPLE_PX)][None])[0]
    lightness, chroma = sample[:, 0], np.hypot(sample[:, 1], sample[:, 2])
    hue = np.arctan2(sample[:, 2], sample[:, 1])
    dominant, width = _dominant_hue(hue, chroma)
    if dominant is None:
        return Palette(None, np.pi, float(np.median(chroma)), float(np.median(lightness)))
    own = (np.abs(_angle(hue - dominant)) < width) & (chroma > _COLOURED_CHROMA * 0.7)
    return Palette(dominant, width, float(np.median(chroma[own])), float(np.median(lightness[own])))


def _dominant_hue(hue: npt.NDArray[np.float32], chroma: npt.NDArray[np.float32]) -> tuple[float | None, float]:
    """The peak of the chroma-weighted hue histogram and how far it spreads; None without one."""
    if np.mean(chroma > _COLOURED_CHROMA) < _COLOURED_SHARE:
        return None, np.pi
    weight = np.where(chroma > _COLOURED_CHROMA, chroma, 0)
    histogram, edges = np.histogram(hue, _HUE_BINS, (-np.pi, np.pi), weights=weight)
    smooth = np.convolve(np.tile(histogram, 3), np.hanning(5) / 2, "same")[_HUE_BINS : 2 * _HUE_BINS]
    peak = float((edges[:-1] + edges[1:])[np.argmax(smooth)] / 2)
    near = np.abs(_angle(hue - peak))
    if weight[near < np.deg2rad(45)].sum() < _DOMINANT_SHARE * weight.sum():
        return None, np.pi
    return peak, _spread(smooth / smooth.max(), int(np.argmax(smooth)))


def _spread(profile: npt.NDArray[np.float64], peak: int) -> float:
    """Half-width in radians at which the histogram falls below a ninth of its peak, 14 to 60 degrees."""
    rolled = np.roll(profile, len(profile) // 2 - peak)
    low = np.flatnonzero(rolled < 1 / 9)
    distance = np.abs(low - len(profile) // 2).min(initial=len(profile) // 2)
    return float(np.clip(distance * 2 * np.pi / len(profile), np.deg2rad(14), np.deg2rad(60)))


def _own_parts(pixels: Rgb, mask: HardMask, palette: Palette) -> Plane:
    """1, and 0 over patches of a neighbouring hue: the brown rim of the coffee in a red cup.

    Such a patch stands alone, is small, and its hue lies off the thing's in one direction.
    """
    parts = np.ones(mask.shape, np.float32)
    if palette.hue is None:
        return parts
    scale = min(1.0, _PARTS_LONGEST_PX / max(mask.shape))
    size = (max(1, round(mask.shape[1] * scale)), max(1, round(mask.shape[0] * scale)))
    lab = to_oklab(np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8))
    inside = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    away = _angle(np.arctan2(lab[..., 2], lab[..., 1]) - palette.hue)
    coloured = (np.abs(away) < 1.5 * palette.width) & (np.hypot(lab[..., 1], lab[..., 2]) > _COLOURED_CHROMA * 0.7)
    foreign = _foreign(np.asarray(coloured & inside), away, palette.width)
    foreign = cv2.dilate(foreign.astype(np.uint8), np.ones((5, 5), np.uint8))
    if foreign.any():
        full = cv2.resize(foreign.astype(np.float32), mask.shape[::-1], interpolation=cv2.INTER_LINEAR)
        parts -= np.asarray(full, np.float32)
    return parts


def _foreign(coloured: HardMask, away: Plane, width: float) -> HardMask:
    """The connected patches whose hue is another one."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(coloured.astype(np.uint8))
    foreign = np.zeros_like(coloured)
    largest = stats[1:, cv2.CC_STAT_AREA].max(initial=0)
    for label in range(1, count):
        area = stats[label, cv2.CC_STAT_AREA]
        if _SPECK_PX <= area < _PATCH_SHARE * largest:
            patch = labels == label
            foreign |= patch & (abs(float(np.median(away[patch]))) > _OFF_HUE * width)
    return foreign


def _recoloured(lab: Lab, palette: Palette, target: npt.NDArray[np.float32], *, parts: Plane) -> Lab:
    lightness, chroma = lab[..., 0], np.hypot(lab[..., 1], lab[..., 2])
    goal_l, goal_c = float(target[0]), float(np.hypot(target[1], target[2]))
    neutral = goal_c < _NEUTRAL_TARGET
    share = _hue_share(lab, palette) * parts
    weight = share * _chroma_share(chroma, palette)
    curve = lightness ** _gamma(palette.lightness, goal_l, neutral=neutral)
    if palette.hue is None:
        goal_chroma = goal_c * np.clip(1 - ((curve - goal_l) / 0.75) ** 2, 0.15, 1)
    else:
        ratio = chroma / max(palette.chroma, 1e-4)
        goal_chroma = goal_c * np.minimum(ratio, 1.0 if neutral else 1.5)
    new = np.empty_like(lab)
    new[..., 0] = lightness + (curve - lightness) * weight
    unit = target[1:] / max(goal_c, 1e-6)
    for channel in (0, 1):
        old = lab[..., 1 + channel]
        new[..., 1 + channel] = old + (goal_chroma * unit[channel] - old) * share
    return new


def _gamma(now: float, goal: float, *, neutral: bool) -> float:
    """The power that brings the typical lightness most of the way to the goal's: nearly there
    for black and white, where lightness is the colour; less for grey, where it is not."""
    extreme = neutral and abs(goal - 0.55) > 0.25
    reach = 0.9 if extreme else 0.4 if neutral else 0.65
    wanted = now + (goal - now) * reach
    now, wanted = min(max(now, 0.08), 0.96), min(max(wanted, 0.08), 0.96)
    return float(np.clip(np.log(wanted) / np.log(now), *_GAMMA))


def _hue_share(lab: Lab, palette: Palette) -> Plane:
    """How much a pixel's hue is the thing's: 1 within the width, 0 from 1.5 times it."""
    if palette.hue is None:
        return np.ones(lab.shape[:2], np.float32)
    away = np.abs(_angle(np.arctan2(lab[..., 2], lab[..., 1]) - palette.hue))
    share = np.clip((1.5 * palette.width - away) / (0.5 * palette.width), 0, 1).astype(np.float32)
    # JPEG colour noise flips single pixels across the limit.
    return np.asarray(cv2.GaussianBlur(share, (0, 0), 0.8), np.float32)


def _chroma_share(chroma: npt.NDArray[np.float32], palette: Palette) -> Plane:
    """How much lightness may change: chrome, tyres and highlights carry no colour and keep theirs."""
    if palette.hue is None:
        return np.ones(chroma.shape, np.float32)
    low, high = 0.2 * palette.chroma, 0.6 * palette.chroma
    share = np.clip((chroma - low) / (high - low), 0, 1)
    return np.asarray(cv2.GaussianBlur(share.astype(np.float32), (0, 0), 0.8), np.float32)


def _angle(radians: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """The same angle in [-pi, pi)."""
    return (radians + np.pi) % (2 * np.pi) - np.pi
