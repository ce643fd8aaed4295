"""Full-tier detectors at full size: time and memory per stage, against the plain calls of their libraries.

Run: python -m benchmarks.grounding [--model groundingdino|groundingdino-hf|all] [--swin t|b]
         [--picture NAME] [--side PIXELS] [--words N] [--stage TEXT] [--rounds N]

Weights are random unless GGEDIT_DETECTOR_FILE names a file: neither time nor memory depends on
them. Plain: the same network, called as the library's own documentation does, once per text.
Ours and plain take turns in one process; the ratio is of CPU seconds on a CPU and of seconds
on a GPU. Memory: the most above what the process held before the stage.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from benchmarks.costs import Cost, Work, device_name, measure
from ggedit.backends.grounding.captions import Phrase, write_caption
from ggedit.backends.grounding.checkpoint import FILES, Architecture
from ggedit.backends.grounding.detector import load_vocabulary
from ggedit.backends.grounding.dino import size_for
from ggedit.backends.groundingdino import GroundingDinoDetector, compute_input, load_model
from ggedit.backends.hf_detector import HfDetector, load_original
from ggedit.backends.placement import place
from ggedit.config import Settings, load_settings
from ggedit.core.language import Referent
from ggedit.core.picture import Picture
from tests.pictures import open_picture
from tests.tiny.detectors import SWIN_T, random_original, save_original, tokenizer

SWIN_B = replace(SWIN_T, embed=128, depths=(2, 2, 18, 2), heads=(4, 8, 16, 32), window=12)
SIZES: dict[str, Architecture] = {"t": SWIN_T, "b": SWIN_B}
CUP, LAMP = Referent("red cup", "cup"), Referent("lamp on the table", "lamp")


@dataclass(frozen=True)
class Stage:
    """What is measured, in our way and in the plain one; ``before`` is done before each of ours
    and not counted."""

    name: str
    ours: Work
    plain: Work
    before: Work = lambda: None


def main() -> None:
    options = _options()
    print(f"{device_name()}, torch {torch.__version__}, {torch.get_num_threads()} threads, Swin-{options.swin.upper()}")
    print(f"\n{'model':18}{'stage':30}{'ours s':>9}{'CPU s':>8}{'MiB':>7}{'plain CPU s':>13}{'MiB':>7}{'ratio':>7}")
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(options, Path(folder))
        picture = open_picture(options.picture)
        for name in SUBJECTS if options.model == "all" else [options.model]:
            for stage in SUBJECTS[name](settings, picture):
                if options.stage not in stage.name:
                    continue
                _print_row(name, stage, options.rounds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", choices=[*SUBJECTS, "all"], default="all")
    parser.add_argument("--swin", choices=list(SIZES), default="t")
    parser.add_argument("--picture", default="coffee")
    parser.add_argument("--side", type=int, default=0, help="shorter side in the network, 0 = 800")
    parser.add_argument("--words", type=int, default=0, help="so many of the vocabulary, 0 = all")
    parser.add_argument("--stage", default="", help="only stages whose name holds this")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def _settings(options: argparse.Namespace, folder: Path) -> Settings:
    settings = load_settings()
    if settings.detector_file == "auto":
        file = save_original(random_original(SIZES[options.swin]), folder / FILES[0])
        settings = replace(settings, detector_file=str(file))
    words = load_vocabulary(settings)
    (folder / "words.txt").write_text("\n".join(words[: options.words or None]), "utf-8")
    return replace(
        settings,
        detector_side=options.side,
        detector_vocabulary=str(folder / "words.txt"),
        detector_model=settings.detector_file,
    )


def measure_original(settings: Settings, picture: Picture) -> Iterator[Stage]:
    """groundingdino-py, plain: its ``predict`` on its own transform of the picture."""
    device = place(settings).device
    load = lambda: load_model(Path(settings.detector_file), tokenizer())[0].to(device)  # noqa: E731
    model = load()

    def predict(text: str) -> object:
        from groundingdino.util.inference import predict as published

        seen = compute_input(np.asarray(picture.pixels), *size_for(settings.detector_side, 0))[0]
        return published(model, seen, text, 0.25, 0.25, device=str(device))

    yield from _stages(GroundingDinoDetector(settings), picture, load=load, plain=predict)


def measure_transformers(settings: Settings, picture: Picture) -> Iterator[Stage]:
    """transformers, plain: processor, model, the processor's post-processing."""
    device = place(settings).device
    load = lambda: load_original(Path(settings.detector_file), settings)[0].eval().to(device)  # noqa: E731
    model, (_, processor) = load(), load_original(Path(settings.detector_file), settings)
    image = Image.fromarray(np.asarray(picture.pixels))
    size = dict(zip(("shortest_edge", "longest_edge"), size_for(settings.detector_side, 0), strict=True))

    def predict(text: str) -> object:
        inputs = processor(images=image, text=text, return_tensors="pt", size=size).to(device)
        with torch.no_grad():
            outputs: Any = model(**inputs)
        target = [(image.height, image.width)]
        return processor.post_process_grounded_object_detection(
            outputs, inputs.input_ids, threshold=0.25, text_threshold=0.25, target_sizes=target
        )

    yield from _stages(HfDetector(settings), picture, load=load, plain=predict)


