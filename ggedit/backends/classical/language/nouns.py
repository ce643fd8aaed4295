"""Reads one noun group: opening, adjectives, compound noun, and what follows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from ....core.inflection import PLURALIA, is_plural, word_set
from ....core.language import Count, CountKind, Relation
from .directions import ADJECTIVES, find_relation
from .groups import Given, Group, Spot
from .openings import ALL, THIRD_PERSON, Opening, read_opening, read_pronoun
from .tokens import Word, Words
from .words import BARE_VERBS, COLOURS, DROPPED_ADJECTIVES, MATERIALS, ORDINALS, SHADES


class Post(Enum):
    """What may follow the noun as part of its group."""

    ALL = "anything that says which one"
    BEFORE_HEADING = "anything up to where something goes"
    TRAITS = "only what it has or is made of"
    NONE = "nothing"


@dataclass(frozen=True, slots=True)
class How:
    """How far to read. ``predicate``: something said of the group follows it ("the lamp blue")."""

    post: Post = Post.ALL
    predicate: bool = False


PLAIN = How()
SAID_OF = How(predicate=True)
MOVED = How(Post.BEFORE_HEADING)
NEW = How(Post.TRAITS)
BARE = How(Post.NONE)

_INNER_TAGS = word_set("JJ JJR JJS NN NNS NNP NNPS VBN VBG FW CD VBD SYM")
_HEADLESS = frozenset(("one", "ones"))
_STOP = word_set(
    "of to in on at by with from and or but then with without into onto over under near is are was be should "
    "must can may will would could has have had so as like if please not instead than that which who whom too "
    "also out off up down behind above below beside between until while when because for it him them he she they "
    "i you we again away gone here there now"
)


def read_noun(words: Words, at: int, how: How) -> tuple[Group, int] | None:
    """Pronoun or noun with its opening, adjectives and owners ("the boy's left shoe"), and
    the index after it; what follows it is left unread."""
    if at >= len(words):
        return None
    found = read_pronoun(words, at) or _read_core(words, at, how)
    if found is None:
        return None
    group, end = found
    while _owned_follows(words, end) and not group.pronoun:
        owned = _read_core(words, end + 1, how, Opening(end + 1, Given.DEFINITE))
        if owned is None:
            break
        group, end = replace(owned[0].with_spots(Spot(Relation.WITH, (group,))), start=group.start), owned[1]
    return group, end


def _owned_follows(words: Words, at: int) -> bool:
    """ "the man's hat", not "the man's left" as a side of his."""
    if at + 1 >= len(words) or words[at].low != "'s" or words[at].tag == "VBZ":
        return False
    side = words[at + 1].low in ("left", "right", "left-hand", "right-hand")
    return not side or (
        at + 2 < len(words) and words[at + 2].tag.startswith("NN") and words[at + 2].low not in ("side", *COLOURS)
    )


def _read_core(words: Words, at: int, how: How, opening: Opening | None = None) -> tuple[Group, int] | None:
    o = opening or read_opening(words, at)
    qualities = _qualities(words, o.at, o.given is Given.INDEFINITE or how.post is Post.TRAITS)
    end, noun = _noun_run(words, qualities.at, how)
    headless = not noun
    if headless and end < len(words) and words[end].low in _HEADLESS:
        noun, end = (), end + 1
    elif headless and not (qualities.spots or qualities.ordinal or o.other or (o.number and o.given is Given.DEFINITE)):
        return None
    core = words[qualities.at : end]
    return _assemble(words, at, end, _Parts(o, qualities, noun, core, headless))


@dataclass(frozen=True, slots=True)
class _Qualities:
    at: int
    spots: tuple[Spot, ...] = ()
    ordinal: int | None = None
    other: bool = False
    count: Count | None = None
    number: Words = ()


@dataclass(frozen=True, slots=True)
class _Parts:
    opening: Opening
    qualities: _Qualities
    noun: Words
    core: Words
    headless: bool


def _qualities(words: Words, at: int, new: object) -> _Qualities:
    """Directions, superlatives, ordinals and numbers before the adjectives."""
    spots: list[Spot] = []
    ordinal, other, count, number = None, False, None, ()
    while at < len(words):
        low = words[at].low
        following = words[at + 1].low if at + 1 < len(words) else ""
        if low in ORDINALS and not (low == "second" and following == "hand"):
            ordinal, at = ORDINALS[low], at + 1
            if following == "to" and words[at + 1 : at + 2] and words[at + 1].low == "last":
                ordinal, at = -ordinal, at + 2
            elif following == "last":
                ordinal, at = -ordinal, at + 1
            continue
        if low in ("very", "far") and following in ADJECTIVES:
            at += 1
            continue
        pair = [part for part in low.split("-") if part in ADJECTIVES]
        directional = low in ADJECTIVES or (len(pair) == 2 and low.count("-") == 1)
        if directional and not new and _qualifies(words, at):
            spots += [Spot(ADJECTIVES[p]) for p in (pair if low not in ADJECTIVES else [low])]
            at += 1 + (following in ("side", "hand", "most") and at + 2 < len(words) and _nounish(words[at + 2]))
            continue
        if low.isdecimal() and spots:
            count, number, at = Count(CountKind.EXACTLY, int(low)), (words[at],), at + 1
            continue
        if low in ("two", "three", "four", "five", "six") and (spots or ordinal):
            n = ("two", "three", "four", "five", "six").index(low) + 2
            count, number, at = Count(CountKind.EXACTLY, n), (words[at],), at + 1
            continue
        if low in DROPPED_ADJECTIVES and at + 1 < len(words) and _inner(words[at + 1]):
            at += 1
            continue
        if low == "other":
            other, at = True, at + 1
            continue
        break
    return _Qualities(at, tuple(spots), ordinal, other, count, number)


_COMPOUNDS = frozenset(
    (
        ("top", "hat"),
        ("top", "hats"),
        ("front", "door"),
        ("back", "door"),
        ("front", "yard"),
        ("back", "yard"),
        ("corner", "shop"),
    )
)


def _qualifies(words: Words, at: int) -> bool:
    """Whether a direction word stands before a noun (or closes a group as "the leftmost")."""
    if at + 1 >= len(words):
        return words[at].low.endswith(("most", "est")) or words[at].low in ("left", "right")
    after = words[at + 1]
    if (words[at].low, after.low) in _COMPOUNDS:
        return False
    if after.low == "of":
        return words[at].low.endswith(("most", "est", "er"))
    if after.low == "and" and at + 2 < len(words) and words[at + 2].low in ADJECTIVES:
        return True
    if after.low == "to" and words[at].low in ("closest", "nearest"):
        return False
    if words[at].low in ("back", "front", "background", "foreground", "corner", "center", "centre", "middle", "rear"):
        noun = after.tag.startswith("NN") and after.low not in COLOURS | BARE_VERBS
        colour = after.low in COLOURS and at + 2 < len(words) and words[at + 2].tag.startswith("NN")
        return after.low in _HEADLESS or noun or colour or _described_noun(words, at + 1)
    superlative = words[at].low.endswith(("most", "est"))
    return after.low not in _STOP or after.low in _HEADLESS or superlative


def _inner(word: Word) -> bool:
    return word.low in _HEADLESS or (word.low not in _STOP and (word.tag in _INNER_TAGS or word.low in COLOURS))


def _nounish(word: Word) -> bool:
    return word.tag.startswith("NN") or word.tag in ("FW", "JJ", "VBG", "CD") or word.low in _HEADLESS


_TONES = word_set("dark light bright pale deep vivid dull soft")


def _is_noun(words: Words, i: int, seen: Words) -> bool:
    word = words[i]
    after = words[i + 1] if i + 1 < len(words) else word
    more = after is not word and after.tag.startswith("NN") and after.low not in _STOP and after.low not in COLOURS
    if word.low in COLOURS:
        return not more and not seen and after.low not in _HEADLESS and not _described_noun(words, i + 1)
    if word.low in MATERIALS and more and not seen:
        return False
    if seen and word.low in _TONES and after.low in COLOURS and after is not word:
        return False
    return word.tag.startswith("NN") or word.tag in ("FW", "SYM")


_CANS = frozenset(("trash", "garbage", "tin", "soda", "beer", "watering", "spray", "coke", "paint", "rubbish", "jerry"))


def _described_noun(words: Words, at: int) -> bool:
    """Whether adjectives and then a noun follow: "(red) wooden cup"."""
    while at < len(words) and words[at].low not in COLOURS and words[at].tag in ("JJ", "VBN"):
        at += 1
        if at < len(words) and words[at].tag.startswith("NN") and words[at].low not in COLOURS:
            return True
    return False


def _noun_run(words: Words, at: int, how: How) -> tuple[int, Words]:
    """Where the adjectives and compound noun end, and the noun's words."""
    noun: Words = ()
    i = at
    while i < len(words):
        word = words[i]
        verbish = word.tag in ("VB", "VBP", "VBZ", "VBD") or (word.tag == "VBG" and noun)
        if verbish and _noun_after_all(words, i, noun, how):
            noun, i = (*noun, word), i + 1
            continue
        named = noun[-1].low in _CANS if noun else i > 0 and words[i - 1].low in ("a", "the", "that", "this")
        if word.low == "can" and named:
            return i + 1, (*noun, word)
        if word.low in _HEADLESS or word.low in _STOP or find_bare_side(words, i):
            break
        if verbish and (noun or not _may_be_noun(words, i)):
            break
        if word.tag in ("RB", "RBR") and not noun and i + 1 < len(words) and _inner(words[i + 1]):
            i += 1
            continue
        if not verbish and not _inner(word):
            break
        if _is_noun(words, i, noun) or (verbish and _may_be_noun(words, i)):
            if noun and _starts_predicate(words, i, how):
                break
            noun, i = (*noun, word), i + 1
            continue
        if noun and not _adjective_inside(words, i, how):
            break
        i += 1
    if not noun and i > at:
        return _adjective_as_noun(words, at, i, how)
    return i, noun


