"""Time and memory of the embedded editor, kind by kind. Run: python -m benchmarks.editor [--large]

With --full: what the blended editor costs beside the pipeline it runs (benchmarks/diffusion.py).

Scenes are drawn, so nothing is needed but this package. ``cpu s`` is the processor time of the
median of three runs, ``RSS MiB`` the peak of the whole process so far (each size in a process
of its own: give --large for the 24 megapixel one).
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time

import cv2
import numpy as np

from ggedit.backends.classical.editing.rows import compute_layering
from ggedit.backends.classical.editor import ClassicalEditor
from ggedit.config import Settings
from ggedit.core.geometry import Box, Extent
from ggedit.core.masks import Mask
from ggedit.core.picture import Picture
from ggedit.core.plan import Background, Duplicate, EditStep, Flip, Move, Remove, Resize, Restyle
from ggedit.ports import EditJob

SIZES = (Extent(512, 512), Extent(1024, 768))
LARGE = Extent(6000, 4000)


def make_scene(extent: Extent) -> tuple[Picture, Mask]:
    """Textured ground under a pale sky, and a red oval over 8 % of the picture."""
    random = np.random.default_rng(0)
    coarse = random.random((extent.height // 16, extent.width // 16), np.float32)
    clouds = cv2.resize(coarse, extent, interpolation=cv2.INTER_CUBIC)
    grain = random.random(extent.shape, np.float32)
    ground = np.stack([60 + 60 * clouds + 30 * grain, 80 + 60 * clouds + 30 * grain, 50 + 40 * clouds], axis=2)
    ground[: extent.height // 3] = ground[: extent.height // 3] * 0.2 + (150, 170, 200)
    mask = np.zeros(extent.shape, np.uint8)
    axes = (round(0.11 * extent.width), round(0.23 * extent.height))
    cv2.ellipse(mask, (extent.width // 2, extent.height // 2), axes, 0, 0, 360, 1, -1)
    ground[mask > 0] = ground[mask > 0] * 0.3 + (150, 20, 15)
    return Picture(np.clip(ground, 0, 255).astype(np.uint8)), Mask.of(mask)


def steps(box: Box) -> dict[str, EditStep]:
    beside = box.shifted(box.width * 1.1, box.height * 0.1)
    return {
        "remove": Remove(node="thing-1"),
        "recolour": Restyle(node="thing-1", look="blue"),
        "darken scene": Restyle(look="darker"),
        "move": Move(node="thing-1", box=beside),
        "resize": Resize(node="thing-1", factor=0.7),
        "flip": Flip(node="thing-1"),
        "duplicate": Duplicate(node="thing-1", box=beside),
        "blur behind": Background(look="blur", keep=("thing-1",)),
        "fog behind": Background(look="fog", keep=("thing-1",)),
    }


def measure(job: EditJob, runs: int) -> tuple[float, float]:
    """Median processor and wall-clock seconds."""
    editor = ClassicalEditor(Settings())
    cpu, wall = [], []
    for _ in range(runs):
        began_cpu, began = time.process_time(), time.perf_counter()
        for _event in editor.edit(job):
            pass
        cpu.append(time.process_time() - began_cpu)
        wall.append(time.perf_counter() - began)
    return statistics.median(cpu), statistics.median(wall)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="a 24 megapixel picture instead")
    parser.add_argument("--full", action="store_true", help="the blended editor with a full-size random model")
    given, rest = parser.parse_known_args()
    if given.full:
        from benchmarks.diffusion import main as full

        full(rest)
        return
    large = given.large
    print(f"{'picture':>12} {'step':<14} {'cpu s':>7} {'wall s':>7} {'RSS MiB':>8}")
    for extent in (LARGE,) if large else SIZES:
        picture, mask = make_scene(extent)
        size = f"{extent.width}x{extent.height}"
        layered = compute_layering(picture.pixels, mask.full())
        for name, step in steps(mask.box).items():
            job = EditJob(picture=picture, step=step, mask=None if name == "darken scene" else mask)
            cpu, wall = measure(job, 1 if large else 3)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{size:>12} {name:<14} {cpu:7.2f} {wall:7.2f} {peak:8.0f}")
        print(f"{size:>12} hole {mask.area / extent.area:.1%} of the picture, layering {layered:.2f}")


if __name__ == "__main__":
    main()
