"""Masks by the package segment-anything, from its own .pth files of any size."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..config import Settings
from ..core.errors import BackendUnavailable
from ..model_files import model_file
from .placement import Placement, out_of_memory, place, require_memory
from .prompting.answer import Answer
from .prompting.frame import Floats
from .prompting.segmenter import Embedding, ModelPrompt, PromptedSegmenter
from .weights import load_state

if TYPE_CHECKING:
    import torch
    from segment_anything.modeling import Sam

CHECKPOINTS = ("sam_vit_h_4b8939.pth", "sam_vit_l_0b3195.pth", "sam_vit_b_01ec64.pth")
"""The published files, best first."""

_DECODER_HEADS = 8
"""Not to be seen from the weights' shapes; the same in every published model (segment_anything, build_sam.py)."""
_ATTENTION_COPIES = 3
"""Attention matrices of one global block that are in memory at the same time (benchmarks/segmentation.py)."""


class SamSegmenter(PromptedSegmenter):
    """Segment Anything (Kirillov et al., arXiv:2304.02643) with vit_h, vit_l or vit_b weights.

    Which of them a file holds is read from its shapes, so a fine-tuned file may have any name.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, _load)


class SamModel:
    """segment-anything's modules: the encoder in the number format of the device, the small
    decoder in float32, because half-precision coordinates are off by whole pixels."""

    padded = True

    def __init__(self, sam: Sam, placement: Placement, *, low_memory: bool) -> None:
        self.side_px: int = sam.image_encoder.img_size
        self.mask_px: int = sam.prompt_encoder.mask_input_size[0]
        self._sam = sam
        self._placement = placement
        self._device = placement.device
        self._low_memory = low_memory and placement.device.type != "cpu"
        sam.image_encoder.to("cpu" if self._low_memory else placement.device, placement.dtype)
        sam.prompt_encoder.to(placement.device)
        sam.mask_decoder.to(placement.device)
        self._places = sam.prompt_encoder.get_dense_pe()

    def encode(self, pixels: Floats) -> Embedding:
        import torch

        encoder, placement = self._sam.image_encoder, self._placement
        if self._low_memory:
            encoder.to(placement.device)
        with torch.inference_mode():
            batch = torch.from_numpy(pixels)[None].to(placement.device, placement.dtype)
            embedding = encoder(batch).float().cpu()
        if self._low_memory:
            encoder.to("cpu")
        return (embedding,)

    def decode(self, embedding: Embedding, prompt: ModelPrompt) -> Answer:
        import torch

        sam, device = self._sam, self._device
        with torch.inference_mode():
            sparse, dense = sam.prompt_encoder(
                points=_points(prompt, device) if len(prompt.xy) else None,
                boxes=torch.from_numpy(prompt.box)[None].to(device) if prompt.box is not None else None,
                masks=torch.from_numpy(prompt.mask)[None, None].to(device) if prompt.mask is not None else None,
            )
            logits, quality = sam.mask_decoder(
                image_embeddings=embedding[0].to(device),
                image_pe=self._places,
                sparse_prompt_embeddings=sparse,
                dense_prompt_embeddings=dense,
                multimask_output=prompt.several,
            )
        return Answer(logits[0].cpu().numpy(), quality[0].cpu().numpy())

    def offload(self) -> None:
        import torch

        self._low_memory = False
        self._placement = Placement(torch.device("cpu"), torch.float32)
        self._sam.image_encoder.to("cpu", torch.float32)


def _points(prompt: ModelPrompt, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    import torch

    return torch.from_numpy(prompt.xy)[None].to(device), torch.from_numpy(prompt.labels)[None].to(device)


def _load(settings: Settings) -> SamModel:
    path = model_file(settings.segmenter_file, CHECKPOINTS, settings)
    if path is None:
        raise BackendUnavailable(
            f"There is no file of Segment Anything: `ggedit models fetch sam` puts one into {settings.checkpoints}."
        )
    placement = place(settings)
    sam = build(load_state(path), path)
    require_memory(path.stat().st_size, placement, work_mib=_work_mib(sam), doing="Segment Anything")
    return SamModel(sam, placement, low_memory=settings.low_memory)


def _work_mib(sam: Sam) -> float:
    """What the encoder needs beside its weights: its global attention is computed in full."""
    encoder: Any = sam.image_encoder
    tokens = (encoder.img_size // encoder.patch_embed.proj.kernel_size[0]) ** 2
    return _ATTENTION_COPIES * encoder.blocks[0].attn.num_heads * tokens**2 * 4 / 2**20


def build(state: Mapping[str, torch.Tensor], path: Path) -> Sam:
    """The model whose shapes these weights have, with the weights in it.

    Raises:
        BackendUnavailable: they are not weights of Segment Anything.
    """
    try:
        sam = _empty(state)
        sam.load_state_dict(dict(state), assign=True)
    except (KeyError, RuntimeError, ValueError, IndexError, ZeroDivisionError) as error:
        if out_of_memory(error):
            raise
        raise BackendUnavailable(
            f"{path} does not hold the weights of Segment Anything (vit_h, vit_l or vit_b): choose another file."
        ) from None
    return sam.eval()


def _empty(state: Mapping[str, torch.Tensor]) -> Sam:
    """The architecture, read from the weights' shapes, without numbers in it."""
    import torch
    from segment_anything.modeling import MaskDecoder, PromptEncoder, Sam, TwoWayTransformer

    grid, width = state["image_encoder.pos_embed"].shape[1:3], state["image_encoder.neck.0.weight"].shape[0]
    patch = state["image_encoder.patch_embed.proj.weight"].shape[-1]
    side = grid[0] * patch
    mlp = state["mask_decoder.transformer.layers.0.mlp.lin1.weight"].shape[0]
    iou_head = "mask_decoder.iou_prediction_head.layers"
    with torch.device("meta"):
        sam = Sam(
            image_encoder=_empty_encoder(state, side=side, patch=patch),
            prompt_encoder=PromptEncoder(
                embed_dim=width,
                image_embedding_size=(grid[0], grid[1]),
                input_image_size=(side, side),
                mask_in_chans=state["prompt_encoder.mask_downscaling.3.weight"].shape[0],
            ),
            mask_decoder=MaskDecoder(
                num_multimask_outputs=state["mask_decoder.mask_tokens.weight"].shape[0] - 1,
                transformer=TwoWayTransformer(
                    depth=_count(state, "mask_decoder.transformer.layers"),
                    embedding_dim=width,
                    mlp_dim=mlp,
                    num_heads=_DECODER_HEADS,
                ),
                transformer_dim=width,
                iou_head_depth=_count(state, iou_head),
                iou_head_hidden_dim=state[f"{iou_head}.0.weight"].shape[0],
            ),
        )
    # These two are kept in no file; the frame normalises the picture, only their device is asked for.
    sam.pixel_mean, sam.pixel_std = torch.zeros(3, 1, 1), torch.ones(3, 1, 1)
    return sam


