"""Frames of verbs that bring something somewhere: add, put, move, duplicate, give, decorate."""

from __future__ import annotations

from dataclasses import replace

from ....core.inflection import is_plural, word_set
from ....core.language import Count, EditVerb, Relation
from .directions import find_motion
from .drafts import Draft, Reading, ask, is_background, is_new, one, thing_text, words_text
from .groups import Given, Group, Spot
from .modifiers import is_picture, read_group, read_list, read_spots
from .nouns import BARE, MOVED, NEW, PLAIN, How
from .predicates import look_of
from .tokens import Words, lows, written
from .verbs import Frame, Verb
from .words import BACKGROUND_NOUNS, COLOURS, HOLLOW, WEATHER

_LOOK_HEADS = word_set(
    "look style feel appearance vibe touch makeover color colour finish shade tint hue texture effect tone"
)
_NOT_A_PLACE = (Relation.WITH,)


def read_insert(words: Words, verb: Verb) -> Reading:
    """ "add two birds above the house", "add a hat and a scarf to the man"."""
    groups, at = read_list(words, 0, NEW)
    if not groups:
        return _adjective_thing(words)
    copied = groups[0].head in ("copy", "duplicate", "clone", "replica") and groups[0].noun != ()
    places, _ = read_places(words, at, PLAIN)
    if copied:
        return _copy_of(words, places)
    backdrop = _backdrop(words, groups[0])
    if backdrop is not None:
        return backdrop
    drafts = tuple(insertion(g, places) for g in groups)
    return Reading(tuple(replace(d) for d in drafts))


def insertion(group: Group, places: tuple[Spot, ...]) -> Draft:
    """A new thing at its place; blur, fog and the like become looks."""
    behind = (bool(places) and places[0].relation is Relation.BEHIND and not places[0].anchors) or any(
        is_background(a) for s in places for a in s.anchors
    )
    plain = not places or behind
    onto = places[0].anchors[0] if places and places[0].anchors else None
    if onto is not None and _is_tint(group):
        return Draft(EditVerb.RESTYLE, onto, payload=_look_payload(group))
    if group.head == "blur" and (behind or not places):
        return Draft(EditVerb.BACKGROUND if behind else EditVerb.RESTYLE, payload="blur")
    if group.head in WEATHER and plain and group.count.n is None:
        return Draft(EditVerb.BACKGROUND if behind else EditVerb.RESTYLE, payload=thing_text(group))
    kept = tuple(Spot(Relation.BEHIND) if any(is_background(a) for a in s.anchors) else s for s in places)
    return Draft(EditVerb.INSERT, places=kept, payload=thing_text(group), new=group)


def _is_tint(group: Group) -> bool:
    """ "some orange", "a green tint": a colour, not an orange."""
    if group.head in ("tint", "hue", "shade", "tone", "colour", "color"):
        return True
    words = {w.low for w in group.core}
    colour = len(group.core) == 1 and bool(words & COLOURS) and not group.many
    return colour and (group.given is Given.BARE or (group.count.n is None and group.count.kind != "one"))


def _backdrop(words: Words, group: Group) -> Reading | None:
    """ "add a beach as the background", "give it a sunset background"."""
    at = next((i for i, w in enumerate(words) if w.low in ("as", "for") and i), None)
    if at is not None and words[-1].low in BACKGROUND_NOUNS and len(words) - at <= 4:
        return one(Draft(EditVerb.BACKGROUND, payload=look_of(words[:at])))
    payload = backdrop_of(group)
    return one(Draft(EditVerb.BACKGROUND, payload=payload)) if payload else None


def backdrop_of(group: Group) -> str:
    """What a background is to be: "jungle" for "a jungle background"; empty for other things."""
    if not is_background(group) or len(group.core) < 2:
        return ""
    return written(tuple(w for w in group.core if w is not group.noun[-1]))


def read_put(words: Words, verb: Verb) -> Reading:
    """A new thing ("put a cat on the sofa") is inserted, a known one moved."""
    probe = read_group(words, 0, BARE)
    if probe is None:
        return ask("What should be put there?")
    group = probe[0]
    if is_new(group) and not (group.given is Given.BARE and group.spots):
        return read_insert(words, verb)
    if lows(words[-2:]) in _IDIOMS and group.end < words[-2].start + 1:
        return one(Draft(EditVerb.RESTYLE, group, payload=lows(words[-2:])))
    to = next((i for i, w in enumerate(words) if w.low == "to" and i), None)
    if is_background(group) and to is not None:
        return one(Draft(EditVerb.BACKGROUND, payload=look_of(words[to + 1 :])))
    return read_move(words, verb)


