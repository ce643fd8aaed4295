"""How large a new thing looks beside a known one: real sizes, compared in one plane."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.resources import files

import numpy as np

from ...config import Settings
from ...core.freeze import Frozen
from ...core.geometry import Box, Extent
from ...core.inflection import singular
from ...core.language import Relation
from ...model_files import small_file
from ...ports import SizeGuess
from .planning.nouns import head_noun, words_of
from .planning.size_head import NounVectors, beside


@dataclass(frozen=True, slots=True)
class RealSize(Frozen):
    """A thing's usual width and height in metres, as it is mostly photographed, and the usual
    range of its longer side."""

    noun: str
    category: str
    width_m: float
    height_m: float
    low_m: float
    high_m: float

    def scaled(self, factor: float) -> RealSize:
        return replace(self, width_m=self.width_m * factor, height_m=self.height_m * factor)


def load_real_sizes() -> tuple[RealSize, ...]:
    """The table of typical sizes that comes with the package (``data/real_sizes.csv``)."""
    text = (files("ggedit.backends.classical") / "data" / "real_sizes.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(RealSize(r["noun"], r["category"], *(float(r[k]) for k in _NUMBERS)) for r in rows)


_NUMBERS = ("width_m", "height_m", "low_m", "high_m")
_FACTORS = {
    **dict.fromkeys(["baby", "young"], 0.45),
    **dict.fromkeys(["mini", "miniature", "dwarf"], 0.4),
    **dict.fromkeys(["tiny"], 0.5),
    **dict.fromkeys(["small", "little", "short"], 0.75),
    **dict.fromkeys(["big", "large", "tall", "oversized"], 1.3),
    **dict.fromkeys(["huge", "enormous"], 1.7),
    **dict.fromkeys(["giant", "gigantic"], 2.0),
}
"""What these words make of the noun's size (judgements)."""

_TOYS = frozenset(["toy", "plush", "plastic", "lego", "model", "stuffed"])
_TOY_M = 0.2


class LearnedSizePredictor:
    """Port ``SizePredictor``: real sizes of both things, seen at the reference's distance.

    The size of a noun is the table's; else the head's, from the noun's vector; else that of
    its head noun; else its category's. Without any, the reference's own size is taken. A size
    that is not the table's is drawn a little towards the reference's.
    """

    def __init__(self, settings: Settings) -> None:
        self._folder = small_file("size", settings)

    def predict(
        self, new: str, *, reference: str | None, box: Box | None, extent: Extent, relation: Relation | None
    ) -> SizeGuess:
        """Width and height in pixels; without a reference, a share of the picture that grows
        slowly with the real size."""
        mine, theirs = self.real_size(new), self.real_size(reference or "")
        if box is None:
            return _alone(mine, new, extent)
        if mine is None or theirs is None:
            unknown = new if mine is None else (reference or "it")
            return SizeGuess(box.width, box.height, f"as large as what it stands by: no size is known for {unknown!r}")
        if mine.noun not in self._table:
            mine = _drawn(mine, theirs)
        scale = pixels_per_metre(box, theirs)
        why = f"{_metres(mine.height_m)} high where the {theirs.noun} is {_metres(theirs.height_m)}"
        return SizeGuess(mine.width_m * scale, mine.height_m * scale, why)

    def real_size(self, name: str) -> RealSize | None:
        """The usual real size of what a phrase names; None where nothing is known."""
        words = [w for w in words_of(name) if w not in {"a", "an", "the", "another", "of"}]
        if not words:
            return None
        noun = " ".join([*words[:-1], singular(words[-1])])
        known = self._table.get(" ".join(words)) or self._table.get(noun)
        if known is not None:
            return known
        head = head_noun(name)
        found = self._by_parts(words[:-1], head) if words[-1:] == [head] or singular(words[-1]) == head else None
        return found or self._of_noun(head) or self._of_category(words)

    def learned(self, noun: str) -> RealSize | None:
        """What the head alone says, table or not; None for a noun without a vector."""
        found = self._vectors.metres(noun) if self._vectors is not None else None
        return None if found is None else RealSize(noun, "", *found, max(found), max(found))

    def _by_parts(self, before: list[str], head: str) -> RealSize | None:
        """A noun with words before it: "toy car", "baby elephant", "lemon tree"."""
        kind = self._of_noun(head)
        if kind is not None and _TOYS & set(before):
            return kind.scaled(min(1.0, _TOY_M / max(kind.width_m, kind.height_m)))
        for start in range(len(before)):
            compound = " ".join([*before[start:], head])
            known, guessed = self._table.get(compound), self.learned(compound)
            found = known or (_mostly(kind, guessed) if kind is not None and guessed is not None else guessed)
            if found is not None:
                return found.scaled(_factor(before[:start]))
        return None if kind is None else kind.scaled(_factor(before))

    def _of_noun(self, noun: str) -> RealSize | None:
        return self._table.get(noun) or self.learned(noun)

    def _of_category(self, words: list[str]) -> RealSize | None:
        """The middle size of the category that a word names: "some unheard-of bird"."""
        named = {singular(word) for word in words}
        rows = [size for size in self._table.values() if named & set(words_of(size.category))]
        if not rows:
            return None
        width, height = np.exp(np.median(np.log([[r.width_m, r.height_m] for r in rows]), axis=0))
        return RealSize(words[-1], rows[0].category, float(width), float(height), 0.0, 0.0)

    @cached_property
    def _table(self) -> Mapping[str, RealSize]:
        return {row.noun: row for row in load_real_sizes()}

    @cached_property
    def _vectors(self) -> NounVectors | None:
        return NounVectors.load(self._folder) if (self._folder / "vectors.npy").is_file() else None


