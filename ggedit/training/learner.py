"""The learner of the full tier: chosen things of a picture become concepts that prompts can name."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..config import Settings, variable
from ..core.errors import BackendUnavailable, BadInput
from ..core.events import EditProgress
from ..core.masks import Masks
from ..core.picture import Picture
from ..core.scene import SceneGraph
from ..model_files import model_folder
from .concept_subjects import Subject, subjects_of

if TYPE_CHECKING:
    from ..backends.graph.network import Network
    from ..backends.placement import Placement
    from .concepts import ConceptConfig, Wish

LIST = "concepts.json"
"""In the caller's folder: node -> concept."""


class ConceptLearner:
    """Learns with the Stable Diffusion pipeline that ``GGEDIT_GRAPH_MODEL`` names. One run at a time;
    the model is loaded for it and let go after."""

    def __init__(self, settings: Settings, config: ConceptConfig | None = None) -> None:
        self._settings = settings
        self._config = config
        self._lock = threading.Lock()

    def learn(
        self, picture: Picture, scene: SceneGraph, masks: Masks, *, folder: Path, seed: int
    ) -> Iterator[EditProgress | SceneGraph]:
        """Progress, then the scene whose nodes name their concepts.

        What was learned lies below ``GGEDIT_HOME/concepts`` under a name made from everything that
        decides it, so that a second call finds it; ``folder`` gets a list of the names.

        Raises:
            BadInput: nothing in the scene can be learned; says why of each thing.
            BackendUnavailable: the model is not here.
        """
        subjects, sentences = subjects_of(scene, masks)
        if not subjects:
            raise BadInput(" ".join(sentences) or "There is nothing to learn: choose a thing of the picture.")
        yield EditProgress(0.0, f"Loading {self._settings.graph_model}")
        with self._lock:
            try:
                learned = yield from self._learn(self._loaded(), picture, (subjects, sentences), seed)
            finally:
                _free()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / LIST).write_text(json.dumps(learned, indent=1) + "\n", encoding="utf-8")
        yield replace(scene, nodes=tuple(replace(n, concept=learned.get(n.id, n.concept)) for n in scene.nodes))

    def _learn(
        self, network: Network, picture: Picture, found: tuple[tuple[Subject, ...], tuple[str, ...]], seed: int
    ) -> Generator[EditProgress, None, dict[str, str]]:
        """Progress; the value is node -> concept. ``found``: what can be learned, and what was left out."""
        from ..backends.graph.concepts import concept_folder
        from .concept_views import large_enough
        from .concepts import ConceptConfig, Wish

        subjects, small = large_enough(found[0], network)
        sentences = (*found[1], *small)
        if not subjects:
            raise BadInput(" ".join(sentences))
        for sentence in sentences:
            yield EditProgress(0.0, sentence)
        config = replace(self._config or ConceptConfig(), seed=seed)
        classes = self._settings.home / "class_pictures" / _slug(self._settings.graph_model)
        wish = Wish(picture, subjects, self._settings.graph_model, classes, config)
        yield from _run(network, wish, concept_folder(self._settings, wish.name))
        return {s.node: f"{wish.name}/{s.token}" for s in subjects}

    def _loaded(self) -> Network:
        from ..backends.graph.network import Network
        from ..backends.placement import place

        folder = model_folder(self._settings.graph_model, self._settings)
        if folder is None:
            named = self._settings.graph_model
            raise BackendUnavailable(
                f"The model {named!r} is not on this machine: name a folder in {variable('graph_model')}."
            )
        return Network.load(folder, for_learning(place(self._settings)), low_memory=self._settings.low_memory)


def for_learning(placement: Placement) -> Placement:
    """float16 has too short a range for gradients without scaling: float32 takes its place."""
    import torch

    return placement if placement.dtype != torch.float16 else replace(placement, dtype=torch.float32)


def _run(network: Network, wish: Wish, out: Path) -> Iterator[EditProgress]:
    """The run's events as a person reads them; none where all has been learned before."""
    from ..backends.graph.concepts import CARD
    from .concepts import Preparing, train
    from .progress import Progress

    if (out / CARD).is_file():
        yield EditProgress(1.0, "Learned before")
        return
    for event in train(network, wish, out):
        if isinstance(event, Preparing):
            yield EditProgress(0.0, event.message, event.done, event.of)
        elif isinstance(event, Progress):
            message = f"Learning {_names(wish)}, loss {event.loss:.3f}"
            yield EditProgress(event.step / event.steps, message, event.step, event.steps)


def _names(wish: Wish) -> str:
    return ", ".join(subject.node for subject in wish.subjects)


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-")


def _free() -> None:
    from ..backends.placement import free_memory

    free_memory()
