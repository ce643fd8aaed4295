"""The full tier's detectors with real weights, against boxes drawn by hand before any of them ran."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ggedit.assembly import Assembly
from ggedit.config import load_settings
from ggedit.core.geometry import Box
from ggedit.core.language import Referent
from ggedit.core.turn import Tier
from ggedit.registry import all_specs, missing
from tests.pictures import PictureMissing, open_picture

pytestmark = [pytest.mark.full, pytest.mark.slow]

TRUTH = Path(__file__).resolve().parents[2] / "benchmarks" / "data" / "grounding_phrases.json"
SETTINGS = load_settings()
"""Read before the tests' clean environment: GGEDIT_CHECKPOINTS and GGEDIT_DETECTOR_MODEL count here."""
CLEAR = [
    ("dog", "white dog"),
    ("coffee", "cup"),
    ("flower", "orange flower"),
    ("chelsea", "cat"),
    ("motorcycle", "red motorcycle"),
    ("hopper", "hat"),
    ("hopper", "glasses"),
    ("cheetah", "cheetah"),
    ("cheetah_portrait", "cheetah"),
    ("motorcycle", "red bin"),
    ("astronaut", "black helmet"),
]
"""Phrases that mean one thing in their picture without a word of place."""


def detectors() -> list[Any]:
    """One parameter per detector of the full tier; those that lack something say what."""
    found = []
    for spec in (s for s in all_specs() if s.port == "detector" and s.tier is Tier.FULL):
        lacks = missing(spec, SETTINGS)
        reason = f"{spec.name} lacks {lacks[0].what}: {lacks[0].mend}" if lacks else ""
        found.append(pytest.param(spec.name, marks=[pytest.mark.skipif(bool(lacks), reason=reason)]))
    return found


@cache
def detector(name: str) -> Any:
    spec = next(s for s in all_specs() if (s.port, s.name) == ("detector", name))
    return Assembly(SETTINGS, [spec]).backend("detector").use


def truth(picture: str, phrase: str) -> dict[str, Any]:
    rows = json.loads(TRUTH.read_text("utf-8"))
    return next(r for r in (*rows["earlier"], *rows["own"]) if (r["picture"], r["phrase"]) == (picture, phrase))


@pytest.mark.parametrize("name", detectors())
@pytest.mark.parametrize(("picture", "phrase"), CLEAR, ids=lambda value: str(value))
def test_first_box_is_the_thing(name: str, picture: str, phrase: str) -> None:
    row = truth(picture, phrase)
    try:
        photo = open_picture(picture)
    except PictureMissing as missing_picture:
        pytest.skip(str(missing_picture))
    found = detector(name).find(photo, [Referent(phrase, row["head"], tuple(row["attributes"]))])
    assert len(found), f"nothing was found for {phrase!r}"
    assert Box.from_xyxy(found.xyxy[0]).iou(Box.from_xyxy(row["box"])) >= 0.8


@pytest.mark.parametrize("name", detectors())
def test_scene_of_the_coffee_table(name: str) -> None:
    """A look without a question names the cup and its place."""
    scene = detector(name).scan(open_picture("coffee"))
    cups = scene.take([i for i, label in enumerate(scene.phrases) if label in {"cup", "mug", "coffee"}])
    true = Box.from_xyxy(truth("coffee", "cup")["box"])
    assert max((Box.from_xyxy(box).iou(true) for box in cups.xyxy), default=0) >= 0.8


def test_truth_has_every_phrase() -> None:
    assert all(truth(picture, phrase)["tests"] == [] for picture, phrase in CLEAR)
