"""Statements of what should be so: "the cat must be banished", "its colour ought to be red"."""

from __future__ import annotations

from dataclasses import replace

from ....core.inflection import word_set
from ....core.language import EditVerb
from .changing import rest_of_picture
from .drafts import NOTHING, Draft, Reading, is_background, is_new, one
from .groups import Group
from .imperatives import as_participle, made_so, read_frame, read_there
from .modifiers import read_group, read_list
from .mutual import read_mutual
from .nouns import PLAIN, SAID_OF
from .placing import PLACING, insertion, read_places
from .predicates import look_of
from .tokens import Words, lows
from .verbs import Frame, Verb, find_verb

_REMOVE = Verb(Frame.REMOVE, "remove", 1)
_WELCOME = word_set("lovely nice great good perfect cool awesome wonderful fine fun fantastic better amazing")
_GETTING = word_set("use want wants need needs get gets have has deserves deserve with")
_GIFT_OPENINGS = word_set("a an some two three four more another")
_AUXILIARIES = word_set(
    "should must needs need has have had to ought be is are was were being been shall will would can could may might "
    "not never 's also now get gets become becomes got supposed want wants deserve deserves already instead "
    "just all both"
)
_STAYING = frozenset(("stay", "stays", "remain", "remains", "keep", "keeps"))
_SHOWING = word_set("show be become depict contain have look like to")


def read_subject(words: Words) -> Reading:
    """A thing and what must be so."""
    if words and words[0].low == "there":
        return read_there(words[1:])
    groups, at = read_list(words, 0, SAID_OF)
    if not groups:
        return NOTHING
    subject, (rest, negated, getting) = words[:at], _after_auxiliaries(words[at:])
    if getting and rest and rest[0].low in _GIFT_OPENINGS:
        return PLACING[Frame.GIVE]((*subject, *_without_it(rest)), Verb(Frame.GIVE, "give", 1))
    if not rest:
        return NOTHING
    if negated:
        return read_frame(_REMOVE, subject) if rest[0].low in ("here", "there", "visible") else NOTHING
    again = as_participle(subject, rest) or _by_itself(subject, rest)
    if again is not None:
        return again
    mutual = read_mutual((*subject, *rest))
    if not mutual.empty:
        return mutual
    if is_background(groups[0]):
        return one(Draft(EditVerb.BACKGROUND, payload=look_of(_shown(rest))))
    if rest[0].low in _STAYING:
        payload = rest_of_picture(rest[1:])
        kept = Draft(EditVerb.BACKGROUND, groups[0], payload=payload, spared=groups[1:])
        return one(kept) if payload else NOTHING
    parts = [_asserted(g, rest) for g in groups]
    return Reading(tuple(d for p in parts for d in p.drafts), tuple(q for p in parts for q in p.questions))


def _after_auxiliaries(words: Words) -> tuple[Words, bool, bool]:
    """The words after "should be" and the like; whether "not" was among them; whether they end
    in a word of getting ("needs", "could do with")."""
    negated = getting = False
    while words and (words[0].tag == "MD" or words[0].low in _AUXILIARIES or lows(words[:2]) in ("do with", "use a")):
        if lows(words[:2]) == "do with":
            words, getting = words[2:], True
            break
        negated = negated or words[0].low in ("not", "never")
        getting = words[0].low in _GETTING
        words = words[1:]
        if getting and words and words[0].low in _GIFT_OPENINGS:
            break
    return words, negated, getting


def _by_itself(subject: Words, rest: Words) -> Reading | None:
    """ "the plate should move to the right", "the moon should shrink"."""
    verb = find_verb(rest, 0)
    if verb is None or verb.frame not in (Frame.MOVE, Frame.RESIZE, Frame.FLIP) or rest[0].tag.startswith("NN"):
        return None
    if len(rest) > verb.length and read_group(rest, verb.length, PLAIN) is not None:
        return None
    return read_frame(verb, (*subject, *rest[verb.length :]))


def _shown(words: Words) -> Words:
    while len(words) > 1 and words[0].low in _SHOWING:
        words = words[1:]
    return words


def _without_it(words: Words) -> Words:
    """ "needs a plant on it": the place is the thing itself."""
    itself = len(words) > 2 and lows(words[-2:]) in ("on it", "in it", "on them", "on top", "with it")
    return words[:-2] if itself else words


def _asserted(group: Group, rest: Words) -> Reading:
    if is_new(group) and not group.pronoun:
        places, _ = read_places(rest, 0, PLAIN)
        if places:
            return one(insertion(group, places))
        spots = tuple(s for s in group.spots if s.anchors)
        if spots and rest[-1].low in _WELCOME:
            return one(insertion(replace(group, spots=()), spots))
    return made_so(group, rest)
