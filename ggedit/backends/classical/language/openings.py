"""How a noun group opens: pronouns, determiners, numbers, possessives."""

from __future__ import annotations

from dataclasses import dataclass

from ....core.inflection import word_set
from ....core.language import Count, CountKind
from .directions import ADJECTIVES
from .groups import Given, Group
from .tokens import Words
from .words import BARE_VERBS, COLOURS, MATERIALS, NUMBERS

OBJECT_PRONOUNS = word_set(
    "it him her them he she they himself herself itself themselves themself hers theirs this that these those "
    "everyone everybody else"
)
POSSESSIVES: dict[str, str] = {"his": "his", "her": "her", "its": "its", "their": "their", "my": "my", "your": "your",
                               "our": "our", "hers": "hers", "whose": "whose"}  # fmt: skip
THIRD_PERSON = word_set("his her its their")
_ALL_WORDS = word_set("all every each any both")
_MANY = word_set("some several many multiple various numerous few couple lots plenty countless")
_ARTICLES = frozenset(("a", "an", "another", "one"))
_OTHER = frozenset(("other", "others", "remaining", "rest"))
_DEMONSTRATIVE = frozenset(("this", "that", "these", "those"))

ALL = Count(CountKind.ALL)


@dataclass(frozen=True, slots=True)
class Opening:
    """What stands before the adjectives: ``at`` is the next word."""

    at: int
    given: Given = Given.BARE
    count: Count | None = None
    number: Words = ()
    other: bool = False
    demonstrative: bool = False
    possessor: str | None = None


def read_pronoun(words: Words, at: int) -> tuple[Group, int] | None:
    """A pronoun that stands alone, with "all of them" and "both" as its number."""
    start, count = at, None
    if words[at].low in _ALL_WORDS and at + 2 < len(words) and words[at + 1].low == "of":
        count, at = _exactly(2) if words[at].low == "both" else ALL, at + 2
    elif words[at].low in NUMBERS and at + 2 < len(words) and words[at + 1].low == "of" and words[at + 2].low == "them":
        count, at = _exactly(NUMBERS[words[at].low]), at + 2
    word = words[at]
    if word.low == "both" and not _noun_ahead(words, at + 1):
        count = _exactly(2)
    elif word.low not in OBJECT_PRONOUNS or _determines(words, at):
        return None
    end = at + 1
    if end < len(words) and words[end].low in ("all", "both") and word.low in ("them", "these", "those"):
        count, end = ALL if words[end].low == "all" else _exactly(2), end + 1
    if count is None:
        count = ALL if word.low in ("them", "these", "those", "they", "themselves") else Count()
    group = Group(
        Given.PRONOUN, (word,), (), count=count, pronoun=word.low, demonstrative=word.low in _DEMONSTRATIVE,
        start=words[start].start, end=words[end - 1].end, surface=" ".join(w.text for w in words[start:end]),
    )  # fmt: skip
    return group, end


def read_opening(words: Words, at: int) -> Opening:
    """Predeterminers, determiner, possessive and numbers; also "all of the", "one of those"."""
    opening = Opening(at)
    while opening.at < len(words):
        further = _step(words, opening)
        if further is None:
            return opening
        opening = further
    return opening


def _step(words: Words, o: Opening) -> Opening | None:
    low = words[o.at].low
    if (
        low in ("just", "only", "exactly", "that")
        and o.at + 1 < len(words)
        and words[o.at + 1].low in _DEMONSTRATIVE | {"the"}
    ):
        return _moved(o, 1)
    for read in (_all, _article, _number, _other_word, _quantity):
        further = read(words, o, low)
        if further is not None:
            return further
    return None


def _all(words: Words, o: Opening, low: str) -> Opening | None:
    if low not in _ALL_WORDS:
        return None
    count = _exactly(2) if low == "both" else ALL
    of = o.at + 1 < len(words) and words[o.at + 1].low == "of"
    return _moved(o, 2 if of else 1, given=Given.DEFINITE, count=count)


