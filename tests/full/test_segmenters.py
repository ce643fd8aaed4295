"""Segmenters with their makers' weights on real photographs: overlap with hand-drawn outlines.

Each is skipped, with the reason, where its weights are not on this machine; `ggedit models fetch`
brings them. Run: python -m pytest -rs tests/full
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from benchmarks.segmentation_embedded import Thing, load_things
from ggedit.config import load_settings
from ggedit.core.geometry import Box
from ggedit.core.masks import Mask
from ggedit.ports import MaskPrompt, Point
from ggedit.registry import all_specs, missing

pytestmark = [pytest.mark.full, pytest.mark.slow]

LEAST_OVERLAP = 0.8
SIZES = {
    "sam": [
        ("segmenter_file", name)
        for name in ("sam_vit_h_4b8939.pth", "sam_vit_l_0b3195.pth", "sam_vit_b_01ec64.pth")
    ],
    "sam-hf": [
        ("segmenter_model", name)
        for name in ("facebook/sam2.1-hiera-small", "facebook/sam2.1-hiera-tiny", "Zigeng/SlimSAM-uniform-77",
                     "facebook/sam-vit-base")
    ],
}  # fmt: skip


def parameters() -> list[Any]:
    rows = []
    for spec in all_specs():
        for setting, name in SIZES.get(spec.name, []):
            settings = replace(load_settings({}), **{setting: name})
            lacks = missing(spec, settings)
            reason = f"{spec.name} lacks {lacks[0].what}: ggedit models fetch {name}" if lacks else ""
            marks = [pytest.mark.skip(reason=reason)] if lacks else []
            rows.append(pytest.param(spec.target, settings, id=name, marks=marks))
    return rows


@cache
def load(target: str, settings: Any) -> Any:
    module, _, attribute = target.partition(":")
    return getattr(import_module(module), attribute)(settings)


def things() -> list[Thing]:
    found = load_things(held_out=False)
    if not found:
        pytest.skip("none of the outlined pictures is on this machine")
    return found


def overlap(mask: Mask, truth: np.ndarray) -> float:
    found = mask.full()
    return np.count_nonzero(found & truth) / np.count_nonzero(found | truth)


@pytest.mark.parametrize(("target", "settings"), parameters())
def test_a_box_cuts_the_thing_out(target, settings):
    overlaps = {}
    for thing in things():
        box = Box.from_xyxy(Mask.of(thing.truth).box.xyxy)
        (first, *_) = load(target, settings).segment(thing.picture, MaskPrompt(box=box))
        overlaps[thing.name] = round(overlap(first.mask, thing.truth), 3)
    print(overlaps)
    assert np.median(list(overlaps.values())) >= LEAST_OVERLAP, overlaps


@pytest.mark.parametrize(("target", "settings"), parameters())
def test_a_click_in_its_middle_is_on_the_thing(target, settings):
    from ggedit.backends.prompting.question import spread_points

    for thing in things():
        ((x, y), *_) = spread_points(Mask.of(thing.truth), 1)
        found = load(target, settings).segment(thing.picture, MaskPrompt(points=(Point(x, y),)))
        assert max(overlap(candidate.mask, thing.truth) for candidate in found) >= 0.5, thing.name
