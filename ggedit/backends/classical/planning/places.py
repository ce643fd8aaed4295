"""From the words for a place to a rectangle in the picture."""

from __future__ import annotations

from dataclasses import dataclass

from ....core.freeze import Frozen
from ....core.geometry import Box
from ....core.language import Clause, Referent, Relation, SpatialTest
from ....core.layout import Placement, place, slide
from ....core.plan import Refusal
from ....core.relation_words import REGIONS, corner_of, relation_of, relation_phrase
from ....core.scene import Node
from ....core.spots import Surroundings
from ....ports import SizeGuess
from .board import RIGID, Board

_PICTURE = frozenset(["picture", "image", "photo", "photograph", "scene", "frame", "camera", "viewer", "view"])

_BESIDE = frozenset([Relation.LEFT_OF, Relation.RIGHT_OF, Relation.NEXT_TO, Relation.BETWEEN])
_SLIDES = frozenset([Relation.LEFT_OF, Relation.RIGHT_OF, Relation.ABOVE, Relation.BELOW])
_DEPTHS = frozenset([Relation.NEAREST, Relation.FARTHEST, Relation.IN_FRONT, Relation.BEHIND])


@dataclass(frozen=True, slots=True)
class AskedPlace(Frozen):
    """A place as it was asked for: the relation, what it is measured against, and which side
    or corner of the picture the words name, (x, y) each -1, 0 or 1."""

    relation: Relation | None
    anchors: tuple[Node, ...] = ()
    corner: tuple[int, int] = (0, 0)

    @classmethod
    def of_words(cls, words: str, anchors: list[Node]) -> AskedPlace:
        """From a graph edge's free words; words without a place mean "next to"."""
        relation = relation_of(words)
        return cls(relation or (Relation.NEXT_TO if anchors else None), tuple(anchors), corner_of(words))

    def beside(self, node: Node) -> AskedPlace:
        """This place, or beside the node where nothing was said."""
        if self.anchors or (self.relation is not None and self.relation not in _SLIDES):
            return self
        return AskedPlace(self.relation or Relation.NEXT_TO, (node,))


def find_place(clause: Clause, index: int, board: Board) -> AskedPlace | None:
    """The clause's place; None where the thing it is measured against was not found.

    Further tests ("in the bottom left corner of the room", "on the table next to the plate")
    name the corner, the thing it belongs to, or what to stand beside.
    """
    if clause.place is None:
        return AskedPlace(None)
    main = _read_test(clause.place, index, board)
    if main is None:
        return None
    further = [place for test in clause.place_also if (place := _read_test(test, index, board)) is not None]
    anchored = [place for place in further if place.anchors]
    if main.relation in (Relation.ON, Relation.INSIDE):
        return next((place for place in anchored if place.relation in _BESIDE), main)
    if main.anchors:
        return main
    belongs = anchored[0].anchors if anchored and main.relation in (Relation.CORNER, Relation.MIDDLE) else ()
    named = _corner_of_tests([main, *(place for place in further if not place.anchors)])
    return AskedPlace(main.relation, belongs, named if any(named) else corner_of(_words(clause, board)))


def _read_test(test: SpatialTest, index: int, board: Board) -> AskedPlace | None:
    named = [a for a in test.anchors if a.head.lower() not in _PICTURE]
    anchors = _anchor_nodes(named, index, board)
    return _region(named, test) if anchors is None else AskedPlace(test.relation, tuple(anchors))


def _corner_of_tests(places: list[AskedPlace]) -> tuple[int, int]:
    """(x, y) of the side or corner that directions without anchors name together; (0, 0) for
    a single direction, which is a side by itself."""
    sides = {place.relation for place in places}
    x = (Relation.RIGHT_OF in sides) - (Relation.LEFT_OF in sides)
    y = (Relation.BELOW in sides) - (Relation.ABOVE in sides)
    return (x, y) if Relation.CORNER in sides or (x and y) else (0, 0)


def _anchor_nodes(named: list[Referent], index: int, board: Board) -> list[Node] | None:
    """The nodes of all named anchors, or None if one of them was not found."""
    nodes: list[Node] = []
    for anchor in named:
        found = board.found(board.request.selection.anchors(index, anchor.phrase))
        if not found:
            return None
        nodes += [node for node in found if node not in nodes]
    return nodes


def _region(named: list[Referent], test: SpatialTest) -> AskedPlace | None:
    """A place in a part of the picture ("in the sky") where no box stands for it."""
    if len(named) == 1 and named[0].head.lower() in REGIONS:
        return AskedPlace(REGIONS[named[0].head.lower()])
    return None


def _words(clause: Clause, board: Board) -> str:
    """The clause's own words behind its target's."""
    text, span = board.request.instruction.text, clause.span
    start, end = (span.start, span.end) if span is not None else (0, len(text))
    if clause.target is not None and clause.target.span is not None:
        start = max(start, clause.target.span.end)
    return text[start:end]


def placed(node: Node, spot: AskedPlace, board: Board) -> Placement | None:
    """The rectangle a thing is moved to; None if it stands at that side already."""
    assert spot.relation is not None
    one_way = spot.relation in _SLIDES and 0 in spot.corner
    if not spot.anchors and (one_way or spot.relation in _DEPTHS):
        around = Surroundings(board.extent, others=board.around((), node.id).others)
        return slide(board.boxes[node.id], relation=spot.relation, scene=around)
    return board.moved_box(node, spot.anchors, spot.relation, corner=spot.corner)


def placed_new(size: SizeGuess | Box, spot: AskedPlace, board: Board, *, new: str = "") -> Placement:
    """The rectangle for a new thing of about this size, or for a copy of the thing in a box;
    ``new`` is the thing's noun."""
    width, height = (size.width, size.height) if isinstance(size, Box) else (size.width_px, size.height_px)
    scene = board.around(spot.anchors, corner=spot.corner, new=new)
    shrink = RIGID if isinstance(size, Box) else 0.0
    return place(width, height, relation=spot.relation, scene=scene, shrink=shrink)


_RIDES = frozenset(("ride", "rides", "drive", "drives"))


def act_of(clause: Clause) -> str | None:
    """What the target does to the place's thing ("make the boy hold the ball"); None where it
    only stands, sits or lies there."""
    if clause.place is None or not clause.place.anchors:
        return None
    if clause.place.relation is Relation.WITH:
        return clause.direct
    return clause.direct if _RIDES & set(clause.direct.split()) else None


def place_word(spot: AskedPlace) -> str:
    """The place in words: "to the left of the dog"."""
    if spot.relation is None:
        return "somewhere"
    return f"{relation_phrase(spot.relation)} {' and '.join(f'the {n.label}' for n in spot.anchors)}".strip()


def not_found(wish: Clause | str) -> Refusal:
    """The refusal for a thing that is not in the scene."""
    if isinstance(wish, str):
        return Refusal(wish, f"I did not find {wish!r} in the picture: click it or draw a box around it.")
    name = wish.target.phrase if wish.target is not None else "it"
    text = wish.direct or f"{wish.verb} the {name}"
    return Refusal(text, f'I did not find "{name}" in the picture: click it or draw a box around it.')


def no_anchor(clause: Clause) -> Refusal:
    """The refusal for a place whose anchor is not in the scene."""
    anchors = clause.place.anchors if clause.place is not None else ()
    names = " and ".join(f'"{a.phrase}"' for a in anchors) or "that place"
    text = clause.direct or f"{clause.verb} {clause.payload or ''}".strip()
    return Refusal(text, f"I did not find {names}, which the place depends on: click it or draw a box around it.")
