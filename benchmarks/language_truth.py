"""Truth for the language figures: published labels, derived labels, and the project's own cases."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ggedit.core.inflection import singular
from ggedit.core.language import Clause, Context, EditVerb, Instruction, KnownThing, Referent, Relation

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT / "../shared/data"
OWN = Path(__file__).parent / "data/language"
KINDS = ("BGReplacement", "ColorAlteration", "Counting", "DirectionPerception", "ObjectRemoval", "RegionAccuracy",
         "Replacement")  # fmt: skip


@dataclass(frozen=True)
class Labelled:
    """A sentence and the target word that was published for it ("" = the whole picture)."""

    sentence: str
    target: str

    @property
    def held_out(self) -> bool:
        return int(hashlib.sha1(self.sentence.encode()).hexdigest(), 16) % 5 == 1


def published() -> tuple[Labelled, ...]:
    """GGIP2P's labelled sentences."""
    rows = json.loads((SHARED / "instructions/targets.json").read_text(encoding="utf-8"))
    return tuple(Labelled(row["sentence"], row["target"]) for row in rows)


def published_label(instruction: Instruction) -> str:
    """The reading in GGIP2P's label style: one word, "" for the whole picture.

    Its first grounding pass looks for the thing that the edit is *measured* by: the reference
    of a relative phrase ("the frog on the left of the pond" -> pond), the owner of a thing
    ("the boy's hat" -> boy), the place of a new thing; a pronoun is its own label.
    """
    if not instruction.clauses:
        return ""
    clause = instruction.clauses[0]
    if clause.verb is EditVerb.BACKGROUND:
        return ""
    if clause.target is None:
        return _reference_of_places(clause)
    moved = _reference_of_places(clause) if clause.verb in (EditVerb.MOVE, EditVerb.DUPLICATE) else ""
    return moved or _reference(clause.target)


def _reference_of_places(clause: Clause) -> str:
    if clause.verb is not EditVerb.INSERT and clause.verb not in (EditVerb.MOVE, EditVerb.DUPLICATE):
        return ""
    for place in (clause.place, *clause.place_also):
        if place is not None and place.anchors:
            return _reference(place.anchors[-1])
    behind = clause.place is not None and clause.place.relation is Relation.BEHIND
    return "background" if behind else ""


def _reference(referent: Referent) -> str:
    for test in referent.tests:
        if test.anchors and (test.relation is not Relation.WITH or _owns(test.anchors[0], referent)):
            return _reference(test.anchors[-1])
    return referent.resolved_from or referent.head


def _owns(anchor: Referent, thing: Referent) -> bool:
    """The owner stands before the thing, a trait ("with a hat") after it."""
    return anchor.span is not None and thing.span is not None and anchor.span.start <= thing.span.start


def same_word(a: str, b: str) -> bool:
    """Equal but for case and number."""
    return singular(a.strip().lower()) == singular(b.strip().lower())


# Derived labels ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Meaning:
    """What a sentence asks for; each field lists the right answers ("" = nothing)."""

    text: str
    verb: tuple[str, ...]
    target: tuple[str, ...] = ("",)
    payload: tuple[str, ...] = ("",)
    relation: tuple[str, ...] = ("",)
    anchor: tuple[str, ...] = ("",)


def derived(kind: str) -> tuple[Meaning, ...]:
    """The meanings of an I2EBench file, derived from its templates."""
    rows = json.loads((SHARED / f"instructions/i2e_{kind}.json").read_text(encoding="utf-8"))
    return tuple(derive(row["text"]) for row in rows)


_RELATIONS = {
    "left": "left_of",
    "right": "right_of",
    "top": "on",
    "bottom": "below",
    "front": "in_front",
    "back": "behind",
}
_TEMPLATES = (
    (re.compile(r"^change the background of this photo to (?P<new>.+)$"), "background"),
    (re.compile(r"^change the colou?rs? of (?P<old>.+) to (?P<new>[\w ]+?)$"), "restyle"),
    (re.compile(r"^remove (?P<old>.+?) from the image$"), "remove"),
    (re.compile(r"^replace (?P<old>.+) with (?P<new>.+)$"), "replace"),
    (
        re.compile(
            r"^add (?P<new>.+?) (?:to|on|in|at) (?:the )?(?:on of )?"
            r"(?P<side>left|right|top|bottom|front|back)(?: of| side of)?(?: top)? (?P<at>.+)$"
        ),
        "insert",
    ),
    (re.compile(r"^add (?P<new>.+?) (?P<word>to|on|in|at|under|behind|above|below) (?P<at>.+)$"), "insert"),
)  # fmt: skip
_WORDS = {"to": "on", "on": "on", "in": "inside", "at": "next_to", "under": "below", "behind": "behind",
          "above": "above", "below": "below"}  # fmt: skip


_HOLLOW = frozenset("sky water sea lake river bowl basket box vase cup glass pot room forest bag nest".split())


def derive(text: str) -> Meaning:
    """The meaning of one templated sentence.

    Raises:
        ValueError: no template fits.
    """
    plain = " ".join(text.lower().replace("’", "'").split()).rstrip(".")
    for pattern, verb in _TEMPLATES:
        match = pattern.match(plain)
        if match is not None:
            return _filled(text, verb, match.groupdict())
    raise ValueError(f"no template fits {text!r}")


def _filled(text: str, verb: str, parts: dict[str, str | None]) -> Meaning:
    old, new, at = parts.get("old") or "", parts.get("new") or "", parts.get("at") or ""
    if verb != "insert":
        return Meaning(text, (verb,), (_head(old),), (_bare(new),))
    if at in ("the image", "the picture"):
        return Meaning(text, (verb,), payload=(_bare(new),))
    word = "in" if parts.get("word") == "to" and _head(at) in _HOLLOW else str(parts.get("word"))
    relation = _RELATIONS[str(parts["side"])] if parts.get("side") else _WORDS[word]
    return Meaning(text, (verb,), payload=(_bare(new),), relation=(relation,), anchor=(_head(at),))


