"""The full tier's detector with the original files: GroundingDINO as the package groundingdino-py runs it."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor, nn
from transformers import AutoTokenizer, BertConfig, BertModel

from ..config import Settings
from ..core.errors import BackendUnavailable
from ..model_files import model_file
from .grounding.checkpoint import (
    FILES,
    POINTS,
    TEXT_LIMIT,
    Architecture,
    State,
    read_architecture,
    read_checkpoint,
    take_weights,
    text_folder,
)
from .grounding.detector import PhraseDetector
from .grounding.dino import DinoNetwork, size_for
from .grounding.network import WORK_MIB, LazyNetwork, OncePerPicture, least_side
from .placement import Placement, require_memory

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of ImageNet's pixels in [0, 1], red, green, blue: what the network was trained on."""

_BUILDING = threading.Lock()


class GroundingDinoDetector(PhraseDetector):
    """Finds things by phrase with ``groundingdino_swint_ogc.pth``, the Swin-B file or one of your own."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, LazyNetwork(settings, lambda placement: _load(settings, placement)))


def _load(settings: Settings, placement: Placement) -> _Network:
    path = model_file(settings.detector_file, FILES, settings)
    if path is None:
        raise BackendUnavailable("There is no GroundingDINO file: `ggedit models` says how to get one.")
    require_memory(path.stat().st_size, placement, work_mib=WORK_MIB, doing="The detector")
    # The package speaks to torch under a former name, at every call.
    warnings.filterwarnings("ignore", r".*torch\.cuda\.amp\.autocast", FutureWarning, r"groundingdino\.")
    tokenizer = AutoTokenizer.from_pretrained(text_folder(settings), local_files_only=True)
    model, architecture = load_model(path, tokenizer)
    return _Network(model.to(placement.device), architecture, tokenizer=tokenizer, placement=placement)


def load_model(path: Path, tokenizer: Any) -> tuple[nn.Module, Architecture]:
    """The package's network with a file's weights, ready to answer.

    Raises:
        BackendUnavailable: not a GroundingDINO file.
    """
    state: State = read_checkpoint(path)
    architecture = read_architecture(state)
    model = build_model(architecture, tokenizer)
    take_weights(model, state, ignore=("relative_position_index", "position_ids", "pooler"), what=str(path))
    return model.eval(), architecture


class _Network(DinoNetwork):
    def __init__(self, model: nn.Module, architecture: Architecture, *, tokenizer: Any, placement: Placement) -> None:
        seen = OncePerPicture(model.backbone)  # type: ignore[arg-type]
        model.backbone = seen
        super().__init__(placement, tokenizer, limit=TEXT_LIMIT, seen=seen)
        self._model = model
        self._least = least_side(architecture.queries)

    def pixels(self, pixels: npt.NDArray[np.uint8], side: int) -> Tensor:
        return compute_input(pixels, *size_for(side, self._least)).to(self.placement.device)

    def forward(self, pixels: Tensor, texts: list[str]) -> tuple[Tensor, Tensor]:
        answer = self._model(pixels.expand(len(texts), -1, -1, -1), captions=texts)
        return answer["pred_logits"], answer["pred_boxes"]


def compute_input(pixels: npt.NDArray[np.uint8], short: int, longest: int) -> Tensor:
    """(1, 3, h, w) from uint8 RGB: the shorter side made ``short``, unless the longer one would
    pass ``longest``; then ImageNet's mean and deviation, channel by channel."""
    height, width = pixels.shape[:2]
    scale = min(short / min(height, width), longest / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    resized = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR), np.float32) / 255
    normal = (resized - np.array(MEAN, np.float32)) / np.array(STD, np.float32)
    return torch.from_numpy(normal).permute(2, 0, 1)[None].contiguous()


class PhraseBert(nn.Module):
    """BERT's embeddings and layers under a mask for every pair of tokens.

    It takes the place of the package's ``BertModelWarper``, which calls methods that
    transformers 5 no longer has. The mask says which token may see which: those of one phrase
    each other. BERT's layers take it added to the attention's logits.
    """

    def __init__(self, bert_model: BertModel) -> None:
        super().__init__()
        self.config = bert_model.config
        self.embeddings = bert_model.embeddings
        self.encoder = bert_model.encoder
        self.pooler = bert_model.pooler

    def forward(
        self, *, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor, position_ids: Tensor
    ) -> dict[str, Tensor]:
        """Token vectors (B, T, width); ``attention_mask`` is bool (B, T, T)."""
        embedded = self.embeddings(input_ids=input_ids, token_type_ids=token_type_ids, position_ids=position_ids)
        added = torch.zeros_like(attention_mask, dtype=embedded.dtype)
        added.masked_fill_(~attention_mask, torch.finfo(embedded.dtype).min)
        return {"last_hidden_state": self.encoder(embedded, attention_mask=added[:, None]).last_hidden_state}


