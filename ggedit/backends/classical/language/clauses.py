"""One clause: imperative, wish, statement, or a fragment that names a look."""

from __future__ import annotations

from dataclasses import replace

from ....core.inflection import word_set
from ....core.language import EditVerb, Relation
from .drafts import NOTHING, Draft, Reading, ask, is_background, is_degree, is_new, one, span_of, thing_text
from .exceptions import sparing, taken_out
from .groups import Given, Group, Spot
from .idle import asks_for_nothing
from .imperatives import read_frame, read_imperative, read_make, read_other_verb, read_there
from .modifiers import is_picture, read_group, read_list, read_spots
from .nouns import NEW, PLAIN, SAID_OF
from .placing import backdrop_of, insertion, read_places
from .predicates import is_scene_look, look_of, say_of
from .statements import read_subject
from .tokens import Words, lows, made
from .verbs import NOUN_TOO, Frame, Verb, find_verb, verb_of_form
from .words import BACKGROUND_NOUNS, COLOURS, POSITION_VERBS, SCENE_LOOKS, phrases

_WISHES = phrases(
    "i would like to see|i want to see|i would love to see|i wish to see|i need to see|i would like|i want|"
    "i need|i would love|i wish|we need|we want|i would prefer|i prefer|i request|i demand|i desire|let us see|"
    "show me|i could use|imagine|we would like|want|need|can we have|could we have|may i have|could i have|"
    "can i have|can we see|could we see|see|can i see|could i see|may we see|we could use|i could do with"
)
_NOT_WISHES = phrases(
    "i would rather not have|i do not want to have|i would prefer not to have|i never want to see|"
    "i do not want to see|i do not want|i do not need|i do not like|i hate|we do not want|we do not need|"
    "i would rather not see|i no longer want|there should not be|there must not be"
)
_REMOVE = Verb(Frame.REMOVE, "remove", 1)


def read_clause(words: Words) -> Reading:
    """What one clause asks for."""
    kept, spared = taken_out(words)
    reading = sparing(_read(kept), spared) if spared else _read(words)
    start, end = span_of(words)
    nouns = frozenset(w.low for w in words if w.tag.startswith("NN"))
    drafts = (d if d.start >= 0 else replace(d, start=start, end=end, nouns=nouns) for d in reading.drafts)
    return replace(reading, drafts=tuple(drafts))


def _read(words: Words) -> Reading:
    if asks_for_nothing(words):
        return NOTHING
    if words[0].low == "without":
        return _negative(words)
    words = _by_doing(words)
    for reader in (_instead, _where, _wish, _fronted, _imperative, _statement, _no_thing, _backdrop):
        reading = reader(words)
        if not reading.empty:
            return reading
    return _fragment(words)


def _by_doing(words: Words) -> Words:
    """ "clear the table by removing the pot" and "erasing the kite" in the plain form."""
    for i, word in enumerate(words[:-1]):
        if word.low.endswith("ing") and (i == 0 or words[i - 1].low == "by"):
            verb = verb_of_form(word.low, word.lemma)
            if verb is not None and verb.name not in ("", "thing") and read_group(words, i + 1, PLAIN) is not None:
                return (*made(verb.name), *words[i + 1 :])
    return words


def _where(words: Words) -> Reading:
    """ "where the dog is, put a fox", "put a fox where the dog is"."""
    at = next((i for i, w in enumerate(words) if w.low == "where"), None)
    old = read_group(words, at + 1, SAID_OF) if at is not None else None
    if (
        at is None
        or old is None
        or old[1] >= len(words)
        or words[old[1]].low not in ("is", "was", "are", "stands", "sits")
    ):
        return NOTHING
    verb = find_verb(words, 0)
    if at and verb is not None and verb.frame is Frame.MOVE:
        moved = read_group(words, verb.length, PLAIN)
        return one(Draft(EditVerb.MOVE, moved[0], (Spot(Relation.OVERLAPPING, (old[0],)),))) if moved else NOTHING
    rest = words[:at] or words[old[1] + 1 :]
    return _new_for(old[0], rest)


def _new_for(old: Group, words: Words) -> Reading:
    """A new thing in the place of an old one."""
    while words and (words[0].low in _BEFORE_NEW or find_verb(words, 0)):
        words = words[1:]
    thing = read_group(words, 0, NEW)
    if thing is None:
        return NOTHING
    if old.headless and not old.pronoun and not thing[0].headless:
        old = replace(old, noun=thing[0].noun, core=(*_without_one(old.core), *thing[0].noun), headless=False)
    if is_background(old):
        return one(Draft(EditVerb.BACKGROUND, payload=thing_text(thing[0])))
    return one(Draft(EditVerb.REPLACE, old, payload=thing_text(thing[0]), new=thing[0]))


