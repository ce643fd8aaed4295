"""From drafts to clauses: resolves what stands for what, and words the direct instruction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ....core.language import Clause, Context, EditVerb, Referent, Span, SpatialTest
from .direct import Said, direct_of
from .drafts import Draft, Reading
from .groups import Group, Spot
from .predicates import is_scene_look
from .repeats import Mention, stands_for
from .tokens import Words, lows
from .words import COLOURS

_WHOLE_OR = (EditVerb.RESTYLE, EditVerb.REPLACE)
_UNNAMED_WHOLE = frozenset(("it", "this", "that"))


@dataclass(slots=True)
class _Talk:
    """What has been said so far while the clauses of one instruction are built."""

    context: Context
    earlier: list[Mention] = field(default_factory=list)
    own: list[Mention] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)


def merged(readings: Sequence[Reading], parts: Sequence[Words]) -> tuple[Reading, ...]:
    """ "take out the lamp and put a plant there instead" is one replacement."""
    out: list[Reading] = []
    for reading, words in zip(readings, parts, strict=True):
        old, new = (_only(out[-1]) if out else None), _only(reading)
        swap = old is not None and new is not None and old.verb is EditVerb.REMOVE and new.verb is EditVerb.INSERT
        if (
            old is not None
            and new is not None
            and swap
            and (words[-1].low in ("instead", "there") or lows(words[-3:]) in _IN_ITS_PLACE)
        ):
            both = replace(old, verb=EditVerb.REPLACE, payload=new.payload, new=new.new, end=new.end)
            out[-1] = Reading((both,))
            continue
        out.append(reading)
    return tuple(out)


def _only(reading: Reading) -> Draft | None:
    return reading.drafts[0] if len(reading.drafts) == 1 else None


_IN_ITS_PLACE = ("in its place", "in their place", "in his place", "in her place")


def build(readings: Sequence[Reading], context: Context) -> tuple[tuple[Clause, ...], tuple[str, ...]]:
    """The clauses of what was read, in order, and what must be asked back."""
    talk = _Talk(context)
    clauses: list[Clause] = []
    number = 0
    for reading in readings:
        for topic in reading.topics:
            talk.own = []
            _mention(_topic(topic, talk), number, 0, talk, many=topic.many)
            talk.earlier += talk.own
        for draft in reading.drafts:
            talk.own = []
            clauses += _clauses(draft, number, talk)
            talk.earlier += talk.own
            number += 1
    return tuple(clauses), tuple(dict.fromkeys(talk.questions))


def _clauses(draft: Draft, number: int, talk: _Talk) -> list[Clause]:
    targets = _targets(draft, number, talk)
    places = _places(draft, number, talk)
    payload = _payload(draft, targets, talk)
    if draft.new is not None:
        _mention(_new_thing(draft.new, places), number, 0, talk, many=draft.new.many or draft.new.count.n is not None)
    spared = _spared(draft, talk)
    if draft.verb is EditVerb.BACKGROUND:
        kept = [thing for thing in targets if thing is not None]
        targets, spared = [kept[0] if kept else None], (*kept[1:], *spared)
    if (
        draft.verb is EditVerb.RELATE
        and len(targets) == 2
        and places
        and targets[0] is not None
        and targets[1] is not None
    ):
        first, second = (replace(thing, ordinal=None) for thing in targets if thing is not None)
        targets, places = [first], (replace(places[0], anchors=(second,)),)
    return [replace(_clause(draft, target, places, payload), spared=spared) for target in targets]


def _spared(draft: Draft, talk: _Talk) -> tuple[Referent, ...]:
    """What stays as it is; "the left one" is one of the target's kind."""
    within = replace(talk, earlier=[*talk.earlier, *talk.own], own=[])
    found = tuple(referent for group in draft.spared for referent in _resolve(group, within))
    if draft.spared and not found and draft.verb is not EditVerb.BACKGROUND:
        talk.questions.append("What should stay as it is? Please name it.")
    for referent in found:
        talk.own.append(Mention(replace(referent, resolved_from=None), -1, 1))
    return found


def _clause(draft: Draft, target: Referent | None, places: tuple[SpatialTest, ...], payload: str | None) -> Clause:
    verb = draft.verb
    place = places[0] if places else None
    direct = direct_of(verb, target, place, Said(payload or "", draft.action, draft.nouns))
    if verb is EditVerb.REPLACE and target is None:
        verb = EditVerb.RESTYLE
    span = Span(draft.start, draft.end) if draft.start >= 0 else None
    return Clause(verb, target, place, payload, direct, span, places[1:])


def _topic(group: Group, talk: _Talk) -> Referent:
    unasked = replace(talk, questions=[])
    return _named(group, tuple(_test(spot, unasked) for spot in group.spots))


