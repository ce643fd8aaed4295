"""A ``Turn`` is an immutable row of stage outputs; a ``History`` is a tree of Turns."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from .corrections import Correction
from .detections import Detections
from .errors import BadInput
from .freeze import Frozen
from .language import Context, Instruction
from .masks import Masks
from .options import EditOptions
from .picture import Picture
from .plan import EditPlan
from .result import EditResult
from .scene import GraphEdit, SceneGraph
from .selection import Selection
from .stage import STAGES, Stage
from .talk import Exchange

MAX_TEXT = 2_000
"""Longer instructions are refused."""


@dataclass(frozen=True, slots=True)
class Ask(Frozen):
    """What a person asks for: an instruction, changes to the scene graph, or only a look.

    Raises:
        BadInput: none or more than one of them, or text that is too long.
    """

    text: str = ""
    graph_edits: tuple[GraphEdit, ...] = ()
    look_only: bool = False

    def __post_init__(self) -> None:
        if bool(self.text.strip()) + bool(self.graph_edits) + self.look_only != 1:
            raise BadInput('Say what to change, for example "remove the dog", or edit the scene graph.')
        if len(self.text) > MAX_TEXT:
            raise BadInput(f"The instruction has {len(self.text)} characters; the limit is {MAX_TEXT}.")


class Tier(StrEnum):
    """``FULL`` needs a GPU, weights or a key; ``EMBEDDED`` runs on any CPU with nothing to
    download; ``USER`` means that a person did it; ``TEST`` marks scripted doubles."""

    FULL = "full"
    EMBEDDED = "embedded"
    USER = "user"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class StageRecord(Frozen):
    """What really ran: backend as name@version, why it was chosen, seconds, its seed, and what
    was said to a language model on the way."""

    stage: Stage
    backend: str
    tier: Tier
    why: str
    seconds_s: float
    seed: int | None = None
    notes: tuple[str, ...] = ()
    talk: tuple[Exchange, ...] = ()


_CELL_TYPES: dict[Stage, type] = {
    Stage.PARSE: Instruction,
    Stage.DETECT: Detections,
    Stage.SELECT: Selection,
    Stage.SEGMENT: Masks,
    Stage.RELATE: SceneGraph,
    Stage.PLAN: EditPlan,
    Stage.EDIT: EditResult,
}
_CELLS: dict[Stage, str] = {
    Stage.PARSE: "instruction",
    Stage.DETECT: "detections",
    Stage.SELECT: "selection",
    Stage.SEGMENT: "masks",
    Stage.RELATE: "scene",
    Stage.PLAN: "plan",
    Stage.EDIT: "result",
}


@dataclass(frozen=True, eq=False, kw_only=True)
class Turn(Frozen):
    """One request on one picture and everything that was worked out for it.

    Cells are filled left to right and never out of order. ``corrections`` are the person's
    changes so far, oldest first; they are applied again whenever their stage runs anew.
    ``variant`` 0 is the editor's first way of doing it; others are alternatives.
    ``options`` are what the person said about how a generating editor should work.
    """

    id: str
    picture: Picture
    ask: Ask
    parent: str | None = None
    seed: int = 0
    variant: int = 0
    options: EditOptions = EditOptions()
    context: Context = Context()
    instruction: Instruction | None = None
    detections: Detections | None = None
    selection: Selection | None = None
    masks: Masks | None = None
    scene: SceneGraph | None = None
    plan: EditPlan | None = None
    result: EditResult | None = None
    records: tuple[StageRecord, ...] = ()
    corrections: tuple[Correction, ...] = ()

    def __post_init__(self) -> None:
        filled = [self.cell(stage) is not None for stage in STAGES]
        if filled != sorted(filled, reverse=True):
            raise ValueError("a Turn's cells are filled from the left without a gap")
        if not 0 <= self.seed < 2**32:
            raise BadInput(f"A seed is a whole number from 0 to {2**32 - 1}, got {self.seed}.")

    def cell(self, stage: Stage) -> Any:
        """The stage's output, or None."""
        return getattr(self, _CELLS[stage])

    def write(self, stage: Stage, value: object) -> Turn:
        """A new Turn with this cell filled and all later cells and their records emptied.

        Raises:
            ValueError: the cell to the left is empty, or the value is of another type.
        """
        if not isinstance(value, _CELL_TYPES[stage]):
            raise ValueError(f"{stage} holds {_CELL_TYPES[stage].__name__}, got {type(value).__name__}")
        later = {_CELLS[s]: None for s in STAGES if s.rank > stage.rank}
        kept = tuple(r for r in self.records if r.stage.rank <= stage.rank)
        return replace(self, **{_CELLS[stage]: value}, **later, records=kept)

    def emptied_from(self, stage: Stage) -> Turn:
        """A new Turn with this cell and all later ones empty."""
        cells = {_CELLS[s]: None for s in STAGES if s.rank >= stage.rank}
        return replace(self, **cells, records=tuple(r for r in self.records if r.stage.rank < stage.rank))

    def recorded(self, record: StageRecord) -> Turn:
        """With this record in the place of the stage's former one."""
        others = tuple(r for r in self.records if r.stage is not record.stage)
        return replace(self, records=(*others, record))

    @property
    def next_stage(self) -> Stage | None:
        """The first stage whose cell is empty."""
        return next((stage for stage in STAGES if self.cell(stage) is None), None)

    @property
    def size_mib(self) -> float:
        """What its arrays take in memory, in MiB."""
        return arrays_mib(self)


