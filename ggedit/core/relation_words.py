"""Free words for a place ("on top of", "to the left of") as relations, and back."""

from __future__ import annotations

import re

from .language import Relation

_RULES: tuple[tuple[Relation, str], ...] = (
    (Relation.IN_FRONT, r"\bin[ _]front|\bbefore\b|\bforeground|\bcloser to the camera"),
    (Relation.BEHIND, r"\bbehind\b|\bin the back|\bbackground|\bat the back"),
    (Relation.BETWEEN, r"\bbetween\b|\bamong(st)?\b"),
    (Relation.MIDDLE, r"\bmiddle\b|\bcent(er|re)\b"),
    (Relation.CORNER, r"\bcorner\b"),
    (Relation.LEFT_OF, r"\bleft([ _]of)?\b|\bleftmost\b"),
    (Relation.RIGHT_OF, r"\bright([ _]of)?\b|\brightmost\b"),
    (
        Relation.NEXT_TO,
        r"\bnext[ _]to\b|\bbeside\b|\bnear\b|\bby\b|\balongside\b|\bclose to\b|\bwith\b|\badjacent\b",
    ),
    (Relation.BELOW, r"\bbelow\b|\bunder(neath)?\b|\bbeneath\b|\bbottom\b|\blower\b"),
    (Relation.ON, r"\bon\b|\bonto\b|\batop\b|\bupon\b|\briding\b|\bwearing\b"),
    (Relation.ABOVE, r"\babove\b|\bover\b|\btop\b|\bupper\b"),
    (Relation.INSIDE, r"\bin\b|\binside\b|\binto\b|\bwithin\b"),
    (Relation.FARTHEST, r"\bfar(thest|ther)?\b|\bfurthest\b"),
    (Relation.NEAREST, r"\bnearest\b|\bclosest\b"),
    (Relation.OVERLAPPING, r"\boverlap"),
)

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


def relation_of(words: str) -> Relation | None:
    """The relation that free words name, or None: "on top of" is ON, "holding" is nothing."""
    text = words.strip().lower()
    exact = next((r for r in Relation if text.replace(" ", "_") == r.value), None)
    if exact is not None:
        return exact
    if re.search(r"\bon(to)? (the )?top of\b|\bon top\b", text):
        return Relation.ON
    return next((relation for relation, pattern in _RULES if re.search(pattern, text)), None)


def relation_phrase(relation: Relation) -> str:
    """The relation in words, as they stand before the anchor's name."""
    return _PHRASES.get(relation, relation.value.replace("_", " "))
