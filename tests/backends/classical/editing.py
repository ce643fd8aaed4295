"""Synthetic scenes with known content, and what an edit stage would do with an outcome."""

from __future__ import annotations

import numpy as np

from ggedit.backends.classical.editor import ClassicalEditor
from ggedit.config import Settings
from ggedit.core.events import EditProgress
from ggedit.core.geometry import Box, Extent
from ggedit.core.masks import HardMask, Mask, grow
from ggedit.core.picture import Picture
from ggedit.core.plan import (
    Background,
    CopyOf,
    Duplicate,
    EditStep,
    Flip,
    FlipAxis,
    FromShelf,
    Insert,
    Move,
    Remove,
    Replace,
    Resize,
    Restyle,
    grow_px_of,
)
from ggedit.core.result import StepOutcome
from ggedit.ports import Cutout, EditJob

EXTENT = Extent(128, 96)
THING = Box(40, 30, 60, 62)
ELSEWHERE = Box(84, 34, 104, 66)

STEPS: dict[str, EditStep] = {
    "remove": Remove(node="thing-1"),
    "move": Move(node="thing-1", box=ELSEWHERE),
    "resize": Resize(node="thing-1", factor=0.6),
    "enlarge": Resize(node="thing-1", factor=1.7),
    "flip": Flip(node="thing-1"),
    "flip vertically": Flip(node="thing-1", axis=FlipAxis.VERTICAL),
    "restyle": Restyle(node="thing-1", look="blue"),
    "blur it": Restyle(node="thing-1", look="blurry"),
    "replace by a copy": Replace(node="thing-1", label="other", source=CopyOf("other-1")),
    "replace from the shelf": Replace(node="thing-1", label="ball", source=FromShelf("ball")),
    "duplicate": Duplicate(node="thing-1", box=ELSEWHERE),
    "insert a copy": Insert(box=ELSEWHERE, label="other", source=CopyOf("other-1")),
    "insert from the shelf": Insert(box=ELSEWHERE, label="ball", source=FromShelf("ball")),
}
"""One step of every masked kind."""

SCENE_STEPS: dict[str, EditStep] = {
    "blur background": Background(look="blur", keep=("thing-1",)),
    "golden hour": Background(look="golden hour", keep=("thing-1",)),
    "rain": Background(look="rain", keep=("thing-1",)),
    "darker picture": Restyle(look="darker"),
}


def make_scene(extent: Extent = EXTENT, *, seed: int = 0, alpha: bool = False) -> Picture:
    """Fine green texture with a red striped thing in ``THING``."""
    random = np.random.default_rng(seed)
    pixels = np.array([70, 110, 60]) + random.integers(-18, 19, (*extent.shape, 1))
    picture = pixels.astype(np.uint8)
    x1, y1, x2, y2 = THING.pixels(extent)
    picture[y1:y2, x1:x2] = (190, 40, 35)
    picture[y1:y2:4, x1:x2] = (230, 90, 70)
    opacity = random.integers(200, 256, extent.shape, dtype=np.uint8) if alpha else None
    return Picture(picture, opacity)


def make_ball() -> Cutout:
    """A yellow disc with a soft alpha, as a shelf keeps it."""
    y, x = np.mgrid[:24, :24] - 11.5
    alpha = np.clip((11 - np.hypot(y, x)) * 255, 0, 255).astype(np.uint8)
    return Cutout("ball", Picture(np.full((24, 24, 3), (230, 200, 40), np.uint8), alpha))


def make_job(step: EditStep, scene: Picture, **changes: object) -> EditJob:
    """The job an edit stage would make of a step on ``make_scene``."""
    mask = None if isinstance(step, Insert) or (isinstance(step, Restyle) and not step.node) else thing_mask(scene)
    source = None
    if isinstance(step, Insert | Replace) and step.source is not None:
        shelf = isinstance(step.source, FromShelf)
        source = make_ball() if shelf else Cutout("other", scene, Mask.of_box(Box(8, 8, 24, 40), scene.extent))
    fields: dict[str, object] = {"picture": scene, "step": step, "mask": mask, "source": source, **changes}
    return EditJob(**fields)  # type: ignore[arg-type]


def thing_mask(picture: Picture) -> Mask:
    return Mask.of_box(THING.clipped(picture.extent), picture.extent)


def run(job: EditJob) -> tuple[StepOutcome, list[EditProgress]]:
    """The editor's one outcome and what it told on the way."""
    events = list(ClassicalEditor(Settings()).edit(job))
    outcomes = [event for event in events if isinstance(event, StepOutcome)]
    assert len(outcomes) == 1 and events[-1] is outcomes[0]
    return outcomes[0], [event for event in events if isinstance(event, EditProgress)]


def paint(picture: Picture, outcome: StepOutcome) -> np.ndarray:
    """The picture with the outcome's patches painted on."""
    canvas = picture.pixels.copy()
    for patch in outcome.patches:
        height, width = patch.alpha.shape
        view = canvas[patch.y : patch.y + height, patch.x : patch.x + width]
        share = patch.alpha[..., None]
        view[:] = np.where(share > 0, np.round(view * (1 - share) + patch.pixels * share), view).astype(np.uint8)
    return canvas


def reach(job: EditJob, outcome: StepOutcome) -> HardMask:
    """Where the contract lets a step change pixels."""
    extent = job.picture.extent
    if isinstance(job.step, Background) and job.mask is not None:
        return grow(~job.mask.full(), grow_px_of(job.step, extent) + job.step.feather_px)
    if isinstance(job.step, Restyle) and job.mask is None:
        return np.ones(extent.shape, np.bool_)
    masks = [mask for mask in (job.mask, outcome.moved) if mask is not None]
    grown = grow(Mask.union(masks, extent).full(), grow_px_of(job.step, extent) + job.step.feather_px)
    return grown if outcome.shadow is None else grown | outcome.shadow.full()
