"""Learning things of the draft as concepts, so that edits may draw them again as they look."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ..core.corrections import TeachNode
from ..core.errors import BadInput
from ..core.events import EditProgress, Event
from ..core.scene import SceneGraph
from ..core.turn import Stage
from ..ports import Learner
from .editing import EditSession


def learn_things(
    session: EditSession, learner: Learner, ids: Sequence[str], *, folder: Path, seed: int = 0
) -> Iterator[Event]:
    """Learn some things of the draft, or all with no ids; in the end the draft's nodes name their
    concepts, each as a correction that can be taken back.

    The draft is perceived first where it is not yet. Closing the iterator stops the work; learning the
    same things again goes on where it stopped.

    Raises:
        BadInput: there is no such thing, or none of them can be learned; says why.
    """
    if session.draft.scene is None:
        yield from session.run(until=Stage.RELATE, ask_user=False)
    draft = session.draft
    if draft.scene is None or draft.masks is None:
        return
    for event in learner.learn(draft.picture, only(draft.scene, ids), draft.masks, folder=folder, seed=seed):
        if isinstance(event, EditProgress):
            yield event
            continue
        for node in event.nodes:
            before = draft.scene.node(node.id)
            if node.concept and before is not None and node.concept != before.concept:
                session.correct(TeachNode(node.id, node.concept))


def only(scene: SceneGraph, ids: Sequence[str]) -> SceneGraph:
    """The scene with these things alone; all of it with no ids. Raises BadInput: there is no such thing."""
    missing = [id_ for id_ in ids if scene.node(id_) is None]
    if missing:
        known = ", ".join(node.id for node in scene.nodes) or "nothing"
        raise BadInput(f"There is no {missing[0]!r} in the scene; it has {known}.")
    kept = tuple(node for node in scene.nodes if not ids or node.id in ids)
    names = {node.id for node in kept}
    return replace(scene, nodes=kept, edges=tuple(e for e in scene.edges if {e.subject, e.object} <= names))
