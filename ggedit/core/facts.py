"""What a sentence says of a scene: things, their attributes, and how they stand to each other."""

from __future__ import annotations

from dataclasses import dataclass

from .detections import name_ids
from .freeze import Frozen
from .relation_words import read_relation
from .scene import Edge, EdgeKind, Node, NodeKind, NodeStatus, SceneGraph


@dataclass(frozen=True, slots=True)
class Mention(Frozen):
    """A thing that is spoken of, and the words that describe it."""

    name: str
    attributes: tuple[str, ...] = ()
    animate: bool = False


@dataclass(frozen=True, slots=True)
class Link(Frozen):
    """Two mentions by their rows, and the words between them ("sit on")."""

    subject: int
    relation: str
    object: int
    interaction: bool = False


@dataclass(frozen=True, slots=True)
class Facts(Frozen):
    """Everything that one text says; a link's rows are rows of ``things``."""

    things: tuple[Mention, ...] = ()
    links: tuple[Link, ...] = ()

    def lines(self) -> tuple[str, ...]:
        """The facts in FACTUAL's notation: "dog , is , black", "dog , sit on , sofa"; a thing
        of which nothing is said stands alone. In order of mention, each once."""
        told = [f"{thing.name} , is , {word}" for thing in self.things for word in thing.attributes]
        told += [
            f"{self.things[link.subject].name} , {link.relation} , {self.things[link.object].name}"
            for link in self.links
        ]
        used = {row for link in self.links for row in (link.subject, link.object)}
        alone = [t.name for row, t in enumerate(self.things) if row not in used and not t.attributes]
        return tuple(dict.fromkeys((*told, *alone)))

    def graph(self) -> SceneGraph:
        """A scene graph whose nodes have no boxes yet."""
        ids = name_ids([thing.name for thing in self.things])
        nodes = tuple(
            Node(
                id_,
                thing.name,
                attributes=thing.attributes,
                kind=NodeKind.ANIMATE if thing.animate else NodeKind.OBJECT,
                status=NodeStatus.NOT_FOUND,
            )
            for id_, thing in zip(ids, self.things, strict=True)
        )
        edges = tuple(
            Edge(
                ids[link.subject],
                link.relation,
                ids[link.object],
                EdgeKind.INTERACTION if _acts(link) else EdgeKind.SPATIAL,
            )
            for link in self.links
            if link.subject != link.object
        )
        return SceneGraph(nodes, edges)


def _acts(link: Link) -> bool:
    """Riding and holding are interactions; sitting on and standing beside are places."""
    return link.interaction and read_relation(link.relation) is None
