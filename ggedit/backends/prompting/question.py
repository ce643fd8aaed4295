"""What a person or a detector asks of the model: prompts in picture pixels, and what the answer must obey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from ...core.errors import BadInput
from ...core.freeze import Frozen
from ...core.geometry import Box, Extent
from ...core.masks import HardMask, Mask
from ...ports import MaskPrompt
from .frame import Floats, Frame, Window

_ROOM_EXACT, _ROOM_FOUND = 1.1, 1.2
"""The answer stays inside the box made this much larger; a detector's box may cut off a foot or a bag."""
_STROKE_POINTS = 3
_SOLID = 0.5
"""A stroke that fills this share of its own box is a rough mask of the thing, a thinner one only a hint."""
_SURE = 10.0
"""Logit of what a person painted; the model's own answers reach about as far."""

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False, slots=True)
class Question(Frozen):
    """Prompts in picture pixels, ready for the model.

    limit: the pixels that may belong to the thing. include, exclude: pixels that a person painted.
    hints: points inside the strokes, which guide the model but bind nobody.
    """

    extent: Extent
    box: Box | None
    positive: Points
    negative: Points
    limit: Window
    include: Mask | None = None
    exclude: Mask | None = None
    hints: tuple[Points, Points] = ((), ())

    @property
    def points(self) -> Points:
        """All points, positive ones first."""
        return (*self.positive, *self.hints[0], *self.negative, *self.hints[1])

    @property
    def labels(self) -> tuple[int, ...]:
        """1 = on the thing, 0 = beside it."""
        return (1,) * (len(self.positive) + len(self.hints[0])) + (0,) * (len(self.negative) + len(self.hints[1]))

    @property
    def ambiguous(self) -> bool:
        """Whether a single prompt leaves open which of several nested things is meant. SAM answers one
        prompt with three masks and several with one (Kirillov et al. 2023, appendix A)."""
        return len(self.points) + (self.box is not None) == 1

    @property
    def painted(self) -> bool:
        return self.include is not None or self.exclude is not None

    def with_hint(self, xy: tuple[float, float]) -> Question:
        """With one more point on the thing."""
        return replace(self, hints=((*self.hints[0], xy), self.hints[1]))


def read_prompt(prompt: MaskPrompt, extent: Extent) -> Question:
    """The prompt as a question.

    Raises:
        BadInput: it is empty, or its box lies outside the picture.
    """
    include, exclude = _painted(prompt.include, extent), _painted(prompt.exclude, extent)
    positive = tuple(_inside((p.x, p.y), extent) for p in prompt.points if p.positive)
    negative = tuple(_inside((p.x, p.y), extent) for p in prompt.points if not p.positive)
    if prompt.box is None and not prompt.points and include is None and exclude is None:
        raise BadInput("Draw a box around the object, click it or paint over it.")
    given = prompt.box.clipped(extent) if prompt.box is not None else None
    box, limit = _reached(given, positive, include, room=_ROOM_EXACT if prompt.exact else _ROOM_FOUND, extent=extent)
    if box is None and not positive and include is None:
        box = Box.whole(extent)
    hints = tuple(spread_points(mask, _STROKE_POINTS) if mask is not None else () for mask in (include, exclude))
    return Question(extent, box, positive, negative, limit, include, exclude, (hints[0], hints[1]))


def _painted(mask: Mask | None, extent: Extent) -> Mask | None:
    if mask is None or not mask.area:
        return None
    if mask.extent != extent:
        raise BadInput("A brush stroke belongs to a picture of another size: paint it again.")
    return mask


def _inside(xy: tuple[float, float], extent: Extent) -> tuple[float, float]:
    return min(max(xy[0], 0.0), extent.width - 0.5), min(max(xy[1], 0.0), extent.height - 0.5)


def _reached(
    box: Box | None, positive: Points, include: Mask | None, *, room: float, extent: Extent
) -> tuple[Box | None, Window]:
    """The box, made to hold what was marked outside it, and the window for the answer: the enlarged
    box, or the whole picture where there is no box or a person marked something outside it."""
    everywhere = Window(0, 0, *extent)
    if box is None:
        return None, everywhere
    limit = Window(*box.scaled(room).pixels(extent))
    corners = [*positive, *((include.box.xyxy[:2], include.box.xyxy[2:]) if include is not None else ())]
    if all(limit.x1 <= x <= limit.x2 and limit.y1 <= y <= limit.y2 for x, y in corners):
        return box, limit
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    wide = Box(min(box.x1, *xs), min(box.y1, *ys), max(box.x2, *xs), max(box.y2, *ys))
    return wide, everywhere


def spread_points(mask: Mask, count: int) -> Points:
    """Points deep inside a mask and far from each other: the first is the peak of its distance
    transform, so it never lies beside a bent or hollow shape; (x, y) in picture pixels."""
    depth = _depth(mask.crop)
    rows, columns = np.nonzero(depth >= depth.max() / 2)
    first = np.unravel_index(int(depth.argmax()), depth.shape)
    chosen = [(int(first[1]), int(first[0]))]
    gap = np.hypot(columns - chosen[0][0], rows - chosen[0][1])
    while len(chosen) < count and gap.max() > 2 * depth.max():
        far = int(gap.argmax())
        chosen.append((int(columns[far]), int(rows[far])))
        gap = np.minimum(gap, np.hypot(columns - chosen[-1][0], rows - chosen[-1][1]))
    return tuple((mask.x + x + 0.5, mask.y + y + 0.5) for x, y in chosen)


def _depth(crop: HardMask) -> Floats:
    """Distance in pixels to the nearest pixel outside, also outside the crop."""
    padded = np.pad(crop, 1).astype(np.uint8)
    return cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1].astype(np.float32)


def deepest_point(question: Question) -> tuple[float, float] | None:
    """A point to ask for when the box alone found nothing: as far as can be from the box's rim and
    from everything marked as beside the thing. None where nothing of the box is left."""
    x1, y1, x2, y2 = question.box.pixels(question.extent) if question.box is not None else question.limit
    free = np.ones((y2 - y1, x2 - x1), np.bool_)
    for x, y in question.negative:
        cv2.circle(free.view(np.uint8), (int(x) - x1, int(y) - y1), max(1, min(free.shape) // 8), (0,), cv2.FILLED)
    if question.exclude is not None:
        free &= ~question.exclude.full()[y1:y2, x1:x2]
    if not free.any():
        return None
    return spread_points(Mask(question.extent, x1, y1, free), 1)[0]


def rough_logits(question: Question, frame: Frame, side: int) -> Floats | None:
    """A solidly painted mask as the model's mask prompt (side, side); None for thin strokes."""
    include = question.include
    if include is None or include.area < _SOLID * include.crop.size:
        return None
    return ((frame.shrunk(include, side) > 0.5) * 2 - 1).astype(np.float32) * _SURE


def painted_logits(logits: Floats, question: Question, frame: Frame) -> Floats:
    """The model's own answer (side, side) with the strokes in it, to be its next mask prompt."""
    mended = np.clip(logits, -2 * _SURE, 2 * _SURE)
    for stroke, value in ((question.include, _SURE), (question.exclude, -_SURE)):
        if stroke is not None:
            mended[frame.shrunk(stroke, logits.shape[0]) > 0.25] = value
    return mended


def pixels_of(points: Sequence[tuple[float, float]]) -> npt.NDArray[np.intp]:
    """Points as whole pixels (N, 2): x, y."""
    return np.asarray(points, np.float64).reshape(-1, 2).astype(np.intp)
