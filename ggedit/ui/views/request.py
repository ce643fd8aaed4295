"""The request: how the instruction was understood, what is in doubt, what cannot be done."""

from __future__ import annotations

import re

from ...core.detections import Detections
from ...core.inflection import is_plural, plural
from ...core.language import (
    Clause,
    Count,
    CountKind,
    EditVerb,
    Instruction,
    Referent,
    Relation,
    Span,
    SpatialTest,
)
from ...core.plan import Refusal
from ...core.selection import Doubt, Selection
from ...core.turn import Turn
from .words import Json, View, belief, open_doubts

_VERBS = {
    EditVerb.INSERT: "add",
    EditVerb.REMOVE: "remove",
    EditVerb.REPLACE: "replace",
    EditVerb.RESTYLE: "change the look of",
    EditVerb.MOVE: "move",
    EditVerb.RESIZE: "resize",
    EditVerb.FLIP: "flip",
    EditVerb.DUPLICATE: "copy",
    EditVerb.RELATE: "relate",
    EditVerb.BACKGROUND: "change the background",
}


def request_view(turn: Turn | None) -> View:
    """Nothing but empty lists before anything was asked."""
    if turn is None:
        return {"text": "", "clauses": [], "note": "", "questions": [], "doubts": [], "refusals": []}
    read = turn.instruction
    refusals = turn.plan.refusals if turn.plan is not None else ()
    return {
        "text": turn.ask.text,
        "by_graph": bool(turn.ask.graph_edits),
        "clauses": [_clause(i, c) for i, c in enumerate(read.clauses)] if read is not None else [],
        "note": (read.note or "") if read is not None else "",
        "questions": list(read.questions) if read is not None else [],
        "doubts": [_doubt(d, turn.selection, turn.detections) for d in open_doubts(turn)],
        "refusals": [{"sentence": r.sentence, "offers": offers_of(r, read)} for r in refusals],
    }


_PRONOUN = re.compile(r"\bit\b")


def offers_of(refusal: Refusal, read: Instruction | None) -> list[Json]:
    """What can be asked instead: the words on the button, and the whole instruction with the
    refused part replaced by them."""
    clause = _refused(refusal, read.clauses) if read is not None else None
    if clause is None or read is None:
        return []
    name = f"the {clause.target.phrase}" if clause.target is not None else "the picture"
    texts = [_PRONOUN.sub(name, offer) for offer in refusal.offers]
    if clause.span is None:
        return [{"text": text, "ask": text} for text in texts]
    before, after = read.text[: clause.span.start], read.text[clause.span.end :]
    return [{"text": text, "ask": before + text + after} for text in texts]


def _refused(refusal: Refusal, clauses: tuple[Clause, ...]) -> Clause | None:
    """The clause that the refusal is about; None where that can't be told."""
    if len(clauses) == 1:
        return clauses[0]
    about = [c for c in clauses if refusal.wish == c.direct or (c.payload and c.payload in refusal.wish)]
    return about[0] if len(about) == 1 else None


def _clause(index: int, clause: Clause) -> View:
    chips = [_chip("verb", _VERBS[clause.verb], None)]
    if clause.target is not None:
        chips.append(_chip("target", _referent(clause.target), clause.target.span))
    if clause.payload:
        chips.append(_chip("payload", clause.payload, None))
    if clause.place is not None:
        chips.append(_chip("place", _test(clause.place), None))
    chips += [_chip("place", f"but not the {_referent(thing)}", thing.span) for thing in clause.spared]
    return {"index": index, "chips": chips, "direct": clause.direct}


def _chip(kind: str, text: str, span: Span | None) -> Json:
    return {"kind": kind, "text": text, "span": None if span is None else [span.start, span.end]}


def _referent(thing: Referent) -> str:
    words = [_count(thing.count), _ordinal(thing.ordinal), _in_number(thing)]
    text = " ".join(word for word in words if word)
    where = ", ".join(_test(test) for test in thing.tests)
    meant = f" (“{thing.resolved_from}”)" if thing.resolved_from else ""
    return f"{text}{meant}" + (f", {where}" if where else "")


def _in_number(thing: Referent) -> str:
    """The phrase, in the plural where several are meant: "red cups"."""
    *words, last = thing.phrase.split() or [""]
    many = thing.count.kind is not CountKind.ONE and thing.count.n != 1
    return " ".join([*words, plural(last) if many and last and not is_plural(last) else last])


def _count(count: Count) -> str:
    if count.kind is CountKind.ALL:
        return "all"
    return str(count.n) if count.kind is CountKind.EXACTLY else ""


def _ordinal(ordinal: int | None) -> str:
    if ordinal is None:
        return ""
    return "last" if ordinal == -1 else f"number {ordinal}"


_ALONE = {
    Relation.LEFT_OF: "on the left",
    Relation.RIGHT_OF: "on the right",
    Relation.ABOVE: "at the top",
    Relation.BELOW: "at the bottom",
    Relation.BEHIND: "at the back",
    Relation.IN_FRONT: "in front",
    Relation.MIDDLE: "in the middle",
    Relation.CORNER: "in the corner",
    Relation.NEAREST: "nearest",
    Relation.FARTHEST: "farthest away",
}
"""Directions that are measured against nothing but the picture."""


def _test(test: SpatialTest) -> str:
    if not test.anchors and test.relation in _ALONE:
        return _ALONE[test.relation]
    relation = test.relation.value.replace("_", " ")
    anchors = " and ".join(f"the {anchor.phrase}" for anchor in test.anchors)
    return f"{relation} {anchors}".strip()


def _doubt(doubt: Doubt, selection: Selection | None, detections: Detections | None) -> View:
    rows = selection.choices if selection is not None else ()
    mine = {c.id: c for c in rows if c.clause == doubt.clause}
    candidates: list[Json] = []
    for id_ in doubt.candidates:
        at = detections.ids.index(id_) if detections is not None and id_ in detections.ids else None
        known = belief(detections.source[at]) if detections is not None and at is not None else ""
        verdict = mine.get(id_)
        candidates.append(
            {
                "id": id_,
                "kept": verdict is not None and verdict.kept,
                "reason": verdict.reason if verdict is not None else "",
                "known": known,
            }
        )
    return {"clause": doubt.clause, "phrase": doubt.phrase, "question": doubt.question, "candidates": candidates}