def _article(words: Words, o: Opening, low: str) -> Opening | None:
    following = words[o.at + 1].low if o.at + 1 < len(words) else ""
    if low == "a" and following in _MANY | {"lot", "number", "dozen"}:
        return _moved(o, 1, given=Given.INDEFINITE)
    if low in ("whatever", "whichever", "which", "what"):
        return _moved(o, 1, given=Given.DEFINITE) if _noun_ahead(words, o.at + 1) else None
    if low in ("the", *_DEMONSTRATIVE):
        return _moved(o, 1, given=Given.DEFINITE, demonstrative=low in _DEMONSTRATIVE)
    if low == "one" and following == "of":
        return _moved(o, 2, given=Given.DEFINITE, count=Count())
    if low in POSSESSIVES and o.possessor is None:
        return _moved(o, 1, given=Given.DEFINITE, possessor=low)
    if low == "one" and not _noun_ahead(words, o.at + 1):
        return None
    if low in _ARTICLES:
        return _moved(o, 1, given=Given.INDEFINITE if o.given is Given.BARE else o.given, count=o.count or Count())
    if low == "no":
        return _moved(o, 1)
    return None


def _number(words: Words, o: Opening, low: str) -> Opening | None:
    value = NUMBERS.get(low) or (int(low) if low.isdecimal() and int(low) > 0 else None)
    if value is None or (low == "one" and (o.given is Given.DEFINITE or not _noun_ahead(words, o.at + 1))):
        return None
    following = [word.low for word in words[o.at + 1 : o.at + 4]]
    if following[:2] == ["more", "of"] and following[2:] and following[2] in ("the", *_DEMONSTRATIVE):
        return _moved(o, 4, given=Given.INDEFINITE, count=_exactly(value), number=(words[o.at],))
    of = following[:1] == ["of"]
    given = o.given if o.given is not Given.BARE else (Given.DEFINITE if of else Given.INDEFINITE)
    return _moved(o, 2 if of else 1, given=given, count=_exactly(value), number=(words[o.at],))


def _other_word(words: Words, o: Opening, low: str) -> Opening | None:
    if low in _OTHER and low != "rest":
        return _moved(o, 1, other=True)
    return None


def _quantity(words: Words, o: Opening, low: str) -> Opening | None:
    """ "some", "a couple of", "lots of"."""
    if low not in _MANY and low not in ("lot", "number", "dozen"):
        return None
    of = o.at + 1 < len(words) and words[o.at + 1].low == "of"
    definite = of and o.at + 2 < len(words) and words[o.at + 2].low in ("the", *_DEMONSTRATIVE)
    if low in ("couple", "lot", "number") and not of:
        return None
    given = Given.DEFINITE if definite or o.given is Given.DEFINITE else Given.INDEFINITE
    count = _exactly(2) if low == "couple" else _exactly(12) if low == "dozen" else ALL
    return _moved(
        o, 2 if of else 1, given=given, count=count, number=(words[o.at],) if low in ("couple", "dozen") else ()
    )


def _moved(
    o: Opening, step: int, *, given: Given | None = None, count: Count | None = None, number: Words = (),
    other: bool = False, demonstrative: bool = False, possessor: str | None = None,
) -> Opening:  # fmt: skip
    return Opening(
        o.at + step, given or o.given, count if count is not None and (o.count is None or count.n) else o.count,
        number or o.number, other or o.other, demonstrative or o.demonstrative, possessor or o.possessor,
    )  # fmt: skip


def _exactly(n: int) -> Count:
    return Count() if n == 1 else Count(CountKind.EXACTLY, n)


_WHERE_FROM = frozenset(("off", "from", "on", "in", "away", "out"))


def _determines(words: Words, at: int) -> bool:
    """Whether this "her", "that" or "these" belongs to a noun that follows."""
    low = words[at].low
    following = words[at + 1 : at + 3]
    if low in ("that", "this") and len(following) == 2 and following[0].nounable and following[1].low in _WHERE_FROM:
        return True
    if low in ("that", "this", "these", "those", "her", "his"):
        return _noun_ahead(words, at + 1)
    return False


def _noun_ahead(words: Words, at: int) -> bool:
    """Adjectives and then a noun, or a noun straight away."""
    for i in range(at, min(at + 5, len(words))):
        word = words[i]
        qualifies = (
            word.low in ADJECTIVES
            or word.low in COLOURS
            or word.tag in ("JJ", "VBN", "JJS", "JJR", "RBR", "VBG", "CD", "RB")
        )
        if word.low in BARE_VERBS and i == at and (i + 1 == len(words) or not words[i + 1].tag.startswith("NN")):
            return False
        if word.low in ("one", "ones") or (word.tag.startswith("NN") and word.low not in COLOURS):
            return True
        if word.tag.startswith("NN") and (word.low not in MATERIALS or i + 1 == len(words)) and i > at:
            return True
        if not qualifies:
            return False
    return False
