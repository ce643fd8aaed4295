"""Tiny segmenters of the SAM family, saved in the formats of their makers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch

SIDE, PATCH, WIDTH = 128, 16, 32


def tiny_sam(seed: int = 36) -> Any:
    """segment-anything's network with two small blocks, one windowed and one global."""
    from segment_anything.modeling import ImageEncoderViT, MaskDecoder, PromptEncoder, Sam, TwoWayTransformer

    torch.manual_seed(seed)
    sam = Sam(
        image_encoder=ImageEncoderViT(
            img_size=SIDE, patch_size=PATCH, embed_dim=WIDTH, depth=2, num_heads=2, mlp_ratio=2, out_chans=WIDTH,
            norm_layer=partial(torch.nn.LayerNorm, eps=1e-6), use_rel_pos=True, window_size=3, global_attn_indexes=(1,),
        ),
        prompt_encoder=PromptEncoder(
            embed_dim=WIDTH, image_embedding_size=(SIDE // PATCH,) * 2, input_image_size=(SIDE, SIDE), mask_in_chans=8
        ),
        mask_decoder=MaskDecoder(
            transformer=TwoWayTransformer(depth=2, embedding_dim=WIDTH, mlp_dim=48, num_heads=8),
            transformer_dim=WIDTH, iou_head_depth=3, iou_head_hidden_dim=WIDTH,
        ),
    ).eval()  # fmt: skip
    return scrambled(sam)


def scrambled(model: Any) -> Any:
    """Every weight random and large enough to matter: fresh networks hold zeros and ones that hide mistakes."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return model


def transformers_config(state: Mapping[str, torch.Tensor], **vision: Any) -> Any:
    """The configuration with which transformers builds the network of these weights."""
    from transformers import SamConfig

    dim, out = state["image_encoder.pos_embed"].shape[-1], state["image_encoder.neck.0.weight"].shape[0]
    side, patch = 16 * state["image_encoder.pos_embed"].shape[1], 16
    blocks = sum(1 for name in state if re.fullmatch(r"image_encoder\.blocks\.\d+\.norm1\.weight", name))
    mlp = state["image_encoder.blocks.0.mlp.lin1.weight"].shape[0]
    return SamConfig(
        vision_config={
            "hidden_size": dim, "output_channels": out, "num_hidden_layers": blocks, "image_size": side,
            "patch_size": patch, "mlp_dim": mlp, "num_pos_feats": out // 2, **vision,
        },
        prompt_encoder_config={
            "hidden_size": out, "image_size": side, "patch_size": patch,
            "mask_input_channels": state["prompt_encoder.mask_downscaling.3.weight"].shape[0],
        },
        mask_decoder_config={
            "hidden_size": out,
            "layer_norm_eps": 1e-5,  # as the makers' code has it; transformers' default of 1e-6 moves single pixels
            "mlp_dim": state["mask_decoder.transformer.layers.0.mlp.lin1.weight"].shape[0],
            "iou_head_hidden_dim": state["mask_decoder.iou_prediction_head.layers.0.weight"].shape[0],
        },
    )  # fmt: skip


_RENAMED = (
    (r"^image_encoder\.patch_embed\.proj\.", "vision_encoder.patch_embed.projection."),
    (r"^image_encoder\.blocks\.(\d+)\.norm(\d)\.", r"vision_encoder.layers.\1.layer_norm\2."),
    (r"^image_encoder\.blocks\.", "vision_encoder.layers."),
    (r"^image_encoder\.neck\.0\.", "vision_encoder.neck.conv1."),
    (r"^image_encoder\.neck\.1\.", "vision_encoder.neck.layer_norm1."),
    (r"^image_encoder\.neck\.2\.", "vision_encoder.neck.conv2."),
    (r"^image_encoder\.neck\.3\.", "vision_encoder.neck.layer_norm2."),
    (r"^image_encoder\.", "vision_encoder."),
    (r"^prompt_encoder\.pe_layer\.positional_encoding_gaussian_matrix", "shared_image_embedding.positional_embedding"),
    (r"^prompt_encoder\.point_embeddings\.", "prompt_encoder.point_embed."),
    (r"^prompt_encoder\.mask_downscaling\.0\.", "prompt_encoder.mask_embed.conv1."),
    (r"^prompt_encoder\.mask_downscaling\.1\.", "prompt_encoder.mask_embed.layer_norm1."),
    (r"^prompt_encoder\.mask_downscaling\.3\.", "prompt_encoder.mask_embed.conv2."),
    (r"^prompt_encoder\.mask_downscaling\.4\.", "prompt_encoder.mask_embed.layer_norm2."),
    (r"^prompt_encoder\.mask_downscaling\.6\.", "prompt_encoder.mask_embed.conv3."),
    (r"^mask_decoder\.transformer\.layers\.(\d+)\.norm(\d)\.", r"mask_decoder.transformer.layers.\1.layer_norm\2."),
    (r"^mask_decoder\.transformer\.norm_final_attn\.", "mask_decoder.transformer.layer_norm_final_attn."),
    (r"^mask_decoder\.output_upscaling\.0\.", "mask_decoder.upscale_conv1."),
    (r"^mask_decoder\.output_upscaling\.1\.", "mask_decoder.upscale_layer_norm."),
    (r"^mask_decoder\.output_upscaling\.3\.", "mask_decoder.upscale_conv2."),
    (r"(_mlps\.\d+|_prediction_head)\.layers\.0\.", r"\1.proj_in."),
    (r"(_mlps\.\d+|_prediction_head)\.layers\.1\.", r"\1.layers.0."),
    (r"(_mlps\.\d+|_prediction_head)\.layers\.2\.", r"\1.proj_out."),
)
"""segment-anything's names -> transformers' names, in this order."""


def transformers_state(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The same weights under transformers' names."""
    renamed: dict[str, torch.Tensor] = {}
    for name, tensor in state.items():
        new = name
        for pattern, replacement in _RENAMED:
            new = re.sub(pattern, replacement, new)
        renamed[new] = tensor
    return renamed


def save_as_transformers(sam: Any, folder: Path, **vision: Any) -> Path:
    """A network of segment-anything as a folder that transformers reads."""
    from transformers import SamModel

    state = sam.state_dict()
    model = SamModel(transformers_config(state, **vision)).eval()
    left = model.load_state_dict(transformers_state(state), strict=False)
    assert not left.unexpected_keys and set(left.missing_keys) <= {
        "prompt_encoder.shared_embedding.positional_embedding"
    }, left
    model.tie_weights()
    model.save_pretrained(folder)
    return folder


def sam_file(folder: Path) -> Mapping[str, str]:
    """For `sam`: a checkpoint as segment-anything saves it."""
    torch.save(tiny_sam().state_dict(), folder / "sam_tiny.pth")
    return {"GGEDIT_SEGMENTER_FILE": str(folder / "sam_tiny.pth")}


def sam_folder(folder: Path) -> Mapping[str, str]:
    """For `sam-hf`: the same network as transformers saves it."""
    save_as_transformers(tiny_sam(), folder, num_attention_heads=2, window_size=3, global_attn_indexes=[1])
    return {"GGEDIT_SEGMENTER_MODEL": str(folder)}


def sam2_folder(folder: Path, *, model_type: str = "sam2") -> Mapping[str, str]:
    """For `sam-hf`: a network of SAM 2's kind; the published files of SAM 2.1 call themselves sam2_video."""
    import json

    from transformers import Sam2Config, Sam2Model

    backbone = {
        "model_type": "sam2_hiera_det_model", "hidden_size": 16, "image_size": [SIDE, SIDE], "num_attention_heads": 1,
        "blocks_per_stage": [1, 1, 2, 1], "embed_dim_per_stage": [16, 32, 64, 128],
        "num_attention_heads_per_stage": [1, 2, 4, 8], "window_size_per_stage": [8, 4, 4, 2],
        "window_positional_embedding_background_size": [4, 4], "global_attention_blocks": [3],
    }  # fmt: skip
    config = Sam2Config(
        vision_config={
            "backbone_config": backbone, "backbone_channel_list": [128, 64, 32, 16], "fpn_hidden_size": WIDTH,
            "backbone_feature_sizes": [[SIDE // 4] * 2, [SIDE // 8] * 2, [SIDE // 16] * 2],
        },
        prompt_encoder_config={"hidden_size": WIDTH, "image_size": SIDE, "patch_size": PATCH, "mask_input_channels": 8},
        mask_decoder_config={"hidden_size": WIDTH, "mlp_dim": 48, "iou_head_hidden_dim": WIDTH},
    )  # fmt: skip
    torch.manual_seed(3)
    scrambled(Sam2Model(config).eval()).save_pretrained(folder)
    file = folder / "config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"model_type": model_type}))
    return {"GGEDIT_SEGMENTER_MODEL": str(folder)}
