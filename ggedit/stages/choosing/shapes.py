"""What shape and place a word's things typically have ("couch": wide and large), as weak evidence.

Used only where nothing is known about what the boxes show. The features know no left and
right, so that a mirrored picture gives the mirrored answer.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ...core.geometry import Extent
from .calibration import load_calibration
from .spatial import Boxes, Features, rank_features, unit_boxes


def shape_evidence(words: Iterable[str], xyxy: Boxes, extent: Extent) -> Features:
    """Log evidence (n,) of the boxes' shapes for a description's words."""
    fitted = load_calibration()
    weights = np.array(fitted["any_word"], np.float64)
    for word in dict.fromkeys(words):
        if word in fitted["words"]:
            weights = weights + np.array(fitted["words"][word], np.float64) / 100
    return shape_features(xyxy, extent) @ weights


def shape_features(xyxy: Boxes, extent: Extent) -> Features:
    """(n, 9): log area, log width/height, top and bottom edge, distance from the middle
    column, log height, and the ranks of area, bottom and top edge; each about +-1."""
    unit = unit_boxes(xyxy, extent)
    width, height = np.maximum(unit[:, 2:] - unit[:, :2], 1e-4).T
    area = np.log(width * height)
    aspect = np.log(width * extent.width / (height * extent.height))
    off_middle = np.abs((unit[:, 0] + unit[:, 2]) / 2 - 0.5)
    ranks = rank_features(area / 10), rank_features(unit[:, 3]), rank_features(unit[:, 1])
    columns = [
        (area + 2.2) / 1.1,
        (aspect + 0.1) / 0.7,
        (unit[:, 1] - 0.25) / 0.2,
        (unit[:, 3] - 0.8) / 0.2,
        (off_middle - 0.2) / 0.12,
        (np.log(height) + 0.7) / 0.6,
        *((rank - 0.5) * 2 for rank in ranks),
    ]
    return np.stack(columns, axis=1)
