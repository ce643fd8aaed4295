"""The blended-latent editor: a diffusion pipeline draws in windows around the mask, and nothing else changes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ...config import Settings
from ...core.errors import BadInput
from ...core.events import EditProgress
from ...core.plan import EditStep, Refusal
from ...core.result import StepOutcome
from ...ports import Detector, EditJob
from .refusals import refusal_of, region_of

if TYPE_CHECKING:
    from .drawing import Drawing
    from .engine import Engine


class BlendedEditor:
    """Inserts, replaces, removes, restyles and changes backgrounds with the pipeline that
    ``GGEDIT_EDITOR_MODEL`` names. It is loaded at the first edit and kept until ``release``."""

    def __init__(self, settings: Settings, detector: Detector | None = None) -> None:
        self._settings = settings
        self._detector = detector
        self._engine: Engine | None = None
        self._drawn: Drawing | None = None
        self._lock = threading.Lock()

    def refuses(self, step: EditStep) -> Refusal | None:
        """Why a model that redraws cannot do the step, or None."""
        return refusal_of(step)

    def edit(self, job: EditJob) -> Iterator[EditProgress | StepOutcome]:
        """Progress with previews, then one outcome. One edit at a time: a device holds one run.
        The other variants of a batch are taken from it without drawing anew.

        Raises:
            BadInput: the step is refused, or its mask is empty.
            BackendUnavailable: the model cannot be used.
            StageError: the device's memory is too small.
        """
        refusal = refusal_of(job.step)
        if refusal is not None:
            raise BadInput(refusal.sentence)
        region = region_of(job)
        if self._engine is None:
            yield EditProgress(0.0, f"Loading {self._settings.editor_model}")
        from .drawing import Drawing  # torch and diffusers are loaded with the first edit, not with the page

        with self._lock:
            engine = self._loaded()
            drawing = Drawing(engine, job, region, self._settings, self._detector)
            if self._drawn is None or self._drawn.key != drawing.key:
                yield from drawing.run()
                self._drawn = drawing
            yield self._drawn.outcome(job.variant)

    def _loaded(self) -> Engine:
        if self._engine is None:
            from ..placement import with_less_memory
            from .loading import load_engine

            frugal = replace(self._settings, low_memory=True)
            self._engine = with_less_memory(
                lambda: load_engine(self._settings),
                lambda: load_engine(frugal),
                doing="Loading the editing model",
                how="part by part, which is slower",
            )
        return self._engine

    def release(self) -> None:
        """Give the model's memory back; the next edit loads it again."""
        from ..placement import free_memory

        with self._lock:
            self._engine = self._drawn = None
        free_memory()
