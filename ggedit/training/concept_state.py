"""What a run of concept learning leaves on disk: its state while it works, the concepts at the end."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model_state_dict
from safetensors import safe_open
from safetensors.torch import save_file

from ..backends.graph.concepts import ADAPTER, CARD, CONFIG, ROWS
from ..core.errors import BadInput

STATE = "state.safetensors"
_MOMENTS = ("exp_avg", "exp_avg_sq", "step")


@dataclass(frozen=True)
class Parts:
    """What a run changes, by name, and the losses so far: (total, masked, attention) of each step."""

    weights: Mapping[str, torch.nn.Parameter]
    losses: list[tuple[float, float, float]]


class StateFile:
    """One file, written whole or not at all; ``of`` names the run that it belongs to."""

    def __init__(self, out: Path, of: str) -> None:
        self._path = out / STATE
        self._of = of

    def save(self, parts: Parts, optimizer: torch.optim.Optimizer | None) -> None:
        tensors = {f"weight.{name}": p.detach().cpu().clone() for name, p in parts.weights.items()}
        for name, parameter in parts.weights.items():
            kept = optimizer.state.get(parameter, {}) if optimizer is not None else {}
            tensors |= {f"{key}.{name}": kept[key].detach().cpu().clone() for key in _MOMENTS if key in kept}
        tensors["losses"] = torch.tensor(parts.losses, dtype=torch.float64).reshape(-1, 3)
        part = self._path.with_suffix(".part")
        save_file(tensors, part, metadata={"of": self._of})
        part.replace(self._path)

    def load(self, parts: Parts) -> dict[str, torch.Tensor]:
        """Put the saved weights and losses back; returns the moments by name, {} without a state.

        Raises:
            BadInput: the state is another run's.
        """
        if not self._path.is_file():
            return {}
        with safe_open(self._path, framework="pt") as file:
            if (file.metadata() or {}).get("of") != self._of:
                raise BadInput(f"{self._path.parent} holds the unfinished work of something else: delete it first.")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
        with torch.no_grad():
            for name, parameter in parts.weights.items():
                parameter.copy_(tensors[f"weight.{name}"])
        parts.losses[:] = [tuple(row) for row in tensors["losses"].tolist()]
        return tensors

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)


def restore_moments(
    optimizer: torch.optim.Optimizer, weights: Mapping[str, torch.nn.Parameter], saved: Mapping[str, torch.Tensor]
) -> None:
    """An optimiser's memory as it was saved; parameters that had none get none."""
    mine = {id(p) for group in optimizer.param_groups for p in group["params"]}
    for name, parameter in weights.items():
        if id(parameter) in mine and f"step.{name}" in saved:
            state = {key: saved[f"{key}.{name}"] for key in _MOMENTS}
            on_device = {k: v.to(parameter.device) if k != "step" else v for k, v in state.items()}
            optimizer.state[parameter] = on_device


def save_learned(unet: Any, adapter: str, out: Path, *, rows: Mapping[str, torch.Tensor], card: object) -> None:
    """Rows, adapter and card as ``backends.graph.concepts`` reads them; the card comes last, so that a
    folder with a card is complete."""
    save_file({token: row.detach().float().cpu().contiguous() for token, row in rows.items()}, out / ROWS)
    state = get_peft_model_state_dict(unet, adapter_name=adapter)
    save_file({name: value.detach().float().cpu().contiguous() for name, value in state.items()}, out / ADAPTER)
    config: LoraConfig = unet.peft_config[adapter]
    kept = {"peft_type": "LORA", "r": config.r, "lora_alpha": config.lora_alpha}
    kept |= {"target_modules": sorted(config.target_modules or ()), "lora_dropout": 0.0, "bias": "none"}
    (out / CONFIG).write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    part = out / f"{CARD}.part"
    part.write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    part.replace(out / CARD)


def mean_of_last(losses: Sequence[tuple[float, float, float]], count: int = 20) -> tuple[float, float, float]:
    """Each loss over the last steps: one step's depends on its time far more than on what was learned."""
    last = losses[-count:]
    total, masked, attention = (sum(column) / len(last) for column in zip(*last, strict=True))
    return round(total, 5), round(masked, 5), round(attention, 5)
