"""Masks from boxes, clicks and brush strokes by grabCut and a superpixel cut, on the CPU."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...config import Settings
from ...core.errors import BadInput
from ...core.geometry import Box
from ...core.masks import HardMask, Mask
from ...core.picture import Picture
from ...ports import MaskCandidate, MaskPrompt
from .filters import Floats
from .masking.hints import Hints, read_hints
from .masking.proposals import by_box, by_ellipse, by_place
from .masking.ranking import score_mask, tidy
from .masking.regions import derive_box, widened
from .masking.superpixels import Superpixels, make_superpixels
from .masking.views import View, edge_strength
from .windows import Window

_LONGEST_PX = 256
_AROUND = 0.3
_AROUND_PX = 8
_FINE, _COARSE = 500, 100
_KEPT_SCENES = 24
_SAME = 0.97
_LAST_RESORT = 0.05


@dataclass(frozen=True, eq=False)
class Scene:
    """A working copy and what is expensive to know about it; made once, used for every click."""

    view: View

    @cached_property
    def fine(self) -> Superpixels:
        """Superpixels to cut out the thing."""
        return make_superpixels(self.view.lab, _FINE)

    @cached_property
    def coarse(self) -> Superpixels:
        """Superpixels that a click makes certain."""
        return make_superpixels(self.view.lab, _COARSE)

    @cached_property
    def strength(self) -> Floats:
        return edge_strength(self.view.lab)


class GrabCutSegmenter:
    """The embedded tier's segmenter. Same picture and prompt, same masks.

    Works on a copy of the box and its surroundings of at most 256 pixels; the masks come back
    at picture size with their edges redrawn along the full-size picture.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._scenes: OrderedDict[tuple[str, Window], Scene] = OrderedDict()
        self._turn = threading.Lock()

    def segment(self, picture: Picture, prompt: MaskPrompt) -> tuple[MaskCandidate, ...]:
        """One to three non-empty masks of the thing, best first by edge contrast and box fit.

        Raises:
            BadInput: the prompt is empty, or its box lies outside the picture.
        """
        box = self._box(picture, prompt)
        scene = self._scene(picture, _surroundings(box, picture))
        hints = read_hints(scene.view, box, prompt, scene.coarse if prompt.points else None)
        ranked = _ranked(_proposals(scene, hints), scene, hints)
        found = [MaskCandidate(scene.view.enlarge(picture, mask), quality) for mask, quality in ranked]
        found = [candidate for candidate in found if candidate.mask.area]
        return tuple(found) or (MaskCandidate(_last_resort(picture, scene, box, hints), _LAST_RESORT),)

    def _box(self, picture: Picture, prompt: MaskPrompt) -> Box:
        if prompt.box is not None:
            box = prompt.box.clipped(picture.extent)
            return widened(box, prompt.points, prompt.include).clipped(picture.extent)
        strokes = [s for s in (prompt.include, prompt.exclude) if s is not None and s.area]
        if not prompt.points and not strokes:
            raise BadInput("Draw a box around the object, click it or paint over it.")
        scene = self._scene(picture, Window.whole(picture.extent))
        return derive_box(scene.view, scene.fine, prompt)

    def _scene(self, picture: Picture, window: Window) -> Scene:
        """The working copy of a window, kept for the next click."""
        key = (picture.digest, window)
        with self._turn:
            scene = self._scenes.pop(key, None) or Scene(View.of(picture, window, _LONGEST_PX))
            self._scenes[key] = scene
            while len(self._scenes) > _KEPT_SCENES:
                self._scenes.popitem(last=False)
        return scene


def _surroundings(box: Box, picture: Picture) -> Window:
    """The box with 30 % and 8 pixels more on every side, inside the picture."""
    across, down = _AROUND * box.width + _AROUND_PX, _AROUND * box.height + _AROUND_PX
    wide = Box(box.x1 - across, box.y1 - down, box.x2 + across, box.y2 + down)
    return Window(*wide.pixels(picture.extent))


def _proposals(scene: Scene, hints: Hints) -> list[HardMask]:
    return [
        by_box(scene.view, hints),
        by_ellipse(scene.view, hints),
        by_place(scene.view, hints, scene.fine),
    ]


def _ranked(masks: list[HardMask], scene: Scene, hints: Hints) -> list[tuple[HardMask, float]]:
    """Tidied, best first, near-doubles dropped, each with its quality."""
    tidied = [tidy((mask | hints.thing) & ~hints.ground, hints.clicked) for mask in masks]
    scored = [(mask, score_mask(mask, hints.box, scene.strength)) for mask in tidied if mask.any()]
    scored.sort(key=lambda pair: -pair[1])
    kept: list[tuple[HardMask, float]] = []
    for mask, score in scored:
        if all(_overlap(mask, other) < _SAME for other, _ in kept):
            kept.append((mask, _quality(score)))
    return kept


def _quality(score: float) -> float:
    return float(np.clip(score / 1.7, _LAST_RESORT, 0.95))


def _overlap(a: HardMask, b: HardMask) -> float:
    return np.count_nonzero(a & b) / max(1, np.count_nonzero(a | b))


def _last_resort(picture: Picture, scene: Scene, box: Box, hints: Hints) -> Mask:
    """What was marked as the thing, else the box: a person can go on from either."""
    marked = scene.view.enlarge(picture, hints.thing) if hints.thing.any() else None
    return marked if marked is not None and marked.area else Mask.of_box(box, picture.extent)
