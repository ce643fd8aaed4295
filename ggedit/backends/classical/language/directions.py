"""Phrases that say where: "to the left of", "in the bottom right corner", "on top of"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ....core.inflection import word_set
from ....core.language import Relation
from .tokens import Word, lows
from .words import BARE_VERBS, COLOURS

SIDES: dict[str, Relation] = {
    "left": Relation.LEFT_OF, "right": Relation.RIGHT_OF, "top": Relation.ABOVE, "upper": Relation.ABOVE,
    "uppermost": Relation.ABOVE, "bottom": Relation.BELOW, "lower": Relation.BELOW, "lowermost": Relation.BELOW,
    "higher": Relation.ABOVE,
}  # fmt: skip
ADJECTIVES: dict[str, Relation] = {
    **SIDES,
    "leftmost": Relation.LEFT_OF, "rightmost": Relation.RIGHT_OF, "topmost": Relation.ABOVE,
    "bottommost": Relation.BELOW, "left-most": Relation.LEFT_OF, "right-most": Relation.RIGHT_OF,
    "left-hand": Relation.LEFT_OF, "right-hand": Relation.RIGHT_OF, "left-side": Relation.LEFT_OF,
    "right-side": Relation.RIGHT_OF, "lefthand": Relation.LEFT_OF, "righthand": Relation.RIGHT_OF,
    "left-sided": Relation.LEFT_OF, "right-sided": Relation.RIGHT_OF, "furthermost": Relation.FARTHEST,
    "middle": Relation.MIDDLE, "central": Relation.MIDDLE, "center": Relation.MIDDLE, "centre": Relation.MIDDLE,
    "centermost": Relation.MIDDLE, "middlemost": Relation.MIDDLE, "corner": Relation.CORNER,
    "front": Relation.IN_FRONT, "foreground": Relation.IN_FRONT, "frontmost": Relation.IN_FRONT,
    "foremost": Relation.IN_FRONT, "rear": Relation.BEHIND, "back": Relation.BEHIND, "background": Relation.BEHIND,
    "front-most": Relation.IN_FRONT, "top-most": Relation.ABOVE, "bottom-most": Relation.BELOW,
    "hindmost": Relation.BEHIND, "rearmost": Relation.BEHIND,
    "nearest": Relation.NEAREST, "closest": Relation.NEAREST, "farthest": Relation.FARTHEST,
    "furthest": Relation.FARTHEST,
    "largest": Relation.LARGEST, "biggest": Relation.LARGEST, "tallest": Relation.LARGEST, "widest": Relation.LARGEST,
    "longest": Relation.LARGEST, "fattest": Relation.LARGEST, "greatest": Relation.LARGEST, "highest": Relation.ABOVE,
    "smallest": Relation.SMALLEST, "bigger": Relation.LARGEST, "larger": Relation.LARGEST,
    "taller": Relation.LARGEST, "smaller": Relation.SMALLEST, "shorter": Relation.SMALLEST,
    "tiniest": Relation.SMALLEST, "shortest": Relation.SMALLEST,
    "littlest": Relation.SMALLEST, "thinnest": Relation.SMALLEST, "lowest": Relation.BELOW,
}  # fmt: skip
OPPOSITE: dict[Relation, Relation] = {
    Relation.LEFT_OF: Relation.RIGHT_OF, Relation.RIGHT_OF: Relation.LEFT_OF, Relation.ABOVE: Relation.BELOW,
    Relation.BELOW: Relation.ABOVE, Relation.BEHIND: Relation.IN_FRONT, Relation.IN_FRONT: Relation.BEHIND,
    Relation.NEAREST: Relation.FARTHEST, Relation.FARTHEST: Relation.NEAREST, Relation.LARGEST: Relation.SMALLEST,
    Relation.SMALLEST: Relation.LARGEST,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: how many words it takes, what it means, and how many things must follow.

    ``anchors``: 0, 1 or 2; ``absolute`` says what it means when nothing follows (None: it
    then means nothing); ``heading`` marks "to", "into", "onto": where something goes.
    """

    length: int
    relations: tuple[Relation, ...]
    anchors: int
    absolute: tuple[Relation, ...] | None = None
    heading: bool = False


_P = r"(?:on|at|to|in|into|onto|toward|towards|from|along|by|off|near)"
_D = r"(?:the |its |it 's )?(?:(?:far|very|extreme|immediate|direct|absolute|outer) )?"
_PART = r"(?:side|part|half|edge|end|portion|area|section|region|border|margin|third|hand side)"
_LR = r"(?P<lr>left|right)(?:-hand|-side|-most| most| hand)?"
_LR_ONE = r"(?P<lr>left|right)(?:-hand|-side)?"
_TB = r"(?P<tb>top|bottom|upper|lower)"
_END = r"(?= |$)"
_OF = r"(?P<of> of)?"

