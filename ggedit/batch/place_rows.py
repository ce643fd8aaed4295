"""Rows for ``ggedit place``: where a new thing goes and how large it is, without a picture."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..core.errors import BadInput
from ..core.geometry import Box, Extent
from ..core.language import Relation
from ..core.layout import place
from ..core.relation_words import corner_of, region_of, relation_of
from ..core.spots import Surroundings
from ..ports import SizePredictor
from ..stages.choosing.kinds import kinship
from .lines import Answer, Row, text_of

MAX_BOXES = 1000


def place_row(row: Row, sizer: SizePredictor) -> Answer:
    """``{"id", "new", "reference", "relation", "extent", "boxes", "labels"}`` -> the rectangle of
    the new thing, x1, y1, x2, y2 in pixels, and why it is there and so large.

    The reference is a label, an index into the boxes, a list of these, several joined by "and",
    or null.
    """
    new, extent, boxes, labels = text_of(row, "new"), _extent(row), _boxes(row), _labels(row)
    named, region = _relation(row), _region(row, labels)
    at = [] if region else _references(row, labels, named)
    relation = region[0] if region else named or (Relation.NEXT_TO if at else None)
    anchor, name = (boxes[at[0]], labels[at[0]]) if at else (None, None)
    size = sizer.predict(new, reference=name, box=anchor, extent=extent, relation=relation)
    scene = Surroundings(
        extent,
        anchors=tuple(boxes[i] for i in at),
        names=tuple(labels[i] for i in at),
        others=tuple(box for i, box in enumerate(boxes) if i not in at),
        corner=corner_of(text_of(row, "relation", default="")) if relation in _SIDED else (0, 0),
        new=new.split()[-1] if new.split() else "",
    )
    found = place(size.width_px, size.height_px, relation=relation, scene=scene)
    return {"box": [round(v, 2) for v in found.box.xyxy], "why": f"{found.why}; {size.why}"}


_SIDED = frozenset([Relation.CORNER, Relation.MIDDLE])
"""Places whose words may name a side of the picture too: "top right corner"."""


def _references(row: Row, labels: Sequence[str], relation: Relation | None) -> list[int]:
    """Indices of the boxes that the reference means, each once; between one kind of thing are two of it."""
    given = row.get("reference")
    wanted = given if isinstance(given, list) else [] if given in (None, "") else _several(given, labels)
    found = list(dict.fromkeys(_reference(item, labels) for item in wanted))
    if relation is Relation.BETWEEN and len(found) == 1 and isinstance(wanted[0], str):
        alike = _suiting(wanted[0], labels)
        found += [i for i in range(len(labels)) if i not in found and alike[i] == max(alike)][:1]
    return found


def _region(row: Row, labels: Sequence[str]) -> tuple[Relation | None] | None:
    """The side that "in the sky", or the reference "sky", stands for where no box shows it."""
    given = row.get("reference")
    if given in (None, ""):
        return region_of(text_of(row, "relation", default=""))
    unseen = isinstance(given, str) and max(_suiting(given, labels), default=0) <= 0
    return region_of(f"the {given}") if unseen else None


def _several(given: object, labels: Sequence[str]) -> list[object]:
    """ "the man and the woman": two things, unless a label says just that."""
    if not isinstance(given, str) or given.lower() in (label.lower() for label in labels):
        return [given]
    return list(re.split(r"\s*,\s*(?:and\s+)?|\s+and\s+", given.strip()))


def _suiting(name: str, labels: Sequence[str]) -> list[float]:
    return [max(kinship(name, label), float(name.lower() == label.lower())) for label in labels]


def _reference(item: object, labels: Sequence[str]) -> int:
    if isinstance(item, int) and not isinstance(item, bool):
        if not 0 <= item < len(labels):
            raise BadInput(f"There is no box {item}; there are {len(labels)}.")
        return item
    suits = _suiting(str(item), labels)
    if not suits or max(suits) <= 0:
        raise BadInput(f"No box is labelled {item!r}; the labels are: {', '.join(labels) or 'none'}.")
    return suits.index(max(suits))


def _relation(row: Row) -> Relation | None:
    words = text_of(row, "relation", default="")
    found = relation_of(words) if words else None
    if words and found is None:
        raise BadInput(f"{words!r} is no place; use one of: {', '.join(Relation)}.")
    return found


def _extent(row: Row) -> Extent:
    value = row.get("extent")
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(v, int | float) and v >= 1 for v in value):
        raise BadInput('A row needs "extent" as [width, height] in pixels.')
    return Extent(int(value[0]), int(value[1]))


def _boxes(row: Row) -> list[Box]:
    value = row.get("boxes")
    if not isinstance(value, list) or len(value) > MAX_BOXES:
        raise BadInput(f'A row needs "boxes" as a list of at most {MAX_BOXES} [x1, y1, x2, y2].')
    return [Box.from_xyxy(box) for box in value]


def _labels(row: Row) -> list[str]:
    value, count = row.get("labels"), len(row.get("boxes") or ())
    if value is None:
        name = row.get("reference")
        return [name if count == 1 and isinstance(name, str) and name else "thing"] * count
    if not isinstance(value, list) or len(value) != count:
        raise BadInput(f'"labels" must be null or a list of {count} names, one per box.')
    return [str(label) for label in value]