def _without_one(words: Words) -> Words:
    return tuple(word for word in words if word.low not in ("one", "ones"))


_BEFORE_NEW = frozenset(
    ", give me i want would like there is use put have make it be show draw let us see should must now".split()
)


def _backdrop(words: Words) -> Reading:
    """ "a snowy mountain as the background", "background: beach", "on a beach background"."""
    if words[0].low in BACKGROUND_NOUNS and len(words) > 1 and words[1].low == ":":
        return one(Draft(EditVerb.BACKGROUND, payload=look_of(words[2:]))) if len(words) > 2 else NOTHING
    at = next((i for i, w in enumerate(words) if w.low in ("as", "for") and i), None)
    if at is not None and words[-1].low in BACKGROUND_NOUNS and len(words) - at <= 4:
        return one(Draft(EditVerb.BACKGROUND, payload=look_of(words[:at])))
    group = read_group(words, 1 if words[0].low in ("with", "on", "in", "against") else 0, NEW)
    payload = backdrop_of(group[0]) if group is not None else ""
    return one(Draft(EditVerb.BACKGROUND, payload=payload)) if payload and group and group[1] == len(words) else NOTHING


def _negative(words: Words) -> Reading:
    if len(words) > 1 and not words[1].low.endswith("ing"):
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
    alone = next((i for i, w in enumerate(words) if w.low == "without"), None)
    if alone and any(w.low in _BETTER_OFF for w in words[:alone]):
        return read_frame(_REMOVE, words[alone + 1 :])
    for opening in _WISHES:
        if text.startswith(opening + " "):
            return _wished(words[opening.count(" ") + 1 :])
    return NOTHING


_BETTER_OFF = word_set("do live happier better nicer prettier look looks good better great")


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
    if groups[0].head in ("copy", "duplicate", "clone", "replica"):
        return read_frame(Verb(Frame.INSERT, "add", 1), words)
    if is_new(groups[0]) and not groups[0].pronoun:
        groups, at = read_list(words, 0, NEW)
        places, _ = read_places(words, at, PLAIN)
        if places or at == len(words):
            return Reading(tuple(insertion(g, places) for g in groups))
    if at < len(words) and words[at].low == "as":
        return say_of(groups[0], words[at + 1 :])
    if at == len(words):
        return _shown_as(groups[0]) if len(groups) == 1 else NOTHING
    return read_make(words, Verb(Frame.MAKE, "make", 1))


def _shown_as(group: Group) -> Reading:
    """ "(let us see) the man in a hat", "the lamp next to the bed": the last that is said of the
    thing is what is wished for."""
    last, rest = (group.spots[-1], replace(group, spots=group.spots[:-1])) if group.spots else (None, group)
    if last is not None and last.relation is Relation.WITH and is_new(last.anchors[0]):
        return one(Draft(EditVerb.RESTYLE, rest, payload=f"in {last.anchors[0].surface.lower()}"))
    if last is not None and last.relation is not Relation.WITH:
        return one(Draft(EditVerb.RELATE if last.anchors else EditVerb.MOVE, rest, (last,)))
    return ask(f"What should happen to {group.surface or group.phrase}?")


def _fronted(words: Words) -> Reading:
    """A place in front: "atop the bus, position a man"."""
    found = read_spots(words, 0, PLAIN)
    if found is None or found[1] >= len(words):
        return NOTHING
    at = found[1]
    while at < len(words) and words[at].low in (",", "please"):
        at += 1
    rest = words[at:]
    if rest and (rest[0].low in ("is", "are") or rest[0].lemma in POSITION_VERBS) and found[0]:
        new = read_group(rest, 1, NEW)
        if new is not None and is_new(new[0]):
            return one(insertion(new[0], found[0]))
    if not rest or not (
        find_verb(rest, 0) or rest[0].tag.startswith("VB") or _has_modal(rest) or rest[0].low in _SPEAKERS
    ):
        return NOTHING
    reading = read_clause(rest)
    return replace(reading, drafts=tuple(_at_place(d, found[0]) for d in reading.drafts))


_SPEAKERS = frozenset(("i", "we", "there", "let"))


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
    at = next((i for i in range(len(words) - 1) if f"{lows(words[i : i + 4])} ".startswith(_IN_PLACE_OF)), None)
    if at is None:
        return NOTHING
    skip = next(p.count(" ") for p in _IN_PLACE_OF if lows(words[at : at + 4]).startswith(p))
    rest = words[at + skip :]
    if at and rest and all(w.low in COLOURS for w in rest):
        return read_clause(words[:at])
    old = read_group(words, at + skip, PLAIN)
    if old is None:
        comma = next((i for i, w in enumerate(rest) if w.low == ","), None)
        return read_clause(rest[comma + 1 :]) if comma is not None and rest[comma + 1 :] else NOTHING
    return _new_for(old[0], words[:at] if at else words[old[1] :])


