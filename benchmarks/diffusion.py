"""What the blended editor costs beside the pipeline it runs. Run: python -m benchmarks.editor --full

A UNet and an autoencoder of Stable Diffusion 1.5's size with random weights, float32, one thread.
Each row runs in a process of its own: seconds are processor time, MiB the peak of the process
above what it holds with the weights loaded. ``--steps`` and ``--quick`` shorten it.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from ggedit.backends.diffusion.blending import latent_mask
from ggedit.backends.diffusion.engine import Engine
from ggedit.backends.diffusion.families import InstructPix2Pix
from ggedit.backends.diffusion.loading import spare_memory
from ggedit.backends.diffusion.tasks import Task, Tuning
from ggedit.backends.diffusion.windows import ModelSize, choose_views
from ggedit.core.geometry import Extent
from ggedit.core.masks import Mask
from tests.tiny.pipelines import BETAS, clip_tokenizer

PHOTO = Extent(1024, 768)
_MASK_SHARE = 0.15
_TUNING = Tuning(
    steps=2, guidance=7.5, image_guidance=1.5, guidance_from=0.0, guidance_to=1.0, blend_start=0.0,
    scheduler="", variants=1, safety=True,
)  # fmt: skip


def make_pipeline() -> Any:
    """InstructPix2Pix as published (Stable Diffusion 1.5's UNet with eight input channels), random."""
    from diffusers import (
        AutoencoderKL,
        EulerAncestralDiscreteScheduler,
        StableDiffusionInstructPix2PixPipeline,
        UNet2DConditionModel,
    )
    from transformers import CLIPTextConfig, CLIPTextModel

    torch.manual_seed(0)
    tokenizer = clip_tokenizer()
    count = len(tokenizer)
    text = CLIPTextConfig(
        vocab_size=count, hidden_size=768, num_hidden_layers=1, num_attention_heads=12, bos_token_id=count - 2,
        eos_token_id=count - 1,
    )  # fmt: skip
    vae = AutoencoderKL(
        block_out_channels=(128, 256, 512, 512), down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=2, latent_channels=4, sample_size=512,
    )  # fmt: skip
    pipe = StableDiffusionInstructPix2PixPipeline(
        vae=vae.eval(),
        text_encoder=CLIPTextModel(text).eval(),
        tokenizer=tokenizer,
        unet=UNet2DConditionModel(sample_size=64, in_channels=8, cross_attention_dim=768).eval(),
        scheduler=EulerAncestralDiscreteScheduler(**BETAS),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    pipe.set_progress_bar_config(disable=True)
    return pipe


def make_task(extent: Extent = PHOTO, *, steps: int, count: int = 1, trained: int = 512) -> Task:
    """The window around a mask over 15 % of a photo, as the editor would cut it."""
    side = round((_MASK_SHARE * extent.area) ** 0.5)
    full = np.zeros(extent.shape, np.bool_)
    top, left = (extent.height - side) // 2, (extent.width - side) // 2
    full[top : top + side, left : left + side] = True
    (view,) = choose_views(Mask.of(full), ModelSize(trained, 64), reach=16)
    pixels = np.random.default_rng(0).integers(0, 256, (*extent.shape, 3), np.uint8)
    alpha = view.alpha(14, 2)
    return Task(
        pixels=view.cut(pixels),
        cells=latent_mask(view.cells(alpha, 8)),
        alpha=np.ones(view.extent.shape, np.float32),
        prompt="make it red",
        negative="",
        tuning=replace(_TUNING, steps=steps),
        seeds=tuple(range(count)),
    )


class Steps:
    """Processor time between the ends of steps; the first is left out, it pays for warming up."""

    def __init__(self) -> None:
        self.at: list[float] = []

    def __call__(self, *_: Any) -> dict[str, Any]:
        self.at.append(time.process_time())
        return {}

    @property
    def per_step_s(self) -> float:
        return (self.at[-1] - self.at[0]) / (len(self.at) - 1)


def stock(pipe: Any, steps: int) -> Steps:
    """The pipeline on the whole photo."""
    seen = Steps()
    image = Image.fromarray(np.random.default_rng(0).integers(0, 256, (*PHOTO.shape, 3), np.uint8))
    pipe("make it red", image=image, num_inference_steps=steps, output_type="np", callback_on_step_end=seen)
    return seen


def ours(pipe: Any, steps: int) -> Steps:
    seen = Steps()
    Engine(InstructPix2Pix(pipe)).draw(make_task(steps=steps), seen)
    return seen


def sparing(pipe: Any, steps: int) -> Steps:
    spare_memory(pipe)
    return ours(pipe, steps)


@torch.no_grad()
def overhead(pipe: Any, steps: int) -> float:
    """Our whole run over the bare calls of UNet and autoencoder that it makes."""
    engine, task = Engine(InstructPix2Pix(pipe)), make_task(steps=steps, trained=256)
    height, width = (side // 8 for side in task.pixels.shape[:2])
    image = torch.zeros(1, 3, height * 8, width * 8)
    rows, words = torch.zeros(3, 8, height, width), torch.zeros(3, 77, 768)

    def bare() -> None:
        pipe.vae.encode(image)
        for _ in range(steps):
            pipe.unet(rows, 500, encoder_hidden_states=words)
        pipe.vae.decode(rows[:1, :4])

    def run() -> None:
        engine._encoded.clear()
        engine.draw(task, lambda event: None)

    bare()
    bare_s, ours_s = (sum(_cpu(work) for _ in range(2)) for work in (bare, run))
    return ours_s / bare_s


def _cpu(work: Callable[[], None]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def batch_of_four(pipe: Any, steps: int) -> dict[str, float]:
    """A batch of four over four times one alone, in turns: the whole call, and a step of it."""
    family = InstructPix2Pix(pipe)

    def measure(count: int) -> tuple[float, float]:
        engine, task, seen = Engine(family), make_task(steps=steps, count=count, trained=256), Steps()
        return _cpu(lambda: engine.draw(task, seen)), seen.per_step_s

    measure(1)
    turns = [(measure(1), measure(4)) for _ in range(2)]
    whole, step = (sum(four[i] for _, four in turns) / (4 * sum(one[i] for one, _ in turns)) for i in (0, 1))
    return {"whole": whole, "step": step}


CASES: dict[str, Callable[[Any, int], Steps]] = {
    "stock pipeline, whole photo": stock,
    "ours, window around the mask": ours,
    "ours, --low-memory": sparing,
}


def _resident_mib() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def run_case(name: str, steps: int) -> dict[str, float]:
    """One row, in this process."""
    torch.set_num_threads(1)
    pipe = make_pipeline()
    if name == "overhead":
        return {"ratio": overhead(pipe, steps)}
    if name == "variants":
        return batch_of_four(pipe, steps)
    held = _resident_mib()
    seen = CASES[name](pipe, steps)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"step_s": seen.per_step_s, "above_mib": peak - held}


def _apart(name: str, steps: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.diffusion", "--case", name, "--steps", str(steps)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--quick", action="store_true", help="without the rows on the whole photo")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.case:
        print(json.dumps(run_case(given.case, given.steps)))
        return
    names = [n for n in CASES if not (given.quick and n.startswith("stock"))]
    rows = {name: _apart(name, given.steps) for name in names}
    first = rows[names[0]]
    print(f"{PHOTO.width}x{PHOTO.height}, mask {_MASK_SHARE:.0%}; ratios to: {names[0]}")
    for name, row in rows.items():
        print(
            f"{name:<32} {row['step_s']:7.1f} s/step {row['step_s'] / first['step_s']:5.2f}x"
            f" {row['above_mib']:7.0f} MiB {row['above_mib'] / first['above_mib']:5.2f}x"
        )
    batch = _apart("variants", given.steps)
    print(f"a batch of four over four single runs: {batch['whole']:.2f}x, a step of it {batch['step']:.2f}x")
    print(f"our loop over the bare UNet and autoencoder calls: {_apart('overhead', given.steps)['ratio']:.3f}x")


if __name__ == "__main__":
    main()
