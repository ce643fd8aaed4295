"""What is taken out: "every cup but the left one", "everything else", "all but the dog"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ....core.inflection import word_set
from ....core.language import Clause, CountKind, EditVerb, Referent
from .drafts import Draft, Reading, is_background
from .groups import Group
from .modifiers import read_list
from .nouns import MOVED, PLAIN, SAID_OF, How
from .predicates import whole_picture
from .tokens import Word, Words, lows, written
from .verbs import Frame, find_verb

EVERYTHING = word_set("everything anything all")
_EVERYONE = word_set("everyone everybody anyone anybody")
_EVERY = EVERYTHING | _EVERYONE | {"every", "each", "any", "whole", "entire"}
_PAIRS = (("apart", "from"), ("aside", "from"), ("other", "than"), ("but", "for"), ("but", "not"), ("save", "for"))
_SINGLES = frozenset(("excluding", "excepting", "besides", "minus"))
_MODALS = frozenset(("should", "must", "is", "are", "shall", "needs", "need", "has", "have", "ought"))

_UNSAID = (Frame.MAKE, Frame.TURN, Frame.PAINT)
_SEAMED = (Frame.REPLACE, Frame.SUBSTITUTE, Frame.COVER, Frame.DECORATE)
_SEAMS = frozenset(("with", "by", "for", "into"))
_WHOLE_LOOKS = (EditVerb.RESTYLE, EditVerb.REMOVE, EditVerb.REPLACE)


def plain_exceptions(words: Words) -> Words:
    """ "apart from the red one", "all cups but the left one" and "everything else" with the
    word "except"."""
    words = _without_else(words)
    for at in range(1, len(words)):
        length = _length(words, at)
        if length:
            mended = _except(words[at : at + length])
            return (*words[:at], mended, *words[at + length :])
    return words


def _length(words: Words, at: int) -> int:
    """How many words at ``at`` mean "except"; 0 for none."""
    pair, every = tuple(word.low for word in words[at : at + 2]), any(word.low in _EVERY for word in words[:at])
    if pair in _PAIRS:
        return 2 if every or pair[0] not in ("but", "save") else 0
    if pair[0] in _SINGLES and every:
        return 1
    several = words[at - 1].tag == "NNS" or every
    return 1 if pair[0] == "but" and several and _is_thing(words, at + 1) else 0


def _is_thing(words: Words, at: int) -> bool:
    """Whether a thing follows of which nothing is said: no "but the dog should be red"."""
    if at >= len(words) or words[at].tag not in ("DT", "PRP$", "PRP", "CD", "NN", "NNS", "NNP"):
        return False
    groups, end = read_list(words, at, SAID_OF)
    asserted = end < len(words) and words[end].low in _MODALS and find_verb(words, 0) is not None
    return bool(groups) and not asserted


def _except(words: Words) -> Word:
    text = written(words)
    return replace(words[0], text=text, low="except", lemma="except", tag="IN", end=words[-1].end)


def _without_else(words: Words) -> Words:
    """ "everything else", "everyone else" and "the rest" as all but what was spoken of."""
    for at in range(len(words)):
        pair = tuple(word.low for word in words[at : at + 2])
        if pair[0] in EVERYTHING | _EVERYONE and pair[1:] == ("else",):
            return (*words[: at + 1], *_but_that(words[at + 1]), *words[at + 2 :])
        if pair == ("the", "rest") and lows(words[at + 2 : at + 3]) == "of" and _rest_of_things(words, at + 2):
            end = read_list(words, at + 3, SAID_OF)[1]
            every = replace(words[at], text="all", low="all", lemma="all", tag="DT")
            return (*words[:at], every, *words[at + 3 : end], *_but_that(words[at + 1]), *words[end:])
        if pair == ("the", "rest") and lows(words[at + 2 : at + 3]) != "on" and not _rest_of_things(words, at + 2):
            every = replace(words[at], text="everything", low="everything", lemma="everything", tag="NN")
            after = at + 2 + (3 if lows(words[at + 2 : at + 4]) == "of the" else 0)
            return (*words[:at], every, *_but_that(words[at + 1]), *words[after:])
    return words


def _rest_of_things(words: Words, at: int) -> bool:
    """ "the rest of the cups" are cups; "the rest of the picture" is everything else."""
    if lows(words[at : at + 1]) != "of":
        return False
    groups, _ = read_list(words, at + 1, SAID_OF)
    return not groups or not (whole_picture(groups[0]) or is_background(groups[0]))


def _but_that(word: Word) -> Words:
    """ "except" and the pronoun for what was spoken of."""
    return _except((word,)), replace(word, low="else", lemma="else", tag="PRP")


def taken_out(words: Words) -> tuple[Words, tuple[Group, ...]]:
    """The clause without its exception, and the things that the exception names."""
    at = next((i for i, word in enumerate(words) if word.low == "except" and i), None)
    if at is None:
        return words, ()
    start = at + 1 + (lows(words[at + 1 : at + 2]) == "for")
    head = words[:at] if words[at - 1].low != "," else words[: at - 1]
    named, how = _named(words, start, head)
    groups, end = read_list(named, start, how)
    if not groups:
        return words, ()
    if head[-1].low == "all":
        head = (*head[:-1], replace(head[-1], low="everything", lemma="everything", tag="NN"))
    rest = words[end + (lows(words[end : end + 1]) == ",") :]
    return (*head, *rest), groups


def _named(words: Words, start: int, head: Words) -> tuple[Words, How]:
    """The words that may name the exception, and how to read them: where nothing was said
    before it, what follows is said of the rest ("all but the dog grey")."""
    verb = find_verb(head, 0)
    if verb is None:
        return words, SAID_OF
    unsaid = read_list(head, verb.length, PLAIN)[1] == len(head)
    if verb.frame in _SEAMED and unsaid:
        seam = next((i for i in range(start, len(words)) if words[i].low in _SEAMS), len(words))
        return words[:seam], PLAIN
    if verb.frame in (Frame.MOVE, Frame.PUT):
        return words, MOVED
    return words, SAID_OF if unsaid and verb.frame in _UNSAID else PLAIN


def sparing(reading: Reading, groups: tuple[Group, ...]) -> Reading:
    """The reading with the exception in each edit that can carry it."""
    return replace(reading, drafts=tuple(_sparing(draft, groups) for draft in reading.drafts))


def _sparing(draft: Draft, groups: tuple[Group, ...]) -> Draft:
    if _is_whole(draft):
        payload = "remove" if draft.verb is EditVerb.REMOVE else draft.payload
        return replace(draft, verb=EditVerb.BACKGROUND, target=groups[0], payload=payload, spared=groups[1:])
    several = draft.target is not None and (
        draft.target.count.kind is not CountKind.ONE or draft.target.pronoun in _EVERYONE
    )
    return replace(draft, spared=groups) if several else draft


def _is_whole(draft: Draft) -> bool:
    if draft.verb is EditVerb.BACKGROUND:
        return draft.target is None
    if draft.verb not in _WHOLE_LOOKS:
        return False
    return draft.target is None or draft.target.head in EVERYTHING or whole_picture(draft.target)


def _as_written(thing: Referent, words: Words) -> str:
    """ "the left one" as it stands in the text, unless that says nothing."""
    span = thing.span if thing.resolved_from != "else" else None
    own = tuple(w for w in words if span is not None and span.start <= w.start and w.end <= span.end)
    return written(own) if any(w.low not in ("the", "one", "ones") for w in own) else f"the {thing.phrase}"


def said_of_exceptions(clauses: Sequence[Clause], words: Words) -> Iterator[str]:
    """What the person is told: which things stay, or that the exception is not understood."""
    at = next((i for i, word in enumerate(words) if word.low == "except"), None)
    spared = [thing for clause in clauses for thing in clause.spared]
    if spared:
        named = list(dict.fromkeys(_as_written(thing, words) for thing in spared))
        yield f"Left as {'it is' if len(named) == 1 else 'they are'}: {', '.join(named)}."
    elif (
        at is not None
        and lows(words[at + 1 : at + 2]) != "else"
        and clauses
        and all(c.verb is not EditVerb.BACKGROUND for c in clauses)
    ):
        text = written(words[at:])
        yield f'I cannot read "{text}": take what you do not mean out of the chosen objects.'
