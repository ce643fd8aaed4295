"""Tiny detectors with random weights in the formats that people download.

They find arbitrary things, but through the same code, tokens and files as the real ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from transformers import (
    AutoTokenizer,
    CLIPTokenizer,
    GroundingDinoForObjectDetection,
    GroundingDinoImageProcessor,
    GroundingDinoProcessor,
    MMGroundingDinoConfig,
    MMGroundingDinoForObjectDetection,
    Owlv2Config,
    Owlv2ForObjectDetection,
    Owlv2ImageProcessor,
    Owlv2Processor,
    OwlViTConfig,
    OwlViTForObjectDetection,
    OwlViTImageProcessor,
    OwlViTProcessor,
)

from ggedit.backends.grounding.checkpoint import Architecture, text_folder
from ggedit.backends.groundingdino import build_model
from ggedit.backends.hf_detector import hf_config
from ggedit.config import load_settings

FILE = "groundingdino_swint_ogc.pth"
WORDS = "cup\nlamp\ndog\nperson\nteddy bear\ntraffic light\n"
SIDE = 96

TINY = Architecture(
    embed=32,
    depths=(1, 1, 2, 1),
    heads=(1, 2, 4, 8),
    window=4,
    width=256,
    attention_heads=4,
    feed_forward=64,
    levels=4,
    encoder_layers=1,
    decoder_layers=2,
    queries=24,
    text_width=64,
    text_layers=1,
    text_feed_forward=64,
    text_positions=512,
    vocabulary=30522,
)
"""Width 256 is built into the original's position codes."""

SWIN_T = Architecture(
    embed=96,
    depths=(2, 2, 6, 2),
    heads=(3, 6, 12, 24),
    window=7,
    width=256,
    attention_heads=8,
    feed_forward=2048,
    levels=4,
    encoder_layers=6,
    decoder_layers=6,
    queries=900,
    text_width=768,
    text_layers=12,
    text_feed_forward=3072,
    text_positions=512,
    vocabulary=30522,
)
"""As the makers' smaller file: the sizes of GroundingDINO_SwinT_OGC.py and bert-base-uncased."""


def tokenizer() -> Any:
    return AutoTokenizer.from_pretrained(text_folder(load_settings({})), local_files_only=True)


def random_original(architecture: Architecture = TINY, seed: int = 0) -> torch.nn.Module:
    """The original network with random weights; its last layers, which start at zero, included."""
    torch.manual_seed(seed)
    model = build_model(architecture, tokenizer())
    with torch.no_grad():
        for name, value in model.named_parameters():
            if "bbox_embed" in name or "sampling_offsets" in name or "attention_weights" in name:
                value.add_(torch.randn_like(value) * 0.02)
    return model.eval()


def save_original(model: torch.nn.Module, path: Path) -> Path:
    """As the makers published it: a dictionary with the weights under "model"."""
    torch.save({"model": model.state_dict()}, path)
    return path


def groundingdino(folder: Path) -> Mapping[str, str]:
    file = save_original(random_original(), folder / FILE)
    return {"GGEDIT_DETECTOR_FILE": str(file), "GGEDIT_DETECTOR": "groundingdino", **_small(folder)}


def hf_dino(folder: Path) -> Mapping[str, str]:
    save_folder(TINY, folder, shortest=SIDE, longest=2 * SIDE)
    return {"GGEDIT_DETECTOR_MODEL": str(folder), "GGEDIT_DETECTOR": "groundingdino-hf", **_small(folder)}


def save_folder(architecture: Architecture, folder: Path, *, shortest: int = 800, longest: int = 1333) -> Path:
    """A folder as the hub serves it: config, safetensors, processor, tokenizer."""
    torch.manual_seed(0)
    GroundingDinoForObjectDetection(hf_config(architecture)).save_pretrained(folder)
    _dino_processor(shortest, longest).save_pretrained(folder)
    return folder


def hf_mm_dino(folder: Path) -> Mapping[str, str]:
    torch.manual_seed(0)
    sizes = hf_config(TINY).to_dict()
    del sizes["model_type"]
    MMGroundingDinoForObjectDetection(MMGroundingDinoConfig(**sizes)).save_pretrained(folder)
    _dino_processor(SIDE, 2 * SIDE).save_pretrained(folder)
    return {"GGEDIT_DETECTOR_MODEL": str(folder), "GGEDIT_DETECTOR": "groundingdino-hf", **_small(folder)}


def hf_owl(folder: Path) -> Mapping[str, str]:
    return _owl(folder, Owlv2Config, Owlv2ForObjectDetection, processor=Owlv2Processor, images=Owlv2ImageProcessor)


def hf_owlvit(folder: Path) -> Mapping[str, str]:
    return _owl(folder, OwlViTConfig, OwlViTForObjectDetection, processor=OwlViTProcessor, images=OwlViTImageProcessor)


def _owl(folder: Path, config: Any, kind: Any, *, processor: Any, images: Any) -> Mapping[str, str]:
    torch.manual_seed(0)
    words = _clip_tokenizer(folder)
    text = {"vocab_size": len(words), "hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1}
    vision = {"hidden_size": 32, "intermediate_size": 32, "num_hidden_layers": 1, "image_size": 64, "patch_size": 8}
    heads = {"num_attention_heads": 2}
    ends = {"bos_token_id": words.bos_token_id, "eos_token_id": words.eos_token_id, "pad_token_id": 0}
    model = kind(config(text_config=text | heads | ends, vision_config=vision | heads, projection_dim=32))
    with torch.no_grad():
        for value in model.box_head.parameters():
            value.mul_(0.2)
    model.save_pretrained(folder)
    processor(images(size={"height": 64, "width": 64}), words).save_pretrained(folder)
    return {"GGEDIT_DETECTOR_MODEL": str(folder), "GGEDIT_DETECTOR": "groundingdino-hf", **_small(folder)}


def _dino_processor(shortest: int, longest: int) -> GroundingDinoProcessor:
    size = {"shortest_edge": shortest, "longest_edge": longest}
    return GroundingDinoProcessor(GroundingDinoImageProcessor(size=size), tokenizer())


def _clip_tokenizer(folder: Path) -> CLIPTokenizer:
    """CLIP's kind of tokenizer with letters for words. A text that began with token 0 would count as none."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    names = ["!", "<|startoftext|>", "<|endoftext|>", *letters, *(f"{c}</w>" for c in letters)]
    vocabulary = {name: number for number, name in enumerate(names)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return CLIPTokenizer(vocab=vocabulary, merges=[], model_max_length=16)


def _small(folder: Path) -> dict[str, str]:
    words = folder / "words.txt"
    words.write_text(WORDS)
    return {"GGEDIT_DETECTOR_SIDE": str(SIDE), "GGEDIT_DETECTOR_VOCABULARY": str(words), "GGEDIT_DEVICE": "cpu"}
