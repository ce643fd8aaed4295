"""A tiny Stable Diffusion pipeline with random weights: three levels, attention on all of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from tests.tiny.pipelines import BETAS, WIDTH, clip_text, clip_tokenizer, tiny_vae


def stable_diffusion(*, seed: int = 3, prediction: str = "epsilon") -> Any:
    """StableDiffusionPipeline; its attention is sharpened, since fresh weights attend to everything alike."""
    from diffusers import DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel

    torch.manual_seed(seed)
    unet = UNet2DConditionModel(
        sample_size=32, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=(8, 16, 16),
        down_block_types=("CrossAttnDownBlock2D",) * 3, up_block_types=("CrossAttnUpBlock2D",) * 3,
        cross_attention_dim=WIDTH, attention_head_dim=4, norm_num_groups=4,
    )  # fmt: skip
    _sharpen(unet)
    return StableDiffusionPipeline(
        vae=tiny_vae(),
        text_encoder=clip_text(),
        tokenizer=clip_tokenizer(),
        unet=unet.eval(),
        scheduler=DDIMScheduler(clip_sample=False, set_alpha_to_one=False, prediction_type=prediction, **BETAS),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def folder(path: Path) -> Mapping[str, str]:
    """The pipeline saved, and the variables that point at it."""
    stable_diffusion().save_pretrained(path)
    return {"GGEDIT_GRAPH_MODEL": str(path), "GGEDIT_GRAPH_STEPS": "3", "GGEDIT_DEVICE": "cpu"}


SHARPER = 4.0


@torch.no_grad()
def _sharpen(unet: Any) -> None:
    for name, layer in unet.named_modules():
        if name.endswith(("attn1", "attn2")):
            for part in (layer.to_q, layer.to_k, layer.to_out[0]):
                part.weight.mul_(SHARPER)
