"""What follows a noun and says which one: places, traits, relative clauses, "of"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ....core.colour import read_colour
from ....core.inflection import word_set
from ....core.language import Count, CountKind, Relation
from .directions import ADJECTIVES, Hit, find_relation
from .groups import Given, Group, Spot
from .nouns import BARE, PLAIN, How, Post, is_pair_of_one, read_noun
from .openings import ALL
from .tokens import Word, Words, lows
from .verbs import Frame, verb_of_form
from .words import (
    ANIMAL_NOUNS,
    CLOTHES,
    COLLECTIVES,
    COLOUR_NOUNS,
    COLOURS,
    CONTAINERS,
    HOLDING,
    MATERIALS,
    ORDINALS,
    PERSON_NOUNS,
    PICTURE_NOUNS,
    POSITION_VERBS,
    TIMES,
)

_LIVING = PERSON_NOUNS | ANIMAL_NOUNS
_RELATIVE = frozenset(("that", "which", "who", "whom", "whose"))
_BE = word_set("is are was were be being 's am has have had been")
_WITH = frozenset(("with", "having", "wearing", "holding", "carrying", "featuring", "containing"))
_SIDE_HEADS = word_set("side part half edge portion area section region end")
_EDITS = (Frame.MOVE, Frame.REMOVE, Frame.REPLACE, Frame.RESIZE, Frame.FLIP, Frame.PAINT, Frame.TURN)
_STUCK = word_set("present visible seen found attached glued pinned fixed tied stuck mounted affixed")

_JOINING = frozenset(("and", ",", "&", "plus", "both"))

Found = tuple[Group, int]


def read_group(words: Words, at: int, how: How = PLAIN) -> Found | None:
    """The noun group that starts at ``at`` with what belongs to it, and the index after it."""
    found = read_noun(words, at, how)
    if found is None or how.post is Post.NONE:
        return found
    return read_modifiers(words, found[1], found[0], how)


def read_list(words: Words, at: int, how: How = PLAIN) -> tuple[tuple[Group, ...], int]:
    """Groups joined by commas and "and", and the index after the last; none = nothing read."""
    groups: list[Group] = []
    end = nxt = at
    while True:
        found = read_group(words, nxt, how)
        if found is None:
            return tuple(groups), end
        groups = [*(_of_same_noun(group, found[0]) for group in groups), found[0]]
        end = nxt = found[1]
        while nxt < len(words) and (words[nxt].low in _JOINING or lows(words[nxt : nxt + 2]) == "as well"):
            nxt += 1 + (words[nxt].low == "as")
        if nxt == end:
            return tuple(groups), end


def _of_same_noun(group: Group, following: Group) -> Group:
    """ "the second" in "the second and third bird", "the red" in "the red and the blue cup": its
    noun, and what is said behind that noun, stand behind the next one."""
    if not following.noun or group.surface.lower().endswith(("one", "ones")):
        return group
    counted = group.ordinal is not None and following.ordinal is not None
    lent = tuple(spot for spot in following.spots if spot.anchors or counted)
    alike = following.ordinal is not None or bool(following.spots)
    if group.headless and (group.ordinal is not None or group.spots) and alike:
        shared = replace(group, noun=following.noun, core=following.core, attributes=following.attributes)
        return replace(shared, spots=(*group.spots, *lent), headless=False)
    alone = group.core[0].low if group.given is Given.DEFINITE and len(group.core) == 1 else ""
    if alone in ADJECTIVES and any(not spot.anchors for spot in following.spots):
        spots = (Spot(ADJECTIVES[alone]), *lent)
        return replace(group, noun=following.noun, core=following.core, attributes=following.attributes, spots=spots)
    if read_colour(alone) and any(read_colour(word) for word in following.attributes):
        core, spots = (*group.core, *following.noun), (*group.spots, *lent)
        count = following.count if following.count.kind is CountKind.ALL else group.count
        return replace(group, noun=following.noun, core=core, attributes=(alone,), spots=spots, count=count)
    return group


def read_modifiers(words: Words, at: int, group: Group, how: How) -> Found:
    """The group with everything that follows and belongs to it, and the index after it."""
    while at < len(words):
        found = _one_modifier(words, at, group, how)
        if found is None:
            break
        group, at = found
    return group, at


def _one_modifier(words: Words, at: int, group: Group, how: How) -> Found | None:
    if words[at].low in ORDINALS and lows(words[at + 1 : at + 2]) == "from" and group.ordinal is None:
        return replace(group, ordinal=ORDINALS[words[at].low], count=Count()), at + 1
    if lows(words[at : at + 2]) in ("there is", "there are", "you see", "you find"):
        return group, at + 2
    readers: tuple[Callable[[Words, int, Group, How], Found | None], ...] = (
        _of,
        _trait,
        _relative,
        _participle,
        _place,
    )
    for reader in readers:
        found = reader(words, at, group, how)
        if found is not None:
            return found
    return None


def _of(words: Words, at: int, group: Group, how: How) -> Found | None:
    if words[at].low != "of" or group.pronoun:
        return None
    inner = read_group(words, at + 1, how if how.predicate else (BARE if how.post is Post.TRAITS else how))
    if inner is None:
        return None
    other, end = inner
    other = replace(other, start=group.start)
    if group.headless:
        spots, ordinal = (*group.spots, *other.spots), group.ordinal or other.ordinal
        return replace(other, spots=spots, ordinal=ordinal, count=group.count, given=Given.DEFINITE), end
    if group.head == "pair":
        count = Count() if other.noun and is_pair_of_one(other.noun[-1].low) else Count(CountKind.EXACTLY, 2)
        number = () if count.n is None else (replace(words[at - 1], text="two", low="two", tag="CD"),)
        return replace(other, given=group.given, count=count, number=number, spots=(*group.spots, *other.spots)), end
    if group.head in COLLECTIVES and not other.pronoun:
        return replace(other, given=group.given, count=ALL, spots=(*group.spots, *other.spots), extra=group.core), end
    if group.head in _SIDE_HEADS and group.spots:
        return replace(other, spots=(*group.spots, *other.spots)), end
    stuff = other.given is Given.BARE or (other.given is Given.INDEFINITE and group.head in CONTAINERS)
    if stuff and not other.pronoun:
        return replace(group, core=(*group.core, *words[at:end])), end
    return group.with_spots(Spot(Relation.WITH, (replace(other, start=words[at + 1].start),))), end


def _trait(words: Words, at: int, group: Group, how: How) -> Found | None:
    """ "with a hat", "in the red dress", "wearing glasses", "without a tie"."""
    low = words[at].low
    if low == "without":
        inner = read_group(words, at + 1, BARE)
        return None if inner is None else (_described(group, f"without {inner[0].said}"), inner[1])
    if low not in _WITH and low not in ("in", "dressed"):
        return None
    hit = find_relation(words, at) if low == "in" else None
    if hit is not None and not hit.anchors:
        return None
    start = at + 1 + (low == "dressed" and words[at + 1 : at + 2] != () and words[at + 1].low == "in")
    inner = read_group(words, start, BARE if how.post is Post.TRAITS else how)
    if inner is None:
        return None
    trait, end = inner
    if low == "in" and not _worn(trait):
        return None
    if how.predicate and low == "in" and group.head not in _LIVING and _is_stuff(words, start):
        return None
    if trait.head in COLOURS and trait.given is Given.BARE and low in ("in", "dressed"):
        return _described(group, trait.head), end
    if how.post is Post.TRAITS:
        return replace(group, extra=(*group.extra, *words[at:end])), end
    if group.head in _LIVING:
        trait, places = _own_places(trait, held=low in ("wearing", "holding", "carrying", "in", "dressed"))
        return group.with_spots(Spot(Relation.WITH, (trait,)), *places), end
    return group.with_spots(Spot(Relation.WITH, (trait,))), end


def _own_places(trait: Group, *, held: bool) -> tuple[Group, tuple[Spot, ...]]:
    """The trait, and the places behind it that say where its bearer is: "the girl with the hat
    to the right of the man", but "the man with a bird on his shoulder"."""
    worn = held or (bool(trait.noun) and trait.noun[-1].low in CLOTHES)
    mine = tuple(s for s in trait.spots if s.relation is not Relation.WITH and _of_bearer(s, worn=worn))
    return replace(trait, spots=tuple(s for s in trait.spots if s not in mine)), mine


