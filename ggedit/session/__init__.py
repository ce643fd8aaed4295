"""A person's editing session: drafts, corrections, history, archive and replay."""

from .archive import load_history, save_history
from .editing import EditSession
from .replay import ReplayedTurn, replay
from .shelf import OwnShelf
from .spool import Spool

__all__ = ["EditSession", "OwnShelf", "ReplayedTurn", "Spool", "load_history", "replay", "save_history"]
