"""An editing pipeline from a folder in diffusers' format, placed as the settings say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from diffusers.pipelines.pipeline_utils import DiffusionPipeline

from ...config import Settings, variable
from ...core.errors import BackendUnavailable
from ...model_files import model_folder
from ..placement import Placement, place
from .engine import Engine
from .families import FAMILIES
from .previews import load_tiny_decoder


def load_engine(settings: Settings) -> Engine:
    """The pipeline that ``editor_model`` names, on its device.

    Raises:
        BackendUnavailable: no such folder, not a pipeline, or one of another kind.
    """
    folder = model_folder(settings.editor_model, settings)
    if folder is None:
        raise BackendUnavailable(
            f"The model {settings.editor_model!r} is not on this machine: name a folder in {variable('editor_model')}."
        )
    kind = pipeline_kind(folder)
    if kind not in FAMILIES:
        raise BackendUnavailable(f"{variable('editor_model')} names a {kind}; this editor runs: {', '.join(FAMILIES)}.")
    placement = place(settings)
    pipe = DiffusionPipeline.from_pretrained(str(folder), torch_dtype=placement.dtype, local_files_only=True)
    pipe.set_progress_bar_config(disable=True)
    settle(pipe, placement, low_memory=settings.low_memory)
    return Engine(FAMILIES[kind](pipe), load_tiny_decoder(folder, placement.device))


def pipeline_kind(folder: Path) -> str:
    """The pipeline class that a folder's model_index.json names.

    Raises:
        BackendUnavailable: there is no such file, or it names none.
    """
    try:
        named = json.loads((folder / "model_index.json").read_text())["_class_name"]
    except (OSError, ValueError, KeyError, TypeError):
        raise BackendUnavailable(
            f"{folder} is not a diffusers pipeline: name a folder that holds a model_index.json."
        ) from None
    return str(named)


def settle(pipe: Any, placement: Placement, *, low_memory: bool) -> None:
    """Bring a pipeline to its device; with ``low_memory`` part by part, in tiles and slices."""
    if not low_memory:
        pipe.to(placement.device)
        return
    if placement.device.type == "cpu":
        pipe.to(placement.device)
    else:
        pipe.enable_model_cpu_offload(device=placement.device)
    spare_memory(pipe)


def spare_memory(pipe: Any) -> None:
    """Tiles and slices in the autoencoder, slices in attention: slower, and less at once."""
    pipe.vae.enable_tiling()
    pipe.vae.enable_slicing()
    if hasattr(pipe, "unet"):
        pipe.enable_attention_slicing()
