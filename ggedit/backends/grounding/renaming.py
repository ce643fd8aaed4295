"""The original GroundingDINO weights under the names that transformers gives them.

The table was written by laying both networks' state dicts side by side; a test holds both
networks with one set of weights to the same answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from torch import Tensor

_SWIN = "model.backbone.conv_encoder.model."

# Pattern in the original name and what it becomes, applied in order.
_NAMES: tuple[tuple[str, str], ...] = (
    (r"^bert\.pooler\.", "model.text_backbone.pooler."),
    (r"^bert\.", "model.text_backbone."),
    (r"^feat_map\.", "model.text_projection."),
    (r"^input_proj\.", "model.input_proj_vision."),
    (r"^backbone\.0\.patch_embed\.proj\.", _SWIN + "swin.embeddings.patch_embeddings.projection."),
    (r"^backbone\.0\.patch_embed\.norm\.", _SWIN + "swin.embeddings.norm."),
    (r"^backbone\.0\.layers\.", _SWIN + "swin.encoder.layers."),
    (r"\.attn\.proj\.", ".attention.o_proj."),
    (r"\.attn\.relative_position_bias_table$", ".attention.relative_position_bias.relative_position_bias_table"),
    (r"(swin\..*\.blocks\.\d+)\.norm1\.", r"\1.layernorm_before."),
    (r"(swin\..*\.blocks\.\d+)\.norm2\.", r"\1.layernorm_after."),
    (r"^transformer\.tgt_embed\.", "model.query_position_embeddings."),
    (r"^transformer\.enc_out_bbox_embed\.", "model.encoder_output_bbox_embed."),
    (r"^transformer\.decoder\.ref_point_head\.", "model.decoder.reference_points_head."),
    (r"^transformer\.decoder\.norm\.", "model.decoder.layer_norm."),
    (r"^transformer\.", "model."),
    (r"^model\.encoder\.layers\.(\d+)\.(self_attn)\.", r"model.encoder.layers.\1.deformable_layer.\2."),
    (r"^model\.encoder\.layers\.(\d+)\.norm1\.", r"model.encoder.layers.\1.deformable_layer.self_attn_layer_norm."),
    (r"^model\.encoder\.layers\.(\d+)\.norm2\.", r"model.encoder.layers.\1.deformable_layer.final_layer_norm."),
    (r"^model\.encoder\.layers\.(\d+)\.linear(\d)\.", r"model.encoder.layers.\1.deformable_layer.fc\2."),
    (r"^model\.encoder\.text_layers\.(\d+)\.", r"model.encoder.layers.\1.text_enhancer_layer."),
    (r"(text_enhancer_layer)\.norm1\.", r"\1.layer_norm_before."),
    (r"(text_enhancer_layer)\.norm2\.", r"\1.layer_norm_after."),
    (r"(text_enhancer_layer)\.linear(\d)\.", r"\1.fc\2."),
    (r"^model\.encoder\.fusion_layers\.(\d+)\.", r"model.encoder.layers.\1.fusion_layer."),
    (r"(fusion_layer)\.gamma_v$", r"\1.vision_param"),
    (r"(fusion_layer)\.gamma_l$", r"\1.text_param"),
    (r"(fusion_layer)\.layer_norm_v\.", r"\1.layer_norm_vision."),
    (r"(fusion_layer)\.layer_norm_l\.", r"\1.layer_norm_text."),
    (r"(fusion_layer\.attn)\.(values_|out_)?v_proj\.", r"\1.\2vision_proj."),
    (r"(fusion_layer\.attn)\.(values_|out_)?l_proj\.", r"\1.\2text_proj."),
    (r"(model\.decoder\.layers\.\d+)\.cross_attn\.", r"\1.encoder_attn."),
    (r"(model\.decoder\.layers\.\d+)\.ca_text\.", r"\1.encoder_attn_text."),
    (r"(model\.decoder\.layers\.\d+)\.catext_norm\.", r"\1.encoder_attn_text_layer_norm."),
    (r"(model\.decoder\.layers\.\d+)\.norm1\.", r"\1.encoder_attn_layer_norm."),
    (r"(model\.decoder\.layers\.\d+)\.norm2\.", r"\1.self_attn_layer_norm."),
    (r"(model\.decoder\.layers\.\d+)\.norm3\.", r"\1.final_layer_norm."),
    (r"(model\.decoder\.layers\.\d+)\.linear(\d)\.", r"\1.fc\2."),
)

# A matrix that holds three side by side, and the names of the three.
_THREE: tuple[tuple[str, tuple[str, str, str]], ...] = (
    (r"\.attn\.qkv\.(weight|bias)$", (".attention.q_proj.", ".attention.k_proj.", ".attention.v_proj.")),
    (r"\.in_proj_(weight|bias)$", (".query.", ".key.", ".value.")),
)
_STAGE_NORM = re.compile(r"^backbone\.0\.norm(\d+)\.(weight|bias)$")


def rename(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Every weight under its other name; what the other network computes itself is left out."""
    return {name: value for old, tensor in state.items() for name, value in _renamed(old, tensor)}


def _renamed(old: str, tensor: Tensor) -> Iterator[tuple[str, Tensor]]:
    if "relative_position_index" in old or old.endswith("position_ids"):
        return
    stage = _STAGE_NORM.match(old)
    if stage is not None:
        yield f"{_SWIN}hidden_states_norms.stage{int(stage[1]) + 1}.{stage[2]}", tensor
        return
    for pattern, names in _THREE:
        found = re.search(pattern, old)
        if found is not None:
            for name, part in zip(names, tensor.chunk(3), strict=True):
                yield _new(old[: found.start()] + name + found[1]), part
            return
    yield _new(old), tensor


def _new(old: str) -> str:
    for pattern, replacement in _NAMES:
        old = re.sub(pattern, replacement, old)
    return old
