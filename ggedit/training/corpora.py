"""Training sentences for the tagger: published targets, cleaned by rule, and a grammar.

The published set names one word per instruction: the thing that GGIP2P grounds *first*. In a
relative phrase that is the reference ("paint the frog on the left of the pond purple": pond),
a pronoun stands for itself, and "" means the whole picture. All other words are unlabelled, so
each carries the set of labels it could have.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..core.tagging import words_of
from .tagged import ANY, Tagged, labels_of

VERSION = 1
"""Raise it when the cleaning rules or the grammar change."""

_HELD_OUT = 1
_PARTS = 5
_RELATIVE = re.compile(
    r"\b(?:left|right|top|bottom|front|side|end|edge|corner)\b(?: \w+)? of\b"
    r"|\b(?:above|below|under|underneath|beneath|behind|beside|near|over|atop|onto|next to|close to|in front of|from)\b"
    r"|\bto (?:his|her|their|its) (?:left|right)\b|\bon (?:top|his|her|their)\b",
    re.IGNORECASE,
)
_PRONOUNS = frozenset(
    [
        "him",
        "her",
        "his",
        "hers",
        "it",
        "its",
        "them",
        "their",
        "theirs",
        "they",
        "he",
        "she",
        "this",
        "that",
        "these",
        "those",
    ]
)


@dataclass(frozen=True, slots=True)
class Published:
    """One row of the published set; ``target`` is one lower-case word, "" = whole picture."""

    sentence: str
    target: str


def is_held_out(sentence: str) -> bool:
    """Whether a row belongs to the fifth that is never trained on."""
    return int(hashlib.sha1(sentence.encode()).hexdigest(), 16) % _PARTS == _HELD_OUT


def read_published(path: Path) -> tuple[Published, ...]:
    """All rows of targets.json as they are, labels trimmed and lower-cased."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return tuple(Published(row["sentence"], row["target"].strip().lower()) for row in rows)


def training_rows(rows: tuple[Published, ...]) -> tuple[Published, ...]:
    """The rows to train on: not held out, nor a wording of a held-out one, each wording once,
    and the label one word of the sentence."""
    held = {_wording(row.sentence) for row in rows if is_held_out(row.sentence)}
    kept: dict[str, Published] = {}
    for row in rows:
        wording = _wording(row.sentence)
        known = row.target == "" or row.target in wording.split()
        if wording not in held and known and not is_held_out(row.sentence):
            kept.setdefault(wording, row)
    return tuple(kept.values())


def held_out_rows(rows: tuple[Published, ...]) -> tuple[Published, ...]:
    """The rows to report on, as published."""
    return tuple(row for row in rows if is_held_out(row.sentence))


def tag_published(row: Published) -> Tagged:
    """The row's words with what its label says about each of them."""
    words = words_of(row.sentence)
    lower = [word.lower() for word in words]
    relative = bool(_RELATIVE.search(row.sentence))
    rest = ANY - (labels_of("reference") if relative else labels_of("target", "reference"))
    if row.target not in lower:
        return Tagged(words, tuple(ANY - labels_of("target", "reference") if not row.target else ANY for _ in words))
    at = len(lower) - 1 - lower[::-1].index(row.target) if relative else lower.index(row.target)
    return Tagged(words, tuple(_allowed(i, at, row.target, relative=relative, rest=rest) for i in range(len(words))))


def _allowed(index: int, at: int, target: str, *, relative: bool, rest: frozenset[int]) -> frozenset[int]:
    if index == at:
        if target in _PRONOUNS:
            return labels_of("target", "reference")
        return labels_of("reference") if relative else labels_of("target")
    if 0 < at - index <= 2:
        return rest | (labels_of("reference") if relative else labels_of("target"))
    return rest


def _wording(sentence: str) -> str:
    return " ".join(words_of(sentence)).lower()


def published_label(scores: tuple[dict[str, float], ...], words: tuple[str, ...], *, least: float = 0.5) -> str:
    """The published label that a sentence's role scores stand for.

    The reference where there is one, else the target, as one lower-case word: the last of the
    run of words that carry the role; "" where no word reaches ``least``.
    """
    for role in ("reference", "target"):
        marked = [score[role] >= least for score in scores]
        if any(marked):
            return words[_last_of_first_run(marked, scores, role)].lower()
    both = [score["reference"] + score["target"] for score in scores]
    best = max(range(len(both)), key=both.__getitem__, default=-1)
    return words[best].lower() if best >= 0 and both[best] >= least else ""


def _last_of_first_run(marked: list[bool], scores: tuple[dict[str, float], ...], role: str) -> int:
    """The end of the run that holds the surest word."""
    best = max((i for i, m in enumerate(marked) if m), key=lambda i: scores[i][role])
    while best + 1 < len(marked) and marked[best + 1]:
        best += 1
    return best


def batches(rows: list[Tagged], size: int) -> Iterator[list[Tagged]]:
    """Consecutive slices of at most ``size``."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
