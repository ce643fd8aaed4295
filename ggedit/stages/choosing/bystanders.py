"""What else the picture surely shows: kept for the scene graph, and so that no edit harms it."""

from __future__ import annotations

import numpy as np

from ...core.detections import Source
from ...core.geometry import area_xyxy, inside_xyxy, iou_xyxy
from ...core.selection import Choice, Role
from .resolve import View

MOST = 10
"""Bystanders that a scene graph still shows readably, and that are worth a mask each."""
SURE = 0.3
"""Score from which a thing that nobody asked for is believed."""
_SAME_PLACE_IOU = 0.5
_SMALLEST_AREA = 0.001
"""Share of the picture below which a bystander is not worth a mask."""


def bystanders(view: View, kept: set[int]) -> tuple[Choice, ...]:
    """A kept row for each sure thing that is not chosen yet, surest first.

    ``kept``: rows that serve a clause. A box at the same place as one of them, a duplicate
    and a box around two kept things are left out: no thing may appear twice.
    """
    seen, taken = view.detections, sorted(kept)
    chosen: list[int] = list(taken)
    found: list[int] = []
    for row in _by_belief(view):
        if row in kept or len(found) == MOST or not _is_sure(view, row) or _is_there(view, row, chosen):
            continue
        chosen.append(row)
        found.append(row)
    return tuple(
        Choice(
            seen.ids[row],
            True,
            "kept: also in the picture",
            float(seen.score[row]),
            Role.SCENE,
            None,
            seen.phrases[row],
        )
        for row in found
    )


def _by_belief(view: View) -> list[int]:
    seen = view.detections
    leaders = [row for row in range(len(seen)) if view.same_as[row] == row]
    return sorted(
        leaders, key=lambda r: (seen.source[r] is not Source.USER, -float(seen.score[r]), *seen.xyxy[r].tolist())
    )


def _is_sure(view: View, row: int) -> bool:
    seen = view.detections
    if seen.source[row] is Source.USER:
        return True
    large = float(area_xyxy(seen.xyxy[row : row + 1])[0]) >= _SMALLEST_AREA * seen.extent.area
    return seen.source[row] is Source.MODEL and float(seen.score[row]) >= SURE and large


def _is_there(view: View, row: int, chosen: list[int]) -> bool:
    """Whether the box shows what is chosen already: the same place, or a box around two of them."""
    if not chosen:
        return False
    mine, theirs = view.detections.xyxy[row : row + 1], view.detections.xyxy[chosen]
    if view.detections.source[row] is Source.USER:
        return bool((iou_xyxy(mine, theirs) >= 0.95).any())
    around = inside_xyxy(theirs, mine)[:, 0] >= 0.85
    kin = np.array([view.detections.phrases[c] == view.detections.phrases[row] for c in chosen])
    return bool((iou_xyxy(mine, theirs) >= _SAME_PLACE_IOU).any()) or int((around & kin).sum()) >= 2
