"""What the rule planner knows while it works: the scene as earlier steps will leave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ....core.detections import Source
from ....core.geometry import Box, Extent
from ....core.language import Relation
from ....core.layout import Placement, place
from ....core.plan import CopyOf, CutoutSource, FromShelf
from ....core.scene import Node, NodeKind, NodeStatus
from ....core.spots import Surroundings, depth_scale
from ....ports import PlanRequest, SizeGuess
from .nouns import NewThing, head_noun, same_kind, words_of

CONFIDENT = 0.3
"""Detector score from which a thing counts as really seen (a judgement)."""

RIGID = 8.0
"""Cost of shrinking a thing whose size is known: see ``layout.place``."""

_SIZE_WORDS = frozenset(
    ["big", "bigger", "large", "small", "little", "tiny", "huge", "giant", "nice", "cute", "beautiful"]
)


@dataclass
class Board:
    """Boxes by node id, kept up to date while steps are planned.

    ``gone``: nodes that the plan removes or replaces; ``added``: boxes of new things.
    """

    request: PlanRequest
    boxes: dict[str, Box] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    added: list[Box] = field(default_factory=list)

    @classmethod
    def of(cls, request: PlanRequest) -> Board:
        seen = (n for n in request.scene.nodes if n.status is NodeStatus.FOUND)
        return cls(request, {n.id: n.box for n in seen if n.box is not None})

    @property
    def extent(self) -> Extent:
        return self.request.picture.extent

    def node(self, id_: str) -> Node | None:
        """The node, if it has a box in the picture."""
        node = self.request.scene.node(id_)
        return node if node is not None and id_ in self.boxes else None

    def found(self, ids: Sequence[str]) -> list[Node]:
        return [node for node in map(self.node, ids) if node is not None]

    def around(
        self, anchors: Sequence[Node], moved: str | None = None, corner: tuple[int, int] = (0, 0), *, new: str = ""
    ) -> Surroundings:
        """The surroundings of a place beside the anchors, for a new thing or a moved one."""
        used = {node.id for node in anchors} | self.gone | {moved or ""}
        others = [box for id_, box in self.boxes.items() if id_ not in used and self._counts(id_)]
        return Surroundings(
            self.extent,
            tuple(self.boxes[node.id] for node in anchors),
            tuple(node.label for node in anchors),
            (*others, *self.added),
            corner,
            new,
        )

    def source(self, thing: NewThing, without: Sequence[str] = ()) -> CutoutSource | None:
        """Pixels for a new thing: another one of its kind in this picture, else on the shelf."""
        nodes = [n for n in self.request.scene.nodes if n.id in self.boxes and n.id not in {*without, *self.gone}]
        fitting = [n for n in nodes if same_kind(n.label, thing.label) and _matches(n, thing)]
        if fitting:
            return CopyOf(max(fitting, key=self._worth).id)
        names = [name for name in self.request.shelf if same_kind(name, thing.label)]
        wanted = set(words_of(thing.label))
        best = max(names, key=lambda name: len(wanted & set(words_of(name))), default=None)
        return None if best is None else FromShelf(best)

    def size(
        self, thing: NewThing, source: CutoutSource | None, *, anchors: Sequence[Node], relation: Relation | None
    ) -> SizeGuess:
        """Its width and height in pixels beside the anchors; a copy keeps the shape it has."""
        copied = self.boxes[source.node] if isinstance(source, CopyOf) else None
        alike = not anchors or same_kind(anchors[0].label, thing.label)
        if copied is not None and alike:
            return SizeGuess(copied.width, copied.height, "as large as the one it is copied from")
        guess = self._beside(thing, anchors[0], relation) if anchors else self._anywhere(thing)
        if copied is None:
            return guess
        scale = (guess.width_px * guess.height_px / copied.area) ** 0.5
        return SizeGuess(copied.width * scale, copied.height * scale, guess.why)

    def _beside(self, thing: NewThing, anchor: Node, relation: Relation | None) -> SizeGuess:
        box = self.boxes[anchor.id]
        return self.request.sizer.predict(
            thing.label, reference=anchor.label, box=box, extent=self.extent, relation=relation
        )

    def _anywhere(self, thing: NewThing) -> SizeGuess:
        """Without an anchor it may stand nearer than the things that are there: half way, on the
        scale of sizes, between true to them and what shows well in the picture."""
        alone = self.request.sizer.predict(thing.label, reference=None, box=None, extent=self.extent, relation=None)
        yardstick = self._yardstick()
        if yardstick is None:
            return alone
        true = self._beside(thing, yardstick, None)
        width, height = (alone.width_px * true.width_px) ** 0.5, (alone.height_px * true.height_px) ** 0.5
        return SizeGuess(width, height, f"between its size beside the {yardstick.label} and what shows well")

    def moved_box(
        self, node: Node, anchors: Sequence[Node], relation: Relation, *, corner: tuple[int, int]
    ) -> Placement:
        """Where a thing goes that is brought to the anchors; nearer the camera it looks larger."""
        box, scale = self.boxes[node.id], 1.0
        if anchors and relation in _GROUNDED:
            scale = depth_scale(box.y2, self.boxes[anchors[0].id].y2, self.extent)
        scene = self.around(anchors, node.id, corner, new=head_noun(node.label))
        return place(box.width * scale, box.height * scale, relation=relation, scene=scene, shrink=RIGID)

    def foreground(self) -> tuple[str, ...]:
        """Ids of the things that stand before the background and were really seen."""
        nodes = [n for n in self.request.scene.nodes if n.id in self.boxes and n.kind is not NodeKind.BACKGROUND]
        small = [n for n in nodes if self.boxes[n.id].area <= 0.85 * self.extent.area]
        sure = [n for n in small if self._trust(n.id) >= CONFIDENT]
        return tuple(n.id for n in sure)

    def _yardstick(self) -> Node | None:
        """The thing by which sizes are judged where no anchor is named: the surest large one."""
        nodes = [n for n in self.request.scene.nodes if n.id in self.boxes and n.kind is not NodeKind.BACKGROUND]
        return max(nodes, key=self._worth, default=None)

    def _worth(self, node: Node) -> float:
        return self._trust(node.id) + (self.boxes[node.id].area / self.extent.area) ** 0.5

    def _counts(self, id_: str) -> bool:
        node = self.request.scene.node(id_)
        return node is not None and node.kind is not NodeKind.BACKGROUND

    def _trust(self, id_: str) -> float:
        """The detector's score; 1 for what a person drew, little for a guess."""
        seen = self.request.detections
        if id_ not in seen.ids:
            return CONFIDENT
        row = seen.index(id_)
        known = {Source.USER: 1.0, Source.GUESS: 0.1 * float(seen.score[row])}
        return known.get(seen.source[row], float(seen.score[row]))


_GROUNDED = frozenset([Relation.LEFT_OF, Relation.RIGHT_OF, Relation.NEXT_TO, Relation.IN_FRONT, Relation.BEHIND])


def _matches(node: Node, thing: NewThing) -> bool:
    """Whether every word asked for ("red", "wooden") is known of the node; sizes do not count."""
    known = {*words_of(node.label), *(w for a in node.attributes for w in words_of(a))}
    return all(w in known or w in _SIZE_WORDS or head_noun(w) == thing.head for w in thing.words)
