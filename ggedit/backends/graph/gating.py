"""What the adapter of some learned concepts may touch in a call of the network: what their own tokens bring.

A LoRA adds ``B A x`` to what a frozen layer makes of x. Here it adds ``B g A x`` with a gate g of zeros and ones:

- keys and values of cross attention: 1 at the positions of the concepts' own tokens, 0 at all other words
  (the token mask of Peng et al., TARA, 2025; the layers are those of Kumari et al., Custom Diffusion, CVPR 2023);
- every other layer: 1 in rows of the batch whose prompt names one of the concepts. Where one prompt names
  concepts of several adapters, each acts in the cells of its own things only.

So a prompt without the tokens gets bit for bit what the network without the adapter gives, and an
adapter whose concepts a prompt does not name changes nothing for those that it does name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch.nn import functional

from .layouts import grid_of

_WORD_LAYERS = ("attn2.to_k", "attn2.to_v")
"""diffusers' names of the layers that read the prompt."""


class Gate:
    """Of one adapter; shut until it is opened for a call.

    Args:
        ids: the numbers of the concepts' tokens.

    Attributes:
        cells: bool (h, w) at the latents' size, where the concepts' things are; None = not known. It counts
            where a prompt names concepts of other adapters too.
    """

    def __init__(self, ids: Sequence[int]) -> None:
        self._ids = torch.tensor(list(ids), dtype=torch.long)
        self._words = torch.zeros(1, 1, 1)
        self._rows = torch.zeros(1, 1, 1, 1)
        self.cells: torch.Tensor | None = None

    def install(self, unet: Any, adapter: str) -> None:
        """Gate every layer that peft gave the adapter; goes away with the adapter."""
        for name, layer in unet.named_modules():
            if adapter in getattr(layer, "lora_A", {}):
                hook = self._on_words if name.endswith(_WORD_LAYERS) else self._on_rows
                layer.lora_A[adapter].register_forward_hook(hook)

    def named(self, ids: torch.Tensor) -> torch.Tensor:
        """Where prompts name the concepts: bool (B, L) for token numbers (B, L)."""
        return torch.isin(ids, self._ids.to(ids.device))

    def open(self, ids: torch.Tensor, crowded: torch.Tensor) -> None:
        """For the prompts of a call. crowded: bool (B,), whose prompts name other adapters' concepts too."""
        named = self.named(ids)
        self._words = named[..., None].float()
        rows = named.any(1)[:, None, None, None]
        if self.cells is not None and bool(crowded.any()):
            rows = rows & (self.cells.to(rows.device) | ~crowded[:, None, None, None])
        self._rows = rows.float()

    def open_wide(self) -> None:
        """In every row, whatever the prompts say, though at no word: how the adapter acts on other things
        beside its own."""
        self._words, self._rows = torch.zeros(1, 1, 1), torch.ones(1, 1, 1, 1)

    def _on_words(self, _layer: Any, _given: Any, low: torch.Tensor) -> torch.Tensor:
        """(B, L, rank)."""
        return low * self._words.to(low)

    def _on_rows(self, _layer: Any, _given: Any, low: torch.Tensor) -> torch.Tensor:
        """(B, N, rank) of a linear layer, (B, rank, h, w) of a convolution."""
        rows = self._rows
        if rows.shape[2:] != (1, 1):
            size = (rows.shape[2], rows.shape[3])
            grid = (low.shape[2], low.shape[3]) if low.dim() == 4 else grid_of(size, low.shape[1])
            rows = functional.adaptive_avg_pool2d(rows, grid)
        return low * (rows if low.dim() == 4 else rows.flatten(2).transpose(1, 2)).to(low)


def open_gates(gates: Iterable[Gate], ids: torch.Tensor, *, everywhere: bool = False) -> None:
    """Before a call with prompts of these token numbers, (B, L); ``everywhere``: in all rows, whatever
    they name."""
    gates = tuple(gates)
    if everywhere:
        for gate in gates:
            gate.open_wide()
    elif gates:
        crowded = torch.stack([gate.named(ids).any(1) for gate in gates]).sum(0) > 1
        for gate in gates:
            gate.open(ids, crowded)
