"""Duplicate, nested and group boxes: one thing must not be chosen twice under two ids."""

from __future__ import annotations

import numpy as np

from ...core.detections import Detections, Source
from ...core.geometry import as_xyxy, inside_xyxy, iou_xyxy
from .candidates import Pool
from .kinds import kinship

SAME_THING_IOU = 0.7
"""Two boxes of one kind that overlap this much are one thing."""
SAME_BOX_IOU = 0.95
"""Two boxes that a person drew are one thing only if they are practically equal."""
INSIDE = 0.85
"""A box with this share of its area in another counts as lying inside it."""
PART_AREA = 0.3
"""A box inside another one of less than this share of its area may be a part of it."""

_RANK = {Source.USER: 2, Source.MODEL: 1, Source.GUESS: 0}


def same_things(detections: Detections) -> tuple[int, ...]:
    """For each row the row that stands for the same thing: itself, or a better duplicate.

    A person's box is better than a model's, a model's than a guess, then the higher score.
    """
    overlap = iou_xyxy(detections.xyxy, detections.xyxy)
    leaders: list[int] = []
    same_as = list(range(len(detections)))
    for row in sorted(range(len(detections)), key=lambda r: _preference(detections, r)):
        mine = [other for other in leaders if _is_same(detections, row, other, float(overlap[row, other]))]
        if mine:
            same_as[row] = max(mine, key=lambda other: float(overlap[row, other]))
        else:
            leaders.append(row)
    return tuple(same_as)


def _preference(detections: Detections, row: int) -> tuple[float | str, ...]:
    rank = -_RANK[detections.source[row]], -float(detections.score[row])
    return (*rank, *detections.xyxy[row].tolist(), detections.ids[row])


def _is_same(detections: Detections, row: int, other: int, overlap: float) -> bool:
    both_drawn = detections.source[row] is Source.USER and detections.source[other] is Source.USER
    if overlap < (SAME_BOX_IOU if both_drawn else SAME_THING_IOU):
        return False
    mine, theirs = detections.phrases[row], detections.phrases[other]
    return kinship(mine, theirs) > 0 or kinship(theirs, mine) > 0


def without_nested(pool: Pool, ids: tuple[str, ...]) -> Pool:
    """Without boxes around several candidates, and without parts of a candidate.

    Boxes that a person drew always stay. ``ids`` names the detections' rows.
    """
    if len(pool) < 2:
        return pool
    inside = inside_xyxy(as_xyxy(pool.xyxy), as_xyxy(pool.xyxy))
    area = np.prod(pool.xyxy[:, 2:] - pool.xyxy[:, :2], axis=1)
    out: dict[int, str] = {}
    for at in range(len(pool)):
        if pool.source[at] is Source.USER:
            continue
        members = _members(pool, at, inside, area)
        if members:
            names = " and ".join(ids[pool.rows[m]] for m in members)
            out[at] = f"dropped: covers {names} together"
    for at in range(len(pool)):
        whole = _whole(pool, at, inside, area) if at not in out and pool.source[at] is not Source.USER else None
        if whole is not None and whole not in out:
            out[at] = f"dropped: a part of {ids[pool.rows[whole]]}"
    keep = [at for at in range(len(pool)) if at not in out]
    return pool.take(keep, {pool.rows[at]: reason for at, reason in out.items()})


def _members(pool: Pool, at: int, inside: np.ndarray, area: np.ndarray) -> list[int]:
    """Two or more believable candidates that lie side by side in this box and fill half of it."""
    found: list[int] = []
    for other in range(len(pool)):
        small_enough = area[other] < 0.75 * area[at] and inside[other, at] >= INSIDE
        believed = pool.belief[other] >= 0.5 * pool.belief[at] or pool.source[other] is Source.USER
        apart = all(inside[other, m] < 0.5 and inside[m, other] < 0.5 for m in found)
        if other != at and small_enough and believed and apart:
            found.append(other)
    return found if len(found) >= 2 and area[found].sum() >= 0.5 * area[at] else []


def _whole(pool: Pool, at: int, inside: np.ndarray, area: np.ndarray) -> int | None:
    """The candidate that this box is a part of: larger around it, and clearly more believed."""
    for other in range(len(pool)):
        around = inside[at, other] >= INSIDE and area[at] < PART_AREA * area[other]
        if other != at and around and pool.belief[at] < 0.6 * pool.belief[other]:
            return other
    return None
