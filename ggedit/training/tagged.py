"""Words with the labels that each may carry: full labels from a grammar, partial ones from data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..core.tagging import LABELS, Label

ANY = frozenset(range(len(LABELS)))


def labels_of(*roles: str) -> frozenset[int]:
    """Indices of the labels of some roles; "" is outside."""
    return frozenset(
        i for i, label in enumerate(LABELS) if (label.value[2:] if label is not Label.OUTSIDE else "") in roles
    )


@dataclass(frozen=True, slots=True)
class Tagged:
    """A sentence's words, and for each the label indices that are not ruled out."""

    words: tuple[str, ...]
    allowed: tuple[frozenset[int], ...]

    def __post_init__(self) -> None:
        if len(self.words) != len(self.allowed) or not all(self.allowed):
            raise ValueError("each word needs at least one label that it may carry")


def from_spans(pieces: Iterable[tuple[str, str]]) -> Tagged:
    """From (text, role) pieces in order; role "" is outside. Each piece is one BIO span."""
    words: list[str] = []
    allowed: list[frozenset[int]] = []
    for text, role in pieces:
        for position, word in enumerate(text.split()):
            prefix = "B-" if position == 0 else "I-"
            label = Label(prefix + role) if role else Label.OUTSIDE
            words.append(word)
            allowed.append(frozenset({LABELS.index(label)}))
    return Tagged(tuple(words), tuple(allowed))
