"""Free words for a place ("on top of", "to the left of") as relations, and back."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .freeze import Frozen
from .language import Relation

_RULES: tuple[tuple[Relation | None, str], ...] = (
    (None, r"\bfac(e|es|ing)\b|\blooking at\b|\bparallel\b|\bperpendicular\b|\bcongruent\b"),
    (Relation.IN_FRONT, r"\bin[ _]front|\bahead\b|\bbefore\b|\bforeground|\bcloser to the camera"),
    (Relation.BEHIND, r"\bbehind\b|\bin the back|\bbackground|\b(at|on) (the )?back\b|\bbeyond\b|\bpast\b"),
    (Relation.BETWEEN, r"\bbetween\b|\bamong(st)?\b"),
    (Relation.MIDDLE, r"\bmiddle\b|\bcent(er|re)\b"),
    (Relation.CORNER, r"\bcorner\b"),
    (Relation.LEFT_OF, r"\bleft([ _]of)?\b|\bleftmost\b"),
    (Relation.RIGHT_OF, r"\bright([ _]of)?\b|\brightmost\b"),
    (Relation.INSIDE, r"\b(enclosed|surrounded|contained) by\b|\bpart of\b"),
    (Relation.FARTHEST, r"\baway from\b|\bfar(thest|ther)?\b|\bfurthest\b|\bdetach(ed)?\b"),
    (
        Relation.NEXT_TO,
        r"\bnext[ _]to\b|\bbeside\b|\bnear(by)?\b|\bby\b|\balong(side)?\b|\bclose to\b|\bwith\b|\badjacent\b"
        r"|\btouch(es|ing)?\b|\b(attach|connect|join|tie)(e?d)? to\b|\bopposite\b"
        r"|\bagainst\b|\btowards?\b"
        r"|\b(at|on) (the )?(side|edge) of\b|\bacross from\b|\boff\b|\bout of\b|\boutside\b",
    ),
    (Relation.BELOW, r"\bbelow\b|\bunder(neath)?\b|\bbeneath\b|\bbottom\b|\blower\b|\bdown from\b"),
    (Relation.ON, r"\bon\b|\bonto\b|\batop\b|\bupon\b|\briding\b|\bwearing\b|\bacross\b"),
    (Relation.ABOVE, r"\babove\b|\bover\b|\btop\b|\bupper\b"),
    (Relation.INSIDE, r"\bin\b|\binside\b|\binto\b|\bwithin\b"),
    (Relation.NEAREST, r"\bnearest\b|\bclosest\b"),
    (Relation.OVERLAPPING, r"\boverlap|\baround\b|\bcover(s|ing)?\b"),
)
"""Tried in this order; the first that fits is meant. None: the words say how a thing is turned,
not where it is."""

_OTHER_WAY: tuple[tuple[Relation, str], ...] = (
    (
        Relation.INSIDE,
        r"\bcontain(s|ing)?\b|\bsurround(s|ing)?\b|\benclos(es?|ing)\b|\bconsists? of\b|\b(has|have) as (a )?part\b",
    ),
    (Relation.ON, r"\bsupport(s|ing)\b|\bcarr(ies|ying)\b"),
)
"""Words with which the object stands in the relation to the subject: a bowl that contains fruit."""

_PHRASES: dict[Relation, str] = {
    Relation.LEFT_OF: "to the left of",
    Relation.RIGHT_OF: "to the right of",
    Relation.ABOVE: "above",
    Relation.BELOW: "below",
    Relation.BEHIND: "behind",
    Relation.IN_FRONT: "in front of",
    Relation.NEAREST: "near",
    Relation.FARTHEST: "far from",
    Relation.MIDDLE: "in the middle of",
    Relation.CORNER: "in the corner of",
    Relation.BETWEEN: "between",
    Relation.ON: "on",
    Relation.INSIDE: "in",
    Relation.NEXT_TO: "next to",
    Relation.OVERLAPPING: "over",
    Relation.WITH: "with",
}


@dataclass(frozen=True, slots=True)
class ReadRelation(Frozen):
    """A relation in words; ``swapped``: it is the object that stands in it to the subject."""

    relation: Relation
    swapped: bool = False


def read_relation(words: str) -> ReadRelation | None:
    """The relation that free words name, from either side: "contains" is INSIDE, swapped."""
    text = words.strip().lower()
    other = next((relation for relation, pattern in _OTHER_WAY if re.search(pattern, text)), None)
    if other is not None and not re.search(r"\bby\b", text):
        return ReadRelation(other, swapped=True)
    relation = relation_of(words)
    return None if relation is None else ReadRelation(relation)


def relation_of(words: str) -> Relation | None:
    """The relation that free words name, or None: "on top of" is ON, "holding" is nothing."""
    text = words.strip().lower()
    exact = next((r for r in Relation if text.replace(" ", "_") == r.value), None)
    if exact is not None:
        return exact
    if re.search(r"\bon(to)? (the )?top of\b|\bon top\b", text):
        return Relation.ON
    return next((relation for relation, pattern in _RULES if re.search(pattern, text)), None)


REGIONS: dict[str, Relation | None] = {
    **dict.fromkeys(["sky", "ceiling", "air"], Relation.ABOVE),
    **dict.fromkeys(["foreground"], Relation.IN_FRONT),
    **dict.fromkeys(["background", "distance", "horizon"], Relation.BEHIND),
    **dict.fromkeys(["ground", "floor", "grass", "lawn", "field", "street", "road", "snow", "sand", "beach"], None),
}
"""Parts of the picture that no detector boxes, and the side of the picture they stand for; None:
a free place on the ground."""


def region_of(words: str) -> tuple[Relation | None] | None:
    """The side that a part of the picture stands for, as a row of one ("in the sky" -> (ABOVE,));
    None where the words name no such part."""
    last = words.strip().lower().split()[-1:]
    return (REGIONS[last[0]],) if last and last[0] in REGIONS and len(words.split()) > 1 else None


def corner_of(words: str) -> tuple[int, int]:
    """Which side or corner of the picture the words name: "top right corner" -> (1, -1)."""
    text = words.lower()
    x = -1 if re.search(r"\bleft", text) else 1 if re.search(r"\bright", text) else 0
    y = -1 if re.search(r"\b(top|upper)\b", text) else 1 if re.search(r"\b(bottom|lower)\b", text) else 0
    return x, y


def relation_phrase(relation: Relation) -> str:
    """The relation in words, as they stand before the anchor's name."""
    return _PHRASES.get(relation, relation.value.replace("_", " "))
