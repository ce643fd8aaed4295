"""The short instruction for an editing model: no context, no direction words."""

from __future__ import annotations

from ....core.inflection import PLURALIA, indefinite, is_plural, plural
from ....core.language import CountKind, EditVerb, Referent, SpatialTest
from ....core.relation_words import relation_phrase
from .words import MASS_NOUNS, SEASONS, STYLE_NOUNS

_PREPOSITIONS = ("in ", "by ", "like ", "as ", "with ", "during ", "from ", "more ", "less ", "at ", "under ")


def direct_of(verb: EditVerb, target: Referent | None, payload: str | None, place: SpatialTest | None) -> str:
    """The edit in a few words, for example "make the lamp blue"."""
    thing = _thing(target)
    say = payload or ""
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
        EditVerb.DUPLICATE: f"duplicate {thing}",
        EditVerb.RELATE: f"put {thing}{_to(place)}",
        EditVerb.BACKGROUND: _background(say),
    }
    return table[verb].strip()


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
    if is_plural(last) or last in PLURALIA or last in MASS_NOUNS | SEASONS or payload[:1].isupper():
        return payload
    return f"{indefinite(payload)} {payload}"


def _restyled(thing: str, payload: str) -> str:
    return f"make {thing} look {payload}" if payload.startswith("like ") else f"make {thing} {payload}"


def _whole(payload: str) -> str:
    if payload.startswith("like "):
        return f"make it look {payload}"
    if payload.startswith(_PREPOSITIONS) or not payload:
        return (
            f"make it {payload}".strip()
            if not payload.startswith(("by ", "with ", "in ", "as ", "during "))
            else payload
        )
    if payload.split()[-1] in STYLE_NOUNS:
        return f"turn it into {_with_article(payload)}"
    return f"make it {payload}"


def _to(place: SpatialTest | None) -> str:
    if place is None:
        return ""
    if not place.anchors:
        return " " + _ALONE.get(place.relation.value, relation_phrase(place.relation))
    names = list(dict.fromkeys(named(a) for a in place.anchors))
    if len(names) < len(place.anchors):
        names = [" ".join((*name.split()[:-1], plural(name.split()[-1]))) for name in names]
    return f" {relation_phrase(place.relation)} " + " and ".join(f"the {name}" for name in names)


_ALONE = {
    "left_of": "to the left", "right_of": "to the right", "above": "up", "below": "down", "behind": "to the back",
    "in_front": "to the front", "middle": "to the middle", "corner": "to the corner", "nearest": "closer",
    "farthest": "farther away", "next_to": "to the side",
}  # fmt: skip


def _background(payload: str) -> str:
    if payload in ("blur", "remove", "darken"):
        return f"{payload} the background"
    words = payload.split()
    nounish = words and words[-1] not in ("grey", "gray") and (words[0] in ("a", "an", "the") or len(words) > 1)
    return f"change the background to {payload}" if nounish else f"make the background {payload}"