def _targets(draft: Draft, number: int, talk: _Talk) -> list[Referent | None]:
    if draft.target is None:
        return [None]
    group = draft.target
    if _means_picture(group, draft, talk):
        return [None]
    if draft.verb is EditVerb.BACKGROUND and group.pronoun and not _known(group, talk):
        return [None]
    referents = _resolve(group, talk)
    gone = draft.verb in (EditVerb.REMOVE, EditVerb.REPLACE)
    for referent in referents:
        many = referent.count.kind != "one"
        _mention(referent, number, 0, talk, many=many, gone=gone)
        _mention_anchors(referent, number, talk)
    return list(referents)


def _known(group: Group, talk: _Talk) -> bool:
    """Whether the pronoun stands for something; what stays before a background need not."""
    found = stands_for(group, talk.own, talk.earlier, talk.context)
    return found is not None and bool(found.referents)


def _means_picture(group: Group, draft: Draft, talk: _Talk) -> bool:
    """ "make it look like winter", and "make it blue" where nothing else was spoken of."""
    if group.pronoun not in _UNNAMED_WHOLE or draft.verb not in _WHOLE_OR:
        return False
    if is_scene_look(draft.payload or "") and (draft.verb is EditVerb.RESTYLE or not talk.earlier):
        return True
    found = stands_for(group, (), talk.earlier, talk.context)
    if found is not None and found.referents:
        return False
    if talk.context.scene and _looks_like_one_thing(draft.payload or ""):
        talk.questions.append(f'What does "{group.surface}" mean here? Please name it.')
    return True


def _looks_like_one_thing(payload: str) -> bool:
    return any(word in COLOURS for word in payload.lower().split())


def _resolve(group: Group, talk: _Talk) -> tuple[Referent, ...]:
    """The group's referents; a pronoun that stays open keeps its own word and is asked about."""
    found = stands_for(group, talk.own, talk.earlier, talk.context)
    itself = [Mention(_named(group, ()), _LATEST, 3)] if group.noun else []
    within = replace(talk, own=[*talk.own, *itself])
    tests = tuple(_test(s, talk if any(a.owner for a in s.anchors) else within) for s in group.spots)
    if found is None:
        return (_named(group, tests),)
    if found.question:
        talk.questions.append(found.question)
        return (_named(group, tests),)
    span = _span(group)
    return tuple(
        replace(r, tests=_joined(r.tests, tests), span=span, ordinal=group.ordinal or r.ordinal)
        for r in found.referents
    )


_LATEST = 1_000_000
"""Clause number of the thing being read: "the man with a bird on his shoulder" owns it."""


def _joined(old: tuple[SpatialTest, ...], new: tuple[SpatialTest, ...]) -> tuple[SpatialTest, ...]:
    return new if new else old


def _named(group: Group, tests: tuple[SpatialTest, ...]) -> Referent:
    phrase = group.phrase or group.surface.lower().removeprefix("the ")
    head = group.head or phrase.split()[-1]
    return Referent(phrase, head, group.attributes, group.count, group.ordinal, tests, _span(group))


def _span(group: Group) -> Span | None:
    return Span(group.start, group.end) if group.start >= 0 else None


def _test(spot: Spot, talk: _Talk) -> SpatialTest:
    anchors = tuple(r for a in spot.anchors for r in _resolve(a, talk))
    return SpatialTest(spot.relation, anchors)


def _places(draft: Draft, number: int, talk: _Talk) -> tuple[SpatialTest, ...]:
    tests = tuple(_test(s, talk) for s in draft.places)
    for test in tests:
        for anchor in test.anchors:
            _mention(anchor, number, 1, talk, many=anchor.count.kind != "one")
            _mention_anchors(anchor, number, talk)
    return tests


def _mention_anchors(referent: Referent, number: int, talk: _Talk) -> None:
    for anchor in referent.anchors():
        _mention(anchor, number, 2, talk, many=anchor.count.kind != "one")


def _mention(referent: Referent, number: int, rank: int, talk: _Talk, *, many: bool, gone: bool = False) -> None:
    talk.own.append(Mention(replace(referent, resolved_from=None), number, rank, gone, many))


def _new_thing(group: Group, places: tuple[SpatialTest, ...]) -> Referent:
    """A thing that the edit brings in, found again later by where it was put."""
    usable = tuple(t for t in places if t.anchors)
    return Referent(group.phrase, group.head, group.attributes, group.count, None, usable, _span(group))


def _payload(draft: Draft, targets: list[Referent | None], talk: _Talk) -> str | None:
    if draft.payload is not None and draft.new is not None and draft.new.pronoun:
        found = stands_for(draft.new, (), talk.earlier, talk.context)
        return found.referents[0].phrase if found is not None and found.referents else draft.payload
    if draft.payload is None or draft.new is None or not draft.new.headless:
        return draft.payload
    head = targets[0].head if targets[0] is not None else ""
    if draft.verb is EditVerb.INSERT and talk.earlier:
        head = talk.earlier[-1].referent.head
    return draft.payload if not head or head in draft.payload.split() else f"{draft.payload} {head}".strip()
