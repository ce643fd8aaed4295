"""What the scene graph's edits do beyond one correction: boxes for lost things, SGEdit's files, learning."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property

from ..core.errors import BackendUnavailable, BadInput
from ..core.events import Event
from ..core.geometry import Box
from ..core.scene import NodeStatus
from ..core.sgedit_files import read_sg_dict
from ..core.turn import Turn
from ..session import EditSession, bring_in, confirm, learn_things
from .opening import Opener
from .panels import letters
from .store_of_sessions import Visitor
from .views.words import View


def give_box(session: EditSession, edit: letters.ConfirmNode) -> int | None:
    """The lost thing gets its box; the clause that asked for it, if one did."""
    clause = _clause_of(session.draft, edit.id)
    box = None if edit.box is None else Box(*edit.box).clipped(session.draft.picture.extent)
    confirm(session, edit.id, box)
    return clause


def _clause_of(turn: Turn, id_: str) -> int | None:
    node = turn.scene.node(id_) if turn.scene is not None else None
    doubts = turn.selection.doubts if turn.selection is not None else ()
    lost = (d.clause for d in doubts if node is not None and not d.candidates and d.phrase == node.label)
    return next(lost, None)


def bring_in_file(visitor: Visitor, session: EditSession, text: str) -> Iterator[Event]:
    """SGEdit's scene graph takes the place of what was seen; what was mended on the way is told.

    Raises:
        BadInput: it is not such a file.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise BadInput("This is not JSON: choose a graph that was saved here or SGEdit's sg_dict.json.") from None
    read = read_sg_dict(document, session.picture.extent)
    visitor.variants = []
    yield from bring_in(session, read.graph)
    if read.notes:
        visitor.notices["graph"] = " ".join(read.notes)


class Learning:
    """Learning things as concepts, where this set-up can. One per process."""

    def __init__(self, opener: Opener) -> None:
        self._opener = opener

    @cached_property
    def lacks(self) -> str:
        """What learning lacks here and what mends it, in one sentence; "" = it can be done."""
        rows = [c for c in self._opener.candidates() if c.spec.port == "learner"]
        try:
            self._opener.names(("learner",))
        except BackendUnavailable as error:
            lack = next((lack for c in rows for lack in c.missing), None)
            return str(error) if lack is None else f"Learning lacks {lack.what}: {lack.mend.rstrip('.')}."
        return ""

    def learn(self, session: EditSession, id_: str) -> Iterator[Event]:
        """Learn one thing of the draft; its node names the concept in the end.

        Raises:
            BadInput: it can't be learned; says why.
            BackendUnavailable: this set-up can't learn; says what mends it.
        """
        if session.draft.scene is not None:
            _must_be_there(session.draft, id_)
        learner = self._opener.backend("learner").use
        yield from learn_things(session, learner, (id_,), folder=self._opener.settings.home / "concepts")

    def view(self) -> View:
        return {"learning": {"lacks": self.lacks}}


def _must_be_there(turn: Turn, id_: str) -> None:
    node = turn.scene.node(id_) if turn.scene is not None else None
    if node is None or node.status is NodeStatus.NOT_FOUND:
        raise BadInput("Draw a box around that thing before it is learned.")
