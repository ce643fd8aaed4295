"""The embedded tier's parser: spaCy's tags and hand-written rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ....config import Settings
from ....core.language import Clause, Context, EditVerb, Instruction
from .building import build, merged
from .clauses import read_clause
from .drafts import Reading
from .foreign import is_english
from .groups import Given
from .modifiers import read_group
from .nouns import BARE
from .segments import clauses_of
from .spelling import mend
from .tagging import Tagger
from .tokens import Words, tokenise, written

NOT_ENGLISH = (
    "This does not look like English. Without a language model only English is understood: please write it in English."
)
NOTHING_ASKED = 'I found no edit in this text. Say what to change, for example "remove the dog" or "make the car red".'


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
    words = _plain_wishes(_plain_exceptions(words))
    parts = clauses_of(words)
    readings = [read_clause(clause) for clause in parts]
    readings = [_with_topic(r, clause) if r.empty else r for r, clause in zip(readings, parts, strict=True)]
    clauses, open_questions = build(merged(readings, parts), context)
    note = " ".join((*notes, *_left_out(clauses, words))) or None
    questions = (*(q for reading in readings for q in reading.questions), *open_questions)
    if not clauses and not questions:
        questions = (NOTHING_ASKED,)
    return Instruction(text, clauses, note, questions)


def _with_topic(reading: Reading, words: Words) -> Reading:
    """Text that asks for nothing may still say what the next clause is about."""
    groups = [g[0] for i in range(len(words)) if (g := read_group(words, i, BARE)) is not None and g[0].noun]
    pointed = [g for g in groups if g.given is Given.DEFINITE]
    return replace(reading, topic=(pointed or groups)[0]) if groups else reading


def _left_out(clauses: Sequence[Clause], words: Words) -> Iterator[str]:
    """An exception that no clause carries is said, not swallowed; nor is "every second"."""
    low = [word.low for word in words]
    at = next((i for i, word in enumerate(low) if word in ("except", "excluding")), None)
    if at is not None and clauses and all(c.verb is not EditVerb.BACKGROUND for c in clauses):
        yield f'I cannot read "{written(words[at:])}": take what you do not mean out of the chosen objects.'
    every = next((i for i, word in enumerate(low[:-1]) if word == "every" and low[i + 1] in _STEPS), None)
    if every is not None and clauses:
        named = written(words[every : every + 2])
        yield f'I cannot count "{named}": take what you do not mean out of the chosen objects.'


_STEPS = frozenset(("second", "third", "fourth", "fifth", "other"))
_EXCEPTIONS = (("apart", "from"), ("aside", "from"), ("other", "than"), ("but", "for"), ("but", "not"))
_EVERY = frozenset(("all", "every", "each", "everything", "everyone"))


def _plain_exceptions(words: Words) -> Words:
    """ "apart from the red one" and "all cups but the left one" with the word "except"."""
    for at in range(1, len(words)):
        pair = tuple(word.low for word in words[at : at + 2])
        every = any(word.low in _EVERY for word in words[:at])
        length = 2 if pair in _EXCEPTIONS else 1 if every and pair in (("but", "the"), ("but", "one")) else 0
        if length and (every or pair[0] != "but"):
            text = written(words[at : at + length])
            mended = replace(
                words[at], text=text, low="except", lemma="except", tag="IN", end=words[at + length - 1].end
            )
            return (*words[:at], mended, *words[at + length :])
    return words


_FETCH = frozenset(("give", "get", "bring", "fetch", "grab", "find", "gimme"))
_NEW = frozenset(("a", "an", "some", "another", "two", "three", "four", "five"))


def _plain_wishes(words: Words) -> Words:
    """ "bring me a cup" with the word "add"."""
    for at in range(len(words) - 2):
        verb, whom, what = words[at : at + 3]
        if verb.low in _FETCH and whom.low in ("me", "us") and what.low in _NEW:
            mended = replace(verb, text=written((verb, whom)), low="add", lemma="add", tag="VB", end=whom.end)
            return (*words[:at], mended, *words[at + 2 :])
    return words
