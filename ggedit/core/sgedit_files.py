"""SGEdit's scene graph files (``sg_dict.json``, ``sg_dict_updated.json``): reader and writer.

Parallel lists: ``objects`` (names), ``bboxes`` (fractions of width and height: left, top, right,
bottom of the mask's outermost pixels, so that the last pixel is not counted; all zero where
nothing was found), and in the updated file ``desc`` and ``alias``; ``tuples`` are [subject,
relation, object] by name. Modification lines are read by ``modifications``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from .detections import name_ids
from .errors import BadInput
from .freeze import Frozen
from .geometry import Box, Extent
from .relation_words import read_relation
from .scene import Edge, EdgeKind, Node, NodeKind, NodeStatus, SceneGraph

LEAD_IN = "A photo of a <asset0>"
"""Every description starts so; a pose follows for people and animals, a full stop for things."""
_NUMBERED = re.compile(r"^(.+)-(\d+)$")
_DECIMALS = 4
MOST_OBJECTS = 200


class SgDict(TypedDict):
    """SGEdit's document."""

    objects: list[str]
    tuples: list[list[str]]
    bboxes: list[list[float]]
    desc: NotRequired[list[str]]
    alias: NotRequired[list[str]]


@dataclass(frozen=True, slots=True)
class ReadSgDict(Frozen):
    """The graph, and what was mended on the way, in words."""

    graph: SceneGraph
    notes: tuple[str, ...] = ()


def read_sg_dict(document: object, extent: Extent) -> ReadSgDict:
    """The graph in a document of SGEdit's, for a picture of this size.

    Boxes that its editing step left as left, top, width, height are known by a right or lower
    edge that lies before the left or upper one.

    Raises:
        BadInput: not such a document; names what is wrong.
    """
    if not isinstance(document, Mapping) or not isinstance(document.get("objects"), list):
        raise BadInput('This is not SGEdit\'s scene graph: it needs "objects", "tuples" and "bboxes".')
    names = [_text(name, "objects") for name in document["objects"]]
    if not 0 < len(names) <= MOST_OBJECTS:
        raise BadInput(f"The scene graph has {len(names)} objects; 1 to {MOST_OBJECTS} can be read.")
    rows = {key: _column(document, key, len(names)) for key in ("bboxes", "desc", "alias")}
    notes: list[str] = []
    labels = [_NUMBERED.sub(r"\1", name).strip() or name for name in names]
    ids = name_ids(labels)
    nodes = tuple(
        _node(id_, label, {key: column[row] for key, column in rows.items()}, extent=extent, notes=notes)
        for row, (id_, label) in enumerate(zip(ids, labels, strict=True))
    )
    graph = SceneGraph(nodes)
    for triple in _triples(document.get("tuples", [])):
        graph = _with_triple(graph, triple, dict(zip(names, ids, strict=True)), notes)
    return ReadSgDict(graph, tuple(dict.fromkeys(notes)))


def write_sg_dict(graph: SceneGraph, extent: Extent) -> SgDict:
    """The graph as SGEdit writes it. Things of one name are told apart by their ids, which
    SGEdit itself cannot do."""
    names = _names(graph)
    aliases = _aliases(graph, names)
    return {
        "objects": [names[n.id] for n in graph.nodes],
        "tuples": [[names[e.subject], e.relation, names[e.object]] for e in graph.edges],
        "bboxes": [_fractions(n.box if n.status is NodeStatus.FOUND else None, extent) for n in graph.nodes],
        "desc": [_description(n) for n in graph.nodes],
        "alias": [aliases[n.id] for n in graph.nodes],
    }


# reading -----------------------------------------------------------------------------------


