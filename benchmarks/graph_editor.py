"""A modulated step of the graph editor against the same step with whole matrices of logits.

    python -m benchmarks.graph_editor [--size 512] [--repeat 2]

Full-size Stable Diffusion 1.5 shapes with random weights, one unconditional and one steered row,
two regions. Prints time and peak memory above the resident weights of the steered processor, of the
dense form of the published formulas, and of the plain network, all in this process.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time
from collections.abc import Callable

import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

from ggedit.backends.graph.attention import (
    W_CROSS,
    W_SELF,
    Modulation,
    SteeredAttention,
    Steering,
    strength_at,
)
from ggedit.backends.graph.layouts import Regions
from ggedit.evaluation.memory import peak_mib, start_peak

LENGTH, WIDTH = 77, 768


def main() -> None:
    arguments = _arguments()
    side = arguments.size // 8
    torch.manual_seed(0)
    unet = UNet2DConditionModel(
        sample_size=side,
        cross_attention_dim=WIDTH,
        block_out_channels=(320, 640, 1280, 1280),
        down_block_types=(*("CrossAttnDownBlock2D",) * 3, "DownBlock2D"),
        up_block_types=("UpBlock2D", *("CrossAttnUpBlock2D",) * 3),
        attention_head_dim=8,
    ).eval()
    latents, text = torch.randn(2, 4, side, side), torch.randn(2, LENGTH, WIDTH)
    steering = Steering((side, side), modulation=_modulation(side))

    def step(processor: object, **more: object) -> Callable[[], None]:
        def run() -> None:
            unet.set_attn_processor(processor)  # type: ignore[arg-type]
            with torch.inference_mode():
                unet(latents, 900, encoder_hidden_states=text, **more)

        return run

    steered = {"cross_attention_kwargs": {"steering": steering}}
    rows = {
        "plain": _measure(step(SteeredAttention()), arguments.repeat),
        "steered": _measure(step(SteeredAttention(), **steered), arguments.repeat),
        "dense": _measure(step(DenseModulation(steering)), arguments.repeat),
    }
    _print(rows, arguments.size)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=512, help="pixels of the window's side")
    parser.add_argument("--repeat", type=int, default=2)
    return parser.parse_args()


def _modulation(side: int) -> Modulation:
    """Two regions in the second row."""
    masks = torch.zeros((2, side, side), dtype=torch.bool)
    masks[0, side // 8 : side // 2, side // 8 : side // 2] = True
    masks[1, side // 2 : -2, side // 3 : -4] = True
    tokens = torch.zeros((1, 2, LENGTH), dtype=torch.bool)
    tokens[:, 0, 2], tokens[:, 1, 5] = True, True
    exempt = torch.zeros((1, LENGTH), dtype=torch.bool)
    exempt[:, 0], exempt[:, 9:] = True, True
    return Modulation((1,), (Regions(masks),), tokens, exempt, strength_at(0, 50))


class DenseModulation:
    """The formulas as published: logits, their copies and the matrix of regions in full."""

    def __init__(self, steering: Steering) -> None:
        self._steering = steering

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, **_: object):
        is_cross = encoder_hidden_states is not None
        context = encoder_hidden_states if is_cross else hidden_states
        query, key, value = (
            layer(x).unflatten(2, (attn.heads, -1)).transpose(1, 2)
            for layer, x in ((attn.to_q, hidden_states), (attn.to_k, context), (attn.to_v, context))
        )
        logits = query @ key.transpose(2, 3) * attn.scale
        logits[1] = self._modulated(logits[1], is_cross=is_cross)
        mixed = logits.softmax(3) @ value
        return attn.to_out[0](mixed.transpose(1, 2).flatten(2))

    def _modulated(self, logits: torch.Tensor, *, is_cross: bool) -> torch.Tensor:
        modulation = self._steering.modulation
        assert modulation is not None
        masks = modulation.regions[0].at(self._steering.grid(logits.shape[1]))
        same = masks.T @ masks
        wanted = masks.T @ modulation.tokens[0].float() if is_cross else same
        top, low = logits.amax(2, keepdim=True), logits.amin(2, keepdim=True)
        weight = modulation.strength * (W_CROSS if is_cross else W_SELF) * (1 - same.mean(1))[None, :, None]
        change = weight * (wanted * (top - logits) - (1 - wanted) * (logits - low))
        return logits + (change.masked_fill(modulation.exempt[0][None, None], 0) if is_cross else change)


def _measure(step: Callable[[], None], repeat: int) -> tuple[float, float]:
    """Median CPU seconds, and peak MiB above what was resident before."""
    step()
    seconds, peaks = [], []
    for _ in range(repeat):
        gc.collect()
        start_peak()
        resident = peak_mib()
        began = time.process_time()
        step()
        seconds.append(time.process_time() - began)
        peaks.append(peak_mib() - resident)
    return statistics.median(seconds), max(peaks)


def _print(rows: dict[str, tuple[float, float]], size: int) -> None:
    seconds, peak = rows["dense"]
    print(f"one step at {size} x {size}, two rows, {torch.get_num_threads()} threads")
    print(f"{'':10}{'CPU s':>9}{'of dense':>10}{'peak MiB':>10}{'of dense':>10}")
    for name, (time_s, mib) in rows.items():
        print(f"{name:10}{time_s:9.2f}{time_s / seconds:10.2f}{mib:10.0f}{mib / peak:10.2f}")


if __name__ == "__main__":
    main()
