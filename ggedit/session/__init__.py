"""A person's editing session: drafts, corrections, history, archive and replay."""

from .archive import load_history, save_history
from .asking import ask_lines, point_out, target_clause
from .editing import EditSession
from .graphs import bring_in, confirm, look_for, remember
from .learning import learn_things, only
from .replay import ReplayedTurn, replay
from .seeking import looking_for
from .shelf import OwnShelf
from .spool import Spool

__all__ = [
    "EditSession",
    "OwnShelf",
    "ReplayedTurn",
    "Spool",
    "ask_lines",
    "bring_in",
    "confirm",
    "learn_things",
    "load_history",
    "look_for",
    "looking_for",
    "only",
    "point_out",
    "remember",
    "replay",
    "save_history",
    "target_clause",
]
