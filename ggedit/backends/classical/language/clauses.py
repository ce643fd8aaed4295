"""One clause: imperative, wish, statement, or a fragment that names a look."""

from __future__ import annotations

from dataclasses import replace

from ....core.language import EditVerb
from .drafts import NOTHING, Draft, Reading, ask, is_new, one, span_of, thing_text
from .groups import Spot
from .imperatives import read_frame, read_imperative, read_make, read_other_verb, read_subject, read_there
from .modifiers import read_group, read_list, read_spots
from .nouns import NEW, PLAIN, SAID_OF
from .placing import insertion, read_places
from .predicates import is_scene_look, look_of
from .tokens import Words, lows
from .verbs import NOUN_TOO, Frame, Verb, find_verb
from .words import COLOURS, SCENE_LOOKS, phrases, word_set

_WISHES = phrases(
    "i would like to see|i want to see|i would love to see|i wish to see|i need to see|i would like|i want|i need|"
    "i would love|i wish|we need|we want|i would prefer|i prefer|i request|i demand|i desire|let us see|show me|"
    "i could use|imagine|we would like|want|need"
)
_NOT_WISHES = phrases(
    "i do not want to see|i do not want|i do not need|i do not like|i hate|we do not want|we do not need|"
    "i would rather not see|i no longer want|there should not be|there must not be"
)
_REMOVE = Verb(Frame.REMOVE, "remove", 1)


def read_clause(words: Words) -> Reading:
    """What one clause asks for."""
    reading = _read(words)
    start, end = span_of(words)
    return replace(
        reading, drafts=tuple(d if d.start >= 0 else replace(d, start=start, end=end) for d in reading.drafts)
    )


def _read(words: Words) -> Reading:
    if lows(words[:2]) in ("do not", "did not", "should not") or words[0].low in ("never", "without"):
        return _negative(words)
    for reader in (_instead, _wish, _fronted, _imperative, _statement, _no_thing):
        reading = reader(words)
        if not reading.empty:
            return reading
    return _fragment(words)


def _negative(words: Words) -> Reading:
    if words[0].low == "without" and len(words) > 1 and not words[1].low.endswith("ing"):
        return read_frame(_REMOVE, words[1:])
    return NOTHING


def _imperative(words: Words) -> Reading:
    verb = find_verb(words, 0)
    if verb is None:
        plain = words[0].tag in ("VB", "VBP") and len(words) > 1
        return read_other_verb(words) if plain and read_group(words, 1, PLAIN) is not None else NOTHING
    rest = words[verb.length :]
    if verb.name in NOUN_TOO and rest and _is_subject(words):
        return NOTHING
    return read_imperative(words) if rest or verb.frame in (Frame.LOOK, Frame.REMOVE, Frame.MOVE) else NOTHING


def _is_subject(words: Words) -> bool:
    """ "light is a rainbow": the verb-like word is the subject."""
    return len(words) > 1 and (words[1].tag == "MD" or words[1].low in ("is", "are", "should", "must"))


def _wish(words: Words) -> Reading:
    text = lows(words[:7])
    for opening in _NOT_WISHES:
        if text.startswith(opening + " "):
            return read_frame(_REMOVE, words[opening.count(" ") + 1 :])
    for opening in _WISHES:
        if text.startswith(opening + " "):
            return _wished(words[opening.count(" ") + 1 :])
    return NOTHING


def _wished(words: Words) -> Reading:
    if words[0].low == "to" and len(words) > 1:
        return read_clause(words[1:])
    if words[0].low == "there":
        return read_there(words[1:])
    if words[0].low == "that" and len(words) > 1 and words[1].tag in ("DT", "PRP"):
        words = words[1:]
    if words[0].low == "no":
        return read_frame(_REMOVE, words[1:])
    groups, at = read_list(words, 0, SAID_OF)
    if not groups:
        return NOTHING
    if is_new(groups[0]) and not groups[0].pronoun:
        groups, at = read_list(words, 0, NEW)
        places, _ = read_places(words, at, PLAIN)
        if places or at == len(words):
            return Reading(tuple(insertion(g, places) for g in groups))
    if at == len(words):
        return ask(f"What should happen to {groups[0].surface or groups[0].phrase}?")
    return read_make(words, Verb(Frame.MAKE, "make", 1))


