"""Mends mistyped words by a near match over the scene's labels and the rules' own words."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable
from dataclasses import replace
from functools import cache

from ....core.inflection import PLURALIA, is_plural, plural, singular
from ....core.language import Context
from .directions import ADJECTIVES
from .tokens import Words
from .verbs import entries
from .words import (
    ANIMAL_NOUNS,
    BACKGROUND_NOUNS,
    BARE_VERBS,
    CLOTHES,
    COLOURS,
    CONTAINERS,
    FUNCTION_WORDS,
    MATERIALS,
    NUMBERS,
    PERSON_NOUNS,
    PICTURE_NOUNS,
    POSITION_VERBS,
    SCENE_LOOKS,
    SHADES,
)

_OWN: tuple[Collection[str], ...] = (
    ADJECTIVES, COLOURS, FUNCTION_WORDS, MATERIALS, NUMBERS, PERSON_NOUNS, ANIMAL_NOUNS, PICTURE_NOUNS, PLURALIA,
    SCENE_LOOKS, BARE_VERBS, POSITION_VERBS, CLOTHES, CONTAINERS, BACKGROUND_NOUNS,
)  # fmt: skip
_MENDED_TO: tuple[Collection[str], ...] = (
    ADJECTIVES, COLOURS, SHADES, FUNCTION_WORDS, BACKGROUND_NOUNS, PERSON_NOUNS, ANIMAL_NOUNS,
)  # fmt: skip


@cache
def own_words() -> frozenset[str]:
    """Every word that the rules themselves know."""
    return frozenset(part for words in (entries(), *_OWN) for word in words for part in word.split())


@cache
def _mended_to() -> frozenset[str]:
    return frozenset(p for words in (entries(), *_MENDED_TO) for word in words for p in word.split() if len(p) > 3)


def mend(words: Words, context: Context, known: Container[str]) -> tuple[Words, tuple[str, ...]]:
    """The words with mistyped ones mended, and a sentence for each that was.

    ``known``: words that are spelled right whatever they look like.
    """
    labels = _label_words(context)
    out, notes = [], []
    for word in words:
        better = None if _spelled_right(word.low, known) else _better(word.low, labels, known)
        out.append(word if better is None else replace(word, low=better))
        if better is not None:
            notes.append(f'I read "{word.text}" as "{better}".')
    return tuple(out), tuple(notes)


def _better(low: str, labels: frozenset[str], known: Container[str]) -> str | None:
    """A label or a word of the rules; a three-letter word only with two letters swapped."""
    if len(low) == 3:
        swapped = (word for word in (*sorted(labels), "the", "and") if sorted(word) == sorted(low))
        return next(swapped, None) or next((w for w in _SHORT if slips_between(low, w, 1) == 1), None)
    return _nearest(low, labels, slack=1) or _doubled(low, known) or _nearest(low, _mended_to())


_SHORT = ("make", "move", "turn", "flip", "copy", "blur")
"""The commonest verbs, which a word of three letters may lack one of."""


def _doubled(low: str, known: Container[str]) -> str | None:
    """The known word that has a letter once, or twice, where this one has it twice, or once."""
    for i in range(len(low)):
        again = low[:i] + low[i] + low[i:]
        once = low[:i] + low[i + 1 :] if low[i : i + 1] == low[i + 1 : i + 2] else again
        for form in (once, again):
            if form != low and _spelled_right(form, known):
                return form
    return None


def _spelled_right(low: str, known: Container[str]) -> bool:
    if len(low) < 3 or not low.isascii() or not low.isalpha():
        return True
    return (
        low in own_words()
        or low in known
        or singular(low) in own_words()
        or singular(low) in known
        or _inflected(low, known)
    )


def _inflected(low: str, known: Container[str]) -> bool:
    """Regular forms of a known verb or adjective: "repainted", "banishing", "bluer"."""
    for ending in ("ing", "ed", "er", "est", "ly", "ish", "y"):
        stem = low.removesuffix(ending)
        if stem != low and len(stem) > 2:
            doubled = stem[:-1] if len(stem) > 3 and stem[-1] == stem[-2] else stem
            if any(s in own_words() or s in known for s in (stem, stem + "e", doubled)):
                return True
    return False


def _label_words(context: Context) -> frozenset[str]:
    things = (*context.scene, *context.mentions)
    return frozenset(word.lower() for thing in things for word in thing.label.split() if len(word) > 2)


def _nearest(low: str, words: Iterable[str], *, slack: int = 0) -> str | None:
    """The one nearest word within one slip (two for eight letters and more; ``slack`` letters
    fewer for what the picture shows), first letters alike preferred; None where nothing is near."""
    allowed = 1 if len(low) < 8 - slack else 2
    best: tuple[int, bool, str] | None = None
    for word in words:
        for form in dict.fromkeys((word, plural(word) if not is_plural(word) and low.endswith("s") else word)):
            if abs(len(form) - len(low)) > allowed or (
                form[0] != low[0] and form[1:2] != low[1:2] and form[0] != low[1:2]
            ):
                continue
            slips = slips_between(low, form, allowed)
            rank = (slips, form[0] != low[0], form)
            if slips <= allowed and (best is None or rank < best):
                best = rank
    return None if best is None else best[2]


def slips_between(a: str, b: str, limit: int) -> int:
    """Insertions, deletions, replacements and swaps of neighbours from ``a`` to ``b``
    (optimal string alignment distance), ``limit`` + 1 where it is larger than the limit."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        now = [i]
        for j, y in enumerate(b, start=1):
            cost = min(row[j] + 1, now[j - 1] + 1, row[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, before[j - 2] + 1)
            now.append(cost)
        if min(now) > limit:
            return limit + 1
        before, row = row, now
    return row[-1]
