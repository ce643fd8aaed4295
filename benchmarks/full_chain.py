"""Full-size detectors and segmenters with random weights through the whole chain, on real photos of three shapes.

Run: python -m benchmarks.full_chain [--pairs originals slimsam sam2] [--photos coffee tower panorama]
         [--side PIXELS]

Random weights give boxes and masks that mean nothing; shapes, sizes, memory and time are those of
the real files. The weights are written in their makers' formats into a temporary folder, chosen
by setting, and every stage runs as `ggedit edit` runs it, with the embedded editor at the
end. Each pair has a process of its own. CPU s: processor seconds of the stage, loading included
where the stage is the first to need a model; MiB: the most that the process held meanwhile.
Without --side: all at 320 px in the detector, then the first photo at the size it was trained
for (800). Anything that is not as large as the picture ends the run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.costs import measure, memory_mib
from ggedit.assembly import Assembly
from ggedit.config import load_settings
from ggedit.core.events import NeedsUser, StageFailed
from ggedit.core.picture import Picture
from ggedit.core.turn import STAGES, Stage, Turn
from tests.pictures import open_picture

SIDE = 320
WORDS = ("cup", "plate", "spoon", "tower", "tree", "person", "motorcycle")
"""Of the scene: one text. The everyday list makes three, at three times the time."""


@dataclass(frozen=True)
class Pair:
    """A detector and a segmenter by their settings, and the function that writes each one's weights."""

    detector: str
    segmenter: str
    write_detector: str
    write_segmenter: str


PAIRS: dict[str, Pair] = {
    "originals": Pair("groundingdino", "sam", "Swin-T .pth", "vit_b"),
    "slimsam": Pair("groundingdino-hf", "sam-hf", "Swin-T folder", "hf-slimsam-77"),
    "sam2": Pair("groundingdino-hf", "sam-hf", "Swin-T folder", "hf-sam2.1-tiny"),
}
ASKED: dict[str, str] = {
    "coffee": "remove the left cup",
    "tower": "make the tower darker",
    "panorama": "remove the motorcycle",
}
FIXED = {"GGEDIT_DEVICE": "cpu", "GGEDIT_EDITOR": "classical", "GGEDIT_PARSER": "rules"}


def main() -> None:
    options = _options()
    if options.row:
        run_pair(options.row, options.side, options.photos)
        return
    for number, name in enumerate(options.pairs):
        with tempfile.TemporaryDirectory() as folder:
            environ = {**os.environ, **write_pair(PAIRS[name], Path(folder))}
            _in_a_process_of_its_own(name, SIDE if options.side is None else options.side, options.photos, environ)
            if options.side is None and number == 0:
                _in_a_process_of_its_own(name, 0, options.photos[:1], environ)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", nargs="+", choices=list(PAIRS), default=list(PAIRS))
    parser.add_argument("--photos", nargs="+", choices=list(ASKED), default=list(ASKED))
    parser.add_argument("--side", type=int, help="shorter side in the detector, 0 = 800")
    parser.add_argument("--row", choices=list(PAIRS), help=argparse.SUPPRESS)
    return parser.parse_args()


def _in_a_process_of_its_own(name: str, side: int, photos: list[str], environ: Mapping[str, str]) -> None:
    """Making the weights takes memory too, which is not to be measured."""
    command = [sys.executable, "-m", "benchmarks.full_chain", "--row", name, "--side", str(side), "--photos", *photos]
    subprocess.run(command, check=True, env=dict(environ))


def write_pair(pair: Pair, folder: Path) -> dict[str, str]:
    """The weights of both, and the settings that choose them."""
    (folder / "detector").mkdir()
    (folder / "segmenter").mkdir()
    (folder / "words.txt").write_text("\n".join(WORDS), "utf-8")
    for function, kind in (("write_detector", pair.write_detector), ("write_segmenter", pair.write_segmenter)):
        code = f"from benchmarks.full_chain import {function}; {function}({kind!r}, {str(folder)!r})"
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return {
        **FIXED,
        "GGEDIT_HOME": str(folder / "home"),
        "GGEDIT_DETECTOR": pair.detector,
        "GGEDIT_DETECTOR_FILE": str(folder / "detector" / "groundingdino_swint_ogc.pth"),
        "GGEDIT_DETECTOR_MODEL": str(folder / "detector"),
        "GGEDIT_DETECTOR_VOCABULARY": str(folder / "words.txt"),
        "GGEDIT_SEGMENTER": pair.segmenter,
        "GGEDIT_SEGMENTER_FILE": str(folder / "segmenter" / "sam.pth"),
        "GGEDIT_SEGMENTER_MODEL": str(folder / "segmenter"),
    }