def _drawn(mine: RealSize, theirs: RealSize) -> RealSize:
    """A guessed size, drawn towards that of what it stands by."""
    logs = np.log2([[size.width_m, size.height_m] for size in (mine, theirs)])
    return mine.scaled(float(2.0 ** (beside(logs[:1], logs[1:]) - logs[:1])[0, 0]))


def pixels_per_metre(box: Box, real: RealSize) -> float:
    """The scale in the reference's plane: the geometric mean over width and height, so that a
    turned or half-hidden reference misleads less."""
    return ((box.width / real.width_m) * (box.height / real.height_m)) ** 0.5


def _alone(mine: RealSize | None, new: str, extent: Extent) -> SizeGuess:
    """A 1.7 m person takes half the picture's height; other things by the cube root of their
    size, because small things are photographed from nearer (a judgement)."""
    if mine is None:
        side = 0.3 * min(extent)
        return SizeGuess(side, side, f"a third of the picture, as no size is known for {new!r}")
    longer = max(mine.width_m, mine.height_m)
    side = min(0.5 * extent.height * (longer / 1.7) ** (1 / 3), 0.8 * min(extent))
    scale = side / longer
    return SizeGuess(
        mine.width_m * scale, mine.height_m * scale, "sized for the picture, as nothing is named beside it"
    )


def _factor(words: list[str]) -> float:
    return float(np.prod([_FACTORS.get(word, 1.0) for word in words]))


def _mostly(kind: RealSize, guessed: RealSize) -> RealSize:
    """Three quarters the last noun, one quarter the whole compound, on the scale of sizes: a
    lemon tree is a tree, though its vector lies near lemons."""
    width = kind.width_m**0.75 * guessed.width_m**0.25
    return replace(guessed, width_m=width, height_m=kind.height_m**0.75 * guessed.height_m**0.25)


def _metres(length: float) -> str:
    if length < 1:
        return f"{100 * length:.2g} cm" if length >= 0.01 else f"{1000 * length:.2g} mm"
    return f"{length:.1f} m" if length < 10 else f"{length:.0f} m"
