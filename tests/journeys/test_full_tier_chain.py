"""Every full-tier detector with every full-tier segmenter, chosen by setting, from a photo to the plan and the edit.

The weights are tiny and random: what is found means nothing, what is done with it must be sound.
The same with networks of full size on real photos: benchmarks/full_chain.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

pytest.importorskip("torch")
pytest.importorskip("groundingdino")
pytest.importorskip("segment_anything")
pytest.importorskip("transformers")

from ggedit.cli import app
from tests.tiny import environment_of
from tests.tiny.detectors import hf_owl
from tests.tiny.segmenters import sam2_folder

SHAPES = {"landscape": (120, 90), "portrait": (70, 110), "three to one": (200, 66)}
LOW = {"GGEDIT_BOX_THRESHOLD": "0.001", "GGEDIT_TEXT_THRESHOLD": "0.001", "GGEDIT_DEVICE": "cpu"}
DETECTORS = {"groundingdino": "groundingdino", "groundingdino-hf": "groundingdino-hf", "OWLv2": "groundingdino-hf"}
SEGMENTERS = {"sam": "sam", "sam-hf": "sam-hf", "SAM 2": "sam-hf"}


@pytest.fixture(scope="module")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, str]]:
    """The settings that choose each of them."""
    others: dict[str, Callable[[Path], Mapping[str, str]]] = {"OWLv2": hf_owl, "SAM 2": sam2_folder}
    made = {name: build(tmp_path_factory.mktemp("model")) for name, build in others.items()}
    made |= {name: environment_of("detector", name) for name in ("groundingdino", "groundingdino-hf")}
    made |= {name: environment_of("segmenter", name) for name in ("sam", "sam-hf")}
    named = {name: {"GGEDIT_DETECTOR": backend} for name, backend in DETECTORS.items()}
    named |= {name: {"GGEDIT_SEGMENTER": backend} for name, backend in SEGMENTERS.items()}
    return {name: {**made[name], **named[name]} for name in named}


@pytest.fixture
def choose(environments, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    monkeypatch.chdir(tmp_path)

    def choose_them(detector: str, segmenter: str) -> None:
        for variable, value in {**environments[detector], **environments[segmenter], **LOW}.items():
            monkeypatch.setenv(variable, value)

    return choose_them


def photo(shape: str) -> str:
    width, height = SHAPES[shape]
    coarse = np.random.default_rng(8).integers(0, 255, (height // 10 + 1, width // 10 + 1, 3), dtype=np.uint8)
    Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC).save("photo.png")
    return "photo.png"


def told(*words: str) -> dict[str, Any]:
    run = CliRunner().invoke(app, list(words))
    assert run.exit_code == 0, run.output
    return json.loads(run.stdout)["value"]


def ran(turn: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {r["stage"]: (r["backend"].partition("@")[0], r["tier"]) for r in turn["records"]}


@pytest.mark.parametrize("segmenter", SEGMENTERS)
@pytest.mark.parametrize("detector", DETECTORS)
def test_a_photo_becomes_a_plan(choose, detector: str, segmenter: str) -> None:
    choose(detector, segmenter)
    shape = list(SHAPES)[(list(DETECTORS).index(detector) + list(SEGMENTERS).index(segmenter)) % 3]
    width, height = SHAPES[shape]
    turn = told("plan", photo(shape), "remove the left cup")
    assert ran(turn)["detect"] == (DETECTORS[detector], "full")
    assert ran(turn)["segment"] == (SEGMENTERS[segmenter], "full")
    table = turn["detections"]
    assert "cup" in table["phrases"] and table["extent"] == [width, height]
    assert all(0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height for x1, y1, x2, y2 in table["xyxy"])
    assert turn["masks"]["ids"] and set(turn["masks"]["ids"]) <= set(table["ids"])
    for item in turn["masks"]["items"]:
        assert np.asarray(Image.open(item["mask"])).any()
    assert [node["id"] for node in turn["scene"]["nodes"]] == turn["masks"]["ids"]
    (step,) = turn["plan"]["steps"]
    assert step["node"] in turn["masks"]["ids"]


@pytest.mark.parametrize(("detector", "segmenter"), [("groundingdino", "sam"), ("groundingdino-hf", "sam-hf")])
@pytest.mark.parametrize("command", ["detect", "segment"])
def test_a_bare_phrase_is_enough(choose, command: str, detector: str, segmenter: str) -> None:
    choose(detector, segmenter)
    turn = told(command, photo("landscape"), "left cup")
    assert "cup" in turn["detections"]["phrases"]
    if command == "segment":
        assert turn["masks"]["ids"] and ran(turn)["segment"] == (segmenter, "full")


@pytest.mark.parametrize("shape", SHAPES)
def test_the_embedded_editor_ends_the_chain_and_is_named(choose, shape: str) -> None:
    choose("groundingdino", "sam")
    run = CliRunner().invoke(app, ["edit", photo(shape), "make the left cup red", "-o", "after.png"])
    assert run.exit_code == 0, run.output
    report = json.loads(run.stdout)
    assert "classical@" in json.dumps(report), "the editor that ran is named"
    assert Image.open("after.png").size == SHAPES[shape]
