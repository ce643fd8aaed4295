"""The words of place, number and description that referring expressions are read by."""

from __future__ import annotations

from ...core.language import Relation

DIRECTION_WORDS: dict[str, Relation] = {
    "left": Relation.LEFT_OF,
    "leftmost": Relation.LEFT_OF,
    "lefthand": Relation.LEFT_OF,
    "leftside": Relation.LEFT_OF,
    "lft": Relation.LEFT_OF,
    "letf": Relation.LEFT_OF,
    "l": Relation.LEFT_OF,
    "right": Relation.RIGHT_OF,
    "rightmost": Relation.RIGHT_OF,
    "righthand": Relation.RIGHT_OF,
    "rightside": Relation.RIGHT_OF,
    "rigth": Relation.RIGHT_OF,
    "rigt": Relation.RIGHT_OF,
    "rt": Relation.RIGHT_OF,
    "r": Relation.RIGHT_OF,
    "top": Relation.ABOVE,
    "topmost": Relation.ABOVE,
    "upper": Relation.ABOVE,
    "uppermost": Relation.ABOVE,
    "uper": Relation.ABOVE,
    "highest": Relation.ABOVE,
    "bottom": Relation.BELOW,
    "bottommost": Relation.BELOW,
    "botom": Relation.BELOW,
    "botto": Relation.BELOW,
    "botton": Relation.BELOW,
    "lower": Relation.BELOW,
    "lowest": Relation.BELOW,
    "lowermost": Relation.BELOW,
}
PLACE_WORDS: dict[str, Relation] = {
    **DIRECTION_WORDS,
    "middle": Relation.MIDDLE,
    "midle": Relation.MIDDLE,
    "mid": Relation.MIDDLE,
    "center": Relation.MIDDLE,
    "centre": Relation.MIDDLE,
    "central": Relation.MIDDLE,
    "centered": Relation.MIDDLE,
    "corner": Relation.CORNER,
    "front": Relation.NEAREST,
    "foreground": Relation.NEAREST,
    "forefront": Relation.NEAREST,
    "closest": Relation.NEAREST,
    "nearest": Relation.NEAREST,
    "closer": Relation.NEAREST,
    "frontmost": Relation.NEAREST,
    "back": Relation.FARTHEST,
    "background": Relation.FARTHEST,
    "backmost": Relation.FARTHEST,
    "distance": Relation.FARTHEST,
    "farthest": Relation.FARTHEST,
    "furthest": Relation.FARTHEST,
    "farther": Relation.FARTHEST,
    "further": Relation.FARTHEST,
    "rear": Relation.FARTHEST,
    "largest": Relation.LARGEST,
    "biggest": Relation.LARGEST,
    "bigger": Relation.LARGEST,
    "larger": Relation.LARGEST,
    "smallest": Relation.SMALLEST,
    "smaller": Relation.SMALLEST,
    "littlest": Relation.SMALLEST,
    "tiniest": Relation.SMALLEST,
}
"""Single words that place a thing in the picture, or among its like, without an anchor."""

EXTREME = frozenset({"far", "most", "very", "extreme", "furthest", "farthest", "closest", "further", "farther", "all"})
"""Words that only strengthen a direction beside them."""

