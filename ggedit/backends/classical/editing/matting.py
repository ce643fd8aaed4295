"""Soft edges of cut-outs: closed-form matting on a band, and foreground colours.

Alpha: Levin, Lischinski, Weiss, "A Closed-Form Solution to Natural Image Matting", TPAMI
2008, eq. 12 (the matting Laplacian over 3 x 3 windows) with hard constraints outside the band.
Foreground: Forte, "Approximate Fast Foreground Colour Estimation", ICIP 2021 (blur fusion).
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array, diags_array
from scipy.sparse.linalg import cg

from ..filters import Floats, Plane, guided_upsample

Rgb = npt.NDArray[np.uint8]
Hard = npt.NDArray[np.bool_]

BAND_AT_512_PX = 4
"""Half-width of the unknown band on a 512 pixel picture: for edges 2 to 5 px soft a band of 4 px
has the least error (measured by benchmarks/matting.py)."""

_EPS = 1e-5
_SOLVED_BAND_PX = 6
_CHUNK = 60_000
_RIDGE = 0.8
_BLURS_PX = (45, 3)
_TILE_PX = 512


def band_for(longest_px: int) -> int:
    """Half-width of the band in pixels for a picture whose longer side is ``longest_px``."""
    return max(2, round(BAND_AT_512_PX * longest_px / 512))


def compute_alpha(pixels: Rgb, mask: Hard, band_px: int = BAND_AT_512_PX) -> Plane:
    """How much of each pixel belongs to the thing: float32 (h, w) in [0, 1].

    Farther than ``band_px`` from the mask's edge alpha is the mask itself. A part thinner
    than the band keeps its middle line as certain, so that it does not fade away. Bands wider
    than 6 px are solved on a smaller copy and enlarged along the picture's edges.

    Args:
        pixels: uint8 (h, w, 3): best a crop around the thing with a margin of ``band_px``.
        mask: bool (h, w).
        band_px: half-width of the band, 1 and up.
    """
    shrink = _SOLVED_BAND_PX / max(band_px, 1)
    if shrink < 1 and min(mask.shape) * shrink >= 8:
        return _alpha_enlarged(pixels, mask, band_px, shrink=shrink)
    certain = certain_parts(mask, band_px)
    return _solve(pixels, mask, certain)


def certain_parts(mask: Hard, band_px: int) -> Hard:
    """Pixels whose side of the edge is certain: bool (h, w), False in the band."""
    return _deep(mask, band_px) | _deep(~mask, band_px)


def _deep(side: Hard, band_px: int) -> Hard:
    """Pixels of one side beyond the band, and the middle lines of its thin parts."""
    if side.all():
        return side
    depth = cv2.distanceTransform(side.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    window = np.ones((2 * band_px + 1, 2 * band_px + 1), np.uint8)
    ridge = depth >= _RIDGE * cv2.dilate(depth, window)
    return side & ((depth > band_px) | ridge)


def _alpha_enlarged(pixels: Rgb, mask: Hard, band_px: int, *, shrink: float) -> Plane:
    """Solved at the scale where the band is 6 px wide, enlarged by a guided filter."""
    size = (max(1, round(mask.shape[1] * shrink)), max(1, round(mask.shape[0] * shrink)))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    share = cv2.resize(mask.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA)
    hard = np.asarray(share) > 127
    certain = certain_parts(hard, _SOLVED_BAND_PX)
    alpha = _solve(small, hard, certain)
    enlarged = guided_upsample(pixels, alpha, radius=2, eps=1e-4, needed=~certain)
    full = (mask.shape[1], mask.shape[0])
    settled = cv2.resize(certain.astype(np.uint8), full, interpolation=cv2.INTER_NEAREST)
    return np.where(np.asarray(settled) > 0, mask, np.clip(enlarged, 0, 1)).astype(np.float32)


def _solve(pixels: Rgb, mask: Hard, certain: Hard) -> Plane:
    """Minimise the matting energy over the uncertain pixels."""
    alpha = mask.astype(np.float64)
    windows = _windows(~certain)
    if not len(windows):
        return alpha.astype(np.float32)
    rows = np.full(mask.size, -1, np.int64)
    unknown = np.flatnonzero(~certain.ravel())
    rows[unknown] = np.arange(len(unknown))
    laplacian, pull = _laplacian(pixels, windows, rows, alpha.ravel())
    # A whisper of the mask itself settles pixels that no window ties to a certain one.
    prior = 1e-6
    matrix = (laplacian + diags_array(np.full(len(unknown), prior))).tocsr()
    start = alpha.ravel()[unknown]
    inverse = diags_array(1 / np.maximum(matrix.diagonal(), 1e-12))
    solved, _ = cg(matrix, pull + prior * start, x0=start, rtol=1e-4, maxiter=400, M=inverse)
    alpha.ravel()[unknown] = np.clip(solved, 0, 1)
    return alpha.astype(np.float32)


def _windows(unknown: Hard) -> npt.NDArray[np.int64]:
    """Flat pixel indices (n, 9) of the 3 x 3 windows that hold an unknown pixel."""
    height, width = unknown.shape
    if min(height, width) < 3:
        return np.zeros((0, 9), np.int64)
    near = cv2.dilate(unknown.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    y, x = np.nonzero(near[1:-1, 1:-1])
    dy, dx = np.divmod(np.arange(9), 3)
    return (y[:, None] + dy) * width + x[:, None] + dx


def _laplacian(
    pixels: Rgb, windows: npt.NDArray[np.int64], rows: npt.NDArray[np.int64], alpha: npt.NDArray[np.float64]
) -> tuple[csr_array, npt.NDArray[np.float64]]:
    """The Laplacian among unknown pixels, and the pull of the certain ones: (n, n) and (n,).

    Built in chunks of windows: 81 entries each would otherwise outweigh the picture.
    """
    count = int(rows.max()) + 1
    total = csr_array((count, count))
    pull = np.zeros(count)
    colours = pixels.reshape(-1, 3)
    for start in range(0, len(windows), _CHUNK):
        part = windows[start : start + _CHUNK]
        local = _affinity(colours[part].astype(np.float64) / 255)
        row = np.repeat(rows[part], 9, axis=1).ravel()
        column = np.tile(part, (1, 9)).ravel()
        value = local.ravel()
        inner, outer = (row >= 0) & (rows[column] >= 0), (row >= 0) & (rows[column] < 0)
        total = total + coo_array((value[inner], (row[inner], rows[column[inner]])), shape=(count, count)).tocsr()
        pull -= np.bincount(row[outer], value[outer] * alpha[column[outer]], minlength=count)
    return total, pull


def _affinity(colours: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """One window's share of the Laplacian (eq. 12): colours (n, 9, 3) in [0, 1] -> (n, 9, 9)."""
    centred = colours - colours.mean(axis=1, keepdims=True)
    covariance = np.einsum("nki,nkj->nij", centred, centred) / 9 + _EPS / 9 * np.eye(3)
    likeness = np.einsum("nki,nij,nlj->nkl", centred, np.linalg.inv(covariance), centred, optimize=True)
    return np.eye(9) - (1 + likeness) / 9


