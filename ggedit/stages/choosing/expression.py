"""Read a bare referring expression ("second cup from the left", "woman in back on right").

People write them like telegrams, without verbs and with mistakes; this reader looks only for
what a choice among boxes needs: places, relations with their anchors, ordinals and numbers.
Whole instructions are the parser's work.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from ...core.inflection import singular
from ...core.language import Count, CountKind, Referent, Relation, SpatialTest
from .kinds import PERSON_WORDS
from .lexicon import (
    BODY,
    CLOTHES_BEFORE_TOP,
    CUT_AT,
    DIRECTION_WORDS,
    EXTREME,
    NOT_COUNTED,
    NUMBERS,
    ORDINALS,
    PLACE_WORDS,
    RELATIONS,
    STOP,
    TURNED,
    VIEWER,
)
from .spatial import DIRECTIONS

_RELATIVE = tuple((re.compile(rf"(?:{pattern})(?= |$)"), relation) for pattern, relation in RELATIONS)
_FROM = re.compile(r"from (?:the )?(?:far |very )*(\w+)(?: hand)?(?: side)?")
_OF_PICTURE = re.compile(r"(?: most)?(?: hand)?(?: side)?(?: (?:of|in) (?:the |this |our )?(\w+))?")
_ALONE = {
    Relation.BEHIND: Relation.FARTHEST,
    Relation.IN_FRONT: Relation.NEAREST,
    Relation.NEAREST: Relation.NEAREST,
    Relation.ABOVE: Relation.ABOVE,
    Relation.BELOW: Relation.BELOW,
    Relation.BETWEEN: Relation.MIDDLE,
}
_FROM_CAMERA = {
    Relation.NEXT_TO: Relation.NEAREST,
    Relation.IN_FRONT: Relation.NEAREST,
    Relation.BEHIND: Relation.FARTHEST,
}
_SHARES_PLACE = frozenset({Relation.WITH, Relation.ON, Relation.NEXT_TO, Relation.BEHIND, Relation.IN_FRONT})
"""Relations whose two things stand so close that a side named at the end holds for both."""
_OWNERS = frozenset({"his", "her", "its", "their", "my", "s", "in"})
_LEADS_TO_PLACE = frozenset({"on", "at", "in", "to", "toward", "towards", "the", "of"}) | EXTREME


@dataclass
class _Reading:
    """What was understood so far."""

    words: list[str] = field(default_factory=list)
    tests: list[SpatialTest] = field(default_factory=list)
    ordinal: int | None = None
    counted_from: SpatialTest | None = None
    count: Count = field(default_factory=Count)


def read_expression(text: str) -> Referent:
    """The thing that an expression refers to; unknown words stay in its phrase."""
    tokens = re.findall(r"[a-z0-9]+", text.casefold().replace("'s", "").replace("'", ""))
    return _read(tokens)


_EXCEPTION = re.compile(
    r",?\s+(?:except(?:ing)?(?: for)?|excluding|other than|apart from|aside from|but(?: not| for)?)\s+(?=\S)"
)
_SAME_KIND = frozenset({"one", "ones", "thing"})


def read_with_exception(text: str) -> tuple[Referent, tuple[Referent, ...]]:
    """ "all cups but the left one": the things meant, and what is taken out of them."""
    parts = _EXCEPTION.split(text.casefold(), maxsplit=1)
    whole = read_expression(parts[0])
    several = whole.count.kind is not CountKind.ONE or re.search(rf"\b(?!{whole.head}\b){whole.head}\w*s\b", parts[0])
    if len(parts) < 2 or not several:
        return read_expression(text), ()
    whole = replace(whole, count=Count(CountKind.ALL)) if whole.count.kind is CountKind.ONE else whole
    return whole, (_of_kind(read_expression(parts[1]), whole),)


def _of_kind(spared: Referent, whole: Referent) -> Referent:
    """ "the left one" of the cups is a cup."""
    if spared.head not in _SAME_KIND:
        return spared
    words = [word for word in spared.phrase.split() if word not in _SAME_KIND]
    return replace(spared, head=whole.head, phrase=" ".join((*words, whole.head)))


def _read(tokens: list[str]) -> Referent:
    reading, at = _Reading(), 0
    while at < len(tokens):
        at = _step(tokens, at, reading)
    head = _head(reading.words)
    phrase = " ".join(word for word in reading.words if word not in STOP) or head
    described = tuple(word for word in reading.words if word != head and word not in STOP)
    return Referent(phrase, head, described, reading.count, reading.ordinal, _in_order(reading))


def _step(tokens: list[str], at: int, reading: _Reading) -> int:
    """Understand what starts at a token; gives the position after it."""
    for reader in (_read_ordinal, _read_relation, _read_place, _read_number):
        after = reader(tokens, at, reading)
        if after is not None:
            return after
    reading.words.append(tokens[at])
    return at + 1


def _read_ordinal(tokens: list[str], at: int, reading: _Reading) -> int | None:
    """ "second", also with "from the left" after it or later, or "in from the right"."""
    if tokens[at] == "from":
        match = _FROM.match(" ".join(tokens[at:]))
        relation = PLACE_WORDS.get(match.group(1)) if match else None
        if match is None or relation is None:
            return None
        reading.counted_from = SpatialTest(relation)
        reading.tests.append(reading.counted_from)
        return _after_way(tokens, at + len(match.group(0).split()))
    following = tokens[at + 1] if at + 1 < len(tokens) else ""
    if tokens[at] not in ORDINALS or reading.ordinal is not None or following in NOT_COUNTED:
        return None
    reading.ordinal = ORDINALS[tokens[at]]
    if tokens[at + 1 : at + 3] == ["to", "last"]:
        reading.ordinal *= -1
        return at + 3
    return at + 1


def _read_relation(tokens: list[str], at: int, reading: _Reading) -> int | None:
    """A relation with its anchor, which takes the rest of the expression."""
    rest = " ".join(tokens[at:])
    for pattern, relation in _RELATIVE:
        match = pattern.match(rest)
        if match is None:
            continue
        start = at + len(match.group(0).split())
        anchor = [token for token in tokens[start:] if token not in STOP]
        while len(anchor) > 1 and anchor[0] in {*EXTREME, "on"}:
            anchor = anchor[1:]
        if not anchor or (relation in {Relation.ON, Relation.WITH, Relation.NEAREST} and anchor[0] in PLACE_WORDS):
            return _without_anchor(relation, anchor, start, reading)
        if anchor[0] in VIEWER:
            return _seen_from_camera(relation, tokens, start, reading)
        anchors = _read_anchors(relation, tokens[start:])
        if relation in _SHARES_PLACE and len(anchors) == 1:
            reading.tests += _places_after_noun(tokens[start:], anchors[0])
        reading.tests.append(SpatialTest(relation, anchors))
        return len(tokens)
    return None


def _places_after_noun(tokens: list[str], anchor: Referent) -> list[SpatialTest]:
    """ "man with the helmet on the right": the place at the end holds for the man as well."""
    alone = [test for test in anchor.tests if not test.anchors and test.relation in DIRECTIONS]
    named = tokens.index(anchor.phrase.split()[0]) if anchor.phrase.split()[0] in tokens else 0
    first = next((i for i, token in enumerate(tokens) if token in DIRECTION_WORDS), 0)
    return alone if first > named else []


def _without_anchor(relation: Relation, anchor: list[str], start: int, reading: _Reading) -> int | None:
    """ "the one behind", "in front", "closest on the right": a place among the others."""
    alone = {
        Relation.BEHIND: Relation.FARTHEST,
        Relation.IN_FRONT: Relation.NEAREST,
        Relation.NEAREST: Relation.NEAREST,
    }
    alone |= {Relation.ABOVE: Relation.ABOVE, Relation.BELOW: Relation.BELOW, Relation.BETWEEN: Relation.MIDDLE}
    if relation not in alone or (anchor and relation is not Relation.NEAREST):
        return None
    if relation is Relation.NEAREST and anchor and anchor[0] in DIRECTION_WORDS:
        return start  # "closest left": the direction says it all
    reading.tests.append(SpatialTest(alone[relation]))
    return start


def _seen_from_camera(relation: Relation, tokens: list[str], start: int, reading: _Reading) -> int:
    """ "left of the picture", "closest to us": the anchor is no thing."""
    camera = {
        Relation.NEXT_TO: Relation.NEAREST,
        Relation.IN_FRONT: Relation.NEAREST,
        Relation.BEHIND: Relation.FARTHEST,
    }
    meant = camera.get(relation, relation)
    if meant in PLACE_WORDS.values():
        reading.tests.append(SpatialTest(meant))
    while start < len(tokens) and (tokens[start] in STOP or tokens[start] in VIEWER):
        start += 1
    return start


def _read_anchors(relation: Relation, tokens: list[str]) -> tuple[Referent, ...]:
    if relation is Relation.BETWEEN and "and" in tokens:
        split = tokens.index("and")
        if tokens[:split] and tokens[split + 1 :]:
            return _read(tokens[:split]), _read(tokens[split + 1 :])
    return (_read(tokens),)


def _read_place(tokens: list[str], at: int, reading: _Reading) -> int | None:
    """ "left", "in the far upper right", "closest": a place without an anchor."""
    start = at
    while start < len(tokens) - 1 and tokens[start] in {
        "on",
        "at",
        "in",
        "to",
        "toward",
        "towards",
        "the",
        "of",
        *EXTREME,
    }:
        start += 1
    word = tokens[start]
    if word not in PLACE_WORDS or _is_no_place(tokens, start):
        return _strength_alone(tokens, at, reading)
    reading.tests.append(SpatialTest(PLACE_WORDS[word]))
    way = _after_way(tokens, start + 1)
    match = _OF_PICTURE.match(" ".join(["", *tokens[start + 1 :]]))
    if match is None or way > start + 1:
        return way
    taken = match.group(0).split()
    if match.group(1) and match.group(1) not in VIEWER:
        taken = [t for t in taken if t in {"hand", "side", "most"}]
    return start + 1 + len(taken)


def _after_way(tokens: list[str], at: int) -> int:
    """Past "to right" in "left to right", which only says which way to count."""
    is_way = tokens[at : at + 1] == ["to"] and at + 1 < len(tokens) and tokens[at + 1] in DIRECTION_WORDS
    return at + 2 if is_way else at


def _strength_alone(tokens: list[str], at: int, reading: _Reading) -> int | None:
    """ "far away", "far one": strength words that stand without a direction."""
    following = tokens[at + 1] if at + 1 < len(tokens) else ""
    if tokens[at] == "far" and following not in PLACE_WORDS:
        reading.tests.append(SpatialTest(Relation.FARTHEST))
        return at + 1
    return None


def _is_no_place(tokens: list[str], at: int) -> bool:
    """ "his left hand", "back of head", "black top", "right behind": not a place in the picture."""
    word = tokens[at]
    before = tokens[at - 1] if at else ""
    following = tokens[at + 1] if at + 1 < len(tokens) else ""
    if following in BODY and before in _OWNERS and tokens[at + 2 : at + 3] != ["side"]:
        return True
    if word in DIRECTION_WORDS and set(tokens[max(at - 3, 0) : at]) & TURNED:
        return True
    if word == "back" and (following in {"of", "to", "turned", "facing"} or before in {"his", "her", "their", "s"}):
        return following != "of" or (tokens[at + 2 : at + 3] or [""])[0] not in VIEWER
    if word == "top" and before in CLOTHES_BEFORE_TOP:
        return True
    return word in {"l", "r"} and len(tokens) > 4


def _read_number(tokens: list[str], at: int, reading: _Reading) -> int | None:
    if tokens[at] in {"all", "both", "every", "each"} and not set(reading.words) - STOP:
        reading.count = Count(CountKind.EXACTLY, 2) if tokens[at] == "both" else Count(CountKind.ALL)
        return at + 1
    if tokens[at] in {"everyone", "everybody"}:
        reading.count = Count(CountKind.ALL)
        reading.words.append("people")
        return at + 1
    counted = any(singular(token) != token for token in tokens[at + 1 :])
    if tokens[at] in NUMBERS and not set(reading.words) - STOP and counted:
        reading.count = Count(CountKind.EXACTLY, NUMBERS[tokens[at]])
        return at + 1
    return None


def _head(words: list[str]) -> str:
    """The noun: the first word for a person, else the last word before a description."""
    for word in words:
        if singular(word) in PERSON_WORDS:
            return singular(word)
    named: list[str] = []
    for word in words:
        if named and (word in CUT_AT or word.endswith("ing")):
            break
        if word not in STOP:
            named.append(word)
    return singular(named[-1]) if named else "thing"


def _in_order(reading: _Reading) -> tuple[SpatialTest, ...]:
    """Each test once; the side that an ordinal counts from comes last, as ``Referent`` has it."""
    tests = dict.fromkeys(reading.tests)
    if reading.ordinal is not None and reading.counted_from is not None:
        tests.pop(reading.counted_from)
        tests[reading.counted_from] = None
    return tuple(tests)
