"""From the model's answers to masks of the picture: cleaned, bounded, ranked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ...core.freeze import Frozen
from ...core.geometry import Box
from ...core.masks import HardMask, Mask
from ...ports import MaskCandidate
from .frame import Floats, Frame, Window
from .question import Points, Question, pixels_of

_PART = 0.25
"""Inside a box a part of this share of the largest one stays: a dog behind a post has two."""
_HOLE = 0.05
"""Holes up to this share of the mask are filled; a larger one is the handle of a cup."""
_LAST_RESORT = 0.05
_DISC = 0.02


@dataclass(frozen=True, eq=False, slots=True)
class Answer(Frozen):
    """What the decoder says: ``logits`` (N, side, side) over the input, ``quality`` (N,) its own
    guess of each mask's intersection over union with the truth."""

    logits: Floats
    quality: Floats

    @property
    def best(self) -> Floats:
        """The logits that the model believes in most."""
        return self.logits[int(self.quality.argmax())]


def candidates(answer: Answer, question: Question, frame: Frame) -> tuple[MaskCandidate, ...]:
    """Non-empty masks without doubles, best first by predicted quality and agreement with the prompt."""
    found = list(_masks(answer, question, frame))
    kept: list[MaskCandidate] = []
    for candidate in sorted(found, key=lambda c: -c.quality):
        if not any(candidate.mask.same_as(other.mask) for other in kept):
            kept.append(candidate)
    return tuple(kept)


def last_resort(question: Question) -> MaskCandidate:
    """Where the model finds nothing: what was painted, a disc under each click, or the box itself."""
    full = np.zeros(question.extent.shape, np.bool_)
    if question.positive:
        radius = max(1, round(_DISC * question.extent.longest))
        for x, y in pixels_of(question.positive):
            cv2.circle(full.view(np.uint8), (int(x), int(y)), radius, (1,), cv2.FILLED)
    elif question.include is None and question.box is not None:
        full = Mask.of_box(question.box, question.extent).full()
    obeyed = Mask.of(_obeying(full, question, Window(0, 0, *question.extent)))
    whole = obeyed if obeyed.area else Mask.of_box(question.box or Box.whole(question.extent), question.extent)
    return MaskCandidate(whole, _LAST_RESORT)


def _masks(answer: Answer, question: Question, frame: Frame) -> Iterator[MaskCandidate]:
    for logits, quality in zip(answer.logits, answer.quality, strict=True):
        window = frame.reach(logits).within(question.limit)
        if question.include is not None:
            painted = Window(*(int(v) for v in question.include.box.xyxy))
            window = painted if window.empty else window.joined(painted)
        if window.empty:
            continue
        crop = _cleaned(_obeying(frame.enlarged(logits, window), question, window), question, window)
        mask = Mask.of(_placed(crop, window, question))
        if mask.area:
            yield MaskCandidate(mask, _belief(float(quality), mask, question))


def _obeying(crop: HardMask, question: Question, window: Window) -> HardMask:
    """With what was painted in it and without what was painted out."""
    rows, columns = slice(window.y1, window.y2), slice(window.x1, window.x2)
    if question.include is not None:
        crop = crop | question.include.full()[rows, columns]
    if question.exclude is not None:
        crop = crop & ~question.exclude.full()[rows, columns]
    return crop


def _cleaned(crop: HardMask, question: Question, window: Window) -> HardMask:
    return _filled(_main_parts(crop, question, window), question, window)


def _main_parts(crop: HardMask, question: Question, window: Window) -> HardMask:
    """The parts that were clicked or painted, else the largest one; inside a box also those of a
    quarter of the largest one's size."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(crop.astype(np.uint8), connectivity=8)
    if count <= 2:
        return crop
    area = stats[:, cv2.CC_STAT_AREA].copy()
    area[0] = 0
    marked = _under(labels, question.positive, window)
    if question.include is not None:
        marked |= set(np.unique(labels[question.include.full()[window.y1 : window.y2, window.x1 : window.x2]]))
    kept = {int(label) for label in marked if label} or {int(area.argmax())}
    if question.box is not None:
        least = _PART * max(area[label] for label in kept)
        kept |= {label for label in range(1, count) if area[label] >= least}
    return _of_labels(labels, kept, count)


def _filled(crop: HardMask, question: Question, window: Window) -> HardMask:
    """Small holes closed, but none that a person marked as beside the thing."""
    outside = np.pad(~crop, 1, constant_values=True).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(outside, connectivity=4)
    if count <= 2:
        return crop
    surroundings = int(labels[0, 0])
    labels = labels[1:-1, 1:-1]
    area = stats[:, cv2.CC_STAT_AREA]
    most = _HOLE * np.count_nonzero(crop)
    open_ = {0, surroundings} | _under(labels, question.negative, window)
    if question.exclude is not None:
        open_ |= set(np.unique(labels[question.exclude.full()[window.y1 : window.y2, window.x1 : window.x2]]))
    holes = [label for label in range(1, count) if area[label] <= most and label not in open_]
    return crop | _of_labels(labels, holes, count) if holes else crop


def _of_labels(labels: np.ndarray, chosen: Iterable[int], count: int) -> HardMask:
    """Where one of the chosen labels is; by table, which on large pictures is faster than comparing."""
    wanted = np.zeros(count, np.bool_)
    wanted[list(chosen)] = True
    return wanted[labels]


def _under(labels: np.ndarray, points: Points, window: Window) -> set[int]:
    """The labels of a window's pixels under the points that lie in it."""
    inside = [
        (x - window.x1, y - window.y1)
        for x, y in pixels_of(points)
        if window.x1 <= x < window.x2 and window.y1 <= y < window.y2
    ]
    return {int(labels[y, x]) for x, y in inside}


def _placed(crop: HardMask, window: Window, question: Question) -> HardMask:
    full = np.zeros(question.extent.shape, np.bool_)
    full[window.y1 : window.y2, window.x1 : window.x2] = crop
    return full


def _belief(quality: float, mask: Mask, question: Question) -> float:
    """[0, 1]: predicted quality, less where the mask's box differs from the box asked for, and
    less for every click that it disobeys."""
    fit = mask.box.iou(question.box) if question.box is not None else 1.0
    obeyed = [_holds(mask, point) for point in question.positive]
    obeyed += [not _holds(mask, point) for point in question.negative]
    heard = (1 + sum(obeyed)) / (1 + len(obeyed))
    return float(np.clip(quality, 0, 1)) * (1 + fit) / 2 * heard


def _holds(mask: Mask, point: Sequence[float]) -> bool:
    x, y = int(point[0]) - mask.x, int(point[1]) - mask.y
    return 0 <= x < mask.crop.shape[1] and 0 <= y < mask.crop.shape[0] and bool(mask.crop[y, x])
