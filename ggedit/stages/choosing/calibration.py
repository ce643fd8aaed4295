"""The fitted weights of place words, read once from ``calibration.json``.

Each family's weights belong to the features of the same name in ``spatial``; the file also
says what they were fitted on and by which command.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TypedDict

import numpy as np
import numpy.typing as npt


class Calibration(TypedDict):
    """The file's content."""

    card: dict[str, str]
    families: dict[str, list[float]]
    any_word: list[float]
    """Weights of the shape features whatever the words are."""
    words: dict[str, list[int]]
    """Hundredths that a word adds to them."""


@cache
def load_calibration() -> Calibration:
    """The packaged weights."""
    text = resources.files(__package__ or __name__).joinpath("calibration.json").read_text(encoding="utf-8")
    return json.loads(text)


@cache
def weights_of(family: str) -> npt.NDArray[np.float64]:
    """A family's weights, in the order of its features."""
    return np.array(load_calibration()["families"][family], np.float64)
