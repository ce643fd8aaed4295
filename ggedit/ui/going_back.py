"""What Undo and Redo would do now, in words."""

from __future__ import annotations

from .store_of_sessions import Visitor


def takes_back(visitor: Visitor) -> str:
    """What Undo would do now, in words; "" = nothing is left to undo."""
    session = visitor.session
    if session is None:
        return ""
    if session.turn is not None:
        if session.turn.result is not None:
            return "Take back the result; the plan stays"
        return "Take back the last correction" if session.corrections_to_undo else "Drop this request"
    current = session.history.current
    return f"Take back “{current.ask.text or 'the change in the graph'}”" if current is not None else ""


def brings_back(visitor: Visitor) -> str:
    """What Redo would do now, in words; "" = there is nothing to redo."""
    session = visitor.session
    if session is None:
        return ""
    later = session.to_redo
    if later is not None:
        if session.turn is None:
            return "Bring back the request"
        return "Bring back the result" if later.result is not None else "Bring back the correction"
    if session.turn is not None:
        return ""
    following = [turn for turn in session.history.turns if turn.parent == session.history.cursor]
    return f"Forward to “{following[-1].ask.text or 'the change in the graph'}”" if following else ""