def _of_bearer(spot: Spot, *, worn: bool) -> bool:
    owned = any(thing.owner for anchor in spot.anchors for s in anchor.spots for thing in s.anchors)
    return not spot.anchors or (worn and not owned)


def _worn(trait: Group) -> bool:
    known = bool(trait.noun) and (trait.noun[-1].low in CLOTHES or trait.head in CLOTHES)
    return (known or trait.head.endswith(("suit", "dress", "coat", "shirt", "jacket"))) and not trait.spots


def _described(group: Group, attribute: str) -> Group:
    return replace(group, attributes=(*group.attributes, attribute))


def _relative(words: Words, at: int, group: Group, how: How) -> Found | None:
    """ "that is on the left", "who has a hat", "which is red"."""
    if words[at].low not in _RELATIVE or at + 1 >= len(words) or how.post is Post.TRAITS:
        return None
    if _of_the_wearer(words, at, group):
        return None
    nxt = at + 1
    while nxt < len(words) and (words[nxt].low in _BE or (words[nxt].tag in ("RB",) and words[nxt].low != "not")):
        nxt += 1
    if nxt >= len(words):
        return None
    if words[nxt - 1].low in ("has", "have", "had") or words[nxt].lemma in HOLDING:
        start = nxt + (words[nxt].lemma in HOLDING)
        inner = read_group(words, start, how)
        if inner is not None:
            return group.with_spots(Spot(Relation.WITH, (inner[0],))), inner[1]
    found = _participle(words, nxt, group, how) or _place(words, nxt, group, how)
    if found is not None:
        return found
    if words[nxt].tag.startswith("JJ") or words[nxt].low in COLOURS:
        return _described(group, words[nxt].low), nxt + 1
    if words[nxt].lemma in POSITION_VERBS:
        return _place(words, nxt + 1, group, how)
    return None


