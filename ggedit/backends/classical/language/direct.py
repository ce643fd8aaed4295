"""The short instruction for an editing model: no context, no direction words."""

from __future__ import annotations

from dataclasses import dataclass

from ....core.inflection import PLURALIA, indefinite, is_plural, plural, word_set
from ....core.language import CountKind, EditVerb, Referent, Relation, SpatialTest
from ....core.relation_words import relation_phrase
from .words import COLOURS, MASS_NOUNS, SCENE_LOOKS, SEASONS, STYLE_NOUNS, WEATHER

_PREPOSITIONS = ("in ", "by ", "like ", "as ", "with ", "during ", "from ", "more ", "less ", "at ", "under ")


@dataclass(frozen=True, slots=True)
class Said:
    """What an edit's words say besides its things: the payload, what the target does ("hold"),
    and which of the words are nouns."""

    payload: str = ""
    action: str = ""
    nouns: frozenset[str] = frozenset()


def direct_of(verb: EditVerb, target: Referent | None, place: SpatialTest | None, said: Said) -> str:
    """The edit in a few words, for example "make the lamp blue"."""
    thing, say = _thing(target), said.payload
    table = {
        EditVerb.REMOVE: f"remove {thing}",
        EditVerb.INSERT: f"add {_with_article(say)}",
        EditVerb.REPLACE: f"replace {thing} with {_with_article(say)}"
        if target
        else f"turn it into {_with_article(say)}",
        EditVerb.RESTYLE: _restyled(thing, say) if target is not None else _whole(say),
        EditVerb.MOVE: f"move {thing}{_to(place)}",
        EditVerb.RESIZE: f"make {thing} {say}",
        EditVerb.FLIP: f"flip {thing} {say}ly" if say else f"flip {thing}",
        EditVerb.DUPLICATE: f"duplicate {thing} {_TIMES.get(say, '')}",
        EditVerb.RELATE: _related(thing, place, said.action),
        EditVerb.BACKGROUND: _background(said),
    }
    return table[verb].strip()


_TIMES = {
    "two": "twice",
    **{n: f"{n} times" for n in ("three", "four", "five", "six", "seven", "eight", "nine", "ten")},
}


def _related(thing: str, place: SpatialTest | None, action: str) -> str:
    """ "make the boy hold the ball", "make the dog sit on the chair", "put the cup next to the
    plate", "make the man and the woman hold hands"."""
    names = [f"the {named(a)}" for a in place.anchors] if place is not None else []
    if not action:
        return f"put {thing}{_to(place)}"
    if place is not None and (place.relation is Relation.WITH or action in _TRANSITIVE):
        mutual = action.split()[-1] in _MUTUAL_ENDS
        return f"make {thing} and {names[0]} {action}" if mutual else f"make {thing} {action} {' and '.join(names)}"
    return f"make {thing} {action}{_to(place).replace(' onto ', ' on ').replace(' into ', ' in ')}"


_TRANSITIVE = frozenset(("ride", "drive"))
_MUTUAL_ENDS = frozenset(("hands", "other", "another", "hug", "kiss", "embrace", "dance", "five"))


_PRONOUNS = {
    "its": "it", "it": "it", "this": "it", "that": "it", "his": "him", "him": "him", "he": "him", "her": "her",
    "she": "her", "their": "them", "they": "them", "them": "them", "these": "them", "those": "them",
}  # fmt: skip


def _thing(target: Referent | None) -> str:
    if target is None:
        return "it"
    return _PRONOUNS.get(target.phrase) or f"the {named(target)}"


def named(referent: Referent) -> str:
    """The thing in words, in the plural where several are meant."""
    words = referent.phrase.split()
    if referent.count.kind is not CountKind.ONE and words and not is_plural(words[-1]):
        words[-1] = plural(words[-1])
    return " ".join(words)


