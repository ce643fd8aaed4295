"""What is said of a thing: "blue", "a robot", "bigger", "look like winter", "sit on the sofa"."""

from __future__ import annotations

import re
from dataclasses import replace

from ....core.inflection import word_set
from ....core.language import EditVerb, Relation
from .directions import find_motion, find_relation
from .drafts import NOTHING, Draft, Reading, is_background, is_degree, is_new, one, thing_text, words_text
from .groups import Group, Spot
from .modifiers import is_picture, read_group, read_spots
from .nouns import NEW, PLAIN
from .tokens import Words, lows
from .words import (
    BARE_VERBS,
    COLOUR_NOUNS,
    COLOURS,
    GRASPING,
    MATERIALS,
    POSITION_VERBS,
    SCENE_LOOKS,
    SEASONS,
    SHADES,
    STYLE_NOUNS,
    WHOLE_NOUNS,
)

_SIZE = re.compile(
    "^(?:(?:a |an )?(?:lot|bit|little|much|slightly|far|way|somewhat|even|very|really|extremely|super|quite|"
    r"twice|three times|four times|five times|ten times|half|double|triple|2x|3x|\d+ times|\d+%|\d+ percent|as|so|"
    "too|more|the|its|original|current|in) )*(?:bigger|larger|smaller|huge|tiny|giant|gigantic|enormous|big|"
    "large|small|little|taller|tall|shorter|short|wider|wide|longer|long|thinner|thin|thicker|thick|narrower|"
    "narrow|size|sized|massive|fatter|slimmer|miniature)(?: (?:as before|by .*|as it is|in size|than .*|"
    "and (?:bigger|larger|taller|wider|smaller)|of (?:the|its) .*))?$"
)
_SIZE_OF = re.compile(
    r"^(?:half|twice|double|triple|two times|three times|\d+x|\d+ times|\d+%|\d+ percent)"
    r"(?: (?:of )?(?:the|its|his|her|their) (?:current |original )?(?:size|height|width))?$"
)
_GONE = re.compile(
    r"^(?:disappear|vanish|go away|go|gone|invisible|leave|disappeared|be gone|be invisible|removed|not visible|"
    r"no more|absent|away|out|"
    r"(?:out|gone|away) (?:of|from) (?:here|there|"
    r"(?:the|this|my|our|that) (?:picture|image|photo|scene|frame|shot|way)))$"
)
_UPSIDE = re.compile(r"^(?:be )?(?:upside down|upside-down)$")
_TURNED = re.compile(
    r"^(?:so (?:that )?(?:it|he|she|they) )?(?:face|look|point)s? (?:to |towards? )?(?:the )?"
    r"(?:other (?:way|direction|side)|opposite (?:way|direction|side)|left|right)$"
)
_LEADING = word_set(
    "look looking looks to be become appear seem into , turn being go stay all completely entirely totally just also"
)
_BLURRED = re.compile(
    r"^(?:(?:very|more|slightly|a bit|a little|all|really) )*"
    r"(?:blurry|blurred|blurrier|out of focus|unfocused|blur|fuzzy)$"
)
_GREY = re.compile(
    r"^(?:black and white|black-and-white|greyscale|grayscale|monochrome|gray|colourless|colorless|black & white)$"
)


def say_of(target: Group | None, words: Words) -> Reading:
    """The edit that makes ``words`` true of the target (None: of the whole picture)."""
    words = _without_praise(_without_leading(words))
    if not words:
        return NOTHING
    text = lows(words)
    if target is not None and is_background(target):
        return one(Draft(EditVerb.BACKGROUND, None, payload=look_of(words).removeprefix("like ")))
    around = surroundings(target) if target is not None else None
    if around is not None:
        return one(replace(around, payload=look_of(words).removeprefix("like ")))
    if target is not None:
        shaped = _shape(target, text) or _moved(target, words) or _posture(target, words)
        if shaped is not None:
            return shaped
        replaced = _other_thing(target, words)
        if replaced is not None:
            return one(replaced)
    return one(Draft(EditVerb.RESTYLE, target, payload=look_of(words)))


_EVERYTHING = word_set("area part everything all stuff region space scenery")


