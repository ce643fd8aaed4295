"""Whether a language model is asked, as the person wishes: the switch, and a plan by the rules instead."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from ..core.turn import Stage
from ..session import EditSession
from .opening import Opener
from .store_of_sessions import Visitor
from .views.kit import chat_view
from .views.words import View

BY_RULES = {"planner": "rules", "describer": "geometry"}
"""What does the work of a language model where none is asked: port and name."""


class LanguageModel:
    """The set-up's language model, as far as it can be switched off. One per process."""

    def __init__(self, opener: Opener) -> None:
        self._opener = opener

    @cached_property
    def _ports(self) -> tuple[str, ...]:
        """Ports whose chosen backend asks a language model and can do without."""
        rows = self._opener.candidates()
        return tuple(c.spec.port for c in rows if c.chosen and "chat" in c.spec.uses and c.spec.port in BY_RULES)

    @cached_property
    def _told(self) -> View:
        return chat_view(self._opener.candidates())

    def asked_by(self, session: EditSession) -> tuple[str, ...]:
        """Ports of this session that ask the language model."""
        return tuple(port for port in self._ports if getattr(session.kit, port) is self._opener.backend(port))

    def switch(self, visitor: Visitor, *, on: bool) -> None:
        """For this visitor's next runs; what was made stays as it is."""
        visitor.without_chat = not on
        self.settle(visitor)

    def settle(self, visitor: Visitor) -> None:
        """The session does as the visitor's switch says.

        Raises:
            BackendUnavailable: what should do the work instead lacks something; says what mends it.
        """
        session = visitor.session
        if session is None or bool(self.asked_by(session)) is not visitor.without_chat:
            return
        named, usual = self._opener.named, self._opener.backend
        wanted = {port: named(port, BY_RULES[port]) if visitor.without_chat else usual(port) for port in self._ports}
        session.kit = replace(session.kit, **wanted)

    def plan_by_rules(self, session: EditSession) -> None:
        """This session's plans are made by the rules from now on, the present one anew."""
        session.plan_with(self._opener.named("planner", BY_RULES["planner"]))

    def can_plan_by_rules(self, session: EditSession | None) -> bool:
        """The present plan is the language model's, or it gave none."""
        turn = session.turn if session is not None else None
        if session is None or turn is None or turn.scene is None or turn.result is not None:
            return False
        if turn.plan is None:
            return "planner" in self.asked_by(session)
        made_by = next((r.backend for r in turn.records if r.stage is Stage.PLAN), "")
        return "planner" in self._ports and made_by == self._opener.backend("planner").name

    def view(self, visitor: Visitor) -> View:
        """The state in words; ``switch``: there is a language model that can be switched off."""
        if not self._ports:
            return self._told | {"switch": False}
        session = visitor.session
        on = not visitor.without_chat if session is None else bool(self.asked_by(session))
        state = {"switch": True, "on": on, "model": self._opener.settings.chat_model}
        if on or session is None:
            return self._told | state
        by = ", ".join(f"{getattr(session.kit, port).name} is the {port}" for port in self._ports)
        return state | {"text": f"The language model is not asked: {by}. What it made before stays as it is."}
