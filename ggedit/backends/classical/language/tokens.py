"""Instruction text as words with offsets, tags and lemmas."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

_NO_WORDS = re.compile(r"</?[a-z][^<>]{0,200}>|\bhttps?://\S+|\bwww\.\S+", re.IGNORECASE)
"""Mark-up and addresses are no words; what stands on either side of them is apart."""
_INLINE = re.compile(r"</?(?:b|i|u|em|strong|small|mark|span|font|a)\b[^<>]*>", re.IGNORECASE)
"""Mark-up inside a sentence, which parts nothing."""
_ARROW = re.compile(r"[-=]+>|→")
_PIECE = re.compile(
    r"[-=]+>|→|[bB]&[wW]\b|\d+(?:[.,]\d+)?\s?%|\d+(?:\.\d+)?(?:st|nd|rd|th|x|px|s)?\b|[^\W\d_]+(?:[-'’`´][^\W_]+)*|[.,;:!?()/&+]|'|’"
)
_CLITIC = re.compile(r"^(.+?)(n['’]t|['’`´](?:s|re|ll|d|ve|m))$", re.IGNORECASE)
_CLITIC_WORDS = {"re": "are", "ll": "will", "d": "would", "ve": "have", "m": "am"}
_SPELLED_OUT: dict[str, tuple[str, ...]] = {
    "lets": ("let", "us"), "dont": ("do", "not"), "pls": ("please",), "plz": ("please",), "plse": ("please",),
    "wanna": ("want", "to"), "gonna": ("going", "to"), "gotta": ("got", "to"), "u": ("you",),
    "cannot": ("can", "not"), "thats": ("that", "is"), "bg": ("background",), "pic": ("picture",), "ur": ("your",),
    "thx": ("thanks",), "b&w": ("black", "and", "white"), "gimme": ("give", "me"),
    "doesnt": ("does", "not"), "im": ("i", "am"), "id": ("i", "would"),
    "lefthand": ("left-hand",), "righthand": ("right-hand",), "grey-scale": ("greyscale",),
    "infront": ("in", "front"), "nextto": ("next", "to"), "leftside": ("left-side",), "rightside": ("right-side",),
    "ontop": ("on", "top"), "inbetween": ("between",), "next-to-last": ("penultimate",),
    "second-to-last": ("second", "to", "last"), "second-last": ("second", "to", "last"),
    "third-to-last": ("third", "to", "last"), "third-last": ("third", "to", "last"),
}  # fmt: skip
_QUOTED = re.compile(
    r"\b(?:an?|the|this|that|his|her|its|my|your|our|their)\s+(?:[^\W\d_]+\s+){0,2}"
    r"[\"'“‘]([^\W_]+(?: [^\W_]+)+)[\"'”’](?=\s+[^\W\d_])",
    re.IGNORECASE,
)
"""Several words in quotes before a noun are one name: a red "for sale" sign."""
SENTENCE_END = frozenset(".!?;")


@dataclass(frozen=True, slots=True)
class Word:
    """One word: as written, in lower case after mending, its lemma, its Penn tag, and where it
    stands in the instruction (``start`` -1 for a word that the rules put in); ``nounable`` says
    that the dictionary has it as a noun."""

    text: str
    low: str
    lemma: str = ""
    tag: str = ""
    start: int = -1
    end: int = -1
    nounable: bool = False


Words = Sequence[Word]


def made(*lows: str) -> Words:
    """Verbs and small words that a reading puts in, without a place in the text."""
    return tuple(Word(low, low, low, "VB") for low in lows)


def tokenise(text: str) -> Words:
    """Words and punctuation in order; quotes, emoji and other symbols leave no word."""
    return tuple(_mark_possessive(_pieces(text), text))


def lows(words: Sequence[Word]) -> str:
    """The words in lower case with single spaces."""
    return " ".join(w.low for w in words)


def written(words: Sequence[Word]) -> str:
    """The words as they were written, with single spaces, apostrophes and punctuation closed up."""
    joined = " ".join(w.text for w in words)
    return re.sub(r" (?=['’]|n't\b|[,.;:!?])", "", joined).strip(" ,.;:!?")


def _pieces(text: str) -> Iterator[Word]:
    start = 0
    for gap in _NO_WORDS.finditer(text):
        yield from _words(text, start, gap.start())
        if not _INLINE.fullmatch(gap.group()):
            yield Word(";", ";", start=gap.start(), end=gap.end())
        start = gap.end()
    yield from _words(text, start, len(text))


def _words(text: str, start: int, end: int) -> Iterator[Word]:
    for quoted in _QUOTED.finditer(text, start, end):
        yield from _plain_words(text, start, quoted.start(1))
        yield Word(quoted[1], quoted[1].lower(), start=quoted.start(1), end=quoted.end(1))
        start = quoted.end(1)
    yield from _plain_words(text, start, end)


def _plain_words(text: str, start: int, end: int) -> Iterator[Word]:
    for match in _PIECE.finditer(text, start, end):
        yield from _split(match.group(), match.start())


def _split(piece: str, start: int) -> Iterator[Word]:
    end = start + len(piece)
    low = piece.lower().replace("’", "'").replace("`", "'").replace("´", "'")
    if _ARROW.fullmatch(piece):
        yield Word(":", ":", start=start, end=end)
        return
    if low in _SPELLED_OUT:
        yield from (Word(part, part, start=start, end=end) for part in _SPELLED_OUT[low])
        return
    clitic = _CLITIC.match(piece)
    if clitic is None or low in ("o'clock",):
        yield Word(piece, low, start=start, end=end)
        return
    cut = start + clitic.end(1)
    stem, tail = clitic.group(1), clitic.group(2)
    tail_low = tail.lower().replace("’", "'")
    full = "not" if tail_low.startswith("n") else _CLITIC_WORDS.get(tail_low.lstrip("'`´"), "'s")
    if full == "'s" and stem.lower() == "let":
        full = "us"
    yield Word(stem, {"ca": "can", "wo": "will"}.get(stem.lower(), stem.lower()) if full == "not" else stem.lower(),
               start=start, end=cut)  # fmt: skip
    yield Word(tail, full, start=cut, end=end)


def _mark_possessive(words: Iterable[Word], text: str) -> Iterator[Word]:
    """A bare apostrophe is the plural's possessive where it closes no quote; else it is dropped."""
    before: Word | None = None
    quoted = False
    for word in words:
        if word.low not in ("'", "’"):
            before = word
            yield word
            continue
        attached = before is not None and before.end == word.start
        if attached and not quoted and before is not None and before.low.endswith("s") and text[word.end :].strip():
            yield Word(word.text, "'s", start=word.start, end=word.end)
        quoted = not quoted
