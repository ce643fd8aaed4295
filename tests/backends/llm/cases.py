"""Requests and answers for the tests of the backends that ask a language model."""

from __future__ import annotations

import json
from dataclasses import replace

from ggedit.backends.scripted import ScriptedSizePredictor
from ggedit.backends.scripted_answers import planned_step
from ggedit.core.detections import Detections
from ggedit.core.geometry import Box, Extent
from ggedit.core.language import Instruction
from ggedit.core.masks import Mask, Masks
from ggedit.core.scene import Edge, GraphEdit, Node, NodeKind, SceneGraph
from ggedit.core.selection import Selection
from ggedit.ports import PlanRequest
from tests.builders import make_picture

EXTENT = Extent(200, 100)
BOXES = {"cup-1": Box(20, 40, 40, 70), "cup-2": Box(60, 40, 80, 70), "table-1": Box(10, 60, 150, 98)}
NODES = (
    Node("cup-1", "cup", BOXES["cup-1"], ("red",), caption="A red cup."),
    Node("cup-2", "cup", BOXES["cup-2"], ("blue",)),
    Node("table-1", "table", BOXES["table-1"]),
    Node("wall-1", "wall", Box(0, 0, 200, 60), kind=NodeKind.BACKGROUND),
)
SCENE = SceneGraph(NODES, (Edge("cup-1", "on", "table-1"), Edge("cup-2", "on", "table-1")), "a kitchen")


def table_of(phrases: dict[str, str]) -> tuple[Detections, Masks]:
    ids = tuple(phrases)
    boxes = [BOXES[i] for i in ids]
    found = Detections.build(
        extent=EXTENT, xyxy=[b.xyxy for b in boxes], score=[0.9] * len(ids), phrases=list(phrases.values())
    )
    masks = Masks.build({i: Mask.of_box(b, EXTENT) for i, b in zip(ids, boxes, strict=True)})
    return replace(found, ids=ids), masks


def request(
    *edits: GraphEdit, text: str = "", scene: SceneGraph = SCENE, shelf: tuple[str, ...] = (), **changes: object
) -> PlanRequest:
    found, masks = table_of({"cup-1": "cup", "cup-2": "cup", "table-1": "table"})
    plain = PlanRequest(
        picture=make_picture(EXTENT),
        instruction=Instruction(text),
        graph_edits=edits,
        detections=found,
        selection=Selection(()),
        masks=masks,
        scene=scene,
        sizer=ScriptedSizePredictor(),
        shelf=shelf,
    )
    return replace(plain, **changes)


def plan_answer(*steps: dict[str, object], cannot: list[dict[str, str]] | None = None, why: str = "as asked") -> str:
    return json.dumps({"steps": list(steps), "cannot": cannot or [], "why": why})


def thing(id_: str, **changes: object) -> dict[str, object]:
    label = id_.split("-")[0]
    plain = {"id": id_, "label": label, "kind": "object", "attributes": [], "looks": f"A {label}.", "pose": ""}
    return plain | changes


def scene_answer(*things: dict[str, object], **changes: object) -> str:
    plain = {"things": list(things), "relations": [], "background": "a kitchen", "missing": []}
    return json.dumps(plain | changes)


__all__ = ["planned_step"]
