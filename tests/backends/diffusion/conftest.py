"""Tiny pipelines saved once, and editors over them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ggedit.backends.diffusion.engine import Engine
from ggedit.backends.diffusion.families import InstructPix2Pix
from ggedit.backends.diffusion.tasks import Task, Tuning
from ggedit.config import Settings
from tests.tiny import pipelines

logging.getLogger("diffusers").setLevel(logging.ERROR)

TUNING = Tuning(
    steps=4, guidance=7.5, image_guidance=1.5, guidance_from=0.0, guidance_to=1.0, blend_start=0.0,
    scheduler="", variants=1, safety=True,
)  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def deterministic() -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder per family, as ``GGEDIT_EDITOR_MODEL`` names it."""
    root = tmp_path_factory.mktemp("pipelines")
    return {
        "instruct": pipelines.saved(pipelines.instruct_pix2pix(), root / "instruct"),
        "inpaint": pipelines.saved(pipelines.inpainting(), root / "inpaint"),
        "kontext": pipelines.saved(pipelines.kontext(), root / "kontext"),
        "checked": pipelines.saved(pipelines.instruct_pix2pix(checker=True), root / "checked"),
    }


@pytest.fixture(scope="session")
def settings_for(folders: dict[str, Path]) -> Callable[..., Settings]:
    """Settings for one of the tiny families: few steps, small windows, CPU."""

    def make(family: str = "instruct", **more: Any) -> Settings:
        usual = {"device": "cpu", "editor_steps": 2, "editor_size": 64}
        return Settings(editor_model=str(folders[family]), **(usual | more))

    return make


def instruct_engine(scheduler: Any = None) -> Engine:
    pipe = pipelines.instruct_pix2pix(scheduler=scheduler)
    pipe.set_progress_bar_config(disable=True)
    return Engine(InstructPix2Pix(pipe))


def make_pixels(width: int = 64, height: int = 64, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def make_task(cells: np.ndarray | None = None, *, seeds: tuple[int, ...] = (7,), cell: int = 4, **tuning: Any) -> Task:
    """A 64 px window to be made red; by default all of it may change."""
    from dataclasses import replace

    grid = 64 // cell
    return Task(
        pixels=make_pixels(),
        cells=np.ones((grid, grid), np.float32) if cells is None else cells,
        alpha=np.ones((64, 64), np.float32),
        prompt="make it red",
        negative="",
        tuning=replace(TUNING, **tuning),
        seeds=seeds,
    )


def square(cell: int = 4) -> np.ndarray:
    """A mask over the middle of the latent grid."""
    grid = 64 // cell
    cells = np.zeros((grid, grid), np.float32)
    cells[grid // 4 : grid // 2, grid // 4 : grid // 2] = 1
    return cells
