"""The embedded describer: a scene graph from boxes, outlines and colours."""

from __future__ import annotations

import math
import re

import numpy as np

from ggedit.config import Settings
from ggedit.core.colour import WORDS as COLOUR_WORDS
from ggedit.core.colour import dominant_colours, to_oklch
from ggedit.core.detections import Detections
from ggedit.core.masks import HardMask, Mask, Masks
from ggedit.core.picture import Picture
from ggedit.core.scene import Edge, EdgeKind, Node, NodeKind, SceneGraph

from .detecting.vocabulary import is_animate
from .pair_relations import MARGIN, Thing, is_next_to, relate_pair

_GRID_PX = 256
"""Outlines are compared on a grid of at most this size."""
_COLOUR_PIXELS = 40_000
_MAIN_COLOUR, _SECOND_COLOUR = 0.35, 0.3
"""Shares from which a colour, and a second one beside it, describe a thing."""
_LARGE, _SMALL = 0.25, 0.01
"""Shares of the picture from, and up to, which a thing is called large or small."""
_OTHER_WORDS = frozenset(["the", "a", "an", "large", "big", "huge", "small", "little", "tiny", "dark", "light"])
_DIRECTIONS = frozenset(["left of", "right of", "above", "below"])
_INTERACTIONS = frozenset(["holding"])
_OPPOSITE = {"right of": "left of", "below": "above"}


class GeometricDescriber:
    """One node per mask; one relation per pair, where a third thing does not imply it."""

    def __init__(self, settings: Settings) -> None:
        self._margin = MARGIN

    def describe(self, picture: Picture, detections: Detections, masks: Masks) -> SceneGraph:
        """Nodes in the order of the masks, with the masks' ids.

        Labels are the words that the boxes were found by, without colours and sizes, which
        become attributes measured in the picture.
        """
        phrases = dict(zip(detections.ids, detections.phrases, strict=True))
        named = {id_: name_of(phrases.get(id_, "")) for id_ in masks.ids}
        nodes = tuple(_node(picture, id_, named[id_], mask) for id_, mask in zip(masks.ids, masks.items, strict=True))
        stride = math.ceil(picture.extent.longest / _GRID_PX)
        things = [
            Thing(node.label, mask.box, _grid(mask, stride)) for node, mask in zip(nodes, masks.items, strict=True)
        ]
        margin_px = self._margin * picture.extent.longest
        edges = [
            edge
            for i, first in enumerate(things)
            for j, second in enumerate(things[i + 1 :], start=i + 1)
            for edge in _edges(nodes[i].id, first, nodes[j].id, second, margin_px=margin_px)
        ]
        return SceneGraph(nodes, without_implied(edges))


def name_of(phrase: str) -> str:
    """What a thing is called: its phrase without articles, colours and sizes."""
    words = [w for w in re.findall(r"[\w'-]+", phrase) if w.lower() not in COLOUR_WORDS | _OTHER_WORDS]
    return " ".join(words) or phrase.strip() or "thing"


def describe_look(picture: Picture, mask: Mask) -> tuple[str, ...]:
    """A thing's attributes: its size where it is unusual, then one or two colours."""
    share = mask.area / picture.extent.area
    size = ("large",) if share >= _LARGE else ("small",) if share <= _SMALL else ()
    step = max(1, math.isqrt(mask.crop.size // _COLOUR_PIXELS))
    crop = mask.crop[::step, ::step]
    pixels = picture.pixels[mask.rows, mask.columns][::step, ::step]
    if not crop.any():
        return size
    shares = dominant_colours(to_oklch(pixels[crop]))[:2]
    if not shares or shares[0][1] < _MAIN_COLOUR:
        return size
    return (*size, shares[0][0], *(name for name, amount in shares[1:] if amount >= _SECOND_COLOUR))


def without_implied(edges: list[Edge]) -> tuple[Edge, ...]:
    """Without directions that follow from two others: a left of b, b left of c."""
    before = {_forward(e) for e in edges if e.relation in _DIRECTIONS}
    names = {end for start, _, stop in before for end in (start, stop)}

    def implied(edge: Edge) -> bool:
        start, word, stop = _forward(edge)
        return any((start, word, via) in before and (via, word, stop) in before for via in names)

    return tuple(e for e in edges if e.relation not in _DIRECTIONS or not implied(e))


def _forward(edge: Edge) -> tuple[str, str, str]:
    """An edge as "left of" or "above"."""
    if edge.relation in _OPPOSITE:
        return edge.object, _OPPOSITE[edge.relation], edge.subject
    return edge.subject, edge.relation, edge.object


def _node(picture: Picture, id_: str, label: str, mask: Mask) -> Node:
    kind = NodeKind.ANIMATE if is_animate(label) else NodeKind.OBJECT
    return Node(id_, label, mask.box, describe_look(picture, mask), kind)


def _edges(id_a: str, a: Thing, id_b: str, b: Thing, *, margin_px: float) -> list[Edge]:
    told = relate_pair(a, b, margin_px)
    subject, object_ = (id_b, id_a) if told.swapped else (id_a, id_b)
    kind = EdgeKind.INTERACTION if told.relation in _INTERACTIONS else EdgeKind.SPATIAL
    edges = [Edge(subject, told.relation, object_, kind)]
    if told.relation in {"left of", "right of"} and is_next_to(a.box, b.box):
        edges.append(Edge(subject, "next to", object_))
    return edges


def _grid(mask: Mask, stride: int) -> HardMask:
    """Every ``stride``-th row and column of the picture, with the mask in its place."""
    grid = np.zeros((-(-mask.extent.height // stride), -(-mask.extent.width // stride)), np.bool_)
    top, left = -mask.y % stride, -mask.x % stride
    part = mask.crop[top::stride, left::stride]
    y, x = (mask.y + top) // stride, (mask.x + left) // stride
    grid[y : y + part.shape[0], x : x + part.shape[1]] = part
    return grid
