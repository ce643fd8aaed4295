"""Who "it", "them", "her", "the other one" and "that dog" are.

Antecedents are looked for in the instruction, then in the scene, then in earlier turns; by
number, by being alive or not, and by recency. "he", "she" and "they" mean the same here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ....core.inflection import PLURALIA, is_plural, singular, word_set
from ....core.language import Context, Count, CountKind, KnownThing, Referent, SpatialTest
from .directions import OPPOSITE
from .groups import Group
from .words import ANIMAL_NOUNS, PERSON_NOUNS

_THING = word_set("it its itself this that")
_LIVING = word_set("he him his himself she her hers herself")
_SEVERAL = word_set("they them their theirs themselves themself these those")
_PEOPLE = word_set("everyone everybody someone somebody people folks")


@dataclass(frozen=True, slots=True)
class Mention:
    """Something spoken of: in which clause, how much in focus (0 = what the edit is about),
    and whether the edit takes it out of the picture."""

    referent: Referent
    clause: int
    rank: int
    gone: bool = False
    many: bool = False

    @property
    def person(self) -> bool | None:
        return is_person(self.referent.head)

    @property
    def animal(self) -> bool:
        return singular(self.referent.head) in ANIMAL_NOUNS


def is_person(noun: str) -> bool | None:
    """Whether the noun names a person; None where the word is not known."""
    word = singular(noun)
    if word in PERSON_NOUNS or (
        word.endswith(("man", "woman", "ist", "person")) and word not in ("mailman's", "list", "mist")
    ):
        return True
    return False if word in ANIMAL_NOUNS else None


@dataclass(frozen=True, slots=True)
class Found:
    """What a group stands for: usually one referent; ``question`` where it is not clear."""

    referents: tuple[Referent, ...] = ()
    question: str | None = None


def stands_for(group: Group, own: Sequence[Mention], earlier: Sequence[Mention], context: Context) -> Found | None:
    """What a pronoun or an incomplete group stands for; None where the group names itself.

    ``own``: mentions of the clause being read; ``earlier``: those of the clauses before it.
    """
    if group.pronoun:
        return _pronoun(group, own, earlier, context)
    if group.other or group.headless:
        return _which_one(group, earlier, context)
    return _repeat(group, earlier)


def _pronoun(group: Group, own: Sequence[Mention], earlier: Sequence[Mention], context: Context) -> Found:
    word = group.pronoun or ""
    if word in _PEOPLE:
        return Found((Referent("person", "person", count=Count(CountKind.ALL)),))
    if word == "else":
        return _spoken_of(earlier, context)
    candidates = [*earlier, *(own if group.owner else ())]
    fitting = _fitting(group, candidates)
    if fitting:
        return Found(tuple(_again(m.referent, group) for m in fitting))
    known = _in_scene(word, context.scene) or _in_mentions(word, context.mentions)
    if known is not None:
        return Found((_known_again(known, group),))
    people = _all_people(word, context.scene)
    if people:
        return Found(tuple(_known_again(thing, group) for thing in people))
    return Found((), f'What does "{group.surface}" mean here? Please name it.')


def _spoken_of(earlier: Sequence[Mention], context: Context) -> Found:
    """What "everything else" leaves out: the things that the last clause, or turn, was about."""
    focus = [m for m in earlier if m.rank == 0 and not m.gone]
    last = [replace(m.referent, resolved_from="else") for m in focus if m.clause == focus[-1].clause]
    if not last and context.mentions:
        last = [replace(of_known(context.mentions[-1]), resolved_from="else")]
    return Found(tuple(last))


def _fitting(group: Group, mentions: Sequence[Mention]) -> list[Mention]:
    """The best antecedents: one, or several singular ones for "them"."""
    word = group.pronoun or ""
    ordered = sorted(mentions, key=lambda m: (m.gone and not group.owner, -m.clause, m.rank))
    for test in _TESTS[_kind(word)]:
        found = [m for m in ordered if test(m)]
        if found:
            if _kind(word) == "several" and test is _single_thing:
                return _together(found)
            return found[:1]
    return []


def _kind(word: str) -> str:
    return "thing" if word in _THING else "living" if word in _LIVING else "several"


def _many(m: Mention) -> bool:
    return m.many or m.referent.head in PLURALIA


def _single_person(m: Mention) -> bool:
    return not m.many and m.person is True


def _single_animal(m: Mention) -> bool:
    return not m.many and m.animal


def _single_unknown(m: Mention) -> bool:
    return not m.many and m.person is None


def _single_thing(m: Mention) -> bool:
    return not m.many


def _no_person(m: Mention) -> bool:
    return not m.many and m.person is not True


_TESTS = {
    "thing": (_no_person,),
    "living": (_single_person, _single_animal),
    "several": (_many, _single_person, _single_thing),
}


def _together(found: list[Mention]) -> list[Mention]:
    """The things that the last two or more mentions in focus name side by side."""
    focus = [m for m in found if m.rank == 0 and not m.gone]
    return list(reversed(focus[:2])) if len(focus) > 1 else []


def _again(referent: Referent, group: Group) -> Referent:
    count = referent.count if group.count.kind is not CountKind.EXACTLY else group.count
    return replace(referent, count=count, resolved_from=group.surface or group.pronoun, span=None)


def _in_scene(word: str, scene: Sequence[KnownThing]) -> KnownThing | None:
    """The only thing of the scene that the pronoun can mean."""
    kind = _kind(word)
    several = _plural_labels(scene)
    singles = [t for t in scene if not t.many]
    people = [t for t in singles if _alive(t) is True and is_person(_head(t.label)) is not False]
    animals = [t for t in singles if is_person(_head(t.label)) is False]
    if kind == "thing":
        return _only([t for t in singles if t not in people])
    if kind == "living":
        return _only(people) if people else _only(animals)
    return _only(several) or (_only(people) if not several else None)


def _all_people(word: str, scene: Sequence[KnownThing]) -> list[KnownThing]:
    """ "them" where the only living things are several people that are named apart."""
    alive = [t for t in scene if _alive(t)]
    apart = len({t.label for t in scene}) == len(scene) and all(is_person(_head(t.label)) for t in alive)
    return alive if _kind(word) == "several" and apart and len(alive) > 1 else []


def _plural_labels(scene: Sequence[KnownThing]) -> list[KnownThing]:
    labels = [t.label for t in scene]
    repeated = [KnownThing(label, many=True) for label in dict.fromkeys(labels) if labels.count(label) > 1]
    return [*repeated, *(t for t in scene if t.many and labels.count(t.label) == 1)]


def _in_mentions(word: str, mentions: Sequence[KnownThing]) -> KnownThing | None:
    """The most recent earlier mention that fits."""
    kind = _kind(word)
    for thing in reversed(mentions):
        person = (
            is_person(_head(thing.label))
            if thing.animate is None
            else thing.animate and is_person(_head(thing.label)) is not False
        )
        if kind == "several" and (thing.many or is_plural(_head(thing.label, raw=True))):
            return thing
        if kind == "thing" and not thing.many and not person:
            return thing
        if kind == "living" and not thing.many and _alive(thing):
            return thing
    if kind == "several":
        return next((t for t in reversed(mentions) if _alive(t) and not t.many), None)
    return None


def _alive(thing: KnownThing) -> bool:
    if thing.animate is not None:
        return thing.animate
    return is_person(_head(thing.label)) is not None


def _head(label: str, *, raw: bool = False) -> str:
    word = label.split()[-1] if label.split() else ""
    return word if raw else singular(word)


def _only(things: Sequence[KnownThing]) -> KnownThing | None:
    return things[0] if len(things) == 1 else None


def of_known(thing: KnownThing) -> Referent:
    """A thing of the scene or of an earlier turn as a referent."""
    words = thing.label.split()
    head = singular(words[-1])
    phrase = " ".join((*(a for a in thing.attributes if a not in words), *words[:-1], head))
    count = Count(CountKind.ALL) if thing.many else Count()
    return Referent(phrase, head, thing.attributes, count)


def _known_again(thing: KnownThing, group: Group) -> Referent:
    known = of_known(thing)
    count = group.count if group.count.kind is CountKind.EXACTLY else known.count
    return replace(known, count=count, resolved_from=group.surface or group.pronoun)


def _which_one(group: Group, earlier: Sequence[Mention], context: Context) -> Found | None:
    """ "the red one", "the other one", "the other cup", "the leftmost"."""
    base = _base(group, earlier, context)
    if base is None:
        return None if group.noun else Found((), f'Which thing does "{group.surface}" mean? Please name it.')
    noun = base.phrase.split()[len(base.attributes) :] or [base.head] if base.attributes else base.phrase.split()
    words = [*group.attributes, *noun] if not group.noun else base.phrase.split()
    tests = tuple(_flipped(t) for t in base.tests) if group.other and not group.spots else ()
    if group.ordinal is not None and not group.spots and base.ordinal is not None:
        tests = base.tests
    ordinal = None
    if group.other and base.ordinal in (1, 2) and not group.spots:
        ordinal = 3 - base.ordinal
    count = (
        group.count
        if group.count.kind is not CountKind.ONE or group.ordinal
        else (Count(CountKind.ALL) if _plural_one(group) else Count())
    )
    return Found((Referent(" ".join(words), base.head, group.attributes, count, ordinal, tests, None, group.surface),))


def _plural_one(group: Group) -> bool:
    return group.surface.lower().endswith(("ones", "others"))


def _base(group: Group, earlier: Sequence[Mention], context: Context) -> Referent | None:
    ordered = sorted(earlier, key=lambda m: (-m.clause, m.rank))
    for mention in ordered:
        if not group.noun or mention.referent.head == group.head:
            return mention.referent
    things = [t for t in reversed(context.mentions) if not group.noun or _head(t.label) == group.head]
    if things:
        return replace(of_known(things[0]), attributes=(), phrase=things[0].label, count=Count())
    repeated = _only(_plural_labels(context.scene))
    return of_known(repeated) if repeated is not None and not group.noun else None


def _flipped(test: SpatialTest) -> SpatialTest:
    return replace(test, relation=OPPOSITE.get(test.relation, test.relation)) if not test.anchors else test


def _repeat(group: Group, earlier: Sequence[Mention]) -> Found | None:
    """ "the man" after "the man on the left": the same one, unless something else is said of it."""
    bare = not group.attributes and not group.spots and group.ordinal is None and group.given.value == "definite"
    if not bare or group.count.kind is CountKind.EXACTLY:
        return None
    for mention in sorted(earlier, key=lambda m: (-m.clause, m.rank)):
        same = mention.referent.head == group.head and mention.many == group.many
        if same and not mention.gone and (mention.referent.tests or mention.referent.attributes or group.demonstrative):
            return Found((replace(mention.referent, resolved_from=group.surface),))
    return None
