import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

CUP = [16, 36, 64, 96]


@pytest.fixture
def suite(folder: Path) -> Path:
    turn = {"text": "remove the cup", "verbs": ["remove"], "plan": ["remove"], "targets": [{"box": CUP}]}
    rows = [
        {"format": "ggedit-eval/1", "id": f"cup-{n}", "picture": "cups.png", "tags": [f"tag{n % 2}"], "turns": [turn]}
        for n in range(3)
    ]
    (folder / "cases.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    return folder / "cases.jsonl"


def test_a_run_prints_a_table_and_leaves_rows_and_a_report(
    run: Run, suite: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "very-secret")
    done = run("eval", "run", suite, "-o", "out", "--limit", "2")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"rows": "out/results.jsonl", "report": "out/report.html", "turns": 2}
    assert "choice, recall" in done.stderr and "not run" in done.stderr
    assert (folder / "out/report.html").stat().st_size > 2000
    made = json.loads((folder / "out/run.json").read_text())
    assert made["backends"]["detector"].startswith("scripted") and made["libraries"]["numpy"]
    assert made["settings"]["GGEDIT_DETECTOR"] == "scripted" and "OPENAI_API_KEY" not in made["settings"]
    assert "GiB" in made["machine"]


def test_tags_choose_cases_and_none_is_said(run: Run, suite: Path) -> None:
    assert json.loads(run("eval", "run", suite, "-o", "a", "--tag", "tag1").stdout)["turns"] == 1
    none = run("eval", "run", suite, "-o", "b", "--tag", "nothing")
    assert none.exit_code == 2 and "no case with the tag nothing" in none.stderr


def test_results_are_never_written_over(run: Run, suite: Path) -> None:
    assert run("eval", "round-trip", suite, "-o", "out").exit_code == 0
    again = run("eval", "round-trip", suite, "-o", "out")
    assert again.exit_code == 2 and "already holds results" in again.stderr
    taken = run("eval", "round-trip", suite, "-o", "cups.png")
    assert taken.exit_code == 2 and "cups.png cannot be made" in taken.stderr


def test_two_runs_are_compared(run: Run, suite: Path) -> None:
    run("eval", "run", suite, "-o", "a")
    run("eval", "score", suite, "a/pictures", "-o", "b", "--name", "again")
    done = run("eval", "compare", "a", "b")
    rows = {row["measure"]: row for row in json.loads(done.stdout)}
    assert rows["outside_psnr"]["difference"]["mean"] == 0 and rows["outside_psnr"]["equal"] == 3
    assert "again" in done.stderr
    none = run("eval", "compare", "a", "nowhere")
    assert none.exit_code == 2 and "holds no results" in none.stderr


def test_an_unknown_suite_and_a_missing_download_are_said(run: Run, folder: Path) -> None:
    (folder / "info.csv").write_text(
        "image_name,instruct,target_description,result_image_name,Type\ncups.png,a,b,c,d\n"
    )
    lost = run("eval", "import", "ggip2p", "info.csv", "-o", "none/x.jsonl")
    assert lost.exit_code == 2 and "none/x.jsonl cannot be written" in lost.stderr
    unknown = run("eval", "import", "coco", folder, "-o", "x.jsonl")
    assert unknown.exit_code == 2 and "use pie or ggip2p" in unknown.stderr
    missing = run("eval", "import", "pie", folder, "-o", "x.jsonl")
    assert missing.exit_code == 2 and "mapping_file.json" in missing.stderr
