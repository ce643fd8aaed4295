"""Nouns in words: singular forms, head nouns, and how many of a new thing are wanted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ....core.freeze import Frozen
from ....core.inflection import singular

_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_VAGUE = {"couple": 2, "few": 3, "several": 3, "some": 3}
_ARTICLES = frozenset(
    ["a", "an", "the", "one", "this", "that", "his", "her", "its", "their", "my", "your", "of", "extra"]
)
_MORE = frozenset(["another", "more", "second", "third", "other", "additional", "similar", "same", "identical", "new"])
MOST = 6
"""More copies than this of one thing are not planned."""


@dataclass(frozen=True, slots=True)
class NewThing(Frozen):
    """What is to be added: "two red birds" is label "red bird", head "bird", words ("red",), count 2."""

    label: str
    head: str
    words: tuple[str, ...]
    count: int = 1


def words_of(phrase: str) -> list[str]:
    """Lower-case words, letters of any alphabet and digits only."""
    return re.findall(r"[^\W_]+(?:[-'][^\W_]+)*", phrase.lower())


def head_noun(phrase: str) -> str:
    """The word that says what the thing is: "a red cup of coffee" -> "cup"."""
    words = words_of(
        re.split(r"\b(?:with|that|which|who|wearing|holding|in|on|at|from)\b", phrase.lower())[0] or phrase
    )
    if "of" in words[1:-1]:
        before = words[words.index("of") - 1]
        words = words[words.index("of") + 1 :] if before in _GROUPS else words[: words.index("of")]
    return singular(words[-1]) if words else ""


def new_thing(payload: str) -> NewThing:
    """Read what is to be added, without articles and with its number."""
    words, count = words_of(payload), 1
    while len(words) > 1 and (words[0] in _ARTICLES or words[0] in _MORE or _number(words[0])):
        count = max(count, _number(words[0]))
        words = words[1:]
    if words[:2] == ["pair", "of"] and len(words) > 2:
        words = words[2:]
    head = head_noun(" ".join(words))
    if count > 1 and words:
        words = [singular(w) if singular(w) == head else w for w in words]
    others = tuple(w for w in words if singular(w) != head)
    return NewThing(" ".join(words), head, others, min(count, MOST))


def same_kind(label: str, thing: str) -> bool:
    """Whether two names mean the same kind of thing: "red flowers" and "a flower"."""
    return bool(head_noun(label)) and head_noun(label) == head_noun(thing)


def with_article(label: str) -> str:
    """ "a cat", "an orange", "the dog" as it is; nothing before a plural."""
    words = label.split()
    if not words or words[0].lower() in {"a", "an", "the", "some"} or singular(words[-1]) != words[-1].lower():
        return label
    return f"{'an' if label[0].lower() in 'aeiou' else 'a'} {label}"


_GROUPS = frozenset(["couple", "pair", "bunch", "group", "number", "piece", "kind", "sort", "lot"])


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    return _NUMBERS.get(word, _VAGUE.get(word, 0))
