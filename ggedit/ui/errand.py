"""Work on a thread of its own, so that whoever waits for it can turn to something else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from contextvars import copy_context
from queue import Empty, SimpleQueue
from typing import Any, cast

from ..core.events import Event

_Handed = tuple[Event | None, BaseException | None]


class Errand:
    """Runs ``work`` to its end and hands over its events.

    A library's call that takes seconds can't be interrupted. ``leave`` does not wait for it:
    the work is closed at its next event, and nobody hears of it any more.
    """

    def __init__(self, work: Iterator[Event]) -> None:
        self._work = work
        self._handed: SimpleQueue[_Handed] = SimpleQueue()
        self._left = threading.Event()
        work_here = copy_context().run  # whose request it is; a lent GPU is counted by that
        self._thread = threading.Thread(target=work_here, args=(self._go,), name="errand", daemon=True)
        self._thread.start()

    def events(self, *, patience_s: float, give_up: Callable[[], bool]) -> Iterator[Event]:
        """The events in order, until the work ends or ``give_up`` says so, which is asked after
        every event and every ``patience_s`` seconds.

        Raises:
            Exception: what the work raised.
        """
        while not give_up():
            try:
                event, error = self._handed.get(timeout=patience_s)
            except Empty:
                continue
            if error is not None:
                raise error
            if event is None:
                return
            yield event

    def leave(self, *, grace_s: float = 0.0) -> bool:
        """Ask the work to end at its next event; True = it ended within ``grace_s`` seconds."""
        self._left.set()
        return self.wait(grace_s)

    def wait(self, limit_s: float | None = None) -> bool:
        """Wait for the end of the work; False = it goes on after ``limit_s`` seconds."""
        self._thread.join(limit_s)
        return not self._thread.is_alive()

    def _go(self) -> None:
        error: BaseException | None = None
        try:
            with closing(cast(Any, self._work)) as source:
                for event in source:
                    if self._left.is_set():
                        return
                    self._handed.put((event, None))
        except BaseException as raised:
            if self._left.is_set():
                return
            error = raised
        self._handed.put((None, error))