def _empty_encoder(state: Mapping[str, torch.Tensor], *, side: int, patch: int) -> Any:
    import torch
    from segment_anything.modeling import ImageEncoderViT

    blocks = "image_encoder.blocks"
    depth, dim = _count(state, blocks), state["image_encoder.pos_embed"].shape[-1]
    # A block's relative positions have 2 n - 1 rows, n = the side of what it attends to (window or whole grid).
    reach = [(state[f"{blocks}.{i}.attn.rel_pos_h"].shape[0] + 1) // 2 for i in range(depth)]
    whole = side // patch
    return ImageEncoderViT(
        img_size=side,
        patch_size=patch,
        embed_dim=dim,
        depth=depth,
        num_heads=dim // state[f"{blocks}.0.attn.rel_pos_h"].shape[1],
        mlp_ratio=state[f"{blocks}.0.mlp.lin1.weight"].shape[0] / dim,
        out_chans=state["image_encoder.neck.0.weight"].shape[0],
        norm_layer=partial(torch.nn.LayerNorm, eps=1e-6),  # type: ignore[arg-type]
        use_rel_pos=True,
        window_size=min(reach) if min(reach) < whole else 0,
        global_attn_indexes=tuple(i for i, n in enumerate(reach) if n == whole),
    )


def _count(state: Mapping[str, torch.Tensor], prefix: str) -> int:
    """How many numbered parts there are below a name."""
    return len({name[len(prefix) + 1 :].split(".")[0] for name in state if name.startswith(f"{prefix}.")})