_IDIOMS = frozenset(("on fire", "in flames"))


def read_move(words: Words, verb: Verb) -> Reading:
    """ "move the cup on the left to the right", "drag it up"."""
    groups, at = read_list(words, 0, MOVED)
    if not groups:
        return one(Draft(EditVerb.RESTYLE, payload=words_text(words))) if words else ask("What should be moved?")
    places, _ = read_places(words, at, PLAIN)
    elsewhere = _another_scene(groups[0], places, words[at:])
    if elsewhere is not None:
        return elsewhere
    dressed = _dressed(groups[0], verb) if not places else None
    if dressed is not None:
        return one(dressed)
    if verb.name == "drop" and not places and not groups[0].spots:
        return Reading(tuple(Draft(EditVerb.REMOVE, g) for g in groups))
    if not places:
        groups, places = _last_spot_as_place(groups)
    if not places and verb.name in ("raise", "lift"):
        places = (Spot(Relation.ABOVE),)
    if not places and verb.name == "lower":
        places = (Spot(Relation.BELOW),)
    if not places and at < len(words):
        return Reading(tuple(Draft(EditVerb.RESTYLE, g, payload=look_of(words[at:])) for g in groups))
    if not places:
        drafts = tuple(Draft(EditVerb.MOVE, g) for g in groups)
        return Reading(drafts, (f"Where should {_said(groups[0])} go?",))
    return Reading(tuple(Draft(EditVerb.MOVE, g, places) for g in groups))


def _another_scene(group: Group, places: tuple[Spot, ...], words: Words) -> Reading | None:
    """ "put them in front of a jungle background", "move it to Mars": the picture changes around."""
    anchors = [a for s in (*places, *group.spots) for a in s.anchors]
    backdrops = [text for a in anchors if (text := backdrop_of(a))]
    if backdrops:
        return one(Draft(EditVerb.BACKGROUND, payload=backdrops[0]))
    if (
        group.pronoun in ("it", "this")
        and places
        and places[0].anchors
        and words
        and words[0].low in ("in", "to", "into", "on", "at")
    ):
        new = all(is_new(a) and not a.spots for a in places[0].anchors)
        payload = f"in {thing_text(places[0].anchors[0])}" if words[0].low == "to" else look_of(words)
        return one(Draft(EditVerb.RESTYLE, group, payload=payload)) if new else None
    return None


def _dressed(group: Group, verb: Verb) -> Draft | None:
    """ "put the dog in a sweater"."""
    if verb.frame is not Frame.PUT or not group.spots or group.spots[-1].relation is not Relation.WITH:
        return None
    worn = group.spots[-1].anchors[0]
    return (
        Draft(EditVerb.RESTYLE, replace(group, spots=group.spots[:-1]), payload=f"in {worn.surface.lower()}")
        if is_new(worn)
        else None
    )


def read_copy(words: Words, verb: Verb) -> Reading:
    """ "duplicate the cup to the right of the plate"."""
    often = next((n for n, times in _OFTEN.items() for t in times if lows(words[-2:]).endswith(t)), None)
    if often is not None:
        words = words[: -2 if words[-1].low == "times" else -1]
    often = often or _OFTEN_BY_VERB.get(verb.name)
    groups, at = read_list(words, 0, MOVED)
    if not groups:
        return ask("What should be duplicated?")
    places, _ = read_places(words, at, PLAIN)
    if not places and any(s.anchors for s in groups[-1].spots):
        groups, places = _last_spot_as_place(groups)
    return Reading(tuple(Draft(EditVerb.DUPLICATE, g, places, often) for g in groups))


_OFTEN = {
    "two": ("twice", "two times"), "three": ("thrice", "three times"), "four": ("four times",),
    "five": ("five times",), "six": ("six times",),
}  # fmt: skip
_OFTEN_BY_VERB = {"triplicate": "two"}


