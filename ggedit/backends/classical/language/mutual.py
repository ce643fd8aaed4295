"""What two things do to each other: side by side, together, apart, holding hands, swapped."""

from __future__ import annotations

from dataclasses import replace

from ....core.language import Count, CountKind, EditVerb, Relation
from .drafts import NOTHING, Draft, Reading, is_new
from .groups import Group, Spot
from .modifiers import read_list
from .nouns import SAID_OF
from .tokens import Words, lows
from .words import BARE_VERBS, phrases

_EACH = ("each other", "one another")
_ARRANGED: dict[Relation, tuple[str, ...]] = {
    Relation.NEXT_TO: (
        *phrases("side by side|together|close together|closer together|shoulder to shoulder"),
        *(
            f"{near} {each}"
            for near in phrases("next to|beside|near|close to|closer to|alongside|by")
            for each in _EACH
        ),
    ),
    Relation.FARTHEST: (
        *phrases("apart|further apart|farther apart|far apart|away from each other|far from each other"),
        *(f"{far} {each}" for far in phrases("further from|farther from|further away from") for each in _EACH),
    ),
    Relation.ON: (*(f"on top of {each}" for each in _EACH), "one on top of the other", "one on the other"),
    Relation.BEHIND: (*(f"behind {each}" for each in _EACH), "one behind the other"),
    Relation.IN_FRONT: tuple(f"in front of {each}" for each in _EACH),
    Relation.ABOVE: (*(f"above {each}" for each in _EACH), "one above the other", "one over the other"),
}
_SWAPS = tuple(
    f"{verb} {places}"
    for verb in phrases("swap|trade|change|switch|exchange")
    for places in phrases("places|positions|seats|spots|sides|locations")
)
_DEEDS = tuple(
    f"{deed}{each}"
    for deed in phrases("hold hands|shake hands|hug|kiss|embrace|dance|touch")
    for each in ("", *(f" {each}" for each in _EACH))
)


def read_mutual(words: Words) -> Reading:
    """Two known things and how they stand to each other: "the cup and the plate side by side".

    Two things of one kind ("the two chairs") are the first and the last of them.
    """
    ending = _ending(words)
    if ending is None:
        return NOTHING
    cut = len(words) - ending.count(" ") - 1
    groups, at = read_list(words[:cut], 0, SAID_OF)
    pair = _pair(groups)
    if pair is None or not all(w.low in _FILLING or w.lemma in BARE_VERBS for w in words[at:cut]):
        return NOTHING
    if ending in _SWAPS:
        return _exchanged(pair)
    relation = _ENDINGS.get(ending)
    return _related(pair, Relation.WITH, ending) if relation is None else _related(pair, relation)


_ENDINGS = {phrase: relation for relation, ways in _ARRANGED.items() for phrase in ways}
_EVERY_ENDING = tuple(sorted((*_ENDINGS, *_SWAPS, *_DEEDS), key=len, reverse=True))
_FILLING = frozenset(
    ("be", "being", "right", "directly", "all", "both", "a", "bit", "little", "much", "more", "must", "should", "to")
)


def _ending(words: Words) -> str | None:
    """The longest way of standing to each other that the words end in."""
    text = lows(words)
    return next((ending for ending in _EVERY_ENDING if text.endswith(f" {ending}")), None)


def _pair(groups: tuple[Group, ...]) -> tuple[Group, Group] | None:
    if any(is_new(group) and not group.pronoun for group in groups):
        return None
    if len(groups) == 2:
        return groups[0], groups[1]
    known = groups[0].noun or groups[0].pronoun in _THEM if len(groups) == 1 else ()
    if known and groups[0].count.n in (None, 2) and _several(groups[0]):
        one = replace(groups[0], count=Count())
        return replace(one, ordinal=-1), replace(one, ordinal=1)
    return None


_THEM = frozenset(("them", "they", "these", "those"))


def _several(group: Group) -> bool:
    return group.count.kind is not CountKind.ONE


def _related(pair: tuple[Group, Group], relation: Relation, action: str = "") -> Reading:
    return Reading((Draft(EditVerb.RELATE, pair[0], (Spot(relation, (pair[1],)),), action=action),))


def _exchanged(pair: tuple[Group, Group]) -> Reading:
    """Each goes where the other one is."""
    ways = (pair, pair[::-1])
    return Reading(tuple(Draft(EditVerb.MOVE, a, (Spot(Relation.OVERLAPPING, (b,)),)) for a, b in ways))
