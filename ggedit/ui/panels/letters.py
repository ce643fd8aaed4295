"""What the browser may send: every field typed, bounded and finite. Anything else is refused.

An edit carries the number ``n`` that its outbox gave it. All coordinates are picture pixels.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal

from gradio.data_classes import FileData, GradioModel
from pydantic import ConfigDict, Field

from .graph_letters import (
    AskGraph,
    AskLines,
    BringIn,
    ConfirmNode,
    FixAddNode,
    FixDropNode,
    FixEdge,
    FixNode,
    LearnThing,
)
from .graph_letters import GraphChange as GraphChange
from .letter_parts import MAX_EDITS, Edit, FourNumbers, Id, Ids, Index, Name, Number, Png, Text
from .letter_parts import MAX_PNG_CHARS as MAX_PNG_CHARS


class Open(Edit):
    """An uploaded photo or session archive."""

    kind: Literal["open"]
    file: FileData


class TakeExample(Edit):
    kind: Literal["example"]
    name: Id


class AddBoxEdit(Edit):
    """A drawn box; with ``clause`` it is what that clause means."""

    kind: Literal["add_box"]
    label: Name
    box: FourNumbers
    clause: Index | None = None


class AddByClick(Edit):
    kind: Literal["add_by_click"]
    x: Number
    y: Number
    clause: Index | None = None


class MoveBoxEdit(Edit):
    kind: Literal["move_box"]
    id: Id
    box: FourNumbers


class DropBoxEdit(Edit):
    kind: Literal["drop_box"]
    id: Id


class RenameBoxEdit(Edit):
    kind: Literal["rename_box"]
    id: Id
    label: Name


class Choose(Edit):
    kind: Literal["choose"]
    clause: Index
    ids: Ids


class Click(Edit):
    kind: Literal["click"]
    id: Id
    x: Number
    y: Number
    positive: bool = True


class Paint(Edit):
    """A stroke: the alpha of ``png`` is the paint, stretched over ``box``. With ``fresh`` it is
    the whole mask: what was there was cleared first."""

    kind: Literal["paint"]
    id: Id
    include: bool
    box: FourNumbers
    png: Png
    fresh: bool = False


class PickMaskEdit(Edit):
    kind: Literal["pick_mask"]
    id: Id
    candidate: Index


class Reshape(Edit):
    kind: Literal["reshape"]
    id: Id
    how: Literal["grow", "shrink", "fill", "invert", "reset"]


class ImportMaskEdit(Edit):
    kind: Literal["import_mask"]
    id: Id
    png: Png


class Shelve(Edit):
    """Keep the thing as a cut-out on the visitor's shelf; without ``id`` the one of that name is
    taken off it."""

    kind: Literal["shelve"]
    name: Annotated[str, Field(min_length=1, max_length=80)]
    id: Id | None = None


class MovePlace(Edit):
    """The destination of a plan's step was dragged."""

    kind: Literal["move_place"]
    index: Index
    box: FourNumbers


class AskEdit(Edit):
    """The instruction; in place of one that was not run yet, whose boxes and masks stay."""

    kind: Literal["ask"]
    text: Text


class StepFields(GradioModel):
    """The fields of a plan's step that a person may change; absent ones stay."""

    model_config = ConfigDict(extra="forbid")
    enabled: bool | None = None
    prompt: Text | None = None
    negative: Text | None = None
    strength: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)] | None = None
    grow_px: Annotated[int, Field(ge=0, le=500)] | None = None
    feather_px: Annotated[int, Field(ge=0, le=200)] | None = None
    look: Name | None = None
    label: Name | None = None
    factor: Annotated[float, Field(ge=0.1, le=8, allow_inf_nan=False)] | None = None
    axis: Literal["horizontal", "vertical"] | None = None


class ChangeStep(Edit):
    kind: Literal["change_step"]
    index: Index
    step: Id
    node: Id | None = None
    fields: StepFields


class DropStepEdit(Edit):
    kind: Literal["drop_step"]
    index: Index
    step: Id
    node: Id | None = None


class Reorder(Edit):
    kind: Literal["reorder"]
    order: Annotated[list[Index], Field(max_length=200)]


class Run(Edit):
    """Carry out the plan, with this seed, in this many ways."""

    kind: Literal["run"]
    seed: Annotated[int, Field(ge=0, lt=2**32)] | None = None
    variants: Annotated[int, Field(ge=1, le=4)] = 1


