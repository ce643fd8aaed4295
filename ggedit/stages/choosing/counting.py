"""How many of the weighed candidates are meant: one, exactly n, all, or the n-th."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...core.detections import Source
from ...core.language import CountKind, Relation
from .candidates import Pool
from .resolve import Weighed, counting_direction
from .spatial import DIRECTIONS, absolute_share, order_along, relative_share

CLEAR_DROP = 0.4
"""For "all": belief may fall to this share of the one before it before the row of things ends."""
LEAST_OF_BEST = 0.2
"""For "all": belief may fall to this share of the best."""
_HOLDS = 0.5
_COLOUR_OF_BEST = 0.35
"""For "all red ones": a box needs this share of the reddest box's red."""


@dataclass(frozen=True, eq=False)
class Picked:
    """Positions in the pool that are kept, best first; why the others are not; the margin.

    margin: [0, 1], the pairwise probability between the last kept and the first dropped,
        0 = a toss-up. ``short``: how many fewer were found than asked for.
    order: for ordinals, the positions counted along.
    """

    kept: tuple[int, ...]
    why_not: dict[int, str]
    margin: float
    short: int = 0
    order: tuple[int, ...] = ()


def pick(weighed: Weighed) -> Picked:
    """The candidates that the referent's count and ordinal mean."""
    if not len(weighed):
        return Picked((), {}, 0.0)
    referent = weighed.referent
    wanted = referent.count.n or 1 if referent.count.kind is CountKind.EXACTLY else 1
    if referent.ordinal is not None and wanted > 1:
        return _run(weighed, referent.ordinal, wanted)
    if referent.ordinal is not None:
        return _likeliest_nth(weighed) if weighed.pool.unlabelled else _nth(weighed, referent.ordinal)
    if referent.count.kind is CountKind.ALL:
        return _all(weighed)
    return _best(weighed, wanted)


def real_ones(pool: Pool) -> list[int]:
    """Positions whose belief is high enough to be counted as things of the kind asked for.

    An adaptive cut: no fixed threshold, as detectors disagree about what a score means.
    """
    known = [i for i in range(len(pool)) if pool.source[i] is not Source.GUESS]
    order = sorted(known or range(len(pool)), key=lambda i: -pool.belief[i])
    kept = order[:1]
    for at in order[1:]:
        if pool.belief[at] < max(CLEAR_DROP * pool.belief[kept[-1]], LEAST_OF_BEST * pool.belief[order[0]]):
            break
        kept.append(at)
    return kept


def by_evidence(weighed: Weighed, among: list[int] | None = None) -> list[int]:
    """Positions, best first; equal ones in an order that depends on the boxes only."""
    xyxy = weighed.pool.xyxy
    positions = range(len(weighed)) if among is None else among
    return sorted(positions, key=lambda i: (-weighed.evidence[i], *xyxy[i].tolist()))


def advantage(weighed: Weighed, better: int, worse: int) -> float:
    """Margin in [0, 1] between two candidates: the difference of their pairwise probabilities."""
    return float(max(np.tanh((weighed.evidence[better] - weighed.evidence[worse]) / 2), 0.0))


def _best(weighed: Weighed, wanted: int) -> Picked:
    order = by_evidence(weighed)
    kept, rest = order[:wanted], order[wanted:]
    margin = advantage(weighed, kept[-1], rest[0]) if rest else 1.0
    return Picked(tuple(kept), {}, margin, short=wanted - len(kept))


def _likeliest_nth(weighed: Weighed) -> Picked:
    """Where it is not known which boxes are of the kind counted, the evidence decides."""
    pool = weighed.pool
    position = order_along(counting_direction(weighed.referent), pool.xyxy, pool.extent)
    order = np.lexsort((*pool.xyxy.T, position))
    return replace(_best(weighed, 1), order=tuple(int(i) for i in order))


def _run(weighed: Weighed, ordinal: int, wanted: int) -> Picked:
    """ "the first two", "the last three": that many from the ordinal on, away from its end."""
    order, position = _in_order(weighed)
    counted = order if ordinal > 0 else order[::-1]
    start = abs(ordinal) - 1
    kept = tuple(counted[start : start + wanted])
    if not kept:
        return Picked(tuple(counted[-1:]), {}, 0.0, short=wanted, order=tuple(order))
    ends = [position[i] for i in (*kept[-1:], *counted[start + wanted : start + wanted + 1])]
    margin = _order_margin(np.array(ends), 0)
    return Picked(kept, {}, margin, short=wanted - len(kept), order=tuple(order))


def _in_order(weighed: Weighed) -> tuple[list[int], np.ndarray]:
    """The things that are counted, in the order in which they are counted, and where each is."""
    pool = weighed.pool
    position = order_along(counting_direction(weighed.referent), pool.xyxy, pool.extent)
    among = _of_the_colour(weighed, real_ones(pool))
    return sorted(among, key=lambda i: (position[i], *pool.xyxy[i].tolist())), position


def _nth(weighed: Weighed, ordinal: int) -> Picked:
    order, position = _in_order(weighed)
    at = ordinal - 1 if ordinal > 0 else len(order) + ordinal
    if not 0 <= at < len(order):
        nearest = order[-1] if at >= len(order) else order[0]
        return Picked((nearest,), {}, 0.0, short=max(at + 1 - len(order), 1), order=tuple(order))
    return Picked((order[at],), {}, _order_margin(position[order], at), order=tuple(order))


def _order_margin(sorted_position: np.ndarray, at: int) -> float:
    """How clearly the n-th stands apart from its neighbours in the order."""
    steps = np.abs(np.diff(sorted_position))[max(at - 1, 0) : at + 1]
    return float(np.tanh(steps.min() / 0.03)) if len(steps) else 1.0


def _all(weighed: Weighed) -> Picked:
    """Every real one for which each test holds by itself."""
    real = real_ones(weighed.pool)
    why_not = {i: "too unsure to count" for i in range(len(weighed)) if i not in real}
    kept = _of_the_colour(weighed, real)
    why_not.update({i: "another colour" for i in real if i not in kept})
    holds = shares_of_tests(weighed)
    fitting = [i for i in kept if holds[i] >= _HOLDS]
    if not fitting:
        fitting = by_evidence(weighed, kept)[:1]
    why_not.update({i: "not in that place" for i in kept if i not in fitting})
    margin = float(min(abs(2 * holds[i] - 1) for i in kept)) if weighed.referent.tests else 1.0
    return Picked(tuple(by_evidence(weighed, fitting)), why_not, margin)


def _of_the_colour(weighed: Weighed, among: list[int]) -> list[int]:
    if weighed.colour is None or not among:
        return among
    least = _COLOUR_OF_BEST * max(weighed.shares[i] for i in among)
    return [i for i in among if weighed.shares[i] >= least]


def shares_of_tests(weighed: Weighed) -> np.ndarray:
    """(n,) in [0, 1]: the least satisfied of the referent's tests, each by itself."""
    pool, least = weighed.pool, np.ones(len(weighed.pool))
    for test in weighed.referent.tests:
        if not test.anchors and (test.relation in DIRECTIONS or test.relation is Relation.MIDDLE):
            least = np.minimum(least, absolute_share(test.relation, pool.xyxy, pool.extent))
    for anchored in weighed.relative:
        if anchored.test.relation is Relation.BETWEEN:
            continue
        boxes = anchored.anchors[0].pool.xyxy[anchored.best[:, 0]]
        for i in range(len(pool)):
            share = relative_share(anchored.test.relation, pool.xyxy[i : i + 1], boxes[i], pool.extent)[0]
            least[i] = min(least[i], share)
    return least
