"""Colour and size words, checked against the box's pixels and the other candidates' sizes."""

from __future__ import annotations

import numpy as np

from ...core.colour import Colour, colour_share, dominant_colours, read_colour, to_oklch
from ...core.geometry import Box, Extent
from ...core.language import Referent
from ...core.picture import Picture
from .candidates import Evidence, Pool

LARGE = frozenset(
    {
        "big",
        "bigger",
        "biggest",
        "large",
        "larger",
        "largest",
        "huge",
        "giant",
        "tall",
        "taller",
        "tallest",
        "adult",
        "grown",
    }
)
SMALL = frozenset({"small", "smaller", "smallest", "little", "tiny", "short", "shorter", "shortest", "baby", "young"})

_COLOUR_WEIGHT = 2.0
_COLOUR_FLOOR = 0.04
"""Share of pixels that any box has of any colour by chance."""
_THUMB = 48
"""Pixels along a side that are looked at per box."""
_SIZE_WEIGHT = 1.2


def asked_colour(referent: Referent) -> Colour | None:
    """The colour that the referent's words ask for; a colour that is the noun itself is none."""
    for words in (*referent.attributes, referent.phrase):
        colour = read_colour(words)
        if colour is not None and words.casefold() != referent.head.casefold():
            return colour
    return None


def colour_shares(pool: Pool, colour: Colour, picture: Picture) -> np.ndarray:
    """(n,) in [0, 1]: how much of the middle of each box has the colour."""
    return np.array([_share(picture, row, colour) for row in pool.xyxy])


def colour_evidence(shares: np.ndarray) -> Evidence:
    """Log evidence of a colour's shares."""
    return _COLOUR_WEIGHT * np.log(shares + _COLOUR_FLOOR)


def size_evidence(referent: Referent, pool: Pool) -> Evidence:
    """Log evidence of "big" and "small" among the candidates, by the longer side of the box."""
    words = {word for attribute in referent.attributes for word in attribute.casefold().split()}
    sign = bool(words & LARGE) - bool(words & SMALL)
    side = np.log(np.maximum((pool.xyxy[:, 2:] - pool.xyxy[:, :2]).max(axis=1, initial=1.0), 1.0))
    return _SIZE_WEIGHT * sign * side


def colour_name(picture: Picture, xyxy: np.ndarray) -> str:
    """The basic colour that the middle of a box has most of."""
    lch, weight = _thumb(picture, xyxy)
    found = dominant_colours(lch, weight)
    return found[0][0] if found else ""


def _share(picture: Picture, xyxy: np.ndarray, colour: Colour) -> float:
    lch, weight = _thumb(picture, xyxy)
    return colour_share(lch, colour, weight)


def _thumb(picture: Picture, xyxy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """OKLCh samples (h, w, 3) of a box and how central each is (h, w)."""
    x1, y1, x2, y2 = Box.from_xyxy(xyxy).pixels(Extent.of(picture.pixels))
    rows = np.unique(np.linspace(y1, y2 - 1, min(_THUMB, y2 - y1)).astype(int))
    columns = np.unique(np.linspace(x1, x2 - 1, min(_THUMB, x2 - x1)).astype(int))
    lch = to_oklch(picture.pixels[np.ix_(rows, columns)])
    v = (rows + 0.5 - (y1 + y2) / 2) / (y2 - y1)
    u = (columns + 0.5 - (x1 + x2) / 2) / (x2 - x1)
    weight = np.exp(-4.0 * (v[:, None] ** 2 + u[None, :] ** 2)).astype(np.float32)
    return lch, weight
