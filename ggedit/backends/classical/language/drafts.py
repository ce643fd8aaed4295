"""Edits as read, before pronouns are resolved."""

from __future__ import annotations

from dataclasses import dataclass

from ....core.inflection import word_set
from ....core.language import EditVerb
from .groups import Given, Group, Spot
from .tokens import Word, Words, written
from .words import BACKGROUND_NOUNS, DROPPED_ADJECTIVES


@dataclass(frozen=True, slots=True)
class Draft:
    """One edit: ``target`` None is the whole picture; ``places`` in the order they were said;
    ``new`` is the thing that the edit brings into the picture; ``action`` what the target does
    to or at the place's thing ("hold", "sit"); ``spared`` stay as they are; ``nouns`` are those
    of the clause's words that are nouns, in lower case."""

    verb: EditVerb
    target: Group | None = None
    places: tuple[Spot, ...] = ()
    payload: str | None = None
    new: Group | None = None
    start: int = -1
    end: int = -1
    action: str = ""
    spared: tuple[Group, ...] = ()
    nouns: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a stretch of text asks for, and what must be asked back; ``topics`` are the things
    that text without an edit speaks of ("the horse, please remove it")."""

    drafts: tuple[Draft, ...] = ()
    questions: tuple[str, ...] = ()
    topics: tuple[Group, ...] = ()

    @property
    def empty(self) -> bool:
        return not self.drafts and not self.questions


NOTHING = Reading()


def one(draft: Draft) -> Reading:
    return Reading((draft,))


def ask(question: str) -> Reading:
    return Reading((), (question,))


_FILLER = word_set("a an the some another any additional extra more new of-course")


def thing_text(group: Group) -> str:
    """A new thing in words: number, attributes and noun, without article ("two red cups")."""
    if group.pronoun:
        return group.surface
    words: list[Word] = [*group.number, *(group.core if not _collective(group) else (*group.extra, *group.core))]
    text = written(tuple(_plain(w) for w in words if w.low not in _FILLER and w.low not in DROPPED_ADJECTIVES))
    return " ".join(p for p in (text, _traits(group)) if p)


def _collective(group: Group) -> bool:
    return bool(group.extra) and group.extra[0].start < (group.core[0].start if group.core else 0)


def _traits(group: Group) -> str:
    return "" if _collective(group) else written(tuple(_plain(w) for w in group.extra))


def _plain(word: Word) -> Word:
    keep = word.tag.startswith("NNP") and word.text[:1].isupper() and word.text.lower() == word.low
    return word if keep else Word(word.low, word.low, word.lemma, word.tag, word.start, word.end)


def is_degree(words: Words) -> bool:
    """ "a bit", "a tiny bit", "a little": how much, and no article of a thing."""
    return len(words) > 1 and words[0].low == "a" and any(w.low in _DEGREES for w in words[1:3])


_DEGREES = word_set("bit little touch tad lot shade hint fraction")


def words_text(words: Words) -> str:
    """Words as a look: no leading article, lower case but for names."""
    while words and words[0].low in ("a", "an", "the", "some", "to", "be", "into", "as", ",", "in") and len(words) > 1:
        if (words[0].low == "as" and words[1].low == "if") or is_degree(words):
            break
        if words[0].low == "in" and words[1].low not in ("color", "colour"):
            break
        words = words[1:]
    return written(tuple(_plain(w) for w in words))


def is_background(group: Group) -> bool:
    """Whether the group is the picture's background."""
    return not group.pronoun and group.head in BACKGROUND_NOUNS


def is_new(group: Group) -> bool:
    """Whether the group brings in a new thing ("a cat", "cats") and does not point at one."""
    return group.given in (Given.INDEFINITE, Given.BARE) and not group.demonstrative


def span_of(words: Words) -> tuple[int, int]:
    """First and last character of the words that stand in the text."""
    placed = [w for w in words if w.start >= 0]
    return (min(w.start for w in placed), max(w.end for w in placed)) if placed else (-1, -1)