def _of_the_wearer(words: Words, at: int, group: Group) -> bool:
    """Whether "who ..." speaks of somebody named before this thing: "the man with the umbrella
    who sits", "the girl in the dress that is standing"."""
    worn = bool(group.noun) and group.noun[-1].low in CLOTHES
    if group.head in _LIVING or not (words[at].low in ("who", "whom") or worn):
        return False
    return any(word.lemma in _LIVING for word in words[:at] if word.start < group.start)


def _participle(words: Words, at: int, group: Group, how: How) -> Found | None:
    """ "standing on the hill", "perched on it", "riding a horse", "sleeping"."""
    word = words[at]
    if word.tag not in ("VBG", "VBN", "VBD") and not word.low.endswith("ing") and word.low not in _STUCK:
        return None
    if how.predicate and _edits(word):
        return None
    nxt = at + 1
    while nxt < len(words) and words[nxt].tag in ("RB", "RP") and find_relation(words, nxt) is None:
        nxt += 1
    if how.post is Post.TRAITS:
        if nxt < len(words) and find_relation(words, nxt) is not None:
            return group, nxt
        return (replace(group, extra=(*group.extra, word)), nxt) if nxt == len(words) else None
    place = _place(words, nxt, group, how) if nxt < len(words) else None
    if place is not None and (word.tag != "VBD" or word.lemma in POSITION_VERBS):
        return place
    if word.lemma in HOLDING and nxt < len(words):
        inner = read_group(words, nxt, how)
        if inner is not None:
            relation = Relation.ON if word.lemma in ("ride", "drive") else Relation.WITH
            return group.with_spots(Spot(relation, (inner[0],))), inner[1]
    if word.tag == "VBG" and not how.predicate and nxt >= len(words):
        return _described(group, word.low), nxt
    return None


def _edits(word: Word) -> bool:
    """ "I want the clock moved": what shall be done, not what it looks like."""
    verb = verb_of_form(word.low, word.lemma)
    return verb is not None and verb.frame in _EDITS and word.tag in ("VBN", "VBD")


def _place(words: Words, at: int, group: Group, how: How) -> Found | None:
    if at >= len(words) or how.post is Post.TRAITS or (how.predicate and words[at].low == "into"):
        return None
    if how.predicate and words[at].low == "in" and _is_stuff(words, at + 1):
        return None
    found = read_spots(words, at, how)
    if found is None or (how.post is Post.BEFORE_HEADING and found[0] and found[0][0].heading):
        return None
    return group.with_spots(*found[0]), found[1]


def _is_stuff(words: Words, at: int) -> bool:
    """ "(the wall in) brick", "in dark wood": what it is made of or coloured, no place."""
    if at < len(words) and all(w.low in COLOURS or w.low == "and" for w in words[at:]):
        return True
    inner = read_noun(words, at, BARE)
    if inner is None or inner[0].given is not Given.BARE or not inner[0].core:
        return False
    return inner[0].core[-1].low in MATERIALS | COLOURS | COLOUR_NOUNS and inner[1] == len(words)


