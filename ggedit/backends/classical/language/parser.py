"""The embedded tier's parser: spaCy's tags and hand-written rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ....config import Settings
from ....core.language import Clause, Context, Instruction
from .building import build, merged
from .clauses import read_clause
from .drafts import Reading
from .exceptions import plain_exceptions, said_of_exceptions
from .foreign import is_english
from .groups import Given
from .idle import asks_for_nothing
from .modifiers import read_list
from .nouns import PLAIN
from .segments import clauses_of
from .spelling import mend
from .tagging import Tagger
from .tokens import Words, lows, tokenise, written

NOT_ENGLISH = (
    "This does not look like English. Without a language model only English is understood: please write it in English."
)
NOTHING_ASKED = 'I found no edit in this text. Say what to change, for example "remove the dog" or "make the car red".'
REMARK = 'This asks for no change. Say what to change, for example "remove the dog" or "make the car red".'
"""Said of text that was understood, and asks for nothing."""


class RulesParser:
    """Reads English instructions by rules on spaCy's tags; the model is loaded at first use."""

    def __init__(self, settings: Settings) -> None:
        self._tagger = Tagger()

    def parse(self, text: str, context: Context) -> Instruction:
        """The instruction's clauses. What cannot be read becomes a question."""
        return next(self.parse_many([(text, context)]))

    def parse_texts(self, texts: Sequence[str]) -> Iterator[Instruction]:
        """One instruction for each text, without context, in order."""
        return self.parse_many([(text, Context()) for text in texts])

    def parse_many(self, asks: Sequence[tuple[str, Context]]) -> Iterator[Instruction]:
        """One instruction for each (text, context), in order; faster than one by one."""
        mended = [mend(_calm(tokenise(text), text), context, self._tagger.dictionary) for text, context in asks]
        tagged = self._tagger.tag(words for words, _ in mended)
        for (text, context), (_, notes), words in zip(asks, mended, tagged, strict=True):
            yield _read(text, context, words, notes)


def _calm(words: Words, text: str) -> Words:
    """Text in capitals is read as if it were not."""
    letters = [c for c in text if c.isalpha()]
    titled = len(words) > 3 and sum(w.text[:1].isupper() for w in words if w.low.isalpha()) > 0.9 * len(words) - 1
    loud = titled or (len(letters) > 3 and sum(c.isupper() for c in letters) > 0.6 * len(letters))
    return tuple(replace(w, text=w.text.lower()) for w in words) if loud else words


def _read(text: str, context: Context, words: Words, notes: tuple[str, ...]) -> Instruction:
    if not is_english(text, words):
        return Instruction(text, (), None, (NOT_ENGLISH,))
    words = _plain_wishes(plain_exceptions(words))
    parts = clauses_of(words)
    readings = [read_clause(clause) for clause in parts]
    readings = [_with_topic(r, clause) if r.empty else r for r, clause in zip(readings, parts, strict=True)]
    clauses, open_questions = build(merged(readings, parts), context)
    note = " ".join((*notes, *_left_out(clauses, words))) or None
    questions = (*(q for reading in readings for q in reading.questions), *open_questions)
    if not clauses and not questions:
        questions = (REMARK if parts and all(map(asks_for_nothing, parts)) else NOTHING_ASKED,)
    return Instruction(text, clauses, note, questions)


def _with_topic(reading: Reading, words: Words) -> Reading:
    """Text that asks for nothing may still say what the next clause is about."""
    for pointed in (True, False):
        for at in range(len(words)):
            groups = [g for g in read_list(words, at, PLAIN)[0] if g.noun]
            if groups and (not pointed or groups[0].given is Given.DEFINITE):
                return replace(reading, topics=tuple(groups))
    return reading


def _left_out(clauses: Sequence[Clause], words: Words) -> Iterator[str]:
    """Exceptions, and what cannot be counted ("every second"), are said, not swallowed."""
    yield from said_of_exceptions(clauses, words)
    low = [word.low for word in words]
    every = next((i for i, word in enumerate(low[:-1]) if word == "every" and low[i + 1] in _STEPS), None)
    if every is not None and clauses:
        named = written(words[every : every + 2])
        yield f'I cannot count "{named}": take what you do not mean out of the chosen objects.'


_STEPS = frozenset(("second", "third", "fourth", "fifth", "other"))


def _whoever(words: Words) -> Words:
    """ "(erase) whoever is behind the counter" as everyone, "(blur) what is behind it" as everything."""
    for at in range(1, len(words) - 2):
        every = _EVERY_ONE.get(words[at].low)
        if every is not None and words[at + 1].low in ("is", "are", "stands", "sits", "'s") and at < 4:
            thing = replace(words[at], text=every, low=every, lemma=every, tag="NN")
            return (*words[:at], thing, *words[at + 2 :])
    return words


_EVERY_ONE = {"whoever": "person", "what": "everything", "whatever": "everything"}
_SHORT_FOR = {"next to last": ("penultimate", "JJ"), "last but one": ("penultimate", "JJ"),
              "each and every": ("every", "DT")}  # fmt: skip
_FETCH = frozenset(("give", "get", "bring", "fetch", "grab", "find", "gimme"))
_NEW = frozenset(("a", "an", "some", "another", "two", "three", "four", "five"))


def _plain_wishes(words: Words) -> Words:
    """ "bring me a cup" with the word "add"; "only keep it" as "keep only it"."""
    if lows(words[:2]) in ("only keep", "just keep", "only leave", "just leave"):
        return (words[1], words[0], *words[2:])
    words = _whoever(words)
    for at in range(len(words) - 2):
        verb, whom, what = words[at : at + 3]
        short = _SHORT_FOR.get(lows((verb, whom, what)))
        if short is not None:
            mended = replace(verb, text=written((verb, whom, what)), low=short[0], tag=short[1], end=what.end)
            return (*words[:at], mended, *words[at + 3 :])
        if verb.low in _FETCH and whom.low in ("me", "us") and what.low in _NEW:
            mended = replace(verb, text=written((verb, whom)), low="add", lemma="add", tag="VB", end=whom.end)
            return (*words[:at], mended, *words[at + 2 :])
    return words
