"""What the size head is trained on and what it is measured by: fixed before any training.

A noun is *held out* by its hash, a whole category likewise. Every row asks for the size of a
held-out noun beside a reference that training may know.
"""

from __future__ import annotations

import csv
import hashlib
import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from enum import StrEnum
from pathlib import Path

from ..backends.classical.size import RealSize
from ..core.freeze import Frozen

HELD_CATEGORIES = 5
"""How many whole categories are held out: those whose hash comes first."""

REFERENCES = 4
"""Rows per held-out noun."""

WITHIN_LOG2 = math.log2(10)
"""References are at most ten times larger or smaller: things that share a picture."""


OTHER_NAMES = "other name"
"""The table's category of synonyms ("bike", "fridge"), and of names so like a held-out one that they
would give it away ("bath towel")."""


class Split(StrEnum):
    TRAIN = "train"
    NOUN = "held-out noun"
    CATEGORY = "held-out category"


@dataclass(frozen=True, slots=True)
class SizeRow(Frozen):
    """log2 of width and height of ``new`` over those of ``reference``, in metres."""

    split: Split
    new: str
    reference: str
    width_log2: float
    height_log2: float


def held_categories(sizes: Iterable[RealSize]) -> tuple[str, ...]:
    """The categories that training never sees."""
    names = sorted({size.category for size in sizes}, key=lambda name: _hash(f"category {name}"))
    return tuple(names[:HELD_CATEGORIES])


def split_of(size: RealSize, held: Sequence[str]) -> Split:
    """Where a noun belongs; one in five is held out."""
    if size.category in held:
        return Split.CATEGORY
    return Split.NOUN if _hash(size.noun) % 5 == 1 else Split.TRAIN


def make_rows(sizes: Sequence[RealSize], seed: int = 0) -> tuple[SizeRow, ...]:
    """Every held-out noun beside ``REFERENCES`` training nouns of comparable size.

    Rows once written stay: nouns that the table gains later only train.
    """
    held, draw = held_categories(sizes), random.Random(seed)
    known = [size for size in sizes if split_of(size, held) is Split.TRAIN]
    rows: list[SizeRow] = []
    for size in sizes:
        split = split_of(size, held)
        if split is Split.TRAIN:
            continue
        fitting = [k for k in known if abs(math.log2(_longer(k) / _longer(size))) <= WITHIN_LOG2]
        rows += [_row(split, size, reference) for reference in draw.sample(fitting, min(REFERENCES, len(fitting)))]
    return tuple(rows)


def _row(split: Split, new: RealSize, reference: RealSize) -> SizeRow:
    wide, high = math.log2(new.width_m / reference.width_m), math.log2(new.height_m / reference.height_m)
    return SizeRow(split, new.noun, reference.noun, round(wide, 4), round(high, 4))


def known_sizes(sizes: Sequence[RealSize], rows: Iterable[SizeRow]) -> list[RealSize]:
    """The nouns a measured head may know: not asked for, of no held-out category, and no other
    names, which would give away the nouns they stand for."""
    by_noun, asked = {size.noun: size for size in sizes}, tuple(rows)
    closed = {by_noun[row.new].category for row in asked if row.split is Split.CATEGORY} | {OTHER_NAMES}
    new = {row.new for row in asked}
    return [size for size in sizes if size.noun not in new and size.category not in closed]


def write_rows(path: Path, rows: Iterable[SizeRow]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow([field.name for field in fields(SizeRow)])
        table.writerows(astuple(row) for row in rows)


def read_rows(path: Path) -> tuple[SizeRow, ...]:
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(
            SizeRow(Split(r["split"]), r["new"], r["reference"], float(r["width_log2"]), float(r["height_log2"]))
            for r in csv.DictReader(file)
        )


def _longer(size: RealSize) -> float:
    return max(size.width_m, size.height_m)


def _hash(text: str) -> int:
    return int(hashlib.sha1(text.encode()).hexdigest(), 16)