_IN_PLACE_OF = ("instead of ", "in place of ", "in the place of ", "rather than ")


def _statement(words: Words) -> Reading:
    if words[0].low == "there":
        return read_there(words[1:])
    if words[0].tag == "MD" and len(words) > 2:
        asked = read_make(words[1:], Verb(Frame.MAKE, "make", 1))
        return asked if asked.drafts else NOTHING
    groups, end = read_list(words, 0, SAID_OF)
    if not groups:
        return NOTHING
    at = end
    while at + 1 < len(words) and words[at].tag == "RB" and words[at].low not in ("not", "never"):
        at += 1
    if at >= len(words) or words[at].low in (",", "and"):
        return NOTHING
    group = groups[0], end
    if words[at].low == ":" and at + 1 < len(words) and not find_verb(words, at + 1):
        return say_of(group[0], words[at + 1 :])
    if lows(words[at : at + 2]) == "is too" and is_picture(group[0]) and at + 2 < len(words):
        mended = _TOO.get(words[at + 2].low)
        return one(Draft(EditVerb.RESTYLE, payload=mended)) if mended else NOTHING
    if lows(words[at : at + 2]) in _COMPLAINTS:
        return NOTHING
    if is_picture(group[0]) and words[at].lemma in ("take", "happen", "play"):
        return one(Draft(EditVerb.RESTYLE, payload=look_of(words[at + 1 + (words[at + 1].low == "place") :])))
    if words[at].tag == "MD" or words[at].low in _SAYS:
        return read_subject((*words[: group[1]], *words[at:]))
    if words[at].tag in ("VBZ", "VBP", "VB") or words[at].lemma in POSITION_VERBS:
        return _standing(words, group[0], at)
    return NOTHING


_TOO = {"dark": "brighter", "bright": "darker", "blurry": "sharper", "dull": "more saturated", "pale": "more saturated",
        "colourful": "less saturated", "colorful": "less saturated", "cold": "warmer", "warm": "cooler"}  # fmt: skip
_COMPLAINTS = ("is missing", "are missing", "is too", "are too")


def _standing(words: Words, group: Group, at: int) -> Reading:
    """ "a cloud drifts above the valley" brings one in; "the chair belongs next to the window"."""
    places, _ = read_places(words, at + 1, PLAIN)
    if words[at].tag == "VBD" and words[at].low not in ("sat", "stood", "lay", "set"):
        return NOTHING
    if is_new(group) and not group.pronoun:
        fresh = read_group(words, 0, NEW)
        placed = places or group.given is Given.INDEFINITE
        return one(insertion(fresh[0], places)) if fresh and placed else NOTHING
    return one(Draft(EditVerb.RELATE, group, places)) if places else NOTHING


_SAYS = word_set(
    "is are was were be becomes become must should want wants deserves needs need has have ought 's gets get "
    "turns goes wears wear"
)


def _no_thing(words: Words) -> Reading:
    if words[0].low == "no" and len(words) > 1 and (words[1].tag.startswith(("NN", "JJ")) or words[1].low == "more"):
        return read_frame(_REMOVE, words[1 + (words[1].low == "more") :])
    return NOTHING


def _fragment(words: Words) -> Reading:
    """ "more like a painting", "in the fog", "as a sketch": a look of the whole picture."""
    if any(complaint in lows(words) for complaint in _COMPLAINTS):
        return NOTHING
    new = read_group(words, 0, NEW)
    if new is not None and new[0].given is Given.INDEFINITE and new[1] < len(words):
        places, _ = read_places(words, new[1], PLAIN)
        if places:
            return one(insertion(new[0], places))
    text = lows(words)
    if new is not None and new[0].given is Given.INDEFINITE and new[1] == len(words) and not is_scene_look(text):
        wished = words[0].low == "another" or any(w.low == "more" for w in words[1:2])
        return read_frame(Verb(Frame.INSERT, "add", 1), words) if wished else NOTHING
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
    if words[0].low == "everything" and len(words) > 1 and words[1].tag == "IN":
        return one(Draft(EditVerb.RESTYLE, payload=look_of(words[1:])))
    style = is_degree(words) or is_scene_look(text) or any(w.low in SCENE_LOOKS or w.low in COLOURS for w in words)
    adjectives = all(w.tag.startswith(("JJ", "RB", "CC")) for w in words)
    if (
        (len(words) > 1 and opening and words[0].low not in ("a", "at", "on"))
        or style
        or (adjectives and words[0].tag.startswith("JJ"))
    ):
        return one(Draft(EditVerb.RESTYLE, payload=look_of(words)))
    return NOTHING
