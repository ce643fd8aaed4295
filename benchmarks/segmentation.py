"""Full-tier segmenters at their makers' size: the first prompt on a picture, the next ones, peak memory.

Run: python -m benchmarks.segmentation [--models vit_b ...] [--device cpu] [--picture dog]

The weights are random, so masks mean nothing here and time and memory everything. Each model runs
in a process of its own. The first prompt embeds the picture; the next ones only run the decoder.
"reference" is the library's own way from a prompt to masks of the picture's size, timed in
turns with ours: SamPredictor.predict of segment-anything; model and processor of transformers.
On a CPU the times are processor seconds of one thread, elsewhere seconds on the clock.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

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
    print(f"{'model':18} weights MiB  first s  next s  first/next  next/reference  peak MiB")
    for name in asked.models:
        row = _in_its_own_process(name, asked.device, asked.picture)
        print(
            f"{name:18} {row['weights_mib']:11.0f} {row['first_s']:8.2f} {row['next_s']:7.3f} "
            f"{row['first_s'] / row['next_s']:11.0f} {row['next_s'] / row['reference_s']:15.2f} {row['peak_mib']:9.0f}",
            flush=True,
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
        first_s = _seconds(clock, lambda: segmenter.segment(picture, MaskPrompt(box=box)))
        peak_mib = _peak_mib(device)
        plain = _reference(name, segmenter, picture, Path(folder))
        prompts = [MaskPrompt(box=box), MaskPrompt(box=box, points=(Point(0.5 * width, 0.5 * height),))]
        ours, theirs = [], []
        for i in range(ROUNDS):
            prompt = prompts[i % 2]
            ours.append(_seconds(clock, lambda p=prompt: segmenter.segment(picture, p)))
            theirs.append(_seconds(clock, lambda p=prompt: plain(p)))
    return {
        "weights_mib": weights_mib,
        "first_s": first_s,
        "next_s": statistics.median(ours),
        "reference_s": statistics.median(theirs),
        "peak_mib": peak_mib,
    }


def _seconds(clock: Callable[[], float], work: Callable[[], object]) -> float:
    began = clock()
    work()
    return clock() - began


def _peak_mib(device: str) -> float:
    if device == "cpu":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    import torch

    return torch.cuda.max_memory_allocated() / 2**20


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
        torch.save(sam_model_registry[name]().state_dict(), Path(folder) / "sam.pth")
        return
    if "sam2.1" in name:
        blocks, whole = HIERA[name.rpartition("-")[2]]
        backbone = {"model_type": "sam2_hiera_det_model", "blocks_per_stage": blocks, "global_attention_blocks": whole}
        model: Any = Sam2Model(Sam2Config(vision_config={"backbone_config": backbone}))
    else:
        model = SamModel(SamConfig(vision_config=SLIM if "slim" in name else {}))
    model.save_pretrained(folder)


def _reference(name: str, segmenter: Any, picture: Picture, folder: Path) -> Callable[[MaskPrompt], object]:
    """The library's own way from a prompt to masks, on the picture that is embedded already."""
    import torch

    model, embedding = segmenter._model, segmenter._embeddings.get(picture.digest)
    if not name.startswith("hf-"):
        from segment_anything import SamPredictor

        predictor = SamPredictor(model._sam)
        predictor.features, predictor.is_image_set = embedding[0].to(model._device), True
        predictor.original_size = picture.extent.shape
        predictor.input_size = (round(1024 * picture.extent.height / picture.extent.longest),
                                round(1024 * picture.extent.width / picture.extent.longest))  # fmt: skip
        predictor.model.pixel_mean = predictor.model.pixel_mean.to(model._device)

        def predict(prompt: MaskPrompt) -> object:
            clicked = np.array([[p.x, p.y] for p in prompt.points]) if prompt.points else None
            labels = np.ones(len(prompt.points)) if prompt.points else None
            box = np.array(prompt.box.xyxy) if prompt.box is not None else None
            return predictor.predict(clicked, labels, box, multimask_output=not prompt.points)

        return predict
    processor = _processor(name)

    def answer(prompt: MaskPrompt) -> object:
        pixels = np.asarray(picture.pixels)
        points = [[[[p.x, p.y] for p in prompt.points]]] if prompt.points else None
        boxes = [[list(prompt.box.xyxy)]] if prompt.box is not None else None
        inputs = processor(images=pixels, input_points=points, input_boxes=boxes, return_tensors="pt")
        kept = {k: v.float() for k, v in inputs.items() if k in {"input_points", "input_boxes"}}
        levels = [level.to(model._device) for level in embedding]
        with torch.inference_mode():
            said = model._model(
                image_embeddings=levels[0] if model.padded else levels, multimask_output=not prompt.points, **kept
            )
        sizes = [inputs["original_sizes"]] + ([inputs["reshaped_input_sizes"]] if model.padded else [])
        return processor.post_process_masks(said.pred_masks.cpu(), *sizes)

    return answer


def _processor(name: str) -> Any:
    from transformers import Sam2ImageProcessor, Sam2Processor, SamImageProcessor, SamProcessor

    return Sam2Processor(Sam2ImageProcessor()) if "sam2" in name else SamProcessor(SamImageProcessor())


if __name__ == "__main__":
    main()
