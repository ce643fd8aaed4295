"""Cut the mask of every kept thing, with the person's clicks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.amend import clicks, mended
from ..core.corrections import ClickPoint, Correction, ImportMask
from ..core.detections import Detections, Source
from ..core.errors import StageError
from ..core.masks import Mask, Masks
from ..core.picture import Picture
from ..core.selection import Selection
from ..ports import MaskCandidate, MaskPrompt, Point, Segmenter


def segment(
    picture: Picture,
    detections: Detections,
    selection: Selection,
    *,
    corrections: Sequence[Correction],
    segmenter: Segmenter,
) -> Masks:
    """A mask with its alternatives for each kept id.

    Raises:
        StageError: the segmenter gave no mask, an empty one, or one of another size.
    """
    found: list[tuple[str, Mask, float, tuple[Mask, ...]]] = []
    for id_ in selection.kept_ids:
        first, *others = _proposals(picture, _prompt(detections, id_, clicks(corrections, id_)), id_, segmenter)
        given, since = mended(corrections, id_)
        mask = first.mask
        if isinstance(given, ImportMask):
            mask = hand_over(given.mask, mask, since)
        elif given is not None:
            before = corrections[: corrections.index(given)]
            own = _proposals(picture, _prompt(detections, id_, clicks(before, id_)), id_, segmenter)
            picked = own[min(given.candidate + 1, len(own) - 1)]
            mask = hand_over(picked.mask, mask, since)
        found.append((id_, mask, first.quality, tuple(p.mask for p in others)))
    masks = Masks.build({row[0]: row[1] for row in found}, {row[0]: row[2] for row in found})
    return Masks(masks.ids, masks.items, masks.quality, tuple(row[3] for row in found))


def _proposals(picture: Picture, prompt: MaskPrompt, id_: str, segmenter: Segmenter) -> tuple[MaskCandidate, ...]:
    proposals = segmenter.segment(picture, prompt)
    if not proposals or any(not p.mask.area or p.mask.extent != picture.extent for p in proposals):
        raise StageError(f"The segmenter gave no usable mask for {id_!r}.")
    return proposals


def hand_over(given: Mask, found: Mask, clicked: Sequence[ClickPoint]) -> Mask:
    """A mask of the person's own, mended at clicks by what the segmenter found.

    Each click gives or takes the connected piece under it on which the two masks differ; a mask
    that would be left empty stays as it was.
    """
    from scipy.ndimage import label

    full, other = given.full(), found.full()
    for click in clicked:
        row, column = int(click.y), int(click.x)
        pieces = np.zeros(full.shape, np.int32)
        label((other == click.positive) & (full != click.positive), output=pieces)
        if pieces[row, column]:
            full[pieces == pieces[row, column]] = click.positive
    return Mask.of(full) if np.any(full) else given


def _prompt(detections: Detections, id_: str, clicked: Sequence[ClickPoint]) -> MaskPrompt:
    points = tuple(Point(c.x, c.y, c.positive) for c in clicked)
    drawn = detections.source[detections.index(id_)] is Source.USER
    return MaskPrompt(box=detections.box(id_), points=points, exact=drawn)
