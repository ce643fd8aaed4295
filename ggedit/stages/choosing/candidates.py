"""Which boxes could be the thing that is spoken of, before any place or colour is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ...core.detections import Detections, Source
from ...core.geometry import Extent
from ...core.inflection import singular
from ...core.language import Referent
from .kinds import kinship

Evidence = npt.NDArray[np.float64]
"""Natural-log evidence, one number per candidate; differences matter, not the level."""

ALWAYS = frozenset({"thing", "object", "one", "item", "something", "anything", "stuff"})
"""Heads that say nothing about the kind of thing."""
TOO_UNSURE = "dropped: too unsure to count"
UNLABELLED = 0.5
"""Belief that a box without a label is the kind of thing asked for."""


@dataclass(frozen=True, eq=False)
class Pool:
    """The candidates for one referent.

    rows: their rows in the detections. xyxy: float64 (n, 4) in picture pixels.
    belief: (n,) in (0, 1], detector score times how well the label suits the word.
    dropped: rows that were candidates and are out, with the reason in words.
    """

    rows: tuple[int, ...]
    xyxy: npt.NDArray[np.float64]
    belief: npt.NDArray[np.float64]
    source: tuple[Source, ...]
    extent: Extent
    dropped: dict[int, str] = field(default_factory=dict)
    unlabelled: bool = False
    """Nothing is known about what any of the boxes shows."""

    def __len__(self) -> int:
        return len(self.rows)

    def noise(self) -> list[int]:
        """Rows that were dropped only because they are hardly believed."""
        return [row for row, reason in self.dropped.items() if reason == TOO_UNSURE]

    def take(self, keep: list[int], dropped: dict[int, str]) -> Pool:
        """The candidates at these positions; ``dropped`` (row -> reason) is added to the rest."""
        return Pool(
            tuple(self.rows[i] for i in keep),
            self.xyxy[keep],
            self.belief[keep],
            tuple(self.source[i] for i in keep),
            self.extent,
            {**self.dropped, **dropped},
            self.unlabelled,
        )


def find_candidates(referent: Referent, detections: Detections, same_as: Sequence[int]) -> Pool:
    """Rows that were asked for by the referent's phrase, and rows whose label suits its head.

    ``same_as``: for each row the row that stands for the same thing (see ``overlaps``).
    """
    belief: dict[int, float] = {}
    dropped: dict[int, str] = {}
    for row in range(len(detections)):
        suits = _suits(referent, detections.phrases[row], detections.source[row])
        if suits <= 0:
            continue
        leader = same_as[row]
        belief[leader] = max(belief.get(leader, 0.0), max(float(detections.score[row]), 1e-4) * suits)
        if leader != row:
            dropped[row] = f"dropped: the same thing as {detections.ids[leader]}"
    rows = tuple(sorted(belief, key=lambda r: (-belief[r], *detections.xyxy[r].tolist())))
    return Pool(
        rows,
        np.asarray(detections.xyxy[list(rows)], np.float64).reshape(-1, 4),
        np.asarray([belief[row] for row in rows], np.float64),
        tuple(detections.source[row] for row in rows),
        detections.extent,
        dropped,
        bool(rows) and not any(detections.phrases[row] for row in rows),
    )


LIKELY = 0.25
"""Belief of a known thing from which mere guesses beside it need half its belief to count."""
_NOISE = 0.1
"""Share of the best belief below which a candidate is noise."""


def without_noise(pool: Pool) -> Pool:
    """Without candidates that are hardly believed beside the best one.

    Detectors give many poor boxes; they must not be "the leftmost of five".
    """
    if len(pool) < 2 or pool.unlabelled:
        return pool
    known = [pool.belief[i] for i in range(len(pool)) if pool.source[i] is not Source.GUESS]
    surest = max(known, default=0.0)
    least = _NOISE * float(pool.belief.max())
    guess = max(least, 0.5 * surest) if surest >= LIKELY else least
    keep = [i for i in range(len(pool)) if pool.belief[i] >= (guess if pool.source[i] is Source.GUESS else least)]
    noise = {row: TOO_UNSURE for i, row in enumerate(pool.rows) if i not in keep}
    return pool.take(keep, noise)


def _suits(referent: Referent, phrase: str, source: Source) -> float:
    """How well a box that was found as ``phrase`` suits the referent, [0, 1]."""
    if not phrase:
        return UNLABELLED
    if phrase.casefold() == referent.phrase.casefold():
        return 1.0
    head = referent.head or referent.phrase
    if singular(head) in ALWAYS:
        return 0.5
    if source is Source.USER and head.casefold() in phrase.casefold().split():
        return 1.0
    return kinship(head, phrase)
