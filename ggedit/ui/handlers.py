"""From a panel's letter to new views of all panels. No gradio here: plain data in and out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ..core.errors import GgeditError
from ..core.events import Event
from ..core.turn import Stage, Turn
from .actions import act, has_work_left, keep_result, looks_until, session_of
from .downloads import make_download
from .examples import examples_view, start_example
from .going_back import brings_back, takes_back
from .graph_actions import Learning
from .language_model import LanguageModel
from .looking import look_closer
from .opening import Opener, open_file
from .panels import letters
from .store_of_sessions import Visitor, Visitors, new_id
from .views import (
    Running,
    canvas_view,
    editor_view,
    file_of,
    graph_view,
    history_view,
    kit_view,
    plan_view,
    progress_view,
    request_view,
)
from .views.words import View
from .watching import Views, Watch, addressed

PANELS = ("canvas", "request", "plan", "graph", "progress", "history")

_SESSION_ID = re.compile(r"[0-9a-f]{32}")


class Desk:
    """Answers letters. One per process; all that is kept lies in ``visitors``."""

    def __init__(self, visitors: Visitors, opener: Opener) -> None:
        self.visitors = visitors
        self.opener = opener
        self.language_model = LanguageModel(opener)
        self.learning = Learning(opener)

    def recognise(self, memory: object) -> str:
        """The visitor's id on a page that was opened: the one the browser remembers if that
        work is still here, else a new one, on which the remembered session goes on.

        ``memory`` comes from the browser and is believed only as far as its ids are known.
        """
        remembered = memory if isinstance(memory, dict) else {}
        sid, session = remembered.get("visitor"), remembered.get("session")
        if isinstance(sid, str) and self.visitors.knows(sid):
            return sid
        sid = new_id()
        if isinstance(session, str) and _SESSION_ID.fullmatch(session):
            with suppress(GgeditError):
                self.visitors.get(sid).opened(self.opener.resume(session), "picture")
        return sid

    def memory(self, sid: str) -> View:
        """What the browser should remember: ids and nothing else."""
        session = self.visitors.get(sid).session
        return {"visitor": sid, "session": session.id if session is not None else None}

    def welcome(self, sid: str) -> Views:
        """What a page shows when it is opened."""
        views = self._views(self.visitors.get(sid))
        views["progress"]["kit"] = kit_view(self.opener.candidates())
        return views

    def stop(self, letter: letters.Letter | None, sid: str | None) -> Views:
        """Ask the work under way to end; its own answer follows within one step."""
        if letter is None or sid is None:
            return {}
        visitor = self.visitors.get(sid)
        for edit in _fresh(visitor, letter):
            visitor.acknowledge(letter.outbox, edit.n)
            if visitor.busy.locked():
                visitor.stop.set()
        return {}

    def look(self, letter: letters.Letter | None, sid: str | None) -> View | None:
        """The answer to a question that changes nothing; it waits for no work under way."""
        question = getattr(letter, "look", None)
        return look_closer(self.visitors.get(sid), question) if sid and question is not None else None

    def answer(self, panel: str, letter: letters.Letter | None, sid: str) -> Iterator[Views]:
        """Carry out what is new in a letter; yields progress, then all views.

        While the visitor's earlier work is under way nothing happens: the edits stay in the
        browser's outbox and come again as soon as that work has answered.
        """
        visitor = self.visitors.get(sid)
        if letter is None or not visitor.busy.acquire(blocking=False):
            return
        try:
            visitor.stop.clear()
            visitor.notices, visitor.select = {}, None
            yield from self._carry_out(visitor, panel, letter)
        finally:
            visitor.busy.release()
        yield self._views(visitor)

    def _carry_out(self, visitor: Visitor, panel: str, letter: letters.Letter) -> Iterator[Views]:
        fresh = _fresh(visitor, letter)
        watch = Watch(visitor, show_stages=any(isinstance(e, letters.AskEdit | letters.TakeExample) for e in fresh))
        for edit in fresh:
            try:
                yield from watch.follow(self._one(visitor, edit), self._views)
            except GgeditError as error:
                visitor.notices[panel] = str(error)
            visitor.acknowledge(letter.outbox, edit.n)
        yield from self._finish_analysis(visitor, watch)

    def _finish_analysis(self, visitor: Visitor, watch: Watch) -> Iterator[Views]:
        """Fill what the edits emptied, up to the plan."""
        session = visitor.session
        if session is None or visitor.stop.is_set() or not has_work_left(session.turn):
            return
        until = looks_until(session.draft)
        yield from watch.follow(session.run(until=until, ask_user=False), self._views)

    def _one(self, visitor: Visitor, edit: letters.Edit) -> Iterator[Event]:
        if isinstance(edit, letters.Open):
            open_file(visitor, Path(edit.file.path), name=edit.file.orig_name or "picture", opener=self.opener)
            self.language_model.settle(visitor)
        elif isinstance(edit, letters.TakeExample):
            ask = start_example(visitor, edit.name, opener=self.opener)
            self.language_model.settle(visitor)
            if ask:
                yield from act(visitor, letters.AskEdit(n=edit.n, kind="ask", text=ask))
        elif isinstance(edit, letters.PlanByRules):
            self.language_model.plan_by_rules(session_of(visitor))
        elif isinstance(edit, letters.UseChat):
            self.language_model.switch(visitor, on=edit.on)
        elif isinstance(edit, letters.LearnThing):
            yield from self.learning.learn(session_of(visitor), edit.id)
        elif isinstance(edit, letters.Download):
            self._download(visitor, edit)
        else:
            yield from act(visitor, edit)

    def _download(self, visitor: Visitor, edit: letters.Download) -> None:
        session = session_of(visitor)
        if edit.what == "session":
            keep_result(session)
        path, said = make_download(visitor, session, edit)
        visitor.download = {"n": visitor.rev + 1, "name": path.name, "file": file_of(path)}
        if said:
            visitor.notices["history"] = said

    # views ---------------------------------------------------------------------------------

    def _views(self, visitor: Visitor, running: Running | None = None, failed: Stage | None = None) -> Views:
        session = visitor.session
        turn = session.turn if session is not None else None
        shown: Views = {
            "request": request_view(turn) | {"open": session is not None, "shelf": list(visitor.shelf.own_names)},
            "plan": plan_view(turn) | self._beside_the_plan(visitor) | {"busy": running is not None},
            "graph": graph_view(turn) | self.learning.view(),
            "progress": progress_view(_recorded(visitor, turn), running, failed),
        }
        shown["canvas"] = self._canvas(visitor, turn)
        shown["history"] = self._history(visitor, turn)
        return addressed(visitor, shown)

    def _beside_the_plan(self, visitor: Visitor) -> View:
        model, session = self.language_model, visitor.session
        return {
            "editor": editor_view(session),
            "chat": model.view(visitor),
            "by_rules": model.can_plan_by_rules(session),
        }

    def _canvas(self, visitor: Visitor, turn: Turn | None) -> View:
        if visitor.session is None:
            return {"examples": examples_view(visitor.drawer), "picture": None, "hint": ""}
        view = canvas_view(turn, visitor.session.picture, visitor.drawer)
        view |= {"select": visitor.select, "compare": visitor.compare, "notes": list(visitor.notes)}
        return view

    def _history(self, visitor: Visitor, turn: Turn | None) -> View:
        session = visitor.session
        if session is None:
            return {"turns": [], "undo": "", "redo": "", "result": None, "variants": []}
        view = history_view(
            session.history,
            turn,
            drawer=visitor.drawer,
            steps=(takes_back(visitor), brings_back(visitor)),
            variants=visitor.variants,
        )
        return view | {"download": visitor.download, "notes": list(visitor.notes)}  # type: ignore[dict-item]


def _fresh(visitor: Visitor, letter: letters.Letter) -> list[letters.Edit]:
    """Edits that were not dealt with and belong to the picture that is open."""
    done = visitor.acks.get(letter.outbox, 0)
    edits: list[letters.Edit] = [e for e in getattr(letter, "edits", []) if e.n > done]
    opening = (letters.Open, letters.TakeExample)
    usable = [e for e in edits if isinstance(e, opening) or letter.doc == visitor.doc]
    if edits and not usable:
        visitor.acknowledge(letter.outbox, edits[-1].n)
    return usable


def _recorded(visitor: Visitor, turn: Turn | None) -> Turn | None:
    """The draft, else the accepted turn whose picture is shown."""
    if turn is not None or visitor.session is None:
        return turn
    return visitor.session.history.current
