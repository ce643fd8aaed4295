"""The embedded detector: phrases to boxes on any CPU, with nothing to download."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ggedit.config import Settings
from ggedit.core.detections import Detections, Source
from ggedit.core.geometry import suppress_xyxy
from ggedit.core.language import CountKind, Referent
from ggedit.core.picture import Picture

from .appearance import Appearance
from .parts import compute_expected
from .proposals import Proposals, compute_proposals
from .ranking import compute_kind, compute_known_fit, compute_plain_fit, read_wanted
from .regions import compute_regions
from .vocabulary import LABELS
from .yolo import YoloNetwork

KNOWN = 0.15
"""Belief in the kind from which a box is shown as known. Measured by
benchmarks/grounding_embedded.py."""
MAIN = 0.25
"""Belief from which ``scan`` reports a thing. Measured by the same."""
_REGION_OBJECTNESS = 0.02
_CANDIDATES = 5
_ALL_CANDIDATES = 24
_DISTINCT = 0.6
_KEPT_PICTURES = 8


class _Seen:
    """What is known of one picture, worked out as far as it was needed."""

    def __init__(self, picture: Picture, proposals: Proposals) -> None:
        self.proposals = proposals
        self.picture = picture

    @cached_property
    def appearance(self) -> Appearance:
        return Appearance(self.picture)

    @cached_property
    def with_regions(self) -> Proposals:
        """The network's boxes and those of evenly coloured regions."""
        regions = compute_regions(self.picture.pixels, self.picture.extent)
        return self.proposals.with_plain(regions.xyxy, regions.separation * _REGION_OBJECTNESS, regions.border)


class YoloDetector:
    """Finds things by kind, colour, place and size words; other words by colour and place."""

    def __init__(self, settings: Settings) -> None:
        self._network = YoloNetwork(settings.checkpoints / "embedded" / "yolov3-tiny-int8.onnx")
        self._seen: OrderedDict[str, _Seen] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, picture: Picture, referents: Sequence[Referent]) -> Detections:
        """About five distinct candidates per referent, best first; more for "all" of them."""
        seen = self._look(picture)
        if not len(seen.proposals):
            return Detections.empty(picture.extent)
        xyxy, score, phrases, source = [], [], [], []
        for referent in referents:
            wanted = read_wanted(referent)
            kind = compute_kind(wanted.kinds, seen.proposals)
            if wanted.kinds.known and kind.max() >= KNOWN:
                boxes = seen.proposals
                fit = compute_known_fit(wanted, boxes, seen.appearance)
            else:
                boxes, kind = seen.with_regions, np.zeros(0, np.float32)
                if wanted.traits.part is not None:
                    expected = compute_expected(wanted.traits.part, seen.proposals)
                    boxes = boxes.with_plain(expected, np.full(len(expected), _REGION_OBJECTNESS, np.float32))
                fit = compute_plain_fit(wanted, boxes, seen.appearance)
            most = _CANDIDATES if referent.count.kind is CountKind.ONE else _ALL_CANDIDATES
            for row in suppress_xyxy(boxes.xyxy, fit, _DISTINCT)[:most]:
                xyxy.append(boxes.xyxy[row])
                score.append(fit[row])
                phrases.append(referent.phrase)
                source.append(Source.MODEL if row < len(kind) and kind[row] >= KNOWN else Source.GUESS)
        return Detections.build(extent=picture.extent, xyxy=xyxy, score=score, phrases=phrases, source=source)

    def scan(self, picture: Picture) -> Detections:
        """The things of known kinds that are surely there, one box each."""
        proposals = self._look(picture).proposals
        belief, kind = proposals.kinds.max(axis=1, initial=0.0), proposals.kinds.argmax(axis=1)
        sure = np.flatnonzero(belief >= MAIN)
        rows = [int(sure[i]) for i in suppress_xyxy(proposals.xyxy[sure], belief[sure], _DISTINCT)]
        return Detections.build(
            extent=picture.extent,
            xyxy=proposals.xyxy[rows],
            score=belief[rows],
            phrases=[LABELS[kind[row]] for row in rows],
        )

    def _look(self, picture: Picture) -> _Seen:
        """What can be seen without a question, kept for the last few pictures."""
        with self._lock:
            if picture.digest in self._seen:
                self._seen.move_to_end(picture.digest)
                return self._seen[picture.digest]
        seen = _Seen(picture, compute_proposals(self._network, picture))
        with self._lock:
            self._seen[picture.digest] = seen
            while len(self._seen) > _KEPT_PICTURES:
                self._seen.popitem(last=False)
        return seen
