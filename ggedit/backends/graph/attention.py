"""Attention that can be steered, in memory that grows with the positions and not with their square.

One processor serves every attention layer of a Stable Diffusion UNet. What it does in a call is
told by a ``Steering`` that travels with the call (``cross_attention_kwargs={"steering": ...}``),
so no layer keeps any state. Without a steering it is plain scaled dot product attention.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional

from .layouts import Regions, grid_of

QUERY_CHUNK = 1024
"""Queries whose logits are held at once when only their extremes are wanted."""

_HEAD_MULTIPLE = 8
"""Fused attention kernels want head widths that are multiples of this."""

W_CROSS, W_SELF = 1.0, 0.3
"""Weights of the modulation in cross and self attention (SGEdit, algorithm 1 of its supplement)."""

STRENGTH_POWER = 5
"""The modulation's strength is (1 - i / n)^5 at step i of n (Kim et al., DenseDiffusion, ICCV 2023, eq. 6)."""


def strength_at(step: int, steps: int) -> float:
    return (1 - step / steps) ** STRENGTH_POWER


@dataclass(frozen=True)
class Modulation:
    """Layout control of some rows of a batch (Kim et al., DenseDiffusion, ICCV 2023, eq. 2 to 6).

    regions: of each steered row, in the order of ``rows``.
    tokens: bool (len(rows), K, L): which prompt tokens speak of each region.
    exempt: bool (len(rows), L): tokens that belong to no region and are neither raised nor
        lowered: start, end and padding.
    strength: lambda of this step.
    """

    rows: tuple[int, ...]
    regions: tuple[Regions, ...]
    tokens: torch.Tensor
    exempt: torch.Tensor
    strength: float


@dataclass(frozen=True)
class Borrowing:
    """Rows that look at another row's self attention (Cao et al., MasaCtrl, ICCV 2023, eq. 3).

    source: the row whose keys and values are lent.
    rows: those that borrow.
    keys: which of its positions are lent, a hard mask at the latents' size.
    also_own: whether the borrowers keep their own keys beside the lent ones.
    where: positions that borrow, at the latents' size; None = all.
    """

    source: int
    rows: tuple[int, ...]
    keys: torch.Tensor
    also_own: bool = False
    where: torch.Tensor | None = None


@dataclass
class Steering:
    """What this call of the network is to do besides its usual work.

    size: rows and columns of the latents; a layer's grid is found from its number of positions.
    """

    size: tuple[int, int]
    modulation: Modulation | None = None
    borrowing: Borrowing | None = None

    def grid(self, positions: int) -> tuple[int, int]:
        """Rows and columns of the layer that has so many positions."""
        return grid_of(self.size, positions)


class SteeredAttention:
    """A diffusers attention processor; install one in every layer of a UNet."""

    def __call__(
        self,
        attn: Any,
        hidden_states: torch.Tensor,
        encoder_hidden_states: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        temb: torch.Tensor | None = None,
        steering: Steering | None = None,
    ) -> torch.Tensor:
        """Self attention without ``encoder_hidden_states``, cross attention with them.

        Args:
            attn: the diffusers ``Attention`` layer.
            hidden_states: (B, N, C).
            encoder_hidden_states: (B, L, C'), the prompt.
            attention_mask: unused by Stable Diffusion; a mask is an error.
            temb: unused by transformer blocks.
            steering: what to do besides; None = nothing.
        """
        if attention_mask is not None:
            raise ValueError("steered attention takes no attention mask")
        is_cross = encoder_hidden_states is not None
        context = encoder_hidden_states if is_cross else hidden_states
        query, key, value = (
            split_heads(layer(x), attn.heads)
            for layer, x in ((attn.to_q, hidden_states), (attn.to_k, context), (attn.to_v, context))
        )
        mixed = _attend(query, key, value, attn.scale, steering=steering, is_cross=is_cross)
        joined = mixed.transpose(1, 2).flatten(2)
        return attn.to_out[1](attn.to_out[0](joined))


def split_heads(x: torch.Tensor, heads: int) -> torch.Tensor:
    """(B, N, H * d) as (B, H, N, d)."""
    return x.unflatten(2, (heads, -1)).transpose(1, 2)


def _attend(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    scale: float,
    *,
    steering: Steering | None,
    is_cross: bool,
) -> torch.Tensor:
    """Each row is computed in the one way that counts for it."""
    if steering is None:
        return functional.scaled_dot_product_attention(query, key, value, scale=scale)
    lent = None if is_cross else _lent_positions(steering, query)
    changed = list(steering.modulation.rows) if steering.modulation is not None else []
    borrowers = list(steering.borrowing.rows) if steering.borrowing is not None and lent is not None else []
    whole = borrowers if steering.borrowing is not None and steering.borrowing.where is None else []
    rest = [row for row in range(len(query)) if row not in {*changed, *whole}]
    out = torch.empty_like(query)
    if rest:
        q, k, v = (x if len(rest) == len(x) else x[rest] for x in (query, key, value))
        out[rest] = functional.scaled_dot_product_attention(q, k, v, scale=scale)
    if changed:
        modulated = _modulated_cross if is_cross else _modulated_self
        out[changed] = modulated(query[changed], key[changed], value[changed], scale=scale, steering=steering)
    if borrowers:
        assert lent is not None
        _borrow(out, query, key, value, scale=scale, steering=steering, lent=lent)
    return out


