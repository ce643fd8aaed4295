"""``ggedit detect`` with the full tier's detectors chosen by setting: tiny weights, everything else as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

pytest.importorskip("torch")
pytest.importorskip("groundingdino")
pytest.importorskip("transformers")

from ggedit.assembly import Assembly, choose
from ggedit.cli import app
from ggedit.config import load_settings
from ggedit.registry import all_specs
from tests.tiny import environment_of
from tests.tiny.detectors import FILE, hf_mm_dino, hf_owl

BACKENDS = ["groundingdino", "groundingdino-hf"]
WIDTH, HEIGHT = 120, 90


@pytest.fixture(autouse=True)
def photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    noise = np.random.default_rng(8).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "cups.png")
    return tmp_path / "cups.png"


def use(monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str]) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def detected(text: str) -> dict[str, Any]:
    run = CliRunner().invoke(app, ["detect", "cups.png", text])
    assert run.exit_code == 0, run.output
    return json.loads(run.stdout)["value"]


@pytest.mark.parametrize("text", ["left cup", "remove the left cup"])
@pytest.mark.parametrize("name", BACKENDS)
def test_detect_asks_the_detector_that_is_set(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    use(monkeypatch, environment_of("detector", name))
    turn = detected(text)
    record = next(record for record in turn["records"] if record["stage"] == "detect")
    assert record["backend"].startswith(f"{name}@") and record["tier"] == "full"
    table = turn["detections"]
    assert "cup" in table["phrases"] and table["extent"] == [WIDTH, HEIGHT]
    assert all(0 <= x1 < x2 <= WIDTH and 0 <= y1 < y2 <= HEIGHT for x1, y1, x2, y2 in table["xyxy"])
    assert detected(text)["detections"] == table, "the same picture, the same ids and boxes"


@pytest.mark.parametrize("build", [hf_mm_dino, hf_owl])
def test_other_families_by_the_same_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, build) -> None:
    (tmp_path / "model").mkdir()
    use(monkeypatch, build(tmp_path / "model"))
    monkeypatch.setenv("GGEDIT_BOX_THRESHOLD", "0.001")
    monkeypatch.setenv("GGEDIT_TEXT_THRESHOLD", "0.001")
    assert "cup" in detected("left cup")["detections"]["phrases"]


def test_what_had_to_be_looked_for_twice_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, environment_of("detector", "groundingdino"))
    monkeypatch.setenv("GGEDIT_BOX_THRESHOLD", "1.5")
    turn = detected("left cup")
    (record,) = (record for record in turn["records"] if record["stage"] == "detect")
    assert any('"cup"' in note and "lower thresholds" in note for note in record["notes"])
    mine = [s for s, p in zip(turn["detections"]["source"], turn["detections"]["phrases"], strict=True) if p == "cup"]
    assert set(mine) == {"guess"}


def test_files_that_are_there_are_taken_without_being_named(tmp_path: Path) -> None:
    here = load_settings({"GGEDIT_CHECKPOINTS": str(tmp_path)})
    (tmp_path / FILE).write_bytes(b"")
    spec, why = choose("detector", here, all_specs())
    assert spec.name == "groundingdino" and "first that can be used" in why


def test_original_file_serves_transformers_too(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = environment_of("detector", "groundingdino")
    file = environment["GGEDIT_DETECTOR_FILE"]
    use(monkeypatch, {**environment, "GGEDIT_DETECTOR": "groundingdino-hf", "GGEDIT_DETECTOR_MODEL": file})
    assert Assembly(load_settings()).backend("detector").name.startswith("groundingdino-hf@")
    assert "cup" in detected("left cup")["detections"]["phrases"]
