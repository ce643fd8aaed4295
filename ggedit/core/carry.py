"""The scene after an edit, without looking again: what the next request may refer to."""

from __future__ import annotations

from dataclasses import replace

from .detections import name_ids
from .language import Context, KnownThing
from .masks import Mask
from .plan import Duplicate, EditStep, Flip, Insert, Move, Remove, Replace, Resize, Restyle
from .scene import Node, NodeKind, NodeStatus, SceneGraph
from .turn import Turn


def carry_scene(turn: Turn) -> SceneGraph:
    """The turn's scene graph with its executed steps applied to it."""
    scene = turn.scene or SceneGraph()
    if turn.plan is None or turn.result is None:
        return scene
    for step, report in zip(turn.plan.active, turn.result.reports, strict=False):
        scene = _after(scene, step, report.moved)
    return scene


def next_context(path: tuple[Turn, ...]) -> Context:
    """What a pronoun in the next request may mean, given the accepted turns, oldest first."""
    if not path:
        return Context()
    things = tuple(_known(n) for n in carry_scene(path[-1]).nodes if n.status is NodeStatus.FOUND)
    return Context(scene=things, mentions=tuple(m for turn in path for m in _mentions(turn)))


def _known(node: Node) -> KnownThing:
    return KnownThing(node.label, node.attributes, animate=node.kind is NodeKind.ANIMATE)


def _mentions(turn: Turn) -> list[KnownThing]:
    found: list[KnownThing] = []
    for clause in turn.instruction.clauses if turn.instruction else ():
        if clause.target is not None:
            many = clause.target.count.kind != "one"
            found.append(KnownThing(clause.target.head, clause.target.attributes, many=many))
        if clause.payload and clause.verb in ("insert", "replace"):
            found.append(KnownThing(clause.payload))
    return found


def _after(scene: SceneGraph, step: EditStep, moved: Mask | None) -> SceneGraph:
    if isinstance(step, Remove):
        return scene.without(step.node)
    if isinstance(step, Insert | Duplicate):
        return _with_new(scene, step, moved)
    node = scene.node(step.node) if isinstance(step, Move | Resize | Flip | Restyle | Replace) and step.node else None
    if node is None:
        return scene
    if isinstance(step, Replace):
        node = replace(node, label=step.label, attributes=())
    if isinstance(step, Restyle):
        node = replace(node, attributes=tuple(dict.fromkeys((*node.attributes, step.look))))
    if moved is not None and moved.area:
        node = replace(node, box=moved.box)
    return scene.with_node(node)


def _with_new(scene: SceneGraph, step: Insert | Duplicate, moved: Mask | None) -> SceneGraph:
    box = moved.box if moved is not None and moved.area else step.box
    if isinstance(step, Insert):
        label, kind = step.label, NodeKind.OBJECT
    else:
        old = scene.node(step.node)
        label, kind = (old.label, old.kind) if old else ("thing", NodeKind.OBJECT)
    (id_,) = name_ids((label,), taken=[n.id for n in scene.nodes])
    return scene.with_node(Node(id_, label, box, kind=kind))
