"""Which candidates are meant, and why each was kept or dropped."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .freeze import Frozen


class Role(StrEnum):
    """What a kept box is for: the thing to change, a thing it is measured against, or a
    bystander that the scene graph shows and that the editor must leave alone."""

    TARGET = "target"
    ANCHOR = "anchor"
    SCENE = "scene"


@dataclass(frozen=True, slots=True)
class Choice(Frozen):
    """The verdict on one candidate for one referent.

    ``clause`` is the clause's index (None for bystanders), ``phrase`` the referent's phrase;
    ``reason`` is a sentence for the person; ``score`` in [0, 1] is how well it fits.
    """

    id: str
    kept: bool
    reason: str
    score: float
    role: Role = Role.SCENE
    clause: int | None = None
    phrase: str = ""


@dataclass(frozen=True, slots=True)
class Doubt(Frozen):
    """A choice the person should look at: ``margin`` in [0, 1] between best and next best."""

    clause: int
    phrase: str
    candidates: tuple[str, ...]
    question: str
    margin: float = 0.0


@dataclass(frozen=True, slots=True)
class Selection(Frozen):
    """Every candidate's verdict. A box may serve several clauses and then has several rows."""

    choices: tuple[Choice, ...]
    doubts: tuple[Doubt, ...] = ()

    @property
    def ambiguous(self) -> bool:
        return bool(self.doubts)

    @property
    def kept_ids(self) -> tuple[str, ...]:
        """Ids that are kept for anything, each once, in order of first mention."""
        return tuple(dict.fromkeys(c.id for c in self.choices if c.kept))

    def targets(self, clause: int) -> tuple[str, ...]:
        """Ids that the clause's target means."""
        return self._kept(clause, Role.TARGET)

    def anchors(self, clause: int, phrase: str | None = None) -> tuple[str, ...]:
        """Ids of the things the clause is measured against (all, or those of one phrase)."""
        return self._kept(clause, Role.ANCHOR, phrase)

    def _kept(self, clause: int, role: Role, phrase: str | None = None) -> tuple[str, ...]:
        rows = (c for c in self.choices if c.kept and c.clause == clause and c.role is role)
        return tuple(dict.fromkeys(c.id for c in rows if phrase in (None, c.phrase)))
