"""One line of ``ggedit select --jsonl``: boxes and a text in, the indices that are meant out."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np

from ..core.detections import Detections, Source
from ..core.errors import BadInput
from ..core.geometry import Extent, as_xyxy
from ..core.inflection import singular
from ..core.language import (
    Clause,
    Context,
    Count,
    CountKind,
    EditVerb,
    Instruction,
    KnownThing,
    Referent,
    Relation,
    SpatialTest,
)
from ..core.selection import Role, Selection
from ..ports import Parser
from .choosing.expression import read_expression, read_with_exception
from .choosing.kinds import kinship
from .select import select

_EDITS = frozenset(
    """remove delete erase take get eliminate clear make turn change replace swap exchange substitute move shift put
    place add insert paint colour color recolour recolor dye tint blur flip mirror duplicate copy clone resize
    enlarge shrink scale give convert transform darken brighten lighten sharpen crop cut wipe banish rotate
    render let set drop hide edit""".split()
)
_ALSO_DESCRIBE = frozenset(
    {"cut", "clear", "blur", "flip", "mirror", "set", "place", "paint", "copy", "colour", "color"}
)
"""Verbs that also describe ("cut off zebra", "flip phone"): they need an article after them."""
_OPENS_A_THING = frozenset({"the", "a", "an", "this", "that", "these", "those", "all", "both", "every", "it", "them"})
_POLITE = re.compile(
    r"^(?:please|kindly|can you|could you|would you|i want you to|i would like you to|now|then)\s+", re.I
)


class BoxAnswer(TypedDict):
    """What is printed: indices into the boxes, and one sentence for each box."""

    id: str | int | None
    kept: list[int]
    ambiguous: bool
    reasons: list[str]


@dataclass(frozen=True, eq=False)
class BoxQuestion:
    """A line as read: text, boxes (n, 4) xyxy in pixels, and their labels if they are known."""

    id: str | int | None
    text: str
    extent: Extent
    boxes: np.ndarray
    labels: tuple[str, ...] | None


def select_jsonl(row: object, parser: Parser | None = None) -> BoxAnswer:
    """The answer to one decoded line.

    Args:
        row: a JSON object with ``id``, ``text``, ``extent`` [w, h], ``boxes`` [[x1, y1, x2, y2],
            ...] in pixels and ``labels`` (one per box, or null).
        parser: reads texts that are whole instructions; without one, and for bare expressions
            ("second cup from the left"), a reader of expressions is used.

    Raises:
        BadInput: the row does not have this form.
    """
    question = read_question(row)
    instruction = understand(question, parser)
    selection = select(instruction, _detections(question), None)
    kept = _meant(selection)
    return BoxAnswer(id=question.id, kept=kept, ambiguous=selection.ambiguous, reasons=_reasons(selection, question))


def read_question(row: object) -> BoxQuestion:
    """A decoded line as a value.

    Raises:
        BadInput: something is missing or has another form; the text names it.
    """
    if not isinstance(row, dict):
        raise BadInput('A line must be a JSON object like {"id": 1, "text": ..., "extent": [w, h], "boxes": [...]}.')
    text, id_ = row.get("text"), row.get("id")
    if not isinstance(text, str) or not text.strip():
        raise BadInput('A line needs a "text" that is not empty.')
    if id_ is not None and not isinstance(id_, str | int):
        raise BadInput('"id" must be a text or a whole number.')
    boxes = _read_boxes(row.get("boxes"))
    return BoxQuestion(id_, text, _read_extent(row.get("extent")), boxes, _read_labels(row.get("labels"), len(boxes)))


def understand(question: BoxQuestion, parser: Parser | None) -> Instruction:
    """The text as an instruction; a bare expression becomes the target of one clause."""
    if parser is not None and is_instruction(question.text):
        known = tuple(KnownThing(label) for label in dict.fromkeys(question.labels or ()))
        instruction = parser.parse(question.text, Context(scene=known))
        if instruction.clauses:
            return instruction
    said = _without_verb(question.text)
    referent, spared = read_with_exception(said)
    referent = _owned(said, question) or _counted(referent, question)
    return Instruction(question.text, (Clause(EditVerb.REMOVE, referent, spared=spared),))


def is_instruction(text: str) -> bool:
    """Whether a text asks for an edit, rather than only naming a thing."""
    words = re.findall(r"[a-z]+", _bare(text))
    if len(words) < 2 or words[0] not in _EDITS:
        return False
    return words[0] not in _ALSO_DESCRIBE or words[1] in _OPENS_A_THING


def _bare(text: str) -> str:
    bare = text.strip().casefold()
    while match := _POLITE.match(bare):
        bare = bare[match.end() :]
    return bare


def _without_verb(text: str) -> str:
    return _bare(text).split(None, 1)[1] if is_instruction(text) else text


_OWNED = re.compile(r"^(?:the |a |an )?([^']+)'s (\w.*)$", re.I)


def _owned(text: str, question: BoxQuestion) -> Referent | None:
    """ "the man's face" is a face where a label says that there is one."""
    match = _OWNED.match(text.strip())
    thing = read_expression(match[2]) if match else None
    if match is None or thing is None or not any(kinship(thing.head, label) > 0 for label in question.labels or ()):
        return None
    owner = SpatialTest(Relation.WITH, (read_expression(match[1]),))
    return replace(thing, tests=(*thing.tests, owner))


def _counted(referent: Referent, question: BoxQuestion) -> Referent:
    """A bare plural means all of them, where labels show that there are several."""
    nouns = [word for word in referent.phrase.split() if singular(word) == referent.head]
    several = sum(kinship(referent.head, label) > 0 for label in question.labels or ()) > 1
    if referent.count.kind is not CountKind.ONE or not several or not nouns or nouns[-1] == referent.head:
        return referent
    return Referent(
        referent.phrase, referent.head, referent.attributes, Count(CountKind.ALL), referent.ordinal, referent.tests
    )


def _detections(question: BoxQuestion) -> Detections:
    """The boxes as if a person had drawn them: all are real, none may be dropped as a duplicate."""
    count = len(question.boxes)
    return Detections(
        tuple(f"box {i}" for i in range(count)),
        as_xyxy(question.boxes),
        np.ones(count, np.float32),
        question.labels or ("",) * count,
        (Source.USER,) * count,
        question.extent,
    )


def _meant(selection: Selection) -> list[int]:
    """The targets' indices; where no clause has a target, those of the places' anchors."""
    for role in (Role.TARGET, Role.ANCHOR):
        ids = [c.id for c in selection.choices if c.kept and c.role is role]
        if ids:
            return sorted({_index(id_) for id_ in ids})
    return []


def _reasons(selection: Selection, question: BoxQuestion) -> list[str]:
    """One sentence per box: as a target first, then as a thing that places are measured against."""
    best: dict[int, str] = {}
    wanted = any(c.role is Role.TARGET for c in selection.choices)
    for choice in sorted(selection.choices, key=lambda c: (c.role is not Role.TARGET, not c.kept)):
        said = choice.reason.replace("you drew it", f"the only {choice.phrase}")
        if choice.role is Role.TARGET:
            best.setdefault(_index(choice.id), said)
        elif choice.role is Role.ANCHOR:
            reason = said.replace("kept: ", "measured against: ") if wanted else said
            best.setdefault(_index(choice.id), reason)
    return [best.get(i, "dropped: another kind of thing") for i in range(len(question.boxes))]


def _index(id_: str) -> int:
    return int(id_.split()[-1])


def _read_extent(value: object) -> Extent:
    if isinstance(value, list) and len(value) == 2 and all(_is_number(v) and v >= 1 for v in value):
        return Extent(int(value[0]), int(value[1]))
    raise BadInput('"extent" must be [width, height] in pixels.')


def _read_boxes(value: object) -> np.ndarray:
    if not isinstance(value, list) or not all(isinstance(box, list) and len(box) == 4 for box in value):
        raise BadInput('"boxes" must be a list of [x1, y1, x2, y2] in pixels.')
    if not all(_is_number(v) for box in value for v in box):
        raise BadInput("A box needs four finite numbers x1, y1, x2, y2.")
    return np.array(value, np.float64).reshape(-1, 4)


def _read_labels(value: object, count: int) -> tuple[str, ...] | None:
    if value is None:
        return None
    if isinstance(value, list) and len(value) == count:
        return tuple(label if isinstance(label, str) else "" for label in value)
    raise BadInput(f'"labels" must be null or a list of {count} names, one per box.')


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