def _fronted(words: Words) -> Reading:
    """A place in front: "atop the bus, position a man"."""
    found = read_spots(words, 0, PLAIN)
    if found is None or found[1] >= len(words):
        return NOTHING
    at = found[1]
    while at < len(words) and words[at].low in (",", "please", "there"):
        at += 1
    rest = words[at:]
    if not rest or not (find_verb(rest, 0) or rest[0].tag.startswith("VB") or _has_modal(rest)):
        return NOTHING
    reading = read_clause(rest)
    return replace(reading, drafts=tuple(_at_place(d, found[0]) for d in reading.drafts))


def _has_modal(words: Words) -> bool:
    return any(w.tag == "MD" or w.low in ("is", "are") for w in words)


def _at_place(draft: Draft, spots: tuple[Spot, ...]) -> Draft:
    placed = (EditVerb.INSERT, EditVerb.MOVE, EditVerb.DUPLICATE, EditVerb.RELATE)
    if draft.verb in placed and not draft.places:
        return replace(draft, places=spots)
    if draft.target is not None and draft.verb not in placed:
        return replace(draft, target=draft.target.with_spots(*spots))
    return draft


def _instead(words: Words) -> Reading:
    """ "instead of a garden, make it a house", "a cat instead of the dog"."""
    at = next(
        (
            i
            for i in range(len(words) - 1)
            if lows(words[i : i + 2]) == "instead of" or lows(words[i : i + 3]) in _IN_PLACE_OF
        ),
        None,
    )
    if at is None:
        return NOTHING
    skip = 2 if words[at].low == "instead" else 4 if words[at + 1].low == "the" else 3
    old = read_group(words, at + skip, PLAIN)
    if old is None:
        rest = words[at + skip :]
        comma = next((i for i, w in enumerate(rest) if w.low == ","), None)
        return read_clause(rest[comma + 1 :]) if comma is not None and rest[comma + 1 :] else NOTHING
    new = words[:at] if at else words[old[1] :]
    while new and (
        new[0].low in (",", "there", "is", "use", "put", "have", "make", "it", "be", "show", "draw", "let")
        or find_verb(new, 0)
    ):
        new = new[1:]
    thing = read_group(new, 0, NEW)
    if thing is None:
        return NOTHING
    return one(Draft(EditVerb.REPLACE, old[0], payload=thing_text(thing[0]), new=thing[0]))


_IN_PLACE_OF = ("in place of", "in the place")


def _statement(words: Words) -> Reading:
    if words[0].low == "there":
        return read_there(words[1:])
    group = read_group(words, 0, SAID_OF)
    if group is None:
        return NOTHING
    at = group[1]
    while at < len(words) and words[at].low in (",", "and"):
        return NOTHING
    if at >= len(words):
        return NOTHING
    if words[at].tag == "MD" or words[at].low in _SAYS:
        return read_subject(words)
    if words[at].tag in ("VBZ", "VBP") and is_new(group[0]):
        places, _ = read_places(words, at + 1, PLAIN)
        fresh = read_group(words, 0, NEW)
        return one(insertion(fresh[0], places)) if fresh else NOTHING
    return NOTHING


_SAYS = word_set(
    "is are was were be becomes become must should needs need has have ought 's gets get turns goes wears wear"
)


def _no_thing(words: Words) -> Reading:
    if words[0].low == "no" and len(words) > 1 and (words[1].tag.startswith(("NN", "JJ")) or words[1].low == "more"):
        return read_frame(_REMOVE, words[1 + (words[1].low == "more") :])
    return NOTHING


def _fragment(words: Words) -> Reading:
    """ "more like a painting", "in the fog", "as a sketch": a look of the whole picture."""
    text = lows(words)
    opening = words[0].low in (
        "as",
        "in",
        "by",
        "like",
        "more",
        "less",
        "with",
        "during",
        "from",
        "at",
        "on",
        "under",
        "a",
    )
    style = is_scene_look(text) or any(w.low in SCENE_LOOKS or w.low in COLOURS for w in words)
    adjectives = all(w.tag.startswith(("JJ", "RB", "CC")) for w in words)
    if (
        (len(words) > 1 and opening and words[0].low not in ("a", "at", "on"))
        or style
        or (adjectives and words[0].tag.startswith("JJ"))
    ):
        return one(Draft(EditVerb.RESTYLE, payload=look_of(words)))
    return NOTHING
