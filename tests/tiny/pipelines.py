"""Tiny editing pipelines with random weights, in the format that diffusers saves and loads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

WIDTH = 16
"""Channels of the text encoders."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789,.'-"


def instruct_pix2pix(*, scheduler: Any = None, checker: bool = False, seed: int = 0) -> Any:
    """StableDiffusionInstructPix2PixPipeline: eight input channels, a picture beside the noise."""
    from diffusers import EulerAncestralDiscreteScheduler, StableDiffusionInstructPix2PixPipeline

    torch.manual_seed(seed)
    extra = {"safety_checker": tiny_checker(), "feature_extractor": extractor()} if checker else {}
    return StableDiffusionInstructPix2PixPipeline(
        vae=tiny_vae(),
        text_encoder=clip_text(),
        tokenizer=clip_tokenizer(),
        unet=tiny_unet(8),
        scheduler=scheduler or EulerAncestralDiscreteScheduler(**BETAS),
        **({"safety_checker": None, "feature_extractor": None} | extra),
        requires_safety_checker=checker,
    )


def inpainting(*, seed: int = 1) -> Any:
    """StableDiffusionInpaintPipeline: nine input channels, a mask and the masked picture beside the noise."""
    from diffusers import DDIMScheduler, StableDiffusionInpaintPipeline

    torch.manual_seed(seed)
    return StableDiffusionInpaintPipeline(
        vae=tiny_vae(),
        text_encoder=clip_text(),
        tokenizer=clip_tokenizer(),
        unet=tiny_unet(9),
        scheduler=DDIMScheduler(clip_sample=False, set_alpha_to_one=False, steps_offset=1, **BETAS),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


def kontext(*, seed: int = 2) -> Any:
    """FluxKontextPipeline: latents packed two by two, the picture as more tokens, flow matching."""
    from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, FluxKontextPipeline, FluxTransformer2DModel
    from transformers import T5Config, T5EncoderModel

    torch.manual_seed(seed)
    transformer = FluxTransformer2DModel(
        patch_size=1, in_channels=16, num_layers=1, num_single_layers=1, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=32, pooled_projection_dim=WIDTH, axes_dims_rope=(4, 4, 8), guidance_embeds=True,
    )  # fmt: skip
    vae = AutoencoderKL(
        block_out_channels=(8, 16), in_channels=3, out_channels=3, latent_channels=4, sample_size=64, norm_num_groups=4,
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, layers_per_block=1,
        scaling_factor=0.4, shift_factor=0.1, use_quant_conv=False, use_post_quant_conv=False,
    )  # fmt: skip
    tokens = T5Config(vocab_size=64, d_model=32, d_kv=8, d_ff=32, num_layers=1, num_heads=2)
    return FluxKontextPipeline(
        scheduler=FlowMatchEulerDiscreteScheduler(use_dynamic_shifting=True),
        vae=vae,
        text_encoder=clip_text(),
        tokenizer=clip_tokenizer(),
        text_encoder_2=T5EncoderModel(tokens).eval(),
        tokenizer_2=t5_tokenizer(),
        transformer=transformer.eval(),
    )


BETAS: dict[str, Any] = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
"""Stable Diffusion's noise."""


def tiny_unet(channels: int) -> Any:
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        sample_size=32, in_channels=channels, out_channels=4, layers_per_block=1, block_out_channels=(8, 16),
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=WIDTH, attention_head_dim=4, norm_num_groups=4,
    ).eval()  # fmt: skip


def tiny_vae() -> Any:
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(8, 8, 16), in_channels=3, out_channels=3, latent_channels=4, sample_size=64,
        norm_num_groups=4, down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3,
        layers_per_block=1,
    ).eval()  # fmt: skip


def clip_text() -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel

    letters = 2 * len(_LETTERS) + 2
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=letters, hidden_size=WIDTH, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
            bos_token_id=letters - 2, eos_token_id=letters - 1, pad_token_id=letters - 1, projection_dim=WIDTH,
        )
    ).eval()  # fmt: skip


def clip_tokenizer() -> Any:
    """CLIP's own tokenizer with letters for a vocabulary and no merges."""
    import tempfile

    from transformers import CLIPTokenizer

    words = [*_LETTERS, *(f"{letter}</w>" for letter in _LETTERS), "<|startoftext|>", "<|endoftext|>"]
    with tempfile.TemporaryDirectory() as folder:
        vocab, merges = Path(folder) / "vocab.json", Path(folder) / "merges.txt"
        vocab.write_text(json.dumps({word: number for number, word in enumerate(words)}))
        merges.write_text("#version: 0.2\n")
        return CLIPTokenizer.from_pretrained(folder, model_max_length=77, pad_token="<|endoftext|>")


def t5_tokenizer() -> Any:
    from transformers import T5TokenizerFast

    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -5.0), ("▁", -2.0), *((letter, -3.0) for letter in _LETTERS)]
    return T5TokenizerFast(vocab=pieces, extra_ids=0, model_max_length=512)


def tiny_checker() -> Any:
    """The safety checker with random weights: which pictures it refuses means nothing."""
    from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
    from transformers import CLIPConfig

    vision = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
              "image_size": 16, "patch_size": 8}  # fmt: skip
    return StableDiffusionSafetyChecker(CLIPConfig(vision_config=vision, projection_dim=8)).eval()


def extractor() -> Any:
    from transformers import CLIPImageProcessor

    return CLIPImageProcessor(size={"shortest_edge": 16}, crop_size={"height": 16, "width": 16})


def saved(pipeline: Any, folder: Path) -> Path:
    """The pipeline as a folder that ``GGEDIT_EDITOR_MODEL`` can name."""
    pipeline.save_pretrained(folder)
    return folder


def folder(path: Path) -> Mapping[str, str]:
    """An InstructPix2Pix pipeline saved, and the variables that point at it."""
    saved(instruct_pix2pix(), path)
    return {"GGEDIT_EDITOR_MODEL": str(path), "GGEDIT_EDITOR_STEPS": "3", "GGEDIT_DEVICE": "cpu"}
