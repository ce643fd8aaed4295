"""Boxes of things that stand clear on a plain ground: coins on a cloth, a rocket in the sky.

The ground is a smooth surface of colour, fitted to the picture's rim and then to all that lies
on it (least squares, what stands off left out each time). What stands off by more than Otsu's
threshold (N. Otsu, "A Threshold Selection Method from Gray-Level Histograms", 1979) is a thing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ggedit.core.colour import to_oklab
from ggedit.core.geometry import Extent, Xyxy, area_xyxy, inside_xyxy, iou_xyxy

from .proposals import Rgb, shrunk

Floats = npt.NDArray[np.floating]
Mask = npt.NDArray[np.bool_]

LONGEST_PX = 320
_LAB_RANGE = 100.0
_RIM = 0.04
_ROUNDS, _ROUNDS_ON_RIM = 6, 3
_OUTLIER = 3.0
_NOISE = 0.5
"""In hundredths of OKLab, as all distances here: less than this is the camera's."""
_AROUND, _HELD = 0.6, 0.8
_SIZE_COUNTS, _SEVERAL = 0.5, 0.05
_COVERED_RIM = 0.1
_CONTRAST = 3.0
# Of the 21 photographs of tests/pictures.py, these two leave the four with a plain ground.
_SPECK, _THIN = 0.002, 2


def compute_clear(pixels: Rgb, extent: Extent) -> Xyxy:
    """A box, float32 (N, 4), around each thing on the ground; none where the ground is not plain.

    ``extent`` is the size in pixels that the boxes are for.
    """
    from skimage.filters import threshold_otsu

    small = shrunk(pixels, LONGEST_PX)
    far, noise = _distance(to_oklab(small) * _LAB_RANGE)
    least = threshold_otsu(far) if far.max() > _NOISE else np.inf
    covered = far[_rim(far.shape)] > least
    ground = far[far <= least]
    if covered.mean() > _COVERED_RIM or not least > _CONTRAST * np.sqrt((ground**2).mean()):
        return np.zeros((0, 4), np.float32)
    boxes = _boxes(far > least, far > min(least, max(_OUTLIER * noise, least / 2)))
    boxes = boxes[area_xyxy(boxes) >= _SPECK * far.size]
    return boxes * np.array([extent.width / far.shape[1], extent.height / far.shape[0]] * 2, np.float32)


def _boxes(surely: Mask, maybe: Mask) -> Xyxy:
    """Boxes of the connected parts of ``maybe``, or of ``surely`` where one part of ``maybe``
    joins several of those."""
    sure, wide = _parts(surely), _parts(maybe)
    joined = inside_xyxy(sure, wide) > _HELD
    several = joined.sum(axis=0) > 1
    return np.concatenate([wide[~several], sure[(joined & several).any(axis=1)]])


def _parts(mask: Mask) -> Xyxy:
    """A box, right and bottom exclusive, around each connected part of some thickness."""
    from scipy import ndimage

    thick = ndimage.binary_fill_holes(ndimage.binary_opening(mask, iterations=_THIN))
    labels = np.asarray(ndimage.label(thick)[0])  # pyright: ignore[reportIndexIssue]
    found = [(x.start, y.start, x.stop, y.stop) for y, x in ndimage.find_objects(labels)]
    return np.array(found, np.float32).reshape(-1, 4)


def compute_alike(xyxy: Xyxy, clear: Xyxy) -> npt.NDArray[np.float32]:
    """How much what is believed of box j may be believed of box i, float32 (N, N) in [0, 1].

    1 on the diagonal, but little for a box around several things that stand clear; else more
    than 0 only where i is the best box of such a thing and j one around such a thing, less for
    each difference in width and height.
    """
    overlap = iou_xyxy(xyxy, clear)
    around = overlap.max(axis=1, initial=0.0) >= _AROUND
    best = np.zeros(len(xyxy), np.bool_)
    best[overlap.argmax(axis=0)] = True
    sides = np.log(np.maximum(xyxy[:, 2:] - xyxy[:, :2], 1e-3))
    apart = np.abs(sides[:, None] - sides[None]).sum(axis=2)
    alike = np.exp(-_SIZE_COUNTS * apart) * np.outer(best, around)
    held = (inside_xyxy(clear, xyxy) > _HELD).sum(axis=0)
    np.fill_diagonal(alike, np.where(held > 1, _SEVERAL, 1.0))
    return alike.astype(np.float32)


def _distance(lab: Floats) -> tuple[Floats, float]:
    """How far each pixel is from the ground, (h, w), and the ground's own spread, robustly."""
    height, width = lab.shape[:2]
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    surface = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1).reshape(-1, 6)
    colours, rim = lab.reshape(-1, 3), _rim(lab.shape[:2]).ravel()
    used, far, spread = rim, np.zeros(len(colours)), _NOISE
    for round_ in range(_ROUNDS):
        fit, *_ = np.linalg.lstsq(surface[used], colours[used], rcond=None)
        far = np.linalg.norm(colours - surface @ fit, axis=1)
        spread = float(np.median(far[used])) + _NOISE
        near = far < _OUTLIER * spread
        used = near & rim if round_ < _ROUNDS_ON_RIM else near
    return far.reshape(height, width), spread


def _rim(shape: tuple[int, ...]) -> Mask:
    """The frame of pixels along the picture's border."""
    depth = max(2, round(_RIM * min(shape)))
    rim = np.ones(shape, np.bool_)
    rim[depth:-depth, depth:-depth] = False
    return rim
