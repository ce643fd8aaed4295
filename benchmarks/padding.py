"""How much wider than the detected box the segmenter should look.

    python -m benchmarks.padding

For every outlined object whose name the detector finds (a box that overlaps the true one by
half), prints the mean IoU of the first mask against the outline for several paddings, apart for
kinds the detector knows and for guesses. Last column: the box given as a detector's, which the
segmenter pads and looks around of its own accord.
"""

from __future__ import annotations

import numpy as np

from benchmarks.segmentation_embedded import load_things, overlap
from ggedit.backends.classical.detector import YoloDetector
from ggedit.backends.classical.segmenter import GrabCutSegmenter
from ggedit.config import load_settings
from ggedit.core.detections import Source
from ggedit.core.geometry import Box
from ggedit.core.language import Referent
from ggedit.core.masks import Mask
from ggedit.ports import MaskPrompt

PADDINGS = (0.0, 0.02, 0.04, 0.06, 0.08, 0.12)


def main() -> None:
    settings = load_settings({})
    detector, segmenter = YoloDetector(settings), GrabCutSegmenter(settings)
    rows: dict[Source, list[list[float]]] = {Source.MODEL: [], Source.GUESS: []}
    print(f"{'object':22}{'':7}" + "".join(f"{p:7.2f}" for p in PADDINGS) + "  found")
    for thing in [*load_things(held_out=False), *load_things(held_out=True)]:
        truth = Mask.of(thing.truth).box
        words = thing.name.split()
        found = detector.find(thing.picture, [Referent(thing.name, words[-1], tuple(words[:-1]))])
        hits = [i for i in range(len(found)) if Box.from_xyxy(found.xyxy[i]).iou(truth) >= 0.5]
        if not hits:
            continue
        box, source = Box.from_xyxy(found.xyxy[hits[0]]), found.source[hits[0]]
        ious = []
        for padding in PADDINGS:
            wide = box.scaled(1 + 2 * padding).clipped(thing.picture.extent)
            ious.append(overlap(segmenter.segment(thing.picture, MaskPrompt(box=wide))[0].mask.full(), thing.truth))
        found_mask = segmenter.segment(thing.picture, MaskPrompt(box=box, exact=False))[0].mask
        ious.append(overlap(found_mask.full(), thing.truth))
        rows[source].append(ious)
        print(f"{thing.name:22}{source.value:7}" + "".join(f"{v:7.3f}" for v in ious))
    for source, some in rows.items():
        if some:
            print(
                f"{'mean of ' + str(len(some)):22}{source.value:7}"
                + "".join(f"{v:7.3f}" for v in np.mean(some, axis=0))
            )


if __name__ == "__main__":
    main()
