"""Draws the figure of docs/editing.md from the program itself. Run: python scripts/editing_figure.py [FILE]"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from diffusers import DDIMScheduler, EulerAncestralDiscreteScheduler
from matplotlib.patches import Rectangle

from benchmarks.editor import make_scene
from ggedit.backends.diffusion.blending import latent_mask
from ggedit.backends.diffusion.levels import levels_of
from ggedit.backends.diffusion.windows import ModelSize, choose_views
from ggedit.core.geometry import Extent

OUT = Path(__file__).resolve().parents[1] / "assets" / "editing.png"
BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
GROW, FEATHER = 14, 24


def draw(out: Path) -> None:
    """Window in the photo, its alpha, the mask on the latent grid, and the level after each step."""
    plt.rcParams["axes.titlesize"] = 9
    picture, mask = make_scene(Extent(1024, 768))
    (view,) = choose_views(mask, ModelSize(512, 64), reach=GROW + FEATHER)
    alpha = view.alpha(GROW, FEATHER)
    figure, axes = plt.subplots(1, 4, figsize=(15, 3.7), layout="constrained")
    axes[0].imshow(picture.pixels)
    axes[0].contour(mask.full(), levels=[0.5], colors="white", linewidths=1)
    window = view.window
    axes[0].add_patch(
        Rectangle((window.x1, window.y1), window.width, window.height, fill=False, color="yellow", linewidth=2)
    )
    axes[0].set_title(f"1. Window {window.width} x {window.height}, seen at {view.extent.width} x {view.extent.height}")
    axes[1].imshow(alpha, cmap="gray")
    axes[1].set_title("2. What is replaced: mask, growth, feather")
    axes[2].imshow(latent_mask(view.cells(alpha, 8)), cmap="gray")
    axes[2].set_title("3. The same on the latent grid, one cell more")
    _levels(axes[3])
    for axis in axes[:3]:
        axis.set_xticks([])
        axis.set_yticks([])
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=80, metadata={"Software": None})


def _levels(axis: plt.Axes) -> None:
    for name, scheduler in (
        ("DDIM", DDIMScheduler(**BETAS)),
        ("Euler ancestral", EulerAncestralDiscreteScheduler(**BETAS)),
    ):
        scheduler.set_timesteps(20)
        levels = levels_of(scheduler)
        reached = np.array([level.noise / level.signal for level in levels[1:]])
        reached[-1] = 0
        axis.plot(range(1, 21), reached, marker=".", label=f"{name}, just reached")
    axis.set_yscale("symlog", linthresh=0.05)
    axis.set_xlabel("step")
    axis.set_title("4. Noise of the held surroundings, over their signal")
    axis.legend()


if __name__ == "__main__":
    draw(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)
