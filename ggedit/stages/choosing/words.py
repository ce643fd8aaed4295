"""The plain words in which a choice is explained and asked about."""

from __future__ import annotations

from ...core.language import CountKind, Referent, Relation, SpatialTest
from .lines import names_line

_SUPERLATIVE = {
    Relation.LEFT_OF: "leftmost",
    Relation.RIGHT_OF: "rightmost",
    Relation.ABOVE: "topmost",
    Relation.BELOW: "lowest",
    Relation.MIDDLE: "closest to the middle",
    Relation.CORNER: "closest to a corner",
    Relation.NEAREST: "nearest to the camera",
    Relation.IN_FRONT: "nearest to the camera",
    Relation.FARTHEST: "farthest from the camera",
    Relation.BEHIND: "farthest from the camera",
    Relation.LARGEST: "largest",
    Relation.SMALLEST: "smallest",
}
_ADJECTIVES = frozenset(_SUPERLATIVE)
_RELATIVE = {
    Relation.LEFT_OF: "left of",
    Relation.RIGHT_OF: "right of",
    Relation.ABOVE: "above",
    Relation.BELOW: "below",
    Relation.BEHIND: "behind",
    Relation.IN_FRONT: "in front of",
    Relation.NEAREST: "nearest to",
    Relation.FARTHEST: "farthest from",
    Relation.BETWEEN: "between",
    Relation.ON: "on",
    Relation.INSIDE: "in",
    Relation.NEXT_TO: "next to",
    Relation.OVERLAPPING: "overlapping",
    Relation.WITH: "with",
}
_SIDE = {
    Relation.LEFT_OF: "from the left",
    Relation.RIGHT_OF: "from the right",
    Relation.ABOVE: "from the top",
    Relation.BELOW: "from the bottom",
    Relation.NEAREST: "from the front",
    Relation.IN_FRONT: "from the front",
    Relation.FARTHEST: "from the back",
    Relation.BEHIND: "from the back",
    Relation.LARGEST: "in size",
    Relation.SMALLEST: "in size, smallest first",
}
_IRREGULAR = {
    "person": "people",
    "man": "men",
    "woman": "women",
    "child": "children",
    "mouse": "mice",
    "knife": "knives",
    "shelf": "shelves",
    "sheep": "sheep",
    "fish": "fish",
    "scissors": "pairs of scissors",
    "glasses": "pairs of glasses",
}


def plural(noun: str, count: int) -> str:
    """The noun, in the plural unless there is one."""
    if count == 1 or not noun:
        return noun or "thing"
    front, _, last = noun.rpartition(" ")
    if last in _IRREGULAR:
        many = _IRREGULAR[last]
    elif last.endswith(("s", "x", "ch", "sh", "z")):
        many = last + "es"
    elif last.endswith("y") and last[-2:-1] not in "aeiou":
        many = last[:-1] + "ies"
    else:
        many = last + "s"
    return f"{front} {many}".strip()


def in_words(test: SpatialTest) -> str:
    """A test as words: "leftmost", "left of the plate", "between the cup and the jar"."""
    if not test.anchors:
        return _SUPERLATIVE.get(test.relation, test.relation.value.replace("_", " "))
    which = "that" if names_line(test) else "the"
    names = " and ".join(f"{which} {anchor.phrase}" for anchor in test.anchors)
    return f"{_RELATIVE.get(test.relation, test.relation.value)} {names}"


def tests_in_words(referent: Referent) -> str:
    """All tests of a referent, joined; empty without any."""
    return " and ".join(in_words(test) for test in referent.tests)


def which_one(referent: Referent, total: int = 0) -> str:
    """The tests as a description of one of several: "the leftmost of 3 cups", "the one on the shelf"."""
    head = referent.head or referent.phrase
    among = f" of {total} {plural(head, total)}" if total else ""
    if all(test.relation in _ADJECTIVES and not test.anchors for test in referent.tests):
        return f"the {tests_in_words(referent)}{among}"
    return f"the one{among} {tests_in_words(referent)}"


def side_in_words(tests: tuple[SpatialTest, ...]) -> str:
    """From where an ordinal counts: "from the left" where nothing was said."""
    relation = next((t.relation for t in reversed(tests) if not t.anchors), Relation.LEFT_OF)
    return _SIDE.get(relation, "from the left")


def is_many(referent: Referent) -> bool:
    """Whether several things are meant."""
    return referent.count.kind is not CountKind.ONE and referent.count.n != 1


def side_of(xyxy: list[list[float]], at: int, rival: int) -> str:
    """How to tell one box from another in a word or two: "left one", "upper one"."""
    x = [(box[0] + box[2]) / 2 for box in xyxy]
    y = [(box[1] + box[3]) / 2 for box in xyxy]
    dx, dy = x[at] - x[rival], y[at] - y[rival]
    if dx == dy == 0:
        return "larger one" if _area(xyxy[at]) >= _area(xyxy[rival]) else "smaller one"
    if abs(dx) >= abs(dy):
        return "left one" if dx < 0 else "right one"
    return "upper one" if dy < 0 else "lower one"


def _area(box: list[float]) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
