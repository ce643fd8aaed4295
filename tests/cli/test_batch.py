import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from ggedit.batch.work import Outcome
from ggedit.batch.workers import Attempt
from ggedit.cli import batching
from tests.cli.conftest import Run


@pytest.fixture
def rows(folder: Path) -> Path:
    (folder / "photos").mkdir()
    for number in range(2):
        (folder / f"photos/p{number}.png").write_bytes((folder / "cups.png").read_bytes())
    return folder / "photos"


def test_a_folder_and_one_instruction(run: Run, rows: Path, folder: Path) -> None:
    done = run("batch", rows, "--text", "remove the cup", "-o", "out")
    assert done.exit_code == 0, done.output
    summary = json.loads(done.stdout)
    assert (summary["rows"], summary["done"], summary["results"]) == (2, 2, "out/results.jsonl")
    again = json.loads(run("batch", rows, "--text", "remove the cup", "-o", "out").stdout)
    assert again["skipped"] == 2 and again["rows_per_hour"] is None
    assert json.loads((folder / "out/summary.json").read_text())["skipped"] == 2


def test_review_then_approve(run: Run, rows: Path, folder: Path) -> None:
    planned = json.loads(run("batch", rows, "--text", "remove the cup", "-o", "out", "--dry-run").stdout)
    assert planned["planned"] == 2 and not (folder / "out/results").exists()
    approved = json.loads(run("batch", rows, "--text", "remove the cup", "-o", "out", "--approve").stdout)
    assert approved["done"] == 2 and len(list((folder / "out/results").iterdir())) == 2


def test_failed_rows_give_an_exit_code_and_a_sentence(run: Run, folder: Path) -> None:
    (folder / "rows.jsonl").write_text('{"picture": "cups.png", "text": "remove the cup"}\n{"text": "x"}\n')
    done = run("batch", "rows.jsonl", "-o", "out")
    assert done.exit_code == 2 and "1 row failed" in done.stderr
    assert json.loads(done.stdout)["done"] == 1


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--dry-run", "--approve"), "give one of the two"),
        (("--executor", "slurm"), "use local or ray"),
    ],
)
def test_options_that_do_not_fit_are_said(run: Run, rows: Path, more: tuple[str, ...], said: str) -> None:
    done = run("batch", rows, "--text", "x", "-o", "out", *more)
    assert done.exit_code == 2 and said in done.stderr


def test_no_rows_and_no_instruction_are_said(run: Run, rows: Path) -> None:
    assert "no file or folder" in run("batch", "none.jsonl", "-o", "out").stderr
    assert "say what to do" in run("batch", rows, "-o", "out").stderr


def test_a_stopped_run_says_that_it_goes_on(run: Run, rows: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(batching, "make_executor", lambda *_, **__: Stopped())
        done = run("batch", rows, "--text", "remove the cup", "-o", "out")
    assert done.exit_code == 130 and "the same command goes on" in done.stderr
    assert json.loads(run("batch", rows, "--text", "remove the cup", "-o", "out").stdout)["done"] == 2


class Stopped:
    """Ctrl+C before the first row is done."""

    def run(self, rows: Iterable[Attempt]) -> Iterator[Outcome]:
        next(iter(rows))
        raise KeyboardInterrupt
