"""Candidate boxes: everything that was seen, and where each box comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from .errors import BadInput
from .freeze import Frozen, read_only
from .geometry import Box, Extent, Xyxy, as_xyxy, clip_xyxy


class Source(StrEnum):
    """Why a box is believed.

    ``MODEL``: the detector knows this kind of thing. ``GUESS``: it was ranked by colour,
    place and objectness only, or found below the usual thresholds; a person should look. ``USER``: a person drew it.
    """

    MODEL = "model"
    GUESS = "guess"
    USER = "user"


@dataclass(frozen=True, eq=False)
class Detections(Frozen):
    """Candidate boxes of one picture, columns of equal length N.

    ids: unique names ("cup-1"); they stay with the thing through every later stage.
    xyxy: float32 (N, 4), clipped to ``extent``.
    score: float32 (N,) in [0, 1].
    phrases: what was asked when the box was found: a referent's phrase or a scene label.
    source: where each box comes from.
    extent: the picture's size.
    """

    ids: tuple[str, ...]
    xyxy: Xyxy
    score: npt.NDArray[np.float32]
    phrases: tuple[str, ...]
    source: tuple[Source, ...]
    extent: Extent

    def __post_init__(self) -> None:
        xyxy = clip_xyxy(as_xyxy(self.xyxy), self.extent)
        score = np.asarray(self.score, dtype=np.float32).reshape(-1)
        lengths = {len(self.ids), len(xyxy), len(score), len(self.phrases), len(self.source)}
        if len(lengths) > 1:
            raise ValueError(f"columns of unequal length: {sorted(lengths)}")
        if len(set(self.ids)) != len(self.ids):
            raise ValueError(f"ids are not unique: {self.ids}")
        if len(score) and (not np.isfinite(score).all() or score.min() < 0 or score.max() > 1):
            raise ValueError("scores lie outside [0, 1]")
        object.__setattr__(self, "xyxy", read_only(xyxy, np.float32))
        object.__setattr__(self, "score", read_only(score, np.float32))

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def empty(cls, extent: Extent) -> Detections:
        return cls((), as_xyxy([]), np.zeros(0, np.float32), (), (), extent)

    @classmethod
    def build(
        cls,
        *,
        extent: Extent,
        xyxy: npt.ArrayLike,
        score: npt.ArrayLike,
        phrases: Sequence[str],
        source: Sequence[Source] | None = None,
    ) -> Detections:
        """From columns without ids: each box is named after its phrase's last word.

        Boxes that have no area inside the picture are left out.
        """
        boxes, scores = clip_xyxy(as_xyxy(xyxy), extent), np.asarray(score, np.float32).reshape(-1)
        sources = tuple(source or [Source.MODEL] * len(boxes))
        alive = [i for i, (x1, y1, x2, y2) in enumerate(boxes) if x2 > x1 and y2 > y1]
        kept = tuple(phrases[i] for i in alive)
        return cls(name_ids(kept), boxes[alive], scores[alive], kept, tuple(sources[i] for i in alive), extent)

    def index(self, id_: str) -> int:
        """Row of an id.

        Raises:
            BadInput: no such box.
        """
        try:
            return self.ids.index(id_)
        except ValueError:
            raise BadInput(f"There is no box called {id_!r}; there are: {', '.join(self.ids)}.") from None

    def box(self, id_: str) -> Box:
        return Box.from_xyxy(self.xyxy[self.index(id_)])

    def take(self, rows: Sequence[int]) -> Detections:
        """The rows named, in that order."""
        picked = list(rows)
        return Detections(
            tuple(self.ids[i] for i in picked),
            self.xyxy[picked],
            self.score[picked],
            tuple(self.phrases[i] for i in picked),
            tuple(self.source[i] for i in picked),
            self.extent,
        )

    def added(self, id_: str, box: Box, *, phrase: str, score: float, source: Source) -> Detections:
        """With one more row."""
        clipped = box.clipped(self.extent)
        return Detections(
            (*self.ids, id_),
            np.concatenate([self.xyxy, as_xyxy(clipped.xyxy)]),
            np.append(self.score, np.float32(score)),
            (*self.phrases, phrase),
            (*self.source, source),
            self.extent,
        )


def name_ids(phrases: Sequence[str], taken: Sequence[str] = ()) -> tuple[str, ...]:
    """Ids "cup-1", "cup-2" from the phrases' last words, none of them in ``taken``."""
    used, names = set(taken), []
    for phrase in phrases:
        word = "".join(c if c.isalnum() else "-" for c in phrase.lower().split()[-1]) if phrase.split() else "thing"
        number = 1
        while f"{word}-{number}" in used:
            number += 1
        used.add(f"{word}-{number}")
        names.append(f"{word}-{number}")
    return tuple(names)


def name_in(id_: str) -> str:
    """The name in an id: "red-cup-1" is a red cup."""
    return id_.rpartition("-")[0].replace("-", " ") or id_
