"""Which files of a repository are worth fetching."""

from __future__ import annotations

import pytest

from ggedit.fetching.choosing import needed_files


@pytest.mark.parametrize(
    ("names", "needed"),
    [
        (
            [".gitattributes", "README.md", "config.json", "model.safetensors", "preprocessor_config.json",
             "pytorch_model.bin", "tf_model.h5", "sam2.1_hiera_small.pt"],
            ["config.json", "model.safetensors", "preprocessor_config.json"],
        ),
        (["config.json", "pytorch_model.bin", "vocab.txt", "picture.png"],
         ["config.json", "pytorch_model.bin", "vocab.txt"]),
        (["config.json", "model-00001-of-2.safetensors", "model-00002-of-2.safetensors",
          "model.safetensors.index.json"],
         ["config.json", "model-00001-of-2.safetensors", "model-00002-of-2.safetensors",
          "model.safetensors.index.json"]),
        (
            ["model_index.json", "v1-5-pruned.safetensors", "v1-5-pruned.ckpt", "unet/config.json",
             "unet/diffusion_pytorch_model.safetensors", "unet/diffusion_pytorch_model.fp16.safetensors",
             "unet/diffusion_pytorch_model.non_ema.safetensors", "unet/diffusion_pytorch_model.bin",
             "tokenizer/merges.txt", "safety_checker/pytorch_model.bin"],
            ["model_index.json", "unet/config.json", "unet/diffusion_pytorch_model.safetensors",
             "tokenizer/merges.txt", "safety_checker/pytorch_model.bin"],
        ),
        (["config.json", "training_args.bin", "optimizer.pt", "onnx/model.onnx"], ["config.json"]),
        ([], []),
    ],
    ids=["safetensors before pickles", "pickles where there is nothing else", "shards", "a diffusers pipeline",
         "no leavings of training", "nothing"],
)  # fmt: skip
def test_one_format_of_each_weight_and_nothing_else(names, needed):
    assert needed_files(names) == needed