def read_give(words: Words, verb: Verb) -> Reading:
    """ "give the man a hat", "give wings to the elephant", "give it a retro look"."""
    handed = next((i for i, w in enumerate(words) if w.low == "with"), None)
    if verb.name in ("equip", "provide", "outfit", "supply") and handed:
        words = (*words[:handed], *words[handed + 1 :])
    receiver, gift = _receiver_and_gift(words)
    if gift is None:
        return ask("What should be given?")
    backdrop = backdrop_of(gift)
    if backdrop:
        return one(Draft(EditVerb.BACKGROUND, payload=backdrop))
    look = gift.head in _LOOK_HEADS or {"paint", "colour", "color"} & {w.low for w in gift.core}
    whole = receiver is None or is_picture(receiver)
    if look or (receiver is not None and is_background(receiver)):
        payload = _look_payload(gift)
        if receiver is not None and is_background(receiver):
            return one(Draft(EditVerb.BACKGROUND, payload=payload))
        return one(Draft(EditVerb.RESTYLE, None if whole else receiver, payload=payload))
    if gift.head in WEATHER | {"blizzard", "night", "day"} and receiver is not None and receiver.pronoun == "it":
        return one(Draft(EditVerb.RESTYLE, receiver, payload=thing_text(gift)))
    places = () if whole or receiver is None else (Spot(Relation.ON, (receiver,)),)
    return one(Draft(EditVerb.INSERT, places=places, payload=thing_text(gift), new=gift))


def _receiver_and_gift(words: Words) -> tuple[Group | None, Group | None]:
    first = read_group(words, 0, MOVED)
    if first is None:
        return None, None
    at = first[1] + (first[1] < len(words) and words[first[1]].low == "with")
    second = read_group(words, at, NEW) if at < len(words) else None
    if second is not None:
        return first[0], second[0]
    apart = _after_side(words)
    if apart is not None:
        return apart
    if first[1] < len(words) and words[first[1]].low in ("to", "on", "for", "in"):
        to = read_group(words, first[1] + 1, PLAIN)
        return (to[0] if to is not None else None), first[0]
    if words[0].low == "her" and len(words) > 1:
        pronoun = read_group(words[:1], 0, BARE)
        gift = read_group(words, 1, NEW)
        return (pronoun[0] if pronoun else None), (gift[0] if gift else None)
    noun = first[0].noun
    if len(noun) > 1 and first[0].given is Given.DEFINITE and is_plural(noun[-1].low):
        gift = replace(first[0], given=Given.BARE, noun=noun[-1:], core=noun[-1:], attributes=(), spots=())
        return replace(first[0], noun=noun[:-1], core=first[0].core[:-1], count=Count()), gift
    return None, first[0]


def _after_side(words: Words) -> tuple[Group, Group] | None:
    """ "give the elephant on the left wings": the gift stands right behind the side."""
    for i in range(2, len(words) - 1):
        if words[i].low in ("left", "right") and words[i - 1].low in ("the", "left-hand", "far"):
            receiver, gift = read_group(words[: i + 1], 0, PLAIN), read_group(words, i + 1, NEW)
            if receiver is not None and receiver[1] == i + 1 and gift is not None:
                return receiver[0], gift[0]
    return None


def _look_payload(gift: Group) -> str:
    text = thing_text(gift)
    words = text.split()
    if (
        words[-1] in ("color", "colour", "look", "appearance", "touch", "finish", "tint", "hue", "shade", "tone")
        and len(words) > 1
    ):
        return " ".join(words[:-1])
    if " of " in text and words[0] in ("coat", "touch", "shade", "hint", "tint", "hue"):
        return text.split(" of ", 1)[1]
    return text


def read_decorate(words: Words, verb: Verb) -> Reading:
    """ "decorate the table with flowers": the flowers go onto the table."""
    cut = next((i for i, w in enumerate(words) if w.low in ("with", "in", "by") and i), None)
    target = read_group(words[:cut], 0, PLAIN)
    if target is None:
        return ask(f"What should be {verb.name}ed?")
    if cut is None:
        return one(Draft(EditVerb.RESTYLE, target[0], payload=f"{verb.name}ed"))
    groups, _ = read_list(words, cut + 1, NEW)
    relation = {"fill": Relation.INSIDE, "surround": Relation.NEXT_TO, "flank": Relation.NEXT_TO,
                "encircle": Relation.NEXT_TO, "ring": Relation.NEXT_TO, "infest": Relation.INSIDE,
                "populate": Relation.INSIDE}.get(verb.name, Relation.ON)  # fmt: skip
    if is_background(target[0]):
        return one(Draft(EditVerb.BACKGROUND, payload=words_text(words[cut + 1 :])))
    spot = (Spot(relation, (target[0],)),)
    if is_picture(target[0]):
        spot = ()
    return Reading(tuple(Draft(EditVerb.INSERT, None, spot, thing_text(g), g) for g in groups))


