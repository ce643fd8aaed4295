"""Learned concepts on disk, and how a network speaks of them.

A folder below ``GGEDIT_HOME/concepts`` holds what was learned together from one picture:

- ``rows.safetensors``: token -> its row of the text encoder's embedding matrix, float32 (C,);
- ``adapter_model.safetensors``, ``adapter_config.json``: a LoRA of the UNet in peft's format;
- ``card.json``: base model, tokens with their labels and first words, steps, seed, losses.

A concept is named ``folder/token``, for example ``3f2a/<cup-1>``. ``ggedit train concepts`` makes them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, set_peft_model_state_dict

from ...config import Settings
from ...core.errors import BackendUnavailable
from ..weights import load_state
from .network import Network

ROWS, ADAPTER, CONFIG, CARD = "rows.safetensors", "adapter_model.safetensors", "adapter_config.json", "card.json"
_ADAPTER_NAME = "concept"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def concept_folder(settings: Settings, name: str) -> Path:
    """Where a set of concepts lies.

    Raises:
        BackendUnavailable: not the name of a set; names come from files of sessions too, and none may
            lead out of the folder of concepts.
    """
    if not _NAME.fullmatch(name):
        raise BackendUnavailable(f"{name!r} is not the name of a set of concepts: learn the thing anew.")
    return settings.home / "concepts" / name


@contextmanager
def attached(network: Network, settings: Settings, concept: str | None) -> Iterator[str | None]:
    """The network knows the concept inside; the value is its token, or None without a concept.

    Raises:
        BackendUnavailable: no such concept, or it was learned with another model.
    """
    if concept is None:
        yield None
        return
    name, _, token = concept.partition("/")
    folder = concept_folder(settings, name)
    rows = _rows(folder, token)
    teach_rows(network, rows)
    _attach_adapter(network, folder)
    try:
        yield token
    finally:
        network.unet.delete_adapters(_ADAPTER_NAME)


def _rows(folder: Path, token: str) -> Mapping[str, torch.Tensor]:
    if not (folder / CARD).is_file():
        raise BackendUnavailable(
            f"The concept {token} is not on this machine: learn it again with `ggedit train concepts`."
        )
    rows = load_state(folder / ROWS)
    if token not in rows:
        raise BackendUnavailable(f"{folder} holds no concept {token}; it holds: {', '.join(sorted(rows))}.")
    return rows


def teach_rows(network: Network, rows: Mapping[str, torch.Tensor]) -> tuple[int, ...]:
    """Give the tokenizer the tokens and the text encoder their rows; returns the tokens' ids.

    Raises:
        BackendUnavailable: the rows belong to a text encoder of another width.
    """
    width = network.text_encoder.get_input_embeddings().weight.shape[1]
    if any(row.shape != (width,) for row in rows.values()):
        raise BackendUnavailable(
            "The concept was learned with another model: learn it again, or set GGEDIT_GRAPH_MODEL."
        )
    network.tokenizer.add_tokens(list(rows))
    network.text_encoder.resize_token_embeddings(len(network.tokenizer), mean_resizing=False)
    matrix = network.text_encoder.get_input_embeddings().weight
    ids = tuple(int(i) for i in network.tokenizer.convert_tokens_to_ids(list(rows)))
    with torch.no_grad():
        for number, row in zip(ids, rows.values(), strict=True):
            matrix[number] = row.to(matrix)
    network.forget_words()
    return ids


def _attach_adapter(network: Network, folder: Path) -> None:
    try:
        given: dict[str, Any] = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        config = LoraConfig(
            r=int(given["r"]), lora_alpha=int(given["lora_alpha"]), target_modules=given["target_modules"]
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackendUnavailable(f"{folder / CONFIG} cannot be read ({error}): learn the concept again.") from None
    network.unet.add_adapter(config, adapter_name=_ADAPTER_NAME)
    state = load_state(folder / ADAPTER)
    unknown = set_peft_model_state_dict(network.unet, dict(state), adapter_name=_ADAPTER_NAME).unexpected_keys
    if unknown:
        network.unet.delete_adapters(_ADAPTER_NAME)
        raise BackendUnavailable(
            "The concept was learned with another model: learn it again, or set GGEDIT_GRAPH_MODEL."
        )
