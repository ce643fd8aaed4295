"""The scene as a language model sees it: one question for all things of the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ggedit.config import Settings
from ggedit.core.detections import Detections, Source
from ggedit.core.errors import BackendUnavailable
from ggedit.core.freeze import Frozen
from ggedit.core.geometry import Box, Extent
from ggedit.core.inflection import singular
from ggedit.core.language import Referent
from ggedit.core.masks import Masks
from ggedit.core.picture import Picture
from ggedit.core.scene import Edge, EdgeKind, Node, NodeKind, NodeStatus, SceneGraph
from ggedit.core.talk import ChatMessage, ChatRole
from ggedit.ports import ChatModel, Detector, current_run

from .asking import Form, Unfit, as_data, ask, clean, prompt_text, read_form, reply_format

MOST_MISSING = 6
"""Things that the model saw and the detector did not, that are looked for once more."""
_MOST_EDGES = 120
_LABEL, _WORD, _SENTENCE = 80, 30, 300
"""Longest texts in characters."""
_SURE = 0.25
"""Detector score from which a second look's box is proposed (Grounding DINO's own threshold)."""
_SAME_PLACE_IOU = 0.5


class SeenThing(Form):
    id: str
    label: str
    kind: Literal["animate", "object", "background"]
    attributes: list[str]
    looks: str
    pose: str


class SeenRelation(Form):
    subject: str
    relation: str
    object: str
    kind: Literal["spatial", "interaction"]


class SeenScene(Form):
    things: list[SeenThing]
    relations: list[SeenRelation]
    background: str
    missing: list[str]


SCENE_FORM = reply_format("scene", SeenScene)


class LLMDescriber:
    """Port ``Describer``: what the things are, look like and do, in one question; what the
    model sees besides is looked for once more by the detector."""

    def __init__(self, settings: Settings, *, chat: ChatModel, detector: Detector) -> None:
        self._chat = chat
        self._detector = detector

    def describe(self, picture: Picture, detections: Detections, masks: Masks) -> SceneGraph:
        """Nodes in the order of the masks, then those that no box was found for.

        Raises:
            BackendUnavailable: no answer, or none that can be used.
        """
        things = things_of(detections, masks)
        messages = (
            ChatMessage(ChatRole.SYSTEM, prompt_text("scene.v1")),
            ChatMessage(ChatRole.USER, as_data({"things": [t.shown(picture.extent) for t in things]}), (picture,)),
        )
        try:
            seen = ask(self._chat, messages, SCENE_FORM, read=lambda text: read_scene(text, things)).value
        except Unfit as unfit:
            raise BackendUnavailable(
                "The language model gave no usable description of the picture "
                f"({unfit.problems[0].rstrip('.')}): try again, or take GGEDIT_DESCRIBER=geometry."
            ) from None
        graph = graph_of(seen, things)
        for node in self._looked_for(picture, unboxed(seen, graph), [t.box for t in things]):
            graph = graph.with_node(node)
        return graph

    def _looked_for(self, picture: Picture, labels: Sequence[str], known: Sequence[Box]) -> list[Node]:
        """A node for each thing that has no box, with the place where it may be, if the
        detector finds one by the whole name or by its head noun."""
        lost = [
            Node(f"lost-{i}", label, status=NodeStatus.NOT_FOUND, box=self._second_look(picture, label, known))
            for i, label in enumerate(labels, start=1)
        ]
        if lost:
            names = ", ".join(node.label for node in lost)
            current_run().notes.append(f"The language model also sees: {names}. Draw a box around what matters.")
        return lost

    def _second_look(self, picture: Picture, label: str, known: Sequence[Box]) -> Box | None:
        head = singular(label.split()[-1])
        for phrase in dict.fromkeys((label, head)):
            found = self._detector.find(picture, (Referent(phrase, head),))
            for row in range(len(found)):
                box = Box.from_xyxy(found.xyxy[row])
                sure = found.score[row] >= _SURE and found.source[row] is not Source.GUESS
                if sure and not _is_there(box, known):
                    return box
        return None


@dataclass(frozen=True, slots=True)
class Thing(Frozen):
    """What the model is told of a thing."""

    id: str
    phrase: str
    box: Box

    def shown(self, extent: Extent) -> dict[str, object]:
        return {"id": self.id, "word": clean(self.phrase, _LABEL), "box": percent(self.box, extent)}


def things_of(detections: Detections, masks: Masks) -> list[Thing]:
    phrases = dict(zip(detections.ids, detections.phrases, strict=True))
    return [Thing(i, phrases.get(i, "thing"), m.box) for i, m in zip(masks.ids, masks.items, strict=True)]


def percent(box: Box, extent: Extent) -> list[float]:
    """Left, top, right, bottom in percent of the picture, one decimal."""
    width, height = extent.width / 100, extent.height / 100
    return [
        round(v, 1)
        for v in (float(box.x1 / width), float(box.y1 / height), float(box.x2 / width), float(box.y2 / height))
    ]


def read_scene(text: str, things: Sequence[Thing]) -> SeenScene:
    """The answer, if it speaks of the things that were asked about.

    Raises:
        Unfit: with all problems.
    """
    seen = read_form(SeenScene, text)
    ids, told = [t.id for t in things], [t.id for t in seen.things]
    problems = [f"things: {i[:40]!r} is none of the given ids." for i in told if i not in ids]
    problems += [f"things: {i!r} is missing." for i in ids if i not in told]
    problems += [f"things: {i[:40]!r} is there twice." for i in dict.fromkeys(told) if told.count(i) > 1]
    problems += [f"things: {t.id[:40]!r} has no label." for t in seen.things if not clean(t.label, _LABEL)]
    for number, edge in enumerate(seen.relations):
        unknown = [end for end in (edge.subject, edge.object) if end not in ids]
        problems += [f"relations.{number}: {end[:40]!r} is none of the given ids." for end in unknown]
        if edge.subject == edge.object:
            problems.append(f"relations.{number}: a thing can't be related to itself.")
        if not clean(edge.relation, _LABEL):
            problems.append(f"relations.{number}: the relation is empty.")
    if problems:
        raise Unfit(problems)
    return seen


def graph_of(seen: SeenScene, things: Sequence[Thing]) -> SceneGraph:
    """The graph that a checked answer describes; a thing that is not described keeps a caption
    of its own name, never an empty one."""
    told = {thing.id: thing for thing in seen.things}
    nodes = tuple(_node(thing, told[thing.id]) for thing in things)
    graph = SceneGraph(nodes, background=clean(seen.background, _LABEL))
    for edge in seen.relations[:_MOST_EDGES]:
        graph = graph.with_edge(Edge(edge.subject, clean(edge.relation, _LABEL), edge.object, EdgeKind(edge.kind)))
    return graph


def _node(thing: Thing, told: SeenThing) -> Node:
    label = clean(told.label, _LABEL)
    attributes = tuple(dict.fromkeys(word for w in told.attributes[:6] if (word := clean(w.lower(), _WORD))))
    return Node(
        thing.id,
        label,
        thing.box,
        attributes[:4],
        NodeKind(told.kind),
        caption=clean(told.looks, _SENTENCE) or " ".join((*attributes[:4], label)),
        pose=clean(told.pose, _SENTENCE) if told.kind == "animate" else "",
    )


def unboxed(seen: SeenScene, graph: SceneGraph) -> list[str]:
    """What the model sees besides, each name once, without those that are nodes already."""
    known = {node.label.lower() for node in graph.nodes}
    names = [clean(label.lower(), _LABEL) for label in seen.missing]
    return [name for name in dict.fromkeys(names) if name and name not in known][:MOST_MISSING]


def _is_there(box: Box, known: Sequence[Box]) -> bool:
    return any(box.iou(other) >= _SAME_PLACE_IOU for other in known)
