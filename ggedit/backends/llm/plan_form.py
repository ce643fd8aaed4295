"""The form of a plan as a language model writes it, and its steps as the program's own.

A box or a place in words becomes a rectangle by the layout and the size predictor; every id,
name and number is checked, and all problems are told at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from ggedit.core.errors import BadInput
from ggedit.core.geometry import Box
from ggedit.core.plan import (
    Background,
    CopyOf,
    CutoutSource,
    Duplicate,
    EditStep,
    Flip,
    FlipAxis,
    FromShelf,
    Insert,
    Move,
    Remove,
    Replace,
    Resize,
    Restyle,
)
from ggedit.core.scene import Node, NodeKind

from ..classical.planning.board import Board
from ..classical.planning.nouns import new_thing, with_article
from ..classical.planning.places import AskedPlace, placed, placed_new
from .asking import Form, clean

_LABEL, _SENTENCE = 80, 300
_SMALLEST, _LARGEST = 0.0004, 0.95
"""Shares of the picture between which a proposed box lies: 2 % of each side, nearly all of it."""


class PlannedStep(Form):
    kind: Literal["remove", "move", "resize", "flip", "restyle", "replace", "duplicate", "insert", "background"]
    node: str | None
    label: str | None
    look: str | None
    relation: str | None
    anchor: str | None
    box: list[float] | None
    factor: float | None
    axis: Literal["horizontal", "vertical"] | None
    keep: list[str]
    source: str | None
    interaction: Literal["spatial", "interaction"]
    together: list[str]
    prompt: str
    reason: str


class LeftOut(Form):
    wish: str
    why: str


class PlanAnswer(Form):
    steps: list[PlannedStep]
    cannot: list[LeftOut]
    why: str


class StepMaker:
    """Turns planned steps into the program's, on a board that follows them."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self.problems: list[str] = []

    def make(self, number: int, planned: PlannedStep) -> EditStep | None:
        """The step, or None with its problems noted under its number."""
        before = len(self.problems)
        self._name = f"steps.{number} ({planned.kind})"
        step = _MAKERS[planned.kind](self, planned)
        return step if len(self.problems) == before else None

    def _problem(self, text: str) -> None:
        self.problems.append(f"{self._name}: {text}")

    # fields --------------------------------------------------------------------------------

    def _node(self, id_: str | None, field: str = "node") -> Node | None:
        node = self._board.node(id_) if id_ else None
        if node is None:
            self._problem(f"{field} is {(id_ or '')[:40]!r}, which is no object with a box.")
        return node

    def _changed(self, planned: PlannedStep) -> Node | None:
        """The node that the step changes; surroundings are never taken away or moved."""
        node = self._node(planned.node)
        if node is not None and node.kind is NodeKind.BACKGROUND:
            self._problem(f"{node.id!r} is background; it can only be an anchor.")
        return node

    def _label(self, planned: PlannedStep) -> str:
        label = clean(planned.label or "", _LABEL)
        if not label:
            self._problem("label is empty: name the new thing.")
        return label

    def _look(self, planned: PlannedStep) -> str:
        look = clean(planned.look or "", _LABEL)
        if not look:
            self._problem("look is empty: say what it should look like.")
        return look

    def _together(self, planned: PlannedStep) -> tuple[str, ...]:
        if planned.interaction == "spatial":
            return ()
        nodes = [self._node(id_, "together") for id_ in dict.fromkeys(planned.together[:10])]
        kept = [n.id for n in nodes if n is not None and n.kind is not NodeKind.BACKGROUND and n.id != planned.node]
        return tuple(kept)

    def _source(self, planned: PlannedStep) -> CutoutSource | None:
        """Another object's pixels or a cut-out, by its exact name; nothing else can be named."""
        if not planned.source:
            return None
        if planned.source in self._board.request.shelf:
            return FromShelf(planned.source)
        if self._board.node(planned.source) is not None and planned.source != planned.node:
            return CopyOf(planned.source)
        self._problem(f"source is {planned.source[:40]!r}, which is neither another object nor a cut-out.")
        return None

    def _box(self, planned: PlannedStep) -> Box | None:
        """The proposed box in pixels, clipped; None with a problem noted."""
        extent = self._board.extent
        try:
            share = Box.from_xyxy(planned.box or [])
            box = Box(
                share.x1 * extent.width / 100,
                share.y1 * extent.height / 100,
                share.x2 * extent.width / 100,
                share.y2 * extent.height / 100,
            ).clipped(extent)
        except BadInput:
            self._problem("box must be left, top, right, bottom in percent, with left < right and top < bottom.")
            return None
        if not _SMALLEST <= box.area / extent.area <= _LARGEST:
            self._problem("box is too small or covers the whole picture.")
            return None
        return box

    def _place(self, planned: PlannedStep) -> AskedPlace | None:
        anchor = self._node(planned.anchor, "anchor") if planned.anchor else None
        if planned.anchor and anchor is None:
            return None
        return AskedPlace.of_words(clean(planned.relation or "", _LABEL), [anchor] if anchor is not None else [])

    def _prompt(self, planned: PlannedStep, thing: str) -> str:
        """The model's caption, or one from the names and the relation."""
        anchor = self._board.node(planned.anchor) if planned.anchor else None
        place = f" {planned.relation} the {anchor.label}" if anchor is not None and planned.relation else ""
        return clean(planned.prompt, _SENTENCE) or clean(f"a photo of {with_article(thing)}{place}", _SENTENCE)

    def _reason(self, planned: PlannedStep, default: str) -> str:
        return clean(planned.reason, _SENTENCE) or default

    # kinds ---------------------------------------------------------------------------------

    def _remove(self, planned: PlannedStep) -> EditStep | None:
        node = self._changed(planned)
        if node is None:
            return None
        self._board.gone.add(node.id)
        reason = self._reason(planned, f"The {node.label} goes; what is around it fills the hole.")
        return Remove(node=node.id, prompt="the empty place, nothing there", negative=node.label, reason=reason)

    def _move(self, planned: PlannedStep) -> EditStep | None:
        node, together = self._changed(planned), self._together(planned)
        box = self._goal(planned, node)
        if node is None or box is None:
            return None
        self._board.boxes[node.id] = box
        reason = self._reason(planned, f"The {node.label} is moved.")
        return Move(node=node.id, box=box, prompt=self._prompt(planned, node.label), reason=reason, together=together)

    def _goal(self, planned: PlannedStep, node: Node | None) -> Box | None:
        if planned.box is not None:
            return self._box(planned)
        spot = self._place(planned)
        if spot is None or node is None:
            return None
        if spot.relation is None or node in spot.anchors:
            self._problem("give a box, or a relation to another object.")
            return None
        goal = placed(node, spot, self._board)
        if goal is None:
            self._problem(f"{node.id!r} already stands at that side of the picture.")
        return None if goal is None else goal.box

    def _resize(self, planned: PlannedStep) -> EditStep | None:
        node = self._changed(planned)
        factor = planned.factor or 0.0
        if not 0.1 <= factor <= 8 or factor == 1:
            self._problem(f"factor is {planned.factor}; it must lie between 0.1 and 8 and not be 1.")
        if node is None:
            return None
        return Resize(
            node=node.id, factor=factor, reason=self._reason(planned, f"The {node.label} becomes {factor:.2g} times.")
        )

    def _flip(self, planned: PlannedStep) -> EditStep | None:
        node = self._changed(planned)
        axis = FlipAxis(planned.axis or "horizontal")
        if node is None:
            return None
        return Flip(node=node.id, axis=axis, reason=self._reason(planned, f"The {node.label} is mirrored."))

    def _restyle(self, planned: PlannedStep) -> EditStep | None:
        look = self._look(planned)
        node = self._node(planned.node) if planned.node else None
        name = node.label if node is not None else "whole picture"
        return Restyle(
            node=node.id if node is not None else None,
            look=look,
            prompt=self._prompt(planned, f"{look} {name}") if node is not None else clean(planned.prompt, _SENTENCE),
            strength=0.8 if node is not None else 0.6,
            reason=self._reason(planned, f"The {name} becomes {look}."),
        )

    def _replace(self, planned: PlannedStep) -> EditStep | None:
        node, label, source = self._changed(planned), self._label(planned), self._source(planned)
        together = self._together(planned)
        if node is None:
            return None
        self._board.gone.add(node.id)
        return Replace(
            node=node.id,
            label=label,
            source=source or self._board.source(new_thing(label), without=[node.id]),
            prompt=self._prompt(planned, label),
            negative=node.label,
            reason=self._reason(planned, f"The {node.label} makes room for {with_article(label)}."),
            together=together,
        )

    def _duplicate(self, planned: PlannedStep) -> EditStep | None:
        node = self._changed(planned)
        if planned.box is not None:
            box = self._box(planned)
        else:
            spot = self._place(planned)
            box = None
            if node is not None and spot is not None:
                box = placed_new(self._board.boxes[node.id], spot.beside(node), self._board).box
        if node is None or box is None:
            return None
        self._board.added.append(box)
        return Duplicate(node=node.id, box=box, reason=self._reason(planned, f"A copy of the {node.label} is placed."))

    def _insert(self, planned: PlannedStep) -> EditStep | None:
        label, source, together = self._label(planned), self._source(planned), self._together(planned)
        thing = new_thing(label) if label else None
        source = source or (self._board.source(thing) if thing is not None else None)
        if planned.box is not None:
            box = self._box(planned)
        else:
            spot = self._place(planned)
            box = None
            if spot is not None and thing is not None:
                size = self._board.size(thing, source, anchors=spot.anchors, relation=spot.relation)
                box = placed_new(size, spot, self._board).box
        if box is None:
            return None
        self._board.added.append(box)
        return Insert(
            box=box,
            label=label,
            source=source,
            prompt=self._prompt(planned, label),
            reason=self._reason(planned, f"{with_article(label).capitalize()} is added."),
            together=together,
        )

    def _background(self, planned: PlannedStep) -> EditStep | None:
        look = self._look(planned)
        named = [node for id_ in dict.fromkeys(planned.keep[:20]) if (node := self._node(id_, "keep")) is not None]
        keep = tuple(n.id for n in named) or self._board.foreground()
        kept = tuple(id_ for id_ in keep if id_ not in self._board.gone)
        reason = self._reason(planned, f"The background becomes: {look}.")
        return Background(look=look, keep=kept, prompt=clean(planned.prompt, _SENTENCE), reason=reason)


_MAKERS: dict[str, Callable[[StepMaker, PlannedStep], EditStep | None]] = {
    "remove": StepMaker._remove,
    "move": StepMaker._move,
    "resize": StepMaker._resize,
    "flip": StepMaker._flip,
    "restyle": StepMaker._restyle,
    "replace": StepMaker._replace,
    "duplicate": StepMaker._duplicate,
    "insert": StepMaker._insert,
    "background": StepMaker._background,
}