SUBJECTS: dict[str, Callable[[Settings, Picture], Iterator[Stage]]] = {
    "groundingdino": measure_original,
    "groundingdino-hf": measure_transformers,
}


def _stages(detector: Any, picture: Picture, *, load: Work, plain: Callable[[str], object]) -> Iterator[Stage]:
    """One picture's stages in the order of an edit. The picture is forgotten before a stage that sees it first."""
    network = detector._network._network
    yield Stage("load", network, load, before=detector.release)
    groups = network().pack([Phrase(word) for word in load_vocabulary(detector._settings)])
    texts = [write_caption(group).text for group in groups]

    def forget() -> None:
        network()._seen.look_at(None)
        detector._scenes.clear()

    one, two = write_caption([Phrase(CUP.phrase)]).text, write_caption([Phrase(LAMP.phrase)]).text
    both = _all(plain, [one, two])
    yield Stage("a phrase, new picture", lambda: detector.find(picture, [CUP]), lambda: plain(one), before=forget)
    yield Stage("another phrase, same picture", lambda: detector.find(picture, [LAMP]), lambda: plain(two))
    yield Stage("two phrases, new picture", lambda: detector.find(picture, [CUP, LAMP]), both, before=forget)
    scene = f"scene: {sum(map(len, groups))} nouns, {len(texts)} texts"
    yield Stage(scene, lambda: detector.scan(picture), _all(plain, texts), before=detector._scenes.clear)


def _all(plain: Callable[[str], object], texts: Sequence[str]) -> Work:
    return lambda: [plain(text) for text in texts]


def _print_row(name: str, stage: Stage, rounds: int) -> None:
    """The middle of the rounds, and the middle of the rounds' ratios: ours and plain take turns, and in
    every other round plain goes first, so that what else the machine does meets both alike."""
    ours, plain = [], []
    for number in range(rounds):
        turns = [(stage.ours, ours), (stage.plain, plain)]
        for work, costs in turns if number % 2 == 0 else reversed(turns):
            if costs is ours:
                stage.before()
            costs.append(measure(work))
    mine, theirs = _middle(ours), _middle(plain)
    ratio = statistics.median(a.comparable / b.comparable for a, b in zip(ours, plain, strict=True))
    row = f"{name:18}{stage.name:30}{mine.wall_s:9.2f}{mine.cpu_s:8.2f}{mine.peak_mib:7.0f}"
    print(f"{row}{theirs.cpu_s:13.2f}{theirs.peak_mib:7.0f}{ratio:7.2f}", flush=True)


def _middle(costs: Sequence[Cost]) -> Cost:
    return Cost(*(statistics.median(getattr(c, field) for c in costs) for field in ("wall_s", "cpu_s", "peak_mib")))


if __name__ == "__main__":
    main()
