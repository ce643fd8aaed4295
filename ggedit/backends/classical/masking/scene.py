"""One window of a picture, what is expensive to know about it, and the answers given on it."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from ....core.geometry import Box
from ....core.masks import HardMask, Mask
from ....ports import MaskPrompt, Point
from ..filters import Floats
from .fragments import Fragments
from .hints import Hints, read_hints
from .proposals import (
    Correction,
    by_box,
    by_colour,
    by_ellipse,
    by_ellipse_and_colour,
    by_place,
    by_surroundings,
    mended,
)
from .ranking import collapsed, ends_within, score_mask, tidy
from .superpixels import Superpixels, make_superpixels
from .views import View, edge_strength

_FINE, _COARSE = 500, 200
_SAME = 0.97
_BEST_SCORE = 1.7
_QUALITY = (0.05, 0.95)
_KEPT_ANSWERS = 16
_THREADS = 2
_WIDER = 1.25
"""Sides of the second look at a detector's box, as a multiple of the first's (benchmarks/padding.py)."""

_Key = tuple[Box, tuple[Point, ...], bool, bytes, bytes]


@dataclass(frozen=True, eq=False)
class Answer:
    """A mask of the working copy and the belief in it, [0, 1]."""

    mask: HardMask
    quality: float


class Scene:
    """A window's working copy, made once and used for every click on it."""

    def __init__(self, view: View) -> None:
        self.view = view
        self._answers: OrderedDict[_Key, tuple[Answer, ...]] = OrderedDict()

    @cached_property
    def fine(self) -> Superpixels:
        """Superpixels to cut out the thing."""
        return make_superpixels(self.view.lab, _FINE)

    @cached_property
    def coarse(self) -> Superpixels:
        """Superpixels that a click makes certain."""
        return make_superpixels(self.view.lab, _COARSE)

    @cached_property
    def fragments(self) -> Fragments:
        """Evenly coloured regions, of which some may be pieces that a mask left out."""
        return Fragments.of(self.view)

    @cached_property
    def strength(self) -> Floats:
        return edge_strength(self.view.lab)

    def answer(self, box: Box, prompt: MaskPrompt, opening: int) -> tuple[Answer, ...]:
        """Masks for a prompt, best first.

        Args:
            box: where the thing may lie, in picture pixels.
            prompt: clicks and strokes, in picture pixels.
            opening: how many clicks belong to the first look; the others are corrections of it.
        """
        key = (box, prompt.points, prompt.exact, _fingerprint(prompt.include), _fingerprint(prompt.exclude))
        known = self._answers.get(key)
        if known is not None:
            return known
        _ = self.view.calm, self.view.colourful  # made once, before several threads ask for them
        answers = self._first(box, prompt) if len(prompt.points) <= opening else self._corrected(box, prompt, opening)
        self._answers[key] = answers
        while len(self._answers) > _KEPT_ANSWERS:
            self._answers.popitem(last=False)
        return answers

    def _hints(self, box: Box, prompt: MaskPrompt) -> Hints:
        return read_hints(self.view, box, prompt, self.coarse if prompt.points else None)

    def _first(self, box: Box, prompt: MaskPrompt) -> tuple[Answer, ...]:
        """From the box and strokes: starts of grabCut; if the best fails, the superpixel cut."""
        hints = self._hints(box, prompt)
        ranked = self._in_drawn(hints) if prompt.exact else self._in_detected(hints, box, prompt)
        if not ranked or collapsed(ranked[0].mask, hints.box):
            ranked = self._ranked([by_place(self.view, hints, self.fine), *(a.mask for a in ranked)], hints)[:3]
        return ranked if prompt.exact else self._completed(ranked)

    def _in_drawn(self, hints: Hints) -> tuple[Answer, ...]:
        """A person's box holds the thing, and little else."""
        ways = [partial(way, self.view, hints) for way in (by_box, by_ellipse, by_colour)]
        return self._ranked(_together(ways), hints)

    def _in_detected(self, hints: Hints, box: Box, prompt: MaskPrompt) -> tuple[Answer, ...]:
        """A detector's box may be too small: a wider look counts where the thing ends within it."""
        wide = self._hints(box.scaled(_WIDER), prompt)
        ways = [partial(way, self.view, hints) for way in (by_ellipse, by_ellipse_and_colour)]
        ways += [partial(by_surroundings, self.view, hints, self.fine), partial(by_ellipse, self.view, wide)]
        *near, far = _together(ways)
        beyond = [pair for pair in self._scored([far], wide) if ends_within(pair[0], wide.box)]
        return self._best([*self._scored(near, hints), *beyond])

    def _completed(self, answers: Sequence[Answer]) -> tuple[Answer, ...]:
        """The answers with the pieces that they left out."""
        return self._distinct([Answer(self.fragments.joined(a.mask), a.quality) for a in answers])

    def _corrected(self, box: Box, prompt: MaskPrompt, opening: int) -> tuple[Answer, ...]:
        """The mask before the last click, mended there; then masks found anew from all that was said."""
        earlier = replace(prompt, points=prompt.points[:-1])
        before = self.answer(box, earlier, opening)
        hints, last = self._hints(box, prompt), prompt.points[-1]
        fresh = self._ranked([by_box(self.view, hints), by_place(self.view, hints, self.fine)], hints)
        if not before:
            return fresh
        hints = replace(hints, allowed=hints.allowed | before[0].mask)
        correction = Correction(*self.view.pixel(last.x, last.y), last.positive, self.coarse)
        mask = mended(self.view, before[0].mask, hints, correction)
        first = self._ranked([mask], hints)
        return self._distinct([*first, *fresh])

    def _ranked(self, masks: Sequence[HardMask], hints: Hints) -> tuple[Answer, ...]:
        """Tidied, best first, empty ones and near-doubles dropped."""
        return self._best(self._scored(masks, hints))

    def _scored(self, masks: Sequence[HardMask], hints: Hints) -> list[tuple[HardMask, float]]:
        """Tidied, with their scores; empty ones dropped."""
        tidied = [tidy((mask | hints.thing) & ~hints.ground, hints.clicked) for mask in masks]
        return [(mask, score_mask(mask, hints.box, self.strength)) for mask in tidied if mask.any()]

    def _best(self, scored: Sequence[tuple[HardMask, float]]) -> tuple[Answer, ...]:
        ordered = sorted(scored, key=lambda pair: -pair[1])
        return self._distinct([Answer(mask, _quality(score)) for mask, score in ordered])

    def _distinct(self, answers: Sequence[Answer]) -> tuple[Answer, ...]:
        """In the given order, without near-doubles; no quality above that of the one before."""
        kept: list[Answer] = []
        for answer in answers:
            if all(_overlap(answer.mask, other.mask) < _SAME for other in kept):
                ceiling = kept[-1].quality if kept else 1.0
                kept.append(Answer(answer.mask, min(answer.quality, ceiling)))
        return tuple(kept[:3])


def _together(ways: Sequence[Callable[[], HardMask]]) -> list[HardMask]:
    """Several proposals at once: OpenCV works outside the interpreter's lock."""
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(lambda way: way(), ways))


def _fingerprint(stroke: Mask | None) -> bytes:
    """Equal for equal strokes."""
    if stroke is None:
        return b""
    place = f"{stroke.x} {stroke.y} {stroke.crop.shape}".encode()
    return hashlib.blake2b(place + np.packbits(stroke.crop).tobytes(), digest_size=16).digest()


def _quality(score: float) -> float:
    return float(np.clip(score / _BEST_SCORE, *_QUALITY))


def _overlap(a: HardMask, b: HardMask) -> float:
    return np.count_nonzero(a & b) / max(1, np.count_nonzero(a | b))
