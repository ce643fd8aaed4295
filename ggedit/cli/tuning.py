"""Options of ``ggedit edit`` for editors that draw; the others have no use for them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from ..config import Settings, load_settings
from ..core.options import EditOptions

_OPEN: dict[str, Any] = {"show_default": False, "rich_help_panel": "Editors that draw (full tier)"}

Steps = Annotated[int | None, typer.Option("--steps", help="Denoising steps. More: finer and slower.", **_OPEN)]
Guidance = Annotated[
    float | None, typer.Option("--guidance", help="Weight of the words, 1 to 30. More: harsher colours.", **_OPEN)
]
ImageGuidance = Annotated[
    float | None,
    typer.Option("--image-guidance", help="Weight of the old picture, 1 to 5. More: less changes.", **_OPEN),
]
GuidanceFrom = Annotated[
    float | None, typer.Option("--guidance-from", help="Share of the steps after which guidance counts.", **_OPEN)
]
GuidanceTo = Annotated[
    float | None, typer.Option("--guidance-to", help="Share of the steps up to which guidance counts.", **_OPEN)
]
Strength = Annotated[
    float | None, typer.Option("--strength", help="0 to 1. 1: start from noise; less keeps shapes.", **_OPEN)
]
BlendStart = Annotated[
    float | None,
    typer.Option("--blend-start", help="Share of the steps after which the surroundings are held.", **_OPEN),
]
Feather = Annotated[int | None, typer.Option("--feather", help="Width of the blended rim in pixels.", **_OPEN)]
Sampler = Annotated[
    str | None, typer.Option("--sampler", help="euler-a, euler, ddim, dpm++ or unipc; else the model's own.", **_OPEN)
]
Safety = Annotated[
    bool | None, typer.Option("--safety/--no-safety", help="Whether the model's safety checker looks.", **_OPEN)
]
EditorName = Annotated[str | None, typer.Option("--editor", help="Editor that runs every step it can.", **_OPEN)]
Model = Annotated[
    str | None, typer.Option("--model", help="Folder or hub id of the editing model, for this run.", **_OPEN)
]
LowMemory = Annotated[
    bool, typer.Option("--low-memory", help="Slower and with less memory: offload, tiles, slices.", **_OPEN)
]


def run_settings(editor: str | None, model: str | None, *, low_memory: bool) -> Settings:
    """The settings with what was said for this run alone."""
    settings = load_settings()
    if model is not None:
        settings = replace(settings, editor_model=str(Path(model).expanduser()) if Path(model).exists() else model)
    if editor is not None:
        settings = replace(settings, editor=editor)
    return replace(settings, low_memory=True) if low_memory else settings


def batch_options(options: EditOptions, variants: int) -> EditOptions:
    """Variants that are all written are drawn in one batch."""
    return replace(options, variants=variants) if variants > 1 and options.variants is None else options
