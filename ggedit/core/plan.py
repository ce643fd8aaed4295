"""The edit plan: one class per kind of step, so that no impossible mixture can be written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from .freeze import Frozen
from .geometry import Box, Extent
from .scene import NodeStatus, SceneGraph


@dataclass(frozen=True, slots=True)
class CopyOf(Frozen):
    """The new thing's pixels come from another object of this picture."""

    node: str


@dataclass(frozen=True, slots=True)
class FromShelf(Frozen):
    """The new thing's pixels come from a cut-out on the person's shelf, by its name."""

    name: str


CutoutSource = CopyOf | FromShelf
"""Where a new thing's pixels come from; None means that the editor must invent them."""


class FlipAxis(StrEnum):
    HORIZONTAL = "horizontal"
    VERTICAL = "vertical"


@dataclass(frozen=True, kw_only=True, slots=True)
class StepBase(Frozen):
    """What every step has.

    prompt, negative: text for a generating editor.
    strength: [0, 1], 1 = ignore the old pixels.
    concept: name of a learned concept, if any.
    grow_px, feather_px: how far the mask is grown before, and blended at, its rim;
        grow_px None = the editor's own default for this kind of step and picture size.
    reason: why this step is in the plan, one sentence for the person.
    together: other nodes that are drawn anew with the thing because the two interact (the horse
        that is ridden); all others are kept.
    enabled: a step that is switched off stays in the plan and is skipped.
    """

    prompt: str = ""
    negative: str = ""
    strength: float = 1.0
    concept: str | None = None
    grow_px: int | None = None
    feather_px: int = 2
    reason: str = ""
    enabled: bool = True
    together: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Remove(StepBase):
    """Take the thing away and fill the hole."""

    node: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Insert(StepBase):
    """Put a new thing into ``box``."""

    box: Box
    label: str
    source: CutoutSource | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Replace(StepBase):
    """Put a new thing in the place of an old one."""

    node: str
    label: str
    source: CutoutSource | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Restyle(StepBase):
    """Change how a thing looks, or with ``node`` None the whole picture. ``look`` is the
    attribute in words: "blue", "brighter", "sharper", "wooden"."""

    node: str | None = None
    look: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Move(StepBase):
    """Bring the thing into ``box`` (its size may change a little with the place)."""

    node: str
    box: Box


@dataclass(frozen=True, kw_only=True, slots=True)
class Resize(StepBase):
    """Scale the thing by ``factor`` about the middle of its foot (0.1 to 8)."""

    node: str
    factor: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Flip(StepBase):
    """Mirror the thing in place."""

    node: str
    axis: FlipAxis = FlipAxis.HORIZONTAL


@dataclass(frozen=True, kw_only=True, slots=True)
class Duplicate(StepBase):
    """Put a copy of the thing into ``box``."""

    node: str
    box: Box


@dataclass(frozen=True, kw_only=True, slots=True)
class Background(StepBase):
    """Change everything but the ``keep`` things: "blur", "grey", "golden hour", "fog"."""

    look: str
    keep: tuple[str, ...] = ()


EditStep = Remove | Move | Resize | Flip | Restyle | Replace | Duplicate | Insert | Background

STEP_ORDER: tuple[type, ...] = (Remove, Move, Resize, Flip, Restyle, Replace, Duplicate, Insert, Background)
"""The order in which a planner's steps run; a person may reorder them by hand."""


@dataclass(frozen=True, slots=True)
class Refusal(Frozen):
    """A wish that this set-up cannot grant: one sentence that names what could, and the
    instructions it can carry out instead."""

    wish: str
    sentence: str
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EditPlan(Frozen):
    """The steps, in the order in which they run.

    ``why`` sums up the plan for the person; ``author`` is the planner that wrote it.
    """

    steps: tuple[EditStep, ...]
    why: str = ""
    author: str = ""
    refusals: tuple[Refusal, ...] = ()

    @property
    def active(self) -> tuple[EditStep, ...]:
        return tuple(step for step in self.steps if step.enabled)

    def in_order(self) -> EditPlan:
        """Steps sorted by kind as in ``STEP_ORDER``, else as they stand."""
        return replace(self, steps=tuple(sorted(self.steps, key=lambda s: STEP_ORDER.index(type(s)))))


