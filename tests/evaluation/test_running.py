"""Whole runs with scripted backends: what is measured, written and reported."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from ggedit.backends.scripted import ScriptedScorer, scripted_kit
from ggedit.core.errors import BadInput
from ggedit.evaluation.cases import FORMAT, Case, CaseTurn, read_cases
from ggedit.evaluation.report import write_report
from ggedit.evaluation.results import PICTURES, Row, end_run, read_rows, read_run, run_of, write_run
from ggedit.evaluation.runner import run_cases
from ggedit.evaluation.sheets import CELL_PX, inline, sheet_of
from ggedit.evaluation.systems import Folder, Ggedit, RoundTrip
from ggedit.evaluation.tables import by_kind, by_tag, compared, drift, overall, stage_costs, worst

SIZE = (80, 60)
CUP = [8, 18, 32, 48]
"""Where the scripted detector finds a cup in a picture of this size."""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    noise = np.random.default_rng(0).integers(0, 255, (*SIZE[::-1], 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "photo.png")
    cup = {"text": "remove the cup", "verbs": ["remove"], "plan": ["remove"], "targets": [{"box": CUP}]}
    blue = {"text": "make the cup blue", "verbs": ["restyle"], "targets": [{"box": CUP}]}
    rows = [
        {"id": "gone", "tags": ["remove"], "turns": [cup | {"after": {"absent": ["cup"]}}]},
        {"id": "painted", "tags": ["restyle", "drift"], "turns": [blue, blue, blue]},
        {"id": "lines", "tags": ["graph"], "turns": [{"modifications": "Remove: 'lamp'", "plan": ["remove"]}]},
        {"id": "lost", "picture": "none.png", "tags": ["remove"], "turns": [cup]},
    ]
    file = tmp_path / "cases.jsonl"
    lines = ({"format": FORMAT, "picture": "photo.png"} | row for row in rows)
    file.write_text("\n".join(json.dumps(line) for line in lines))
    return file


def run(suite: Path, out: Path) -> tuple[list[Row], dict[str, Case]]:
    cases = list(read_cases(suite))
    rows = list(run_cases(cases, Ggedit(scripted_kit(), seed=3), out, scorers=[ScriptedScorer()]))
    return rows, {case.id: case for case in cases}


def test_every_turn_gives_a_row_on_disk_with_its_picture(suite: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    rows, _ = run(suite, out)
    assert [row.key for row in rows] == ["gone#1", "painted#1", "painted#2", "painted#3", "lines#1", "lost#1"]
    assert [row.measures for row in read_rows(out)] == [row.measures for row in rows]
    assert all((out / row.picture).is_file() for row in rows if row.picture)
    assert sorted(p.stem for p in (out / PICTURES).iterdir()) == [
        "gone-1",
        "lines-1",
        "painted-1",
        "painted-2",
        "painted-3",
    ]


def test_a_right_removal_scores_right_everywhere(suite: Path, tmp_path: Path) -> None:
    rows, _ = run(suite, tmp_path / "out")
    found = rows[0].measures
    right = (
        "finished",
        "parse_right",
        "plan_right",
        "graph_right",
        "selection_precision",
        "selection_recall",
        "box_iou",
    )
    assert {name: found[name] for name in right} == dict.fromkeys(right, 1.0)
    assert found["outside_changed"] == 0
    assert found["dino"] == 0.5
    assert found["seconds"] > 0 and found["peak_mib"] > 1
    assert [stage for stage, _, _ in rows[0].stages] == [
        "parse",
        "detect",
        "select",
        "segment",
        "relate",
        "plan",
        "edit",
    ]


def test_a_gpu_that_a_backend_uses_has_its_peak_measured(
    suite: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    peaks = iter(range(1, 100))
    cuda = SimpleNamespace(
        is_available=lambda: True,
        reset_peak_memory_stats=lambda: None,
        max_memory_allocated=lambda: next(peaks) * 2**20,
        get_device_name=lambda: "Small GPU",
    )
    assert "peak_gpu_mib" not in run(suite, tmp_path / "without")[0][0].measures
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(cuda=cuda))
    rows, _ = run(suite, tmp_path / "out")
    assert [row.measures.get("peak_gpu_mib") for row in rows[:2]] == [7, 14]
    end_run(tmp_path / "out", run_of("ggedit eval run", "cases.jsonl", "ggedit", 3))
    assert read_run(tmp_path / "out").machine.endswith("GiB, Small GPU")


def test_graph_edits_are_asked_in_the_perceived_scene(suite: Path, tmp_path: Path) -> None:
    rows, _ = run(suite, tmp_path / "out")
    assert rows[4].measures["plan_right"] == 1.0 and rows[4].picture


def test_a_case_without_its_picture_is_a_row_with_the_reason(suite: Path, tmp_path: Path) -> None:
    rows, _ = run(suite, tmp_path / "out")
    assert rows[5].measures == {"finished": 0.0} and "no picture" in rows[5].note


def test_drift_is_measured_against_the_untouched_picture(suite: Path, tmp_path: Path) -> None:
    cases = list(read_cases(suite))
    rows = list(run_cases(cases, RoundTrip(side=32, quality=60), tmp_path / "out"))
    lines = drift(rows)
    assert [line.group for line in lines] == ["after 1 turn", "after 3 turns"]
    loss = [dict(line.estimates)["drift_psnr"].mean for line in lines]
    assert loss[1] < loss[0] < 30
    ours, _ = run(suite, tmp_path / "ours")
    assert [dict(line.estimates)["drift_psnr"].mean for line in drift(ours)] == [100.0, 100.0]


def test_pictures_of_another_system_are_scored_by_name_and_scaled_if_need_be(suite: Path, tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.mkdir()
    source = Image.open(suite.parent / "photo.png")
    source.save(made / "gone.png")
    source.resize((40, 30)).save(made / "lines-1.jpg")
    rows = {row.key: row for row in run_cases(read_cases(suite), Folder(made), tmp_path / "out")}
    assert rows["gone#1"].measures["outside_psnr"] == 100.0 and "parse_right" not in rows["gone#1"].measures
    assert "scaled to fit" in rows["lines#1"].note
    assert rows["painted#2"].measures["finished"] == 0.0 and "painted-2" in rows["painted#2"].note


def test_pictures_are_also_found_where_the_suite_publishes_them(suite: Path, tmp_path: Path) -> None:
    made = tmp_path / "made" / "kind"
    made.mkdir(parents=True)
    Image.open(suite.parent / "photo.png").save(made / "0001.png")
    turn = CaseTurn(text="remove the cup", result="kind/0001.png")
    case = Case("pie-1", suite.parent / "photo.png", (turn, CaseTurn(text="more", result="kind/0002.png")))
    found = list(run_cases([case], Folder(tmp_path / "made"), tmp_path / "out"))
    assert [row.measures["finished"] for row in found] == [1.0, 0.0]


def test_a_missing_folder_of_pictures_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no folder of result pictures"):
        Folder(tmp_path / "none")


def test_tables_group_rows_by_kind_and_tag(suite: Path, tmp_path: Path) -> None:
    rows, _ = run(suite, tmp_path / "out")
    assert [line.group for line in by_kind(rows)] == ["remove", "restyle"]
    assert [line.group for line in by_tag(rows)] == ["drift", "graph", "remove", "restyle"]
    assert dict(overall(rows).estimates)["finished"].mean == pytest.approx(5 / 6)
    assert [cost.stage for cost in stage_costs(rows)][:2] == ["parse", "detect"]
    assert all(0 <= cost.median_s <= cost.longest_s and cost.mean_s <= cost.longest_s for cost in stage_costs(rows))
    assert worst(rows, count=1)[0].key == "lost#1"


def test_two_runs_are_compared_turn_by_turn(suite: Path, tmp_path: Path) -> None:
    ours, _ = run(suite, tmp_path / "a")
    theirs = list(run_cases(read_cases(suite), RoundTrip(side=32), tmp_path / "b"))
    found = {row.measure.name: row.comparison for row in compared(ours, theirs)}
    assert found["outside_psnr"].difference.mean < 0 and found["outside_psnr"].smaller == 4
    assert "mask_iou" not in found


def test_the_report_is_one_file_that_asks_for_nothing(suite: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    rows, cases = run(suite, out)
    made = run_of("ggedit eval run <suite>", "cases.jsonl", "ggedit", 3)
    write_run(out, made)
    text = write_report(out, read_run(out), rows, cases).read_text()
    assert "http" not in text and 'src="data:image/jpeg;base64,' in text
    assert "ggedit eval run &lt;suite&gt;" in text
    assert "not run" in text and "lost, turn 1" in text
    assert read_run(out).seed == 3


def test_a_folder_without_results_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no results"):
        list(read_rows(tmp_path))
    with pytest.raises(BadInput, match="holds no results"):
        read_run(tmp_path)
    (tmp_path / "results.jsonl").write_text("{}\n")
    with pytest.raises(BadInput, match="line 1 is not a row"):
        list(read_rows(tmp_path))


def test_a_sheet_shows_what_was_meant_taken_and_changed_since_the_turn_before(suite: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    rows, cases = run(suite, out)
    (before,) = [row for row in rows if row.key == "painted#1"]
    (row,) = [row for row in rows if row.key == "painted#2"]
    assert row.taken == (tuple(CUP),)
    sheet = sheet_of(row, cases[row.case], out)
    assert [name for name, _ in sheet.pictures] == [
        "before, with what was meant and taken",
        "result",
        "what changed, allowed or not",
    ]
    alone = sheet_of(replace(row, taken=()), replace_truth(cases[row.case]), out)
    made = Image.open(out / before.picture).convert("RGB")
    assert alone.pictures[0][1] == inline(np.asarray(made), CELL_PX)
    assert sheet_of(rows[5], cases["lost"], out).pictures == ()


def replace_truth(case: Case) -> Case:
    """The same case without anything that is true of it."""
    return replace(case, turns=tuple(CaseTurn(text=turn.text) for turn in case.turns))
