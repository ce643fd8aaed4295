"""Boxes where something is, before anyone asks for a word: merged from three scales."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from ggedit.core.freeze import Frozen
from ggedit.core.geometry import Extent, Xyxy, area_xyxy, clip_xyxy, iou_xyxy
from ggedit.core.picture import Picture

from .yolo import RawBoxes, Rgb, YoloNetwork

Floats = npt.NDArray[np.float32]

SCALES = (320, 416, 544)
"""Longer sides of the letterboxed input. One alone finds less: benchmarks/grounding_embedded.py."""
_RAW_KEPT = 500
_MOST = 80
_SAME, _NEARNESS = 0.45, 4
"""Raw boxes that overlap the strongest one more than this are the same thing, and count for its
corners by this power of the overlap."""
_ALREADY_THERE = 0.75
_INHERITED = 0.8
"""Measured by benchmarks/grounding_embedded.py, as are the three above."""
_SMALLEST_SIDE_PX = 3
"""Pictures with a shorter side hold nothing that could be found."""
_LONGEST_PX = 2 * max(SCALES)


@dataclass(frozen=True, eq=False, slots=True)
class Proposals(Frozen):
    """Distinct candidate boxes, strongest first.

    xyxy: float32 (N, 4) in picture pixels. objectness: float32 (N,) in [0, 1].
    kinds: float32 (N, 80), belief in each COCO kind, [0, 1]. border: float32 (N,), how much
    of its outline a region shares with the picture's border, 0 for the network's boxes.
    """

    xyxy: Xyxy
    objectness: Floats
    kinds: Floats
    border: Floats
    extent: Extent

    def __len__(self) -> int:
        return len(self.xyxy)

    def with_plain(self, xyxy: Xyxy, objectness: Floats, border: Floats | None = None) -> Proposals:
        """With boxes that the network did not propose, where they are not already among these.

        They inherit what the network believes of boxes near them, by the square of the overlap.
        """
        overlap = iou_xyxy(xyxy, self.xyxy)
        fresh = overlap.max(axis=1, initial=0.0) < _ALREADY_THERE
        likeness = overlap[fresh] ** 2 * _INHERITED
        own = np.zeros(len(xyxy), np.float32) if border is None else border
        kinds = (likeness[:, :, None] * self.kinds).max(axis=1, initial=0.0)
        inherited = (likeness * self.objectness).max(axis=1, initial=0.0)
        return Proposals(
            np.concatenate([self.xyxy, xyxy[fresh]]),
            np.concatenate([self.objectness, np.maximum(objectness[fresh], inherited)]).astype(np.float32),
            np.concatenate([self.kinds, kinds]).astype(np.float32),
            np.concatenate([self.border, own[fresh]]),
            self.extent,
        )


def shrunk(pixels: Rgb, longest: int) -> Rgb:
    """A copy whose longer side is at most ``longest``, every pixel counted once."""
    height, width = pixels.shape[:2]
    scale = longest / max(height, width)
    if scale >= 1:
        return pixels
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def compute_proposals(network: YoloNetwork, picture: Picture) -> Proposals:
    """Up to 80 distinct boxes of a picture of any size; none for one that is too thin to see."""
    extent = picture.extent
    if min(extent) < _SMALLEST_SIDE_PX:
        empty = np.zeros(0, np.float32)
        return Proposals(empty.reshape(0, 4), empty, empty.reshape(0, 80), empty, extent)
    pixels = shrunk(picture.pixels, _LONGEST_PX)
    raw = RawBoxes.joined([network.compute_boxes(pixels, scale, extent) for scale in SCALES])
    return merge(raw, extent)


def merge(raw: RawBoxes, extent: Extent) -> Proposals:
    """Raw boxes grouped around the strongest, their corners averaged by objectness and nearness.

    A weighted form of non-maximum suppression (R. Solovyev et al., "Weighted boxes fusion",
    2019): the mean of three scales lies closer to the truth than the best single box.
    """
    strength = raw.objectness + raw.kinds.max(axis=1, initial=0.0)
    sizes = raw.xyxy[:, 2:] - raw.xyxy[:, :2]
    strength = np.where(sizes.min(axis=1, initial=np.inf) >= 1, strength, 0.0)
    raw = raw.take(np.argsort(-strength, kind="stable")[:_RAW_KEPT])
    overlap = iou_xyxy(raw.xyxy, raw.xyxy)
    free = area_xyxy(raw.xyxy) > 0
    rows: list[tuple[Xyxy, np.floating, Floats]] = []
    for index in range(len(free)):
        if not free[index]:
            continue
        group = (overlap[index] > _SAME) & free
        weight = raw.objectness[group] * overlap[index, group] ** _NEARNESS + 1e-9
        corners = (raw.xyxy[group] * weight[:, None]).sum(axis=0) / weight.sum()
        rows.append((corners, raw.objectness[group].max(), raw.kinds[group].max(axis=0)))
        free &= ~group
        if len(rows) == _MOST:
            break
    return Proposals(
        clip_xyxy(np.array([r[0] for r in rows], np.float32).reshape(-1, 4), extent),
        np.array([r[1] for r in rows], np.float32),
        np.array([r[2] for r in rows], np.float32).reshape(-1, 80),
        np.zeros(len(rows), np.float32),
        extent,
    )
