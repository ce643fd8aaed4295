"""The segmenter port over any model that embeds a picture once and then answers prompts."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from ...config import Settings
from ...core.freeze import Frozen
from ...core.picture import Picture
from ...ports import MaskCandidate, MaskPrompt
from ..placement import free_memory, with_less_memory
from .answer import Answer, candidates, last_resort
from .frame import Floats, Frame
from .question import Question, deepest_point, painted_logits, read_prompt, rough_logits

if TYPE_CHECKING:
    import torch

Embedding = tuple["torch.Tensor", ...]
"""A picture as the decoder needs it: float32 tensors in CPU memory."""

_MIB = 2**20


@dataclass(frozen=True, eq=False, slots=True)
class ModelPrompt(Frozen):
    """Prompts in the model's frame: ``xy`` (N, 2), ``labels`` (N,), ``box`` (4,), ``mask`` (side, side)."""

    xy: Floats
    labels: np.ndarray
    box: Floats | None
    mask: Floats | None
    several: bool


class MaskModel(Protocol):
    """A loaded model. ``side_px``: its square input; ``mask_px``: its mask prompts and answers."""

    side_px: int
    mask_px: int
    padded: bool

    def encode(self, pixels: Floats) -> Embedding:
        """The embedding of a normalised picture (3, side, side)."""
        ...

    def decode(self, embedding: Embedding, prompt: ModelPrompt) -> Answer: ...

    def offload(self) -> None:
        """Move the picture's encoder to the CPU for good."""
        ...


class Embeddings:
    """The pictures looked at last, by digest, bounded in MiB; the newest one always stays."""

    def __init__(self, limit_mib: float) -> None:
        self._limit = limit_mib
        self._kept: OrderedDict[str, Embedding] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def size_mib(self) -> float:
        return sum(_mib(embedding) for embedding in self._kept.values())

    def get(self, digest: str) -> Embedding | None:
        found = self._kept.get(digest)
        if found is not None:
            self._kept.move_to_end(digest)
        return found

    def put(self, digest: str, embedding: Embedding) -> None:
        self._kept[digest] = embedding
        while len(self._kept) > 1 and self.size_mib > self._limit:
            self._kept.popitem(last=False)

    def clear(self) -> None:
        self._kept.clear()


def _mib(embedding: Embedding) -> float:
    return sum(tensor.numel() * tensor.element_size() for tensor in embedding) / _MIB


class PromptedSegmenter:
    """Masks from a box, clicks, strokes, or any mix of them.

    The picture goes through the large encoder once; every later prompt on it runs only the
    small decoder. The model is loaded at the first prompt and again after ``release``.
    """

    def __init__(self, settings: Settings, load: Callable[[Settings], MaskModel]) -> None:
        self._settings = settings
        self._load = load
        self._model: MaskModel | None = None
        self._embeddings = Embeddings(settings.embeddings_mib)
        self._turn = threading.Lock()

    def segment(self, picture: Picture, prompt: MaskPrompt) -> tuple[MaskCandidate, ...]:
        """One to three non-empty masks of the thing, best first by predicted quality and agreement
        with the prompt; inside the box, a little enlarged, unless something outside it was marked.

        Raises:
            BadInput: the prompt is empty, or its box lies outside the picture.
            BackendUnavailable: the model's files cannot be used.
            StageError: the model does not fit into the memory.
        """
        question = read_prompt(prompt, picture.extent)
        with self._turn:
            model = self._loaded()
            frame = Frame(picture.extent, model.side_px, model.padded)
            embedding = self._embedding(model, frame, picture)
            found = self._ask(model, frame, embedding, question)
            if not found and (point := deepest_point(question)) is not None:
                found = self._ask(model, frame, embedding, question.with_hint(point))
        return found or (last_resort(question),)

    def release(self) -> None:
        """Give the model's memory back; the pictures' embeddings stay."""
        with self._turn:
            self._model = None
            free_memory()

    def _loaded(self) -> MaskModel:
        if self._model is None:
            frugal = replace(self._settings, low_memory=True)
            self._model = with_less_memory(
                lambda: self._load(self._settings),
                lambda: self._load(frugal),
                doing="Loading the segmenter",
                how="with its encoder in the computer's own memory, which is slower",
            )
        return self._model

    def _embedding(self, model: MaskModel, frame: Frame, picture: Picture) -> Embedding:
        known = self._embeddings.get(picture.digest)
        if known is None:
            pixels = frame.input_of(picture)
            known = with_less_memory(
                lambda: model.encode(pixels),
                lambda: self._encode_smaller(model, pixels),
                doing="Looking at the picture for masks",
                how="on the CPU, which is slower",
            )
            self._embeddings.put(picture.digest, known)
        return known

    def _encode_smaller(self, model: MaskModel, pixels: Floats) -> Embedding:
        self._embeddings.clear()
        model.offload()
        return model.encode(pixels)

    def _ask(
        self, model: MaskModel, frame: Frame, embedding: Embedding, question: Question
    ) -> tuple[MaskCandidate, ...]:
        """One pass of the decoder; with strokes a second one, which gets the first one's answer
        with the strokes painted into it (the model was trained on its own former answers)."""
        answer = _decoded(model, embedding, _prompt(question, frame, rough_logits(question, frame, model.mask_px)))
        if question.painted:
            mended = painted_logits(answer.best, question, frame)
            answer = _decoded(model, embedding, _prompt(question, frame, mended))
        return candidates(answer, question, frame)


def _decoded(model: MaskModel, embedding: Embedding, prompt: ModelPrompt) -> Answer:
    """The decoder's answer; where the memory is too small for both, the encoder makes room."""

    def alone() -> Answer:
        model.offload()
        free_memory()
        return model.decode(embedding, prompt)

    return with_less_memory(
        lambda: model.decode(embedding, prompt),
        alone,
        doing="Cutting out a mask",
        how="with the picture's encoder on the CPU, which is slower",
    )


def _prompt(question: Question, frame: Frame, mask: Floats | None) -> ModelPrompt:
    box = question.box
    return ModelPrompt(
        xy=frame.to_input(question.points),
        labels=np.asarray(question.labels, np.int64),
        box=frame.to_input([box.xyxy[:2], box.xyxy[2:]]).reshape(4) if box is not None else None,
        mask=mask,
        several=question.ambiguous,
    )