def _text(value: object, key: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise BadInput(f"{key} must hold names, got {str(value)[:40]!r}.")
    return " ".join(value.split())


def _column(document: Mapping[object, object], key: str, length: int) -> Sequence[object]:
    column = document.get(key)
    if column is None and key != "bboxes":
        return [None] * length
    if not isinstance(column, list) or len(column) != length:
        raise BadInput(f"{key} must have one entry for each of the {length} objects.")
    return column


def _triples(value: object) -> list[tuple[str, str, str]]:
    if not isinstance(value, list):
        raise BadInput("tuples must be a list of [subject, relation, object].")
    found: list[tuple[str, str, str]] = []
    for item in value:
        if not isinstance(item, list) or len(item) != 3:
            raise BadInput(f"A tuple must be [subject, relation, object], got {str(item)[:60]!r}.")
        found.append((_text(item[0], "tuples"), _text(item[1], "tuples"), _text(item[2], "tuples")))
    return found


def _with_triple(
    graph: SceneGraph, triple: tuple[str, str, str], ids: Mapping[str, str], notes: list[str]
) -> SceneGraph:
    subject, relation, other = triple
    unknown = [name for name in (subject, other) if name not in ids]
    if unknown or subject == other:
        why = f"{unknown[0]!r} is none of the objects" if unknown else "it relates a thing to itself"
        notes.append(f"The relation {subject} -> {relation} -> {other} was left out: {why}.")
        return graph
    kind = EdgeKind.INTERACTION if read_relation(relation) is None else EdgeKind.SPATIAL
    return graph.with_edge(Edge(ids[subject], relation, ids[other], kind))


def _node(id_: str, label: str, row: Mapping[str, object], *, extent: Extent, notes: list[str]) -> Node:
    box = _box(row["bboxes"], label, extent, notes)
    alias = row["alias"]
    surroundings = isinstance(alias, str) and bool(alias) and not alias.startswith("<")
    pose, looks = _told(row["desc"])
    kind = NodeKind.BACKGROUND if surroundings else NodeKind.ANIMATE if pose else NodeKind.OBJECT
    status = NodeStatus.FOUND if box is not None else NodeStatus.NOT_FOUND
    return Node(id_, label, box, kind=kind, caption=looks, status=status, pose=pose)


def _box(value: object, label: str, extent: Extent, notes: list[str]) -> Box | None:
    try:
        numbers = [float(v) for v in value] if isinstance(value, list) else []
    except (TypeError, ValueError):
        numbers = []
    if len(numbers) != 4 or not all(-1 <= v <= 2 for v in numbers):
        raise BadInput(f"The box of {label!r} must be four fractions between 0 and 1.")
    x1, y1, x2, y2 = numbers
    if not any(numbers):
        notes.append(f"{label!r} was not found by SGEdit: draw a box around it.")
        return None
    if x2 <= x1 or y2 <= y1:
        notes.append(f"The box of {label!r} was read as left, top, width, height.")
        x2, y2 = x1 + x2, y1 + y2
    width, height = extent
    try:
        return Box(x1 * width, y1 * height, x2 * width + 1, y2 * height + 1).clipped(extent)
    except BadInput:
        notes.append(f"The box of {label!r} has no area inside the picture: draw a new one.")
        return None


def _told(value: object) -> tuple[str, str]:
    """(pose, looks) from a description."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not text.startswith(LEAD_IN):
        return "", text[:300]
    pose, _, looks = text.removeprefix(LEAD_IN).partition(".")
    return pose.strip(" ,")[:300], looks.strip()[:300]


# writing -----------------------------------------------------------------------------------


def _names(graph: SceneGraph) -> dict[str, str]:
    """Each node's name: its label, or where several share it the label with a number."""
    labels = [n.label.lower() for n in graph.nodes]
    taken: dict[str, int] = {}
    names: dict[str, str] = {}
    for node, label in zip(graph.nodes, labels, strict=True):
        taken[label] = taken.get(label, 0) + 1
        names[node.id] = f"{label}-{taken[label]}" if labels.count(label) > 1 else label
    return names


def _aliases(graph: SceneGraph, names: Mapping[str, str]) -> dict[str, str]:
    """SGEdit's tokens: the name's last word and the running number of the non-background nodes."""
    aliases: dict[str, str] = {}
    number = 0
    for node in graph.nodes:
        word = _NUMBERED.sub(r"\1", names[node.id]).split()[-1]
        if node.kind is NodeKind.BACKGROUND:
            aliases[node.id] = word
        else:
            aliases[node.id] = f"<{word}-{number}>"
            number += 1
    return aliases


def _fractions(box: Box | None, extent: Extent) -> list[float]:
    """SGEdit counts to the last pixel, not past it."""
    if box is None:
        return [0.0, 0.0, 0.0, 0.0]
    width, height = extent
    values = (box.x1 / width, box.y1 / height, (box.x2 - 1) / width, (box.y2 - 1) / height)
    return [round(float(v), _DECIMALS) for v in values]


def _description(node: Node) -> str:
    if node.kind is NodeKind.BACKGROUND:
        return ""
    pose = f" {node.pose}" if node.pose else ""
    looks = f" {node.caption.rstrip('.')}." if node.caption else ""
    return f"{LEAD_IN}{pose}.{looks}"
