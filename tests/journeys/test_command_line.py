"""``ggedit edit`` as a person runs it: real processes, the embedded tier, the full tier not installed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.architecture.blocked import run_without
from tests.architecture.test_light_imports import FULL_TIER

pytestmark = pytest.mark.slow

EDIT = "import os, sys; os.chdir(sys.argv.pop(1)); from ggedit.cli import app; app()"
BALL = (130, 90, 190, 150)
"""A red ball in a picture of 320 x 240, x1, y1, x2, y2."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """``ball.png``: a red ball on soft green noise, with alpha."""
    rng = np.random.default_rng(3)
    grass = np.clip(rng.normal((70, 130, 60), 6, (240, 320, 3)), 0, 255).astype(np.uint8)
    image = Image.fromarray(grass)
    ImageDraw.Draw(image).ellipse((BALL[0], BALL[1], BALL[2] - 1, BALL[3] - 1), fill=(200, 30, 30))
    image.putalpha(Image.fromarray(rng.integers(1, 256, (240, 320), dtype=np.uint8)))
    image.save(tmp_path / "ball.png")
    return tmp_path


def ggedit(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_without((*FULL_TIER, "gradio"), EDIT, arguments=[str(folder), *arguments])


def edited(folder: Path, text: str, *options: str) -> tuple[dict[str, Any], np.ndarray]:
    """The report, and which pixels differ from the original, (H, W)."""
    box = ",".join(str(v) for v in BALL)
    run = ggedit(folder, "edit", "ball.png", text, "--box", box, "--yes", "-o", "out.png", *options)
    assert run.returncode == 0, run.stderr
    before, after = (np.asarray(Image.open(folder / name)) for name in ("ball.png", "out.png"))
    return json.loads(run.stdout), (before != after).any(axis=2)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("remove the ball", "remove"), ("make the ball blue", "restyle"), ("move the ball to the right", "move")],
)
def test_embedded_edit_changes_only_what_it_reports(folder: Path, text: str, kind: str) -> None:
    report, changed = edited(folder, text)
    assert [step["kind"] for step in report["plan"]["steps"]] == [kind]
    assert {record["tier"] for record in report["records"]} == {"embedded"}
    x1, y1, x2, y2 = report["result"]["changed_box"]
    assert changed.sum() == changed[y1:y2, x1:x2].sum()
    assert 0.3 * 2827 < changed.sum() <= report["result"]["changed_px"]


def test_removed_ball_is_gone_and_recoloured_ball_is_blue(folder: Path) -> None:
    middle = (slice(105, 135), slice(145, 175))
    edited(folder, "remove the ball")
    red, green, _ = np.asarray(Image.open(folder / "out.png"))[middle][..., :3].mean(axis=(0, 1))
    assert green > red + 20
    edited(folder, "make the ball blue")
    red, _, blue = np.asarray(Image.open(folder / "out.png"))[middle][..., :3].mean(axis=(0, 1))
    assert blue > red + 60


def test_saved_session_replays_to_the_same_pixels(folder: Path) -> None:
    edited(folder, "remove the ball", "--save", "s.zip", "--seed", "4")
    run = ggedit(folder, "replay", "s.zip")
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["turns"][0]["same_pixels"] is True


def test_what_it_cannot_do_is_refused_with_an_offer(folder: Path) -> None:
    box = ",".join(str(v) for v in BALL)
    run = ggedit(folder, "edit", "ball.png", "replace the ball with a tiger", "--box", box, "--yes", "-o", "out.png")
    assert run.returncode == 4
    assert "Traceback" not in run.stderr
    assert "full" in run.stderr
    assert not (folder / "out.png").exists()


def test_a_full_tier_asked_for_without_its_libraries_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GGEDIT_TIER", "full")
    run = ggedit(folder, "detect", "ball.png", "remove the ball")
    assert run.returncode == 5
    assert "GGEDIT_TIER=full" in run.stderr


def test_a_file_of_modifications_is_run_and_goes_on_after_a_break(folder: Path) -> None:
    lines = "Replace 'ball' by 'blue ball'\nAdd an object: 'dragon'. Add tuple: ['dragon' -> left of -> 'ball']\n"
    (folder / "edits.txt").write_text(lines)
    command = ("run", "--image", "ball.png", "--modifications", "edits.txt", "--out-dir", "out")
    first = ggedit(folder, *command)
    done, refused = json.loads(first.stdout)["edits"]
    assert first.returncode == 4 and (done["status"], refused["status"]) == ("done", "refused")
    assert "full tier" in refused["sentence"] and "dragon" in first.stderr
    before = np.asarray(Image.open(folder / "ball.png"))
    after = np.asarray(Image.open(folder / "out" / done["folder"] / "result.png"))
    changed = np.asarray(Image.open(folder / "out" / done["folder"] / "changed.png"))
    assert np.array_equal(before[~changed], after[~changed])
    x, y = (BALL[0] + BALL[2]) // 2, (BALL[1] + BALL[3]) // 2
    assert after[y, x, 2] > after[y, x, 0], "the ball is blue"
    again = ggedit(folder, *command)
    assert again.returncode == 4 and json.loads(again.stdout) == json.loads(first.stdout)
