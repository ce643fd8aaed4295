"""Masks from boxes, clicks and brush strokes by grabCut and a superpixel cut, on the CPU."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence

from ...config import Settings
from ...core.errors import BadInput
from ...core.geometry import Box
from ...core.masks import Mask
from ...core.picture import Picture
from ...ports import MaskCandidate, MaskPrompt, Point
from .masking.regions import derive_boxes, holds, widened
from .masking.scene import Answer, Scene
from .masking.views import View
from .windows import Window

_LONGEST_PX = 224
_AROUND = 0.3
_AROUND_PX = 8
PADDING = 0.06
"""Share of a detector's box added on each side (benchmarks/padding.py)."""
_KEPT_SCENES = 24
_KEPT_ANSWERS = 96
"""Some crops each; a page full of objects clicked a few times."""
_LAST_RESORT = 0.05


class GrabCutSegmenter:
    """The embedded tier's segmenter. Same picture and prompt, same masks.

    Works on a copy of the box and its surroundings of at most 224 pixels (grabCut's cost grows
    faster than its worth: benchmarks/segmentation_embedded.py); the masks come back at picture
    size with their edges redrawn along the full-size picture. Clicks are taken one after the
    other, each mending the mask before it, so a click never undoes what was right elsewhere.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._scenes: OrderedDict[tuple[str, Window], Scene] = OrderedDict()
        self._answers: OrderedDict[tuple[object, ...], tuple[MaskCandidate, ...]] = OrderedDict()
        self._turn = threading.Lock()

    def segment(self, picture: Picture, prompt: MaskPrompt) -> tuple[MaskCandidate, ...]:
        """One to three non-empty masks of the thing, best first by edge contrast and box fit.

        Raises:
            BadInput: the prompt is empty, or its box lies outside the picture.
        """
        if prompt.include is not None or prompt.exclude is not None:
            return self._outline(picture, prompt)
        key = (picture.digest, prompt.box, prompt.points, prompt.exact)
        with self._turn:
            known = self._answers.get(key)
        return known or self._remember(key, self._outline(picture, prompt))

    def _remember(self, key: tuple[object, ...], found: tuple[MaskCandidate, ...]) -> tuple[MaskCandidate, ...]:
        """A click on one thing asks for all the others again: their answers are kept."""
        with self._turn:
            self._answers[key] = found
            while len(self._answers) > _KEPT_ANSWERS:
                self._answers.popitem(last=False)
        return found

    def _outline(self, picture: Picture, prompt: MaskPrompt) -> tuple[MaskCandidate, ...]:
        boxes, opening = self._start(picture, prompt)
        if len(boxes) == 1 or len(prompt.points) > opening:
            return self._in_box(picture, prompt, boxes[0], opening)
        # Clicks alone leave the size open: one mask per size tells more than three of one size.
        return _ordered([self._in_box(picture, prompt, box, opening)[0] for box in boxes])

    def _in_box(self, picture: Picture, prompt: MaskPrompt, box: Box, opening: int) -> tuple[MaskCandidate, ...]:
        """Masks in a box, which clicks and strokes outside it widen first."""
        outside = [i + 1 for i, point in enumerate(prompt.points) if point.positive and not holds(box, point)]
        wide = widened(box, prompt.points, prompt.include).clipped(picture.extent)
        scene = self._scene(picture, _surroundings(wide, picture))
        answers = scene.answer(wide, prompt, max([opening, *outside]))
        found = tuple(_at_full_size(scene, picture, answers))
        return found or (MaskCandidate(Mask.of_box(wide, picture.extent), _LAST_RESORT),)

    def _start(self, picture: Picture, prompt: MaskPrompt) -> tuple[tuple[Box, ...], int]:
        """The box given, else boxes derived from the strokes and the clicks up to the first positive
        one; and how many clicks were needed for them. The other clicks are corrections."""
        if prompt.box is not None:
            box = prompt.box if prompt.exact else prompt.box.scaled(1 + 2 * PADDING)
            return (box.clipped(picture.extent),), 0
        strokes = [s for s in (prompt.include, prompt.exclude) if s is not None and s.area]
        if not prompt.points and not strokes:
            raise BadInput("Draw a box around the object, click it or paint over it.")
        used = _until_first_positive(prompt.points)
        scene = self._scene(picture, Window.whole(picture.extent))
        opening = MaskPrompt(points=prompt.points[:used], include=prompt.include, exclude=prompt.exclude)
        return derive_boxes(scene.view, scene.fine, opening), used

    def _scene(self, picture: Picture, window: Window) -> Scene:
        """The working copy of a window, kept for the next click."""
        key = (picture.digest, window)
        with self._turn:
            scene = self._scenes.pop(key, None) or Scene(View.of(picture, window, _LONGEST_PX))
            self._scenes[key] = scene
            while len(self._scenes) > _KEPT_SCENES:
                self._scenes.popitem(last=False)
        return scene


def _until_first_positive(points: tuple[Point, ...]) -> int:
    """How many clicks there are up to the first that says "this is it"; all if none does."""
    return next((i + 1 for i, point in enumerate(points) if point.positive), len(points))


def _surroundings(box: Box, picture: Picture) -> Window:
    """The box with 30 % and 8 pixels more on every side, inside the picture."""
    across, down = _AROUND * box.width + _AROUND_PX, _AROUND * box.height + _AROUND_PX
    wide = Box(box.x1 - across, box.y1 - down, box.x2 + across, box.y2 + down)
    return Window(*wide.pixels(picture.extent))


def _ordered(candidates: Sequence[MaskCandidate]) -> tuple[MaskCandidate, ...]:
    """In the given order without doubles, no quality above that of the one before."""
    kept: list[MaskCandidate] = []
    for candidate in candidates:
        if not any(candidate.mask.same_as(other.mask) for other in kept):
            ceiling = kept[-1].quality if kept else 1.0
            kept.append(MaskCandidate(candidate.mask, min(candidate.quality, ceiling)))
    return tuple(kept)


def _at_full_size(scene: Scene, picture: Picture, answers: Sequence[Answer]) -> list[MaskCandidate]:
    def enlarged(answer: Answer) -> MaskCandidate:
        return MaskCandidate(scene.view.enlarge(picture, answer.mask), answer.quality)

    return [candidate for candidate in map(enlarged, answers) if candidate.mask.area]
