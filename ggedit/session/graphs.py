"""A scene graph from outside brought into a session, and things looked for by name.

The graph may be SGEdit's, one that was exported before, or a caption's, whose things have no
boxes yet. Everything becomes corrections of the draft, which can be taken back one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..core.amend import apply
from ..core.carry import carry_scene
from ..core.corrections import AddBox, AddNode, DropBox, EditEdge, EditNode, RenameBox
from ..core.errors import BadInput
from ..core.events import Event
from ..core.geometry import Box
from ..core.inflection import singular
from ..core.language import Referent
from ..core.modifications import find_node
from ..core.scene import Edge, Node, NodeStatus, SceneGraph
from ..core.turn import Stage, Turn
from .editing import EditSession

SURE = 0.25
"""Detector score from which a thing that is asked for by name is believed without a look."""
SAME_PLACE_IOU = 0.5
"""Overlap from which a box shows a thing that was there before."""


def bring_in(session: EditSession, graph: SceneGraph) -> Iterator[Event]:
    """Make the graph the draft's own: its boxes in the place of those that were seen, its names
    and relations in the place of the describer's. Things without a box are looked for by name.

    The draft must not have a request yet; the events are those of perceiving.

    Raises:
        BadInput: the graph has no thing that can be shown.
    """
    if not graph.nodes:
        raise BadInput("The graph has no objects.")
    session.look()
    yield from session.run(until=Stage.DETECT, ask_user=False)
    if session.draft.detections is None:
        return
    seen = session.draft.detections.ids
    placed = {node.id: found for node in graph.nodes if (found := _placed(session, node)) is not None}
    for id_ in seen:
        session.correct(DropBox(id_))
    yield from session.run(until=Stage.RELATE, ask_user=False)
    if session.draft.scene is not None:
        _rename(session, graph, placed)


def confirm(session: EditSession, id_: str, box: Box | None = None) -> Turn:
    """A thing that was not found is in ``box``, or where it was proposed; it keeps its id, its
    attributes and its relations. The draft's stages from the choice on run again.

    Raises:
        BadInput: there is no such thing, or no box was proposed for it.
    """
    draft = session.draft
    node = draft.scene.node(id_) if draft.scene is not None else None
    if node is None or node.status is not NodeStatus.NOT_FOUND:
        raise BadInput(f"Nothing called {id_!r} waits for a box.")
    place = box or node.box
    if place is None:
        raise BadInput(f"No box is proposed for the {node.label}: draw one around it.")
    others = tuple(c for c in draft.corrections if not (isinstance(c, AddNode) and c.node.id == id_))
    turn = apply(replace(draft, corrections=others), AddBox(node.label, place, id_))
    if node.attributes:
        turn = replace(turn, corrections=(*turn.corrections, EditNode(id_, node.label, node.attributes)))
    return session.put(turn)


def remember(session: EditSession) -> int:
    """Correct what the detector sees by what the last accepted turn did: a thing that is no
    longer seen in its place gets its box, one that was replaced or put there gets its name. How
    many corrections; the draft must be perceived."""
    last, scene = session.history.current, session.draft.scene
    if last is None or scene is None:
        return 0
    before = {node.id: node.label for node in last.scene.nodes} if last.scene is not None else {}
    made = 0
    for node in carry_scene(last).nodes:
        if node.box is None or node.status is not NodeStatus.FOUND:
            continue
        there = _seen_at(scene, node.box)
        if there is None:
            session.correct(AddBox(node.label, node.box))
            made += 1
        elif before.get(node.id) != node.label and there.label != node.label:
            session.correct(RenameBox(there.id, node.label))
            made += 1
    return made


def _seen_at(scene: SceneGraph, box: Box) -> Node | None:
    boxes = [(node, node.box.iou(box)) for node in scene.nodes if node.box is not None]
    node, overlap = max(boxes, key=lambda row: row[1], default=(None, 0.0))
    return node if overlap >= SAME_PLACE_IOU else None


def look_for(session: EditSession, names: Sequence[str]) -> tuple[str, ...]:
    """Add a box for each name that fits nothing in the draft's graph and that the detector
    finds; the names that it does not find come back. The draft must be perceived."""
    scene = session.draft.scene or SceneGraph()
    lost: list[str] = []
    for name in dict.fromkeys(names):
        if not _fits(scene, name) and _find(session, name) is None:
            lost.append(name)
    return tuple(lost)


def _fits(scene: SceneGraph, name: str) -> bool:
    """Whether something of that name was found; several are for the caller to tell apart."""
    try:
        return find_node(scene, name).status is NodeStatus.FOUND
    except BadInput as error:
        return "may be any of" in str(error)


def _placed(session: EditSession, node: Node) -> str | None:
    """The id of the node's box in the draft; None where there is none."""
    if node.box is not None and node.status is NodeStatus.FOUND:
        session.correct(AddBox(node.label, node.box))
        return _last_added(session)
    return _find(session, " ".join((*node.attributes, node.label)))


def _find(session: EditSession, name: str) -> str | None:
    words = name.lower().split()
    if not words:
        return None
    head = singular(words[-1])
    picture, detector = session.draft.picture, session.kit.detector.use
    for phrase in dict.fromkeys((name.lower(), head)):
        found = detector.find(picture, (Referent(phrase, head, tuple(words[:-1])),))
        if len(found) and found.score[0] >= SURE:
            session.correct(AddBox(name.lower(), found.box(found.ids[0])))
            return _last_added(session)
    return None


def _last_added(session: EditSession) -> str:
    added = session.draft.corrections[-1]
    assert isinstance(added, AddBox)
    return added.id


def _rename(session: EditSession, graph: SceneGraph, placed: dict[str, str]) -> None:
    """Names, things without boxes and relations, as the graph has them."""
    scene = session.draft.scene
    assert scene is not None
    ids: dict[str, str] = {}
    for node in graph.nodes:
        known = placed.get(node.id)
        if known is not None and scene.node(known) is not None:
            session.correct(EditNode(known, node.label, node.attributes))
            ids[node.id] = known
        else:
            ids[node.id] = _free_id(session, node.id)
            lost = Node(ids[node.id], node.label, attributes=node.attributes, status=NodeStatus.NOT_FOUND)
            session.correct(AddNode(lost))
    for edge in scene.edges:
        session.correct(EditEdge(Edge(edge.subject, "", edge.object)))
    for edge in graph.edges:
        session.correct(EditEdge(Edge(ids[edge.subject], edge.relation, ids[edge.object], edge.kind)))


def _free_id(session: EditSession, wanted: str) -> str:
    scene = session.draft.scene
    assert scene is not None
    number, id_ = 1, wanted
    while scene.node(id_) is not None:
        number += 1
        id_ = f"{wanted}-{number}"
    return id_
