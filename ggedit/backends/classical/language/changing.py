"""Frames of verbs that change what is there: remove, replace, turn, paint, enlarge, flip."""

from __future__ import annotations

from dataclasses import replace

from ....core.inflection import word_set
from ....core.language import EditVerb, Relation
from .directions import find_relation
from .drafts import NOTHING, Draft, Reading, ask, is_background, one, thing_text, words_text
from .groups import Given, Group, Spot
from .modifiers import is_picture, read_group, read_list
from .nouns import MOVED, NEW, PLAIN, SAID_OF
from .placing import read_move
from .predicates import is_size, look_of, say_of, surroundings, whole_picture
from .tokens import Words, lows
from .verbs import Frame, Verb
from .words import BACKGROUND_NOUNS, COLOUR_NOUNS, COLOURS, SHADES

_SIZE_NOUNS = word_set("size height width scale dimensions length")
_AMOUNT_LOOKS = {
    ("more", "brightness"): "brighter", ("less", "brightness"): "darker", ("more", "sharpness"): "sharper",
    ("less", "sharpness"): "softer", ("more", "saturation"): "more saturated",
    ("less", "saturation"): "less saturated", ("more", "exposure"): "brighter", ("less", "exposure"): "darker",
    ("more", "light"): "brighter", ("less", "light"): "darker",
}  # fmt: skip


def read_remove(words: Words, verb: Verb) -> Reading:
    """ "remove the hat from the boy", "take the dog away"."""
    groups, at = read_list(words, 0, PLAIN)
    if not groups:
        return ask("What should be removed?")
    if verb.name in ("rid", "clear", "strip", "empty", "free") and groups[0].spots and "of" in {w.low for w in words}:
        groups = _freed(groups[0])
    source = _source(words, at)
    drafts = []
    for group in groups:
        if is_background(group):
            drafts.append(Draft(EditVerb.BACKGROUND, payload="remove"))
        elif group.head in COLOUR_NOUNS and (source or group.spots):
            drafts.append(Draft(EditVerb.RESTYLE, source or _owner_of(group), payload="grey"))
        else:
            drafts.append(Draft(EditVerb.REMOVE, group if source is None else _from(group, source)))
    return Reading(tuple(drafts))


def _freed(group: Group) -> tuple[Group, ...]:
    """What goes in "free the beach of the seaweed"; it lies on the beach."""
    things = group.spots[0].anchors
    rest = replace(group, spots=group.spots[1:])
    return things if is_picture(rest) else tuple(t.with_spots(Spot(Relation.ON, (rest,))) for t in things)


def _source(words: Words, at: int) -> Group | None:
    """The thing after "from" or "off"; the picture itself is none."""
    while at < len(words):
        if words[at].low in ("from", "off", "of") or (words[at].low == "out" and lows(words[at : at + 2]) == "out of"):
            start = at + (2 if lows(words[at : at + 2]) in ("out of", "off of") else 1)
            found = read_group(words, start, PLAIN)
            if found is not None and not is_picture(found[0]) and found[0].head not in ("place", "sight", "there"):
                return found[0]
        at += 1
    return None


def _from(group: Group, source: Group) -> Group:
    if source.head in ("background", "foreground"):
        return group.with_spots(Spot(Relation.BEHIND if source.head == "background" else Relation.IN_FRONT))
    return group.with_spots(Spot(Relation.ON, (source,)))


def read_replace(words: Words, verb: Verb) -> Reading:
    """ "replace the dog with a cat", "swap the ball for an apple", "swap the cat and the dog"."""
    cut = _cut(words, ("with", "by", "for", "to", "into"), verb)
    if cut is None:
        return _exchange(words, verb)
    old, new = words[:cut], words[cut + 1 :]
    if verb.name == "substitute" and words[cut].low == "for":
        old, new = new, old
    if not old or lows(old) in ("out", "it out"):
        return one(Draft(EditVerb.RESTYLE, payload=look_of(new)))
    return Reading(tuple(_exchanged(g, new, words) for g in read_list(old, 0, PLAIN)[0])) if new else NOTHING


def _cut(words: Words, seams: tuple[str, ...], verb: Verb) -> int | None:
    """Where the old thing ends: the first seam word that is no part of a place phrase."""
    if verb.frame is Frame.REPLACE:
        wholes = [i for i, w in enumerate(words) if w.low in ("with", "by") and i + 1 < len(words)]
        plain = [i for i in wholes if words[i].low == "with" or words[i + 1].low not in ("the", "its", "his", "her")]
        if plain or wholes:
            return (plain or wholes)[0]
        seams = tuple(s for s in seams if s not in ("with", "by"))
        for seam in seams:
            for i, word in enumerate(words):
                if (
                    word.low == seam
                    and i + 1 < len(words)
                    and (i == 0 or find_relation(words, i) is None or seam == "into")
                ):
                    return i
    if verb.frame is Frame.SUBSTITUTE:
        return next((i for i, w in enumerate(words) if w.low in ("for", "by", "with") and i), None)
    return None


