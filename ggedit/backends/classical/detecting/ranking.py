"""How well each proposal fits what was asked: kind, colour, place, size and shape, as one score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ggedit.core.colour import Colour, read_colour
from ggedit.core.freeze import Frozen
from ggedit.core.geometry import Xyxy, area_xyxy, iou_xyxy
from ggedit.core.language import CountKind, Referent, Relation

from .appearance import Appearance
from .naming import compute_animal
from .parts import compute_expected
from .proposals import Proposals
from .traits import Shape, Side, Traits, traits_of
from .vocabulary import ANIMALS, Meaning, meaning

Floats = npt.NDArray[np.float32]
Term = tuple[float, npt.NDArray[np.floating]]


@dataclass(frozen=True, slots=True)
class Weights(Frozen):
    """How much each term counts. Measured by benchmarks/grounding_embedded.py."""

    objectness: float = 0.5
    plain_objectness: float = 0.15
    area: float = 0.35
    plain_area: float = 0.2
    kind: float = 1.2
    likeness: float = 0.6
    other_kind: float = 1.0
    inside: float = 1.0
    concentration: float = 1.0
    usual_colour: float = 0.7
    place: float = 2.5
    usual_place: float = 1.0
    size: float = 0.7
    shape: float = 1.0
    part: float = 1.5
    border: float = 1.0


WEIGHTS = Weights()
_SPECK = 0.004
"""Boxes that cover less of the picture than this are seldom what is meant."""
_COLOURED_SPECK = 0.001
"""A colour that was spoken of tells smaller ones apart."""
_DOUBT = 3.0
_EVERYTHING = 0.85
"""Nor are guesses that cover more than this."""

_SHARPNESS, _SHARPNESS_COUNTED = 4.0, 2.0
"""How fast scores fall with the evidence. Where one thing is meant, later stages must not lift a
far worse box for its place alone; measured through them by benchmarks/grounding_embedded.py."""
_MAYBE_ANIMAL = 0.6
"""Belief in "an animal" that goes to whichever animal was asked for."""
_COMPARING = frozenset([Relation.LARGEST, Relation.SMALLEST, Relation.NEAREST, Relation.FARTHEST])
_LARGE = frozenset(["big", "bigger", "biggest", "large", "larger", "largest", "huge", "giant", "main"])
_SMALL = frozenset(["small", "smaller", "smallest", "little", "tiny", "mini", "littlest", "tiniest"])


@dataclass(frozen=True, slots=True)
class Wanted(Frozen):
    """A referent as far as a picture can answer it.

    size: +1 large, -1 small. counted: several are meant, or one among several by its number
    or by comparison, so that all that there are must be told from what is not one.
    """

    kinds: Meaning
    traits: Traits
    colours: tuple[Colour, ...]
    places: tuple[Relation, ...]
    size: int
    counted: bool = False


def read_wanted(referent: Referent) -> Wanted:
    """Kinds, usual look, colours, absolute places and size of a referent."""
    words = {*referent.attributes, *referent.phrase.lower().split()}
    colours = [read_colour(word) for word in referent.attributes] or [read_colour(referent.phrase)]
    places = tuple(test.relation for test in referent.tests if not test.anchors)
    large = Relation.LARGEST in places or not words.isdisjoint(_LARGE)
    small = Relation.SMALLEST in places or not words.isdisjoint(_SMALL)
    return Wanted(
        meaning(referent.phrase, referent.head),
        traits_of(referent.phrase, referent.head),
        tuple(dict.fromkeys(c for c in colours if c is not None)),
        places,
        int(large) - int(small),
        referent.count.kind is not CountKind.ONE or referent.ordinal is not None or not _COMPARING.isdisjoint(places),
    )


def compute_own_kind(kinds: Meaning, proposals: Proposals) -> Floats:
    """The network's belief, [0, 1], that each proposal is of the very kind that was asked for."""
    return (proposals.kinds * kinds.weights).max(axis=1, initial=0.0)


def compute_kind(kinds: Meaning, proposals: Proposals) -> Floats:
    """The same, where an animal of unclear kind may well be the animal that was asked for."""
    maybe = compute_animal(proposals) * (_MAYBE_ANIMAL * kinds.weights[ANIMALS].max())
    return np.maximum(compute_own_kind(kinds, proposals), maybe)


def compute_known_fit(wanted: Wanted, proposals: Proposals, appearance: Appearance) -> Floats:
    """A score in (0, 1] per proposal for a kind that the network knows and sees.

    The best one's score is the network's belief in its kind; the others' fall off by how
    much less likely all that was asked for makes them. Where several are to be counted, each
    has the belief in its own kind.
    """
    share, kind = _share(proposals), compute_kind(wanted.kinds, proposals)
    terms = [
        (WEIGHTS.objectness, proposals.objectness + 1e-4),
        (WEIGHTS.area, share + 0.01),
        (WEIGHTS.kind, kind + 3e-4),
        *_said(wanted, proposals, appearance),
    ]
    if wanted.counted:
        return np.clip(kind, 1e-6, 1.0)
    evidence = _evidence(terms, share < _SPECK)
    return _scores(evidence, best=float(kind[evidence.argmax()]), counted=False)


