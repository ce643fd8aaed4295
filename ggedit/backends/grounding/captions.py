"""Phrases as one text for a network, and where each of them stands in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ggedit.core.freeze import Frozen
from ggedit.core.inflection import plural, singular
from ggedit.core.language import Span

Offsets = Sequence[tuple[int, int]]
"""Half-open character range of every token; special tokens have an empty one."""

_SEPARATORS = re.compile(r"[.?\s]+")
"""A full stop or a question mark would cut a phrase in two: they part the phrases of a text."""


@dataclass(frozen=True, slots=True)
class Phrase(Frozen):
    """What is asked for, and its head noun in the singular ("" = its last word)."""

    text: str
    head: str = ""


@dataclass(frozen=True, slots=True)
class Caption(Frozen):
    """A text "red cup. lamp.", and where each phrase and each head noun stands in it."""

    text: str
    phrases: tuple[Span, ...]
    heads: tuple[Span, ...]


def clean(phrase: str) -> str:
    """In lower case, with single spaces and without what parts phrases; at least one letter."""
    return _SEPARATORS.sub(" ", phrase.lower()).strip() or "thing"


def write_caption(phrases: Iterable[Phrase]) -> Caption:
    """The phrases in one text, each closed by a full stop, as Grounding DINO was trained."""
    text, spans, heads = "", [], []
    for phrase in phrases:
        words = clean(phrase.text)
        text += " " if text else ""
        head = _head(words, phrase.head)
        spans.append(Span(len(text), len(text) + len(words)))
        heads.append(Span(len(text) + head.start, len(text) + head.end))
        text += f"{words}."
    return Caption(text, tuple(spans), tuple(heads))


def _head(phrase: str, head: str) -> Span:
    """Where the head noun stands in the phrase, in whatever number; else the last word."""
    words = [Span(m.start(), m.end()) for m in re.finditer(r"\S+", phrase)]
    wanted = clean(head).split() if head.strip() else []
    for first in range(len(words) - len(wanted), -1, -1) if wanted else ():
        taken = words[first : first + len(wanted)]
        *before, last = (phrase[w.start : w.end] for w in taken)
        if before == wanted[:-1] and (wanted[-1] in (last, singular(last)) or plural(wanted[-1]) == last):
            return Span(taken[0].start, taken[-1].end)
    return words[-1]


def tokens_in(span: Span, offsets: Offsets, limit: int) -> list[int]:
    """Positions of the tokens that lie in a span, as far as the network reads."""
    return [i for i, (a, b) in enumerate(offsets[:limit]) if a < b and a < span.end and b > span.start]


def pack(phrases: Sequence[Phrase], count: Callable[[str], int], limit: int) -> list[tuple[Phrase, ...]]:
    """As few groups as hold all phrases in order, none longer than ``limit`` tokens as a text.

    ``count`` gives the tokens of one phrase; each also costs its full stop, and a text its two
    ends. A phrase that is too long for any text stands alone.
    """
    groups: list[list[Phrase]] = []
    room = 0
    for phrase in phrases:
        need = count(clean(phrase.text)) + 1
        if not groups or need > room:
            groups.append([])
            room = limit - 2
        groups[-1].append(phrase)
        room -= need
    return [tuple(group) for group in groups]