def read_spots(words: Words, at: int, how: How) -> tuple[tuple[Spot, ...], int] | None:
    """The place phrase that starts at ``at`` and the index after it; "in the picture" is a
    phrase without a place."""
    return _owned_side(words, at, how) or _phrase_spots(words, at, how)


def _phrase_spots(words: Words, at: int, how: How) -> tuple[tuple[Spot, ...], int] | None:
    hit = find_relation(words, at)
    if hit is None:
        return None
    end = at + hit.length
    if not hit.anchors:
        return tuple(Spot(r, heading=hit.heading) for r in hit.relations), end
    anchors = _anchors(words, end, hit, how)
    if anchors is None:
        if hit.absolute is None or (end < len(words) and words[end].low not in ("and", "then", ",", ".")):
            return None
        return tuple(Spot(r, heading=hit.heading) for r in hit.absolute), end
    things, end = anchors
    if words[at].low == "by" and things[0].head in _MEASURES:
        return None
    if things[0].head in TIMES and words[at].low in ("at", "in", "on", "by"):
        return None
    if len(things) == 1 and is_picture(things[0]):
        absolute = hit.absolute or ()
        return tuple(Spot(r, heading=hit.heading) for r in absolute), end
    return _with_anchors(hit, things), end


_MEASURES = frozenset(("factor", "degree", "percent", "%", "half", "time", "pixel", "inch", "third", "quarter"))


def _with_anchors(hit: Hit, things: tuple[Group, ...]) -> tuple[Spot, ...]:
    """A corner or middle *of* a thing lies on that thing, on that side of it."""
    if Relation.CORNER in hit.relations:
        sides = tuple(Spot(r, heading=hit.heading) for r in hit.relations if r is not Relation.CORNER)
        return (Spot(Relation.CORNER, heading=hit.heading), *sides, Spot(Relation.INSIDE, things))
    return tuple(Spot(r, things, hit.heading) for r in hit.relations)


def _anchors(words: Words, at: int, hit: Hit, how: How) -> tuple[tuple[Group, ...], int] | None:
    inner = read_group(words, at, BARE if hit.anchors == 2 else how)
    if inner is None:
        return None
    first, end = inner
    if hit.anchors == 1:
        return (first,), end
    if end < len(words) and words[end].low == "and":
        second = read_group(words, end + 1, how)
        if second is not None:
            return (first, second[0]), second[1]
    if first.many or first.pronoun:
        return (replace(first, count=Count(), ordinal=1), replace(first, count=Count(), ordinal=-1)), end
    return (first,), end


def _owned_side(words: Words, at: int, how: How) -> tuple[tuple[Spot, ...], int] | None:
    """ "to his left", "on the woman's right side"."""
    if words[at].low not in ("to", "on", "at", "by"):
        return None
    if at + 2 < len(words) and words[at + 1].low in ("his", "her", "its", "their"):
        owner = read_owner(words, at + 1)
        end = at + 2
    else:
        inner = read_noun(words, at + 1, BARE)
        if inner is None or inner[1] + 1 >= len(words) or words[inner[1]].low != "'s":
            return None
        owner, end = inner[0], inner[1] + 1
    if end >= len(words) or words[end].low not in _LR:
        return None
    if end + 1 < len(words) and words[end + 1].tag.startswith("NN") and words[end + 1].low not in ("side", "hand"):
        return None
    return (Spot(_LR[words[end].low], (owner,), words[at].low == "to"),), _past_side(words, end + 1)


_LR = {
    "left": Relation.LEFT_OF, "right": Relation.RIGHT_OF, "left-hand": Relation.LEFT_OF,
    "right-hand": Relation.RIGHT_OF, "left-side": Relation.LEFT_OF, "right-side": Relation.RIGHT_OF,
}  # fmt: skip


def _past_side(words: Words, at: int) -> int:
    while at < len(words) and words[at].low in ("side", "hand"):
        at += 1
    return at


def read_owner(words: Words, at: int) -> Group:
    """The thing that a possessive pronoun stands for."""
    word = words[at]
    count = ALL if word.low == "their" else Count()
    return Group(
        Given.PRONOUN, (word,), (), count=count, pronoun=word.low, owner=True, start=word.start, end=word.end,
        surface=word.text,
    )  # fmt: skip


def is_picture(group: Group) -> bool:
    """Whether the group names the picture itself."""
    return not group.pronoun and group.head in PICTURE_NOUNS and not group.spots and len(group.noun) <= 1
