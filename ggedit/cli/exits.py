"""What the exit code says, and the one place where errors become a sentence and a code."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import typer
from typer.core import TyperGroup

from ..core.errors import BackendUnavailable, BadInput, GgeditError, PlanRejected, StageError


class Exit(IntEnum):
    """Exit codes, also in the help. 0 is success."""

    FAILED = 1
    BAD_INPUT = 2
    QUESTION = 3
    REFUSED = 4
    UNAVAILABLE = 5
    DIFFERENT = 6
    STOPPED = 130


MEANINGS = (
    "Exit codes: 0 done; 1 failed inside; 2 wrong use or a file that cannot be used; 3 the request was not "
    "understood; 4 this request cannot be done on this picture with these backends; 5 a backend is "
    "missing; 6 a replay gave other pixels; 130 stopped by you."
)


class Question(GgeditError):
    """The request was not understood, and nobody is there to be asked."""


class Refused(GgeditError):
    """A stage could not do its work, or the plan has nothing that can be done."""


_CODES: tuple[tuple[type[GgeditError], Exit], ...] = (
    (BadInput, Exit.BAD_INPUT),
    (Question, Exit.QUESTION),
    (Refused, Exit.REFUSED),
    (PlanRejected, Exit.REFUSED),
    (StageError, Exit.REFUSED),
    (BackendUnavailable, Exit.UNAVAILABLE),
    (GgeditError, Exit.FAILED),
)


class Commands(TyperGroup):
    """A group whose commands end in one sentence on standard error, never in a trace."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except GgeditError as error:
            say(str(error))
            raise typer.Exit(next(code for kind, code in _CODES if isinstance(error, kind))) from None
        except BrokenPipeError:
            raise typer.Exit(Exit.FAILED) from None


def say(sentence: str) -> None:
    """Tell the person something; standard output stays JSON."""
    typer.echo(f"ggedit: {sentence}", err=True)
