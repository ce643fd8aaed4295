"""New rows of a text encoder's embedding, as one small parameter beside the frozen matrix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from .concept_subjects import Subject


class TaughtEmbedding(nn.Module):
    """An embedding whose rows for some ids come from ``rows``, float32 (n, C); all others are the
    base's, which is frozen, so that nothing but the new rows can change."""

    def __init__(self, base: nn.Embedding, ids: Sequence[int], rows: torch.Tensor) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.rows = nn.Parameter(rows.float().clone())
        self.ids: torch.Tensor
        self.register_buffer("ids", torch.tensor(list(ids)), persistent=False)

    @property
    def weight(self) -> torch.Tensor:
        """The base's matrix: callers ask for its type and device."""
        return self.base.weight

    def forward(self, numbers: torch.Tensor) -> torch.Tensor:
        known = self.base(numbers.clamp(max=self.base.num_embeddings - 1))
        hit = numbers[..., None] == self.ids
        new = (hit.to(self.rows.dtype) @ self.rows).to(known.dtype)
        return torch.where(hit.any(-1, keepdim=True), new, known)


def first_rows(subjects: Sequence[Subject], tokenizer: Any, matrix: torch.Tensor) -> torch.Tensor:
    """Each token begins as the mean of all pieces of its noun: float32 (n, C)."""
    rows = []
    for subject in subjects:
        pieces = tokenizer(subject.noun, add_special_tokens=False).input_ids
        rows.append(matrix.detach()[pieces].float().mean(0))
    return torch.stack(rows)


@contextmanager
def taught(text_encoder: Any, tokenizer: Any, subjects: Sequence[Subject]) -> Iterator[TaughtEmbedding]:
    """The encoder reads the subjects' tokens inside; the tokenizer keeps knowing them after."""
    base = text_encoder.get_input_embeddings()
    rows = first_rows(subjects, tokenizer, base.weight)
    tokens = [subject.token for subject in subjects]
    tokenizer.add_tokens(tokens)
    embedding = TaughtEmbedding(base, tokenizer.convert_tokens_to_ids(tokens), rows).to(base.weight.device)
    text_encoder.set_input_embeddings(embedding)
    try:
        yield embedding
    finally:
        text_encoder.set_input_embeddings(base)