def build_model(architecture: Architecture, tokenizer: Any) -> nn.Module:
    """The package's network of these sizes with fresh weights. Fetches nothing, for BERT's weights
    are part of the file; its constructor's names are set aside while it runs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of timm's old names and torch.meshgrid's coming argument
        from groundingdino.models.GroundingDINO import groundingdino as package

        language = SimpleNamespace(
            get_tokenlizer=lambda _: tokenizer,
            get_pretrained_language_model=lambda _: BertModel(_text_config(architecture)),
        )
        with _replaced(
            package,
            get_tokenlizer=language,
            BertModelWarper=PhraseBert,
            build_backbone=lambda _: _build_backbone(architecture),
        ):
            model = package.build_groundingdino(_arguments(architecture))
    for layer in model.transformer.encoder.text_layers:
        layer.register_forward_pre_hook(_ordered_masks, with_kwargs=True)
    return model


def _ordered_masks(layer: nn.Module, inputs: tuple[Any, ...], named: dict[str, Any]) -> tuple[tuple[Any, ...], Any]:
    """A mask (B, T, T) for each head, text by text, which is the order of torch's attention. The
    package's own order is head by head, so that texts of one batch would see by each other's masks."""
    heads: int = layer.nhead  # type: ignore[assignment]
    return inputs, named | {"src_mask": named["src_mask"].repeat_interleave(heads, dim=0)}


@contextmanager
def _replaced(module: ModuleType, **names: object) -> Iterator[None]:
    """A module's names exchanged for a while; one thread at a time."""
    with _BUILDING:
        before = {name: getattr(module, name) for name in names}
        try:
            for name, value in names.items():
                setattr(module, name, value)
            yield
        finally:
            for name, value in before.items():
                setattr(module, name, value)


def _text_config(architecture: Architecture) -> BertConfig:
    return BertConfig(
        vocab_size=architecture.vocabulary,
        hidden_size=architecture.text_width,
        num_hidden_layers=architecture.text_layers,
        num_attention_heads=architecture.text_heads,
        intermediate_size=architecture.text_feed_forward,
        max_position_embeddings=architecture.text_positions,
    )


def _build_backbone(architecture: Architecture) -> nn.Module:
    """Swin with outputs at strides 8, 16 and 32, and the sine positions beside them."""
    from groundingdino.models.GroundingDINO.backbone.backbone import Joiner
    from groundingdino.models.GroundingDINO.backbone.position_encoding import build_position_encoding
    from groundingdino.models.GroundingDINO.backbone.swin_transformer import SwinTransformer

    swin = SwinTransformer(
        embed_dim=architecture.embed,
        depths=list(architecture.depths),
        num_heads=list(architecture.heads),
        window_size=architecture.window,
        out_indices=(1, 2, 3),
    )
    joined = Joiner(swin, build_position_encoding(_arguments(architecture)))
    joined.num_channels = swin.num_features[1:]  # type: ignore[assignment]
    return joined


def _arguments(architecture: Architecture) -> SimpleNamespace:
    """What the package reads from its configuration files: what all of its models share, and the sizes."""
    return SimpleNamespace(
        position_embedding="sine",
        pe_temperatureH=20,
        pe_temperatureW=20,
        hidden_dim=architecture.width,
        nheads=architecture.attention_heads,
        dim_feedforward=architecture.feed_forward,
        enc_layers=architecture.encoder_layers,
        dec_layers=architecture.decoder_layers,
        num_queries=architecture.queries,
        num_feature_levels=architecture.levels,
        enc_n_points=POINTS,
        dec_n_points=POINTS,
        query_dim=4,
        num_patterns=0,
        pre_norm=False,
        dropout=0.0,
        text_dropout=0.0,
        fusion_dropout=0.0,
        fusion_droppath=0.1,
        transformer_activation="relu",
        two_stage_type="standard",
        two_stage_bbox_embed_share=False,
        two_stage_class_embed_share=False,
        dec_pred_bbox_embed_share=True,
        embed_init_tgt=True,
        dn_labelbook_size=2000,
        dn_box_noise_scale=1.0,
        dn_label_noise_ratio=0.5,
        max_text_len=TEXT_LIMIT,
        text_encoder_type="bert-base-uncased",
        use_text_enhancer=True,
        use_fusion_layer=True,
        use_text_cross_attention=True,
        use_checkpoint=False,
        use_transformer_ckpt=False,
        sub_sentence_present=True,
    )
