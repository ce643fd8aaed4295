"""What the browser may send from the scene graph."""

from __future__ import annotations

from typing import Annotated, Literal

from gradio.data_classes import GradioModel
from pydantic import ConfigDict, Field

from .letter_parts import Edit, FourNumbers, Id, Name, Text

MAX_GRAPH_CHARS = 400_000


class FixNode(Edit):
    kind: Literal["fix_node"]
    id: Id
    label: Name
    attributes: Annotated[list[Name], Field(max_length=20)] = Field(default_factory=list)


class FixDropNode(Edit):
    kind: Literal["fix_drop_node"]
    id: Id


class FixAddNode(Edit):
    """A thing that was spoken of or seen by the person, and has no box yet."""

    kind: Literal["fix_add_node"]
    label: Name
    attributes: Annotated[list[Name], Field(max_length=20)] = Field(default_factory=list)


class ConfirmNode(Edit):
    """A thing that was not found is in this box, or where it was proposed."""

    kind: Literal["confirm_node"]
    id: Id
    box: FourNumbers | None = None


class LearnThing(Edit):
    """Learn how the thing looks, so that later steps can draw it again."""

    kind: Literal["learn"]
    id: Id


class BringIn(Edit):
    """The text of SGEdit's own scene graph file."""

    kind: Literal["bring_in"]
    text: Annotated[str, Field(max_length=MAX_GRAPH_CHARS)]


class FixEdge(Edit):
    """``relation`` "" deletes the edge."""

    kind: Literal["fix_edge"]
    subject: Id
    object: Id
    relation: Name


class GraphChange(GradioModel):
    """One wish: what should become of a node."""

    model_config = ConfigDict(extra="forbid")
    wish: Literal["remove", "replace", "restyle", "relate", "insert"]
    node: Name = ""
    label: Name = ""
    relation: Name = ""
    anchor: Name = ""


class AskGraph(Edit):
    kind: Literal["ask_graph"]
    changes: Annotated[list[GraphChange], Field(min_length=1, max_length=50)]


class AskLines(Edit):
    """Changes as SGEdit modification lines."""

    kind: Literal["ask_lines"]
    text: Text
