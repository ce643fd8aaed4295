"""Small values with known content, for tests of everything above core."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import numpy as np

from ggedit.core.detections import Detections
from ggedit.core.events import Event
from ggedit.core.geometry import Box, Extent
from ggedit.core.language import Clause, EditVerb, Instruction, Referent
from ggedit.core.masks import Mask, Masks
from ggedit.core.picture import Picture
from ggedit.core.plan import EditPlan, Remove
from ggedit.core.result import EditResult
from ggedit.core.scene import Node, SceneGraph
from ggedit.core.selection import Choice, Role, Selection
from ggedit.core.turn import Ask, Stage, Turn

E = TypeVar("E")

EXTENT = Extent(40, 30)
CUP = Box(4, 9, 16, 24)
LAMP = Box(24, 6, 36, 21)


def make_picture(extent: Extent = EXTENT, *, seed: int = 0, alpha: bool = False) -> Picture:
    """Noise: any change of a pixel shows."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (*extent.shape, 3), dtype=np.uint8)
    return Picture(pixels, rng.integers(0, 256, extent.shape, dtype=np.uint8) if alpha else None)


def make_mask(box: Box, extent: Extent = EXTENT) -> Mask:
    return Mask.of_box(box, extent)


def make_detections() -> Detections:
    return Detections.build(extent=EXTENT, xyxy=[CUP.xyxy, LAMP.xyxy], score=[0.9, 0.8], phrases=["cup", "lamp"])


def make_turn(*, until: Stage | None = Stage.PLAN, text: str = "remove the cup", seed: int = 0) -> Turn:
    """A turn on noise with a cup and a lamp, filled by hand up to ``until`` (None = empty)."""
    picture = make_picture()
    turn = Turn(id="turn-1", picture=picture, ask=Ask(text), seed=seed)
    target = Referent("cup", "cup")
    cells = {
        Stage.PARSE: Instruction(text, (Clause(EditVerb.REMOVE, target, direct=text),)),
        Stage.DETECT: make_detections(),
        Stage.SELECT: Selection(
            (
                Choice("cup-1", True, "the only cup", 0.9, Role.TARGET, 0, "cup"),
                Choice("lamp-1", True, "also there", 0.8),
            )
        ),
        Stage.SEGMENT: Masks.build({"cup-1": make_mask(CUP), "lamp-1": make_mask(LAMP)}),
        Stage.RELATE: SceneGraph((Node("cup-1", "cup", CUP), Node("lamp-1", "lamp", LAMP))),
        Stage.PLAN: EditPlan((Remove(node="cup-1", reason="you asked for it"),), author="rules"),
        Stage.EDIT: EditResult(picture, Mask.of(np.zeros(EXTENT.shape, bool))),
    }
    for stage, value in cells.items():
        if until is None or stage.rank > until.rank:
            break
        turn = turn.write(stage, value)
    return turn


def only(kind: type[E], events: Iterator[Event] | list[Event]) -> list[E]:
    """The events of one kind."""
    return [event for event in events if isinstance(event, kind)]
