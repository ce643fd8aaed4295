"""Run a saved session's plans again, from the untouched picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..core.errors import StageError
from ..core.events import Finished, StageFailed
from ..core.freeze import Frozen
from ..core.turn import History, Stage, Turn
from ..pipeline import run
from ..ports import Kit


@dataclass(frozen=True, eq=False, slots=True)
class ReplayedTurn(Frozen):
    """A turn run again; ``same`` says that its pixels equal those that were saved."""

    turn: Turn
    same: bool


def replay(history: History, kit: Kit) -> Iterator[ReplayedTurn]:
    """Every turn on the way to the cursor, edited again from the source picture.

    Raises:
        StageError: a step failed.
    """
    picture = history.source
    for old in history.path():
        fresh = _finish(replace(old.emptied_from(Stage.EDIT), picture=picture), kit)
        assert fresh.result is not None and old.result is not None
        picture = fresh.result.picture
        yield ReplayedTurn(fresh, picture.digest == old.result.picture.digest)


def _finish(turn: Turn, kit: Kit) -> Turn:
    for event in run(turn, kit):
        if isinstance(event, StageFailed):
            raise StageError(event.message)
        if isinstance(event, Finished):
            return event.turn
    raise StageError("The run ended without a result.")