def find_bare_side(words: Words, i: int) -> bool:
    """ "the cup left of the plate": a direction phrase, not part of the name."""
    if words[i].low not in ("left", "right", "nearest", "closest", "farthest", "furthest", "bottom", "top", "next"):
        return False
    hit = find_relation(words, i)
    return hit is not None


def _noun_after_all(words: Words, i: int, noun: Words, how: How) -> bool:
    """ "the shoe rack", "vegetable leaves", "rose bush": a noun that is tagged as a verb."""
    word = words[i]
    if how.predicate or not word.nounable or word.low in BARE_VERBS - {"rose", "look", "feel"} or word.tag == "VBG":
        return False
    after = words[i + 1] if i + 1 < len(words) else None
    if after is not None and after.tag.startswith("NN"):
        return word.tag == "VBD"
    closed = after is None or after.tag in ("IN", "TO", "CC", ",", ".", "RB") or after.low in _STOP
    return closed and (bool(noun) or (word.tag in ("VBZ", "VB", "VBP") and i > 0))


def _may_be_noun(words: Words, i: int) -> bool:
    """A word tagged as a verb right after "the" or an adjective is the noun itself."""
    return i > 0 and (
        words[i - 1].tag in ("DT", "JJ", "PRP$", "POS", "CD", "IN") or words[i - 1].low in ("the", "a", "an")
    )


