"""What a person asks for: text or graph changes, and the clauses read from text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from .freeze import Frozen


class EditVerb(StrEnum):
    """The kinds of edit."""

    INSERT = "insert"
    REMOVE = "remove"
    REPLACE = "replace"
    RESTYLE = "restyle"
    MOVE = "move"
    RESIZE = "resize"
    FLIP = "flip"
    DUPLICATE = "duplicate"
    RELATE = "relate"
    BACKGROUND = "background"


class Relation(StrEnum):
    """Where a thing is, or which of several is meant.

    The four directions are *absolute* without an anchor ("the left cup") and *relative* with
    one ("left of the plate"). Superlatives and ``CORNER`` take no anchor; ``NEAREST`` and
    ``FARTHEST`` take one, or none for the camera; ``BETWEEN`` takes two; the rest take one.
    """

    LEFT_OF = "left_of"
    RIGHT_OF = "right_of"
    ABOVE = "above"
    BELOW = "below"
    BEHIND = "behind"
    IN_FRONT = "in_front"
    NEAREST = "nearest"
    FARTHEST = "farthest"
    MIDDLE = "middle"
    CORNER = "corner"
    LARGEST = "largest"
    SMALLEST = "smallest"
    BETWEEN = "between"
    ON = "on"
    INSIDE = "inside"
    NEXT_TO = "next_to"
    OVERLAPPING = "overlapping"
    WITH = "with"


class CountKind(StrEnum):
    ONE = "one"
    EXACTLY = "exactly"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Count(Frozen):
    """How many are meant; ``n`` is set exactly for ``EXACTLY``."""

    kind: CountKind = CountKind.ONE
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Span(Frozen):
    """Half-open character range in the instruction's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class SpatialTest(Frozen):
    """A relation and the things it is measured against (none, one or two)."""

    relation: Relation
    anchors: tuple[Referent, ...] = ()


@dataclass(frozen=True, slots=True)
class Referent(Frozen):
    """A thing that is spoken of.

    ``phrase`` is what a detector is asked ("red cup", without article and direction);
    ``head`` its singular head noun; ``ordinal`` counts from 1 in reading order of the last
    directional test (left to right without one), -1 is the last; ``resolved_from`` is the
    pronoun or repeat that stood in the text.
    """

    phrase: str
    head: str
    attributes: tuple[str, ...] = ()
    count: Count = Count()
    ordinal: int | None = None
    tests: tuple[SpatialTest, ...] = ()
    span: Span | None = None
    resolved_from: str | None = None

    def anchors(self) -> Iterator[Referent]:
        """All things its tests are measured against, nearest first, chains included."""
        for test in self.tests:
            for anchor in test.anchors:
                yield anchor
                yield from anchor.anchors()


@dataclass(frozen=True, slots=True)
class Clause(Frozen):
    """One edit that is asked for.

    ``payload`` is the new thing (insert, replace) or the attribute (restyle, resize, flip,
    background); ``place`` is where a new or moved thing goes; ``direct`` is the short
    instruction for an editing model, without context and direction words. An insert has no
    target; restyle and background may have none (the whole picture); the others have one. The
    target of a background clause is what stays as it is ("blur everything but the dog").
    ``place_also`` are further tests of the place: "in the bottom left corner of the room" is
    ``CORNER``, and also ``BELOW``, ``LEFT_OF`` and ``INSIDE`` the room. ``spared`` are things
    that stay as they are: taken out of a target that means several ("every cup but the left
    one"), or kept beside a background clause's target ("all but the dog and the cat").
    """

    verb: EditVerb
    target: Referent | None = None
    place: SpatialTest | None = None
    payload: str | None = None
    direct: str = ""
    span: Span | None = None
    place_also: tuple[SpatialTest, ...] = ()
    spared: tuple[Referent, ...] = ()

    def __post_init__(self) -> None:
        optional = {EditVerb.INSERT, EditVerb.RESTYLE, EditVerb.BACKGROUND}
        if self.verb is EditVerb.INSERT and self.target is not None:
            raise ValueError("an insert has no target; its reference is the place's anchor")
        if self.target is None and self.verb not in optional:
            raise ValueError(f"a {self.verb} clause needs a target")

    def referents(self) -> Iterator[Referent]:
        """Target first, then what is spared, then the place's things; each with its anchors,
        chains included."""
        for thing in (*((self.target,) if self.target is not None else ()), *self.spared):
            yield thing
            yield from thing.anchors()
        for place in (self.place, *self.place_also):
            for anchor in place.anchors if place is not None else ():
                yield anchor
                yield from anchor.anchors()


@dataclass(frozen=True, slots=True)
class Instruction(Frozen):
    """The text as understood: one clause per separate edit, in order.

    ``note`` tells the person what was assumed or mended; ``questions`` must be answered
    before the reading can be trusted (an unresolved pronoun, text that asks for nothing).
    """

    text: str
    clauses: tuple[Clause, ...] = ()
    note: str | None = None
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownThing(Frozen):
    """An object that a pronoun or a repeat may mean: a scene node or an earlier mention.

    ``animate`` is None where it is not known; ``many`` says that it stands for several.
    """

    label: str
    attributes: tuple[str, ...] = ()
    animate: bool | None = None
    many: bool = False


@dataclass(frozen=True, slots=True)
class Context(Frozen):
    """What a parser may know besides the text.

    ``scene``: the objects seen so far on this picture (may be empty); ``mentions``: the
    targets and payloads of earlier turns, most recent last.
    """

    scene: tuple[KnownThing, ...] = ()
    mentions: tuple[KnownThing, ...] = ()