def surroundings(group: Group) -> Draft | None:
    """ "everything behind the man", "the area around the dog": the background, the thing kept."""
    spots = [s for s in group.spots if s.relation in (Relation.BEHIND, Relation.NEXT_TO)]
    if group.head not in _EVERYTHING or not spots:
        return None
    kept = next((s.anchors[0] for s in spots if s.anchors), None)
    return Draft(EditVerb.BACKGROUND, None if kept is not None and is_background(kept) else kept)


def look_of(words: Words) -> str:
    """A look in words: "blue" for "a bright shade of blue in colour", "blur" for "blurry"."""
    words = tuple(w for w in words if w.low not in ("please", "instead", "now", "too"))
    words = words[: next((i for i, w in enumerate(words) if w.low in ("except", "excluding")), None)]
    while words and words[0].low in ("the", "a", "an", "in", "to", "into", "with", "as") and len(words) > 1:
        if is_degree(words):
            break
        if words[0].low in ("in", "with", "as") and not _colour_follows(words[1:]):
            break
        words = words[1:]
    if len(words) > 1 and words[0].low in COLOUR_NOUNS and words[1].low not in ("of",):
        words = words[1:]
    if len(words) > 2 and words[0].low in COLOUR_NOUNS | {"shade"} and words[1].low == "of":
        words = words[2:]
    if len(words) > 2 and words[-1].low in COLOUR_NOUNS and words[-2].low in ("in", "of"):
        words = words[:-2]
    if len(words) > 1 and words[-1].low in (
        "one",
        "ones",
        "colour",
        "color",
        "paint",
        "colored",
        "coloured",
        "dye",
        "ink",
    ):
        words = words[:-1]
    text = words_text(words)
    if _BLURRED.match(text.lower()):
        return "blur"
    return "grey" if _GREY.match(text.lower()) else text


def _colour_follows(words: Words) -> bool:
    stuff = len(words) < 3 and words[-1].low in MATERIALS
    return stuff or any(w.low in COLOURS or w.low in COLOUR_NOUNS for w in words[:4])


def is_size(words: Words) -> str:
    """A size in words without "to" ("half its size"), empty where it is none."""
    text = lows(words[1:] if words and words[0].low in ("to", "by") else words)
    return text if text and (_SIZE.match(text) or _SIZE_OF.match(text)) else ""


def is_scene_look(payload: str) -> bool:
    """Whether the look is one of whole pictures: season, weather, time of day, art style."""
    words = payload.lower().split()
    return any(w in SCENE_LOOKS for w in words) or payload.lower().startswith(("by ", "in the style", "like it "))


def _without_leading(words: Words) -> Words:
    while words and words[0].low in _LEADING and len(words) > 1:
        if words[0].low == "go" and words[1].low == "away":
            break
        if words[0].low == "look" and words[1].low in ("at", "to", "up", "down", "away", "left", "right"):
            break
        if words[0].low == "to" and read_spots(words, 0, PLAIN) is not None:
            break
        words = words[1:]
    while words and words[-1].low in ("please", "instead", ",", ".", "!", "again", "too"):
        words = words[:-1]
    return words


def _without_praise(words: Words) -> Words:
    """ "better as a phone booth", "nicer in red": only the change counts."""
    praised = len(words) > 2 and words[0].low in _PRAISE and words[1].low in ("as", "in", "with")
    return words[2 if words[1].low in ("as", "in") else 1 :] if praised else words


_PRAISE = frozenset("better nicer nice good great best prettier lovelier cooler lovely awesome".split())


def _moved(target: Group, words: Words) -> Reading | None:
    """ "a little higher", "further left"."""
    hit = find_motion(words, 0)
    if hit is None or hit.length != len(words):
        return None
    return one(Draft(EditVerb.MOVE, target, tuple(Spot(r, heading=True) for r in hit.relations)))


