"""What a turn looks like in the report: what was meant and taken, what came out, and where pixels changed."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..core.errors import BadInput
from ..core.freeze import Frozen
from ..core.geometry import Box
from ..core.masks import HardMask, Mask, grow
from ..core.picture import Picture
from .cases import Case, CaseTurn, open_case_picture, true_mask
from .measures import MEASURES
from .pixels import changed_region
from .results import PICTURES, Row
from .scoring import allowed_region

CELL_PX, THUMB_PX = 340, 150
"""Longer sides of a sheet's pictures and of those in the overview."""

TRUE, TAKEN, INSIDE, OUTSIDE = (0, 200, 0), (255, 190, 0), (0, 150, 255), (255, 30, 30)
"""Colours, RGB: what is truly meant, what was taken, changed where it may, changed where it may not."""

_SHOWN = ("mask_iou", "selection_recall", "outside_changed", "seam_ratio")

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Sheet(Frozen):
    """A turn to look at: its words, and (name, data URL) of its pictures."""

    text: str
    said: str
    pictures: tuple[tuple[str, str], ...]


def sheet_of(row: Row, case: Case | None, folder: Path) -> Sheet:
    """What was meant and taken, the result, and where it differs; without a result, the reason."""
    said = [f"{MEASURES[n].title} {MEASURES[n].show(row.measures[n])}" for n in _SHOWN if n in row.measures]
    pictures = () if case is None else _pictures(row, case, folder)
    return Sheet(
        text=f"{row.case}, turn {row.turn}: {row.text}",
        said="; ".join((*said, row.note) if row.note else said),
        pictures=tuple((name, inline(pixels, CELL_PX)) for name, pixels in pictures),
    )


def thumbnail(row: Row, folder: Path) -> tuple[str, str] | None:
    """(words, data URL) of a result for the overview; None where there is none."""
    file = folder / row.picture
    if not row.picture or not file.is_file():
        return None
    return f"{row.case} {row.turn}: {row.text}", inline(open_case_picture(file).pixels, THUMB_PX)


def _pictures(row: Row, case: Case, folder: Path) -> tuple[tuple[str, Pixels], ...]:
    try:
        before, truth = _before(row, case, folder), case.turns[row.turn - 1]
        shown = [("before, with what was meant and taken", _marked(before, truth, row))]
        if row.picture:
            after = open_case_picture(folder / row.picture)
            shown += [("result", after.pixels), ("what changed, allowed or not", _changes(before, after, truth))]
    except BadInput:  # a picture or mask that is no longer there; the row's note says more
        return ()
    return tuple(shown)


def _before(row: Row, case: Case, folder: Path) -> Picture:
    """The picture that the turn began with: the last result before it, else the photo."""
    for turn in range(row.turn - 1, 0, -1):
        file = folder / PICTURES / f"{case.id}-{turn}.png"
        if file.is_file():
            return open_case_picture(file)
    return open_case_picture(case.picture)


def _marked(before: Picture, truth: CaseTurn, row: Row) -> Pixels:
    """With the outlines of what was taken and, over them, of what is truly meant."""
    pixels = before.pixels.copy()
    for box in row.taken:
        _draw(pixels, Mask.of_box(Box.from_xyxy(box), before.extent).full(), TAKEN)
    mask = true_mask(truth.targets, before.extent)
    if mask is not None:
        _draw(pixels, mask.full(), TRUE)
    else:
        for target in truth.targets:
            _draw(pixels, Mask.of_box(target.box, before.extent).full(), TRUE)
    return pixels


def _draw(pixels: Pixels, region: HardMask, colour: tuple[int, int, int]) -> None:
    """An outline that is still seen when the picture is made small."""
    width = max(1, round(max(region.shape) / CELL_PX))
    pixels[grow(region, width) & grow(~region, width)] = colour


def _changes(before: Picture, after: Picture, truth: CaseTurn) -> Pixels:
    """The photo in pale grey, and every changed pixel in the colour that says whether it may be."""
    grey = before.pixels.mean(axis=2, keepdims=True) * 0.5 + 110
    pixels = np.broadcast_to(grey, before.pixels.shape).astype(np.uint8)
    changed = changed_region(before, after, above=0)
    allowed = allowed_region(truth, before.extent)
    if allowed is None:
        pixels[changed] = INSIDE
        return pixels
    pixels[changed & allowed], pixels[changed & ~allowed] = INSIDE, OUTSIDE
    return pixels


def inline(pixels: Pixels, side: int) -> str:
    small = Image.fromarray(np.asarray(pixels))
    small.thumbnail((side, side))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=82)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
