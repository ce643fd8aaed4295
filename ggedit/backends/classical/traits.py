"""What things outside the detector's kinds look like: shape, place, colour, part of a person."""

from __future__ import annotations

from collections.abc import Mapping
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
    text = (files("ggedit.backends.classical") / "data" / "things.txt").read_text("utf-8")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            names, _, words = line.partition(":")
            for word in words.split(","):
                table[word.strip()] = _added(table.get(word.strip(), Traits()), names.split())
    return table


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