class OptionFields(GradioModel):
    """The generating editor's options; absent ones are as the set-up says. Core checks their ranges."""

    model_config = ConfigDict(extra="forbid")
    steps: int | None = None
    guidance: Annotated[float, Field(allow_inf_nan=False)] | None = None
    image_guidance: Annotated[float, Field(allow_inf_nan=False)] | None = None
    guidance_from: Annotated[float, Field(allow_inf_nan=False)] | None = None
    guidance_to: Annotated[float, Field(allow_inf_nan=False)] | None = None
    strength: Annotated[float, Field(allow_inf_nan=False)] | None = None
    blend_start: Annotated[float, Field(allow_inf_nan=False)] | None = None
    feather_px: int | None = None
    variants: int | None = None
    scheduler: Annotated[str, Field(max_length=20)] | None = None
    safety: bool | None = None


class Tune(Edit):
    """How the generating editor should work on this request."""

    kind: Literal["tune"]
    options: OptionFields


class PlanByRules(Edit):
    """The rules plan instead of the language model, from now on."""

    kind: Literal["plan_by_rules"]


class UseChat(Edit):
    """Whether the language model is asked from now on."""

    kind: Literal["use_chat"]
    on: bool


class Stop(Edit):
    kind: Literal["stop"]


class Undo(Edit):
    kind: Literal["undo"]


class Redo(Edit):
    kind: Literal["redo"]


class Keep(Edit):
    """Accept the result."""

    kind: Literal["keep"]


class GoTo(Edit):
    """To a turn of the history; None = the untouched photo."""

    kind: Literal["goto"]
    id: Id | None


class ChooseVariant(Edit):
    kind: Literal["variant"]
    index: Index


class Download(Edit):
    kind: Literal["download"]
    what: Literal["picture", "session", "masks", "mask", "graph", "sg_dict"] = "picture"
    format: Literal["PNG", "JPEG", "WEBP"] = "PNG"
    quality: Annotated[int, Field(ge=1, le=100)] = 92
    id: Id | None = None


class Look(GradioModel):
    """A question that changes nothing; its answer carries the same ``n``.

    box: the part of the picture that is to be sharp.
    pair: two turns to be compared (None = the untouched photo, "draft" = the result that was
        not kept yet) in the place of before and after.
    edge: whose soft edge is wanted.
    """

    model_config = ConfigDict(extra="forbid")
    n: Annotated[int, Field(ge=1, le=2**53)]
    box: FourNumbers | None = None
    pair: Annotated[list[Id | None], Field(min_length=2, max_length=2)] | None = None
    edge: Id | None = None


CanvasEdit = Annotated[
    Open
    | TakeExample
    | AddBoxEdit
    | AddByClick
    | MoveBoxEdit
    | DropBoxEdit
    | RenameBoxEdit
    | Choose
    | Click
    | Paint
    | PickMaskEdit
    | Reshape
    | ImportMaskEdit
    | MovePlace
    | Shelve
    | ConfirmNode
    | Download,
    Field(discriminator="kind"),
]
RequestEdit = Annotated[AskEdit | Choose | Shelve, Field(discriminator="kind")]
PlanEdit = Annotated[
    ChangeStep | DropStepEdit | Reorder | Tune | Run | PlanByRules | UseChat, Field(discriminator="kind")
]
GraphPanelEdit = Annotated[
    FixNode
    | FixAddNode
    | FixDropNode
    | FixEdge
    | ConfirmNode
    | LearnThing
    | BringIn
    | AskGraph
    | AskLines
    | RenameBoxEdit,
    Field(discriminator="kind"),
]
HistoryEdit = Annotated[Undo | Redo | Keep | GoTo | ChooseVariant | Download, Field(discriminator="kind")]


class Letter(GradioModel):
    """All edits of one outbox that the server has not acknowledged, oldest first.

    ``doc`` is the picture they were made on; edits on another one are void.
    """

    model_config = ConfigDict(extra="ignore")
    outbox: Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[\w-]+$")]
    doc: Annotated[str, Field(max_length=64)] | None = None


class CanvasLetter(Letter):
    edits: Annotated[list[CanvasEdit], Field(max_length=MAX_EDITS)] = Field(default_factory=list)
    look: Look | None = None


class RequestLetter(Letter):
    edits: Annotated[list[RequestEdit], Field(max_length=MAX_EDITS)] = Field(default_factory=list)


class PlanLetter(Letter):
    edits: Annotated[list[PlanEdit], Field(max_length=MAX_EDITS)] = Field(default_factory=list)


class GraphLetter(Letter):
    edits: Annotated[list[GraphPanelEdit], Field(max_length=MAX_EDITS)] = Field(default_factory=list)


class ProgressLetter(Letter):
    edits: Annotated[list[Stop], Field(max_length=MAX_EDITS)] = Field(default_factory=list)


class HistoryLetter(Letter):
    edits: Annotated[list[HistoryEdit], Field(max_length=MAX_EDITS)] = Field(default_factory=list)


@cache
def schema_of(model: type[GradioModel]) -> dict[str, Any]:
    """The model's JSON schema. Gradio asks for it at every update of a panel, and making it
    takes longer than most updates do."""
    return model.model_json_schema()
