"""Rows for ``ggedit select`` and ``ggedit place``: boxes without a picture."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..core.detections import Detections, Source
from ..core.errors import BadInput
from ..core.geometry import Box, Extent
from ..core.language import Clause, Context, EditVerb, Instruction, Relation
from ..core.layout import place
from ..core.relation_words import relation_of
from ..core.selection import Role, Selection
from ..core.spots import Surroundings
from ..ports import Parser, SizePredictor
from ..stages.choosing.expression import read_expression
from ..stages.choosing.kinds import kinship
from ..stages.select import select
from .lines import Answer, Row, text_of

MAX_BOXES = 1000


def select_row(row: Row, parser: Parser) -> Answer:
    """``{"id", "text", "extent", "boxes", "labels"}`` -> kept indices, doubt, a reason per box.

    The text is an instruction, or an expression for one of the boxes. Without labels every
    box is a candidate for the thing that is spoken of.
    """
    text, extent, boxes = text_of(row, "text"), _extent(row), _boxes(row)
    instruction = _instruction(text, parser)
    selection = select(instruction, _detections(row, instruction, boxes, extent), None)
    kept = {id_ for index in range(len(instruction.clauses)) for id_ in selection.targets(index)}
    return {
        "kept": [i for i in range(len(boxes)) if _id(i) in kept],
        "ambiguous": selection.ambiguous,
        "reasons": [_reason(selection, _id(i)) for i in range(len(boxes))],
    }


def place_row(row: Row, sizer: SizePredictor) -> Answer:
    """``{"id", "new", "reference", "relation", "extent", "boxes", "labels"}`` -> the rectangle of
    the new thing, x1, y1, x2, y2 in pixels, and why it is there and so large.

    The reference is a label, an index into the boxes, a list of these, or null.
    """
    new, extent, boxes, labels = text_of(row, "new"), _extent(row), _boxes(row), _labels(row)
    at = _references(row, labels)
    relation = _relation(row) or (Relation.NEXT_TO if at else None)
    anchor, name = (boxes[at[0]], labels[at[0]]) if at else (None, None)
    size = sizer.predict(new, reference=name, box=anchor, extent=extent, relation=relation)
    scene = Surroundings(
        extent,
        anchors=tuple(boxes[i] for i in at),
        names=tuple(labels[i] for i in at),
        others=tuple(box for i, box in enumerate(boxes) if i not in at),
    )
    found = place(size.width_px, size.height_px, relation=relation, scene=scene)
    return {"box": [round(v, 2) for v in found.box.xyxy], "why": f"{found.why}; {size.why}"}


# select ------------------------------------------------------------------------------------


def _instruction(text: str, parser: Parser) -> Instruction:
    """The text as an instruction; a bare expression becomes one that changes what it means."""
    read = parser.parse(text, Context())
    if any(clause.target is not None for clause in read.clauses):
        return read
    return Instruction(text, (Clause(EditVerb.RESTYLE, read_expression(text)),))


def _detections(row: Row, instruction: Instruction, boxes: Sequence[Box], extent: Extent) -> Detections:
    labels = _labels(row) if row.get("labels") is not None else None
    target = next(c.target for c in instruction.clauses if c.target is not None)
    phrases = tuple(labels) if labels is not None else (target.phrase,) * len(boxes)
    return Detections(
        tuple(_id(i) for i in range(len(boxes))),
        np.array([box.xyxy for box in boxes], np.float32).reshape(-1, 4),
        np.ones(len(boxes), np.float32),
        phrases,
        (Source.MODEL,) * len(boxes),
        extent,
    )


def _id(index: int) -> str:
    return f"box-{index}"


def _reason(selection: Selection, id_: str) -> str:
    rows = [c for c in selection.choices if c.id == id_]
    rows.sort(key=lambda c: (c.role is not Role.TARGET, not c.kept))
    return rows[0].reason if rows else "not what is spoken of"


# place -------------------------------------------------------------------------------------


def _references(row: Row, labels: Sequence[str]) -> list[int]:
    """Indices of the boxes that the reference means, each once."""
    given = row.get("reference")
    wanted = given if isinstance(given, list) else [] if given in (None, "") else [given]
    return list(dict.fromkeys(_reference(item, labels) for item in wanted))


def _reference(item: object, labels: Sequence[str]) -> int:
    if isinstance(item, int) and not isinstance(item, bool):
        if not 0 <= item < len(labels):
            raise BadInput(f"There is no box {item}; there are {len(labels)}.")
        return item
    suits = [max(kinship(str(item), label), float(str(item).lower() == label.lower())) for label in labels]
    if not suits or max(suits) <= 0:
        raise BadInput(f"No box is labelled {item!r}; the labels are: {', '.join(labels) or 'none'}.")
    return suits.index(max(suits))


def _relation(row: Row) -> Relation | None:
    words = text_of(row, "relation", default="")
    found = relation_of(words) if words else None
    if words and found is None:
        raise BadInput(f"{words!r} is no place; use one of: {', '.join(Relation)}.")
    return found


# both --------------------------------------------------------------------------------------


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
        return ["thing"] * count
    if not isinstance(value, list) or len(value) != count:
        raise BadInput(f'"labels" must be null or a list of {count} names, one per box.')
    return [str(label) for label in value]
