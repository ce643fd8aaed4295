"""A tiny Stable Diffusion model that was fitted to collages of photographs: it knows a few nouns.

``python -m benchmarks.fits.tiny_diffusion`` makes the files anew.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "fitted"

WORDS = (
    *("a", "photo", "of", "and", "on", "the"),
    *("cat", "person", "shuttle", "helmet", "cup", "temple", "flower"),
    *("wood", "trees", "sky", "leaves", "wall", "looking", "standing", "blue", "green"),
)
"""Words that are one token each; every other one falls into pieces."""

_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789,.<>'-"
_WIDTH = 32


def fresh_pipeline() -> Any:
    """StableDiffusionPipeline before the fit: three levels, attention on the two coarser ones."""
    from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel

    from tests.tiny.pipelines import BETAS

    tokenizer = word_tokenizer()
    vae = AutoencoderKL(
        block_out_channels=(8, 16, 16), in_channels=3, out_channels=3, latent_channels=4, sample_size=128,
        norm_num_groups=4, down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3,
        layers_per_block=1,
    )  # fmt: skip
    unet = UNet2DConditionModel(
        sample_size=32, in_channels=4, out_channels=4, layers_per_block=1, block_out_channels=(16, 32, 32),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        cross_attention_dim=_WIDTH, attention_head_dim=4, norm_num_groups=4,
    )  # fmt: skip
    text = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=len(tokenizer), hidden_size=_WIDTH, intermediate_size=64, num_hidden_layers=2,
            num_attention_heads=4, bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id, projection_dim=_WIDTH,
        )
    )  # fmt: skip
    return StableDiffusionPipeline(
        vae=vae, text_encoder=text, tokenizer=tokenizer, unet=unet,
        scheduler=DDIMScheduler(clip_sample=False, set_alpha_to_one=False, **BETAS),
        safety_checker=None, feature_extractor=None, requires_safety_checker=False,
    )  # fmt: skip


def word_tokenizer() -> Any:
    """CLIP's own tokenizer with the words above merged from their letters."""
    from transformers import CLIPTokenizer

    merges: dict[tuple[str, str], None] = {}
    for word in WORDS:
        letters = [*word[:-1], f"{word[-1]}</w>"]
        while len(letters) > 1:
            merges[letters[0], letters[1]] = None
            letters[:2] = [letters[0] + letters[1]]
    made = ["".join(pair) for pair in merges]
    pieces = dict.fromkeys([*_LETTERS, *(f"{letter}</w>" for letter in _LETTERS), *made])
    vocabulary = [*pieces, "<|startoftext|>", "<|endoftext|>"]
    with tempfile.TemporaryDirectory() as folder:
        vocab, merge_file = Path(folder) / "vocab.json", Path(folder) / "merges.txt"
        vocab.write_text(json.dumps({piece: number for number, piece in enumerate(vocabulary)}))
        merge_file.write_text("#version: 0.2\n" + "\n".join(" ".join(pair) for pair in merges) + "\n")
        return CLIPTokenizer.from_pretrained(folder, model_max_length=77, pad_token="<|endoftext|>")


def fitted_pipeline() -> Any:
    """The fitted model in single precision."""
    import torch
    from diffusers import StableDiffusionPipeline

    return StableDiffusionPipeline.from_pretrained(FOLDER, torch_dtype=torch.float32, safety_checker=None)
