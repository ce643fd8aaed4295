"""Learned concepts on disk, and how a network speaks of them.

A folder below ``GGEDIT_HOME/concepts`` holds what was learned together from one picture:

- ``rows.safetensors``: token -> its row of the text encoder's embedding matrix, float32 (C,);
- ``adapter_model.safetensors``, ``adapter_config.json``: a LoRA of the UNet in peft's format, which acts
  as ``gating`` says;
- ``card.json``: format, base model, tokens with their labels and first words, steps, seed, losses.

A concept is named ``folder/token``, for example ``3f2a/<cup-1>``. ``ggedit train concepts`` makes them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, set_peft_model_state_dict

from ...config import Settings
from ...core.errors import BackendUnavailable
from ..weights import load_state
from .gating import Gate
from .network import Network

ROWS, ADAPTER, CONFIG, CARD = "rows.safetensors", "adapter_model.safetensors", "adapter_config.json", "card.json"
FORMAT = 2
"""In the card. Sets of format 1, whose cards name none, have a LoRA that acts on every prompt: it was learned
so, and means nothing behind a gate."""

_ADAPTER_PREFIX = "concept_"
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


@dataclass(frozen=True, eq=False)
class Known:
    """A concept that a network knows: its token in prompts, and the gate of its set's adapter."""

    token: str
    gate: Gate


@contextmanager
def attached(network: Network, settings: Settings, concepts: Sequence[str]) -> Iterator[dict[str, Known]]:
    """The network knows the concepts inside, each by the name that was given. They may be of several
    sets: each set's adapter acts by itself.

    Raises:
        BackendUnavailable: no such concept, or it was learned with another model or an earlier version.
    """
    sets: dict[str, list[str]] = {}
    for concept in dict.fromkeys(concepts):
        name, _, token = concept.partition("/")
        sets.setdefault(name, []).append(token)
    known: dict[str, Known] = {}
    with ExitStack() as stack:
        for name, tokens in sets.items():
            known |= stack.enter_context(_set(network, concept_folder(settings, name), tokens))
        if sets:
            network.unet.set_adapter([_ADAPTER_PREFIX + name for name in sets])
        yield known


@contextmanager
def _set(network: Network, folder: Path, tokens: Sequence[str]) -> Iterator[dict[str, Known]]:
    """One set; concept -> how it is known. Two sets may each have a ``<cup-1>``, so the set's name becomes a
    part of the token in prompts."""
    rows = _rows(folder, tokens)
    words = {token: f"<{token.strip('<>')}-{folder.name}>" for token in rows}
    ids = teach_rows(network, {words[token]: row for token, row in rows.items()})
    adapter, gate = _ADAPTER_PREFIX + folder.name, Gate(ids)
    _attach_adapter(network, folder, adapter)
    gate.install(network.unet, adapter)
    network.gates[adapter] = gate
    try:
        yield {f"{folder.name}/{token}": Known(words[token], gate) for token in tokens}
    finally:
        del network.gates[adapter]
        network.unet.delete_adapters(adapter)


def _rows(folder: Path, tokens: Sequence[str]) -> Mapping[str, torch.Tensor]:
    if not (folder / CARD).is_file():
        raise BackendUnavailable(
            f"The concept {tokens[0]} is not on this machine: learn it again with `ggedit train concepts`."
        )
    if (found := _format(folder / CARD)) != FORMAT:
        age = "an earlier" if found < FORMAT else "a later"
        raise BackendUnavailable(
            f"The concept {tokens[0]} was learned by {age} version of ggedit: learn it again with "
            "`ggedit train concepts`."
        )
    rows = load_state(folder / ROWS)
    if missing := [token for token in tokens if token not in rows]:
        raise BackendUnavailable(f"{folder} holds no concept {missing[0]}; it holds: {', '.join(sorted(rows))}.")
    return rows


def _format(card: Path) -> int:
    try:
        return int(json.loads(card.read_text(encoding="utf-8")).get("format", 1))
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise BackendUnavailable(f"{card} cannot be read ({error}): learn the concept again.") from None


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


def _attach_adapter(network: Network, folder: Path, name: str) -> None:
    try:
        given: dict[str, Any] = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
        config = LoraConfig(
            r=int(given["r"]), lora_alpha=int(given["lora_alpha"]), target_modules=given["target_modules"]
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackendUnavailable(f"{folder / CONFIG} cannot be read ({error}): learn the concept again.") from None
    network.unet.add_adapter(config, adapter_name=name)
    state = load_state(folder / ADAPTER)
    if set_peft_model_state_dict(network.unet, dict(state), adapter_name=name).unexpected_keys:
        network.unet.delete_adapters(name)
        raise BackendUnavailable(
            "The concept was learned with another model: learn it again, or set GGEDIT_GRAPH_MODEL."
        )
