"""What a network answers about phrases in a picture, and which of its boxes are believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ggedit.core.freeze import Frozen
from ggedit.core.geometry import Xyxy, suppress_xyxy

from .captions import Caption, Offsets, tokens_in

Floats = npt.NDArray[np.float32]

SAME = 0.6
"""Boxes of one kind that overlap this much are one thing: as in the detect stage."""
SAME_UNDER_TWO_NAMES = 0.8
"""Boxes of different kinds: higher, for a rider fills much of the horse's box."""
LOWER = (1.0, 0.5, 0.25)
"""Where nothing is found the thresholds are lowered twice, by half."""


@dataclass(frozen=True, eq=False, slots=True)
class Sight(Frozen):
    """N boxes and how well each fits each of P phrases.

    xyxy: float32 (N, 4) in picture pixels. belief, strongest, head: float32 (N, P) in [0, 1]:
    the mean over the phrase's tokens (which is how MMDetection scores a class of several
    tokens), the strongest of them, and the strongest of the head noun's.
    """

    xyxy: Xyxy
    belief: Floats
    strongest: Floats
    head: Floats

    def column(self, phrase: int) -> Sight:
        """The answer about one phrase alone."""
        pick = slice(phrase, phrase + 1)
        return Sight(self.xyxy, self.belief[:, pick], self.strongest[:, pick], self.head[:, pick])


@dataclass(frozen=True, slots=True)
class Thresholds(Frozen):
    """``box``: least belief in a phrase's strongest token; ``text``: in its head noun's.

    The two of Grounding DINO (S. Liu et al., 2023, and the demonstration that comes with it),
    where a box is kept by the one and named by the tokens that reach the other. Here the name
    is known: a red ball is no "red cup", however red.
    """

    box: float
    text: float

    def lowered(self, factor: float) -> Thresholds:
        return Thresholds(self.box * factor, self.text * factor)


@dataclass(frozen=True, eq=False, slots=True)
class Picked(Frozen):
    """Boxes of one phrase, best first; ``sure`` is False where the thresholds had to be lowered."""

    xyxy: Xyxy
    score: Floats
    sure: bool = True


def read_tokens(xyxy: Xyxy, tokens: Floats, *, caption: Caption, offsets: Offsets) -> Sight:
    """From belief per box and token, (N, T), to belief per box and phrase."""
    limit = tokens.shape[1]
    places = [tokens_in(span, offsets, limit) for span in caption.phrases]
    heads = [tokens_in(span, offsets, limit) or place for span, place in zip(caption.heads, places, strict=True)]
    return Sight(
        xyxy,
        _columns([tokens[:, p].mean(axis=1) if p else _none(tokens) for p in places], len(tokens)),
        _columns([tokens[:, p].max(axis=1, initial=0) for p in places], len(tokens)),
        _columns([tokens[:, p].max(axis=1, initial=0) for p in heads], len(tokens)),
    )


def _none(tokens: Floats) -> Floats:
    return np.zeros(len(tokens), np.float32)


def _columns(columns: list[Floats], rows: int) -> Floats:
    return np.stack(columns, axis=1).astype(np.float32) if columns else np.zeros((rows, 0), np.float32)


def pick_for_phrase(sight: Sight, thresholds: Thresholds, most: int) -> Picked:
    """The boxes of a sight with one phrase; with lower thresholds where there are none."""
    for factor in LOWER:
        rows = np.flatnonzero(_believed(sight, thresholds.lowered(factor))[:, 0])
        if len(rows):
            best = _distinct(sight.xyxy[rows], sight.belief[rows, 0], SAME)[:most]
            return Picked(sight.xyxy[rows[best]], sight.belief[rows[best], 0], factor == 1.0)
    return Picked(sight.xyxy[:0], sight.belief[:0, 0], sure=False)


def pick_scene(
    sights: Sequence[tuple[Sight, Sequence[str]]], thresholds: Thresholds, most: int
) -> tuple[Xyxy, Floats, list[str]]:
    """What is in the picture by several texts' phrases: each thing once, under its best name.

    Boxes of one name are told apart first (per-class suppression), then those of all names.
    """
    found = [_named(sight, names, thresholds) for sight, names in sights]
    xyxy = np.concatenate([f[0] for f in found]) if found else np.zeros((0, 4), np.float32)
    score = np.concatenate([f[1] for f in found]) if found else np.zeros(0, np.float32)
    names = [name for f in found for name in f[2]]
    kinds = np.array(names)
    alone = [
        int(rows[i])
        for kind in dict.fromkeys(names)
        for rows in [np.flatnonzero(kinds == kind)]
        for i in _distinct(xyxy[rows], score[rows], SAME)
    ]
    alone.sort()
    kept = [alone[i] for i in _distinct(xyxy[alone], score[alone], SAME_UNDER_TWO_NAMES)][:most]
    return xyxy[kept], score[kept], [names[i] for i in kept]


def _named(sight: Sight, names: Sequence[str], thresholds: Thresholds) -> tuple[Xyxy, Floats, list[str]]:
    """Every box under the phrase that fits it best, if that is believed."""
    if not sight.belief.size:
        return sight.xyxy[:0], sight.belief.reshape(-1)[:0], []
    best = np.where(_believed(sight, thresholds), sight.belief, -1).argmax(axis=1)
    rows = np.flatnonzero(_believed(sight, thresholds)[np.arange(len(best)), best])
    return sight.xyxy[rows], sight.belief[rows, best[rows]], [names[int(i)] for i in best[rows]]


def _believed(sight: Sight, thresholds: Thresholds) -> npt.NDArray[np.bool_]:
    return (sight.strongest >= thresholds.box) & (sight.head >= thresholds.text)


def _distinct(xyxy: Xyxy, score: Floats, overlap: float) -> list[int]:
    """Greedy suppression; nothing to compare costs nothing."""
    return suppress_xyxy(xyxy, score, overlap) if len(xyxy) else []
