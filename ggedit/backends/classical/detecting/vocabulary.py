"""Which words stand for which of the 80 kinds of thing that the detector's network knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from ggedit.core.freeze import Frozen

Value = TypeVar("Value")

# COCO (T.-Y. Lin et al., "Microsoft COCO: Common Objects in Context", 2014) in the order of
# the network's outputs, under the names that people use.
# fmt: off
KINDS: tuple[str, ...] = (
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
    "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow",
    "elephant", "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee", "skis",
    "snowboard", "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard",
    "tennis racket", "bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich",
    "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "sofa", "potted plant", "bed",
    "dining table", "toilet", "television", "laptop", "mouse", "remote", "keyboard", "cell phone", "microwave",
    "oven", "toaster", "sink", "refrigerator", "book", "clock", "vase", "scissors", "teddy bear", "hair drier",
    "toothbrush",
)
# fmt: on
ANIMALS = slice(KINDS.index("bird"), KINDS.index("backpack"))
"""Where the animals stand among the kinds."""
_ANIMATE = frozenset(["person", *KINDS[ANIMALS]])
_SHORTER = {
    "potted plant": "plant",
    "dining table": "table",
    "cell phone": "phone",
    "sports ball": "ball",
    "hair drier": "hair dryer",
}
LABELS: tuple[str, ...] = tuple(_SHORTER.get(kind, kind) for kind in KINDS)
"""What a found thing of each kind is called."""

KNOWN_WEIGHT = 0.95
"""From this weight on a word names the kind itself; below, it only resembles it."""


@dataclass(frozen=True, eq=False, slots=True)
class Meaning(Frozen):
    """What a word says about kinds: ``weights`` float32 (80,) in [0, 1], 0 = nothing.

    ``known``: it names at least one kind, rather than a thing that only looks like one.
    """

    weights: npt.NDArray[np.float32]

    @property
    def known(self) -> bool:
        return bool(self.weights.max() >= KNOWN_WEIGHT)

    @property
    def empty(self) -> bool:
        return not self.weights.any()


def meaning(phrase: str, head: str = "") -> Meaning:
    """The kinds that a phrase stands for: its longest known ending, else its head noun.

    "wooden coffee table" is looked up as itself, "coffee table", "table", then the head.
    """
    return Meaning(_weights(find_term(load_vocabulary(), phrase, head) or {}))


def find_term(table: Mapping[str, Value], phrase: str, head: str = "") -> Value | None:
    """The entry for the longest ending of a phrase that has one, else for its head noun."""
    for term in _endings(phrase, head):
        for form in _forms(term):
            if form in table:
                return table[form]
    return None


def is_animate(label: str) -> bool:
    """Whether a label names a person or an animal, as far as the dictionary knows."""
    weights = meaning(label).weights
    return bool(weights.any()) and KINDS[int(weights.argmax())] in _ANIMATE


@lru_cache(maxsize=1)
def load_vocabulary() -> Mapping[str, Mapping[str, float]]:
    """word -> kind -> weight, from data/vocabulary.txt; a kind's names mean that kind."""
    table: dict[str, dict[str, float]] = {kind: {kind: 1.0} for kind in KINDS}
    for kind, label in zip(KINDS, LABELS, strict=True):
        table.setdefault(label, {})[kind] = 1.0
    text = (files("ggedit.backends.classical") / "data" / "vocabulary.txt").read_text("utf-8")
    for kind, weight, words in _lines(text):
        for word in words:
            rows = table.setdefault(word, {})
            rows[kind] = max(rows.get(kind, 0.0), weight)
    return table


def _lines(text: str) -> Iterator[tuple[str, float, list[str]]]:
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, _, words = line.partition(":")
        match = re.fullmatch(r"(.+?)(?: (0?\.\d+|1))?", name.strip())
        if match is None or match[1] not in KINDS:
            raise ValueError(f"vocabulary.txt names no kind: {line[:60]!r}")
        yield match[1], float(match[2] or 1), [w.strip() for w in words.split(",") if w.strip()]


def _endings(phrase: str, head: str) -> Iterator[str]:
    words = re.findall(r"[a-z'-]+", phrase.lower())
    for start in range(len(words)):
        yield " ".join(words[start:])
    if head:
        yield head.lower()


def _forms(term: str) -> Iterator[str]:
    """The term, and what it may be the plural of."""
    yield term
    if term.endswith("s"):
        yield term[:-1]
    if term.endswith("es"):
        yield term[:-2]
    if term.endswith("ies"):
        yield term[:-3] + "y"
    if term.endswith("ves"):
        yield term[:-3] + "f"
        yield term[:-3] + "fe"


def _weights(kinds: Mapping[str, float]) -> npt.NDArray[np.float32]:
    weights = np.zeros(len(KINDS), np.float32)
    for kind, weight in kinds.items():
        weights[KINDS.index(kind)] = weight
    return weights
