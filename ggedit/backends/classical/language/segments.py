"""Cuts an instruction into clauses and takes politeness and filler off their openings."""

from __future__ import annotations

import re

from ....core.inflection import word_set
from .directions import find_relation
from .groups import Given
from .modifiers import read_group, read_list, read_spots
from .nouns import BARE, PLAIN, SAID_OF, read_noun
from .tokens import SENTENCE_END, Words, lows
from .verbs import NOUN_TOO, Frame, find_verb
from .words import COLOURS, phrases

_OPENINGS: tuple[str, ...] = tuple(
    sorted(
        phrases(
            "please|kindly|could you|can you|would you|will you|could we|can we|may i ask you to|would you mind|"
            "do you mind|i want you to|i need you to|i would like you to|i was wondering whether you could|"
            "i wonder whether you could|i was wondering if you can|i would love you to|i would like to|i want to|"
            "i need to|i would love to|i wish to|i am going to|i would prefer to|we need to|we want to|we should|"
            "we could|we must|you should|you must|you could|you can|you need to|you have to|you may|you might|"
            "let us|let me|try to|try|go ahead and|be so kind as to|be so good as to|be a dear and|feel free to|"
            "make sure to|make sure you|be sure to|see to it that|ensure that|make sure that|make sure|"
            "make certain that|have someone|"
            "let someone|have somebody|get someone to|i ask you that you|how about we|how about|what if you|"
            "what if we|what if|why not|"
            "why do not you|why do not we|it would be nice if you|it would be nice if|it would be great if you|"
            "it would be great if|it would be good to|i was wondering if you could|i wonder if you could|"
            "i was hoping you could|is it possible to|is it possible for you to|would it be possible to|"
            "i think you should|i think we should|i think|maybe you could|i ask you to|i ask that you|"
            "your task is to|the task is to|hey|hi|hello|ok|okay|so|well|now|then|next|finally|lastly|"
            "first of all|first|firstly|secondly|second|third|thirdly|also|and|but|or|plus|after that|afterwards|"
            "after this|once done|in addition|additionally|furthermore|moreover|at last|at the same time|"
            "meanwhile|if you can|if possible|if you could|if you would|if you do not mind|if you please|just|"
            "simply|maybe|perhaps|again|instead|to start|to begin|for me|thanks|thank you|dear editor|dear|"
            "with the picture|with this picture|in this picture|in the picture|in this image|in the image|"
            "in this photo|in the photo|in the scene|from this picture|from the picture|for this picture|sir|"
            "madam|buddy|friend|mate|as well|while you are at it|, |, please|go and|come and|proceed to|help me|"
            "help me to|help|begin by|start by|end by|finish by|in a flash|without delay|at once|right away|"
            "with care|with great care|as quickly as possible|in one swift motion|would you be able to|"
            "are you able to|sorry to bother you|sorry|do you think you could|is there any way to|any chance you could|"
            "i was hoping to|whether you could|whether you can|whether you would|whether we could|oh|hi there|"
            "hello there|dear all|actually"
        ),
        key=lambda p: -p.count(" "),
    )
)
_PRAISED = re.compile(
    r"^it (?:would|will|might|could) be (?:really |so |very )?\w+ "
    r"(?:to have |to see |to |if you could |if you would |if you |if we could |if we |if )"
    r"|^i (?:would|will) (?:be|appreciate) (?:it |very |so |most |really )*(?:\w+ )?if you (?:could |would |can )?"
)
_FILLER = frozenset((",", "-", "&", ":"))
_JOINTS = frozenset(("and", ",", ":", "but", "then", "while", "before", "after", "plus", "also", "&"))
_GROUP_OPENERS = ("DT", "PRP", "PRP$", "CD", "PDT")
_MODAL = word_set(
    "should must needs need has have ought shall will would can could may might is are was were becomes gets"
)


