"""The embedded detector: phrases to boxes on any CPU, with nothing to download."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ggedit.config import Settings
from ggedit.core.detections import Detections, Source
from ggedit.core.geometry import Xyxy, inside_xyxy, iou_xyxy, suppress_xyxy
from ggedit.core.language import Referent
from ggedit.core.picture import Picture
from ggedit.model_files import small_file

from .detecting.appearance import Appearance
from .detecting.grounds import compute_alike, compute_clear
from .detecting.naming import name_proposals
from .detecting.parts import compute_expected
from .detecting.proposals import Proposals, compute_proposals
from .detecting.ranking import (
    Wanted,
    compute_kind,
    compute_known_fit,
    compute_own_kind,
    compute_plain_fit,
    read_wanted,
)
from .detecting.regions import compute_regions
from .detecting.yolo import Floats, YoloNetwork

KNOWN = 0.2
"""Belief in the kind from which a box is shown as known: between 0.06 and 0.31 lies no best box
of the benchmark's phrases, and all 11 above are right (benchmarks/grounding_embedded.py)."""
MAIN = 0.3
"""Belief from which ``scan`` reports a thing. Measured by the same."""
_REGION_OBJECTNESS, _CLEAR_OBJECTNESS = 0.02, 0.5
_CANDIDATES, _MANY, _COMPARED = 5, 32, 150
_DISTINCT = 0.6
_SAME_KIND, _PART = 0.5, 0.75
_KEPT_PICTURES = 8


class Seen:
    """What is known of one picture, worked out as far as it was needed."""

    def __init__(self, picture: Picture, proposals: Proposals) -> None:
        self.proposals = proposals
        self.picture = picture

    @cached_property
    def appearance(self) -> Appearance:
        return Appearance(self.picture)

    @cached_property
    def clear(self) -> Xyxy:
        """Boxes of what stands on a plain ground."""
        return compute_clear(self.picture.pixels, self.picture.extent)

    @cached_property
    def with_regions(self) -> Proposals:
        """The network's boxes, those of what stands clear, and of evenly coloured regions."""
        regions = compute_regions(self.picture.pixels, self.picture.extent)
        known = self.proposals.with_plain(self.clear, np.full(len(self.clear), _CLEAR_OBJECTNESS, np.float32))
        return known.with_plain(regions.xyxy, regions.separation * _REGION_OBJECTNESS, regions.border)


class YoloDetector:
    """Finds things by kind, colour, place and size words; other words by colour and place."""

    def __init__(self, settings: Settings) -> None:
        self._network = YoloNetwork(small_file("embedded/yolov3-tiny-int8.onnx", settings))
        self._seen: OrderedDict[str, Seen] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, picture: Picture, referents: Sequence[Referent]) -> Detections:
        """About five distinct candidates per referent, best first; more for "all" of them."""
        seen = self.look(picture)
        if not len(seen.proposals):
            return Detections.empty(picture.extent)
        found = [self._candidates(seen, referent) for referent in referents]
        return Detections.build(
            extent=picture.extent,
            xyxy=np.concatenate([boxes for boxes, _, _ in found]) if found else [],
            score=np.concatenate([score for _, score, _ in found]) if found else [],
            phrases=[r.phrase for r, (boxes, _, _) in zip(referents, found, strict=True) for _ in boxes],
            source=[source for _, _, sources in found for source in sources],
        )

    def scan(self, picture: Picture) -> Detections:
        """The things of known kinds that are surely there, one box each, under everyday names.

        An animal whose kind is unclear is called an animal.
        """
        proposals = self.look(picture).proposals
        belief, labels = name_proposals(proposals)
        sure = np.flatnonzero(belief >= MAIN)
        order = sure[np.argsort(-belief[sure], kind="stable")]
        iou, inside = iou_xyxy(proposals.xyxy, proposals.xyxy), inside_xyxy(proposals.xyxy, proposals.xyxy)
        rows: list[int] = []
        for row in (int(r) for r in order):
            kin = [other for other in rows if labels[other] == labels[row]]
            part = any(iou[row, k] >= _SAME_KIND or inside[row, k] >= _PART for k in kin)
            if not part and all(iou[row, other] < _DISTINCT for other in rows):
                rows.append(row)
        return Detections.build(
            extent=picture.extent,
            xyxy=proposals.xyxy[rows],
            score=belief[rows],
            phrases=[labels[row] for row in rows],
        )

    @staticmethod
    def _candidates(seen: Seen, referent: Referent) -> tuple[Xyxy, Floats, list[Source]]:
        """A referent's boxes, scores and sources, best first."""
        wanted = read_wanted(referent)
        if wanted.kinds.known and compute_kind(wanted.kinds, seen.proposals).max() >= KNOWN:
            boxes = seen.proposals
            fit = compute_known_fit(wanted, boxes, seen.appearance)
            known = compute_own_kind(wanted.kinds, boxes) >= KNOWN
        else:
            boxes = _with_part(seen, wanted)
            alike = compute_alike(boxes.xyxy, seen.clear) if wanted.counted and len(seen.clear) else None
            fit, known = compute_plain_fit(wanted, boxes, seen.appearance, alike), np.zeros(len(boxes), np.bool_)
        best = np.argsort(-fit, kind="stable")[:_COMPARED]
        rows = best[suppress_xyxy(boxes.xyxy[best], fit[best], _DISTINCT)]
        rows = rows[: _MANY if wanted.counted else _CANDIDATES]
        return boxes.xyxy[rows], fit[rows], [Source.MODEL if known[row] else Source.GUESS for row in rows]

    def look(self, picture: Picture) -> Seen:
        """What can be seen without a question, kept for the last few pictures."""
        with self._lock:
            if picture.digest in self._seen:
                self._seen.move_to_end(picture.digest)
                return self._seen[picture.digest]
        seen = Seen(picture, compute_proposals(self._network, picture))
        with self._lock:
            self._seen[picture.digest] = seen
            while len(self._seen) > _KEPT_PICTURES:
                self._seen.popitem(last=False)
        return seen


def _with_part(seen: Seen, wanted: Wanted) -> Proposals:
    """All boxes, and where a part of a person or vehicle is to be expected."""
    part = wanted.traits.part
    if part is None:
        return seen.with_regions
    expected = compute_expected(part, seen.proposals)
    return seen.with_regions.with_plain(expected, np.full(len(expected), _REGION_OBJECTNESS, np.float32))
