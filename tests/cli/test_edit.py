"""``ggedit edit`` and ``ggedit replay``: files, seeds, variants, boxes, masks and questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ggedit.backends.scripted import ScriptedDetector, ScriptedEditor
from ggedit.cli import editing
from ggedit.core.events import EditProgress
from ggedit.core.result import StepOutcome
from ggedit.ports import EditJob
from tests.cli.conftest import HEIGHT, WIDTH, Run, printed


def pixels(name: str) -> np.ndarray:
    return np.asarray(Image.open(name))


def changed(name: str) -> np.ndarray:
    """Which pixels differ from the original, (H, W)."""
    return (pixels("cups.png") != pixels(name)).any(axis=2)


def test_writes_the_result_and_says_what_was_done(run: Run) -> None:
    report = printed(run("edit", "cups.png", "remove the cup", "-o", "out.png"))
    assert report["outputs"] == ["out.png"]
    assert report["boxes"]["cup-1"] == [16.0, 36.0, 64.0, 96.0]
    assert [(s["kind"], s["node"]) for s in report["plan"]["steps"]] == [("remove", "cup-1")]
    assert [r["stage"] for r in report["records"]] == [
        "parse", "detect", "select", "segment", "relate", "plan", "edit",
    ]  # fmt: skip
    assert {r["tier"] for r in report["records"] if r["stage"] != "select"} == {"test"}
    x1, y1, x2, y2 = report["result"]["changed_box"]
    assert changed("out.png").any()
    assert changed("out.png")[y1:y2, x1:x2].sum() == changed("out.png").sum()


def test_same_seed_same_bytes_other_seed_other_pixels(run: Run) -> None:
    for seed, name in [(7, "a.png"), (7, "b.png"), (8, "c.png")]:
        assert printed(run("edit", "cups.png", "remove the cup", "-o", name, "--seed", seed))["seed"] == seed
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes() != Path("c.png").read_bytes()


def test_variants_are_all_written(run: Run) -> None:
    report = printed(run("edit", "cups.png", "remove the cup", "-o", "out.png", "--variants", 3))
    assert report["outputs"] == ["out.png", "out-2.png", "out-3.png"]
    assert [v["variant"] for v in report["variants"]] == [1, 2]
    assert len({pixels(name).tobytes() for name in report["outputs"]}) == 3


def test_box_is_the_thing_to_change(run: Run) -> None:
    report = printed(run("edit", "cups.png", "remove the cup", "--box", "100,10,140,50", "-o", "out.png"))
    assert report["plan"]["steps"][0]["node"] == "cup-u1"
    assert changed("out.png")[10:50, 100:140].sum() == changed("out.png").sum() > 0


def test_mask_is_what_may_change(run: Run) -> None:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[50:60, 70:75] = 255
    Image.fromarray(mask).save("mask.png")
    printed(run("edit", "cups.png", "remove the cup", "--mask", "mask.png", "-o", "out.png"))
    rows, columns = np.nonzero(changed("out.png"))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (50, 59, 70, 74)


def test_session_is_saved_and_replayed_to_the_same_pixels(run: Run) -> None:
    printed(run("edit", "cups.png", "remove the cup", "-o", "out.png", "--save", "s.zip", "--seed", 3))
    again = printed(run("replay", "s.zip", "-o", "again.png"))
    assert [(t["text"], t["same_pixels"]) for t in again["turns"]] == [("remove the cup", True)]
    assert np.array_equal(pixels("out.png"), pixels("again.png"))


def test_corrections_are_replayed(run: Run) -> None:
    printed(run("edit", "cups.png", "remove the cup", "--box", "100,10,140,50", "-o", "out.png", "--save", "s.zip"))
    assert printed(run("replay", "s.zip"))["turns"][0]["same_pixels"]
    assert printed(run("session", "show", "s.zip"))["turns"][0]["corrections"] == 2


def test_a_replay_with_other_pixels_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    printed(run("edit", "cups.png", "remove the cup", "-o", "out.png", "--save", "s.zip"))
    from ggedit.backends.scripted import ScriptedEditor

    real = ScriptedEditor.edit

    def other(self: ScriptedEditor, job: EditJob) -> Iterator[EditProgress | StepOutcome]:
        yield from real(self, replace(job, seed=job.seed + 1))

    monkeypatch.setattr(ScriptedEditor, "edit", other)
    result = run("replay", "s.zip")
    assert result.exit_code == 6
    assert "pixels differ" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["cups.png", "fly to the moon", "-o", "o.png"], 3, "What should be changed?"),
        (["cups.png", "fly to the moon", "-o", "o.png", "--yes"], 4, "What should be changed?"),
        (["cups.png", "remove the cup", "-o", "cups.png"], 2, "is the original"),
        (["cups.png", "remove the cup", "-o", "./cups.png"], 2, "is the original"),
        (["cups.png", "remove the cup", "-o", "nowhere/o.png"], 2, "There is no folder"),
        (["cups.png", "remove the cup", "-o", "o.gif"], 2, "use one of the endings"),
        (["cups.png", "remove the cup", "-o", "o"], 2, "use one of the endings"),
        (["cups.png", "remove the cup", "--box", "1,2,3"], 2, "four numbers"),
        (["cups.png", "remove the cup", "--box", "a,b,c,d"], 2, "--box 40,60,200,260"),
        (["cups.png", "remove the cup", "--box", "30,30,10,10"], 2, "x1 < x2"),
        (["cups.png", "remove the cup", "--box", "nan,0,1,1"], 2, "finite"),
        (["cups.png", "remove the cup", "--box", "900,900,999,999"], 2, "outside the picture"),
        (["cups.png", "remove the cup", "--mask", "no.png"], 2, "no file no.png"),
        (["cups.png", "remove the cup", "--mask", "small.png"], 2, "picture's size"),
        (["cups.png", "remove the cup", "--mask", "black.png"], 2, "empty"),
        (["cups.png", "remove the cup", "--turn", "x.json"], 2, "no file x.json"),
        (["cups.png", "remove the cup", "--save", "nowhere/s.zip"], 2, "cannot be written"),
        (["cups.png", "remove the cup", "--seed", "-1"], 2, "seed"),
        (["cups.png", "remove the cup", "--variants", "0"], 2, "variants"),
    ],
    ids=lambda value: " ".join(value)[:50] if isinstance(value, list) else None,
)
def test_refusals_name_the_fix(run: Run, arguments: list[str], code: int, message: str) -> None:
    Image.new("L", (10, 10), 255).save("small.png")
    Image.new("L", (WIDTH, HEIGHT), 0).save("black.png")
    result = run("edit", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr
    assert not Path("o.png").exists()


def test_the_original_survives_a_refusal(run: Run) -> None:
    before = Path("cups.png").read_bytes()
    run("edit", "cups.png", "remove the cup", "-o", "cups.png")
    assert Path("cups.png").read_bytes() == before


def test_unknown_object_is_a_refusal_not_a_trace(run: Run) -> None:
    result = run("edit", "cups.png", "remove the zebra", "-o", "o.png", "--yes")
    assert result.exit_code == 4
    assert "Traceback" not in result.output


def test_a_missing_backend_is_an_error_not_a_fallback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GGEDIT_EDITOR", "no-such-editor")
    result = run("edit", "cups.png", "remove the cup", "-o", "o.png")
    assert result.exit_code == 5
    assert "no editor called 'no-such-editor'" in result.stderr


def test_lossy_output_says_so(run: Run) -> None:
    result = run("edit", "cups.png", "remove the cup", "-o", "out.jpg")
    assert result.exit_code == 0
    assert "JPEG is lossy" in result.stderr


def test_alpha_is_kept_in_png_and_its_loss_in_jpeg_is_said(run: Run) -> None:
    alpha = np.full((HEIGHT, WIDTH), 200, np.uint8)
    Image.fromarray(np.dstack([pixels("cups.png"), alpha])).save("clear.png")
    printed(run("edit", "clear.png", "remove the cup", "-o", "out.png"))
    assert np.array_equal(pixels("out.png")[..., 3], alpha)
    assert "no transparency" in run("edit", "clear.png", "remove the cup", "-o", "out.jpg").stderr


def test_a_person_is_asked_again_when_the_text_is_not_understood(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editing, "interactive", lambda: True)
    result = run("edit", "cups.png", "fly to the moon", "-o", "out.png", stdin="remove the lamp\n")
    assert printed(result)["plan"]["steps"][0]["node"] == "lamp-1"


def test_a_person_chooses_among_candidates(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    two = {"cup": ((0.1, 0.3, 0.4, 0.8), (0.6, 0.3, 0.9, 0.8))}
    monkeypatch.setattr(ScriptedDetector, "DEFAULT", two)
    monkeypatch.setattr(editing, "interactive", lambda: True)
    report = printed(run("edit", "cups.png", "remove the cup", "-o", "out.png", stdin="2\n"))
    assert [step["node"] for step in report["plan"]["steps"]] == ["cup-2"]
    both = printed(run("edit", "cups.png", "remove the cup", "-o", "out.png", stdin="1, 2\n"))
    assert [step["node"] for step in both["plan"]["steps"]] == ["cup-1", "cup-2"]
    assert run("edit", "cups.png", "remove the cup", "-o", "out.png", stdin="3\n").exit_code == 2
    assert run("edit", "cups.png", "remove the cup", "-o", "out.png", stdin="").exit_code == 2


def test_where_nobody_sits_the_best_guess_is_taken_and_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    two = {"cup": ((0.1, 0.3, 0.4, 0.8), (0.6, 0.3, 0.9, 0.8))}
    monkeypatch.setattr(ScriptedDetector, "DEFAULT", two)
    result = run("edit", "cups.png", "remove the cup", "-o", "out.png")
    report = printed(result)
    assert [step["node"] for step in report["plan"]["steps"]] == ["cup-1"]
    assert [doubt["candidates"] for doubt in report["doubts"]] == [["cup-1", "cup-2"]]
    assert "--box" in result.stderr
    assert printed(run("edit", "cups.png", "remove the cup", "-o", "out.png", "--yes"))["doubts"] == report["doubts"]


def test_progress_stays_out_of_standard_output(run: Run) -> None:
    result = run("edit", "cups.png", "remove the cup", "-o", "out.png")
    assert result.stdout.startswith("{")
    assert result.stderr == ""
