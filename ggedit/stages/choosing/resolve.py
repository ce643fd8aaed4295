"""From a referent to the boxes it means: evidence, chained anchors, counting."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...core.colour import Colour
from ...core.detections import Detections, Source
from ...core.language import CountKind, Referent, Relation, SpatialTest
from ...core.picture import Picture
from .attributes import asked_colour, colour_evidence, colour_shares, size_evidence
from .candidates import Evidence, Pool, find_candidates, without_noise
from .lines import in_line, names_line
from .overlaps import same_things, without_nested
from .shapes import shape_evidence
from .spatial import (
    COUNTABLE,
    absent_evidence,
    absolute_evidence,
    between_evidence,
    ordinal_evidence,
    relative_evidence,
)

_NO_ANCHOR = 0.02
"""Belief in a candidate that would itself have to be the anchor."""


@dataclass(frozen=True, eq=False)
class View:
    """What may be looked at, with the duplicates among the boxes."""

    detections: Detections
    picture: Picture | None
    same_as: tuple[int, ...]

    @classmethod
    def of(cls, detections: Detections, picture: Picture | None) -> View:
        return cls(detections, picture, same_things(detections))


@dataclass(frozen=True, eq=False)
class Anchored:
    """A relative test: the anchors it was read with, and which anchor suits each candidate."""

    test: SpatialTest
    anchors: tuple[Weighed, ...]
    best: np.ndarray
    """int (n, number of anchors): position in each anchor's pool for each candidate."""


@dataclass(frozen=True, eq=False)
class Weighed:
    """A referent's candidates with their evidence, best first."""

    referent: Referent
    pool: Pool
    evidence: Evidence
    colour: Colour | None = None
    shares: np.ndarray = field(default_factory=lambda: np.zeros(0))
    relative: tuple[Anchored, ...] = ()
    lost: tuple[Referent, ...] = ()
    """Anchors without any candidate: their tests could not be made."""

    def __len__(self) -> int:
        return len(self.pool)


def weigh(referent: Referent, view: View, *, not_rows: frozenset[int] = frozenset()) -> Weighed:
    """All evidence for every candidate of a referent, anchors resolved first.

    Args:
        referent: what is spoken of.
        view: the boxes and the picture.
        not_rows: rows that this referent cannot be (it is the anchor of that thing).
    """
    pool = _pool(referent, view, not_rows)
    evidence = np.log(pool.belief) + _evidence_of_words(referent, pool) + _evidence_of_place(referent, pool)
    colour = asked_colour(referent) if view.picture is not None else None
    shares = np.zeros(len(pool))
    if colour is not None and view.picture is not None:
        shares = colour_shares(pool, colour, view.picture)
        evidence = evidence + colour_evidence(shares)
    relative: list[Anchored] = []
    lost: list[Referent] = []
    for test in referent.tests:
        if not test.anchors or names_line(test):
            continue
        anchors = tuple(weigh(anchor, view) for anchor in test.anchors)
        lost += [a.referent for a in anchors if not len(a)]
        gained, best = _against(test.relation, pool, anchors)
        evidence = evidence + gained
        if best is not None:
            relative.append(Anchored(test, anchors, best))
    return Weighed(referent, pool, np.round(evidence, 9), colour, shares, tuple(relative), tuple(lost))


def _evidence_of_words(referent: Referent, pool: Pool) -> Evidence:
    """What the description's words say about size and shape."""
    if pool.unlabelled:
        return shape_evidence(referent.phrase.casefold().split(), pool.xyxy, pool.extent)
    return size_evidence(referent, pool)


def _evidence_of_place(referent: Referent, pool: Pool) -> Evidence:
    """Places without an anchor. With an ordinal they only say from where to count; where it is
    not known what the boxes show, the count is soft too."""
    places = [test.relation for test in referent.tests if not test.anchors]
    if referent.ordinal is None:
        return absolute_evidence(places, pool.xyxy, pool.extent)
    if not pool.unlabelled or len(pool) < 2:
        return np.zeros(len(pool))
    along = counting_direction(referent)
    others = [place for place in places if place is not along]
    soft = ordinal_evidence(referent.ordinal, along, pool.xyxy, pool.extent)
    return soft + absolute_evidence(others, pool.xyxy, pool.extent)