def _exchanged(old: Group, new: Words, words: Words) -> Draft:
    around = surroundings(old)
    if is_background(old) or around is not None:
        return replace(around or Draft(EditVerb.BACKGROUND), payload=look_of(new))
    if whole_picture(old):
        return Draft(EditVerb.RESTYLE, payload=look_of(new))
    if old.head in COLOUR_NOUNS and _owner_of(old) is not None:
        return Draft(EditVerb.RESTYLE, _owner_of(old), payload=look_of(new))
    found = read_group(new, 0, NEW)
    if found is None or found[0].pronoun:
        return Draft(EditVerb.REPLACE, old, payload=look_of(new))
    group = found[0]
    if group.headless or (
        group.noun and group.noun[-1].low in COLOURS and group.given is Given.INDEFINITE and len(group.core) == 1
    ):
        noun = old.noun
        group = replace(
            group, noun=noun, core=(*(w for w in group.core if w.low not in ("one", "ones")), *noun), headless=False
        )
    return Draft(EditVerb.REPLACE, old, payload=thing_text(group), new=group)


def _exchange(words: Words, verb: Verb) -> Reading:
    """Two things change places; one thing alone lacks its successor."""
    of = next((i for i, w in enumerate(words) if w.low == "of"), None)
    if of and words[of - 1].low in ("positions", "places", "locations", "position", "place"):
        words = words[of + 1 :]
    groups, _ = read_list(words, 0, PLAIN)
    if len(groups) == 2 and verb.name in ("swap", "exchange", "switch", "interchange"):
        a, b = groups
        return Reading((Draft(EditVerb.MOVE, a, (Spot(Relation.OVERLAPPING, (b,)),)),
                        Draft(EditVerb.MOVE, b, (Spot(Relation.OVERLAPPING, (a,)),))))  # fmt: skip
    if not groups:
        return ask("What should be replaced, and with what?")
    return ask(f"What should take the place of {groups[0].surface or groups[0].phrase}?")


def read_turn(words: Words, verb: Verb) -> Reading:
    """ "turn the cat into a dog", "change the colour of the car to red", "turn it upside down"."""
    cut = _into(words)
    if cut is None:
        return read_changed(words, verb)
    old, new = words[:cut], words[cut + 1 :]
    if not new:
        return ask("What should it become?")
    if not old:
        return one(Draft(EditVerb.RESTYLE, payload=look_of(new)))
    groups, _ = read_list(old, 0, PLAIN)
    if not groups:
        return one(Draft(EditVerb.RESTYLE, payload=look_of(new)))
    parts = [_turned(g, new) for g in groups]
    return Reading(tuple(replace(d) for p in parts for d in p.drafts), tuple(q for p in parts for q in p.questions))


def _turned(old: Group, new: Words) -> Reading:
    if old.head in COLOUR_NOUNS or old.head in _SIZE_NOUNS:
        owner = _owner_of(old)
        verb = EditVerb.RESTYLE if old.head in COLOUR_NOUNS else EditVerb.RESIZE
        if owner is not None and is_background(owner):
            return one(Draft(EditVerb.BACKGROUND, payload=look_of(new)))
        if owner is not None and whole_picture(owner):
            owner = None
        return one(Draft(verb, owner, payload=look_of(new)))
    if whole_picture(old):
        return one(Draft(EditVerb.RESTYLE, payload=look_of(new)))
    return say_of(old, new)


def _owner_of(group: Group) -> Group | None:
    """The car in "the colour of the car" and in "the car's colour"."""
    if len(group.noun) > 1 and group.head in COLOUR_NOUNS:
        owner = group.noun[:-1]
        return replace(group, noun=owner, core=tuple(w for w in group.core if w is not group.noun[-1]))
    for spot in group.spots:
        if spot.anchors:
            rest = tuple(s for s in group.spots if s is not spot)
            return replace(spot.anchors[0], spots=(*spot.anchors[0].spots, *rest))
    return None


def _into(words: Words) -> int | None:
    for i, word in enumerate(words):
        if word.low == "into" and i + 1 < len(words):
            return i
    for i, word in enumerate(words):
        nxt = words[i + 1].low if i + 1 < len(words) else ""
        if word.low == "to" and nxt and not _is_side(words, i):
            return i
        if word.low == "as" and i and nxt in ("a", "an", "if"):
            return i
    return None


def _is_side(words: Words, i: int) -> bool:
    """ "to the right of the lamp" is a place, "to a lamp" a change."""
    hit = find_relation(words, i)
    return hit is not None and hit.length > 2 and words[i + 1].low in ("the", "his", "her", "its", "left", "right")


