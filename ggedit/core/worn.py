"""Where on a standing person, or on a portrait of one, a worn thing sits.

Heights are in heads below the crown: a standing adult is seven and a half heads tall, the
canon of figure drawing (A. Loomis, "Figure Drawing for All It's Worth", 1943, ideal proportions).
"""

from __future__ import annotations

import numpy as np

from .geometry import Box
from .inflection import singular, word_set

_HEADS_TALL = 7.5
_STANDING, _PORTRAIT = 0.45, 0.9
"""Width over height of a standing person's box and of a head-and-shoulders portrait's (judgements)."""
_PORTRAIT_HEAD = 0.5
"""Share of a head-and-shoulders portrait's height that the head takes (a judgement)."""

_PEOPLE = word_set(
    "person man woman boy girl child kid baby toddler lady guy gentleman human bride groom nurse doctor king queen "
    "prince princess clown pirate soldier player rider driver chef singer dancer student teacher worker astronaut "
    "santa statue snowman mannequin scarecrow model mother father grandmother grandfather grandma grandpa"
)
_MIDDLES: dict[float, str] = {
    0.1: "hat cap crown helmet tiara wig hood beanie beret turban halo headband sombrero fez",
    0.45: "glasses sunglasses goggles spectacles eyepatch monocle blindfold",
    0.6: "mask nose headphones earring earrings",
    0.75: "moustache mustache smile cigarette pipe",
    0.9: "beard",
    1.2: "necklace scarf collar bowtie choker",
    1.7: "tie medal pendant",
    2.2: "shirt jacket coat sweater vest hoodie cape backpack apron armour armor t-shirt",
    3.4: "belt",
    5.2: "trousers pants jeans skirt shorts",
    7.3: "shoe shoes boot boots sandals sneakers slippers socks skates",
}
_MIDDLE_OF = {noun: middle for middle, nouns in _MIDDLES.items() for noun in nouns.split()}


def worn_box(noun: str, size: tuple[float, float], wearer: str, body: Box) -> Box | None:
    """The rectangle, in picture pixels, of a worn thing of this (width, height) on the wearer's
    box; None where the thing is not worn, or not by a person."""
    words = wearer.lower().split()
    middle = _MIDDLE_OF.get(noun.lower()) or _MIDDLE_OF.get(singular(noun))
    if middle is None or not words or singular(words[-1]) not in _PEOPLE:
        return None
    width, height = size
    y = min(body.y1 + middle * _head(body), body.y2 - 0.1 * body.height)
    x = body.center[0]
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def _head(body: Box) -> float:
    """Height of the head in pixels: the wider the box, the nearer to a portrait it is."""
    portrait = float(np.clip((body.width / body.height - _STANDING) / (_PORTRAIT - _STANDING), 0, 1))
    return body.height * ((1 - portrait) / _HEADS_TALL + portrait * _PORTRAIT_HEAD)