RELATIONS: tuple[tuple[str, Relation], ...] = (
    (r"(?:to |on |at )?(?:the )?(?:far |immediate |just )?left(?: hand)?(?: side)? (?:of|from)", Relation.LEFT_OF),
    (r"(?:to |on |at )?(?:the )?(?:far |immediate |just )?right(?: hand)?(?: side)? (?:of|from)", Relation.RIGHT_OF),
    (r"(?:right |directly |just )?(?:on|in) top of|(?:sitting |standing |lying )?atop", Relation.ON),
    (r"(?:right |directly |just )?in ?front of", Relation.IN_FRONT),
    (r"(?:right |directly |just )?(?:in (?:the )?)?(?:back|rear) of", Relation.BEHIND),
    (r"(?:right |directly |just )?(?:behind|beyond)", Relation.BEHIND),
    (r"(?:right |directly |just )?(?:above|over)", Relation.ABOVE),
    (r"(?:right |directly |just )?(?:below|beneath|under|underneath)", Relation.BELOW),
    (r"(?:in ?)?between", Relation.BETWEEN),
    (r"(?:nearest|closest|nearer|closer)(?: to)?", Relation.NEAREST),
    (r"(?:farthest|furthest|farther|further)(?: away)? from", Relation.FARTHEST),
    (
        r"(?:right |directly |just )?(?:next to|beside|adjacent to|alongside|close to|besides|near to|by|near)",
        Relation.NEXT_TO,
    ),
    (r"(?:inside|within)(?: of)?|inside", Relation.INSIDE),
    (r"on|upon|onto", Relation.ON),
    (r"with|holding|carrying|wearing", Relation.WITH),
)
"""Openings of a relative test, tried in order: what follows is the anchor."""

VIEWER = frozenset(
    {
        "us",
        "you",
        "me",
        "camera",
        "cam",
        "viewer",
        "photographer",
        "screen",
        "lens",
        "picture",
        "pic",
        "photo",
        "image",
        "frame",
        "view",
        "shot",
        "foreground",
        "front",
        "photograph",
        "scene",
        "everyone",
    }
)
"""Anchors that stand for the picture or the camera, so that the test has none."""

ORDINALS: dict[str, int] = {
    **dict.fromkeys(("first", "1st"), 1),
    **dict.fromkeys(("second", "2nd"), 2),
    **dict.fromkeys(("third", "3rd", "thrid"), 3),
    **dict.fromkeys(("fourth", "4th", "forth"), 4),
    **dict.fromkeys(("fifth", "5th"), 5),
    **dict.fromkeys(("sixth", "6th"), 6),
    "last": -1,
}
NUMBERS: dict[str, int] = {"two": 2, "2": 2, "three": 3, "3": 3, "four": 4, "4": 4, "five": 5, "5": 5, "six": 6, "6": 6}
NOT_COUNTED = frozenset({"row", "shelf", "level", "line", "floor", "step", "half", "tier", "base", "column"})
"""After an ordinal or a direction: it counts these, not the thing itself."""

BODY = frozenset(
    {
        "hand",
        "arm",
        "leg",
        "foot",
        "shoulder",
        "eye",
        "ear",
        "hip",
        "knee",
        "head",
        "neck",
        "hands",
        "legs",
        "arms",
        "wheel",
        "paw",
        "wing",
        "turned",
        "facing",
        "leaning",
    }
)
CLOTHES_BEFORE_TOP = frozenset(
    {
        "tank",
        "red",
        "blue",
        "green",
        "black",
        "white",
        "pink",
        "yellow",
        "purple",
        "grey",
        "gray",
        "orange",
        "brown",
        "striped",
        "bikini",
        "crop",
        "halter",
        "sleeveless",
        "strapless",
        "shirt",
    }
)
TURNED = frozenset({"facing", "looking", "leaning", "turned", "turning", "pointing", "heading", "going", "moving"})
"""Before a direction: it says where something looks or goes, not where it is."""
STOP = frozenset(
    {
        "away",
        "ahead",
        "the",
        "a",
        "an",
        "of",
        "is",
        "are",
        "that",
        "this",
        "it",
        "its",
        "at",
        "to",
        "and",
        "or",
        "in",
        "from",
        "which",
        "who",
        "s",
        "his",
        "her",
        "their",
        "there",
    }
)
CUT_AT = frozenset(
    {
        "in",
        "with",
        "wearing",
        "w",
        "holding",
        "has",
        "having",
        "that",
        "who",
        "which",
        "whose",
        "of",
        "looking",
        "facing",
    }
)
"""Words after which a description no longer names the thing itself."""