def read_changed(words: Words, verb: Verb) -> Reading:
    """A thing and what it shall be, side by side: "turn the lantern red"."""
    found = read_group(words, 0, SAID_OF)
    if found is None:
        return one(Draft(EditVerb.RESTYLE, payload=look_of(words))) if words else ask("What should change?")
    group, at = found
    rest = words[at:]
    if whole_picture(group):
        return one(Draft(EditVerb.RESTYLE, payload=look_of(rest))) if rest else ask("What should the picture become?")
    if not rest:
        return ask(f"What should {group.surface or group.phrase} become?")
    if group.head in COLOUR_NOUNS and _owner_of(group):
        return one(Draft(EditVerb.RESTYLE, _owner_of(group), payload=look_of(rest)))
    if verb.name == "shift":
        return read_move(words, verb)
    return say_of(group, rest)


def read_paint(words: Words, verb: Verb) -> Reading:
    """ "paint the road a bright blue", "dye it with yellow"; "paint a bird" adds one."""
    groups, at = _painted(words)
    if not groups:
        return ask(f"What should be {verb.name.rstrip('e')}ed?")
    rest = words[at:]
    if rest and rest[0].low in ("in", "with", "to", "into", "using") and len(rest) > 1:
        rest = rest[1:]
    if not rest and groups[0].given in (Given.INDEFINITE, Given.BARE):
        return Reading(
            tuple(Draft(EditVerb.INSERT, None, g.spots, thing_text(g), replace(g, spots=())) for g in groups)
        )
    if not rest and whole_picture(groups[0]):
        return one(Draft(EditVerb.RESTYLE, payload="colored"))
    if not rest:
        return ask(f"Which colour should {groups[0].surface or groups[0].phrase} have?")
    drafts = []
    for group in groups:
        owner = _owner_of(group) if group.head in COLOUR_NOUNS else group
        if owner is not None and is_background(owner):
            drafts.append(Draft(EditVerb.BACKGROUND, payload=look_of(rest)))
        else:
            whole = owner is None or whole_picture(owner)
            drafts.append(Draft(EditVerb.RESTYLE, None if whole else owner, payload=look_of(rest)))
    return Reading(tuple(drafts))


def _painted(words: Words) -> tuple[tuple[Group, ...], int]:
    """The painted things; "in bright blue" belongs to the paint, not to the thing."""
    for i, word in enumerate(words):
        if i and word.low in ("in", "with", "using", "to") and _is_colour(words[i + 1 :]):
            groups, _ = read_list(words[:i], 0, PLAIN)
            if groups and words[i - 1].low not in COLOURS:
                return groups, i
    return read_list(words, 0, SAID_OF)


def _is_colour(words: Words) -> bool:
    """Only words of colour up to the end: "a bright shade of blue"."""
    plain = COLOURS | SHADES | COLOUR_NOUNS | {"a", "an", "the", "of", "paint", "some", "very", "stripes", "and"}
    return bool(words) and all(w.low in plain for w in words) and any(w.low in COLOURS for w in words)


def read_look(words: Words, verb: Verb) -> Reading:
    """ "blacken the horse", "blur the background", "darken the picture"."""
    if not words:
        return one(Draft(EditVerb.RESTYLE, payload=verb.payload))
    if verb.payload == "clean" and any(w.low in ("off", "from") for w in words):
        return read_remove(words, verb)
    source = (i for i, w in enumerate(words) if verb.payload == "lit" and w.low in ("from", "by", "with"))
    groups, at = read_list(words[: next(source, None)], 0, PLAIN)
    vague = not groups or groups[0].head == "everything"
    if vague and any(w.low in BACKGROUND_NOUNS for w in words[at:]):
        return one(Draft(EditVerb.BACKGROUND, payload=verb.payload))
    if not groups:
        return one(Draft(EditVerb.RESTYLE, payload=verb.payload))
    payload = verb.payload
    if payload in ("rotated", "lit") and at < len(words):
        payload = f"{payload} {lows(words[at:])}"
    drafts = []
    for group in groups:
        around = surroundings(group)
        if is_background(group) or group.head in ("rest", "surrounding"):
            drafts.append(Draft(EditVerb.BACKGROUND, payload=payload))
        elif around is not None:
            drafts.append(replace(around, payload=payload))
        else:
            drafts.append(Draft(EditVerb.RESTYLE, None if whole_picture(group) else group, payload=payload))
    return Reading(tuple(drafts))


