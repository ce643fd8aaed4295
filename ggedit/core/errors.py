"""The errors that cross a module border. Each says who gets to see it."""

from __future__ import annotations


class GgeditError(Exception):
    """Base of every error this package raises on purpose."""


class BadInput(GgeditError):
    """Something a person gave cannot be used. Its text is one sentence for that person.

    Raised by core, the command line and the page; shown verbatim, never with a trace.
    """


class BackendUnavailable(GgeditError):
    """A backend was asked for by name and lacks a module, weights or a key.

    Raised by assembly; its text names what is missing and the command that mends it.
    """


class PlanRejected(GgeditError):
    """A plan cannot run on this picture. ``problems`` holds ALL of them, for the person."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class StageError(GgeditError):
    """A backend broke its promise or failed. The pipeline turns it into a ``StageFailed`` event."""


class Halted(GgeditError):
    """Work whose result nobody waits for any more came to its next event. Nobody sees its text."""
