"""Work on a thread of its own: its events, its failure, and being left behind."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextvars import ContextVar

import pytest

from ggedit.core.errors import BadInput
from ggedit.core.events import EditProgress, Event
from ggedit.ui.errand import Errand


def _ticks(count: int) -> Iterator[Event]:
    for number in range(count):
        yield EditProgress(number / count, "Filling")


def _never() -> bool:
    return False


def test_events_arrive_in_order() -> None:
    seen = list(Errand(_ticks(5)).events(patience_s=0.01, give_up=_never))
    assert [e.fraction for e in seen if isinstance(e, EditProgress)] == [0, 0.2, 0.4, 0.6, 0.8]


def test_what_the_work_raises_is_raised_to_whoever_waits() -> None:
    def failing() -> Iterator[Event]:
        yield EditProgress(0.5, "Filling")
        raise BadInput("Draw a box first.")

    events = Errand(failing()).events(patience_s=0.01, give_up=_never)
    assert isinstance(next(events), EditProgress)
    with pytest.raises(BadInput, match="Draw a box"):
        next(events)


_WHO: ContextVar[str] = ContextVar("who", default="nobody")


def test_the_work_runs_in_the_callers_context() -> None:
    def asking() -> Iterator[Event]:
        yield EditProgress(0.0, _WHO.get())

    _WHO.set("visitor")
    (event,) = Errand(asking()).events(patience_s=0.01, give_up=_never)
    assert isinstance(event, EditProgress)
    assert event.message == "visitor"


class _Stuck:
    """Work that sits in a call until it is let go, as a library's does."""

    def __init__(self) -> None:
        self.inside, self.go_on, self.closed = threading.Event(), threading.Event(), threading.Event()

    def events(self) -> Iterator[Event]:
        try:
            self.inside.set()
            self.go_on.wait(20)
            yield EditProgress(0.1, "Filling")
            raise AssertionError("went on after it was left")
        finally:
            self.closed.set()


def test_a_call_that_does_not_come_back_is_left_at_once_and_closed_when_it_does() -> None:
    stuck, stop = _Stuck(), threading.Event()
    errand = Errand(stuck.events())
    assert stuck.inside.wait(20)
    stop.set()
    assert list(errand.events(patience_s=0.01, give_up=stop.is_set)) == []
    assert not errand.leave(grace_s=0.01)
    assert not stuck.closed.is_set()
    stuck.go_on.set()
    assert errand.wait(20)
    assert stuck.closed.is_set()