def write_detector(kind: str, folder: str) -> None:
    from tests.tiny.detectors import FILE, SWIN_T, random_original, save_folder, save_original

    place = Path(folder) / "detector"
    if kind.endswith(".pth"):
        save_original(random_original(SWIN_T), place / FILE)
    else:
        save_folder(SWIN_T, place)


def write_segmenter(kind: str, folder: str) -> None:
    from benchmarks.segmentation import make_weights

    make_weights(kind, str(Path(folder) / "segmenter"))


def run_pair(name: str, side: int, photos: list[str]) -> None:
    """All photos with one pair; prints a row per stage."""
    pair, settings = PAIRS[name], replace(load_settings(), detector_side=side)
    print(f"\n{name}: {pair.detector} ({pair.write_detector}), {pair.segmenter} ({pair.write_segmenter}), ", end="")
    print(f"detector's side {side or 800} px\n{'photo':21}{'stage':9}{'backend':25}{'CPU s':>7}{'MiB':>7}  result")
    assembly = Assembly(settings)
    for photo in photos:
        _run_photo(assembly, photo)


def _run_photo(assembly: Assembly, name: str) -> None:
    session = assembly.session(open_photo(name), kept=False)
    session.ask(ASKED[name])
    label = f"{name} {session.picture.extent.width}x{session.picture.extent.height}"
    for stage in STAGES:
        events: list[object] = []
        before = memory_mib()
        cost = measure(lambda: events.extend(_reach(session, stage)))  # noqa: B023 - called at once
        asked = [f'asks: "{event.question}"' for event in events if isinstance(event, NeedsUser)]
        failed = [event.message for event in events if isinstance(event, StageFailed)]
        turn = session.draft
        ran = next((record.backend for record in turn.records if record.stage is stage), "")
        said = failed or [SHOWN[stage](turn), *asked]
        row = f"{label:21}{stage:9}{ran:25}{cost.cpu_s:7.1f}{before + cost.peak_mib:7.0f}"
        print(f"{row}  {'; '.join(said)}", flush=True)
        if failed:
            return
        label = ""


def _reach(session: Any, stage: Stage) -> list[object]:
    """The events of one stage; where it asks the person, the best guess is taken."""
    return [*session.run(until=stage, ask_user=True)]


def open_photo(name: str) -> Picture:
    """A photo as it comes, or for "panorama" a slice of one, 2000 x 700."""
    if name != "panorama":
        return open_picture(name)
    pixels = np.asarray(open_picture("motorcycle").pixels)
    height = round(pixels.shape[1] * 700 / 2000)
    top = (pixels.shape[0] - height) // 2
    return Picture(
        np.asarray(Image.fromarray(pixels[top : top + height]).resize((2000, 700), Image.Resampling.LANCZOS))
    )


def _parsed(turn: Turn) -> str:
    assert turn.instruction is not None
    return ", ".join(f'{c.verb} "{c.target.phrase if c.target else ""}"' for c in turn.instruction.clauses)


def _detected(turn: Turn) -> str:
    found = turn.detections
    assert found is not None and found.extent == turn.picture.extent
    inside = (found.xyxy >= 0).all() and (found.xyxy <= [*turn.picture.extent] * 2).all()
    assert inside, "a box lies outside the picture"
    return f"{len(found)} boxes, all within {_size(turn.picture)}"


def _selected(turn: Turn) -> str:
    assert turn.selection is not None
    return f"{len(turn.selection.kept_ids)} of {len(turn.selection.choices)} kept"


def _cut(turn: Turn) -> str:
    masks = turn.masks
    assert masks is not None and all(mask.full().shape == turn.picture.extent.shape for mask in masks.items)
    return f"{len(masks)} masks of {_size(turn.picture)}"


def _related(turn: Turn) -> str:
    assert turn.scene is not None
    return f"{len(turn.scene.nodes)} things, {len(turn.scene.edges)} relations"


def _planned(turn: Turn) -> str:
    assert turn.plan is not None
    return ", ".join(type(step).__name__ for step in turn.plan.steps) or turn.plan.why


def _edited(turn: Turn) -> str:
    assert turn.result is not None
    new, changed = np.asarray(turn.result.picture.pixels), turn.result.changed.full()
    assert new.shape == turn.picture.pixels.shape
    assert (new == turn.picture.pixels)[~changed].all(), "pixels outside the edit have changed"
    return f"{_size(turn.result.picture)}, {changed.mean():.0%} changed"


def _size(picture: Picture) -> str:
    return f"{picture.extent.width}x{picture.extent.height}"


SHOWN: dict[Stage, Callable[[Turn], str]] = {
    Stage.PARSE: _parsed,
    Stage.DETECT: _detected,
    Stage.SELECT: _selected,
    Stage.SEGMENT: _cut,
    Stage.RELATE: _related,
    Stage.PLAN: _planned,
    Stage.EDIT: _edited,
}


if __name__ == "__main__":
    main()