def counting_direction(referent: Referent) -> Relation | None:
    """The last place without an anchor that an ordinal can count along."""
    return next((t.relation for t in reversed(referent.tests) if not t.anchors and t.relation in COUNTABLE), None)


def _pool(referent: Referent, view: View, not_rows: frozenset[int]) -> Pool:
    pool = find_candidates(referent, view.detections, view.same_as)
    if not_rows:
        pool = pool.take([i for i, row in enumerate(pool.rows) if row not in not_rows], {})
    if referent.count.kind is CountKind.ONE and any(source is Source.USER for source in pool.source):
        return _drawn(pool)
    pool = without_noise(without_nested(pool, view.detections.ids))
    for line in (test.anchors[0] for test in referent.tests if names_line(test)):
        pool = in_line(pool, line)
    return pool


def _drawn(pool: Pool) -> Pool:
    """Only what the person drew, where the person drew something of that name."""
    keep = [i for i, source in enumerate(pool.source) if source is Source.USER]
    others = {row: "dropped: you drew another box for it" for i, row in enumerate(pool.rows) if i not in keep}
    return pool.take(keep, others)


def _against(relation: Relation, pool: Pool, anchors: tuple[Weighed, ...]) -> tuple[Evidence, np.ndarray | None]:
    """Evidence (n,) of a relative test over all anchors, and the best anchor for each candidate.

    Candidate and anchor are weighed jointly: an uncertain anchor that makes a candidate fit
    well counts, and so does, where kinds are unknown, the chance that no box shows the anchor.
    """
    absent = absent_evidence(relation, pool.xyxy, pool.extent)
    if not all(len(anchor) for anchor in anchors):
        return absent, None
    if relation is Relation.BETWEEN:
        return _between(pool, anchors)
    anchor = anchors[0]
    joint = relative_evidence(relation, pool.xyxy, anchor.pool.xyxy, pool.extent) + log_share(anchor.evidence)[None]
    joint = np.where(_same_row(pool, anchor.pool), -np.inf, joint)
    if anchor.pool.unlabelled:
        joint = np.concatenate([joint, absent[:, None]], axis=1)
    gained = np.logaddexp.reduce(joint, axis=1)
    lowest = gained[np.isfinite(gained)].min(initial=0.0) + np.log(_NO_ANCHOR)
    best = joint[:, : len(anchor)].argmax(axis=1)[:, None]
    return np.where(np.isfinite(gained), gained, lowest), best


def _between(pool: Pool, anchors: tuple[Weighed, ...]) -> tuple[Evidence, np.ndarray]:
    """Every pair of the two anchors' candidates; one plural anchor gives pairs of its own."""
    first, second = anchors[0], anchors[-1]
    shares = log_share(first.evidence), log_share(second.evidence)
    gained = np.full(len(pool), -np.inf)
    best = np.zeros((len(pool), 2), int)
    for a in range(len(first)):
        for b in range(len(second)):
            if first.pool.rows[a] == second.pool.rows[b]:
                continue
            fits = between_evidence(pool.xyxy, first.pool.xyxy[a], second.pool.xyxy[b], pool.extent)
            fits = fits + shares[0][a] + shares[1][b]
            own = np.array([row in (first.pool.rows[a], second.pool.rows[b]) for row in pool.rows])
            better = (fits > gained) & ~own
            gained[better] = fits[better]
            best[better] = a, b
    lowest = gained[np.isfinite(gained)].min() if np.isfinite(gained).any() else 0.0
    return np.where(np.isfinite(gained), gained, lowest + np.log(_NO_ANCHOR)), best[:, : len(anchors)]


def _same_row(pool: Pool, other: Pool) -> np.ndarray:
    return np.array(pool.rows)[:, None] == np.array(other.rows)[None, :]


def log_share(evidence: Evidence) -> Evidence:
    """Log of the soft-max share of each candidate."""
    shifted = evidence - evidence.max(initial=0.0) if not len(evidence) else evidence - evidence.max()
    return shifted - np.log(np.exp(shifted).sum()) if len(shifted) else shifted
