"""Text that asks for no edit: praise, remarks, questions, and orders that are none for an editor."""

from __future__ import annotations

from ....core.inflection import word_set
from .tokens import Words, lows
from .words import FUNCTION_WORDS, PICTURE_NOUNS

PRAISE = word_set(
    "nice great good lovely beautiful awesome amazing wonderful fantastic perfect excellent cool cute pretty gorgeous "
    "stunning superb brilliant fine adorable impressive incredible magnificent splendid marvellous marvelous sweet "
    "terrific neat fabulous wow ok okay bad ugly terrible awful horrible funny interesting strange weird"
)
_MANNER = word_set("very really so such quite truly absolutely pretty rather too pretty how wow oh ah yes no not")
_WORK = word_set("job work done day one shot effort result stuff thing time editing edit try start morning afternoon")
_LOOKING = word_set("is are was were look looks looking looked seem seems have be had come comes came turned turns out")
_TALK = word_set(
    "ignore disregard forget pretend print reveal tell say explain describe list answer translate repeat summarise "
    "summarize write-down output execute obey follow remember know think believe guess understand like love hate "
    "enjoy admire watch check count find detect identify recognise recognize name send email call thank "
    "wait stop continue undo redo quit exit cancel help start try test show-me buy sell wonder hope"
)
"""Verbs of talking, knowing and liking: they change nothing in a picture."""
_NO_CHANGE = (
    "do nothing", "do not change", "do not do", "change nothing", "no change", "no changes", "never mind", "nevermind",
    "leave it", "leave everything", "leave the picture", "leave the image", "leave the photo", "keep it",
    "keep everything", "nothing to change", "nothing",
)  # fmt: skip
_AS_IT_IS = word_set("as it is are was were alone be so the way untouched unchanged same they now like this that here")


def asks_for_nothing(words: Words) -> bool:
    """Whether a clause is a remark ("nice photo", "the dress is lovely"), a question, a ban, or no
    order for an editor."""
    if words[0].low in _ASKING or words[0].low == "never" or lows(words[:2]) in _BANS:
        return True
    return _only_praise(words) or _praises(words) or _changes_nothing(words) or _talks(words) or _tells(words)


_ASKING = frozenset(("what", "who", "why", "when", "how", "which"))
_BANS = frozenset(("do not", "did not", "should not"))


def _only_praise(words: Words) -> bool:
    """ "what a beautiful picture", "great job": nothing but praise and what is praised."""
    if not any(word.low in PRAISE for word in words) or _has_wish(words):
        return False
    known = PRAISE | _MANNER | _WORK | _LOOKING | PICTURE_NOUNS | FUNCTION_WORDS
    if all(word.low in known for word in words):
        return True
    leading = [word for word in words if word.low not in ("what", "a", "an", "such", *_MANNER)][:1]
    plain = all(word.tag.startswith(("NN", "JJ", "DT", "IN", "RB", "PRP", "UH", "CC")) for word in words[1:])
    return bool(leading) and leading[0].low in PRAISE and leading[0].tag != "VB" and plain and words[-1].tag[:2] == "NN"


def _has_wish(words: Words) -> bool:
    return any(word.low in ("make", "should", "must", "more", "want", "need", "be") for word in words)


_IS = frozenset(("is", "are", "was", "were", "looks", "look", "'s"))


_ONLY = frozenset(("only", "best", "first", "last", "favourite", "favorite", "old", "new", "recent"))


def _praises(words: Words) -> bool:
    """ "the picture is beautiful", "it's a photo of my dog"."""
    at = next((i for i, word in enumerate(words) if word.low in _IS and i), None)
    if at is None or (words[0].tag.startswith("VB") and words[0].low != "is"):
        return False
    said = [w for w in words[at + 1 :] if w.low not in _MANNER | {"a", "an", "the", "just", "now"}]
    plain = PRAISE | _WORK | FUNCTION_WORDS | {"today", "yesterday"}
    if said and said[0].low in PRAISE and not _has_wish(words) and all(w.low in plain for w in said):
        return True
    said = [word for word in said if word.low not in _ONLY]
    if lows(words[:at]) in ("it", "this", "that") and lows(words[at + 1 : at + 2]) in (
        "my",
        "our",
        "his",
        "her",
        "the",
    ):
        return True
    it = lows(words[:at]) in ("it", "this", "that", "this here")
    return (
        it
        and len(said) > 1
        and said[0].low in PICTURE_NOUNS
        and said[1].low in ("of", "from", "i", "taken", "that", "with", "where")
    )


def _changes_nothing(words: Words) -> bool:
    text = f"{lows(words)} "
    opening = next((o for o in _NO_CHANGE if text.startswith(f"{o} ")), None)
    rest = words[opening.count(" ") + 1 :] if opening else words
    return opening is not None and all(
        w.low in _AS_IT_IS | FUNCTION_WORDS | {"anything", "all", "needed"} for w in rest
    )


def _tells(words: Words) -> bool:
    """ "we took this picture in May", "I like the car", "my mother would like a hat": what was or
    is so, or what somebody else wants."""
    if any(word.low in _HOPES for word in words[:5]) or any(word.low == "not" for word in words[1:4]):
        return False
    verb = next((word for word in words[1:4] if word.tag[:2] in ("VB", "MD")), None)
    if words[0].low in _TELLERS and verb is not None and (verb.tag == "VBD" or verb.lemma in _FEELS):
        return verb.low not in ("would", "'d", "could")
    liking = next((i for i in range(1, len(words) - 2) if lows(words[i : i + 2]) in _LIKINGS), None)
    other = liking is not None and words[0].low in _OTHERS
    return other or _was(words)


def _was(words: Words) -> bool:
    """ "the light was so soft": how it was; "if it was winter" is a wish."""
    at = next((i for i, word in enumerate(words) if word.low == "was" and i), None)
    return at is not None and words[0].tag in ("DT", "PRP", "PRP$", "EX") and all(w.tag[:2] != "VB" for w in words[:at])


_OTHERS = frozenset(("my", "his", "her", "our", "their", "she", "he", "they", "somebody", "someone", "people"))
_TELLERS = _OTHERS | {"i", "we", "you"}
_FEELS = frozenset(("like", "love", "enjoy", "think", "believe", "know", "remember", "admire", "guess", "adore"))
_HOPES = frozenset(("wish", "wondering", "hoping", "wanted", "wondered", "hoped", "if"))
_LIKINGS = frozenset(("would like", "would love", "wants to", "wants a", "would prefer", "hopes to"))


def _talks(words: Words) -> bool:
    return words[0].low in _TALK and words[0].tag in ("VB", "VBP", "NN", "JJ", "UH", "NNP")