_TWO = re.compile(
    rf"(?:{_P} )?{_D}(?:{_TB}(?: |-|-most ){_LR}|{_LR.replace('<lr>', '<lr2>')}[- ]{_TB.replace('<tb>', '<tb2>')})"
    rf"(?:[- ]{_PART}|[- ](?P<corner>corner)(?: {_PART})?)?{_OF}{_END}"
)
_ONE_LR = re.compile(rf"{_P} {_D}{_LR}(?:[- ]{_PART}|[- ](?P<corner>corner))?{_OF}{_END}")
_BARE_LR = re.compile(
    rf"(?:immediately |directly |just |further |farther |slightly )?{_LR_ONE}(?: side)? (?P<of>of){_END}"
)
_FAR_LR = re.compile(rf"(?:furthest|farthest|most)(?: to the| on the)? {_LR_ONE}{_END}")
_ONE_TB = re.compile(rf"{_P} {_D}{_TB}(?:-most)?(?:[- ]{_PART}|[- ](?P<corner>corner))?{_OF}{_END}")
_CORNER = re.compile(rf"(?:in|at|on|to|into|onto) (?:(?:the|a|one|some) )?corner{_OF}{_END}")
_MIDDLE = re.compile(
    r"(?:(?:in|at|on|to|into|onto|toward|towards) )?(?:the )?(?:very |exact |dead )?"
    rf"(?:middle|center|centre|midst){_OF}{_END}"
)
_SIDE_NOUN = frozenset(("side", "part", "half", "corner", "hand"))

_ANCHORED: dict[Relation, str] = {
    Relation.IN_FRONT: (
        "in front of|in the front of|at the front of|to the front of|on the front of|ahead of|before|"
        "onto the front of|into the front of|front of|closer to the camera than"
    ),
    Relation.BEHIND: (
        "behind|in back of|at the back of|in the back of|to the back of|at the rear of|to the rear of|"
        "in the rear of|from behind|to behind"
    ),
    Relation.BETWEEN: "in between|between|in the space between|in the gap between",
    Relation.NEAREST: "nearest to|nearest|closest to",
    Relation.FARTHEST: (
        "farthest away from|furthest away from|farthest from|furthest from|far away from|far from|away from"
    ),
    Relation.NEXT_TO: (
        "next to|right next to|directly next to|beside|besides|alongside|adjacent to|close to|closer to|near to|"
        "near|nearby|by the side of|at the side of|on the side of|to the side of|along the side of|"
        "on either side of|on both sides of|at both sides of|up against|against|around|by|along|at|opposite|"
        "across from|in the vicinity of|not far from|touching|facing|surrounding|bordering|outside of|outside|"
        "nearer to|nearer|right beside|right by|close by|together with|toward|towards|to the other side of|"
        "on the other side of|on the far side of"
    ),
    Relation.ON: (
        "on top of|on the top of|at the top of|to the top of|on to the top of|onto the top of|"
        "on the very top of|to the on of top|over the top of|on the surface of|upon|atop of|atop|astride|"
        "aboard|onto|on to|on"
    ),
    Relation.ABOVE: "directly above|right above|just above|above|over|higher than|hovering over",
    Relation.BELOW: (
        "directly below|right below|just below|below|underneath|beneath|under|at the foot of|at the base of|"
        "on the bottom of|at the bottom of|to the bottom of|on the underside of|lower than"
    ),
    Relation.INSIDE: (
        "inside of|inside|within|in the interior of|in the inside of|into|in|among|amongst|amid|throughout|"
        "through|across"
    ),
    Relation.OVERLAPPING: "overlapping with|overlapping",
}
_ALONE: dict[Relation, str] = {
    Relation.IN_FRONT: (
        "in the foreground|into the foreground|to the foreground|in the front|in front|at the front|up front|"
        "to the front|on the front|from the foreground|to the fore|at the fore"
    ),
    Relation.BEHIND: (
        "in the background|into the background|to the background|on the background|at the background|"
        "in the distance|in the far distance|in the back|at the back|to the back|in the rear|at the rear|"
        "on the horizon|from the background|in background|on the backdrop|in the backdrop|far behind"
    ),
    Relation.NEAREST: (
        "nearest to the camera|closest to the camera|nearest the camera|near the camera|"
        "closest to the viewer|closest to us|nearest to us|closest to me|nearest to the viewer|"
        "close to the camera|closer to the camera|nearest us|nearest me"
    ),
    Relation.FARTHEST: (
        "farthest from the camera|furthest from the camera|farthest away|at the far end|furthest away|"
        "farthest away from the camera|furthest away from the camera|farthest from the viewer|"
        "farthest from us|far from the camera|furthest from us|far away"
    ),
    Relation.ABOVE: ("overhead|at top|on top|up top|up above|at the top|on the top|to the top|to top|up high|up there"),
    Relation.BELOW: "at bottom|at the bottom|on the bottom|to the bottom|on bottom|down below",
    Relation.NEXT_TO: "nearby|to the side|on the side|on either side|on both sides",
}
_MOTION: dict[Relation, str] = {
    Relation.LEFT_OF: "leftwards|leftward|left|further left|farther left|over left|more left",
    Relation.RIGHT_OF: "rightwards|rightward|right|further right|farther right|over right|more right",
    Relation.ABOVE: "upwards|upward|up|higher up|higher|further up",
    Relation.BELOW: "downwards|downward|down|lower down|lower|further down",
    Relation.IN_FRONT: "forwards|forward|closer|nearer",
    Relation.BEHIND: ("backwards|backward|back|further back|farther back|away|further away|farther away"),
}
_HEADING = ("to", "into", "onto", "toward", "towards", "on to")