def clauses_of(words: Words) -> tuple[Words, ...]:
    """The words of each clause, in order, openings stripped, gapped verbs put back."""
    found: list[Words] = []
    for sentence in _sentences(words):
        found += _cut(strip_opening(sentence))
    return tuple(c for c in (strip_closing(strip_opening(c)) for c in found) if c)


def _sentences(words: Words) -> list[Words]:
    parts: list[Words] = []
    start = 0
    for i, word in enumerate(words):
        if word.low in SENTENCE_END:
            parts.append(words[start:i])
            start = i + 1
    return [p for p in (*parts, words[start:]) if p]


def _cut(words: Words) -> list[Words]:
    parts: list[Words] = []
    start, i = 0, 1
    while i < len(words):
        if words[i].low not in _JOINTS:
            i += 1
            continue
        after = i
        while after < len(words) and words[after].low in _JOINTS | _FILLER:
            after += 1
        rest = strip_opening(words[after:])
        then = any(word.low == "then" for word in words[i:after])
        verb = _gapped(words[start:i], words[after:]) or (_repeated(words[start:i], rest) if then else ())
        following = bool(rest) and (starts_clause(rest) or (then and not verb))
        following = following and not (_only_things(words[start:i]) and find_verb(rest, 0) is None)
        if following and not _opens_with_place(words[start:i]):
            parts.append(words[start:i])
            start, i = len(words) - len(rest), len(words) - len(rest) + 1
        elif verb:
            parts.append(words[start:i])
            words = (*words[:after], *verb, *words[after:])
            start, i = after, after + len(verb) + 1
        else:
            i = after
    return [*parts, words[start:]]


def _only_things(words: Words) -> bool:
    """ "the cup (and the plate should be red)": no clause of its own."""
    groups, at = read_list(words, 0, SAID_OF) if words[0].tag in _GROUP_OPENERS else ((), 0)
    return bool(groups) and at == len(words)


def _opens_with_place(words: Words) -> bool:
    """ "atop the bus, position a man": the comma does not end a clause."""
    return find_verb(words, 0) is None and (
        find_relation(words, 0) is not None or words[0].low in ("with", "instead", "for", "where", "rather")
    )


def starts_clause(words: Words) -> bool:
    """Whether a new clause starts here: an edit verb with its object, or a thing and a modal."""
    if words[0].low in ("i", "there", "we", "you") and len(words) > 2:
        return True
    verb = find_verb(words, 0)
    if verb is not None and len(words) > verb.length:
        following = words[verb.length]
        opens = following.tag in _GROUP_OPENERS or following.low in ("it", "them", "him", "her", "there", "everything")
        if opens or (
            verb.name not in NOUN_TOO and (words[0].tag.startswith("VB") or following.tag.startswith(("NN", "JJ")))
        ):
            return True
        if verb.name not in NOUN_TOO and verb.length > 1:
            return True
    if words[0].low in ("do", "never") and words[0].tag.startswith(("VB", "RB")):
        return True
    if (
        words[0].tag in ("VB",)
        and words[0].low not in COLOURS
        and words[1:2]
        and words[1].low in ("the", "a", "an", "him", "it", "them")
    ):
        from_bare = words[0].low in _BARE
        return not from_bare
    group = read_group(words, 0, SAID_OF)
    return (
        group is not None
        and group[1] < len(words) - 1
        and (words[group[1]].tag == "MD" or words[group[1]].low in _MODAL)
    )


def _all_but(words: Words) -> bool:
    """ "everything but the dog", "everyone else"."""
    return words[0].low.startswith("every") and lows(words[1:2]) == "except"


def _repeated(before: Words, after: Words) -> Words:
    """The verb to repeat in "remove the dog, then the cat"."""
    before = strip_opening(before)
    verb = find_verb(before, 0) if before else None
    if verb is None or verb.frame not in (Frame.REMOVE, Frame.LOOK, Frame.FLIP, Frame.COPY, Frame.INSERT):
        return ()
    groups, at = read_list(after, 0, PLAIN)
    return before[: verb.length] if groups and at == len(after) else ()


