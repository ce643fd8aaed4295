"""The scene graph: nodes with their place in the picture, and the edges between them."""

from __future__ import annotations

from ...core.language import Relation
from ...core.scene import Edge, Node
from ...core.turn import Turn
from .words import Json, View, numbers

RELATIONS = tuple(
    relation.value.replace("_", " ")
    for relation in (
        Relation.LEFT_OF,
        Relation.RIGHT_OF,
        Relation.ABOVE,
        Relation.BELOW,
        Relation.ON,
        Relation.INSIDE,
        Relation.IN_FRONT,
        Relation.BEHIND,
        Relation.NEXT_TO,
        Relation.OVERLAPPING,
        Relation.WITH,
    )
)
"""Offered for a new relation; any other words may be typed."""


def graph_view(turn: Turn | None) -> View:
    scene = turn.scene if turn is not None else None
    if turn is None or scene is None:
        return {"nodes": [], "edges": [], "background": "", "relations": list(RELATIONS), "ready": False}
    hues = {id_: number for number, id_ in enumerate(turn.detections.ids if turn.detections else ())}
    width, height = turn.picture.extent
    return {
        "nodes": [_node(node, hues.get(node.id, 0)) for node in scene.nodes],
        "edges": [_edge(edge) for edge in scene.edges],
        "background": scene.background,
        "relations": list(RELATIONS),
        "width": width,
        "height": height,
        "ready": True,
    }


def _node(node: Node, hue: int) -> Json:
    return {
        "id": node.id,
        "label": node.label,
        "attributes": list(node.attributes),
        "kind": node.kind.value,
        "found": node.status == "found",
        "concept": node.concept or "",
        "caption": node.caption,
        "box": None if node.box is None else numbers(node.box),
        "hue": hue,
    }


def _edge(edge: Edge) -> Json:
    return {
        "subject": edge.subject,
        "relation": edge.relation.replace("_", " "),
        "object": edge.object,
        "kind": edge.kind.value,
    }
