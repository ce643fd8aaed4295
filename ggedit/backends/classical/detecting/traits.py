"""What things outside the detector's kinds look like: shape, place, colour, part of a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

from ggedit.core.colour import BASIC
from ggedit.core.freeze import Frozen

from .vocabulary import find_term


class Shape(StrEnum):
    TALL = "tall"
    WIDE = "wide"
    ROUND = "round"
    LONG = "long"


class Side(StrEnum):
    TOP = "top"
    BOTTOM = "bottom"


class Part(StrEnum):
    """Of a person, but for ``WHEEL``."""

    HAT = "hat"
    HAIR = "hair"
    FACE = "face"
    EYES = "eyes"
    NECK = "neck"
    TORSO = "torso"
    LEGS = "legs"
    FEET = "feet"
    BACK = "back"
    WHEEL = "wheel"


@dataclass(frozen=True, slots=True)
class Traits(Frozen):
    """The usual look of a thing; what is not known is None or empty."""

    shape: Shape | None = None
    side: Side | None = None
    colours: tuple[str, ...] = ()
    part: Part | None = None


class Role(StrEnum):
    """What a thing does to others in a scene: they are in it, on it, worn by it or held by it;
    ``HELD`` is what is usually held."""

    CONTAINER = "container"
    SUPPORT = "support"
    WEARER = "wearer"
    HOLDER = "holder"
    HELD = "held"


def plays(phrase: str, role: Role) -> bool:
    """Whether a thing of that name can have the role."""
    return find_term(load_roles()[role], phrase) is not None


def traits_of(phrase: str, head: str = "") -> Traits:
    """What is known about a phrase's longest known ending, else about its head noun."""
    return find_term(load_traits(), phrase, head) or Traits()


@lru_cache(maxsize=1)
def load_traits() -> Mapping[str, Traits]:
    """word -> traits, from data/things.txt; a word on several lines has the traits of all.

    Raises:
        ValueError: a trait that is none of shape, side, colour and part.
    """
    table: dict[str, Traits] = {}
    for names, words in _rows("things.txt"):
        for word in words:
            table[word] = _added(table.get(word, Traits()), names.split())
    return table


@lru_cache(maxsize=1)
def load_roles() -> Mapping[Role, Mapping[str, bool]]:
    """role -> its words, from data/roles.txt."""
    table: dict[Role, dict[str, bool]] = {role: {} for role in Role}
    for name, words in _rows("roles.txt"):
        table[Role(name)].update(dict.fromkeys(words, True))
    return table


def _rows(name: str) -> Iterator[tuple[str, list[str]]]:
    text = (files("ggedit.backends.classical") / "data" / name).read_text("utf-8")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            left, _, words = line.partition(":")
            yield left.strip(), [word.strip() for word in words.split(",") if word.strip()]


def _added(traits: Traits, names: list[str]) -> Traits:
    shape, side, colours, part = traits.shape, traits.side, list(traits.colours), traits.part
    for name in names:
        if name in [*Shape]:
            shape = shape or Shape(name)
        elif name in [*Side]:
            side = side or Side(name)
        elif name in BASIC:
            colours.append(name)
        else:
            part = Part(name)
    return Traits(shape, side, tuple(dict.fromkeys(colours)), part)
