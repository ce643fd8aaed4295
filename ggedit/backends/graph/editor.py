"""The graph editor: removes, draws, replaces, moves and adjusts the things of a scene graph.

SGEdit (Zhang et al., SIGGRAPH Asia 2024): a removal by inverted latents and mutual self attention,
an insertion by regional noise and steered cross and self attention. A thing keeps its looks by a
learned concept, or without one by lending its inverted self attention (less faithful, no training).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...config import Settings, variable
from ...core.errors import BackendUnavailable, BadInput
from ...core.events import EditProgress
from ...core.plan import EditStep, Insert, Refusal
from ...core.result import StepOutcome
from ...model_files import model_folder
from ...ports import EditJob, Segmenter
from .refusals import refusal_of

if TYPE_CHECKING:
    from .network import Network


class GraphEditor:
    """Edits with the Stable Diffusion pipeline that ``GGEDIT_GRAPH_MODEL`` names; its things are
    outlined by the chosen segmenter. Loaded at the first edit and kept until ``release``."""

    def __init__(self, settings: Settings, segmenter: Segmenter) -> None:
        self._settings = settings
        self._segmenter = segmenter
        self._network: Network | None = None
        self._lock = threading.Lock()

    def refuses(self, step: EditStep) -> Refusal | None:
        return refusal_of(step)

    def edit(self, job: EditJob) -> Iterator[EditProgress | StepOutcome]:
        """Progress, then one outcome. One edit at a time: a device holds one run.

        Raises:
            BadInput: the step is refused, or it has no mask.
            BackendUnavailable: the model or the concept cannot be used.
        """
        refusal = refusal_of(job.step)
        if refusal is not None:
            raise BadInput(refusal.sentence)
        if not isinstance(job.step, Insert) and (job.mask is None or not job.mask.area):
            raise BadInput("There is no mask for this step: click the object or paint over it.")
        if self._network is None:
            yield EditProgress(0.0, f"Loading {self._settings.graph_model}")
        from .steps import Work  # torch is loaded with the first edit, not with the page

        with self._lock:
            yield from Work(self._loaded(), self._segmenter, self._settings, job).run()

    def _loaded(self) -> Network:
        if self._network is None:
            from ..placement import place
            from .network import Network

            folder = model_folder(self._settings.graph_model, self._settings)
            if folder is None:
                named = self._settings.graph_model
                raise BackendUnavailable(
                    f"The model {named!r} is not on this machine: name a folder in {variable('graph_model')}."
                )
            self._network = Network.load(folder, place(self._settings), low_memory=self._settings.low_memory)
        return self._network

    def release(self) -> None:
        """Give the model's memory back; the next edit loads it again."""
        from ..placement import free_memory

        with self._lock:
            self._network = None
        free_memory()
