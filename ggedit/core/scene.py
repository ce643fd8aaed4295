"""The scene graph, and the changes a person asks of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from .freeze import Frozen
from .geometry import Box


class NodeKind(StrEnum):
    ANIMATE = "animate"
    OBJECT = "object"
    BACKGROUND = "background"


class NodeStatus(StrEnum):
    """``NOT_FOUND``: the thing is spoken of, but no box was found; the person may draw one."""

    FOUND = "found"
    NOT_FOUND = "not_found"


class EdgeKind(StrEnum):
    SPATIAL = "spatial"
    INTERACTION = "interaction"


@dataclass(frozen=True, slots=True)
class Node(Frozen):
    """A thing in the picture. Its id is also its box's and its mask's id.

    ``caption`` says how it looks, ``pose`` what it does ("sitting on a bench"), apart from that.
    A thing that was not found may have a box: where it may be, for the person to confirm.
    """

    id: str
    label: str
    box: Box | None = None
    attributes: tuple[str, ...] = ()
    kind: NodeKind = NodeKind.OBJECT
    caption: str = ""
    concept: str | None = None
    status: NodeStatus = NodeStatus.FOUND
    pose: str = ""

    def __post_init__(self) -> None:
        if self.box is None and self.status is NodeStatus.FOUND and self.kind is not NodeKind.BACKGROUND:
            raise ValueError(f"node {self.id!r} is found but has no box")


@dataclass(frozen=True, slots=True)
class Edge(Frozen):
    """``subject`` stands in ``relation`` ("left of", "holding") to ``object``; both are node ids."""

    subject: str
    relation: str
    object: str
    kind: EdgeKind = EdgeKind.SPATIAL


@dataclass(frozen=True, slots=True)
class SceneGraph(Frozen):
    """Nodes with unique ids, edges between existing nodes, and a word for the background."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    background: str = ""

    def __post_init__(self) -> None:
        ids = [node.id for node in self.nodes]
        if len(set(ids)) != len(ids):
            raise ValueError(f"node ids are not unique: {ids}")
        known = set(ids)
        loose = [e for e in self.edges if e.subject not in known or e.object not in known]
        if loose:
            raise ValueError(f"edges to unknown nodes: {loose}")

    def node(self, id_: str) -> Node | None:
        return next((node for node in self.nodes if node.id == id_), None)

    def without(self, id_: str) -> SceneGraph:
        """The graph after a node and its edges are gone."""
        return replace(
            self,
            nodes=tuple(n for n in self.nodes if n.id != id_),
            edges=tuple(e for e in self.edges if id_ not in (e.subject, e.object)),
        )

    def with_node(self, node: Node) -> SceneGraph:
        """With this node added, or put in the place of the one with its id."""
        if self.node(node.id) is None:
            return replace(self, nodes=(*self.nodes, node))
        return replace(self, nodes=tuple(node if n.id == node.id else n for n in self.nodes))

    def with_edge(self, edge: Edge) -> SceneGraph:
        """With this edge in the place of all others between the same two nodes."""
        pair = (edge.subject, edge.object)
        others = tuple(e for e in self.edges if (e.subject, e.object) != pair)
        return replace(self, edges=(*others, edge))


@dataclass(frozen=True, slots=True)
class RemoveNode(Frozen):
    node: str


@dataclass(frozen=True, slots=True)
class ReplaceNode(Frozen):
    """Turn the thing into another one."""

    node: str
    label: str


@dataclass(frozen=True, slots=True)
class RestyleNode(Frozen):
    """Give the thing an attribute ("blue", "wooden")."""

    node: str
    attribute: str


@dataclass(frozen=True, slots=True)
class RelateNode(Frozen):
    """Bring ``node`` into ``relation`` with ``anchor`` by moving it."""

    node: str
    relation: str
    anchor: str


@dataclass(frozen=True, slots=True)
class InsertNode(Frozen):
    """Add a new thing in ``relation`` to ``anchor`` (a free place without one)."""

    label: str
    relation: str = ""
    anchor: str | None = None


GraphEdit = RemoveNode | ReplaceNode | RestyleNode | RelateNode | InsertNode


def graph_difference(seen: SceneGraph, wanted: SceneGraph) -> tuple[GraphEdit, ...]:
    """The edits that turn the graph as seen into the graph as edited, in a fixed order:
    removals, replacements, new attributes, changed relations, insertions."""
    old = {n.id: n for n in seen.nodes}
    new = {n.id: n for n in wanted.nodes}
    removed = [RemoveNode(i) for i in old if i not in new]
    kept = [(old[i], new[i]) for i in old if i in new]
    replaced = [ReplaceNode(a.id, b.label) for a, b in kept if a.label != b.label]
    restyled = [RestyleNode(b.id, word) for a, b in kept for word in b.attributes if word not in a.attributes]
    fresh = [e for e in wanted.edges if e not in seen.edges]
    related = [RelateNode(e.subject, e.relation, e.object) for e in fresh if e.subject in old]
    inserted = [_insertion(n, fresh) for i, n in new.items() if i not in old]
    return (*removed, *replaced, *restyled, *related, *inserted)


def _insertion(node: Node, edges: list[Edge]) -> InsertNode:
    label = " ".join((*node.attributes, node.label))
    edge = next((e for e in edges if e.subject == node.id), None)
    return InsertNode(label, edge.relation, edge.object) if edge else InsertNode(label)
