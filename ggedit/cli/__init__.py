"""The command line: one command per stage, and ``edit`` for all of them. JSON goes to standard output."""

from .main import app

__all__ = ["app"]
