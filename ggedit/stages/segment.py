"""Cut the mask of every kept thing, with the person's clicks."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.amend import clicks
from ..core.corrections import Correction
from ..core.detections import Detections, Source
from ..core.errors import StageError
from ..core.masks import Mask, Masks
from ..core.picture import Picture
from ..core.selection import Selection
from ..ports import MaskPrompt, Point, Segmenter


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
        points = tuple(Point(c.x, c.y, c.positive) for c in clicks(corrections, id_))
        proposals = segmenter.segment(picture, _prompt(detections, id_, points))
        if not proposals or any(not p.mask.area or p.mask.extent != picture.extent for p in proposals):
            raise StageError(f"The segmenter gave no usable mask for {id_!r}.")
        first, *others = proposals
        found.append((id_, first.mask, first.quality, tuple(p.mask for p in others)))
    masks = Masks.build({row[0]: row[1] for row in found}, {row[0]: row[2] for row in found})
    return Masks(masks.ids, masks.items, masks.quality, tuple(row[3] for row in found))


def _prompt(detections: Detections, id_: str, points: tuple[Point, ...]) -> MaskPrompt:
    drawn = detections.source[detections.index(id_)] is Source.USER
    return MaskPrompt(box=detections.box(id_), points=points, exact=drawn)
