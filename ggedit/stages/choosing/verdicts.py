"""Rows of a Selection for one referent: each candidate kept or dropped, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ...core.detections import Detections, Source
from ...core.language import CountKind, Referent
from ...core.selection import Choice, Doubt, Role
from .counting import Picked, by_evidence, pick
from .resolve import Weighed
from .words import is_many, plural, side_in_words, side_of, tests_in_words, which_one

ASK_BELOW = 0.35
"""Margins below this are asked about. benchmarks/select.py prints how often answers on either
side of it are right: without any picture or label, 46 % below and 85 % above."""
_SHOWN = 4
"""Candidates that a question highlights."""


@dataclass(frozen=True, eq=False)
class Verdict:
    """A referent's candidates, judged."""

    weighed: Weighed
    picked: Picked

    @property
    def kept_rows(self) -> tuple[int, ...]:
        """Rows of the detections that the referent means."""
        return tuple(self.weighed.pool.rows[i] for i in self.picked.kept)


def judge(weighed: Weighed) -> Verdict:
    return Verdict(weighed, pick(weighed))


def without(verdict: Verdict, rows: frozenset[int]) -> Verdict:
    """The verdict with these rows dropped: the things that the person took out."""
    pool, picked = verdict.weighed.pool, verdict.picked
    out = {i: "you left it out" for i in picked.kept if pool.rows[i] in rows}
    kept = tuple(i for i in picked.kept if i not in out)
    return Verdict(verdict.weighed, replace(picked, kept=kept, why_not={**picked.why_not, **out}))


def choices_of(verdict: Verdict, detections: Detections, *, role: Role, clause: int) -> tuple[Choice, ...]:
    """One row per candidate, kept ones first."""
    weighed, picked = verdict.weighed, verdict.picked
    scores = fit_scores(weighed, picked)
    rows: list[Choice] = []
    for at in (*picked.kept, *(i for i in by_evidence(weighed) if i not in picked.kept)):
        kept = at in picked.kept
        reason = _why_kept(verdict, at, detections) if kept else _why_dropped(verdict, at, detections)
        id_ = detections.ids[weighed.pool.rows[at]]
        rows.append(Choice(id_, kept, reason, float(scores[at]), role, clause, weighed.referent.phrase))
    for row, reason in weighed.pool.dropped.items():
        rows.append(Choice(detections.ids[row], False, reason, 0.0, role, clause, weighed.referent.phrase))
    return tuple(rows)


def fit_scores(weighed: Weighed, picked: Picked) -> np.ndarray:
    """(n,) in [0, 1]: how well each candidate fits, 1 for the best."""
    if not len(weighed):
        return np.zeros(0)
    if picked.order:
        steps = np.full(len(weighed), len(weighed))
        best = picked.order.index(picked.kept[0]) if picked.kept else 0
        for at in picked.order:
            steps[at] = abs(picked.order.index(at) - best)
        return 1 / (1.0 + steps)
    return np.exp(np.clip(weighed.evidence - weighed.evidence.max(), -30, 0))


def doubt_of(verdict: Verdict, detections: Detections, clause: int) -> Doubt | None:
    """What should be asked about this referent, if anything."""
    referent, picked, pool = verdict.weighed.referent, verdict.picked, verdict.weighed.pool
    if not len(pool):
        question = f"I could not find the {referent.phrase}. Draw a box around it, or click it."
        return Doubt(clause, referent.phrase, (), question)
    if not picked.kept:
        return Doubt(clause, referent.phrase, (), f"Without what you left out no {referent.head} is left.")
    if picked.short and referent.ordinal is not None:
        found = len(picked.order)
        question = f"I see only {found} {plural(referent.head, found)}. Which one is meant?"
        return _doubt(verdict, detections, clause, question)
    if picked.short and not _is_group(verdict):
        wanted, found = len(picked.kept) + picked.short, len(picked.kept)
        seen = f"I see only {found} of {wanted} {plural(referent.head, wanted)}."
        question = f"{seen} Draw a box around what is missing, or go on."
        return _doubt(verdict, detections, clause, question)
    if any(pool.source[i] is Source.GUESS for i in picked.kept):
        question = (
            f"I am not sure where the {referent.phrase} is; I would take this. Click it, or draw a box around it."
        )
        return _doubt(verdict, detections, clause, question)
    if picked.margin < ASK_BELOW:
        return _doubt(verdict, detections, clause, _which(verdict, detections))
    return None


def anchor_verdicts(verdict: Verdict) -> Iterator[Verdict]:
    """The anchors that the kept candidates were chosen by, chained ones included."""
    for anchored in verdict.weighed.relative:
        for number, anchor in enumerate(anchored.anchors):
            positions = dict.fromkeys(int(anchored.best[i, number]) for i in verdict.picked.kept)
            chosen = Verdict(anchor, _chosen_with(anchor, tuple(positions)))
            yield chosen
            yield from anchor_verdicts(chosen)


def lost_anchor_doubts(verdict: Verdict, clause: int) -> tuple[Doubt, ...]:
    """Questions about anchors that were not found, where the choice hangs on them."""
    if len(verdict.weighed.pool) < 2:
        return ()
    sentence = "I could not find the {0}, so I cannot tell which {1} is meant. Draw a box around the {0}."
    head = verdict.weighed.referent.head
    return tuple(Doubt(clause, a.phrase, (), sentence.format(a.phrase, head)) for a in verdict.weighed.lost)


