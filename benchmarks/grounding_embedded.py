"""Phrases to boxes by the embedded detector: hits, what each cue adds, known or guessed, time.

Run: python -m benchmarks.grounding_embedded [--all-ranks]

A hit is a box that overlaps the true one by at least half (intersection over union). The
phrases and their boxes are in data/grounding_phrases.json: "earlier" are those of earlier
experiments whose pictures can be had, "own" were fixed before this detector was written. The
ranking's weights were set with both lists in view.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from ggedit.backends.classical.detecting.proposals import SCALES, Proposals, compute_proposals, merge
from ggedit.backends.classical.detecting.ranking import compute_kind, compute_known_fit, compute_own_kind, read_wanted
from ggedit.backends.classical.detecting.regions import compute_regions
from ggedit.backends.classical.detecting.vocabulary import KNOWN_WEIGHT, load_vocabulary
from ggedit.backends.classical.detecting.yolo import YoloNetwork
from ggedit.backends.classical.detector import KNOWN, MAIN, YoloDetector
from ggedit.backends.classical.language import RulesParser
from ggedit.config import load_settings
from ggedit.core.detections import Source
from ggedit.core.geometry import Xyxy, as_xyxy, iou_xyxy, suppress_xyxy
from ggedit.core.language import Context, Referent, Relation, SpatialTest
from ggedit.core.picture import Picture
from ggedit.stages.detect import detect
from ggedit.stages.select import select
from tests.pictures import PictureMissing, available, open_picture

TRUTH = Path(__file__).parent / "data" / "grounding_phrases.json"
MODEL = "embedded/yolov3-tiny-int8.onnx"
EARLIER_TOTAL = 39
"""Phrases of the earlier experiments, with those whose pictures are not public."""
HIT = 0.5
DISTINCT = 0.6

Ranked = Callable[["Case"], Xyxy]


@dataclass(frozen=True, eq=False)
class Case:
    """A phrase, the picture it is about and the true box."""

    name: str
    picture: Picture
    referent: Referent
    box: Xyxy

    def overlaps(self, xyxy: Xyxy) -> np.ndarray:
        return iou_xyxy(xyxy, self.box)[:, 0] if len(xyxy) else np.zeros(1)


def read_cases(rows: Sequence[dict[str, Any]]) -> tuple[list[Case], list[str]]:
    """The cases whose pictures are here, and the names of the others."""
    cases, missing = [], []
    for row in rows:
        tests = tuple(SpatialTest(Relation(name)) for name in row["tests"])
        referent = Referent(row["phrase"], row["head"], tuple(row["attributes"]), tests=tests)
        name = f"{row['picture']}: {row['text']}"
        try:
            cases.append(Case(name, open_picture(row["picture"]), referent, as_xyxy(row["box"])))
        except PictureMissing:
            missing.append(name)
    return cases, missing


def first_hit(case: Case, xyxy: Xyxy) -> int:
    """Rank from 1 of the first hit among the candidates; 0 = none."""
    hits = np.flatnonzero(case.overlaps(xyxy) >= HIT)
    return int(hits[0]) + 1 if len(hits) else 0


def print_hits(title: str, cases: Sequence[Case], ranked: Ranked) -> list[int]:
    ranks = [first_hit(case, ranked(case)) for case in cases]
    top1, top3 = (sum(0 < r <= n for r in ranks) for n in (1, 3))
    share = 100 / max(len(cases), 1)
    print(
        f"  {title:<58} top-1 {top1:2d}/{len(cases)} ({top1 * share:3.0f} %)  top-3 {top3:2d} ({top3 * share:3.0f} %)"
    )
    return ranks


def print_chosen(cases: Sequence[Case], detector: YoloDetector, parser: RulesParser) -> None:
    """The whole way: "remove the ..." read, found, and one right box chosen."""
    right = 0
    for case in cases:
        instruction = parser.parse(f"remove {case.name.split(': ')[1]}", Context())
        found = detect(case.picture, instruction, detector)
        chosen = select(instruction, found, case.picture).targets(0)
        boxes = found.xyxy[[found.index(id_) for id_ in chosen]]
        right += len(boxes) == 1 and bool(case.overlaps(boxes)[0] >= HIT)
    print(f"  chosen rightly after reading, detecting and selecting: {right}/{len(cases)}")


def print_misses(cases: Sequence[Case], ranks: Sequence[int], detector: YoloDetector) -> None:
    for case, rank in zip(cases, ranks, strict=True):
        if rank in (1, 2, 3):
            continue
        found = detector.find(case.picture, [case.referent])
        best = case.overlaps(found.xyxy[:3]).max()
        print(f"    missed: {case.name} (best overlap of three {best:.2f}{f', right at rank {rank}' if rank else ''})")


def plain_call(network: YoloNetwork, scales: Sequence[int], threshold: float) -> Callable[[Picture], Proposals]:
    """The network asked at some scales, kinds below the threshold forgotten."""
    kept: dict[str, Proposals] = {}

    def propose(picture: Picture) -> Proposals:
        if picture.digest not in kept:
            raw = [network.compute_boxes(picture.pixels, s, picture.extent) for s in scales]
            found = merge(type(raw[0]).joined(raw), picture.extent)
            kept[picture.digest] = replace(found, kinds=np.where(found.kinds >= threshold, found.kinds, 0))
        return kept[picture.digest]

    return propose


def by_kind(propose: Callable[[Picture], Proposals], threshold: float) -> Ranked:
    """The usual way: boxes of the kind, by the network's belief in it alone."""

    def ranked(case: Case) -> Xyxy:
        found = propose(case.picture)
        belief = compute_kind(read_wanted(case.referent).kinds, found)
        rows = suppress_xyxy(found.xyxy, belief, DISTINCT)
        return found.xyxy[[row for row in rows[:5] if belief[row] > threshold]]

    return ranked