def arrays_mib(*values: object) -> float:
    """What the arrays of frozen values take in memory, in MiB, each counted once."""
    return _array_bytes(values, set()) / 2**20


def _array_bytes(value: object, seen: set[int]) -> int:
    """Bytes of all arrays reachable from a frozen value, each counted once."""
    if id(value) in seen:
        return 0
    seen.add(id(value))
    if hasattr(value, "nbytes"):
        return int(value.nbytes)  # type: ignore[attr-defined]
    if isinstance(value, tuple):
        return sum(_array_bytes(item, seen) for item in value)
    if hasattr(value, "__dataclass_fields__"):
        return sum(_array_bytes(getattr(value, f.name), seen) for f in fields(value))  # type: ignore[arg-type]
    return 0


@dataclass(frozen=True, eq=False)
class History(Frozen):
    """A tree of Turns by parent id, and a cursor. Undo and redo only move the cursor.

    The root is the state before the first edit: cursor None, the untouched source picture.
    """

    source: Picture
    turns: tuple[Turn, ...] = field(default=())
    cursor: str | None = None

    def __post_init__(self) -> None:
        ids = [turn.id for turn in self.turns]
        if len(set(ids)) != len(ids) or (self.cursor is not None and self.cursor not in ids):
            raise ValueError("history ids must be unique and the cursor one of them")
        if any(turn.parent in ids[number:] for number, turn in enumerate(self.turns)):
            raise ValueError("a turn's parent comes before it")

    def turn(self, id_: str) -> Turn:
        """Raises BadInput: no such turn."""
        found = next((turn for turn in self.turns if turn.id == id_), None)
        if found is None:
            raise BadInput("That step of the history no longer exists.")
        return found

    @property
    def current(self) -> Turn | None:
        return None if self.cursor is None else self.turn(self.cursor)

    @property
    def picture(self) -> Picture:
        """The picture as it stands at the cursor."""
        turn = self.current
        if turn is None:
            return self.source
        return turn.result.picture if turn.result is not None else turn.picture

    def accepted(self, turn: Turn) -> History:
        """With a finished turn added as a child of the cursor, which moves to it."""
        if turn.result is None:
            raise BadInput("Only a finished edit can be accepted: run the plan first.")
        return replace(self, turns=(*self.turns, replace(turn, parent=self.cursor)), cursor=turn.id)

    def undo(self) -> History:
        """The cursor on the parent; at the root nothing happens."""
        turn = self.current
        return self if turn is None else replace(self, cursor=turn.parent)

    def redo(self) -> History:
        """The cursor on the newest child; without one nothing happens."""
        children = [turn.id for turn in self.turns if turn.parent == self.cursor]
        return replace(self, cursor=children[-1]) if children else self

    def goto(self, id_: str | None) -> History:
        """The cursor on any turn, or on the source with None."""
        if id_ is not None:
            self.turn(id_)
        return replace(self, cursor=id_)

    def path(self) -> tuple[Turn, ...]:
        """The turns from the source to the cursor, oldest first."""
        steps: list[Turn] = []
        turn = self.current
        while turn is not None:
            steps.append(turn)
            turn = None if turn.parent is None else self.turn(turn.parent)
        return tuple(reversed(steps))