def compute_foreground(pixels: Rgb, alpha: Plane) -> Rgb:
    """The thing's own colours, free of the background that shines through its soft edge.

    Where alpha is 1 the pixels are returned unchanged; just outside the thing its colours
    continue, so that enlarging or moving the cut-out draws no fringe.

    Args:
        pixels: uint8 (h, w, 3).
        alpha: float32 (h, w) in [0, 1].
    """
    result = pixels.copy()
    reach = 2 * sum(_BLURS_PX)
    for y in range(0, pixels.shape[0], _TILE_PX):
        for x in range(0, pixels.shape[1], _TILE_PX):
            near = _grown_slice(y, reach), _grown_slice(x, reach)
            # All thing or nothing of it: there is no mixture to undo.
            if alpha[near].min() >= 1 or alpha[near].max() <= 0:
                continue
            tile = slice(y, y + _TILE_PX), slice(x, x + _TILE_PX)
            fused = _fuse(pixels[near], alpha[near])[y - near[0].start :, x - near[1].start :]
            result[tile] = fused[:_TILE_PX, :_TILE_PX]
    solid = alpha >= 1
    result[solid] = pixels[solid]
    return result


def _grown_slice(start: int, reach: int) -> slice:
    """A tile's rows or columns with what its blurs can see; slices end at the picture by themselves."""
    return slice(max(0, start - reach), start + _TILE_PX + reach)


def _fuse(pixels: Rgb, alpha: Plane) -> Rgb:
    """Both blur-fusion passes, the wide one first (algorithm 1 of the paper)."""
    image = pixels.astype(np.float32) / 255
    weight = alpha[..., None].astype(np.float32)
    foreground = background = image
    for radius in _BLURS_PX:
        foreground, background = _fuse_once(image, foreground, background, weight=weight, radius=radius)
    return np.round(foreground * 255).astype(np.uint8)


def _fuse_once(
    image: Floats,
    foreground: Floats,
    background: Floats,
    *,
    weight: Floats,
    radius: int,
) -> tuple[Floats, Floats]:
    """Blurred estimates of both layers, then the foreground corrected by what alpha leaves over."""
    near_f = _weighted_blur(foreground, weight, radius)
    near_b = _weighted_blur(background, 1 - weight, radius)
    rest = image - weight * near_f - (1 - weight) * near_b
    return np.clip(near_f + weight * rest, 0, 1), near_b


def _weighted_blur(layer: Floats, weight: Floats, radius: int) -> Floats:
    side = (2 * radius + 1, 2 * radius + 1)
    total = np.asarray(cv2.blur(weight, side), np.float32).reshape(weight.shape)
    return np.asarray(cv2.blur(layer * weight, side), np.float32) / (total + np.float32(1e-5))
