"""What WordNet says of a noun: its gloss, and the kinds of thing it is.

Format of the files: the manual page wndb(5WN) of WordNet 3.0 (Princeton University). They are
read at training time only; nothing of them is shipped but the vectors made with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import BadInput

KINDS = 4
"""How many steps up the tree of kinds are told: "moth, lepidopterous insect, insect, ..."."""

EXPLAINED = 3
"""How many of them are explained."""

_EVERYTHING = frozenset(
    "whole,object,physical entity,entity,matter,artifact,instrumentality,living thing,organism".split(",")
)

_THINGS = frozenset({5, 6, 8, 13, 17, 18, 20})
"""Lexicographer files of things one can photograph (lexnames(5WN)): animal, artifact, body,
food, object, person, plant."""


@dataclass(frozen=True, slots=True)
class _Sense:
    file: int
    word: str
    above: str | None
    gloss: str


class Glosses:
    """The nouns of a WordNet folder (``data.noun``, ``index.noun``)."""

    def __init__(self, folder: Path) -> None:
        """Raises BadInput: no WordNet lies there."""
        if not (folder / "data.noun").is_file():
            raise BadInput(
                f"Training needs WordNet in {folder}: apt-get install wordnet-base, or --set wordnet=FOLDER."
            )
        self._senses = dict(_senses(folder / "data.noun"))
        self._index = dict(_index(folder / "index.noun"))

    def described(self, noun: str) -> str:
        """ "moth: typically crepuscular or nocturnal insect ..."; the noun alone if unknown."""
        sense = self._sense(noun)
        return noun if sense is None else f"{noun}: {sense.gloss}"

    def classed(self, noun: str) -> str:
        """ "moth, lepidopterous insect, insect, arthropod, invertebrate"; the noun alone if unknown."""
        return ", ".join([noun, *(kind.word for kind in self._above(noun))])

    def explained(self, noun: str) -> str:
        """ "moth; lepidopterous insect: insect that in the adult state has ...; insect: ...": what its nearest
        kinds are, but for those that nearly everything is."""
        kinds = [kind for kind in self._above(noun)[:EXPLAINED] if kind.word not in _EVERYTHING]
        return "; ".join([noun, *(f"{kind.word}: {kind.gloss}" for kind in kinds)])

    def _above(self, noun: str) -> list[_Sense]:
        """Its kinds, nearest first, at most ``KINDS``."""
        sense, found = self._sense(noun), []
        while sense is not None and sense.above is not None and len(found) < KINDS:
            sense = self._senses[sense.above]
            found.append(sense)
        return found

    def _sense(self, noun: str) -> _Sense | None:
        """The most frequent sense that is a thing and no proper name, of the noun or else of its last word."""
        spellings = (noun, noun.replace(" ", ""), noun.replace(" ", "-"), noun.split(" ")[-1])
        offsets = next((self._index[word] for word in spellings if word in self._index), ())
        senses = [self._senses[offset] for offset in offsets]
        common = [sense for sense in senses if sense.word[:1].islower()] or senses[:1]
        return next((sense for sense in common if sense.file in _THINGS), common[0] if common else None)


def _senses(path: Path) -> Iterator[tuple[str, _Sense]]:
    for line in _lines(path):
        fields, _, gloss = line.partition(" | ")
        parts = fields.split()
        words = int(parts[3], 16)
        pointers = parts[5 + 2 * words :]
        above = next((pointers[i + 1] for i in range(0, len(pointers), 4) if pointers[i] in ("@", "@i")), None)
        meaning = gloss.strip().split('; "')[0]
        yield parts[0], _Sense(int(parts[1]), parts[4].replace("_", " "), above, meaning)


def _index(path: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    for line in _lines(path):
        parts = line.split()
        yield parts[0].replace("_", " "), tuple(parts[-int(parts[2]) :])


def _lines(path: Path) -> Iterator[str]:
    """Without the licence that heads each file, which is indented."""
    yield from (line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("  "))