def _bare(phrase: str) -> str:
    words = phrase.split()
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("a", "an", "the", "some") else words)


def _head(phrase: str) -> str:
    """The last word before a preposition: "the clothes on man" -> clothes."""
    words = re.split(r" (?:on|of|in|with|at|and) ", phrase)[0].split()
    return singular(words[-1]) if words else ""


# The project's own cases -------------------------------------------------------------------


def paraphrases(name: str = "paraphrases.tsv") -> tuple[Meaning, ...]:
    """Edits in other words."""
    return tuple(_meaning(row) for row in rows(name))


def _meaning(row: list[str]) -> Meaning:
    cells = [*row, *[""] * (6 - len(row))]
    verb, target, payload, relation, anchor = (tuple("" if a == "-" else a for a in c.split("/")) for c in cells[1:6])
    return Meaning(cells[0], verb, target, payload, relation, anchor)


def rows(name: str) -> Iterator[list[str]]:
    with (OWN / name).open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row and not row[0].startswith("#"):
                yield row


def matches(meaning: Meaning, instruction: Instruction) -> bool:
    """Whether the reading is one clause (or the last of several) with every field right."""
    if not instruction.clauses:
        return False
    return any(_right(meaning, clause) for clause in (instruction.clauses[0], instruction.clauses[-1])) and (
        len(instruction.clauses) == 1 or len({c.verb for c in instruction.clauses}) > 1 or len(meaning.text) > 60
    )


def _right(meaning: Meaning, clause: Clause) -> bool:
    place = clause.place
    anchor = place.anchors[-1].head if place is not None and place.anchors else ""
    return (
        clause.verb.value in meaning.verb
        and one_of(clause.target.head if clause.target is not None else "", meaning.target)
        and payload_right(clause.payload or "", meaning.payload)
        and (place.relation.value if place is not None else "") in meaning.relation
        and one_of(anchor, meaning.anchor)
    )


def one_of(word: str, right: tuple[str, ...]) -> bool:
    return any(same_word(word, answer) for answer in right)


def payload_right(payload: str, right: tuple[str, ...]) -> bool:
    return any(_bare(payload.lower()) == _bare(answer.lower()) for answer in right)


def checked() -> tuple[Meaning, ...]:
    """100 derived labels that were checked by hand."""
    return tuple(_meaning(row) for row in rows("i2e_checked.tsv"))


# Pronouns ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class PronounCase:
    text: str
    context: Context
    answer: str


def pronoun_cases() -> tuple[PronounCase, ...]:
    """Cases with a scene and earlier turns."""
    return tuple(
        PronounCase(text, Context(things(scene), merged(things(mentions))), answer)
        for text, scene, mentions, answer in rows("pronouns.tsv")
    )


def things(cell: str) -> tuple[KnownThing, ...]:
    things: list[KnownThing] = []
    for part in filter(None, cell.split(",")):
        count, _, label = part.rpartition(" ")
        things += [KnownThing(label)] * int(count or 1)
    return tuple(things)


def merged(mentions: tuple[KnownThing, ...]) -> tuple[KnownThing, ...]:
    """Two mentions of one label as one mention of several."""
    labels = [thing.label for thing in mentions]
    return tuple(KnownThing(label, many=labels.count(label) > 1) for label in dict.fromkeys(labels))


def pronoun_right(case: PronounCase, instruction: Instruction) -> bool:
    """Whether every clause that the case names has the thing that it names."""
    for part in case.answer.split():
        number, _, wanted = part.partition(":")
        if wanted == "ask":
            if not instruction.questions:
                return False
            continue
        at = int(number) - 1
        if at >= len(instruction.clauses) or instruction.questions:
            return False
        if wanted == "picture":
            if instruction.clauses[at].target is not None:
                return False
        elif wanted not in _resolved(instruction.clauses[at]):
            return False
    return True


def _resolved(clause: Clause) -> set[str]:
    """Heads of everything in the clause that stood as a pronoun or a repeat in the text."""
    found = {r.head for r in clause.referents() if r.resolved_from}
    if clause.target is not None:
        found |= {a.head for t in clause.target.tests for a in t.anchors if a.resolved_from}
    return found


def winogender() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(template id, the same two edits with he, she and they) for each published template."""
    with (SHARED / "pronouns/winogender.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    found = []
    for number, row in enumerate(rows):
        first, second = row["occupation(0)"], row["other-participant(1)"]
        if row["answer"] == "1":
            first, second = second, first
        found.append((f"{number}", tuple(_edit(number, row["sentence"], first, second, p) for p in PRONOUNS)))
    return tuple(found)


PRONOUNS = (("he", "him", "his"), ("she", "her", "her"), ("they", "them", "their"))
_EDITS = {
    "$NOM_PRONOUN": "Move the {a} next to the {b} and make sure {nom} should be smiling.",
    "$POSS_PRONOUN": "Put the {a} beside the {b} and make {poss} coat red.",
    "$ACC_PRONOUN": "Place the {a} behind the {b} and give {acc} a hat.",
}


def _edit(number: int, sentence: str, first: str, second: str, pronoun: tuple[str, str, str]) -> str:
    """A published sentence as an edit: the same two people, the same case of the pronoun."""
    form = next(form for form in _EDITS if form in sentence)
    nom, acc, poss = pronoun
    return _EDITS[form].format(a=first, b=second, nom=nom, acc=acc, poss=poss)
