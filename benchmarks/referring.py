"""RefCOCO, RefCOCO+ and RefCOCOg validation expressions as choices among true boxes.

The candidates of an expression are the boxes that share its picture; pictures with one box
are left out. Half of the pictures are for tuning, the other half is only reported.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ggedit.core.geometry import Extent
from ggedit.core.language import Relation

FOLDER = Path(__file__).parents[1] / "../shared/data/referring"
SETS = ("refcoco", "refcoco+", "refcocog")

DIRECTIONS = {
    "left": Relation.LEFT_OF,
    "leftmost": Relation.LEFT_OF,
    "right": Relation.RIGHT_OF,
    "rightmost": Relation.RIGHT_OF,
    "top": Relation.ABOVE,
    "upper": Relation.ABOVE,
    "bottom": Relation.BELOW,
    "lower": Relation.BELOW,
}
"""Direction words by which the expressions are sorted into kinds (and the simple rules answer)."""


@dataclass(frozen=True, eq=False)
class Expression:
    """One expression, its candidates (n, 4) xyxy in pixels and the index of the true one."""

    dataset: str
    picture: str
    text: str
    boxes: npt.NDArray[np.float64]
    truth: int
    extent: Extent

    @property
    def tuning(self) -> bool:
        """Whether its picture belongs to the half for tuning: by SHA-1 of the COCO picture id."""
        return int(hashlib.sha1(self.picture.encode()).hexdigest(), 16) % 2 == 0

    @property
    def directions(self) -> tuple[Relation, ...]:
        """The direction words in it, in order."""
        return tuple(DIRECTIONS[w] for w in re.findall(r"[a-z]+", self.text.lower()) if w in DIRECTIONS)


def load(dataset: str) -> Iterator[Expression]:
    """All expressions of a validation set that leave a choice."""
    rows = json.loads((FOLDER / f"{dataset}_val.json").read_text())
    boxes: dict[str, set[tuple[float, ...]]] = defaultdict(set)
    for row in rows:
        boxes[_picture(row["img_id"])].add(tuple(row["bbox"]))
    for row in rows:
        picture = _picture(row["img_id"])
        candidates = sorted(boxes[picture])
        if len(candidates) < 2:
            continue
        xyxy = np.array(candidates, np.float64)
        xyxy[:, 2:] += xyxy[:, :2]
        truth = candidates.index(tuple(row["bbox"]))
        yield Expression(dataset, picture, row["sents"], xyxy, truth, Extent(row["width"], row["height"]))


def _picture(annotation: str) -> str:
    """The COCO picture id in "COCO_train2014_000000580957_4"."""
    return annotation.split("_")[2]
