"""Prompts whose parts are known: which tokens speak of which thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from ...core.freeze import Frozen

BACKGROUND = "a photo of the background only, an empty scene with no people and no objects in front"
"""What a hole is filled with, and what lies around things that are drawn."""


@dataclass(frozen=True, slots=True)
class Thing(Frozen):
    """Something to draw: the words that name it in the prompt, and how it looks.

    ``name`` is plain words, or the token of a learned concept.
    """

    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Prompt(Frozen):
    """A text and, for each thing, the (start, end) characters that speak of it."""

    text: str
    spans: tuple[tuple[tuple[int, int], ...], ...]


def main_prompt(sentence: str, things: Sequence[Thing], tokenizer: Any) -> Prompt:
    """The sentence, then the details of the things as far as the tokenizer's length allows.

    Each mention is given to one thing only: two cups take the first and the second "cup". A thing
    that the sentence does not name is named after it, so that none is left without words.
    """
    text, found, taken = sentence.strip(), [], []
    for thing in things:
        span = _next_mention(text, thing.name, taken)
        if span is None:
            start = len(text) + 2
            text, span = f"{text}, {thing.name}", (start, start + len(thing.name))
        taken.append(span)
        found.append([span])
    for thing, spans in zip(things, found, strict=True):
        longer = f"{text} {thing.detail.strip()}"
        if thing.detail.strip() and _fits(longer, tokenizer):
            spans.append((len(text) + 1, len(longer)))
            text = longer
    return Prompt(text, tuple(tuple(spans) for spans in found))


def with_tokens(sentence: str, tokens: Sequence[tuple[str, str]]) -> str:
    """The sentence with each (name, token)'s first mention that no other name has put as the token;
    a name that is not there changes nothing."""
    found: dict[tuple[int, int], str] = {}
    for name, token in tokens:
        if (span := _next_mention(sentence, name, tuple(found))) is not None:
            found[span] = token
    for start, end in sorted(found, reverse=True):
        sentence = sentence[:start] + found[start, end] + sentence[end:]
    return sentence


def regional_prompt(thing: Thing, tokenizer: Any) -> Prompt:
    """One thing by itself, for a region that is drawn on its own."""
    return main_prompt(f"a {thing.name}.", (thing,), tokenizer)


def _next_mention(text: str, name: str, taken: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The first place of the name that nothing else has, at word borders."""
    low, wanted, start = text.lower(), name.lower(), 0
    while (at := low.find(wanted, start)) >= 0:
        span = (at, at + len(wanted))
        apart = not low[at - 1 : at].isalnum() and not low[span[1] : span[1] + 1].isalnum()
        if apart and not any(a < span[1] and span[0] < b for a, b in taken):
            return span
        start = at + 1
    return None


def _fits(text: str, tokenizer: Any) -> bool:
    return len(tokenizer(text).input_ids) <= tokenizer.model_max_length


@dataclass(frozen=True)
class Words:
    """Prompts as the network reads them: hidden states (B, L, C), and the tokens' numbers, (B, L)."""

    states: torch.Tensor
    ids: torch.Tensor

    def split(self) -> Iterator[Words]:
        """One prompt at a time."""
        return (Words(*parts) for parts in zip(self.states.split(1), self.ids.split(1), strict=True))

    @classmethod
    def together(cls, prompts: Sequence[Words]) -> Words:
        return cls(torch.cat([p.states for p in prompts]), torch.cat([p.ids for p in prompts]))


def encode(prompts: Sequence[str], tokenizer: Any, text_encoder: Any) -> Words:
    """The prompts, cut to the tokenizer's length; gradients reach what the encoder learns."""
    inputs = tokenizer(
        list(prompts), padding="max_length", truncation=True, max_length=tokenizer.model_max_length, return_tensors="pt"
    )
    ids = inputs.input_ids.to(text_encoder.device)
    return Words(text_encoder(ids)[0], ids)


def token_map(prompt: Prompt, tokenizer: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Which tokens speak of which thing: bool (K, L), and which belong to no text at all (start,
    end and padding): bool (L,). Found by the tokenizer's own character offsets."""
    inputs = tokenizer(
        prompt.text,
        padding="max_length",
        truncation=True,
        max_length=tokenizer.model_max_length,
        return_offsets_mapping=True,
    )
    offsets = torch.tensor(inputs["offset_mapping"])
    rows = [_touching(offsets, spans) for spans in prompt.spans]
    return torch.stack(rows), offsets[:, 0] == offsets[:, 1]


def _touching(offsets: torch.Tensor, spans: Sequence[tuple[int, int]]) -> torch.Tensor:
    start, end = offsets[:, 0], offsets[:, 1]
    hit = torch.zeros(len(offsets), dtype=torch.bool)
    for low, high in spans:
        hit |= (start < high) & (end > low) & (end > start)
    return hit
