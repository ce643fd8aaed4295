"""What the endpoints do: sessions found by unguessable ids, stages run, answers told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...core.errors import BadInput
from ...core.events import CorrectionDropped, EditProgress, Event, StageFailed, StageStarted
from ...core.picture import Picture
from ...core.turn import Stage
from ..actions import act, keep_result, session_of
from ..opening import Opener, open_file
from ..panels import letters
from ..store_of_sessions import Visitor, Visitors, new_id
from ..views.words import STAGE_MEANINGS
from ..watching import BLINK_S
from . import shapes
from .answers import answer_of, reading_of, state_of, under_way

_BLANK = (8, 8, 3)


@dataclass(frozen=True)
class Wish:
    """One call's request: what to ask ("" = go on with the draft), what to correct, how far to go."""

    text: str
    corrections: tuple[letters.Edit, ...]
    until: Stage
    seed: int = 0


class Service:
    """Answers programs. Its sessions live in memory only and are forgotten when they are idle."""

    def __init__(self, visitors: Visitors, opener: Opener) -> None:
        self._visitors = visitors
        self._opener = opener

    def parse(self, text: str) -> shapes.Reading:
        """How an instruction is understood before a picture is seen."""
        session = self._opener.session(Picture(np.zeros(_BLANK, np.uint8)), kept=False)
        session.ask(text)
        for event in session.run(until=Stage.PARSE, ask_user=False):
            _raise_failure(event)
        assert session.draft.instruction is not None
        return reading_of(session.draft.instruction)

    def open(self, path: Path, name: str) -> str:
        """A session on a photo or a session zip; returns its id.

        Raises:
            BadInput: it can't be read.
        """
        id_ = new_id()
        try:
            open_file(self._visitors.get(id_), path, name=name, opener=self._opener, kept=False)
        except BadInput:
            self._visitors.drop(id_)
            raise
        return id_

    def visitor(self, session: object) -> Visitor:
        """Raises BadInput: no session has this id."""
        if not isinstance(session, str) or not self._visitors.knows(session):
            raise BadInput("There is no session with this id: it was closed, or not used for too long.")
        return self._visitors.get(session)

    def work(self, session: str, wish: Wish) -> Iterator[Any]:
        """Answers of the shape that belongs to ``wish.until``; all but the last tell progress.

        Raises:
            BadInput: what was asked does not fit, or a stage failed.
        """
        visitor = self.visitor(session)
        with _Held(visitor):
            visitor.notices = {}
            yield from _told(session, visitor, wish)
            notes = (*visitor.notes, *visitor.notices.values())
            draft = session_of(visitor).draft
            yield answer_of(session, draft, visitor.drawer, until=wish.until, notes=notes)

    def state(self, session: str) -> shapes.SessionState:
        work = session_of(self.visitor(session))
        return state_of(session, work.history, work.turn)

    def move(self, session: str, to: str) -> shapes.SessionState:
        """To another turn of the history: "undo", "redo", "start" or a turn's id.

        Raises:
            BadInput: there is no such turn.
        """
        visitor = self.visitor(session)
        with _Held(visitor):
            work = session_of(visitor)
            keep_result(work)
            _MOVES.get(to, lambda each: each.goto(to))(work)
            visitor.variants = []
        return self.state(session)

    def close(self, session: str) -> None:
        """Forget a session and its files."""
        self.visitor(session)
        self._visitors.drop(session)


_MOVES = {
    "undo": lambda work: work.undo(),
    "redo": lambda work: work.redo(),
    "start": lambda work: work.goto(None),
}


class _Held:
    """One call at a time works on a session."""

    def __init__(self, visitor: Visitor) -> None:
        self._busy = visitor.busy

    def __enter__(self) -> None:
        if not self._busy.acquire(blocking=False):
            raise BadInput("This session is still at work on an earlier call: wait for its answer.")

    def __exit__(self, *_: object) -> None:
        self._busy.release()


def _told(session: str, visitor: Visitor, wish: Wish) -> Iterator[Any]:
    stage, told_s = Stage.PARSE, 0.0
    with closing(_events(visitor, wish)) as events:  # type: ignore[type-var]
        for event in events:
            _raise_failure(event)
            if isinstance(event, CorrectionDropped):
                visitor.notices["correction"] = f"A correction no longer fits and was left out: {event.why}"
            if isinstance(event, StageStarted):
                stage = event.stage
            if isinstance(event, EditProgress) and time.monotonic() - told_s < BLINK_S:
                continue
            progress, turn = _progress(event, stage), session_of(visitor).turn
            if progress is not None and turn is not None:
                told_s = time.monotonic()
                yield under_way(session, turn, progress, until=wish.until)


def _events(visitor: Visitor, wish: Wish) -> Iterator[Event]:
    session = session_of(visitor)
    if wish.text:
        yield from act(visitor, letters.AskEdit(n=1, kind="ask", text=wish.text))
    elif session.turn is None:
        session.look()
    for edit in wish.corrections:
        yield from act(visitor, edit)
    yield from session.run(until=min(wish.until, Stage.PLAN, key=lambda stage: stage.rank), ask_user=False)
    if wish.until is Stage.EDIT:
        yield from act(visitor, letters.Run(n=1, kind="run", seed=wish.seed))


def _progress(event: Event, stage: Stage) -> shapes.Progress | None:
    if isinstance(event, StageStarted):
        return {"stage": stage.value, "fraction": 0.0, "message": STAGE_MEANINGS[stage]}
    if isinstance(event, EditProgress):
        done = (event.step + event.fraction) / max(event.steps, 1)
        return {"stage": stage.value, "fraction": round(done, 3), "message": event.message}
    return None


def _raise_failure(event: Event) -> None:
    """Raises BadInput: the event says that a stage failed."""
    if isinstance(event, StageFailed):
        raise BadInput(event.message)
