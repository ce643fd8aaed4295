"""Word roles in an instruction: the labels of a token tagger, and what they add up to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

ROLES = ("target", "new", "reference", "attribute", "direction")
"""What a word can be for an edit: the thing to change, a new thing, a thing that place is
measured against, a quality, a direction."""


class Label(StrEnum):
    """BIO labels (Ramshaw and Marcus 1995) over the roles."""

    OUTSIDE = "O"
    B_TARGET = "B-target"
    I_TARGET = "I-target"
    B_NEW = "B-new"
    I_NEW = "I-new"
    B_REFERENCE = "B-reference"
    I_REFERENCE = "I-reference"
    B_ATTRIBUTE = "B-attribute"
    I_ATTRIBUTE = "I-attribute"
    B_DIRECTION = "B-direction"
    I_DIRECTION = "I-direction"


LABELS: tuple[Label, ...] = tuple(Label)


def role_scores(probabilities: Sequence[float]) -> dict[str, float]:
    """Probability of each role of one word: its B and I labels added up."""
    return {
        role: sum(p for p, label in zip(probabilities, LABELS, strict=True) if label.value[2:] == role)
        for role in ROLES
    }


_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


def words_of(sentence: str) -> tuple[str, ...]:
    """The words of a sentence, without punctuation; a possessive 's is cut off."""
    return tuple(re.sub(r"['’]s$", "", word) for word in _WORD.findall(sentence))