def by_cues(detector: YoloDetector) -> Ranked:
    """Kind, colour, place and size over the network's boxes only."""

    def ranked(case: Case) -> Xyxy:
        seen = detector.look(case.picture)
        fit = compute_known_fit(read_wanted(case.referent), seen.proposals, seen.appearance)
        return seen.proposals.xyxy[suppress_xyxy(seen.proposals.xyxy, fit, DISTINCT)[:5]]

    return ranked


def print_known(cases: Sequence[Case], detector: YoloDetector) -> None:
    """How often the best box is right, by what is said about it."""
    right: dict[tuple[bool, Source], list[bool]] = {}
    beliefs: list[tuple[float, bool, str]] = []
    for case in cases:
        wanted, seen = read_wanted(case.referent), detector.look(case.picture)
        found = detector.find(case.picture, [case.referent])
        hit = first_hit(case, found.xyxy) == 1
        right.setdefault((wanted.kinds.known, found.source[0]), []).append(hit)
        if wanted.kinds.known:
            best = iou_xyxy(seen.proposals.xyxy, found.xyxy[:1])[:, 0].argmax()
            beliefs.append((float(compute_own_kind(wanted.kinds, seen.proposals)[best]), hit, case.name))
    for (known, source), hits in sorted(right.items(), reverse=True):
        word = "names of a kind" if known else "other words"
        said = "known" if source is Source.MODEL else "guessed from colour and place"
        print(f"  {word + ', shown as ' + said:<58} {sum(hits)} of {len(hits)} best boxes right")
    print(f"  names of a kind by the network's belief in the best box (known from {KNOWN}):")
    for belief, hit, name in sorted(beliefs):
        print(f"    {belief:.3f} {'right' if hit else 'wrong'} {name}")


def print_recall(cases: Sequence[Case], detector: YoloDetector) -> None:
    """Whether any box at all meets the truth, whatever its rank."""
    network = regions = either = 0
    for case in cases:
        seen = detector.look(case.picture)
        a = case.overlaps(seen.proposals.xyxy).max() >= HIT
        b = case.overlaps(compute_regions(case.picture.pixels, case.picture.extent).xyxy).max() >= HIT
        network, regions, either = network + a, regions + b, either + (a or b)
    print(f"  of {len(cases)} true boxes some box meets: network {network}, regions {regions}, either {either}")


