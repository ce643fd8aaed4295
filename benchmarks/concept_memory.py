"""What learning concepts needs of a GPU's memory, by arithmetic over the real shapes of SD 2.1.

    python -m benchmarks.concept_memory [--size 512]

The real classes run one training step on the meta device: shapes without numbers, and every
allocation is counted while it lives. Weights, gradients and optimiser state are exact; activations
are what lives beside them at the moment when memory is highest. A GPU needs besides what its
driver and kernels take (about 0.5 to 1 GB), which is not counted. SGEdit's figures are too low
rather than too high: mixed precision's half copies of the weights are left out. Where there is a CUDA device, the
recipes of ours run a step on it as well, with random weights, and the most that it held is printed beside.
"""

from __future__ import annotations

import argparse
import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

GB = 1e9
LENGTH, WIDTH = 77, 1024
UNET: dict[str, Any] = {
    "sample_size": 64, "cross_attention_dim": WIDTH, "attention_head_dim": (5, 10, 20, 20),
    "use_linear_projection": True,
}  # fmt: skip
"""stabilityai/stable-diffusion-2-1-base, unet/config.json, where it differs from the class's defaults."""


@dataclass(frozen=True)
class Recipe:
    """dtype: of the frozen weights. dense: attention is written out. full: everything is trained."""

    name: str
    dtype: torch.dtype
    full: bool
    dense: bool
    checkpointing: bool
    prior: bool = False


RECIPES = (
    Recipe("ggedit: bf16, rows and LoRA, SDPA, checkpointing", torch.bfloat16, False, False, True),
    Recipe("the same with prior preservation", torch.bfloat16, False, False, True, prior=True),
    Recipe("the same without checkpointing", torch.bfloat16, False, False, False),
    Recipe("SGEdit: all weights, Adam in fp32, attention written out", torch.float16, True, True, False),
    Recipe("SGEdit with prior preservation", torch.float16, True, True, False, prior=True),
)


class Live(TorchDispatchMode):
    """Bytes of all storages that live, and the most so far."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.most = 0
        self._seen: set[int] = set()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(out):
            if isinstance(tensor, torch.Tensor):
                self.count(tensor)
        return out

    def count(self, tensor: torch.Tensor) -> None:
        storage = tensor.untyped_storage()
        key = storage._cdata
        if key in self._seen:
            return
        self._seen.add(key)
        size = storage.nbytes()
        self.now += size
        self.most = max(self.most, self.now)
        weakref.finalize(storage, self._gone, key, size)

    def _gone(self, key: int, size: int) -> None:
        self._seen.discard(key)
        self.now -= size


@dataclass(frozen=True)
class Account:
    """All in bytes; most: the highest sum during a step. kept: what is saved at the end."""

    weights: int
    gradients: int
    optimiser: int
    most: int
    kept: int

    @property
    def activations(self) -> int:
        return self.most - self.weights - self.gradients - self.optimiser


def account(recipe: Recipe, size_px: int) -> Account:
    """One forward and backward pass of text encoder and UNet, and what the optimiser holds."""
    with torch.device("meta"), fused():
        unet, text, vae = models(recipe)
        learned = trained(recipe, unet, text)
        # full training keeps its weights in float32 while it computes in half precision
        master = 2 if recipe.full else 1
        weights = master * unique_bytes([*unet.parameters(), *text.parameters()]) + unique_bytes(list(vae.parameters()))
        gradients = master * unique_bytes(learned)
        live = Live()
        with live:
            saved = 0
            for loss in losses(recipe, unet, text, size_px // 8):
                saved = saved or live.most
                loss.backward()
    # gradients live from the step before on, so they are counted once, and in full: there are none yet
    # until the first loss is known, all of them at the highest point after it
    activations = max(saved, live.most - unique_bytes(learned))
    kept = weights if recipe.full else gradients
    return Account(weights, gradients, 2 * gradients, weights + 3 * gradients + activations, kept)


@contextmanager
def fused() -> Iterator[None]:
    """Scaled dot product attention as fused kernels do it: only the output and a sum per query are kept.
    The meta device would write the maps out."""
    plain = functional.scaled_dot_product_attention

    def lean(query: Any, key: Any, value: Any, *more: Any, scale: float | None = None, **others: Any) -> Any:
        if more or others or query.shape[2] <= LENGTH:
            return plain(query, key, value, *more, scale=scale, **others)
        return torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(query, key, value, scale=scale)[0]

    functional.scaled_dot_product_attention = lean
    try:
        yield
    finally:
        functional.scaled_dot_product_attention = plain


def models(recipe: Recipe) -> tuple[Any, Any, Any]:
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel

    text = CLIPTextConfig(
        hidden_size=WIDTH, intermediate_size=4096, num_hidden_layers=23, num_attention_heads=16, hidden_act="gelu"
    )
    with of_type(recipe.dtype):
        vae = AutoencoderKL(
            block_out_channels=(128, 256, 512, 512), layers_per_block=2,
            down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
        )  # fmt: skip
        return UNet2DConditionModel(**UNET), CLIPTextModel(text), vae


@contextmanager
def of_type(dtype: torch.dtype) -> Iterator[None]:
    """New weights are of this type inside."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def trained(recipe: Recipe, unet: Any, text: Any) -> list[torch.Tensor]:
    """What has a gradient: everything, or two rows and the adapter."""
    from peft import LoraConfig

    from ggedit.backends.graph.gating import Gate
    from ggedit.training.concept_attention import WatchedAttention, watched_layers
    from ggedit.training.concepts import TARGETS, ConceptConfig

    if recipe.full:
        unet.set_attn_processor(_dense_processor())
        return [*unet.parameters(), *text.parameters()]
    for part in (unet, text):
        part.requires_grad_(False)
    rank = ConceptConfig().rank
    unet.add_adapter(LoraConfig(r=rank, lora_alpha=rank, target_modules=list(TARGETS)), "concept")
    gate = Gate([0])
    gate.install(unet, "concept")
    gate.open_wide()
    for name, parameter in unet.named_parameters():
        if ".concept." in name:
            parameter.data = parameter.data.float()
    chosen = set(watched_layers(unet))
    unet.set_attn_processor({n: WatchedAttention(n, watched=n in chosen) for n in unet.attn_processors})
    if recipe.checkpointing:
        unet.enable_gradient_checkpointing()
    rows = torch.zeros(2, WIDTH, requires_grad=True)
    text.rows = torch.nn.Parameter(rows)
    return [p for p in (*unet.parameters(), text.rows) if p.requires_grad]