def read_resize(words: Words, verb: Verb) -> Reading:
    """ "enlarge the dog", "shrink it by half", "resize the cup to twice its size"."""
    groups, at = read_list(words, 0, MOVED)
    if not groups:
        return ask("What should change its size?")
    rest = words[at:]
    by = next((i for i, w in enumerate(words) if w.low == "by" and i), None)
    if not rest and by is not None and any(c.isdigit() for c in lows(words[by + 1 :])):
        groups, rest = read_list(words[:by], 0, MOVED)[0], words[by:]
    drafts = []
    for group in groups:
        owner = (_owner_of(group) or group) if group.head in _SIZE_NOUNS else group
        size = words_text(rest) if rest else ""
        payload = " ".join(p for p in (verb.payload, size) if p) or "bigger"
        drafts.append(Draft(EditVerb.RESIZE, owner, payload=payload))
    return Reading(tuple(drafts))


def read_amount(words: Words, verb: Verb) -> Reading:
    """ "increase the contrast", "reduce the size of the dog"."""
    found = read_group(words, 0, PLAIN)
    if found is None:
        return one(Draft(EditVerb.RESTYLE, payload=" ".join((verb.payload, words_text(words))).strip()))
    group = found[0]
    owner = _owner_of(group)
    size = is_size(words[found[1] :])
    if size:
        return one(Draft(EditVerb.RESIZE, owner if group.head in _SIZE_NOUNS and owner else group, payload=size))
    if group.head in _SIZE_NOUNS and owner is not None:
        return one(Draft(EditVerb.RESIZE, owner, payload="bigger" if verb.payload == "more" else "smaller"))
    if group.head in ("amount", "number", "level") and owner is not None:
        group, owner = owner, None
    whole = owner is None or whole_picture(owner)
    payload = _AMOUNT_LOOKS.get((verb.payload, group.head), f"{verb.payload} {group.said}")
    if owner is not None and is_background(owner):
        return one(Draft(EditVerb.BACKGROUND, payload=payload))
    return one(Draft(EditVerb.RESTYLE, None if whole else owner, payload=payload))


def read_flip(words: Words, verb: Verb) -> Reading:
    """ "flip the dog", "mirror the car vertically"."""
    groups, at = read_list(words, 0, MOVED)
    if not groups or all(is_picture(g) for g in groups):
        return ask("Which thing should be flipped? Flipping works on one thing, not on the whole picture.")
    text = lows(words[at:])
    vertical = any(word in text for word in ("vertical", "upside", "top to bottom", "over its head"))
    return Reading(tuple(Draft(EditVerb.FLIP, g, payload="vertical" if vertical else "horizontal") for g in groups))


def read_use(words: Words, verb: Verb) -> Reading:
    """ "use purple for the curtains", "apply a green tint to the wall", "use a forest as backdrop"."""
    for seam in ("for", "to", "on", "as", "onto"):
        at = next((i for i, w in enumerate(words) if w.low == seam and i), None)
        target = read_group(words, at + 1, PLAIN) if at is not None else None
        if at is None or target is None:
            continue
        if is_background(target[0]):
            return one(Draft(EditVerb.BACKGROUND, payload=look_of(words[:at])))
        whole = whole_picture(target[0])
        return one(Draft(EditVerb.RESTYLE, None if whole else target[0], payload=look_of(words[:at])))
    return one(Draft(EditVerb.RESTYLE, payload=look_of(words)))


def read_keep(words: Words, verb: Verb) -> Reading:
    """What shall stay as it is asks for nothing, but for the rest: "keep only the dog", "keep
    the dog in colour"."""
    alone = bool(words) and words[0].low in _ALONE
    groups, at = read_list(words[1:] if alone else words, 0, SAID_OF)
    if not groups:
        return NOTHING
    first, others = groups[0], groups[1:]
    payload = rest_of_picture(words[at + alone :]) or ("remove" if alone else "")
    return one(Draft(EditVerb.BACKGROUND, first, payload=payload, spared=others)) if payload else NOTHING


_ALONE = frozenset(("only", "just"))
_IN_COLOUR = frozenset(("in colour", "in color", "coloured", "colored", "colourful", "colorful", "in full colour"))
_SHARP = frozenset(("sharp", "in focus", "focused", "crisp"))


def rest_of_picture(words: Words) -> str:
    """What becomes of the rest where only one thing stays "in colour" or "in focus"; else empty."""
    said = lows(words)
    return "grey" if said in _IN_COLOUR else "blur" if said in _SHARP else ""


CHANGING = {
    Frame.REMOVE: read_remove,
    Frame.REPLACE: read_replace,
    Frame.SUBSTITUTE: read_replace,
    Frame.TURN: read_turn,
    Frame.PAINT: read_paint,
    Frame.LOOK: read_look,
    Frame.RESIZE: read_resize,
    Frame.AMOUNT: read_amount,
    Frame.FLIP: read_flip,
    Frame.USE: read_use,
    Frame.KEEP: read_keep,
}