def _with_article(payload: str) -> str:
    words = payload.split()
    if (
        not words
        or words[0].isdigit()
        or words[0] in ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "the", "one")
    ):
        return payload
    last = next(
        (
            w
            for i, w in enumerate(words)
            if i + 1 == len(words) or words[i + 1] in ("with", "of", "in", "wearing", "holding")
        ),
        words[-1],
    )
    season = last in SEASONS and (len(words) == 1 or last not in _PARTS_OF_DAY)
    if season or is_plural(last) or last in PLURALIA or last in MASS_NOUNS | _ARTS or payload[:1].isupper():
        return payload
    return f"{indefinite(payload)} {payload}"


_PARTS_OF_DAY = word_set("day night morning afternoon evening")
_ARTS = word_set("art impressionism cubism surrealism baroque rococo renaissance fauvism noir anime")


def _restyled(thing: str, payload: str) -> str:
    if payload == "blur":
        return f"blur {thing}"
    if payload.startswith("rotated"):
        return f"rotate {thing}{payload.removeprefix('rotated')}"
    if payload.startswith("in a"):
        return f"put {thing} {payload}"
    return f"make {thing} look {payload}" if payload.startswith("like ") else f"make {thing} {payload}"


def _whole(payload: str) -> str:
    words = payload.split() or [""]
    if payload in ("grey", "blur"):
        return "make it black and white" if payload == "grey" else "blur it"
    if payload.startswith("like "):
        return f"make it look {payload}"
    if words[-1] in _QUALITIES:
        return f"give it {payload if words[0] in ('more', 'less') else _with_article(payload)}"
    if payload.startswith(("by ", "with ", "in ", "as ", "during ")):
        return payload
    if words[-1] in WEATHER and payload not in SCENE_LOOKS:
        return f"add {payload}"
    if words[-1] in STYLE_NOUNS and not payload.startswith(_PREPOSITIONS):
        return f"turn it into {_with_article(payload)}"
    return f"make it {payload}".strip()


_QUALITIES = word_set(
    "contrast brightness saturation sharpness exposure detail depth light lighting look feel mood atmosphere vibe "
    "tint tone filter effect style grain noise colour color colours colors appearance aesthetic hue"
)


def _to(place: SpatialTest | None) -> str:
    if place is None:
        return ""
    if not place.anchors:
        return " " + _ALONE.get(place.relation.value, relation_phrase(place.relation))
    if place.relation is Relation.OVERLAPPING:
        return f" to where the {named(place.anchors[0])} is"
    names = list(dict.fromkeys(named(a) for a in place.anchors))
    if len(names) < len(place.anchors):
        names = [" ".join((*name.split()[:-1], plural(name.split()[-1]))) for name in names]
    way = {Relation.ON: "onto", Relation.INSIDE: "into"}.get(place.relation) or relation_phrase(place.relation)
    return f" {way} " + " and ".join(f"the {name}" for name in names)


_ALONE = {
    "left_of": "to the left", "right_of": "to the right", "above": "up", "below": "down", "behind": "to the back",
    "in_front": "to the front", "middle": "to the middle", "corner": "to the corner", "nearest": "closer",
    "farthest": "farther away", "next_to": "to the side",
}  # fmt: skip


def _background(said: Said) -> str:
    payload = said.payload
    if payload in ("blur", "remove", "darken"):
        return f"{payload} the background"
    return f"{'change the background to' if _is_scene(said) else 'make the background'} {_with_article_if(said)}"


def _is_scene(said: Said) -> bool:
    """Whether the payload names another scene ("a beach at sunset"), and not how it looks."""
    words = said.payload.split() or [""]
    if words[0] in ("more", "less", "very", "like", "in") or words[-1] in COLOURS:
        return False
    return words[0] in ("a", "an", "the") or any(word.strip(",").lower() in said.nouns for word in words)


def _with_article_if(said: Said) -> str:
    """The payload, with an article where a scene's first noun is a countable one."""
    words = said.payload.split()
    if not _is_scene(said) or not words or words[0] in ("a", "an", "the"):
        return said.payload
    stop = next((i for i, word in enumerate(words) if word in _AFTER_SCENE), len(words))
    scene = _with_article(" ".join(words[:stop]))
    return " ".join((scene, *words[stop:]))


_AFTER_SCENE = word_set("at with in of on under during by near from full covered and")
