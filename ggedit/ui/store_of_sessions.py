"""Who is on the page: one entry per visitor, found only by an id that nobody can guess."""

from __future__ import annotations

import math
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ..core.turn import Stage, Turn, arrays_mib
from ..session import EditSession, OwnShelf
from .errand import Errand
from .files import Drawer

MAX_OUTBOXES = 64
"""A page that is opened again and again forgets its oldest outboxes."""

MAX_VISITORS = 200
"""Beyond this the one who was idle longest is forgotten; accepted turns stay in the store."""


def new_id() -> str:
    """A visitor's id: 256 bits of randomness."""
    return secrets.token_urlsafe(32)


@dataclass(eq=False)
class Visitor:
    """One browser page's work. Only the holder of ``busy`` may change it.

    doc: changes with every opened picture; edits made on another one are void.
    acks: the last edit that was dealt with, per outbox.
    notices: one sentence per panel about what just went wrong there.
    seconds: how long each stage took when it last ran.
    without_chat: no language model is asked, where the set-up has one.
    left_behind: stopped work that has not come back yet.
    weighed: what was weighed last, and how much it was.
    """

    drawer: Drawer
    session: EditSession | None = None
    name: str = "picture"
    doc: str | None = None
    rev: int = 0
    touched_s: float = 0.0
    compare: int = 0
    acks: dict[str, int] = field(default_factory=dict)
    notices: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    variants: list[Turn] = field(default_factory=list)
    seconds: dict[Stage, float] = field(default_factory=dict)
    select: str | None = None
    without_chat: bool = False
    download: dict[str, object] | None = None
    shelf: OwnShelf = field(default_factory=OwnShelf)
    busy: threading.Lock = field(default_factory=threading.Lock)
    left_behind: list[Errand] = field(default_factory=list)
    weighed: tuple[object, float] = (None, 0.0)
    stop: threading.Event = field(default_factory=threading.Event)

    def opened(self, session: EditSession, name: str) -> None:
        """Work begins on another picture."""
        self.session, self.name, self.doc = session, name, secrets.token_urlsafe(12)
        self.shelf.stand_by(session)
        self.variants, self.notes, self.download = [], (), None

    @property
    def size_mib(self) -> float:
        """What the session's pictures and masks take, in MiB."""
        if self.session is None:
            return 0.0
        now = (self.session.history, self.session.turn)
        if now != self.weighed[0]:
            self.weighed = (now, arrays_mib(*now, *self.variants))
        return self.weighed[1]

    def acknowledge(self, outbox: str, number: int) -> None:
        self.acks[outbox] = max(number, self.acks.pop(outbox, 0))
        while len(self.acks) > MAX_OUTBOXES:
            self.acks.pop(next(iter(self.acks)))

    def next_rev(self) -> int:
        self.rev += 1
        return self.rev


class Visitors:
    """All visitors. Those that were idle for ``idle_s`` seconds are forgotten, with their files;
    so are the longest idle ones while all together take more memory than ``limit_mib``."""

    def __init__(
        self,
        root: Path,
        *,
        idle_s: float,
        limit_mib: float = math.inf,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._root = root
        self._idle_s = idle_s
        self._limit_mib = limit_mib
        self._clock = clock
        self._lock = threading.Lock()
        self._visitors: dict[str, Visitor] = {}

    def __len__(self) -> int:
        return len(self._visitors)

    def get(self, sid: str) -> Visitor:
        """The visitor with this id, made anew where it is unknown or was forgotten."""
        with self._lock:
            self._sweep()
            visitor = self._visitors.get(sid)
            if visitor is None:
                visitor = self._visitors[sid] = Visitor(Drawer(self._root))
            visitor.touched_s = self._clock()
            return visitor

    def sweep(self) -> None:
        """Forget those whose time is over, although nobody comes."""
        with self._lock:
            self._sweep()

    def folders(self) -> set[Path]:
        """Where the visitors' files are."""
        with self._lock:
            return {visitor.drawer.folder for visitor in self._visitors.values()}

    def knows(self, sid: str) -> bool:
        return sid in self._visitors

    def drop(self, sid: str) -> None:
        with self._lock:
            visitor = self._visitors.pop(sid, None)
        if visitor is not None:
            visitor.stop.set()
            visitor.drawer.clear()

    def _sweep(self) -> None:
        limit = self._clock() - self._idle_s
        idle = sorted((v.touched_s, s) for s, v in self._visitors.items() if not v.busy.locked())
        surplus = len(self._visitors) - MAX_VISITORS
        surplus_mib = sum(v.size_mib for v in self._visitors.values()) - self._limit_mib
        for number, (touched_s, sid) in enumerate(idle):
            heavy = surplus_mib > 0 and number < len(self._visitors) - 1
            if touched_s < limit or number < surplus or heavy:
                gone = self._visitors.pop(sid)
                surplus_mib -= gone.size_mib
                gone.drawer.clear()