def median_ms(run: Callable[[Picture], object], pictures: Sequence[Picture]) -> tuple[float, float]:
    """Median over the pictures of the best of three runs each: wall and CPU milliseconds."""
    run(pictures[0])
    wall, cpu = [], []
    for picture in pictures:
        tries: list[tuple[float, float]] = []
        for _ in range(3):
            start, busy = time.perf_counter(), time.process_time()
            run(picture)
            tries.append((time.perf_counter() - start, time.process_time() - busy))
        wall.append(min(seconds for seconds, _ in tries))
        cpu.append(min(seconds for _, seconds in tries))
    return statistics.median(wall) * 1e3, statistics.median(cpu) * 1e3


def print_times(detector: YoloDetector, network: YoloNetwork, pictures: Sequence[Picture], path: Path) -> None:
    quantised = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    folded = onnxruntime.SessionOptions()
    folded.add_session_config_entry("session.disable_quant_qdq", "1")
    dequantised = onnxruntime.InferenceSession(str(path), folded, providers=["CPUExecutionProvider"])
    tensor = {"x": np.random.default_rng(0).random((1, 3, 416, 416), np.float32)}
    everything = Referent("thing", "thing")
    rows: list[tuple[str, Callable[[Picture], object]]] = [
        ("network, 416 x 416, int8 weights", lambda _: quantised.run(None, tensor)),
        ("network, 416 x 416, float32 weights made at load", lambda _: dequantised.run(None, tensor)),
        ("proposals: three scales, merged", lambda p: compute_proposals(network, p)),
        ("regions", lambda p: compute_regions(p.pixels, p.extent)),
        ("a second phrase on a picture already seen", lambda p: detector.find(p, [everything])),
    ]
    for title, run in rows:
        wall, cpu = median_ms(run, pictures)
        print(f"  {title:<52} {wall:6.0f} ms, CPU {cpu:6.0f} ms")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--all-ranks", action="store_true", help="print the rank of every phrase")
    options = arguments.parse_args()
    settings = load_settings({})
    parser = RulesParser(settings)
    detector, network = YoloDetector(settings), YoloNetwork(settings.checkpoints / MODEL)
    table = json.loads(TRUTH.read_text("utf-8"))
    every: list[Case] = []
    for key, total in (("earlier", EARLIER_TOTAL), ("own", len(table["own"]))):
        cases, missing = read_cases(table[key])
        every += cases
        print(f"{key}: {len(cases)} phrases of {total} whose pictures are here{''.join(f', no {m}' for m in missing)}")
        usual = by_kind(plain_call(network, (416,), 0.2), 0.0)
        print_hits("kind only, one scale, threshold 0.2", cases, usual)
        print_hits("kind only, three scales, no threshold", cases, by_kind(plain_call(network, SCALES, 0.0), 0.0))
        print_hits("+ objectness, colour, place, size", cases, by_cues(detector))
        ranks = print_hits(
            "+ regions, usual looks, parts (the detector)",
            cases,
            lambda case: detector.find(case.picture, [case.referent]).xyxy,
        )
        print_misses(cases, ranks, detector)
        print_chosen(cases, detector, parser)
        if options.all_ranks:
            print("\n".join(f"    rank {rank or '-'}: {case.name}" for case, rank in zip(cases, ranks, strict=True)))
    print("known or guessed")
    print_known(every, detector)
    print("boxes before any ranking")
    print_recall(every, detector)
    print(f"scan, belief >= {MAIN}")
    for name in available():
        found = detector.scan(open_picture(name))
        rows = zip(found.phrases, found.score, strict=True)
        print(f"  {name:<18} {', '.join(f'{phrase} {score:.2f}' for phrase, score in rows) or 'nothing'}")
    words = load_vocabulary()
    known = sum(max(kinds.values()) >= KNOWN_WEIGHT for kinds in words.values())
    print(f"dictionary: {len(words)} words, {known} of them names of a kind")
    print("time (median over the pictures of the best of three)")
    print_times(detector, network, [open_picture(name) for name in available()], settings.checkpoints / MODEL)


if __name__ == "__main__":
    main()
