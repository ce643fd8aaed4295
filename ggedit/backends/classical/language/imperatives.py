"""A clause in the imperative: finds the verb, reads the rest as the verb's frame says."""

from __future__ import annotations

from ....core.language import EditVerb, Relation
from .changing import CHANGING
from .directions import find_relation
from .drafts import NOTHING, Draft, Reading, ask, is_new, one, thing_text, words_text
from .groups import Group, Spot
from .modifiers import read_group, read_list
from .nouns import NEW, PLAIN, SAID_OF
from .placing import PLACING, insertion, read_places
from .predicates import look_of, say_of, whole_picture
from .tokens import Words
from .verbs import Frame, Verb, find_verb, verb_of_form
from .words import COLOUR_NOUNS, COLOURS, word_set

_PARTICLES = word_set("away out off in up down over back in")


def read_imperative(words: Words) -> Reading:
    """The clause whose verb is the first word."""
    verb = find_verb(words, 0)
    if verb is None:
        return read_other_verb(words)
    return read_frame(verb, words[verb.length :])


def read_frame(verb: Verb, rest: Words) -> Reading:
    """The words after a verb, read as its frame says."""
    if verb.frame is Frame.MAKE:
        return read_make(rest, verb)
    if rest and rest[0].low in _PARTICLES and verb.frame in (Frame.REMOVE, Frame.REPLACE) and len(rest) > 1:
        rest = rest[1:] if find_relation(rest, 0) is None or rest[0].low in ("away", "out") else rest
    reader = CHANGING.get(verb.frame) or PLACING[verb.frame]
    return reader(rest, verb)


def read_make(words: Words, verb: Verb) -> Reading:
    """ "make the car red", "have her smile", "let there be light", "get rid of it"."""
    if not words:
        return ask("What should be changed, and how?")
    if words[0].low == "there":
        return read_there(words[1:])
    if words[0].low in ("sure", "certain") and len(words) > 2:
        from_that = 2 if words[1].low == "that" else 1
        return read_subject(words[from_that:])
    groups, at = read_list(words, 0, SAID_OF)
    if len(groups) > 1 and at == len(words):
        first = read_group(words, 0, SAID_OF)
        groups, at = ((first[0],), first[1]) if first else (groups, at)
    if not groups:
        return one(Draft(EditVerb.RESTYLE, payload=look_of(words)))
    rest = words[at:]
    if groups[0].head in ("copy", "duplicate", "clone", "version") and verb.name == "make" and is_new(groups[0]):
        return PLACING[Frame.INSERT](words, Verb(Frame.INSERT, "add", 1))
    if not rest:
        return _made_nothing(groups, words, verb)
    again = _as_participle(words[:at], rest)
    if again is not None:
        return again
    parts = [_made(g, rest) for g in groups]
    return Reading(tuple(d for p in parts for d in p.drafts), tuple(q for p in parts for q in p.questions))


def _made(group: Group, rest: Words) -> Reading:
    if group.head in COLOUR_NOUNS and group.spots and group.spots[-1].anchors:
        return say_of(group.spots[-1].anchors[0], rest)
    if whole_picture(group):
        return say_of(None, rest)
    return say_of(group, rest)


def _made_nothing(groups: tuple[Group, ...], words: Words, verb: Verb) -> Reading:
    """ "make baroque", "have a dog on the sofa": nothing is said of what was read."""
    group = groups[0]
    if verb.name in ("have", "get") and is_new(group) and not group.headless:
        return read_there(words)
    if is_new(group) and not group.pronoun:
        return one(Draft(EditVerb.RESTYLE, payload=look_of(words)))
    return ask(f"What should {group.surface or group.phrase} become?")


