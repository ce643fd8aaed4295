"""How well each proposal fits what was asked: kind, colour, place and size, as one score."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ggedit.core.colour import Colour, read_colour
from ggedit.core.freeze import Frozen
from ggedit.core.geometry import area_xyxy
from ggedit.core.language import Referent, Relation

from .appearance import Appearance
from .proposals import Proposals
from .vocabulary import Meaning, meaning

Floats = npt.NDArray[np.float32]

# Weights of the logarithms below, measured by benchmarks/grounding_embedded.py.
_OBJECTNESS, _KIND, _INSIDE, _CONCENTRATION, _PLACE, _SIZE, _AREA = 0.5, 1.2, 1.5, 1.0, 2.5, 1.0, 0.35
_SPECK = 0.004
"""Boxes that cover less of the picture than this are seldom what is meant."""

_LARGE = frozenset(["big", "bigger", "biggest", "large", "larger", "largest", "huge", "giant", "tall", "main"])
_SMALL = frozenset(["small", "smaller", "smallest", "little", "tiny", "mini", "littlest", "tiniest"])


@dataclass(frozen=True, slots=True)
class Wanted(Frozen):
    """A referent as far as a picture can answer it."""

    kinds: Meaning
    colours: tuple[Colour, ...]
    places: tuple[Relation, ...]
    size: int


def read_wanted(referent: Referent) -> Wanted:
    """Kind, colours, absolute places and size (+1 large, -1 small) of a referent."""
    words = (*referent.attributes, *referent.phrase.split())
    colours = [read_colour(word) for word in referent.attributes] or [read_colour(referent.phrase)]
    places = tuple(test.relation for test in referent.tests if not test.anchors)
    large = Relation.LARGEST in places or not _LARGE.isdisjoint(words)
    small = Relation.SMALLEST in places or not _SMALL.isdisjoint(words)
    return Wanted(
        meaning(referent.phrase, referent.head),
        tuple(dict.fromkeys(c for c in colours if c is not None)),
        places,
        int(large) - int(small),
    )


def compute_fit(wanted: Wanted, proposals: Proposals, appearance: Appearance) -> Floats:
    """A score in (0, 1] per proposal: the weighted geometric mean of what was asked about.

    Only the order and the ratio between candidates of one referent mean something.
    """
    share = area_xyxy(proposals.xyxy) / proposals.extent.area
    terms = [(_OBJECTNESS, proposals.objectness + 1e-4), (_AREA, share + 0.01)]
    if not wanted.kinds.empty:
        terms.append((_KIND, compute_kind(wanted.kinds, proposals) + 3e-4))
    for colour in wanted.colours:
        part = 1 / len(wanted.colours)
        terms.append((part * _INSIDE, appearance.inside(proposals.xyxy, colour) + 0.03))
        terms.append((part * _CONCENTRATION, appearance.concentration(proposals.xyxy, colour) + 0.05))
    terms += [(_PLACE, _place(relation, proposals) + 0.05) for relation in wanted.places if relation in _PLACES]
    if wanted.size:
        terms.append((_SIZE, share + 0.01 if wanted.size > 0 else 0.01 / (share + 0.01)))
    total = sum(weight for weight, _ in terms)
    score = sum(weight * np.log(np.minimum(values, 1.0)) for weight, values in terms)
    score = score - np.where(share < _SPECK, 1.0, 0.0)
    return np.exp(score / total).astype(np.float32)


def compute_kind(kinds: Meaning, proposals: Proposals) -> Floats:
    """The network's belief, [0, 1], that each proposal is of the kind that was asked for."""
    return (proposals.kinds * kinds.weights).max(axis=1, initial=0.0)


def _place(relation: Relation, proposals: Proposals) -> Floats:
    centres = (proposals.xyxy[:, :2] + proposals.xyxy[:, 2:]) / 2
    return _PLACES[relation](*(centres / np.array(proposals.extent, np.float32)).T)


_PLACES = {
    Relation.LEFT_OF: lambda x, y: 1 - x,
    Relation.RIGHT_OF: lambda x, y: x,
    Relation.ABOVE: lambda x, y: 1 - y,
    Relation.BELOW: lambda x, y: y,
    Relation.MIDDLE: lambda x, y: np.maximum(1 - np.abs(x - 0.5) - np.abs(y - 0.5), 0),
    Relation.CORNER: lambda x, y: np.maximum(np.abs(x - 0.5) + np.abs(y - 0.5), 0),
    Relation.NEAREST: lambda x, y: y,
    Relation.FARTHEST: lambda x, y: 1 - y,
}
