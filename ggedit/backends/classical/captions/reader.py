"""Reads captions: nouns become things, adjectives attributes, verbs and prepositions links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ggedit.config import Settings
from ggedit.core.facts import Facts
from ggedit.core.scene import SceneGraph

from ..language.tagging import load_pipeline
from .sentence import Sentence
from .words import NO_VERBS, PARTICIPLES, PHRASES, PLACES, SAME_AS, STAND_IN

_PHRASE = re.compile(rf"\b({'|'.join(sorted(PHRASES, key=len, reverse=True))})\b")


class CaptionReader:
    """Port ``Captions``: facts and graphs by rules; spaCy's pipeline is loaded at first use."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._pipeline: Any = None

    def read(self, text: str) -> Facts:
        """What one caption says."""
        return next(self.read_many([text]))

    def graph(self, text: str) -> SceneGraph:
        """The caption's scene graph; its nodes have no boxes."""
        return self.read(text).graph()

    def read_many(self, texts: Iterable[str]) -> Iterator[Facts]:
        """One ``Facts`` per text, in order."""
        if self._pipeline is None:
            self._pipeline = load_pipeline(["ner", "senter"])
        kept = list(texts)
        tagged = list(self._pipeline.pipe([calm(text) for text in kept], batch_size=128))
        whole = [spelled_out(doc) for doc in tagged]
        again = self._pipeline.pipe([text for text in whole if text is not None], batch_size=128)
        for doc, text, original in zip(tagged, whole, kept, strict=True):
            yield Sentence(doc if text is None else next(again), phrases_in(original)).facts()


def calm(text: str) -> str:
    """Lower case, even spaces, no full stop; a plain preposition stands in for each that is made
    of several words, so that the dependencies take it for one."""
    plain = " ".join(text.lower().replace(" 's", "'s").split()).rstrip(" .")
    return _PHRASE.sub(lambda match: STAND_IN, plain)


def phrases_in(text: str) -> Iterator[str]:
    """The phrases that ``calm`` put the stand-in for, and the stand-in itself, in order."""
    plain = " ".join(text.lower().split())
    for match in re.finditer(rf"{_PHRASE.pattern}|\b{STAND_IN}\b", plain):
        words = re.sub(r"\bthe ", "", match.group())
        yield SAME_AS.get(words, words)


def spelled_out(doc: Any) -> str | None:
    """A headline made a sentence, which the dependencies are better at: "cat sitting in a box" ->
    "cat is sitting in a box". None for what is a sentence already or has no such verb."""
    if any(token.tag_ in ("VBZ", "VBP", "VBD", "MD") or token.lemma_ == "be" for token in doc):
        return None
    for token in doc[1:-1]:
        before, after = doc[token.i - 1], doc[token.i + 1]
        noun = before.tag_ in ("NN", "NNS", "NNP", "NNPS") and before.text not in PLACES
        goes_on = after.pos_ in ("ADP", "DET", "PART", "ADV", "PRON", "ADJ", "NOUN", "SCONJ")
        acts = token.text.endswith("ing") and len(token.text) > 4 and token.text not in NO_VERBS
        if noun and goes_on and (acts or token.text in PARTICIPLES):
            verb = "are" if before.tag_ in ("NNS", "NNPS") else "is"
            return f"{doc[: token.i].text} {verb} {doc[token.i :].text}"
    return None