_BARE = word_set("wear hold ride carry have look read play eat drink face hug kiss kick push pull chase be get")


def _gapped(before: Words, after: Words) -> Words:
    """The verb to repeat in "make the car red and the bike blue"; nothing where no gap is."""
    before = strip_opening(before)
    verb = find_verb(before, 0) if before else None
    if verb is None or not after:
        return ()
    placing = verb.frame in (Frame.MOVE, Frame.PUT, Frame.INSERT, Frame.COPY)
    if verb.frame in (Frame.MAKE, Frame.PAINT, Frame.TURN) and _all_but(after):
        return before[: verb.length]
    first = read_group(before, verb.length, BARE if placing else SAID_OF)
    second = read_noun(after, 0, SAID_OF) if placing else read_group(after, 0, SAID_OF)
    if first is None or second is None or second[1] >= len(after):
        return ()
    if placing:
        placed = any(
            w.low == "to" or find_relation(before, i) is not None for i, w in enumerate(before) if i >= first[1]
        )
        return before[: verb.length] if placed and read_spots(after, second[1], BARE) is not None else ()
    if second[0].given is not Given.DEFINITE:
        return ()
    rest, marker = before[first[1] :], after[second[1]]
    if not rest or rest[0].low in _JOINTS:
        return ()
    if verb.frame in (Frame.MAKE, Frame.PAINT, Frame.TURN):
        said = (
            marker.tag.startswith(("JJ", "DT"))
            or marker.low in COLOURS
            or marker.low in ("into", "to", "look", "wear", "except")
        )
        return before[: verb.length] if said and marker.low not in ("and", ",") else ()
    if verb.frame is Frame.REPLACE:
        return before[: verb.length] if marker.low in ("with", "by", "for") else ()
    return ()


def strip_opening(words: Words) -> Words:
    """Without politeness, sequence words and adverbs in front of the verb."""
    while words:
        rest = _strip_once(words)
        if rest is words:
            return words
        words = rest
    return words


def _strip_once(words: Words) -> Words:
    if words[0].low in _FILLER:
        return words[1:]
    praised = _PRAISED.match(lows(words[:8]))
    if praised is not None:
        return words[praised.group().count(" ") :]
    for opening in _OPENINGS:
        length = opening.count(" ") + 1
        if lows(words[:length]) == opening and len(words) > length and not _verb_itself(words, opening):
            return words[length:]
    adverb = words[0].tag == "RB" and words[0].low.endswith("ly") and len(words) > 1
    return words[1:] if adverb else words


def _verb_itself(words: Words, opening: str) -> bool:
    """ "second from the left", "next to": the word belongs to what follows."""
    if opening in ("second", "third", "first", "next", "so", "try", "then", "instead", "well", "now"):
        return words[1].low in ("from", "to", "of", "cup", "one") or (
            opening in ("first", "second", "third") and words[1].tag.startswith("NN")
        )
    return False


_CLOSINGS = phrases(
    "please|thanks|thank you|for me|if you can|if possible|if you please|if you would|if you do not mind|"
    "will you|would you|now|right now|right away|immediately|at once|for good|entirely|completely|altogether|too|"
    "as well|also|in this picture|in the picture|in this image|in the image|in this photo|in the photo|"
    "of this picture|of the picture|and|,|but|then|forever|for ever|once and for all|without a trace|"
    "and nothing else|nothing else|only|with flair|"
    "but not too much|but not by much|but only slightly|but not too bright|"
    "with care|ok|okay|cheers|thanks a lot|many thanks|thx|ta"
)


def strip_closing(words: Words) -> Words:
    """Without thanks and the like at the end."""
    changed = True
    while changed and words:
        changed = False
        for closing in _CLOSINGS:
            length = closing.count(" ") + 1
            if len(words) > length and lows(words[-length:]) == closing:
                words, changed = words[:-length], True
    return words
