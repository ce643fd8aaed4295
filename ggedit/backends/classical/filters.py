"""Edge-preserving smoothing by box filters, as pure functions on float32 arrays.

Guided filter: He, Sun, Tang, "Guided Image Filtering", TPAMI 2013, eqs. 11 to 16 (grey guide)
and 19 to 21 (colour guide). Upsampling by its coefficients: He, Sun, "Fast Guided Filter",
arXiv 1505.00996, 2015.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Plane = npt.NDArray[np.float32]
"""float32 (h, w)."""

Floats = npt.NDArray[np.floating]
"""float32 in all that follows; NumPy's stubs widen it where a plain number takes part."""

_SYMMETRIC = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))
_TILE_PX = 512


@dataclass(frozen=True, eq=False)
class LinearModel:
    """``slope * guide + offset`` at every pixel: float32 (h, w, channels) and (h, w)."""

    slope: Floats
    offset: Floats

    def at(self, guide: Floats) -> Plane:
        """The filtered plane for a guide of the model's own size."""
        return np.asarray(np.einsum("hwc,hwc->hw", self.slope, guide) + self.offset, np.float32)


def box_mean(plane: Floats, radius: int) -> Floats:
    """Mean over a (2 radius + 1) square at every pixel; mirrored at the border. (h, w) or (h, w, c)."""
    side = 2 * radius + 1
    mean = cv2.blur(plane, (side, side), borderType=cv2.BORDER_REFLECT)
    return np.asarray(mean, np.float32).reshape(plane.shape)


def guided_filter(guide: npt.NDArray[np.generic], src: npt.NDArray[np.generic], radius: int, eps: float) -> Plane:
    """Smooth ``src`` while keeping the edges it shares with ``guide``.

    Args:
        guide: (h, w) or (h, w, 3), uint8 or float in [0, 1].
        src: (h, w), bool or float in any range.
        radius: half-width of the window in pixels.
        eps: variance of the guide, in its [0, 1] scale, below which a window counts as flat.
    """
    scaled = as_guide(guide)
    return fit_linear(scaled, src, radius, eps).at(scaled)


def as_guide(guide: npt.NDArray[np.generic]) -> Floats:
    """A guide as float32 (h, w, channels) in [0, 1]."""
    scale = 1 / 255 if guide.dtype == np.uint8 else 1.0
    planes = np.asarray(guide, np.float32) * np.float32(scale)
    return planes[..., None] if planes.ndim == 2 else planes


def fit_linear(guide: Floats, src: npt.NDArray[np.generic], radius: int, eps: float) -> LinearModel:
    """The averaged local linear model of ``src`` on ``guide`` (float32 (h, w, c) from ``as_guide``)."""
    target = np.ascontiguousarray(src, np.float32)
    mean_guide, mean_target = box_mean(guide, radius), box_mean(target, radius)
    shared = box_mean(guide * target[..., None], radius) - mean_guide * mean_target[..., None]
    slope = _solve_windows(guide, mean_guide, shared, radius=radius, eps=eps)
    offset = mean_target - np.einsum("hwc,hwc->hw", slope, mean_guide)
    return LinearModel(box_mean(slope, radius), box_mean(offset, radius))


def _solve_windows(
    guide: Floats,
    mean: Floats,
    shared: Floats,
    *,
    radius: int,
    eps: float,
) -> Floats:
    """(covariance + eps identity)^-1 shared, per pixel (eq. 19); a division for one channel (eq. 11)."""
    if guide.shape[2] == 1:
        variance = box_mean(guide * guide, radius) - mean * mean
        return shared / (np.maximum(variance, 0) + eps)
    rr, rg, rb, gg, gb, bb = (
        box_mean(guide[..., i] * guide[..., j], radius) - mean[..., i] * mean[..., j] + (eps if i == j else 0.0)
        for i, j in _SYMMETRIC
    )
    # Cofactors of the symmetric 3 x 3 matrix: its inverse without a batched solver.
    c00, c01, c02 = gg * bb - gb * gb, gb * rb - rg * bb, rg * gb - gg * rb
    c11, c12, c22 = rr * bb - rb * rb, rb * rg - rr * gb, rr * gg - rg * rg
    det = np.maximum(rr * c00 + rg * c01 + rb * c02, np.float32(eps) ** 3)
    r, g, b = shared[..., 0], shared[..., 1], shared[..., 2]
    rows = (c00 * r + c01 * g + c02 * b, c01 * r + c11 * g + c12 * b, c02 * r + c12 * g + c22 * b)
    return np.stack([row / det for row in rows], axis=2)


def guided_upsample(
    guide: npt.NDArray[np.uint8],
    src: npt.NDArray[np.generic],
    radius: int,
    eps: float,
    *,
    needed: npt.NDArray[np.bool_] | None = None,
) -> Plane:
    """A small plane at the size of a large picture, its edges drawn along the picture's.

    The linear models are fitted at the size of ``src`` and evaluated tile by tile on the
    full-size guide, so the extra memory is one float32 plane.

    Args:
        guide: uint8 (H, W, 3).
        src: (h, w), at most as large as the guide.
        radius: half-width of the window, in pixels of ``src``.
        eps: as for ``guided_filter``.
        needed: (h, w), where the result matters; tiles without such a pixel are 0. None: everywhere.
    """
    height, width = guide.shape[:2]
    small = cv2.resize(guide, (src.shape[1], src.shape[0]), interpolation=cv2.INTER_AREA)
    model = fit_linear(as_guide(small), src, radius, eps)
    planes = np.dstack([model.slope, model.offset])
    scale = np.array([src.shape[1] / width, src.shape[0] / height])
    result = np.zeros((height, width), np.float32)
    for y in range(0, height, _TILE_PX):
        for x in range(0, width, _TILE_PX):
            if needed is not None and not _under(needed, scale, x, y).any():
                continue
            tile = guide[y : y + _TILE_PX, x : x + _TILE_PX]
            near = _stretched(planes, scale, (x, y), tile.shape[:2])
            at = LinearModel(near[..., :3], near[..., 3]).at(as_guide(tile))
            result[y : y + _TILE_PX, x : x + _TILE_PX] = at
    return result


def _under(small: npt.NDArray[np.bool_], scale: npt.NDArray[np.float64], x: int, y: int) -> npt.NDArray[np.bool_]:
    """The part of a small plane that the tile at x, y shows, with a pixel to spare."""
    left, right = int(x * scale[0]) - 1, int((x + _TILE_PX) * scale[0]) + 2
    top, bottom = int(y * scale[1]) - 1, int((y + _TILE_PX) * scale[1]) + 2
    return small[max(0, top) : bottom, max(0, left) : right]


def _stretched(
    planes: Floats, scale: npt.NDArray[np.float64], corner: tuple[int, int], shape: tuple[int, ...]
) -> Floats:
    """The part of the enlarged planes whose top left pixel is ``corner``, bilinear, pixel centres aligned."""
    shift = (np.array(corner) + 0.5) * scale - 0.5
    to_small = np.array([[scale[0], 0, shift[0]], [0, scale[1], shift[1]]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    out = cv2.warpAffine(planes, to_small, (shape[1], shape[0]), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(out, np.float32)
