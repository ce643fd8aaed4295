"""``ggedit session``, ``ggedit models`` and the help."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ggedit.cli.exits import MEANINGS
from tests.cli.conftest import Run, printed

COMMANDS = [
    "parse", "detect", "select", "segment", "relate", "plan", "place", "edit", "replay", "models", "session", "train",
]  # fmt: skip


@pytest.fixture
def archive(run: Run) -> str:
    printed(run("edit", "cups.png", "remove the cup", "-o", "out.png", "--save", "s.zip"))
    return "s.zip"


def test_load_list_show_save_forget(run: Run, archive: str) -> None:
    assert printed(run("session", "list")) == []
    id_ = printed(run("session", "load", archive))["id"]
    (row,) = printed(run("session", "list"))
    assert (row["id"], row["turns"], row["lasting"]) == (id_, 1, True), "what was loaded by hand does not end by age"
    assert printed(run("session", "keep", id_)) == {"kept": id_}
    assert printed(run("session", "show", id_))["turns"][0]["request"] == "remove the cup"
    printed(run("session", "save", id_, "-o", "copy.zip"))
    assert printed(run("replay", "copy.zip"))["turns"][0]["same_pixels"]
    assert printed(run("session", "forget", id_)) == {"forgotten": id_}
    assert printed(run("session", "list")) == []


def test_zip_holds_original_masks_plan_and_records(run: Run, archive: str) -> None:
    with zipfile.ZipFile(archive) as file:
        document = json.loads(file.read("session.json"))
        names = set(file.namelist())
    (turn,) = document["value"]["turns"]
    used = {f"files/{document['value']['source']['picture']}", f"files/{turn['masks']['items'][0]['mask']}"}
    assert used <= names
    assert turn["plan"]["steps"][0]["node"] == "cup-1"
    assert [record["stage"] for record in turn["records"]][-1] == "edit"


def test_current_picture_of_a_session(run: Run, archive: str) -> None:
    printed(run("session", "save", archive, "-o", "now.png"))
    assert np.array_equal(np.asarray(Image.open("now.png")), np.asarray(Image.open("out.png")))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["session", "show", "nobody"], "No session is kept under nobody"),
        (["session", "forget", "nobody"], "No session is kept under nobody"),
        (["session", "load", "missing.zip"], "There is no file missing.zip"),
        (["session", "load", "cups.png"], "not a ggedit session"),
        (["replay", "cups.png"], "not a ggedit session"),
        (["session", "save", "s.zip", "-o", "x.docx"], "use one of the endings"),
        (["session", "save", "s.zip", "-o", "nowhere/x.zip"], "cannot be written"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_refusals(run: Run, archive: str, arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_models_lists_every_port_without_test_doubles(run: Run) -> None:
    rows = printed(run("models", "--json"))
    assert {row["port"] for row in rows} >= {
        "parser",
        "detector",
        "segmenter",
        "describer",
        "planner",
        "editor",
        "store",
    }
    assert {row["tier"] for row in rows} <= {"full", "embedded"}
    assert all(item["mend"] for row in rows for item in row["missing"])


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "ggedit" in result.stdout
    assert "Example: ggedit" in result.stdout or command == "session"


def test_help_names_every_command_and_the_exit_codes(run: Run) -> None:
    text = " ".join(run("--help").stdout.split())
    assert [command for command in COMMANDS if command not in text] == []
    assert MEANINGS.split(";")[0] in text


def test_version(run: Run) -> None:
    from ggedit import __version__

    assert run("--version").stdout.strip() == __version__


def test_kept_sessions_lie_in_the_home_folder(run: Run, archive: str, clean_settings: Path) -> None:
    printed(run("session", "load", archive))
    assert (clean_settings / "sessions.sqlite3").exists()
