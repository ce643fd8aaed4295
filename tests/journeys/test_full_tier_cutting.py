"""``ggedit segment`` with the full tier's segmenters chosen by setting: tiny weights, everything else as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

pytest.importorskip("torch")
pytest.importorskip("segment_anything")
pytest.importorskip("transformers")

from ggedit.cli import app
from tests.tiny import environment_of
from tests.tiny.segmenters import sam2_folder

WIDTH, HEIGHT = 120, 90


@pytest.fixture(autouse=True)
def photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GGEDIT_DEVICE", "cpu")
    noise = np.random.default_rng(8).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "cups.png")
    return tmp_path / "cups.png"


def cut() -> dict[str, Any]:
    run = CliRunner().invoke(app, ["segment", "cups.png", "remove the cup"])
    assert run.exit_code == 0, run.output
    return json.loads(run.stdout)["value"]


@pytest.mark.parametrize("name", ["sam", "sam-hf", "sam-hf with SAM 2"])
def test_segment_asks_the_segmenter_that_is_set(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = name.split()[0]
    (tmp_path / "sam2").mkdir()
    environ = sam2_folder(tmp_path / "sam2") if "SAM 2" in name else environment_of("segmenter", backend)
    for variable, value in {**environ, "GGEDIT_SEGMENTER": backend}.items():
        monkeypatch.setenv(variable, value)
    turn = cut()
    record = next(record for record in turn["records"] if record["stage"] == "segment")
    assert record["backend"].startswith(f"{backend}@") and record["tier"] == "full"
    masks = turn["masks"]
    first = np.asarray(Image.open(masks["items"][0]["mask"]))
    assert first.any()
    again = np.asarray(Image.open(cut()["masks"]["items"][0]["mask"]))
    assert np.array_equal(first, again), "the same picture and words, the same mask"


def test_one_that_lacks_its_weights_is_refused_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GGEDIT_SEGMENTER", "sam")
    monkeypatch.setenv("GGEDIT_SEGMENTER_FILE", "absent.pth")
    run = CliRunner().invoke(app, ["segment", "cups.png", "remove the cup"])
    assert run.exit_code == 5
    assert "lacks the file absent.pth" in run.stderr and "ggedit models fetch sam" in run.stderr
