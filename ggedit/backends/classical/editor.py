"""The embedded editor: classical image processing on a CPU, with nothing to download."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ...config import Settings
from ...core.errors import BadInput
from ...core.events import EditProgress
from ...core.plan import Background, Duplicate, EditStep, Flip, Insert, Move, Refusal, Remove, Replace, Resize, Restyle
from ...core.result import StepOutcome
from ...ports import EditJob
from .editing.backdrop import run_background
from .editing.insertion import run_insert, run_replace
from .editing.jobs import within_reach
from .editing.moves import run_duplicate, run_flip, run_move, run_resize
from .editing.refusals import refusal_of
from .editing.removal import run_remove
from .editing.restyle import run_restyle

Run = Callable[[EditJob], Iterator[EditProgress | StepOutcome]]

_RUNS: dict[type, Run] = {
    Remove: run_remove,
    Move: run_move,
    Resize: run_resize,
    Flip: run_flip,
    Restyle: run_restyle,
    Replace: run_replace,
    Duplicate: run_duplicate,
    Insert: run_insert,
    Background: run_background,
}


class ClassicalEditor:
    """Removes, recolours, moves, copies and changes light; it never invents content."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def refuses(self, step: EditStep) -> Refusal | None:
        """Why the step needs the full tier, with what can be done instead; None if it can be done."""
        return refusal_of(step)

    def edit(self, job: EditJob) -> Iterator[EditProgress | StepOutcome]:
        """Progress, then one outcome whose patches lie inside what the step may change.

        Raises:
            BadInput: the step is refused, or its mask cannot be used.
        """
        refusal = refusal_of(job.step)
        if refusal is not None:
            raise BadInput(refusal.sentence)
        for event in _RUNS[type(job.step)](job):
            yield within_reach(job, event) if isinstance(event, StepOutcome) else event
