"""The embedded detector: phrases to boxes on any CPU, with nothing to download."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ggedit.config import Settings
from ggedit.core.detections import Detections, Source
from ggedit.core.geometry import suppress_xyxy
from ggedit.core.language import CountKind, Referent
from ggedit.core.picture import Picture

from .appearance import Appearance
from .proposals import Proposals, compute_proposals
from .ranking import compute_fit, compute_kind, read_wanted
from .vocabulary import LABELS
from .yolo import YoloNetwork

KNOWN = 0.15
"""Belief in the kind from which a box is shown as known. Measured by
benchmarks/grounding_embedded.py."""
MAIN = 0.25
"""Belief from which ``scan`` reports a thing. Measured by the same."""
_CANDIDATES = 5
_ALL_CANDIDATES = 24
_DISTINCT = 0.6
_KEPT_PICTURES = 8


@dataclass(frozen=True, eq=False)
class _Seen:
    proposals: Proposals
    appearance: Appearance


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
            fit = compute_fit(wanted, seen.proposals, seen.appearance)
            kind = compute_kind(wanted.kinds, seen.proposals) if wanted.kinds.known else np.zeros_like(fit)
            most = _CANDIDATES if referent.count.kind is CountKind.ONE else _ALL_CANDIDATES
            for row in suppress_xyxy(seen.proposals.xyxy, fit, _DISTINCT)[:most]:
                xyxy.append(seen.proposals.xyxy[row])
                score.append(fit[row])
                phrases.append(referent.phrase)
                source.append(Source.MODEL if kind[row] >= KNOWN else Source.GUESS)
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
        seen = _Seen(compute_proposals(self._network, picture), Appearance(picture))
        with self._lock:
            self._seen[picture.digest] = seen
            while len(self._seen) > _KEPT_PICTURES:
                self._seen.popitem(last=False)
        return seen
