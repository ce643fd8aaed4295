"""One answer against what is true: all measures of one turn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.geometry import Extent
from ..core.masks import HardMask, Mask, grow
from ..core.picture import Picture
from ..ports import Scorer, ScoreRequest
from .cases import ALLOWED_GROWTH, CaseTurn, Region, open_case_mask, open_case_picture
from .perception import perceived
from .pixels import Measures, changed_region, outside, reference_distance, seam
from .systems import Answer


def score_turn(
    before: Picture, answer: Answer, truth: CaseTurn, *, allowed: HardMask | None, scorers: Sequence[Scorer] = ()
) -> Measures:
    """All measures that this turn has truth for.

    Args:
        before: the picture as it stood when the request was made.
        answer: what the system made of it.
        truth: what is true of the request.
        allowed: from ``allowed_region``.
        scorers: the learned measures to take, if any.
    """
    found: Measures = {"finished": float(answer.picture is not None)}
    if answer.seconds_s is not None:
        found["seconds"] = answer.seconds_s
    costs = {"peak_mib": answer.peak_mib, "peak_gpu_mib": answer.peak_gpu_mib}
    found |= {name: cost for name, cost in costs.items() if cost is not None}
    if answer.turn is not None:
        found |= perceived(answer.turn, truth)
    if answer.picture is not None:
        found |= _of_pixels(before, answer.picture, truth, allowed)
        found |= _learned(before, answer.picture, truth, allowed=allowed, scorers=scorers)
    return found


def _of_pixels(before: Picture, after: Picture, truth: CaseTurn, allowed: HardMask | None) -> Measures:
    found: Measures = {}
    if allowed is not None:
        found |= outside(before, after, allowed)
    found |= seam(before, after, changed_region(before, after))
    if truth.reference is not None:
        found |= reference_distance(after, open_case_picture(truth.reference))
    return found


def allowed_region(truth: CaseTurn, extent: Extent) -> HardMask | None:
    """Where pixels may change, bool (H, W); None where the case does not say."""
    if truth.allowed is not None:
        return _region(truth.allowed, extent)
    if not truth.targets:
        return None
    parts = [
        open_case_mask(t.mask, extent) if t.mask is not None else Mask.of_box(t.box, extent) for t in truth.targets
    ]
    return grow(Mask.union(parts, extent).full(), round(ALLOWED_GROWTH * extent.longest))


def _region(region: Region, extent: Extent) -> HardMask:
    if region.everywhere:
        return np.ones(extent.shape, np.bool_)
    parts = [open_case_mask(file, extent) for file in region.masks]
    parts += [Mask.of_box(box, extent) for box in region.boxes]
    inside = Mask.union(parts, extent).full()
    for file in region.keep:
        inside |= ~open_case_mask(file, extent).full()
    return inside


def _learned(
    before: Picture, after: Picture, truth: CaseTurn, *, allowed: HardMask | None, scorers: Sequence[Scorer]
) -> Measures:
    if not scorers:
        return {}
    part = None if allowed is None else Mask.of(allowed)
    captions = {"caption": truth.caption, "source_caption": truth.source_caption}
    request = ScoreRequest(before=before, after=after, allowed=part, **captions)
    return {name: value for scorer in scorers for name, value in scorer.score(request).items()}
