"""A diffusion pipeline in a folder, chosen by settings, used by the command line and by the page's session."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from typer.testing import CliRunner

from ggedit.assembly import Assembly, choose
from ggedit.cli import app
from ggedit.config import load_settings
from ggedit.core.corrections import Tune
from ggedit.core.events import EditProgress, StageFailed
from ggedit.core.options import EditOptions
from ggedit.core.picture import decode_picture
from ggedit.core.turn import Stage
from ggedit.session import load_history, save_history
from tests.tiny import pipelines

pytestmark = pytest.mark.slow

BOX = "130,90,190,150"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pipelines.saved(pipelines.instruct_pix2pix(), tmp_path_factory.mktemp("model") / "tiny")


@pytest.fixture
def folder(tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A picture with a ball, and a .env that names the pipeline."""
    rng = np.random.default_rng(3)
    image = Image.fromarray(np.clip(rng.normal((70, 130, 60), 6, (240, 320, 3)), 0, 255).astype(np.uint8))
    ImageDraw.Draw(image).ellipse((130, 90, 189, 149), fill=(200, 30, 30))
    image.save(tmp_path / "ball.png")
    (tmp_path / ".env").write_text(
        f"GGEDIT_EDITOR=blended\nGGEDIT_EDITOR_MODEL={model}\nGGEDIT_EDITOR_STEPS=2\nGGEDIT_EDITOR_SIZE=64\n"
        "GGEDIT_DEVICE=cpu\nGGEDIT_PARSER=rules\nGGEDIT_DETECTOR=yolo-tiny\nGGEDIT_SEGMENTER=grabcut\n"
    )
    monkeypatch.chdir(tmp_path)
    yield tmp_path


def edit(text: str, *options: str) -> dict:
    run = CliRunner().invoke(app, ["edit", "ball.png", text, "--box", BOX, "--yes", "-o", "out.png", *options])
    assert run.exit_code == 0, run.output
    return json.loads(run.stdout)


def test_the_command_line_draws_with_it_and_reports_every_setting(folder: Path) -> None:
    report = edit("make the ball wooden", "--steps", "3", "--guidance", "5", "--variants", "2", "--save", "kept.zip")
    (step,) = report["result"]["steps"]
    assert step["editor"].startswith("blended@")
    assert step["why"] == "asked for by name (GGEDIT_EDITOR)"
    assert step["settings"] | {"steps": "3", "guidance": "5", "model": "tiny", "variants": "2"} == step["settings"]
    assert report["outputs"] == ["out.png", "out-2.png"]
    before, after, other = (np.asarray(Image.open(folder / n)) for n in ("ball.png", "out.png", "out-2.png"))
    differs = (before != after).any(axis=2)
    x1, y1, x2, y2 = report["result"]["changed_box"]
    assert differs.sum() == differs[y1:y2, x1:x2].sum() > 1000
    assert (after != other).any()
    (turn,) = load_history(folder / "kept.zip").turns
    assert turn.options == EditOptions(steps=3, guidance=5.0, variants=2)
    assert turn.result is not None and dict(turn.result.reports[0].settings)["steps"] == "3"


def test_a_move_goes_to_the_classical_editor_and_says_why(folder: Path) -> None:
    report = edit("move the ball to the right")
    (step,) = report["result"]["steps"]
    assert step["editor"].startswith("classical@")
    assert step["why"] == "The step keeps the thing's own pixels."


def test_an_exact_look_goes_to_the_classical_editor_and_says_why(folder: Path) -> None:
    report = edit("make the ball brighter")
    (step,) = report["result"]["steps"]
    assert step["editor"].startswith("classical@") and "exact change of light or colour" in step["why"]


def test_on_a_cpu_it_is_taken_only_by_name(folder: Path) -> None:
    settings = replace(load_settings(), editor="auto", tier="auto", device="cpu")
    spec, why = choose("editor", settings, Assembly(settings).specs)
    assert spec.name == "classical" and "blended lacks a CUDA or MPS device" in why
    with_device = replace(settings, device="cuda")
    assert choose("editor", with_device, Assembly(with_device).specs)[0].name == "blended"


def test_the_embedded_tier_stays_alone(folder: Path) -> None:
    settings = replace(load_settings(), editor="auto", tier="embedded", parser="auto")
    assert Assembly(settings).kit.other_editors == ()


def test_the_pages_session_shows_progress_and_keeps_the_options(folder: Path) -> None:
    picture, _ = decode_picture((folder / "ball.png").read_bytes())
    session = Assembly(load_settings()).session(picture)
    session.ask("make it look like a painting")
    session.correct(Tune(EditOptions(steps=4, strength=1.0)))
    events = list(session.run(until=Stage.EDIT, ask_user=False))
    assert not [event for event in events if isinstance(event, StageFailed)]
    drawn = [event for event in events if isinstance(event, EditProgress) and event.message.startswith("Step ")]
    assert len(drawn) == 4 and drawn[0].preview is not None
    result = session.draft.result
    assert result is not None and dict(result.reports[0].settings)["steps"] == "4"
    session.accept()
    save_history(session.history, folder / "session.zip")
    (turn,) = load_history(folder / "session.zip").turns
    assert turn.options.steps == 4 and turn.corrections == (Tune(EditOptions(steps=4, strength=1.0)),)