def _chosen_with(anchor: Weighed, positions: tuple[int, ...]) -> Picked:
    others = {i: "the other one fits the place better" for i in range(len(anchor)) if i not in positions}
    return Picked(positions, others, 1.0)


def _doubt(verdict: Verdict, detections: Detections, clause: int, question: str) -> Doubt:
    """A doubt that shows the best candidates; where all are guesses, poor ones as well."""
    weighed, picked = verdict.weighed, verdict.picked
    order = dict.fromkeys((*picked.kept, *by_evidence(weighed)))
    rows = [weighed.pool.rows[i] for i in order]
    if all(source is Source.GUESS for source in weighed.pool.source):
        rows += sorted(weighed.pool.noise(), key=lambda row: -float(detections.score[row]))
    ids = tuple(detections.ids[row] for row in rows[: max(_SHOWN, len(picked.kept) + 1)])
    return Doubt(clause, weighed.referent.phrase, ids, question, round(picked.margin, 4))


def _which(verdict: Verdict, detections: Detections) -> str:
    """ "Which lamp? Two match; I would take the right one because it is nearest to the bed." """
    weighed, picked = verdict.weighed, verdict.picked
    referent, head = weighed.referent, weighed.referent.head or weighed.referent.phrase
    rivals = [i for i in by_evidence(weighed) if weighed.evidence[i] >= weighed.evidence[picked.kept[0]] - 3]
    because = _because(referent)
    if is_many(referent):
        ids = ", ".join(detections.ids[weighed.pool.rows[i]] for i in picked.kept)
        return f"Which {plural(head, 2)}? I would take {ids}{because}."
    first = picked.kept[0]
    rival = next((i for i in by_evidence(weighed) if i != first), first)
    count = max(len(rivals), 2)
    number = {2: "Two", 3: "Three", 4: "Four"}.get(count, str(count))
    return (
        f"Which {head}? {number} match; I would take the {side_of(weighed.pool.xyxy.tolist(), first, rival)}{because}."
    )


def _because(referent: Referent) -> str:
    tests = tests_in_words(referent)
    if tests and referent.ordinal is None:
        return f" because it is {tests}" if not is_many(referent) else f" because they are {tests}"
    return "" if tests else ", which looks most like it" if not is_many(referent) else ""


def _is_group(verdict: Verdict) -> bool:
    """One box that may well show all that were asked for, such as a crowd."""
    return is_many(verdict.weighed.referent) and len(verdict.weighed.pool) == 1


def _why_kept(verdict: Verdict, at: int, detections: Detections) -> str:
    weighed, picked = verdict.weighed, verdict.picked
    referent, pool = weighed.referent, weighed.pool
    head, total = referent.head or referent.phrase, len(pool)
    if pool.source[at] is Source.USER and total == 1 and detections.phrases[pool.rows[at]]:
        return "kept: you drew it"
    if picked.order:
        return f"kept: {_place_in_order(picked.order, at, referent)}"
    tests = tests_in_words(referent)
    if is_many(referent):
        return _why_kept_of_many(verdict, tests)
    if total == 1:
        return f"kept: the only {head}"
    if tests:
        return f"kept: {which_one(referent, total)}"
    if weighed.colour is not None:
        return f"kept: the most {weighed.colour.name} of {total} {plural(head, total)}"
    return f"kept: the surest of {total} {plural(head, total)}"


def _why_kept_of_many(verdict: Verdict, tests: str) -> str:
    referent, kept = verdict.weighed.referent, len(verdict.picked.kept)
    head = referent.head or referent.phrase
    if _is_group(verdict):
        return f"kept: one box for all {plural(head, 2)}"
    if kept == 1:
        return f"kept: the only {head}{f' that is {tests}' if tests else ''} that is meant"
    where = f" that are {tests}" if tests else ""
    which = "all" if referent.count.kind is CountKind.ALL else "the"
    return f"kept: one of {which} {kept} {plural(head, kept)}{where}"


def _why_dropped(verdict: Verdict, at: int, detections: Detections) -> str:
    weighed, picked = verdict.weighed, verdict.picked
    referent = weighed.referent
    if at in picked.why_not:
        return f"dropped: {picked.why_not[at]}"
    if picked.order:
        return (
            f"dropped: {_place_in_order(picked.order, at, referent)}" if at in picked.order else "dropped: not counted"
        )
    best = detections.ids[weighed.pool.rows[picked.kept[0]]] if picked.kept else "another"
    tests = tests_in_words(referent)
    if is_many(referent):
        return f"dropped: {best} and the others fit better"
    if tests:
        return f"dropped: {best} is rather {which_one(referent)}"
    if weighed.colour is not None:
        return f"dropped: {best} is more {weighed.colour.name}"
    return f"dropped: {best} looks more like the {referent.phrase}"


def _place_in_order(order: tuple[int, ...], at: int, referent: Referent) -> str:
    return f"{order.index(at) + 1} of {len(order)} {side_in_words(referent.tests)}"
