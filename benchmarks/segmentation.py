"""Full-tier segmenters at their makers' size: the first prompt on a picture, the next ones, peak memory.

Run: python -m benchmarks.segmentation [--models vit_b ...] [--device cpu] [--picture dog]

The weights are random, so masks mean nothing here and time and memory everything. Each model runs
in a process of its own. The first prompt embeds the picture; the next ones only run the decoder.
"reference" is the library's own way from a picture or a prompt to masks of the picture's size, timed in
turns with ours: SamPredictor of segment-anything; model and processor of transformers.
On a CPU the times are processor seconds of one thread, elsewhere seconds on the clock. MiB: the most
above the loaded model that the first prompt takes, ours and the reference's; and of the whole process.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.costs import measure as measure_cost
from benchmarks.costs import memory_mib
from ggedit.config import load_settings
from ggedit.core.geometry import Box
from ggedit.core.picture import Picture
from ggedit.ports import MaskPrompt, Point
from tests.pictures import open_picture

ROUNDS = 15
MODELS = ("vit_b", "vit_l", "vit_h", "hf-sam-vit-base", "hf-slimsam-77", "hf-sam2.1-tiny", "hf-sam2.1-small")
SLIM = {"hidden_size": 168, "mlp_dim": 696, "num_attention_heads": 12, "global_attn_indexes": [2, 5, 8, 11]}
HIERA = {"tiny": ([1, 2, 7, 2], [5, 7, 9]), "small": ([1, 2, 11, 2], [7, 10, 13])}
"""Blocks per stage and blocks with global attention (configuration files of facebook/sam2.1-hiera-*)."""


def main() -> None:
    """Print the table, or with --row one model's figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--picture", default="dog")
    parser.add_argument("--row", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.row:
        print(json.dumps(measure(asked.row, asked.device, open_picture(asked.picture))))
        return
    print(f"{'':31} first prompt: ratio to the   {'':11} next: ratio to the")
    print(f"{'model':18} weights MiB   s  reference  MiB (ref.)  {'s':>6} reference  first/next  process MiB")
    for name in asked.models:
        row = _in_its_own_process(name, asked.device, asked.picture)
        print(_line(name, row), flush=True)


def _line(name: str, row: dict[str, float]) -> str:
    first, next_ = row["first_s"] / row["first_reference_s"], row["next_s"] / row["reference_s"]
    memory = f"{row['first_mib']:5.0f} ({row['first_reference_mib']:.0f})"
    return (
        f"{name:18} {row['weights_mib']:8.0f} {row['first_s']:6.2f} {first:9.2f} {memory:>12} {row['next_s']:8.3f} "
        f"{next_:9.2f} {row['first_s'] / row['next_s']:10.0f} {row['peak_mib']:12.0f}"
    )


def _in_its_own_process(name: str, device: str, picture: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.segmentation", "--row", name, "--device", device, "--picture", picture]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(run.stdout.splitlines()[-1])


def measure(name: str, device: str, picture: Picture) -> dict[str, float]:
    """One model's figures, in seconds and MiB."""
    import torch

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        segmenter, weights_mib = _segmenter(name, Path(folder), device)
        width, height = picture.extent
        box = Box(0.2 * width, 0.2 * height, 0.8 * width, 0.9 * height)
        clock = time.process_time if device == "cpu" else time.perf_counter
        segmenter._loaded()
        look, plain = _reference(name, segmenter, picture)
        look()  # what a process does only once is neither's
        held_mib = memory_mib()
        first = measure_cost(lambda: segmenter.segment(picture, MaskPrompt(box=box)))
        theirs_first = measure_cost(lambda: (look(), plain(MaskPrompt(box=box))))
        prompts = [MaskPrompt(box=box), MaskPrompt(box=box, points=(Point(0.5 * width, 0.5 * height),))]
        ours, theirs = [], []
        for i in range(ROUNDS):
            prompt = prompts[i % 2]
            ours.append(_seconds(clock, lambda p=prompt: segmenter.segment(picture, p)))
            theirs.append(_seconds(clock, lambda p=prompt: plain(p)))
    return {
        "weights_mib": weights_mib,
        "first_s": first.cpu_s if device == "cpu" else first.wall_s,
        "first_mib": first.peak_mib,
        "first_reference_s": theirs_first.cpu_s if device == "cpu" else theirs_first.wall_s,
        "first_reference_mib": theirs_first.peak_mib,
        "next_s": statistics.median(ours),
        "reference_s": statistics.median(theirs),
        "peak_mib": held_mib + first.peak_mib,
    }


def _seconds(clock: Callable[[], float], work: Callable[[], object]) -> float:
    began = clock()
    work()
    return clock() - began


def _segmenter(name: str, folder: Path, device: str) -> tuple[Any, float]:
    """A segmenter with random weights of full size, and the size of its file in MiB."""
    from ggedit.backends.hf_segmenter import TransformersSegmenter
    from ggedit.backends.sam import SamSegmenter

    _in_another_process(name, folder)
    if not name.startswith("hf-"):
        file = folder / "sam.pth"
        settings = load_settings({"GGEDIT_SEGMENTER_FILE": str(file), "GGEDIT_DEVICE": device})
        return SamSegmenter(settings), file.stat().st_size / 2**20
    settings = load_settings({"GGEDIT_SEGMENTER_MODEL": str(folder), "GGEDIT_DEVICE": device})
    return TransformersSegmenter(settings), (folder / "model.safetensors").stat().st_size / 2**20


def _in_another_process(name: str, folder: Path) -> None:
    """Making the weights takes memory too, which is not to be measured."""
    code = f"from benchmarks.segmentation import make_weights; make_weights({name!r}, {str(folder)!r})"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def make_weights(name: str, folder: str) -> None:
    """Write random weights of a model's full size in its makers' format."""
    import torch
    from segment_anything import sam_model_registry
    from transformers import Sam2Config, Sam2Model, SamConfig, SamModel

    torch.manual_seed(0)
    if name in sam_model_registry:
        torch.save(_as_if_trained(sam_model_registry[name]()).state_dict(), Path(folder) / "sam.pth")
        return
    if "sam2.1" in name:
        blocks, whole = HIERA[name.rpartition("-")[2]]
        backbone = {"model_type": "sam2_hiera_det_model", "blocks_per_stage": blocks, "global_attention_blocks": whole}
        model: Any = Sam2Model(Sam2Config(vision_config={"backbone_config": backbone}))
    else:
        model = SamModel(SamConfig(vision_config=SLIM if "slim" in name else {}))
    _as_if_trained(model).save_pretrained(folder)


def _as_if_trained(model: Any) -> Any:
    """Fresh networks hold zeros, which a picture's black border keeps so small that the processor
    takes four times as long to multiply them; trained ones have none."""
    import torch

    with torch.no_grad():
        for value in model.parameters():
            value.add_(0.02 * torch.randn_like(value))
    return model


Look = Callable[[], object]
Answer = Callable[[MaskPrompt], object]


def _reference(name: str, segmenter: Any, picture: Picture) -> tuple[Look, Answer]:
    """The library's own way of looking at the picture, and from a prompt to masks."""
    return _reference_hf(name, segmenter, picture) if name.startswith("hf-") else _reference_sam(segmenter, picture)


def _reference_sam(segmenter: Any, picture: Picture) -> tuple[Look, Answer]:
    import torch
    from segment_anything import SamPredictor

    model = segmenter._model
    predictor, encoder = SamPredictor(model._sam), model._sam.image_encoder
    # ImageNet's, which our own frame has taken off already; the encoder in the same number format as ours.
    predictor.model.pixel_mean = torch.tensor([123.675, 116.28, 103.53], device=model._device)[:, None, None]
    predictor.model.pixel_std = torch.tensor([58.395, 57.12, 57.375], device=model._device)[:, None, None]
    encoder.register_forward_pre_hook(lambda _, given: (given[0].to(model._placement.dtype),))
    encoder.register_forward_hook(lambda *call: call[2].float())

    def predict(prompt: MaskPrompt) -> object:
        clicked = np.array([[p.x, p.y] for p in prompt.points]) if prompt.points else None
        labels = np.ones(len(prompt.points)) if prompt.points else None
        box = np.array(prompt.box.xyxy) if prompt.box is not None else None
        return predictor.predict(clicked, labels, box, multimask_output=not prompt.points)

    return lambda: predictor.set_image(np.asarray(picture.pixels)), predict


def _reference_hf(name: str, segmenter: Any, picture: Picture) -> tuple[Look, Answer]:
    import torch

    model, processor = segmenter._model, _processor(name)
    pixels = np.asarray(picture.pixels)
    seen: list[Any] = []

    def look() -> None:
        given = processor(images=pixels, return_tensors="pt")["pixel_values"]
        with torch.inference_mode():
            seen[:] = [model._model.get_image_embeddings(given.to(model._device, model._placement.dtype))]

    def answer(prompt: MaskPrompt) -> object:
        points = [[[[p.x, p.y] for p in prompt.points]]] if prompt.points else None
        boxes = [[list(prompt.box.xyxy)]] if prompt.box is not None else None
        inputs = processor(images=pixels, input_points=points, input_boxes=boxes, return_tensors="pt")
        kept = {k: v.float().to(model._device) for k, v in inputs.items() if k in {"input_points", "input_boxes"}}
        with torch.inference_mode():
            said = model._model(image_embeddings=seen[0], multimask_output=not prompt.points, **kept)
        sizes = [inputs["original_sizes"]] + ([inputs["reshaped_input_sizes"]] if model.padded else [])
        return processor.post_process_masks(said.pred_masks.cpu(), *sizes)

    return look, answer


def _processor(name: str) -> Any:
    from transformers import Sam2ImageProcessor, Sam2Processor, SamImageProcessor, SamProcessor

    return Sam2Processor(Sam2ImageProcessor()) if "sam2" in name else SamProcessor(SamImageProcessor())


if __name__ == "__main__":
    main()
