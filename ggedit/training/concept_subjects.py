"""Which things of a picture can be learned, their tokens, and the sentences they are learned with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..core.errors import BadInput
from ..core.freeze import Frozen
from ..core.masks import Mask, Masks
from ..core.scene import Node, NodeKind, NodeStatus, SceneGraph

LEAD = "a photo of"

_AFTER_HEAD = frozenset("with in on of at by near from wearing holding riding behind under beside next and".split())
"""Words that end the noun phrase whose last word is the head: "man in a red shirt" is a man."""


@dataclass(frozen=True, eq=False, slots=True)
class Subject(Frozen):
    """A thing to be learned.

    token: what it is called in prompts, for example "<cup-1>".
    noun: the head of its label; the token's row begins as the mean of the noun's pieces.
    pose: what it does in this picture, told in the prompt so that the token need not mean it.
    looks: its description, without the pose.
    """

    node: str
    token: str
    noun: str
    mask: Mask
    pose: str = ""
    looks: str = ""


def head_noun(label: str) -> str:
    """The word that says what a thing is: "man in a red shirt" -> "man", "blue t-shirt" -> "t-shirt"."""
    words = re.findall(r"[^\W_]+(?:['-][^\W_]+)*", label.lower())
    ends = [i for i, word in enumerate(words) if word in _AFTER_HEAD and i]
    words = words[: ends[0]] if ends else words
    return words[-1] if words else "thing"


def subjects_of(scene: SceneGraph, masks: Masks) -> tuple[tuple[Subject, ...], tuple[str, ...]]:
    """The things that can be learned, in the scene's order, and a sentence for each that cannot.

    The background is left out without a word: it is no thing. People and animals are things.
    """
    subjects: list[Subject] = []
    sentences: list[str] = []
    counts: dict[str, int] = {}
    for node in scene.nodes:
        if node.kind is NodeKind.BACKGROUND:
            continue
        if (sentence := _hurdle(node, masks)) is not None:
            sentences.append(sentence)
            continue
        noun = head_noun(node.label)
        counts[noun] = counts.get(noun, 0) + 1
        token = f"<{re.sub(r'[^a-z0-9]+', '-', noun).strip('-') or 'thing'}-{counts[noun]}>"
        subjects.append(Subject(node.id, token, noun, masks[node.id], node.pose.strip(), node.caption.strip()))
    return tuple(subjects), tuple(sentences)


def _hurdle(node: Node, masks: Masks) -> str | None:
    if node.status is NodeStatus.NOT_FOUND:
        return f"{node.id} was not found in the picture: draw a box around it before it is learned."
    if node.id not in masks:
        return f"{node.id} has no mask: click the thing or paint over it before it is learned."
    return None


def too_small(subject: Subject, needed_px: int) -> str:
    return (
        f"{subject.node} is too small to be learned: its mask covers {subject.mask.area} pixels of the picture "
        f"and {needed_px} are needed; take a picture that shows it larger."
    )


def sentence_of(subjects: Sequence[Subject], tokenizer: Any) -> str:
    """The prompt for one or two subjects together: first all tokens with their poses, then the looks
    as far as the tokenizer's length allows, so that each token is there early and once.

    Raises:
        BadInput: a pose is so long that a token would be cut off, or names a token again.
    """
    first = " and ".join(f"a {s.token}" + (f" {s.pose}" if s.pose else "") for s in subjects)
    text = f"{LEAD} {first}."
    for subject in subjects:
        longer = f"{text} {subject.looks.rstrip('.')}."
        if subject.looks and len(tokenizer(longer).input_ids) <= tokenizer.model_max_length:
            text = longer
    positions_of(subjects, text, tokenizer)
    return text


def positions_of(subjects: Sequence[Subject], text: str, tokenizer: Any) -> tuple[int, ...]:
    """Where each subject's token stands in the prompt. Raises BadInput: not exactly once."""
    ids = tokenizer(text, truncation=True, max_length=tokenizer.model_max_length).input_ids
    found = []
    for subject in subjects:
        number = tokenizer.convert_tokens_to_ids(subject.token)
        if ids.count(number) != 1:
            raise BadInput(f"The words for {subject.node} are too long or repeat {subject.token}: shorten its pose.")
        found.append(ids.index(number))
    return tuple(found)


def class_sentence(noun: str) -> str:
    """What the pictures of the noun's kind are called, which keep it from being forgotten."""
    return f"{LEAD} a {noun}"
