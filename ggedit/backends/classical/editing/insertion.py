"""Putting in a thing whose pixels come from this picture or from the person's shelf."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ....core.errors import BadInput
from ....core.events import EditProgress
from ....core.geometry import Box
from ....core.plan import Insert, Replace
from ....core.result import StepOutcome
from ....ports import Cutout, EditJob
from ..oklab import from_oklab, to_oklab
from ..windows import Rgb, Window
from .contact import USUAL_DARKNESS, measure_contact
from .cutouts import Piece, Placed, is_cut_by_border, place_in, stand_at, take_source
from .jobs import need_mask
from .moves import CUT_OFF, put_down
from .removal import clear_place

_LIGHTNESS_MATCH = 0.35
_COLOUR_MATCH = 0.30
_NEAR = 0.5


def run_insert(job: EditJob) -> Iterator[EditProgress | StepOutcome]:
    """Put the source into the step's box, with its own proportions, standing on the box's foot.

    Raises:
        BadInput: the source has no pixels.
    """
    step = job.step
    assert isinstance(step, Insert)
    source = _need_source(job)
    yield EditProgress(0.1, f"Cutting out {source.name}")
    placed = place_in(take_source(source), step.box)
    yield EditProgress(0.8, f"Putting in {step.label}")
    placed = _matched(job, placed, source, job.picture.pixels)
    yield put_down(job, placed, darkness=_darkness(job, source), warnings=_warnings(source))


def run_replace(job: EditJob) -> Iterator[EditProgress | StepOutcome]:
    """Remove the old thing and put the source in its place, at its size, on its foot."""
    step = job.step
    assert isinstance(step, Replace)
    source, box = _need_source(job), need_mask(job).box
    yield EditProgress(0.02, f"Cutting out {source.name}")
    piece = take_source(source)
    clearing = yield from clear_place(job)
    yield EditProgress(0.95, f"Putting in {step.label}")
    placed = stand_at(piece.scaled(_factor(piece, box)), box.center[0], box.y2)
    placed = _matched(job, placed, source, job.picture.pixels)
    darkness = measure_contact(job.picture.pixels, need_mask(job))
    yield put_down(job, placed, darkness=darkness, clearing=clearing, warnings=_warnings(source))


def _need_source(job: EditJob) -> Cutout:
    if job.source is None:
        raise BadInput("There are no pixels to put in: choose an object of the picture or a cut-out.")
    return job.source


def _factor(piece: Piece, box: Box) -> float:
    """The scale at which the new thing takes about the old one's room, whatever its proportions."""
    body = piece.body
    return float(np.sqrt((box.width / body.width) * (box.height / body.height)))


def _darkness(job: EditJob, source: Cutout) -> float:
    """The source's own contact shadow where it stands in a picture, else a usual one."""
    return USUAL_DARKNESS if source.mask is None else measure_contact(source.picture.pixels, source.mask)


def _warnings(source: Cutout) -> tuple[str, ...]:
    return (CUT_OFF,) if source.mask is not None and is_cut_by_border(source.mask) else ()


def _matched(job: EditJob, placed: Placed, source: Cutout, pixels: Rgb) -> Placed:
    """A stranger's light brought nearer to that of its new surroundings; a copy keeps its own."""
    if source.mask is not None and source.picture.extent == job.picture.extent:
        return placed
    patch = placed.patch(job.picture.extent)
    if patch is None:
        return placed
    height, width = patch.alpha.shape
    margin = round(_NEAR * max(height, width))
    near = Window(patch.x, patch.y, patch.x + width, patch.y + height).padded(margin, job.picture.extent)
    around = to_oklab(near.of(pixels)[:: max(1, near.height // 256), :: max(1, near.width // 256)])
    own = to_oklab(placed.piece.pixels)
    shift = around.reshape(-1, 3).mean(axis=0) - own[placed.piece.alpha >= 0.5].mean(axis=0)
    own[..., 0] += np.float32(_LIGHTNESS_MATCH * shift[0])
    own[..., 1:] += _COLOUR_MATCH * shift[1:]
    return replace(placed, piece=Piece(from_oklab(own), placed.piece.alpha))
