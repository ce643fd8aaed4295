"""Ways of asking besides a sentence: SGEdit's modification lines, and a box around the thing that is meant."""

from __future__ import annotations

from collections.abc import Iterator

from ..core.corrections import AddBox, ChooseCandidates
from ..core.errors import BadInput
from ..core.events import Event, StageFailed
from ..core.geometry import Box
from ..core.language import Clause
from ..core.modifications import graph_edits, read_modifications
from ..core.turn import Stage, Turn
from .editing import EditSession


def ask_lines(session: EditSession, lines: str, *, seed: int = 0) -> Iterator[Event]:
    """Ask for what the modification lines say; the picture is looked at first, which the events are of.

    Raises:
        BadInput: the scene could not be read, or a line does not fit it.
    """
    session.look(seed=seed)
    failed = ""
    for event in session.run(until=Stage.RELATE, ask_user=False):
        if isinstance(event, StageFailed):
            failed = event.message
        yield event
    scene = session.draft.scene
    if scene is None:
        raise BadInput(failed or "The scene could not be read.")
    session.ask_graph(graph_edits(read_modifications(lines), scene))


def target_clause(turn: Turn) -> tuple[int, Clause | None]:
    """The first clause that changes a thing, with its number; (0, None) where there is none."""
    clauses = turn.instruction.clauses if turn.instruction is not None else ()
    return next(((n, c) for n, c in enumerate(clauses) if c.target is not None), (0, None))


def point_out(session: EditSession, box: Box) -> Iterator[Event]:
    """The thing in the box is what the first clause with a target means; runs up to the choice, and
    the draft's last correction then names the thing.

    Raises:
        BadInput: the request speaks of no thing to change.
    """
    yield from session.run(until=Stage.DETECT, ask_user=False)
    number, clause = target_clause(session.draft)
    if clause is None or clause.target is None:
        raise BadInput("There is a box around the thing to change, but the request speaks of none.")
    session.correct(AddBox(clause.target.phrase, box))
    added = session.draft.corrections[-1]
    assert isinstance(added, AddBox)
    yield from session.run(until=Stage.SELECT, ask_user=False)
    session.correct(ChooseCandidates(number, (added.id,)))