def _shape(target: Group, text: str) -> Reading | None:
    if _SIZE.match(text) or _SIZE_OF.match(text):
        return one(Draft(EditVerb.RESIZE, target, payload=text))
    if _GONE.match(text):
        return one(Draft(EditVerb.REMOVE, target))
    if _UPSIDE.match(text):
        return one(Draft(EditVerb.FLIP, target, payload="vertical"))
    if _TURNED.match(text) or text in ("around", "round", "backwards", "the other way", "mirrored"):
        return one(Draft(EditVerb.FLIP, target, payload="horizontal"))
    return None


def _posture(target: Group, words: Words) -> Reading | None:
    """ "sit on the sofa", "be next to the car", "hold the cup": a relation between two things."""
    at = 0
    while at < len(words) and (
        words[at].lemma in POSITION_VERBS
        or words[at].lemma in ("go", "belong")
        or words[at].low in ("be", "being")
        or (words[at].tag == "RB" and find_relation(words, at) is None)
    ):
        at += 1
    if at < len(words):
        found = read_spots(words, at, PLAIN)
        if found is not None and found[0] and found[1] == len(words):
            anchors = [a for spot in found[0] for a in spot.anchors]
            if all(not is_new(a) for a in anchors):
                if is_new(target):
                    return one(Draft(EditVerb.INSERT, None, found[0], thing_text(target), target))
                action = lows(tuple(w for w in words[:at] if w.low not in ("be", "being")))
                return one(Draft(EditVerb.RELATE, target, found[0], action=action))
    doing = words[0].tag.startswith("VB") or [w.tag for w in words[1:2]] in (["DT"], ["PRP$"], ["PRP"])
    if words[0].lemma in GRASPING and doing and len(words) > 1:
        thing = read_group(words, 1, PLAIN)
        if thing is not None and thing[1] == len(words) and not is_new(thing[0]) and not thing[0].pronoun:
            relation = Relation.ON if words[0].lemma in ("ride", "drive") else Relation.WITH
            return one(Draft(EditVerb.RELATE, target, (Spot(relation, (thing[0],)),), action=words[0].lemma))
    return None


def _other_thing(target: Group, words: Words) -> Draft | None:
    """ "a robot": another thing in its place, unless it names a colour, a stuff or a style."""
    if is_degree(words) or (len(words) > 1 and words[-1].low in COLOURS):
        return None
    says_how = words[0].tag in ("JJ", "JJR", "RB", "RBR", "VBG", "VBN", "IN") and words[0].low not in ("a", "an", "the")
    if says_how and (words[0].tag != "JJ" or len(words) == 1 or not words[-1].tag.startswith("NN")):
        return None
    if words[0].low in BARE_VERBS or words[0].tag in ("VB", "VBP", "VBZ"):
        return None
    found = read_group(words, 0, NEW)
    if found is None or found[0].pronoun or found[0].spots:
        return None
    group, end = found
    if group.headless and (target.noun or group.attributes):
        return Draft(EditVerb.RESTYLE, target, payload=" ".join(group.attributes))
    if _is_look(group) or (end < len(words) and words[end].low not in (",", ".", "!")):
        return None if _is_look(group) else Draft(EditVerb.REPLACE, target, payload=words_text(words), new=group)
    if target.noun and group.head == target.head and group.attributes and not group.extra:
        return Draft(EditVerb.RESTYLE, target, payload=" ".join(group.attributes))
    return Draft(EditVerb.REPLACE, target, payload=thing_text(group), new=group)


def _is_look(group: Group) -> bool:
    words = {w.low for w in group.core}
    head = group.noun[-1].low if group.noun else ""
    if head in COLOURS or head in COLOUR_NOUNS or head in SHADES:
        return True
    if head in STYLE_NOUNS or head in ("style", "look", "version") or group.head in STYLE_NOUNS:
        return True
    return head in MATERIALS and len(words) <= 2 and is_new(group)


def whole_picture(group: Group) -> bool:
    """Whether "change X" means the picture itself: "the style", "everything", "the season"."""
    colours = group.head in COLOUR_NOUNS and len(group.noun) == 1 and group.many
    named = group.head in WHOLE_NOUNS or colours or (group.head in SEASONS and len(group.core) == 1)
    if group.pronoun or not named or surroundings(group) is not None:
        return False
    return not any(s.anchors and not is_picture(s.anchors[0]) for s in group.spots)
