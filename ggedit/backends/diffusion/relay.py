"""A call that reports through callbacks, as a generator that can be closed."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Generic, TypeVar

E = TypeVar("E")
R = TypeVar("R")


class Cancelled(Exception):
    """Raised inside the work when nobody wants its result any more."""


@dataclass(frozen=True)
class _End(Generic[R]):
    result: R | None
    error: BaseException | None


class _Relay(Generic[E]):
    def __init__(self) -> None:
        self.events: queue.SimpleQueue[E | _End] = queue.SimpleQueue()
        self.ahead = threading.Semaphore(1)
        self.cancelled = threading.Event()

    def report(self, event: E) -> None:
        """Hand an event over; the work may run one step ahead of the one who listens.

        Raises:
            Cancelled: the listener has gone.
        """
        if self.cancelled.is_set():
            raise Cancelled
        self.events.put(event)
        self.ahead.acquire()
        if self.cancelled.is_set():
            raise Cancelled


def relayed(work: Callable[[Callable[[E], None]], R]) -> Generator[E, None, R]:
    """The events that ``work`` reports, then its result as the generator's value.

    The work runs in a thread of its own, as a part of the stage that runs here, and at most one
    step ahead. Closing the generator makes its next report raise ``Cancelled``, and waits until it
    has ended: within one step.
    """
    relay: _Relay[E] = _Relay()
    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(_run, work, relay), name="ggedit-model", daemon=True)
    thread.start()
    try:
        while True:
            event = relay.events.get()
            if isinstance(event, _End):
                if event.error is not None:
                    raise event.error
                return event.result  # type: ignore[return-value]
            yield event
            relay.ahead.release()
    finally:
        relay.cancelled.set()
        relay.ahead.release()
        thread.join()


def _run(work: Callable[[Callable[[E], None]], R], relay: _Relay[E]) -> None:
    try:
        end: _End[R] = _End(work(relay.report), None)
    except BaseException as error:  # handed to the listener, who raises it
        end = _End(None, error)
    relay.events.put(end)