def _as_participle(target: Words, rest: Words) -> Reading | None:
    """ "have the dog removed", "make the wall painted red": the verb in its plain form."""
    while (
        rest
        and rest[0].low in ("to", "be", "being", "get", "completely", "entirely", "been", "totally")
        and len(rest) > 1
    ):
        rest = rest[1:]
    if (
        rest[0].tag not in ("VBN", "VBD", "JJ")
        or rest[0].low in COLOURS
        or not rest[0].low.endswith(("ed", "en", "t", "n", "ne", "g"))
    ):
        return None
    verb = verb_of_form(rest[0].low, rest[0].lemma)
    skipped = (Frame.MAKE, Frame.KEEP, Frame.COVER, Frame.GIVE, Frame.LOOK, Frame.OTHER)
    if verb is None or verb.frame in skipped or rest[0].low in ("open", "wet", "set", "lit", "broken"):
        return None
    return read_frame(verb, (*target, *rest[1:]))


def read_there(words: Words) -> Reading:
    """ "let there be a dog on the sofa", "there should be no people"."""
    while words and (
        words[0].tag == "MD"
        or words[0].low in ("be", "is", "are", "to", "should", "was", "were", "also", "must", "needs")
    ):
        words = words[1:]
    if words and words[0].low in ("no", "not"):
        return read_frame(Verb(Frame.REMOVE, "remove", 1), words[1 + (words[1:2] != () and words[1].low == "any") :])
    groups, at = read_list(words, 0, NEW)
    if not groups:
        return NOTHING
    places, _ = read_places(words, at, PLAIN)
    return Reading(tuple(insertion(g, places) for g in groups))


def read_subject(words: Words) -> Reading:
    """A thing and what must be so: "the cat must be banished", "its colour ought to be red"."""
    if words and words[0].low == "there":
        return read_there(words[1:])
    groups, at = read_list(words, 0, SAID_OF)
    if not groups:
        return NOTHING
    rest = words[at:]
    negated = False
    while rest and (rest[0].tag == "MD" or rest[0].low in _AUXILIARIES):
        negated = negated or rest[0].low in ("not", "never")
        rest = rest[1:]
    if not rest:
        return NOTHING
    if negated:
        return (
            read_frame(Verb(Frame.REMOVE, "remove", 1), words[:at])
            if rest[0].low in ("here", "there", "visible")
            else NOTHING
        )
    again = _as_participle(words[:at], rest)
    if again is not None:
        return again
    parts = [_asserted(g, rest) for g in groups]
    return Reading(tuple(d for p in parts for d in p.drafts), tuple(q for p in parts for q in p.questions))


_AUXILIARIES = word_set(
    "should must needs need has have had to ought be is are was were being been shall will would can could may "
    "might not never 's also now get gets become becomes got supposed want wants already instead just"
)


def _asserted(group: Group, rest: Words) -> Reading:
    if is_new(group) and not group.pronoun:
        places, _ = read_places(rest, 0, PLAIN)
        if places:
            return one(insertion(group, places))
    return _made(group, rest)


def read_other_verb(words: Words) -> Reading:
    """A verb without an entry: something new is added, something known takes the verb's look."""
    if len(words) < 2:
        return NOTHING
    groups, at = read_list(words, 1, PLAIN)
    if not groups:
        return NOTHING
    with_ = next((i for i in range(at, len(words)) if words[i].low == "with"), None)
    gifts = read_list(words, with_ + 1, NEW)[0] if with_ is not None else ()
    if gifts:
        spot = (Spot(Relation.ON, (groups[0],)),)
        return Reading(tuple(Draft(EditVerb.INSERT, None, spot, thing_text(g), g) for g in gifts))
    if is_new(groups[0]) and groups[0].given.value == "indefinite":
        fresh, end = read_list(words, 1, NEW)
        places, _ = read_places(words, end, PLAIN)
        return Reading(tuple(insertion(g, places) for g in fresh))
    rest = words[at:]
    if rest:
        return Reading(tuple(d for g in groups for d in _made(g, rest).drafts))
    return Reading(tuple(Draft(EditVerb.RESTYLE, g, payload=words_text(words[:1])) for g in groups))
