"""Bringing a thing somewhere else, making it larger or smaller, mirroring and copying it."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import numpy as np

from ....core.events import EditProgress
from ....core.geometry import Extent
from ....core.masks import Mask
from ....core.plan import Duplicate, Flip, Move, Replace, Resize
from ....core.result import Patch, StepOutcome
from ....ports import EditJob
from ..windows import Window
from .contact import make_contact_shadow, measure_cast, measure_contact
from .cutouts import Placed, cut_out, is_cut_by_border, place_in, stand_at
from .jobs import need_mask
from .removal import Clearing, clear_place

CUT_OFF = "The picture's edge cuts the thing off, so its cut side may show."
_SOLID = 0.999

Steps = Generator[EditProgress, None, StepOutcome]


def run_move(job: EditJob) -> Iterator[EditProgress | StepOutcome]:
    """Bring the thing into the step's box and fill the place where it was."""
    step = job.step
    assert isinstance(step, Move)
    yield EditProgress(0.02, "Cutting it out")
    placed = place_in(cut_out(job.picture, need_mask(job)).piece, step.box)
    yield (yield from _rehoused(job, placed))


def run_resize(job: EditJob) -> Iterator[EditProgress | StepOutcome]:
    """Scale the thing about the middle of its foot."""
    step = job.step
    assert isinstance(step, Resize)
    box = need_mask(job).box
    yield EditProgress(0.02, "Cutting it out")
    piece = cut_out(job.picture, need_mask(job)).piece.scaled(step.factor)
    yield (yield from _rehoused(job, stand_at(piece, box.center[0], box.y2)))


def run_flip(job: EditJob) -> Iterator[EditProgress | StepOutcome]:
    """Mirror the thing within its own box."""
    step = job.step
    assert isinstance(step, Flip)
    box = need_mask(job).box
    yield EditProgress(0.02, "Cutting it out")
    piece = cut_out(job.picture, need_mask(job)).piece.mirrored(step.axis)
    yield (yield from _rehoused(job, stand_at(piece, box.center[0], box.y2)))


def run_duplicate(job: EditJob) -> Iterator[EditProgress | StepOutcome]:
    """Put a copy of the thing into the step's box; the thing itself stays."""
    step = job.step
    assert isinstance(step, Duplicate)
    mask = need_mask(job)
    yield EditProgress(0.1, "Cutting out the copy")
    placed = place_in(cut_out(job.picture, mask).piece, step.box)
    yield EditProgress(0.8, "Putting the copy in its place")
    yield put_down(job, placed, darkness=measure_contact(job.picture.pixels, mask), warnings=_edge_warning(mask))


def _rehoused(job: EditJob, placed: Placed) -> Steps:
    """The old place filled, then the thing put down."""
    mask = need_mask(job)
    darkness = measure_contact(job.picture.pixels, mask)
    if _covers(placed, mask):
        return put_down(job, placed, darkness=darkness, warnings=_edge_warning(mask))
    clearing = yield from clear_place(job)
    yield EditProgress(0.95, "Putting it in its new place")
    return put_down(job, placed, darkness=darkness, clearing=clearing, warnings=_edge_warning(mask))


def _covers(placed: Placed, mask: Mask) -> bool:
    """Whether the thing hides every pixel of its old place, soft edge included."""
    window = Window.around(mask, 2)
    patch = placed.patch(mask.extent)
    if patch is None:
        return False
    height, width = patch.alpha.shape
    held = Window(patch.x, patch.y, patch.x + width, patch.y + height).mask(patch.alpha > _SOLID, mask.extent)
    return bool(window.crop(held).all())


def put_down(
    job: EditJob, placed: Placed, *, darkness: float, clearing: Clearing | None = None, warnings: tuple[str, ...] = ()
) -> StepOutcome:
    """The outcome with fill, shadow and thing painted in this order."""
    extent = job.picture.extent
    cast = _carried(job, placed, clearing)
    shadow = cast or make_contact_shadow(placed, darkness, extent)
    patches = (clearing.patch if clearing else None, shadow, placed.patch(extent))
    darkened = [_area(shadow, extent)] if shadow is not None else []
    if clearing is not None and clearing.shadow is not None:
        darkened.append(clearing.shadow)
    return StepOutcome(
        tuple(patch for patch in patches if patch is not None),
        shadow=Mask.union(darkened, extent) if darkened else None,
        moved=placed.mask(extent),
        warnings=(*warnings, *(clearing.warnings if clearing else ())),
    )


def _carried(job: EditJob, placed: Placed, clearing: Clearing | None) -> Patch | None:
    """The thing's own cast shadow, brought along foot to foot; None where it had none or is another thing."""
    if clearing is None or clearing.shadow is None or isinstance(job.step, Replace):
        return None
    mask = need_mask(job)
    old, body = mask.box, placed.piece.body
    factor = body.height / old.height
    cast = measure_cast(job.picture.pixels, clearing.patch, clearing.shadow)
    away_x, away_y = (cast.x - old.center[0]) * factor, (cast.y - old.y2) * factor
    foot_x, foot_y = placed.x + (body.x1 + body.x2) / 2, placed.y + body.y2
    return Placed(cast.piece.scaled(factor), round(foot_x + away_x), round(foot_y + away_y)).patch(mask.extent)


def _area(patch: Patch, extent: Extent) -> Mask:
    """Where a patch paints at all."""
    height, width = patch.alpha.shape
    window = Window(patch.x, patch.y, patch.x + width, patch.y + height)
    return window.mask(np.asarray(patch.alpha > 0), extent)


def _edge_warning(mask: Mask) -> tuple[str, ...]:
    return (CUT_OFF,) if is_cut_by_border(mask) else ()