def read_cover(words: Words, verb: Verb) -> Reading:
    """ "cover the car with snow", "dress the man in a suit": a look of the thing itself."""
    cut = next((i for i, w in enumerate(words) if w.low in ("with", "in", "as", "into") and i), None)
    target = read_group(words[:cut], 0, PLAIN)
    done = {
        "dress": "dressed",
        "dress up": "dressed",
        "clothe": "dressed",
        "wrap": "wrapped",
        "drape": "draped",
        "clad": "clad",
    }.get(verb.name, "covered")
    if target is None:
        return ask(f"What should be {done}?")
    rest = words[cut:] if cut is not None else ()
    said = words_text(rest) if rest and rest[0].low != "in" else lows(rest)
    payload = said if verb.name in ("bathe", "drench", "swathe", "flood") else f"{done} {said}".strip()
    if is_background(target[0]):
        return one(Draft(EditVerb.BACKGROUND, payload=payload))
    whole = is_picture(target[0]) or target[0].head == "everything"
    return one(Draft(EditVerb.RESTYLE, None if whole else target[0], payload=payload))


def read_places(words: Words, at: int, how: How = PLAIN) -> tuple[tuple[Spot, ...], int]:
    """All place phrases from ``at`` on, adverbs between them skipped."""
    places: list[Spot] = []
    while at < len(words):
        motion = find_motion(words, at)
        found = read_spots(words, at, PLAIN)
        if motion is not None and found is None and words[at].low in ("up", "down"):
            climbed = read_group(words, at + 1, PLAIN)
            if climbed is not None and climbed[0].given is Given.DEFINITE:
                places.append(Spot(Relation.ON, (climbed[0],)))
                at = climbed[1]
                continue
        if found is not None and not (motion and motion.length > found[1] - at):
            places += found[0]
            at = found[1]
        elif motion is not None:
            places += [Spot(r, heading=True) for r in motion.relations]
            at += motion.length
        elif words[at].low in ("to", "for", "of") and (to := read_group(words, at + 1, PLAIN)) is not None:
            if not is_picture(to[0]) and not to[0].head.startswith(("scene", "mix")):
                relation = Relation.INSIDE if to[0].head in HOLLOW else Relation.ON
                places.append(Spot(relation, (to[0],), heading=True))
            at = to[1]
        else:
            at += 1
    return tuple(s for s in places if s.relation not in _NOT_A_PLACE), at


def _last_spot_as_place(groups: tuple[Group, ...]) -> tuple[tuple[Group, ...], tuple[Spot, ...]]:
    """ "put the cup on the table": what was read as part of the group says where it goes."""
    last = groups[-1]
    usable = [i for i, s in enumerate(last.spots) if s.relation is not Relation.WITH and (s.anchors or i)]
    directional = [i for i, s in enumerate(last.spots) if s.relation is not Relation.WITH]
    at = usable[-1] if usable else (directional[-1] if directional else None)
    if at is None:
        return groups, ()
    place = last.spots[at]
    stripped = replace(last, spots=last.spots[:at] + last.spots[at + 1 :])
    return (*groups[:-1], stripped), (place,)


def _copy_of(words: Words, places: tuple[Spot, ...]) -> Reading:
    of = next((i for i, w in enumerate(words) if w.low == "of"), None)
    inner = read_group(words, of + 1, BARE) if of is not None else None
    if inner is None:
        return ask("What should be duplicated?")
    found, _ = read_places(words, inner[1], PLAIN)
    wanted = read_group(words, 0, BARE)
    number = lows(wanted[0].number) if wanted is not None else ""
    return one(Draft(EditVerb.DUPLICATE, inner[0], found, number or None))


def _adjective_thing(words: Words) -> Reading:
    """ "add more contrast", "add some surrealism"."""
    rest = tuple(w for w in words if w.low not in ("some", "a", "an", "the", "in", "bit", "of"))
    if not rest:
        return ask("What should be added?")
    return one(Draft(EditVerb.RESTYLE, payload=words_text(rest)))


def _said(group: Group) -> str:
    return group.surface or group.phrase


PLACING = {
    Frame.INSERT: read_insert,
    Frame.PUT: read_put,
    Frame.MOVE: read_move,
    Frame.COPY: read_copy,
    Frame.GIVE: read_give,
    Frame.DECORATE: read_decorate,
    Frame.COVER: read_cover,
}
