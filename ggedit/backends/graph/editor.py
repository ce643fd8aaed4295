"""The graph editor: removes, draws, replaces, moves and adjusts the things of a scene graph.

SGEdit (Zhang et al., SIGGRAPH Asia 2024): a removal by inverted latents and mutual self attention,
an insertion by regional noise and steered cross and self attention. A thing keeps its looks by a
learned concept, or without one by lending its inverted self attention (less faithful, no training).
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ...config import Settings, variable
from ...core.errors import BackendUnavailable, BadInput
from ...core.events import EditProgress
from ...core.plan import EditStep, Insert, Refusal
from ...core.result import StepOutcome
from ...model_files import model_folder
from ...ports import EditJob, Releasable, Segmenter
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
            StageError: the device's memory is too small.
        """
        refusal = refusal_of(job.step)
        if refusal is not None:
            raise BadInput(refusal.sentence)
        if not isinstance(job.step, Insert) and (job.mask is None or not job.mask.area):
            raise BadInput("There is no mask for this step: click the object or paint over it.")
        if self._network is None:
            yield EditProgress(0.0, f"Loading {self._settings.graph_model}")
        with self._lock:
            yield from self._work(self._loaded(), job)

    def _work(self, network: Network, job: EditJob) -> Iterator[EditProgress | StepOutcome]:
        """If the device's memory runs out, once more with one sample, a tiled autoencoder and the
        segmenter's memory."""
        from ..placement import going_on_with_less_memory  # torch is loaded with the first edit, not with the page
        from .steps import Work

        def smaller() -> Generator[EditProgress | StepOutcome]:
            network.vae.enable_tiling()
            if isinstance(self._segmenter, Releasable):
                self._segmenter.release()
            return Work(network, self._segmenter, replace(self._settings, graph_samples=1), job).run()

        yield from going_on_with_less_memory(
            lambda: Work(network, self._segmenter, self._settings, job).run(),
            smaller,
            doing="Editing this part",
            how="with one sample and in tiles, which is slower",
        )

    def _loaded(self) -> Network:
        if self._network is None:
            from ..placement import place, with_less_memory
            from .network import Network

            folder = model_folder(self._settings.graph_model, self._settings)
            if folder is None:
                named = self._settings.graph_model
                raise BackendUnavailable(
                    f"The model {named!r} is not on this machine: name a folder in {variable('graph_model')}."
                )
            placement, frugal = place(self._settings), self._settings.low_memory
            self._network = with_less_memory(
                lambda: Network.load(folder, placement, low_memory=frugal),
                lambda: Network.load(folder, placement, low_memory=True),
                doing="Loading the graph editor's model",
            )
        return self._network

    def release(self) -> None:
        """Give the model's memory back; the next edit loads it again."""
        from ..placement import free_memory

        with self._lock:
            self._network = None
        free_memory()