def _starts_predicate(words: Words, i: int, how: How) -> bool:
    """In "make the kid smile" and "make the table wood" the last noun is what is said."""
    if not how.predicate:
        return False
    last = (
        i + 1 == len(words)
        or words[i + 1].low in _STOP
        or words[i + 1].low in ADJECTIVES
        or words[i + 1].tag in ("DT", "PRP", "PRP$", "IN", "RB", ",", ".")
    )
    if words[i].low in BARE_VERBS and last:
        return True
    return i + 1 == len(words)


def _adjective_inside(words: Words, i: int, how: How) -> bool:
    """An adjective after a noun belongs to the name only in "vine covered fence"."""
    if how.predicate or words[i].low in COLOURS or i + 1 >= len(words):
        return False
    return words[i + 1].tag.startswith("NN") and (words[i].tag in ("VBN", "VBG", "JJ") or "-" in words[i].low)


def _adjective_as_noun(words: Words, at: int, end: int, how: How) -> tuple[int, Words]:
    """ "make the orange blue": without another noun an adjective names the thing."""
    if end < len(words) and words[end].low in _HEADLESS:
        return end, ()
    last = at if how.predicate and end == len(words) and end - at > 1 else end - 1
    return last + 1, (words[last],)


def _assemble(words: Words, start: int, end: int, parts: _Parts) -> tuple[Group, int]:
    o, q = parts.opening, parts.qualities
    core, attributes = _attributes(parts.core, parts.noun)
    plural = (bool(parts.noun) and is_plural(parts.noun[-1].low)) or (parts.headless and words[end - 1].low == "ones")
    count = q.count or o.count
    if count is None:
        count = ALL if plural and parts.qualities.ordinal is None else Count()
    spots = q.spots
    if o.possessor in THIRD_PERSON:
        spots = (*spots, Spot(Relation.WITH, (_owner(o.possessor, words, start),)))
    group = Group(
        o.given, core, parts.noun, attributes, count, q.ordinal, spots, other=o.other or q.other,
        demonstrative=o.demonstrative, headless=parts.headless, number=q.number or o.number,
        start=words[start].start, end=words[end - 1].end, surface=" ".join(w.text for w in words[start:end]),
    )  # fmt: skip
    return group, end


def _owner(possessor: str, words: Words, start: int) -> Group:
    word = next((w for w in words[start:] if w.low == possessor), words[start])
    count = ALL if possessor == "their" else Count()
    return Group(
        Given.PRONOUN,
        (word,),
        (),
        count=count,
        pronoun=possessor,
        owner=True,
        start=word.start,
        end=word.end,
        surface=word.text,
    )


def _attributes(core: Words, noun: Words) -> tuple[Words, tuple[str, ...]]:
    """The naming words without filler, and the adjectives among them ("dark red" is one)."""
    kept = tuple(w for w in core if w.low not in DROPPED_ADJECTIVES and w.low not in _HEADLESS)
    attributes: list[str] = []
    shade: list[str] = []
    for i, word in enumerate(kept):
        if word in noun:
            break
        more = i + 1 < len(kept)
        if more and (word.tag in ("RB", "RBR") or (word.low in SHADES and kept[i + 1].low in COLOURS)):
            shade.append(word.low)
            continue
        attributes.append(" ".join((*shade, word.low)))
        shade = []
    return kept, tuple(attributes)


def is_pair_of_one(noun: str) -> bool:
    """ "a pair of scissors" is one thing, "a pair of shoes" are two."""
    return noun in PLURALIA