def compute_plain_fit(
    wanted: Wanted, proposals: Proposals, appearance: Appearance, alike: Floats | None = None
) -> Floats:
    """The same for anything else: by what was said of it and by its usual look.

    The best one's score is half the mean of what was asked for: a guess is never sure. Where
    several are to be counted, a thing is believed as much as the one that it is alike to:
    alike is float32 (N, N), see ``grounds.compute_alike``.
    """
    share = _share(proposals)
    others = proposals.kinds * (1 - np.minimum(wanted.kinds.weights * 2, 1))
    terms = [
        (WEIGHTS.plain_objectness, proposals.objectness + 1e-3),
        (WEIGHTS.plain_area, np.minimum(share, 0.5) + 0.01),
        (WEIGHTS.other_kind, 1.05 - others.max(axis=1, initial=0.0)),
        *_said(wanted, proposals, appearance),
        *_usual(wanted, proposals, appearance),
    ]
    # What was said to be at a side of the picture may well touch its border.
    terms.append((WEIGHTS.border * (0.5 if wanted.places else 1.0), 1 / (1 + proposals.border**2)))
    if not wanted.kinds.empty:
        terms.append((WEIGHTS.likeness, compute_kind(wanted.kinds, proposals) + 0.01))
    speck = _COLOURED_SPECK if wanted.colours else _SPECK
    evidence = _evidence(terms, (share < speck) | (share > _EVERYTHING))
    if wanted.counted and alike is not None:
        evidence = (evidence + np.log(np.maximum(alike, 1e-6))).max(axis=1)
    total = sum(weight for weight, _ in terms)
    return _scores(evidence, best=0.5 * float(np.exp(evidence.max() / total)), counted=wanted.counted)


def _evidence(terms: list[Term], doubtful: npt.NDArray[np.bool_]) -> npt.NDArray[np.floating]:
    """Sum of weighted logarithms of values that are at most 1; what is doubtful loses some."""
    logs = [weight * np.log(np.clip(values, 1e-6, 1.0)) for weight, values in terms]
    return np.sum(logs, axis=0) - _DOUBT * doubtful


def _scores(evidence: npt.NDArray[np.floating], *, best: float, counted: bool) -> Floats:
    """Evidence as scores: differences become ratios."""
    sharpness = _SHARPNESS_COUNTED if counted else _SHARPNESS
    return np.clip(best * np.exp(sharpness * (evidence - evidence.max())), 1e-6, 1.0).astype(np.float32)


def _share(proposals: Proposals) -> Floats:
    return (area_xyxy(proposals.xyxy) / proposals.extent.area).astype(np.float32)


def _said(wanted: Wanted, proposals: Proposals, appearance: Appearance) -> Iterator[Term]:
    """Terms for colours, places and sizes that were spoken of."""
    for colour in wanted.colours:
        part = 1 / len(wanted.colours)
        yield part * WEIGHTS.inside, appearance.inside(proposals.xyxy, colour) + 0.03
        yield part * WEIGHTS.concentration, appearance.concentration(proposals.xyxy, colour) + 0.05
    centres = (proposals.xyxy[:, :2] + proposals.xyxy[:, 2:]) / 2 / np.array(proposals.extent, np.float32)
    for relation in wanted.places:
        if relation in _PLACES:
            yield WEIGHTS.place, _PLACES[relation](*centres.T) + 0.05
    if wanted.size:
        share = np.sqrt(_share(proposals))
        yield WEIGHTS.size, share + 0.03 if wanted.size > 0 else 0.03 / (share + 0.03)


def _usual(wanted: Wanted, proposals: Proposals, appearance: Appearance) -> Iterator[Term]:
    """Terms for the shape, place, colour and owner that such things usually have."""
    traits = wanted.traits
    if traits.shape is not None:
        yield WEIGHTS.shape, _SHAPES[traits.shape](_slimness(proposals.xyxy))
    if traits.side is not None and not wanted.places:
        y = (proposals.xyxy[:, 1] + proposals.xyxy[:, 3]) / 2 / proposals.extent.height
        yield WEIGHTS.usual_place, (1 - y if traits.side is Side.TOP else y) + 0.05
    if traits.colours and not wanted.colours:
        shares = [appearance.inside(proposals.xyxy, Colour(name)) for name in traits.colours]
        yield WEIGHTS.usual_colour, np.clip(sum(shares), 0, 1) + 0.05
    if traits.part is not None:
        expected = compute_expected(traits.part, proposals)
        if len(expected):
            yield WEIGHTS.part, iou_xyxy(proposals.xyxy, expected).max(axis=1) + 0.1


def _slimness(xyxy: Xyxy) -> Floats:
    """Natural logarithm of height over width: 0 for a square, 0.7 for twice as high."""
    width, height = (xyxy[:, 2:] - xyxy[:, :2]).T
    return np.log(np.maximum(height, 1e-3) / np.maximum(width, 1e-3))


# Fall-offs over the logarithm of the aspect: a factor of two off costs about a third.
_SHAPES = {
    Shape.TALL: lambda slim: np.exp(-0.6 * np.maximum(0.7 - slim, 0)),
    Shape.WIDE: lambda slim: np.exp(-0.6 * np.maximum(slim + 0.4, 0)),
    Shape.ROUND: lambda slim: np.exp(-0.6 * np.abs(slim)),
    Shape.LONG: lambda slim: np.exp(-0.6 * np.maximum(0.7 - np.abs(slim), 0)),
}
_PLACES = {
    Relation.LEFT_OF: lambda x, y: 1 - x,
    Relation.RIGHT_OF: lambda x, y: x,
    Relation.ABOVE: lambda x, y: 1 - y,
    Relation.BELOW: lambda x, y: y,
    Relation.MIDDLE: lambda x, y: np.maximum(1 - np.abs(x - 0.5) - np.abs(y - 0.5), 0),
    Relation.CORNER: lambda x, y: np.abs(x - 0.5) + np.abs(y - 0.5),
    Relation.NEAREST: lambda x, y: y,
    Relation.FARTHEST: lambda x, y: 1 - y,
}