def _index(table: dict[Relation, str]) -> dict[str, Relation]:
    return {phrase: relation for relation, phrases in table.items() for phrase in phrases.split("|")}


_ANCHORED_INDEX = _index(_ANCHORED)
_ALONE_INDEX = _index(_ALONE)
_MOTION_INDEX = _index(_MOTION)
_LONGEST = 6
_SOFTENERS = word_set("a bit little slightly somewhat far further farther just directly right immediately way over out")


def find_relation(words: Sequence[Word], at: int) -> Hit | None:
    """The direction phrase that starts at ``at``, or None."""
    tail = lows(words[at : at + 12])
    hit = _sides(tail) or _fixed(tail)
    if hit is None or not _names_a_thing(words, at, hit):
        return hit
    anchored = _anchored(tail)
    return anchored if anchored is not None and anchored.length < hit.length else None


def find_motion(words: Sequence[Word], at: int) -> Hit | None:
    """Where a moved thing goes when said by an adverb: "left", "a bit further down"."""
    skip = 0
    while at + skip < len(words) and words[at + skip].low in _SOFTENERS and skip < 4:
        if _phrase(_MOTION_INDEX, lows(words[at + skip : at + skip + _LONGEST])):
            break
        skip += 1
    found = _phrase(_MOTION_INDEX, lows(words[at + skip : at + skip + _LONGEST]))
    if found is None:
        return None
    return Hit(found[0] + skip, (found[1],), 0, (found[1],), heading=True)


def _phrase(index: dict[str, Relation], tail: str) -> tuple[int, Relation] | None:
    parts = tail.split(" ")
    for length in range(min(_LONGEST, len(parts)), 0, -1):
        relation = index.get(" ".join(parts[:length]))
        if relation is not None:
            return length, relation
    return None


def _fixed(tail: str) -> Hit | None:
    alone, anchored = _phrase(_ALONE_INDEX, tail), _anchored(tail)
    if anchored is not None and (alone is None or anchored.length > alone[0]):
        return anchored
    return None if alone is None else Hit(alone[0], (alone[1],), 0, (alone[1],), tail.startswith(_HEADING))


def _anchored(tail: str) -> Hit | None:
    found = _phrase(_ANCHORED_INDEX, tail)
    if found is None:
        return None
    needed = 2 if found[1] is Relation.BETWEEN else 1
    absolute = (found[1],) if found[1] in (Relation.NEAREST, Relation.FARTHEST) else None
    return Hit(found[0], (found[1],), needed, absolute, tail.startswith(_HEADING))


def _sides(tail: str) -> Hit | None:
    for pattern in (_TWO, _ONE_LR, _BARE_LR, _FAR_LR, _ONE_TB, _CORNER, _MIDDLE):
        match = pattern.match(tail)
        if match is None:
            continue
        parts = match.groupdict()
        sides = [SIDES[parts[k]] for k in ("tb", "tb2", "lr", "lr2") if parts.get(k)]
        if pattern is _CORNER or parts.get("corner"):
            sides.insert(0, Relation.CORNER)
        if pattern is _MIDDLE:
            sides.append(Relation.MIDDLE)
        of = bool(parts.get("of"))
        return Hit(
            match.group().count(" ") + 1, _near_top(pattern, tuple(sides), of), int(of), tuple(sides),
            tail.startswith(_HEADING),
        )  # fmt: skip
    return None


def _near_top(pattern: re.Pattern[str], sides: tuple[Relation, ...], of: bool) -> tuple[Relation, ...]:  # noqa: FBT001
    """ "at the top of the hill" is on it; "at the top" of the picture is above."""
    return (Relation.ON,) if pattern is _ONE_TB and of and sides[:1] == (Relation.ABOVE,) else sides


def _names_a_thing(words: Sequence[Word], at: int, hit: Hit) -> bool:
    """ "on the left plate": the side belongs to the plate and is no place of its own."""
    end = at + hit.length
    if hit.anchors or end >= len(words) or words[end - 1].low in _SIDE_NOUN:
        return False
    last = words[end - 1].low
    if last not in ADJECTIVES and not last.startswith(("left", "right")):
        return False
    while (
        end < len(words)
        and words[end].low not in COLOURS
        and words[end].tag in ("JJ", "CD", "VBN")
        and end + 1 < len(words)
    ):
        end += 1
    after = words[end]
    return after.tag.startswith("NN") and after.low not in COLOURS and after.low not in BARE_VERBS
