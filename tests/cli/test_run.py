"""``ggedit run`` and ``ggedit graph`` on scripted backends with the rule planner."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ggedit.cli.exits import Exit
from ggedit.core.modifications import read_modifications
from ggedit.session import load_history
from tests.backends.chat.loopback import loopback
from tests.backends.llm.test_in_the_product import obedient

LINES = "Remove: 'cup'\n\nReplace 'lamp' by 'vase'\n"


@pytest.fixture(autouse=True)
def rules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GGEDIT_PLANNER", "rules")
    monkeypatch.setenv("GGEDIT_SIZER", "scripted")
    monkeypatch.setenv("GGEDIT_LEARNER", "scripted")


def start(run, folder: Path, lines: str = LINES, *more: str):
    (folder / "edits.txt").write_text(lines)
    return run("run", "--image", "cups.png", "--modifications", "edits.txt", "--out-dir", "out", *more)


def pixels(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB"))


def test_every_line_is_done_on_the_result_of_the_one_before(run, folder: Path):
    result = start(run, folder)
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)["edits"]
    assert [(row["status"], row["line"]) for row in rows] == [
        ("done", "Remove: 'cup'"),
        ("done", "Replace 'lamp' by 'vase'"),
    ]
    first, second = (folder / "out" / row["folder"] for row in rows)
    assert not np.array_equal(pixels(first / "result.png"), pixels(second / "result.png"))
    changed = np.asarray(Image.open(second / "changed.png"))
    assert np.array_equal(pixels(first / "result.png")[~changed], pixels(second / "result.png")[~changed])
    for edit in (first, second):
        for name in (
            "modification.json",
            "plan.json",
            "turn.json",
            "scene_graph/graph.json",
            "scene_graph/sg_dict.json",
        ):
            json.loads((edit / name).read_text())
    assert sorted(p.name for p in (folder / "out/scene_graph/masks").iterdir()) == ["cup-1.png", "lamp-1.png"]
    assert len(load_history(folder / "out/session.zip").path()) == 2


def test_same_seed_same_pixels(run, folder: Path):
    first = json.loads(start(run, folder).stdout)["edits"]
    before = [pixels(folder / "out" / row["folder"] / "result.png") for row in first]
    (folder / "out").rename(folder / "earlier")
    again = json.loads(start(run, folder).stdout)["edits"]
    after = [pixels(folder / "out" / row["folder"] / "result.png") for row in again]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_a_run_that_was_broken_off_goes_on(run, folder: Path):
    whole = json.loads(start(run, folder).stdout)["edits"]
    last = pixels(folder / "out" / whole[1]["folder"] / "result.png")
    state = json.loads((folder / "out/run.json").read_text())
    state["edits"] = state["edits"][:1]
    (folder / "out/run.json").write_text(json.dumps(state))
    stamp = (folder / "out" / whole[0]["folder"] / "result.png").stat().st_mtime_ns
    result = start(run, folder)
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)["edits"]
    assert len(rows) == 2 and rows[0]["turn"] == whole[0]["turn"]
    assert (folder / "out" / rows[0]["folder"] / "result.png").stat().st_mtime_ns == stamp, "made only once"
    assert np.array_equal(pixels(folder / "out" / rows[1]["folder"] / "result.png"), last)


def test_a_finished_run_does_nothing_again(run, folder: Path):
    before = start(run, folder).stdout
    assert start(run, folder).stdout == before


@pytest.mark.parametrize("change", ["lines", "picture", "seed", "stranger"])
def test_a_folder_belongs_to_one_run(run, folder: Path, change: str):
    if change == "stranger":
        (folder / "out").mkdir()
        (folder / "out" / "holiday.txt").write_text("mine")
    else:
        start(run, folder)
    if change == "picture":
        Image.new("RGB", (160, 120), "white").save(folder / "cups.png")
    more = ("--seed", "7") if change == "seed" else ()
    result = start(run, folder, "Remove: 'lamp'" if change == "lines" else LINES, *more)
    assert result.exit_code == Exit.BAD_INPUT and "choose another folder" in result.stderr


def test_what_an_edit_put_there_can_be_edited_by_the_next_one(run, folder: Path):
    result = start(run, folder, "Replace 'lamp' by 'vase'\nAdd an object: 'cup'. Add tuple: ['cup' -> on -> 'vase']")
    assert result.exit_code == 0, result.output


def test_what_a_line_cannot_do_is_said_and_the_next_one_runs(run, folder: Path):
    result = start(run, folder, "Remove: 'unicorn'\nRemove: 'lamp'")
    assert result.exit_code == Exit.REFUSED
    rows = json.loads(result.stdout)["edits"]
    assert [row["status"] for row in rows] == ["refused", "done"]
    assert "There is no 'unicorn'" in rows[0]["sentence"] and "unicorn" in result.stderr


@pytest.mark.parametrize("lines", ["", "\n\n", "do something nice"])
def test_a_file_without_edits(run, folder: Path, lines: str):
    assert start(run, folder, lines).exit_code == Exit.BAD_INPUT
    assert not (folder / "out").exists()


def test_learned_concepts_are_named_in_the_plan(run, folder: Path):
    lines = "Modify a relationship: from ['lamp' -> right of -> 'cup'] to ['lamp' -> left of -> 'cup']"
    result = start(run, folder, f"{lines}\nReplace 'lamp' by 'vase'", "--learn", "--seed", "3")
    assert result.exit_code == 0, result.output
    assert (folder / "out/concepts/learned.txt").read_text().startswith("3\n")
    found = []
    for row in json.loads(result.stdout)["edits"]:
        plan = json.loads((folder / "out" / row["folder"] / "plan.json").read_text())
        found.append([(step["type"], step["concept"]) for step in plan["value"]["steps"]])
    assert found == [[("Move", "<lamp-1>")], [("Replace", None)]], "a vase has not the looks of the lamp"


def test_learning_without_a_learner_says_so(run, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GGEDIT_LEARNER", "nobody")
    result = start(run, folder, LINES, "--learn")
    assert result.exit_code == Exit.UNAVAILABLE


def test_what_was_said_to_a_language_model_is_kept_without_the_key(run, folder: Path, monkeypatch: pytest.MonkeyPatch):
    with loopback(obedient) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-4711")
        monkeypatch.setenv("GGEDIT_DESCRIBER", "llm")
        result = start(run, folder, "Remove: 'cup'")
    assert result.exit_code == 0, result.output
    (row,) = json.loads(result.stdout)["edits"]
    (talk,) = json.loads((folder / "out" / row["folder"] / "talk.json").read_text())
    assert talk["model"] == "tiny-1" and "cup-1" in talk["sent"] and talk["prompt_tokens"] == 17
    kept = b"".join(path.read_bytes() for path in (folder / "out").rglob("*") if path.is_file())
    assert b"sk-secret" not in kept and "sk-secret" not in result.output


# graphs ------------------------------------------------------------------------------------


def graph_of(result) -> dict:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["value"]


def test_the_graph_of_a_picture(run):
    assert [n["label"] for n in graph_of(run("graph", "cups.png"))["nodes"]] == ["cup", "lamp"]


def test_a_graph_goes_to_sgedit_and_back(run, folder: Path):
    written = run("graph", "cups.png", "--as", "sgedit").stdout
    (folder / "sg.json").write_text(written)
    assert run("graph", "cups.png", "--graph", "sg.json", "--as", "sgedit").stdout == written


def test_a_graph_of_this_program_is_brought_in_with_its_relations(run, folder: Path):
    document = json.loads(run("graph", "cups.png").stdout)
    cup, lamp = document["value"]["nodes"]
    cup["label"] = "mug"
    document["value"]["edges"] = [{"subject": cup["id"], "relation": "under", "object": lamp["id"], "kind": "spatial"}]
    (folder / "graph.json").write_text(json.dumps(document))
    again = graph_of(run("graph", "cups.png", "--graph", "graph.json"))
    assert [n["label"] for n in again["nodes"]] == ["mug", "lamp"]
    assert [n["box"] for n in again["nodes"]] == [cup["box"], lamp["box"]]
    assert [e["relation"] for e in again["edges"]] == ["under"]


def test_a_caption_finds_its_things_in_the_picture(run):
    graph = graph_of(run("graph", "cups.png", "--text", "a cup under a green lamp next to a unicorn"))
    found = {n["label"]: n["status"] for n in graph["nodes"]}
    assert found == {"cup": "found", "lamp": "found", "unicorn": "not_found"}
    assert {e["relation"] for e in graph["edges"]} >= {"under"}


def test_a_caption_alone(run):
    graph = graph_of(run("graph", "--text", "a red cup on a table"))
    assert [(n["label"], n["box"]) for n in graph["nodes"]] == [("cup", None), ("table", None)]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "Give a picture"),
        (("cups.png", "--text", "a cup", "--graph", "x.json"), "either"),
        (("cups.png", "--graph", "cups.png"), "not"),
        (("--text", "!!"), "no thing"),
    ],
)
def test_what_cannot_be_read(run, arguments: tuple[str, ...], says: str):
    result = run("graph", *arguments)
    assert result.exit_code == Exit.BAD_INPUT and says in result.stderr


def test_the_files_of_a_run_can_be_read_again(run, folder: Path):
    rows = json.loads(start(run, folder).stdout)["edits"]
    document = json.loads((folder / "out" / rows[0]["folder"] / "modification.json").read_text())
    assert read_modifications(document["modification"])
    again = run("graph", "cups.png", "--graph", "out/scene_graph/sg_dict.json")
    assert again.exit_code == 0