def step_kind(step: EditStep) -> str:
    """The step's kind as a lower-case word: "remove"."""
    return type(step).__name__.lower()


def step_node(step: EditStep) -> str | None:
    """The node that the step changes, if any."""
    return None if isinstance(step, Insert | Background) else step.node


def step_box(step: EditStep) -> Box | None:
    """Where the step brings something to, if it does."""
    return step.box if isinstance(step, Insert | Move | Duplicate) else None


_GROWTH: dict[type, float] = {Restyle: 0.004, Duplicate: 0.008, Insert: 0.008, Background: 0.008}
_GROWTH_OF_REMOVAL = 0.014
"""Shares of the longer side. An anti-aliased rim left beside a hole is copied into it: 1.2 to
1.5 % avoids that on photos; copies need their soft edge only, colour changes a pixel or two."""


def default_grow_px(step: EditStep, extent: Extent) -> int:
    """How far a step's mask is grown, in pixels, where the step leaves ``grow_px`` open."""
    share = _GROWTH.get(type(step), _GROWTH_OF_REMOVAL)
    return max(2, round(share * extent.longest))


def grow_px_of(step: EditStep, extent: Extent) -> int:
    """How far the step's mask is grown, in pixels: what the step says, else the default."""
    return default_grow_px(step, extent) if step.grow_px is None else step.grow_px


def check(plan: EditPlan, graph: SceneGraph, extent: Extent) -> tuple[str, ...]:
    """ALL problems of a plan, as sentences for the person; empty = it can run."""
    problems: list[str] = []
    gone: set[str] = set()
    for number, step in enumerate(plan.steps, start=1):
        if not step.enabled:
            continue
        name = f"Step {number} ({step_kind(step)})"
        problems += [f"{name}: {text}" for text in _problems(step, graph, extent, gone)]
        if isinstance(step, Remove | Replace):
            gone.add(step.node)
    return tuple(problems)


def _problems(step: EditStep, graph: SceneGraph, extent: Extent, gone: set[str]) -> list[str]:
    found = [f"there is no object {n!r} in the scene." for n in _used_nodes(step) if graph.node(n) is None]
    found += [f"{n!r} was not found in the picture; draw a box around it." for n in _boxless(step, graph)]
    found += [f"{n!r} has been removed or replaced by an earlier step." for n in _changed(step) if n in gone]
    box = step_box(step)
    if box is not None and box.intersection(Box.whole(extent)) <= 0:
        found.append("its box lies outside the picture.")
    if not 0 <= step.strength <= 1:
        found.append(f"strength is {step.strength:g}; it must lie between 0 and 1.")
    if (step.grow_px or 0) < 0 or step.feather_px < 0:
        found.append("grow and feather must not be negative.")
    if isinstance(step, Resize) and not 0.1 <= step.factor <= 8:
        found.append(f"the size factor is {step.factor:g}; it must lie between 0.1 and 8.")
    if isinstance(step, Restyle | Background) and not step.look.strip():
        found.append("say what it should look like.")
    if isinstance(step, Insert | Replace) and not step.label.strip():
        found.append("say what the new thing is.")
    return found


def _changed(step: EditStep) -> tuple[str, ...]:
    node = step_node(step)
    return (node,) if node else ()


def _used_nodes(step: EditStep) -> tuple[str, ...]:
    """Node ids the step names: what it changes, copies or keeps."""
    source = step.source if isinstance(step, Insert | Replace) else None
    copied = (source.node,) if isinstance(source, CopyOf) else ()
    kept = step.keep if isinstance(step, Background) else ()
    return (*_changed(step), *copied, *kept, *step.together)


def _boxless(step: EditStep, graph: SceneGraph) -> list[str]:
    nodes = (graph.node(n) for n in _used_nodes(step))
    lost = (node for node in nodes if node is not None and (node.box is None or node.status is NodeStatus.NOT_FOUND))
    return [node.id for node in lost]
