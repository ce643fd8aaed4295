"""Decide which boxes the instruction means, and say why."""

from __future__ import annotations

from ..core.detections import Detections
from ..core.language import Clause, EditVerb, Instruction
from ..core.picture import Picture
from ..core.selection import Choice, Doubt, Role, Selection
from .choosing.bystanders import bystanders
from .choosing.resolve import View, weigh
from .choosing.verdicts import Verdict, anchor_verdicts, choices_of, doubt_of, judge, lost_anchor_doubts, without


def select(instruction: Instruction, detections: Detections, picture: Picture | None) -> Selection:
    """A verdict with a reason on every candidate of every thing the clauses speak of.

    Targets and anchors are kept for their clause; what else the picture surely shows is kept
    as a bystander. A thing without a candidate, a choice with a small margin and a mere guess
    become doubts. Without a picture, colour words are not checked.
    """
    view = View.of(detections, picture)
    choices: list[Choice] = []
    doubts: list[Doubt] = []
    for index, clause in enumerate(instruction.clauses):
        mine, asked = select_clause(clause, index, view)
        choices += mine
        doubts += asked
    kept = {detections.index(choice.id) for choice in choices if choice.kept}
    return Selection((*choices, *bystanders(view, kept)), tuple(doubts))


def select_clause(clause: Clause, index: int, view: View) -> tuple[list[Choice], list[Doubt]]:
    """The rows and doubts of one clause."""
    choices: list[Choice] = []
    doubts: list[Doubt] = []
    targets: frozenset[int] = frozenset()
    spared = [judge(weigh(thing, view)) for thing in clause.spared]
    for verdict in spared:
        choices += _anchor_rows(verdict, view, index)
        doubts += _doubts(verdict, view, index)
    if clause.verb is EditVerb.BACKGROUND:
        for verdict in spared:
            choices += choices_of(verdict, view.detections, role=Role.TARGET, clause=index)
    if clause.target is not None:
        verdict = judge(weigh(clause.target, view))
        if spared and clause.verb is not EditVerb.BACKGROUND:
            verdict = without(verdict, frozenset(row for other in spared for row in other.kept_rows))
        targets = frozenset(verdict.kept_rows)
        choices += choices_of(verdict, view.detections, role=Role.TARGET, clause=index)
        choices += _anchor_rows(verdict, view, index)
        doubts += _doubts(verdict, view, index)
    for anchor in clause.place.anchors if clause.place is not None else ():
        verdict = judge(weigh(anchor, view, not_rows=targets))
        choices += choices_of(verdict, view.detections, role=Role.ANCHOR, clause=index)
        choices += _anchor_rows(verdict, view, index)
        doubts += _doubts(verdict, view, index)
    return choices, doubts


def _anchor_rows(verdict: Verdict, view: View, index: int) -> list[Choice]:
    """Rows for the things that a referent's tests were measured against."""
    rows: list[Choice] = []
    for anchor in anchor_verdicts(verdict):
        rows += choices_of(anchor, view.detections, role=Role.ANCHOR, clause=index)
    return rows


def _doubts(verdict: Verdict, view: View, index: int) -> list[Doubt]:
    doubt = doubt_of(verdict, view.detections, index)
    return [*([doubt] if doubt is not None else []), *lost_anchor_doubts(verdict, index)]