def _modulated_self(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, *, scale: float, steering: Steering
) -> torch.Tensor:
    """Positions of one region attend to each other more, to all others less.

    With ``a = strength * w * (1 - s)`` and ``D`` the spread of a row's logits, the modulated logits
    are ``(1 - a) A + a D R`` up to a constant of the row, which softmax drops. ``R`` is a sum of one
    outer product per region, so it is written into extra channels of queries and keys.
    """
    modulation = steering.modulation
    assert modulation is not None
    grid = steering.grid(query.shape[2])
    masks = torch.stack([regions.at(grid) for regions in modulation.regions]).to(query)
    push = _push(masks, modulation.strength * W_SELF)
    marks = (push[:, None] * _spread(query, key, scale))[..., None] * masks.transpose(1, 2)[:, None]
    steered_q = torch.cat([(1 - push)[:, None, :, None] * scale * query, marks], dim=3)
    steered_k = torch.cat([key, masks.transpose(1, 2)[:, None].expand(-1, key.shape[1], -1, -1)], dim=3)
    width = -(-steered_q.shape[3] // _HEAD_MULTIPLE) * _HEAD_MULTIPLE
    q, k, v = (functional.pad(x, (0, width - x.shape[3])) for x in (steered_q, steered_k, value))
    return functional.scaled_dot_product_attention(q, k, v, scale=1.0)[..., : value.shape[3]]


def _modulated_cross(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, *, scale: float, steering: Steering
) -> torch.Tensor:
    """Positions of a region attend to the region's own words more, to other words less. There are few
    words, so the logits are written out."""
    modulation = steering.modulation
    assert modulation is not None
    grid = steering.grid(query.shape[2])
    logits = query @ key.transpose(2, 3) * scale
    masks = torch.stack([regions.at(grid) for regions in modulation.regions]).to(logits)
    push = _push(masks, modulation.strength * W_CROSS)[:, None, :, None]
    mine = (masks.transpose(1, 2) @ modulation.tokens.to(logits)).clamp(max=1)[:, None]
    top, low = logits.amax(3, keepdim=True), logits.amin(3, keepdim=True)
    change = mine * (top - logits) - (1 - mine) * (logits - low)
    change = change.masked_fill(modulation.exempt[:, None, None].to(change.device), 0)
    return (logits + push * change).softmax(3) @ value


def _push(masks: torch.Tensor, weight: float) -> torch.Tensor:
    """How strongly each position is pushed: (rows, N); smaller regions harder."""
    area = masks.mean(2, keepdim=True)
    return weight * (1 - (masks * area).sum(1))


def _spread(query: torch.Tensor, key: torch.Tensor, scale: float) -> torch.Tensor:
    """Largest less smallest logit of each query: (B, H, N), a chunk of queries at a time."""
    parts = []
    for chunk in query.split(QUERY_CHUNK, dim=2):
        logits = chunk @ key.transpose(2, 3)
        parts.append((logits.amax(3) - logits.amin(3)) * scale)
    return torch.cat(parts, dim=2)


def _lent_positions(steering: Steering, query: torch.Tensor) -> torch.Tensor | None:
    """Indices of what is lent at this layer; None where nothing is, so that each row keeps its own."""
    if steering.borrowing is None:
        return None
    lent = _positions(steering.borrowing.keys, steering.grid(query.shape[2])).to(query.device)
    return lent if len(lent) else None


def _borrow(
    out: torch.Tensor,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    *,
    scale: float,
    steering: Steering,
    lent: torch.Tensor,
) -> None:
    """Write what the borrowers see into ``out``: their queries on the source's keys and values, of the
    lent positions only. Leaving a key out is what a logit of minus infinity does, and cheaper."""
    borrowing = steering.borrowing
    assert borrowing is not None
    rows = torch.tensor(borrowing.rows, device=query.device)
    here = slice(None)
    if borrowing.where is not None:
        here = _positions(borrowing.where, steering.grid(query.shape[2])).to(query.device)
    keys = key[borrowing.source, :, lent].expand(len(rows), -1, -1, -1)
    values = value[borrowing.source, :, lent].expand(len(rows), -1, -1, -1)
    if borrowing.also_own:
        keys, values = torch.cat([key[rows], keys], 2), torch.cat([value[rows], values], 2)
    asked = query[rows][:, :, here]
    found = functional.scaled_dot_product_attention(asked, keys, values, scale=scale)
    for number, row in enumerate(borrowing.rows):
        out[row, :, here] = found[number]


def _positions(mask: torch.Tensor, grid: tuple[int, int]) -> torch.Tensor:
    """Indices of a layer's positions whose cells lie in the mask entirely: a key that is lent must
    not look into the hole."""
    whole = -functional.adaptive_max_pool2d(-mask.float()[None, None], grid)[0, 0]
    return whole.flatten().nonzero()[:, 0]


def install(unet: Any) -> None:
    """Put the steered processor into every attention layer."""
    unet.set_attn_processor(SteeredAttention())
