"""Masks of the embedded segmenter against hand-drawn outlines: overlap after a box, clicks, strokes; time.

Run: python -m benchmarks.segmentation_embedded [--held-out] [--seeds N]

Box: the outline's box with each side moved out by up to 5 %. A corrective click is put on the
deepest point of the largest error. Overlap: intersection over union with the outline.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from ggedit.backends.classical.segmenter import GrabCutSegmenter
from ggedit.config import Settings
from ggedit.core.geometry import Box
from ggedit.core.masks import Mask
from ggedit.core.picture import Picture
from ggedit.ports import MaskPrompt, Point
from tests.pictures import PictureMissing, open_picture

TRUTH = Path(__file__).parent / "data" / "segmentation_truth.json"
CLICKS = 5
LOOSE = 0.05


@dataclass(frozen=True, eq=False)
class Thing:
    """One outlined object: ``truth`` is bool (H, W) of its picture."""

    name: str
    picture: Picture
    truth: np.ndarray


@dataclass
class Row:
    """Overlaps and seconds of one object and one box."""

    name: str
    first: float
    best: float
    clicked: list[float]
    strokes: float
    one_click: float
    seconds: float
    cpu_s: float
    click_s: float = field(default=0.0)


def load_things(*, held_out: bool) -> list[Thing]:
    """The objects whose pictures are here; says which are not."""
    things = []
    for row in json.loads(TRUTH.read_text())["objects"]:
        if row["held_out"] is not held_out:
            continue
        try:
            picture = open_picture(row["picture"])
        except PictureMissing as missing:
            print(f"left out: {row['name']}: {missing}")
            continue
        things.append(Thing(row["name"], picture, _drawn(row["polygons"], row["holes"], picture)))
    return things


def _drawn(polygons: list, holes: list, picture: Picture) -> np.ndarray:
    plane = np.zeros(picture.extent.shape, np.uint8)
    for value, group in ((1, polygons), (0, holes)):
        for corners in group:
            cv2.fillPoly(plane, [np.round(corners).astype(np.int32)], value)
    return plane > 0


def loose_box(truth: np.ndarray, seed: int) -> Box:
    """The outline's box, each side moved out by 0 to 5 % of its length."""
    box, out = Mask.of(truth).box, np.random.default_rng(seed).uniform(0, LOOSE, 4)
    return Box(
        box.x1 - out[0] * box.width,
        box.y1 - out[1] * box.height,
        box.x2 + out[2] * box.width,
        box.y2 + out[3] * box.height,
    ).clipped(Mask.of(truth).extent)


def overlap(mask: np.ndarray, truth: np.ndarray) -> float:
    return float(np.count_nonzero(mask & truth) / np.count_nonzero(mask | truth))


def next_click(mask: np.ndarray, truth: np.ndarray) -> Point:
    """Where a person would click: the deepest point of what is most wrong."""
    deepest = []
    for wrong, positive in ((truth & ~mask, True), (mask & ~truth, False)):
        depth = cv2.distanceTransform(np.pad(wrong, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
        y, x = np.unravel_index(int(depth.argmax()), depth.shape)
        deepest.append((float(depth.max()), Point(float(x), float(y), positive)))
    return max(deepest, key=lambda pair: pair[0])[1]


def make_strokes(truth: np.ndarray) -> MaskPrompt:
    """A line along the thing's longest inner column or row, and one beside its box where there is room."""
    depth = cv2.distanceTransform(np.pad(truth, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    y, x = np.unravel_index(int(depth.argmax()), depth.shape)
    include = np.zeros(truth.shape, np.uint8)
    reach = 0.8 * depth[y, x]
    for dx, dy in ((1, 0.3), (-0.3, 1)):
        ends = [(round(x + s * reach * dx), round(y + s * reach * dy)) for s in (-1, 1)]
        cv2.line(include, ends[0], ends[1], 1, max(2, round(0.006 * max(truth.shape))))
    return MaskPrompt(include=Mask.of((include > 0) & truth))


def measure(thing: Thing, seed: int, make: Callable[[], GrabCutSegmenter]) -> Row:
    """All figures of one object and one box. A new segmenter, so nothing is remembered."""
    segmenter, box, picture = make(), loose_box(thing.truth, seed), thing.picture
    _ = picture.digest
    start, cpu = time.perf_counter(), time.process_time()
    found = segmenter.segment(picture, MaskPrompt(box=box))
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    overlaps = [overlap(candidate.mask.full(), thing.truth) for candidate in found]
    points: tuple[Point, ...] = ()
    mask, clicked, click_s = found[0].mask.full(), [], []
    for _ in range(CLICKS):
        points = (*points, next_click(mask, thing.truth))
        start = time.perf_counter()
        mask = segmenter.segment(picture, MaskPrompt(box=box, points=points))[0].mask.full()
        click_s.append(time.perf_counter() - start)
        clicked.append(overlap(mask, thing.truth))
    free = [
        overlap(segmenter.segment(picture, prompt)[0].mask.full(), thing.truth)
        for prompt in (
            make_strokes(thing.truth),
            MaskPrompt(points=(next_click(np.zeros_like(thing.truth), thing.truth),)),
        )
    ]
    return Row(
        thing.name, overlaps[0], max(overlaps), clicked, free[0], free[1], seconds, cpu, statistics.median(click_s)
    )


def report(rows: list[Row]) -> None:
    """The table, one line per object, then the means and medians."""
    clicks = "  ".join(f"{k + 1:>4d}" for k in range(CLICKS))
    print(f"{'object':20s} first best3  after clicks {clicks}  click-only strokes   ms")
    names = list(dict.fromkeys(row.name for row in rows))
    for name in [*names, "MEAN"]:
        mine = [row for row in rows if name in (row.name, "MEAN")]
        mean = {
            key: float(np.mean([getattr(r, key) for r in mine])) for key in ("first", "best", "one_click", "strokes")
        }
        after = "  ".join(f"{v:.2f}" for v in np.mean([r.clicked for r in mine], axis=0))
        took = statistics.median(r.seconds for r in mine) * 1e3
        print(
            f"{name:20s}  {mean['first']:.3f} {mean['best']:.3f}            {after}"
            f"        {mean['one_click']:.2f}    {mean['strokes']:.2f} {took:5.0f}"
        )
    first, cpu, click = ([getattr(row, key) * 1e3 for row in rows] for key in ("seconds", "cpu_s", "click_s"))
    print(
        f"first answer (all candidates): median {statistics.median(first):.0f} ms, slowest {max(first):.0f} ms, "
        f"median CPU {statistics.median(cpu):.0f} ms; a click: median {statistics.median(click):.0f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--held-out", action="store_true", help="the objects that no parameter was tuned on")
    parser.add_argument("--seeds", type=int, default=2, help="boxes per object")
    chosen = parser.parse_args()
    things = load_things(held_out=chosen.held_out)
    make = lambda: GrabCutSegmenter(Settings())  # noqa: E731
    make().segment(things[0].picture, MaskPrompt(box=loose_box(things[0].truth, 9)))
    rows = [measure(thing, seed, make) for thing in things for seed in range(chosen.seeds)]
    print(f"{len(things)} objects, {chosen.seeds} boxes each")
    report(rows)


if __name__ == "__main__":
    main()
