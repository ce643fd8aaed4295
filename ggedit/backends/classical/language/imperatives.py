"""A clause in the imperative: finds the verb, reads the rest as the verb's frame says."""

from __future__ import annotations

from dataclasses import replace

from ....core.inflection import word_set
from ....core.language import EditVerb, Relation
from .changing import CHANGING
from .directions import find_relation
from .drafts import NOTHING, Draft, Reading, ask, is_new, one, thing_text, words_text
from .groups import Given, Group, Spot
from .modifiers import read_group, read_list
from .mutual import read_mutual
from .nouns import NEW, PLAIN, SAID_OF
from .placing import PLACING, insertion, read_places
from .predicates import look_of, say_of, whole_picture
from .tokens import Words, lows
from .verbs import Frame, Verb, find_verb, verb_of_form
from .words import BACKGROUND_NOUNS, BARE_VERBS, COLOUR_NOUNS, COLOURS, MATERIALS

_SEPARABLE = frozenset(("out", "off", "on", "away", "up", "down", "in"))
_PARTICLES = word_set("away out off in up down over back in")


def read_imperative(words: Words) -> Reading:
    """The clause whose verb is the first word."""
    words = _plural_leaves(words)
    verb = find_verb(words, 0)
    apart = _taken_apart(words) if verb is None or verb.length == 1 else None
    if apart is not None:
        return read_frame(*apart)
    return read_other_verb(words) if verb is None else read_frame(verb, words[verb.length :])


def _taken_apart(words: Words) -> tuple[Verb, Words] | None:
    """ "throw the suitcase out": the verb and the particle that stands behind its object."""
    for i in range(2, len(words)):
        whole = (
            find_verb((words[0], words[i]), 0) if words[i].low in _SEPARABLE and words[i - 1].low != "upside" else None
        )
        ends = i + 1 == len(words) or words[i + 1].tag in ("IN", "TO", "RB", ",") or words[i + 1].low == "to"
        if whole is not None and whole.length == 2 and ends and read_group(words[1:i], 0, PLAIN) is not None:
            return whole, (*words[1:i], *words[i + 1 :])
    return None


def _plural_leaves(words: Words) -> Words:
    """Behind an imperative no other finite verb stands: "scatter leaves" has a plural."""
    return tuple(
        replace(w, tag="NNS") if i and w.tag == "VBZ" and w.nounable and w.low != "'s" else w
        for i, w in enumerate(words)
    )


def read_frame(verb: Verb, rest: Words) -> Reading:
    """The words after a verb, read as its frame says."""
    if verb.frame in (Frame.MAKE, Frame.PUT, Frame.MOVE):
        mutual = read_mutual(rest)
        if not mutual.empty:
            return mutual
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
    if words[0].low == "what" and (behind := _behind_words(words)):
        return one(Draft(EditVerb.BACKGROUND, payload=look_of(behind)))
    groups, at = read_list(words, 0, SAID_OF)
    if len(groups) > 1 and at == len(words):
        first = read_group(words, 0, SAID_OF)
        groups, at = ((first[0],), first[1]) if first else (groups, at)
    if not groups:
        return one(Draft(EditVerb.RESTYLE, payload=look_of(words)))
    rest = words[at:]
    if groups[0].head in ("copy", "duplicate", "clone", "version") and verb.name == "make" and is_new(groups[0]):
        return PLACING[Frame.INSERT](words, Verb(Frame.INSERT, "add", 1))
    if not rest and verb.name == "get" and any(x.anchors for x in groups[0].spots):
        return PLACING[Frame.MOVE](words, verb)
    if not rest:
        return _made_nothing(groups, words, verb)
    if lows(rest[:2]) == "out of" and len(rest) > 2 and (is_new(groups[0]) or rest[2].low in MATERIALS):
        return _made_out_of(groups[0], rest[2:])
    again = as_participle(words[:at], rest)
    if again is not None:
        return again
    parts = [made_so(g, rest) for g in groups]
    return Reading(tuple(d for p in parts for d in p.drafts), tuple(q for p in parts for q in p.questions))


def _made_out_of(group: Group, stuff: Words) -> Reading:
    """ "make a dragon out of the lizard", "make the statue out of gold"."""
    found = read_group(stuff, 0, PLAIN)
    if found is None or not is_new(group):
        return say_of(group, stuff)
    return one(Draft(EditVerb.REPLACE, found[0], payload=thing_text(group), new=group))


def _behind_words(words: Words) -> Words:
    """What is said in "make what is in the background blurry"."""
    at = next((i for i, w in enumerate(words) if w.low in BACKGROUND_NOUNS), None)
    return () if at is None else words[at + 1 :]


def _replaced_by(words: Words) -> Group | None:
    """The old thing in "(let a robot) replace the waiter", "take the place of the waiter"."""
    if words[0].lemma == "replace":
        found = read_group(words, 1, PLAIN)
    elif lows(words[1:4]) == "the place of" and words[0].lemma == "take":
        found = read_group(words, 4, PLAIN)
    else:
        return None
    return found[0] if found is not None and found[1] == len(words) else None


def made_so(group: Group, rest: Words) -> Reading:
    """What is said of the thing becomes true of it."""
    if len(rest) == 1 and rest[0].tag == "NN":
        rest = (replace(rest[0], tag="JJ"),)
    old = _replaced_by(rest)
    if old is not None:
        return one(Draft(EditVerb.REPLACE, old, payload=thing_text(group), new=group))
    if (
        group.given is Given.INDEFINITE
        and not group.headless
        and (rest[0].tag in ("VB", "VBP") or rest[0].low in BARE_VERBS)
    ):
        return one(insertion(group, read_places(rest, 1, PLAIN)[0]))
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


def as_participle(target: Words, rest: Words) -> Reading | None:
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
    loose = len(rest) == 2 or (len(rest) > 2 and rest[2].tag in ("IN", "TO", "RB", ","))
    verb = verb_of_form(rest[0].low, rest[0].lemma, rest[1].low if loose else "")
    skipped = (Frame.MAKE, Frame.KEEP, Frame.COVER, Frame.GIVE, Frame.LOOK, Frame.OTHER)
    if verb is None or verb.frame in skipped or rest[0].low in ("open", "wet", "set", "lit", "broken"):
        return None
    return read_frame(verb, (*target, *rest[verb.length :]))


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


_HANDLING = frozenset(("edit", "process", "handle", "open", "load", "save", "upload", "export", "download", "use"))


def read_other_verb(words: Words) -> Reading:
    """A verb without an entry: something new is added, something known takes the verb's look."""
    if len(words) < 2:
        return NOTHING
    if words[0].low in BARE_VERBS:
        return one(Draft(EditVerb.RESTYLE, payload=words_text(words)))
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
        return Reading(tuple(d for g in groups for d in made_so(g, rest).drafts))
    if words[0].low in _HANDLING and all(whole_picture(group) for group in groups):
        return ask("What should be changed, and how?")
    payload = words_text(words[:1])
    return Reading(tuple(Draft(EditVerb.RESTYLE, None if whole_picture(g) else g, payload=payload) for g in groups))