def _dense_processor() -> Any:
    """Attention with its maps written out and kept for the backward pass, before and after softmax."""
    from diffusers.models.attention_processor import AttnProcessor

    return AttnProcessor()


def losses(recipe: Recipe, unet: Any, text: Any, side: int) -> Iterator[Any]:
    """Of one step, each to be taken back through the network before the next is asked for: with prior
    preservation ours runs the class picture by itself after the thing, SGEdit both in one batch."""
    from ggedit.training.concept_attention import Watch

    batch = 2 if recipe.full and recipe.prior else 1
    for _ in range(2 if recipe.prior and not recipe.full else 1):
        told = {} if recipe.full else {"cross_attention_kwargs": {"watch": Watch(rows=1)}}
        words = text(torch.zeros(batch, LENGTH, dtype=torch.long))[0]
        if not recipe.full:
            words = words + text.rows.sum(0).to(words.dtype)
        latents = torch.zeros(batch, 4, side, side, dtype=recipe.dtype)
        found = unet(latents, 500, encoder_hidden_states=words, **told).sample
        yield found.float().square().mean()


def unique_bytes(tensors: list[torch.Tensor]) -> int:
    found = {t.untyped_storage()._cdata: t.untyped_storage().nbytes() for t in tensors}
    return sum(found.values())


def measured(recipe: Recipe, size_px: int, device: str = "cuda") -> int:
    """Bytes that PyTorch held at most on the device during two whole steps, the optimiser's among them."""
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    with torch.device(device):
        parts = unet, text, _ = models(recipe)
        optimizer = torch.optim.AdamW(trained(recipe, unet, text))
        for part in parts:
            part.to(device)
        for _ in range(2):
            optimizer.zero_grad()
            for loss in losses(recipe, unet, text, size_px // 8):
                loss.backward()
            optimizer.step()
    return torch.cuda.max_memory_allocated()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--size", type=int, default=512)
    size = arguments.parse_args().size
    tell(f"SD 2.1, {size} x {size}, batch 1, in GB\n")
    gpu = torch.cuda.is_available()
    titles = ["recipe", "weights", "gradients", "optimiser", "activations", "together", "kept on disk"]
    titles += [f"measured on {torch.cuda.get_device_name()}"] if gpu else []
    tell("| " + " | ".join(titles) + " |\n" + "|---" * len(titles) + "|")
    for recipe in RECIPES:
        found = account(recipe, size)
        row = [found.weights, found.gradients, found.optimiser, found.activations, found.most, found.kept]
        row += [measured(recipe, size)] if gpu and not recipe.full else []
        tell(f"| {recipe.name} | " + " | ".join(f"{value / GB:.2f}" for value in row) + " |")


def tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
