"""A person's corrections, as data.

A correction replaces one cell, or asks for it to be made anew, and empties the cells to its
right. It also stays in ``Turn.corrections``; ``amend.py`` says what each one does.
"""

from __future__ import annotations

from dataclasses import dataclass

from .errors import BadInput
from .freeze import Frozen
from .geometry import Box
from .masks import Mask
from .options import EditOptions
from .plan import EditPlan, EditStep, step_kind, step_node
from .scene import Edge, Node
from .stage import Stage


@dataclass(frozen=True, slots=True)
class EditText(Frozen):
    """Another instruction in the place of this one."""

    text: str


@dataclass(frozen=True, slots=True)
class AddBox(Frozen):
    """A thing the detector missed. ``id`` is given by ``apply`` where it is empty."""

    label: str
    box: Box
    id: str = ""


@dataclass(frozen=True, slots=True)
class MoveBox(Frozen):
    id: str
    box: Box


@dataclass(frozen=True, slots=True)
class DropBox(Frozen):
    id: str


@dataclass(frozen=True, slots=True)
class RenameBox(Frozen):
    id: str
    label: str


@dataclass(frozen=True, slots=True)
class ChooseCandidates(Frozen):
    """The clause's target means exactly these."""

    clause: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClickPoint(Frozen):
    """A click that says "this belongs to it" or "this does not", in picture pixels."""

    id: str
    x: float
    y: float
    positive: bool = True


@dataclass(frozen=True, slots=True)
class PickMask(Frozen):
    """Another of the segmenter's candidates: 0 is the first alternative."""

    id: str
    candidate: int


@dataclass(frozen=True, eq=False, slots=True)
class PaintMask(Frozen):
    """Brush pixels added to a mask (``include``) or erased from it."""

    id: str
    stroke: Mask
    include: bool = True


@dataclass(frozen=True, eq=False, slots=True)
class ImportMask(Frozen):
    """A mask made elsewhere in the place of the segmenter's."""

    id: str
    mask: Mask


@dataclass(frozen=True, slots=True)
class AddNode(Frozen):
    node: Node


@dataclass(frozen=True, slots=True)
class EditNode(Frozen):
    """What the thing really is; id and box stay."""

    id: str
    label: str
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TeachNode(Frozen):
    """The name under which the thing's looks were learned; "" forgets it."""

    id: str
    concept: str


@dataclass(frozen=True, slots=True)
class DropNode(Frozen):
    id: str


@dataclass(frozen=True, slots=True)
class EditEdge(Frozen):
    """The relation between two things as it really is; ``relation`` "" deletes the edge."""

    edge: Edge


@dataclass(frozen=True, slots=True)
class StepRef(Frozen):
    """A plan's step by place, and what stood there when the person pointed at it."""

    index: int
    kind: str
    node: str | None = None

    @classmethod
    def of(cls, plan: EditPlan, index: int) -> StepRef:
        """Raises BadInput: the plan has no such step."""
        step = plan_step(plan, index)
        return cls(index, step_kind(step), step_node(step))


@dataclass(frozen=True, slots=True)
class EditStepChange(Frozen):
    """Another step in the place of this one."""

    ref: StepRef
    step: EditStep


@dataclass(frozen=True, slots=True)
class DropStep(Frozen):
    ref: StepRef


@dataclass(frozen=True, slots=True)
class AddStep(Frozen):
    """One more step at the end."""

    step: EditStep


@dataclass(frozen=True, slots=True)
class ReorderSteps(Frozen):
    """Step ``order[i]`` comes i-th."""

    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Reseed(Frozen):
    """Run the edit again with another seed or another way of doing it."""

    seed: int
    variant: int = 0


@dataclass(frozen=True, slots=True)
class Tune(Frozen):
    """Run the edit with other options of the generating editor."""

    options: EditOptions


DetectCorrection = AddBox | MoveBox | DropBox | RenameBox
SegmentCorrection = ClickPoint | PickMask | PaintMask | ImportMask
RelateCorrection = AddNode | EditNode | TeachNode | DropNode | EditEdge
PlanCorrection = EditStepChange | DropStep | AddStep | ReorderSteps
Correction = (
    EditText
    | DetectCorrection
    | ChooseCandidates
    | SegmentCorrection
    | RelateCorrection
    | PlanCorrection
    | Reseed
    | Tune
)

_STAGE_OF: dict[type, Stage] = {
    EditText: Stage.PARSE,
    **dict.fromkeys((AddBox, MoveBox, DropBox, RenameBox), Stage.DETECT),
    ChooseCandidates: Stage.SELECT,
    **dict.fromkeys((ClickPoint, PickMask, PaintMask, ImportMask), Stage.SEGMENT),
    **dict.fromkeys((AddNode, EditNode, TeachNode, DropNode, EditEdge), Stage.RELATE),
    **dict.fromkeys((EditStepChange, DropStep, AddStep, ReorderSteps), Stage.PLAN),
    **dict.fromkeys((Reseed, Tune), Stage.EDIT),
}


def stage_of(correction: Correction) -> Stage:
    """The stage whose cell it changes."""
    return _STAGE_OF[type(correction)]


def plan_step(plan: EditPlan, index: int) -> EditStep:
    """Raises BadInput: the plan has no such step."""
    if not 0 <= index < len(plan.steps):
        raise BadInput(f"The plan has no step {index + 1}.")
    return plan.steps[index]
