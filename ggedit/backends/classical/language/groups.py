"""Noun groups as read from the words, before anything is resolved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from ....core.inflection import is_plural, singular
from ....core.language import Count, Relation
from .tokens import Word, Words, written


class Given(Enum):
    """How a group is introduced: "the cat", "a cat", "cats", "it"."""

    DEFINITE = "definite"
    INDEFINITE = "indefinite"
    BARE = "bare"
    PRONOUN = "pronoun"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place phrase and the groups it is measured against."""

    relation: Relation
    anchors: tuple[Group, ...] = ()
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """One noun group.

    ``core``: words that name it, attributes included, determiners and directions left out;
    ``noun``: the words of ``core`` that are its (compound) noun; ``start`` and ``end`` are
    characters of the text, -1 where the group is not in it. ``other`` marks "the other one",
    ``owner`` a possessive ("her hat"), ``demonstrative`` "that dog"; ``headless`` a group that
    only says which ("the red one").
    """

    given: Given
    core: Words
    noun: Words
    attributes: tuple[str, ...] = ()
    count: Count = Count()
    ordinal: int | None = None
    spots: tuple[Spot, ...] = ()
    pronoun: str | None = None
    other: bool = False
    demonstrative: bool = False
    headless: bool = False
    owner: bool = False
    number: Words = ()
    extra: Words = ()
    start: int = -1
    end: int = -1
    surface: str = ""

    @property
    def head(self) -> str:
        """The singular head noun; for a pronoun the pronoun."""
        if self.pronoun:
            return self.pronoun
        return singular(self.noun[-1].low) if self.noun else ""

    @property
    def many(self) -> bool:
        """Whether the head noun is a plural."""
        return bool(self.noun) and is_plural(self.noun[-1].low)

    @property
    def phrase(self) -> str:
        """What a detector is asked: attributes and noun in the singular."""
        if self.pronoun:
            return self.pronoun
        parts = [as_named(w) for w in self.core]
        for i, word in enumerate(self.core):
            if self.noun and word == self.noun[-1]:
                parts[i] = singular_as_written(parts[i])
        return " ".join(parts).replace(" 's", "'s")

    @property
    def said(self) -> str:
        """The naming words as written, number kept."""
        return written(tuple(replace(w, text=as_named(w)) for w in self.core))

    def with_spots(self, *spots: Spot) -> Group:
        return replace(self, spots=(*self.spots, *spots))


def as_named(word: Word) -> str:
    """The word in lower case, but for names; mended words in their mended form."""
    return word.text if word.tag.startswith("NNP") and word.text.lower() == word.low else word.low


def singular_as_written(text: str) -> str:
    """The singular with its capitals kept."""
    low = singular(text)
    return text[: len(low)] if text.lower().startswith(low) else low
