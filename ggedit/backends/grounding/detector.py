"""The detector port over any network that can be asked for phrases."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Protocol

import numpy as np

from ggedit.config import Settings
from ggedit.core.detections import Detections, Source
from ggedit.core.errors import BadInput
from ggedit.core.geometry import as_xyxy
from ggedit.core.language import CountKind, Referent
from ggedit.core.picture import Picture
from ggedit.ports import current_run

from .captions import Phrase
from .sight import Picked, Sight, Thresholds, pick_for_phrase, pick_scene

_CANDIDATES, _MANY = 8, 48
"""Most boxes for one thing, and where several are meant or told apart by place or number."""
_SCENE = 64
_KEPT_PICTURES = 8


class PhraseNetwork(Protocol):
    """A network that answers groups of phrases, one group in one text."""

    @property
    def thresholds(self) -> Thresholds:
        """Those of the model's makers."""
        ...

    def pack(self, phrases: Sequence[Phrase]) -> list[tuple[Phrase, ...]]:
        """As few groups as the length of a text allows."""
        ...

    def ask(self, picture: Picture, groups: Sequence[Sequence[Phrase]]) -> list[Sight]:
        """One answer per group, with a column per phrase."""
        ...

    def release(self) -> None:
        """Give the device's memory back."""
        ...


class PhraseDetector:
    """Finds what phrases speak of, each asked in a text of its own, and the things of a vocabulary."""

    def __init__(self, settings: Settings, network: PhraseNetwork) -> None:
        self._settings = settings
        self._network = network
        self._scenes: OrderedDict[str, Detections] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, picture: Picture, referents: Sequence[Referent]) -> Detections:
        """Candidates per referent, best first. Where nothing is believed enough the thresholds
        are lowered, a note says so, and what is found then is a ``GUESS``: the person is asked
        to look."""
        groups = [(Phrase(referent.phrase, referent.head),) for referent in referents]
        sights = self._network.ask(picture, groups) if groups else []
        found = [
            pick_for_phrase(sight, self._thresholds, _most(referent))
            for sight, referent in zip(sights, referents, strict=True)
        ]
        current_run().notes.extend(
            _said(r, picked) for r, picked in zip(referents, found, strict=True) if not picked.sure
        )
        return Detections.build(
            extent=picture.extent,
            xyxy=np.concatenate([as_xyxy([]), *(picked.xyxy for picked in found)]),
            score=np.concatenate([np.zeros(0, np.float32), *(picked.score for picked in found)]),
            phrases=[r.phrase for r, picked in zip(referents, found, strict=True) for _ in picked.score],
            source=[_source(picked) for picked in found for _ in picked.score],
        )

    def scan(self, picture: Picture) -> Detections:
        """The things of the vocabulary that are in the picture, surest first; kept for the last
        few pictures."""
        with self._lock:
            kept = self._scenes.get(picture.digest)
        scene = self._look_around(picture) if kept is None else kept
        with self._lock:
            self._scenes[picture.digest] = scene
            self._scenes.move_to_end(picture.digest)
            while len(self._scenes) > _KEPT_PICTURES:
                self._scenes.popitem(last=False)
        return scene

    def release(self) -> None:
        """Give the device's memory back; the network loads again when it is asked."""
        self._network.release()

    @property
    def _thresholds(self) -> Thresholds:
        own = self._network.thresholds
        return Thresholds(self._settings.box_threshold or own.box, self._settings.text_threshold or own.text)

    def _look_around(self, picture: Picture) -> Detections:
        groups = self._network.pack([Phrase(word) for word in load_vocabulary(self._settings)])
        sights = self._network.ask(picture, groups)
        names = [[phrase.text for phrase in group] for group in groups]
        xyxy, score, found = pick_scene(list(zip(sights, names, strict=True)), self._thresholds, _SCENE)
        return Detections.build(extent=picture.extent, xyxy=xyxy, score=score, phrases=found)


def load_vocabulary(settings: Settings) -> tuple[str, ...]:
    """What ``scan`` looks for, each once: the lines of the file that is set, else everyday nouns.

    Raises:
        BadInput: the file cannot be read or names nothing.
    """
    named = settings.detector_vocabulary
    try:
        text = Path(named).expanduser().read_text("utf-8") if named else _everyday()
    except (OSError, UnicodeDecodeError):
        raise BadInput(
            f"GGEDIT_DETECTOR_VOCABULARY names {named}, which cannot be read: give a text file, one noun a line."
        ) from None
    lines = (line.partition("#")[0].strip().lower() for line in text.splitlines())
    words = tuple(dict.fromkeys(line for line in lines if line))
    if not words:
        raise BadInput(f"GGEDIT_DETECTOR_VOCABULARY names {named}, which names nothing: write one noun a line.")
    return words


def _everyday() -> str:
    return (files("ggedit.backends.grounding") / "data" / "everyday.txt").read_text("utf-8")


def _most(referent: Referent) -> int:
    counted = referent.count.kind is not CountKind.ONE or referent.ordinal is not None or bool(referent.tests)
    return _MANY if counted else _CANDIDATES


def _said(referent: Referent, picked: Picked) -> str:
    if len(picked.score):
        return f'Nothing is surely "{referent.phrase}"; what is shown for it was found with lower thresholds.'
    return f'Nothing was found for "{referent.phrase}", also with lower thresholds.'


def _source(picked: Picked) -> Source:
    return Source.MODEL if picked.sure else Source.GUESS
