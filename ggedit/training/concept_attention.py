"""Cross-attention maps for a loss: written out in the few layers whose grid is a quarter of the latents'
side, fused attention everywhere else.

Avrahami et al., Break-A-Scene (SIGGRAPH Asia 2023), section 3.3 and equation 2: the map of a
learned token is drawn to the thing's mask.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.nn import functional

from ..backends.graph.attention import split_heads

LEVEL = 2
"""Halvings of the latents' side at which maps are compared: 16 x 16 cells for a picture of 512."""


@dataclass
class Watch:
    """Travels with a call of the network and brings the maps back.

    rows: how many rows of the batch, from the first, are watched: pictures of the prior are not.
    maps: layer -> (rows, N, L), the mean over all heads.
    """

    rows: int
    maps: dict[str, torch.Tensor] = field(default_factory=dict)

    def keep(self, name: str, mean: torch.Tensor) -> None:
        # a checkpointed block runs a second time in the backward pass: the first run's maps count
        self.maps.setdefault(name, mean)

    def mean(self) -> torch.Tensor:
        """(rows, N, L) over all watched layers."""
        return torch.stack(list(self.maps.values())).mean(0)


class WatchedAttention:
    """A diffusers attention processor; install one in every layer."""

    def __init__(self, name: str, *, watched: bool) -> None:
        self.name = name
        self.watched = watched

    def __call__(
        self,
        attn: Any,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        temb: torch.Tensor | None = None,
        watch: Watch | None = None,
    ) -> torch.Tensor:
        """Self attention without ``encoder_hidden_states``, cross attention with them; ``watch`` is
        where the maps go, if they are wanted."""
        context = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        query, key, value = (
            split_heads(layer(x), attn.heads)
            for layer, x in ((attn.to_q, hidden_states), (attn.to_k, context), (attn.to_v, context))
        )
        if watch is not None and self.watched:
            weights = ((query @ key.transpose(2, 3)).float() * attn.scale).softmax(3)
            watch.keep(self.name, weights[: watch.rows].mean(1))
            mixed = weights.to(value.dtype) @ value
        else:
            mixed = functional.scaled_dot_product_attention(query, key, value, scale=attn.scale)
        return attn.to_out[1](attn.to_out[0](mixed.transpose(1, 2).flatten(2)))


def watched_layers(unet: Any) -> tuple[str, ...]:
    """Names of the processors of the cross attention at ``LEVEL``, on the way down and up again.

    With n levels these are ``down_blocks.2`` and ``up_blocks.(n - 3)``; of SD 1.x and 2.x, which
    have four, ``down_blocks.2`` and ``up_blocks.1``. The middle block is left out.
    """
    levels = len(unet.config.block_out_channels)
    block = re.compile(rf"(down_blocks\.{LEVEL}|up_blocks\.{levels - 1 - LEVEL})\..*attn2\.processor")
    found = tuple(name for name in unet.attn_processors if block.fullmatch(name))
    if not found:
        raise ValueError(f"the network has no cross attention at level {LEVEL}")
    return found


@contextmanager
def watching(unet: Any) -> Iterator[None]:
    """The UNet can be watched inside; after it has its former processors again."""
    before, chosen = unet.attn_processors, set(watched_layers(unet))
    unet.set_attn_processor({name: WatchedAttention(name, watched=name in chosen) for name in before})
    try:
        yield
    finally:
        unet.set_attn_processor(dict(before))


def attention_loss(maps: torch.Tensor, positions: Sequence[int], targets: torch.Tensor) -> torch.Tensor:
    """Sum over the tokens of ``mean((M - A / max A)^2)``.

    Args:
        maps: (N, L) of one picture.
        positions: of the tokens in the prompt.
        targets: (K, rows, columns) in [0, 1] with rows * columns = N.
    """
    mine = maps[:, list(positions)].transpose(0, 1)
    scaled = mine / mine.amax(1, keepdim=True).clamp_min(1e-8)
    return (targets.flatten(1) - scaled).square().mean(1).sum()


def masked_loss(found: torch.Tensor, wanted: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
    """Mean over the things of ``sum(m (e - e')^2) / (channels sum(m))``: a small thing counts as much
    as a large one.

    Args:
        found, wanted: (channels, h, w).
        masks: (K, h, w) in [0, 1], none of them empty.
    """
    error = (found - wanted).square().mean(0)
    return ((error * masks).flatten(1).sum(1) / masks.flatten(1).sum(1)).mean()
