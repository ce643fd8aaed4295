"""How large a new thing looks beside a known one: real sizes, compared in one plane."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from ...config import Settings
from ...core.freeze import Frozen
from ...core.geometry import Box, Extent
from ...core.language import Relation
from ...ports import SizeGuess
from .nouns import head_noun, singular, words_of


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


def load_real_sizes() -> tuple[RealSize, ...]:
    """The table of typical sizes that comes with the package (``data/real_sizes.csv``)."""
    text = (files("ggedit.backends.classical") / "data" / "real_sizes.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(RealSize(r["noun"], r["category"], *(float(r[k]) for k in _NUMBERS)) for r in rows)


_NUMBERS = ("width_m", "height_m", "low_m", "high_m")


class LearnedSizePredictor:
    """Port ``SizePredictor``: real sizes of both things, seen at the reference's distance."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def _table(self) -> Mapping[str, RealSize]:
        return {row.noun: row for row in load_real_sizes()}

    def predict(
        self, new: str, *, reference: str | None, box: Box | None, extent: Extent, relation: Relation | None
    ) -> SizeGuess:
        """Width and height in pixels; without a reference, a share of the picture that grows
        slowly with the real size."""
        mine, theirs = self._real(new), self._real(reference or "")
        if box is None:
            return _alone(mine, new, extent)
        if mine is None or theirs is None:
            return SizeGuess(box.width, box.height, f"as large as the {reference or 'thing beside it'}: size not known")
        scale = ((box.width / theirs.width_m) * (box.height / theirs.height_m)) ** 0.5
        why = f"{_metres(mine)} beside {_metres(theirs)}"
        return SizeGuess(mine.width_m * scale, mine.height_m * scale, why)

    def _real(self, name: str) -> RealSize | None:
        words = words_of(name)
        for start in range(len(words)):
            found = self._table.get(" ".join([*words[start:-1], singular(words[-1])]))
            if found is not None:
                return found
        return self._table.get(head_noun(name))


def _alone(mine: RealSize | None, new: str, extent: Extent) -> SizeGuess:
    """A 1.7 m person takes half the picture's height; other things by the cube root of their
    size, because small things are photographed from nearer (a judgement)."""
    if mine is None:
        return SizeGuess(0.3 * extent.height, 0.3 * extent.height, f"a third of the picture: no size known for {new}")
    height = 0.5 * extent.height * (max(mine.width_m, mine.height_m) / 1.7) ** (1 / 3)
    scale = min(height, 0.8 * extent.height) / max(mine.width_m, mine.height_m)
    return SizeGuess(mine.width_m * scale, mine.height_m * scale, "sized for the picture, as nothing stands beside it")


def _metres(size: RealSize) -> str:
    return f"a {size.noun} of about {size.height_m:.2g} m height"
