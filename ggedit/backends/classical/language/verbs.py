"""Verbs that ask for an edit, by the way their sentence is built."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files

from ....core.inflection import word_set
from .tokens import Words, lows


class Frame(Enum):
    """How the words after a verb are read."""

    REMOVE = "remove X (from Y)"
    INSERT = "add X (place)"
    PUT = "put X place: a new thing if X is new, else a move"
    REPLACE = "replace X with Y"
    SUBSTITUTE = "substitute Y for X"
    TURN = "turn X into Y"
    MAKE = "make X (be) Y"
    PAINT = "paint X (in) colour"
    LOOK = "blacken X"
    MOVE = "move X place"
    RESIZE = "enlarge X"
    AMOUNT = "increase the contrast"
    FLIP = "flip X"
    COPY = "duplicate X"
    GIVE = "give X Y"
    DECORATE = "decorate X with Y"
    COVER = "cover X with Y"
    USE = "use X for Y"
    KEEP = "keep X as it is"
    OTHER = "a verb without an entry"


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb found in the text: ``payload`` is the look or size that the verb itself names."""

    frame: Frame
    name: str
    length: int
    payload: str = ""


@cache
def entries() -> Mapping[str, tuple[Frame, str]]:
    """Every verb in its plain form with its frame and what it says itself."""
    found: dict[str, tuple[Frame, str]] = {}
    text = files(__name__.rpartition(".")[0]).joinpath("verbs.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            frame, names = line.split(":", 1)
            name, _, payload = frame.partition(" = ")
            found.update({verb.strip(): (Frame[name.upper()], payload) for verb in names.split(",")})
    return found


NOUN_TOO = word_set(
    "paint picture show park stand seat rest plant draw colour color shade tint copy mirror double top line ring "
    "light blue green red yellow purple pink brown tan silver bronze age place set rid cut drop stick lead shift "
    "turn change switch trade cover dress wrap fill load grey gray float hand offer deck stock crown cast scale "
    "yellow tone save rust polish burn focus stack pile tuck warm cool wet lay sketch station close open roll "
    "walk dust pepper lower"
)
"""Verbs that are as often nouns or adjectives: they start a clause only where a group follows."""


def find_verb(words: Words, at: int) -> Verb | None:
    """The edit verb in its plain form at ``at``, or None."""
    for length in (3, 2, 1):
        name = lows(words[at : at + length])
        if at + length <= len(words) and name in entries():
            frame, payload = entries()[name]
            return Verb(frame, name, length, payload)
    return None


def verb_of_form(word: str, lemma: str, particle: str = "") -> Verb | None:
    """The edit verb behind a participle: "banished", "painted", "cropped (out)"."""
    undoubled = _doubles(lemma) and word in (f"{lemma}ed", f"{lemma}ing")
    names = (word if undoubled else lemma, word, *_stems(word))
    for name in (*(f"{n} {particle}" for n in names if particle), *names):
        if name in entries():
            frame, payload = entries()[name]
            return Verb(frame, name, name.count(" ") + 1, payload)
    return None


def _doubles(stem: str) -> bool:
    """Short verbs like "strip" double their last letter: "striped" is not one of their forms."""
    return re.fullmatch(r"[^aeiou]*[aeiou][bdgklmnprt]", stem) is not None


def _stems(word: str) -> tuple[str, ...]:
    if word.endswith("ied"):
        return (word[:-3] + "y",)
    if word.endswith("ed"):
        doubled = (word[:-3],) if len(word) > 4 and word[-3] == word[-4] else ()
        plain = (word[:-2],) if not _doubles(word[:-2]) else ()
        return (word[:-1], *plain, *doubled)
    if word.endswith("ing"):
        doubled = (word[:-4],) if len(word) > 5 and word[-4] == word[-5] else ()
        plain = (word[:-3],) if not _doubles(word[:-3]) else ()
        return (*plain, word[:-3] + "e", *doubled)
    if word.endswith("en"):
        return (word[:-1], word[:-2])
    return ()
