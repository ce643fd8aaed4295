"""One command per stage; each takes the JSON of the one before."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import HEIGHT, WIDTH, Run, printed

STAGES = ["detect", "select", "segment", "relate", "plan"]
CUP_BOX = [16.0, 36.0, 64.0, 96.0]
"""The scripted detector's cup in a 160 x 120 picture."""


def test_parse_prints_clauses(run: Run) -> None:
    value = printed(run("parse", "remove the cup"))["value"]
    assert [(c["verb"], c["target"]["phrase"]) for c in value["clauses"]] == [("remove", "cup")]


@pytest.mark.parametrize("stage", STAGES)
def test_stage_from_picture_and_text(run: Run, stage: str) -> None:
    document = printed(run(stage, "cups.png", "remove the cup"))
    cells = {"detect": "detections", "select": "selection", "segment": "masks", "relate": "scene", "plan": "plan"}
    assert document["stage"] == stage
    filled = [cells[s] for s in STAGES if document["value"][cells[s]] is not None]
    assert filled == [cells[s] for s in STAGES[: STAGES.index(stage) + 1]]


def test_a_bare_thing_is_looked_for_and_never_changed(run: Run) -> None:
    turn = printed(run("detect", "cups.png", "cup"))["value"]
    assert turn["instruction"]["clauses"][0]["target"]["phrase"] == "cup"
    assert turn["instruction"]["clauses"][0]["payload"] is None and turn["instruction"]["questions"]
    assert "cup" in turn["detections"]["phrases"]


def test_what_names_no_thing_stays_a_question(run: Run) -> None:
    turn = printed(run("detect", "cups.png", "?!"))["value"]
    assert turn["instruction"]["clauses"] == [] and turn["instruction"]["questions"]


def test_boxes_are_in_pixels(run: Run) -> None:
    detections = printed(run("detect", "cups.png", "remove the cup"))["value"]["detections"]
    assert detections["xyxy"][detections["ids"].index("cup-1")] == CUP_BOX
    assert detections["extent"] == [WIDTH, HEIGHT]


def test_masks_are_png_files(run: Run, folder: Path) -> None:
    masks = printed(run("segment", "cups.png", "remove the cup", "--files", "cut"))["value"]["masks"]
    path = Path(masks["items"][masks["ids"].index("cup-1")]["mask"])
    assert path.is_absolute()
    assert path.parent == folder / "cut"
    mask = np.asarray(Image.open(path))
    assert mask.shape == (HEIGHT, WIDTH)
    x1, y1, x2, y2 = map(int, CUP_BOX)
    assert mask[y1:y2, x1:x2].mean() == pytest.approx(np.pi / 4, abs=0.02)
    assert mask.sum() == mask[y1:y2, x1:x2].sum()


def test_stages_can_be_chained_and_give_what_one_call_gives(run: Run) -> None:
    text = run("parse", "remove the cup").stdout
    Path("parse.json").write_text(text)
    text = run("detect", "cups.png", "--turn", "parse.json").stdout
    for stage in STAGES[1:]:
        text = run(stage, "--turn", "-", stdin=text).stdout
    Path("plan.json").write_text(text)
    printed(run("edit", "--turn", "plan.json", "-o", "chained.png"))
    printed(run("edit", "cups.png", "remove the cup", "-o", "at_once.png"))
    assert Path("chained.png").read_bytes() == Path("at_once.png").read_bytes()


def test_a_later_stage_runs_all_that_is_missing(run: Run) -> None:
    detected = run("detect", "cups.png", "remove the cup").stdout
    plan = printed(run("plan", "--turn", "-", stdin=detected))["value"]["plan"]
    assert [(step["type"], step["node"]) for step in plan["steps"]] == [("Remove", "cup-1")]


def test_a_box_changed_by_hand_is_used(run: Run) -> None:
    document = printed(run("detect", "cups.png", "remove the cup"))
    row = document["value"]["detections"]["ids"].index("cup-1")
    document["value"]["detections"]["xyxy"][row] = [0, 0, 40, 20]
    masks = printed(run("segment", "--turn", "-", stdin=json.dumps(document)))["value"]["masks"]
    mask = np.asarray(Image.open(masks["items"][masks["ids"].index("cup-1")]["mask"]))
    assert mask[:20, :40].sum() == mask.sum() > 0


def test_a_stage_given_again_is_made_anew(run: Run) -> None:
    planned = run("plan", "cups.png", "remove the cup").stdout
    again = printed(run("select", "--turn", "-", stdin=planned))["value"]
    assert again["selection"] is not None
    assert again["masks"] is None


@pytest.mark.parametrize(
    ("arguments", "stdin", "message"),
    [
        (["select", "--turn", "-"], "not json", "not JSON"),
        (["select", "--turn", "-"], "[1]", "does not hold what a ggedit command prints"),
        (["select", "--turn", "-"], "{}", "no format number"),
        (["select", "--turn", "-"], '{"format": 99, "value": {}}', "update ggedit"),
        (["select", "--turn", "-"], '{"format": 1, "value": {}}', "does not hold a Turn"),
        (["select", "--turn", "missing.json"], None, "no file missing.json"),
        (["select", "cups.png", "remove the cup", "--turn", "cups.png"], None, "not a text file"),
        (["select"], None, "Give a picture"),
        (["detect", "cups.png"], None, "Say what to change"),
        (["parse"], None, "Say what to change"),
        (["parse", "   "], None, "Say what to change"),
        (["parse", "x" * 2001], None, "limit is 2000"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
def test_bad_json_and_empty_requests(run: Run, arguments: list[str], stdin: str | None, message: str) -> None:
    result = run(*arguments, stdin=stdin)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_json_with_a_missing_mask_file_names_it(run: Run, folder: Path) -> None:
    text = run("segment", "cups.png", "remove the cup").stdout
    for path in (folder / "ggedit-files").iterdir():
        path.unlink()
    result = run("plan", "--turn", "-", stdin=text)
    assert result.exit_code == 2
    assert "is missing" in result.stderr
