"""Run the plan: one picture threaded through its steps, composited so that nothing else changes."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass, field, replace

import numpy as np

from ..core.compositing import composite, grown
from ..core.detections import name_in
from ..core.errors import PlanRejected, StageError
from ..core.events import EditProgress
from ..core.masks import HardMask, Mask, grow
from ..core.options import EditOptions
from ..core.picture import Picture
from ..core.plan import (
    Background,
    CopyOf,
    EditPlan,
    EditStep,
    FromShelf,
    Insert,
    Remove,
    Replace,
    Restyle,
    check,
    grow_px_of,
    step_box,
    step_kind,
    step_node,
)
from ..core.result import EditResult, StepOutcome, StepReport
from ..core.scene import SceneGraph
from ..core.turn import Turn
from ..ports import Chosen, Cutout, EditJob, Editor, Partner, Shelf
from .routing import EditorTable, Route

_SEED_STRIDE = 0x9E3779B1
"""Odd, so that the steps of one plan get different seeds (2**32 / golden ratio)."""


@dataclass
class _Canvas:
    """The picture between two steps, where each thing stood at first and stands by now, and the concept that
    it was learned as."""

    source: Picture
    pixels: np.ndarray
    originals: dict[str, Mask]
    masks: dict[str, Mask]
    changed: HardMask
    concepts: dict[str, str | None] = field(default_factory=dict)
    reports: list[StepReport] = field(default_factory=list)


def edit(turn: Turn, editor: Chosen[Editor] | EditorTable, shelf: Shelf) -> Generator[EditProgress, None, EditResult]:
    """Yield progress, return the result. Closing the generator cancels the running step.

    Raises:
        PlanRejected: the plan has problems, or nothing to do.
    """
    assert turn.plan is not None and turn.masks is not None and turn.scene is not None
    steps = checked_steps(turn.plan, turn.scene, turn.picture)
    picture = turn.picture
    masks = dict(zip(turn.masks.ids, turn.masks.items, strict=True))
    canvas = _Canvas(picture, picture.pixels, masks, dict(masks), np.zeros(picture.extent.shape, np.bool_))
    canvas.concepts = {node.id: node.concept for node in turn.scene.nodes}
    table = editor if isinstance(editor, EditorTable) else EditorTable(editor)
    for number, step in enumerate(steps):
        seed = (turn.seed + number * _SEED_STRIDE) % 2**32
        job = make_job(canvas, tuned(step, turn.options), shelf, seed=seed, variant=turn.variant)
        job = replace(job, options=turn.options)
        yield from _run_step(canvas, job, table.route(step), number=number, steps=len(steps))
    if np.array_equal(canvas.pixels, picture.pixels):
        canvas.changed[:] = False
    return EditResult(picture.with_pixels(canvas.pixels), Mask.of(canvas.changed), tuple(canvas.reports))


def checked_steps(plan: EditPlan, scene: SceneGraph, picture: Picture) -> tuple[EditStep, ...]:
    """The steps that will run.

    Raises:
        PlanRejected: with all problems, or with the refusals where nothing is left to do.
    """
    problems = check(plan, scene, picture.extent)
    if problems:
        raise PlanRejected(problems)
    if not plan.active:
        said = tuple(refusal.sentence for refusal in plan.refusals)
        raise PlanRejected(said or ("The plan has no step to run: switch one on, or ask for something.",))
    return plan.active


def tuned(step: EditStep, options: EditOptions) -> EditStep:
    """The step with the strength and the feather that the person set for the whole request."""
    said = {name: value for name, value in options.said.items() if name in {"strength", "feather_px"}}
    return replace(step, **said) if said else step


def make_job(canvas: _Canvas, step: EditStep, shelf: Shelf, *, seed: int, variant: int) -> EditJob:
    """Everything the editor needs for one step on the picture as it stands."""
    mask = _mask_of(canvas, step)
    mine = set(step.keep) if isinstance(step, Background) else {step_node(step)}
    others = [m for id_, m in canvas.masks.items() if id_ not in mine]
    protect = _minus(Mask.union(others, canvas.source.extent), mask) if others else None
    clear = [m for m in others if not _near(m, mask)]
    return EditJob(
        picture=canvas.source.with_pixels(canvas.pixels),
        step=step,
        mask=mask,
        protect=protect,
        apart=Mask.union(clear, canvas.source.extent) if clear else None,
        source=_cutout(canvas, step, shelf),
        partners=tuple(
            Partner(name_in(id_), canvas.masks[id_], canvas.concepts.get(id_))
            for id_ in step.together
            if id_ in canvas.masks
        ),
        seed=seed,
        variant=variant,
    )


def _mask_of(canvas: _Canvas, step: EditStep) -> Mask | None:
    extent = canvas.source.extent
    if isinstance(step, Background):
        return Mask.union((canvas.masks[id_] for id_ in step.keep if id_ in canvas.masks), extent)
    node = step_node(step)
    if node is None:
        return None
    if node not in canvas.masks:
        raise PlanRejected((f"{node!r} has no mask: click it in the picture.",))
    return canvas.masks[node]


def _near(other: Mask, mask: Mask | None) -> bool:
    """Whether two things touch, or nearly: within a fiftieth of the picture's longer side."""
    if mask is None or not mask.area:
        return False
    wide = grown(mask, max(2, mask.extent.longest // 50))
    return bool((wide.full()[other.rows, other.columns] & other.crop).any())


def _minus(mask: Mask, taken: Mask | None) -> Mask:
    if taken is None or not mask.area:
        return mask
    full = mask.full()
    full[taken.rows, taken.columns] &= ~taken.crop
    return Mask.of(full)


def _cutout(canvas: _Canvas, step: EditStep, shelf: Shelf) -> Cutout | None:
    """The new thing's pixels; a copy is taken from the picture as it was before the plan."""
    source = step.source if isinstance(step, Insert | Replace) else None
    if isinstance(source, FromShelf):
        return shelf.take(source.name)
    if isinstance(source, CopyOf):
        return Cutout(source.node, canvas.source, canvas.originals[source.node])
    return None


def _run_step(
    canvas: _Canvas, job: EditJob, route: Route, *, number: int, steps: int
) -> Generator[EditProgress, None, None]:
    began = time.perf_counter()
    outcome: StepOutcome | None = None
    for event in route.editor.use.edit(job):
        if isinstance(event, StepOutcome):
            outcome = event
        else:
            yield replace(event, step=number, steps=steps)
    if outcome is None:
        raise StageError(f"The editor {route.editor.name!r} ended without a result.")
    allowed = allowed_region(job, outcome)
    pixels, changed = composite(canvas.pixels, outcome.patches, allowed)
    canvas.pixels = pixels
    canvas.changed |= changed
    _carry(canvas, job.step, outcome)
    canvas.reports.append(_report(job, outcome, route, number=number, began=began, changed_px=int(changed.sum())))


def _report(
    job: EditJob, outcome: StepOutcome, route: Route, *, number: int, began: float, changed_px: int
) -> StepReport:
    return StepReport(
        step=number,
        kind=step_kind(job.step),
        backend=route.editor.name,
        tier=route.editor.tier.value,
        seed=job.seed,
        seconds_s=round(time.perf_counter() - began, 3),
        changed_px=changed_px,
        shadow=outcome.shadow,
        moved=outcome.moved,
        warnings=outcome.warnings,
        why=route.why,
        settings=outcome.settings,
    )


def allowed_region(job: EditJob, outcome: StepOutcome) -> HardMask | None:
    """Where a step may change pixels, bool (H, W): mask, destination and partners, grown and
    feathered, and the reported shadow. None = everywhere (a look for the whole picture)."""
    step, extent = job.step, job.picture.extent
    rim = grow_px_of(step, extent) + step.feather_px
    if isinstance(step, Restyle) and step.node is None:
        return None
    if isinstance(step, Background):
        return _around(job.mask, rim)
    changed = (job.mask, _destination(job), outcome.moved, *(partner.mask for partner in job.partners))
    parts = [grown(part, rim) for part in changed if part is not None]
    if outcome.shadow is not None:
        parts.append(outcome.shadow)
    return Mask.union(parts, extent).full()


def _around(keep: Mask | None, rim: int) -> HardMask | None:
    """Everything but the kept things, whose rim may blend."""
    return None if keep is None or not keep.area else grow(~keep.full(), rim)


def _destination(job: EditJob) -> Mask | None:
    box = step_box(job.step)
    return None if box is None else Mask.of_box(box, job.picture.extent)


def _carry(canvas: _Canvas, step: EditStep, outcome: StepOutcome) -> None:
    """Where things stand after the step."""
    node = step_node(step)
    if isinstance(step, Remove) and node is not None:
        canvas.masks.pop(node, None)
    elif outcome.moved is not None and node is not None and outcome.moved.area and not _makes_copy(step):
        canvas.masks[node] = outcome.moved


def _makes_copy(step: EditStep) -> bool:
    return step_kind(step) == "duplicate"
