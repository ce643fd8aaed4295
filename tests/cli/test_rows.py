"""``--jsonl``: JSON lines in, JSON lines out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

PARSE = '{"id": 1, "text": "remove the cup"}\n'
SELECT = '{"id": 1, "text": "remove the cup", "extent": [9, 9], "boxes": [[0, 0, 4, 4]], "labels": ["cup"]}\n'
PLACE = '{"id": 1, "new": "hat", "reference": null, "relation": null, "extent": [90, 90], "boxes": [], "labels": []}\n'


@pytest.mark.parametrize(
    ("command", "line", "keys"),
    [
        ("parse", PARSE, {"id", "clauses", "note"}),
        ("select", SELECT, {"id", "kept", "ambiguous", "reasons"}),
        ("place", PLACE, {"id", "box", "why"}),
    ],
)
def test_file_and_standard_input_give_the_same(run: Run, command: str, line: str, keys: set[str]) -> None:
    Path("rows.jsonl").write_text(line * 2)
    from_file, from_stdin = run(command, "--jsonl", "rows.jsonl"), run(command, "--jsonl", "-", stdin=line * 2)
    assert (from_file.exit_code, from_stdin.exit_code) == (0, 0)
    assert from_file.stdout == from_stdin.stdout
    rows = [json.loads(text) for text in from_file.stdout.splitlines()]
    assert [set(row) for row in rows] == [keys, keys]


@pytest.mark.parametrize("command", ["parse", "select", "place"])
def test_bad_lines_are_counted_and_the_rest_is_answered(run: Run, command: str) -> None:
    good = {"parse": PARSE, "select": SELECT, "place": PLACE}[command]
    result = run(command, "--jsonl", "-", stdin=f"nonsense\n{good}")
    assert result.exit_code == 2
    first, second = map(json.loads, result.stdout.splitlines())
    assert "error" in first
    assert "error" not in second
    assert "1 lines could not be answered" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["parse", "--jsonl", "missing.jsonl"], 2, "no file missing.jsonl"),
        (["parse", "--jsonl", "."], 2, "is a folder"),
        (["parse", "--jsonl", "-", "--parser", "nobody"], 5, "no parser called 'nobody'"),
    ],
    ids=["missing", "folder", "parser"],
)
def test_refusals(run: Run, arguments: list[str], code: int, message: str) -> None:
    result = run(*arguments, stdin=PARSE)
    assert result.exit_code == code
    assert message in result.stderr


def test_a_parser_is_chosen_by_name(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GGEDIT_PARSER")
    assert run("parse", "--jsonl", "-", "--parser", "scripted", stdin=PARSE).exit_code == 0
