"""Which words are nouns, verbs, adjectives: mends the tagger where it contradicts the dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ....core.inflection import is_plural, singular
from .tokens import Word, Words
from .words import COLOURS, FUNCTION_WORDS, SCENE_LOOKS, SIDE_WORDS


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Lower-case base forms by kind, and forms that follow no rule ("took", "geese")."""

    nouns: frozenset[str] = frozenset()
    verbs: frozenset[str] = frozenset()
    adjectives: frozenset[str] = frozenset()
    adverbs: frozenset[str] = frozenset()
    irregular: frozenset[str] = frozenset()

    def __contains__(self, word: object) -> bool:
        kinds = (self.nouns, self.verbs, self.adjectives, self.adverbs, self.irregular)
        return any(word in kind for kind in kinds)


def corrected(words: Words, tagged: Sequence[tuple[str, str]], dictionary: Dictionary) -> Words:
    """The words with tags and lemmas put in; a tag that the dictionary rules out is mended."""
    return tuple(_corrected(w, tag, lemma, dictionary) for w, (tag, lemma) in zip(words, tagged, strict=True))


def _corrected(word: Word, tag: str, lemma: str, dictionary: Dictionary) -> Word:
    noun = word.low in dictionary.nouns or singular(word.low) in dictionary.nouns
    word = replace(word, tag=tag, lemma=lemma, nounable=noun)
    if word.low in FUNCTION_WORDS or word.low in SIDE_WORDS or not word.low.isalpha() or tag.startswith("NNP"):
        return word
    other = _other_than_noun(word.low, lemma, dictionary)
    plain = (
        not word.low.endswith(("ed", "ing", "en")) and word.low not in dictionary.adjectives and word.low not in COLOURS
    )
    misplaced = (tag.startswith("JJ") and plain and word.low not in SCENE_LOOKS) or (
        tag in ("RB", "UH", "FW", "SYM", "IN", "MD") and word.low not in dictionary.adverbs
    )
    if noun and (not other or misplaced) and not tag.startswith("NN"):
        return replace(word, tag="NNS" if is_plural(word.low) else "NN", lemma=singular(word.low))
    if tag.startswith("NN") and not noun and _is_adjective(word.low, dictionary) and word.low not in COLOURS:
        return replace(word, tag="JJR" if word.low not in dictionary.adjectives else "JJ")
    return word


def _other_than_noun(low: str, lemma: str, d: Dictionary) -> bool:
    forms = {low, lemma, low.removesuffix("s"), low.removesuffix("es"), low.removesuffix("ed"), low.removesuffix("d"),
             low.removesuffix("ing"), low.removesuffix("ing") + "e"}  # fmt: skip
    return bool(forms & d.verbs) or low in d.adjectives or low in d.adverbs


def _is_adjective(low: str, d: Dictionary) -> bool:
    stems = {low, low.removesuffix("er"), low.removesuffix("r"), low.removesuffix("ier") + "y"}
    doubled = low.removesuffix("er")[:-1] if low.endswith("er") and len(low) > 4 and low[-3] == low[-4] else low
    return bool((stems | {doubled}) & d.adjectives)
