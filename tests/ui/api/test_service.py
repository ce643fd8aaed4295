"""The endpoints as functions: what they answer, remember and refuse. No server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gradio.utils import get_upload_folder
from PIL import Image

from ggedit.backends.scripted import ScriptedEditor, scripted_kit
from ggedit.core.errors import BadInput
from ggedit.ui.api.endpoints import ENDPOINTS, Endpoints
from ggedit.ui.api.service import Service
from ggedit.ui.store_of_sessions import Visitors

from ..doubles import ScriptedOpener, data_url, file_data, photo


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where uploads lie."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    assert get_upload_folder() == str(tmp_path)
    return tmp_path


@pytest.fixture
def api(folder: Path) -> Endpoints:
    return _endpoints(folder)


def _endpoints(folder: Path, opener: ScriptedOpener | None = None) -> Endpoints:
    return Endpoints(Service(Visitors(folder / "drawers", idle_s=60), opener or ScriptedOpener()), max_mb=1)


@pytest.fixture
def table(folder: Path) -> dict[str, Any]:
    """An uploaded photo."""
    path = folder / "table.png"
    photo().save(path)
    return file_data(path)


def _last(answers: Iterator[Any]) -> Any:
    return list(answers)[-1]


def test_an_instruction_is_read_without_a_picture(api: Endpoints) -> None:
    reading = api.parse("make the lamp blue")
    (clause,) = reading["clauses"]
    assert (clause["verb"], clause["target"], clause["payload"]) == ("restyle", "lamp", "blue")


@pytest.mark.parametrize(
    ("endpoint", "last_field"), [("detect", "boxes"), ("segment", "masks"), ("plan", "steps")], ids=str
)
def test_each_stage_answers_with_what_it_made(
    api: Endpoints, table: dict[str, Any], endpoint: str, last_field: str
) -> None:
    *told, answer = getattr(api, endpoint)(table, "remove the cup")
    assert answer["done"]
    assert answer[last_field]
    assert not any(partial["done"] for partial in told)
    assert all(set(partial) == set(answer) for partial in told), "every message has the same fields"
    assert [partial["progress"]["stage"] for partial in told][:2] == ["parse", "detect"]


def test_the_result_is_full_size_and_equal_outside_the_change(api: Endpoints, table: dict[str, Any]) -> None:
    answer = _last(api.edit(table, "remove the cup", seed=7))
    after, before = (np.asarray(Image.open(p).convert("RGB")) for p in (answer["picture"].path, table["path"]))
    changed = np.asarray(Image.open(answer["changed"].path)) > 0
    assert answer["seed"] == 7
    assert changed.sum() == answer["changed_px"] > 0
    assert np.array_equal(after[~changed], before[~changed])


def test_the_same_call_gives_the_same_pixels(api: Endpoints, table: dict[str, Any]) -> None:
    first, second = (_last(api.edit(table, "remove the cup", seed=3)) for _ in range(2))
    assert Path(first["picture"].path).name == Path(second["picture"].path).name, "named by content"
    assert first["session"] != second["session"]


def test_corrections_are_the_pages_own(api: Endpoints, table: dict[str, Any]) -> None:
    half = np.zeros((300, 400), np.uint8)
    half[:, :200] = 255
    corrections = [
        {"kind": "add_box", "label": "cup", "box": [-50, 20, 260, 9999], "clause": 0},
        {"kind": "import_mask", "id": "cup-u1", "png": data_url(Image.fromarray(half))},
    ]
    answer = _last(api.segment(table, "remove the cup", corrections))
    drawn = next(row for row in answer["boxes"] if row["source"] == "user")
    assert (drawn["id"], drawn["box"], drawn["role"]) == ("cup-u1", [0, 20, 260, 300], "target")
    assert next(row["area_px"] for row in answer["masks"] if row["id"] == "cup-u1") == 200 * 300


def test_a_session_goes_on_and_back(api: Endpoints, table: dict[str, Any]) -> None:
    session = _last(api.edit(table, "remove the cup"))["session"]
    answer = _last(api.session_continue(session, "make the lamp blue"))
    assert [step["title"] for step in answer["steps"]] == ["Make the lamp blue"]
    state = api.session_move(session, "undo")
    assert [turn["text"] for turn in state["turns"]] == ["remove the cup", "make the lamp blue"]
    assert state["current"] == state["turns"][0]["id"]
    assert api.session_move(session, "start")["current"] == ""
    assert api.session_move(session, state["turns"][1]["id"])["current"] == state["turns"][1]["id"]
    with pytest.raises(BadInput, match="no longer exists"):
        api.session_move(session, "no-such-turn")


def test_detection_is_not_repeated_when_a_session_goes_on(folder: Path, table: dict[str, Any]) -> None:
    kit = scripted_kit()
    api = _endpoints(folder, ScriptedOpener(kit))
    found = _last(api.detect(table, "remove the cup"))
    asked = len(kit.detector.use.asked)  # type: ignore[attr-defined]
    answer = _last(api.session_continue(found["session"], until="plan"))
    assert answer["steps"]
    assert len(kit.detector.use.asked) == asked  # type: ignore[attr-defined]


def test_a_saved_session_is_opened_again(api: Endpoints, table: dict[str, Any]) -> None:
    session = _last(api.edit(table, "remove the cup"))["session"]
    archive = api.session_save(session)
    state = api.session_open(archive)
    assert state["session"] != session
    assert [turn["text"] for turn in state["turns"]] == ["remove the cup"]


def test_nothing_is_written_to_the_store(folder: Path, table: dict[str, Any]) -> None:
    opener = ScriptedOpener()
    api = _endpoints(folder, opener)
    session = _last(api.edit(table, "remove the cup"))["session"]
    api.session_move(session, "undo")
    assert not opener.store.saved


def test_a_closed_session_is_gone_with_its_files(api: Endpoints, table: dict[str, Any]) -> None:
    answer = _last(api.edit(table, "remove the cup"))
    api.session_close(answer["session"])
    assert not Path(answer["picture"].path).exists()
    with pytest.raises(BadInput, match="no session with this id"):
        api.session_show(answer["session"])


@pytest.mark.parametrize("session", ["", "x" * 43, "../../etc/passwd", None, 7, {"$ne": ""}], ids=repr)
def test_forged_sessions_are_refused(api: Endpoints, session: Any) -> None:
    with pytest.raises(BadInput, match="no session with this id"):
        api.session_show(session)
    with pytest.raises(BadInput, match="no session with this id"):
        _last(api.session_continue(session, "remove the cup"))


def _outside(folder: Path) -> dict[str, Any]:
    return file_data(Path("/etc/hostname"))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(_outside, "not uploaded here", id="a file of the server"),
        pytest.param(lambda f: file_data(f / ".." / ".." / "etc" / "passwd"), "not uploaded here", id="a way out"),
        pytest.param(lambda f: {"path": str(f / "table.png")}, "Upload the picture first", id="no mark"),
        pytest.param(lambda f: "table.png", "Upload the picture first", id="a text"),
        pytest.param(lambda f: None, "Upload the picture first", id="nothing"),
        pytest.param(lambda f: file_data(_written(f, b"not a picture")), "not a picture", id="not a picture"),
        pytest.param(lambda f: file_data(_written(f, b"\0" * 1_000_001)), "more than 1 MB", id="too large"),
    ],
)
def test_pictures_that_cannot_be_used_are_refused(api: Endpoints, folder: Path, make: Any, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        _last(api.detect(make(folder), "remove the cup"))


def _written(folder: Path, content: bytes) -> Path:
    path = folder / "upload.png"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"text": "x" * 2001}, "text: .*2000"),
        ({"text": 7}, "text: .*string"),
        ({"text": "", "_": "edit"}, "Say what to change"),
        ({"corrections": "click"}, "corrections: give a list"),
        ({"corrections": [{"kind": "rm -rf"}]}, r"corrections\[0\]"),
        ({"corrections": [{"kind": "click", "id": "cup-1", "x": 1e9, "y": 0}]}, r"corrections\[0\]: x: "),
        ({"corrections": [{"kind": "open", "file": {"path": "/etc/passwd"}}]}, r"corrections\[0\]"),
        ({"corrections": [{"kind": "drop_box", "id": "a"}] * 201}, "201 are too many"),
        ({"corrections": [{"kind": "drop_box", "id": "no-such"}]}, "no-such"),
        ({"seed": -1}, "seed: "),
        ({"seed": 1.5}, "seed: "),
    ],
    ids=repr,
)
def test_arguments_that_do_not_fit_are_refused_in_one_sentence(
    api: Endpoints, table: dict[str, Any], arguments: dict[str, Any], words: str
) -> None:
    given = {"text": "remove the cup", **{k: v for k, v in arguments.items() if k != "_"}}
    with pytest.raises(BadInput, match=words) as error:
        _last(api.edit(table, **given))
    assert "\n" not in str(error.value)


class _Failing(ScriptedEditor):
    def edit(self, job: Any) -> Iterator[Any]:
        raise OSError("disk full")
        yield


def test_a_failed_stage_is_an_error_and_the_session_lives_on(folder: Path, table: dict[str, Any]) -> None:
    api = _endpoints(folder, ScriptedOpener(scripted_kit(editor=_Failing())))
    session = _last(api.plan(table, "remove the cup"))["session"]
    for _ in range(2):
        with pytest.raises(BadInput, match="edit stage failed"):
            _last(api.session_continue(session))


def test_a_session_serves_one_call_at_a_time(api: Endpoints, table: dict[str, Any]) -> None:
    session = _last(api.detect(table, "remove the cup"))["session"]
    under_way = api.session_continue(session)
    next(under_way)
    with pytest.raises(BadInput, match="still at work"):
        _last(api.session_continue(session))
    under_way.close()
    assert _last(api.session_continue(session))["done"], "a call that was cancelled lets go"


def test_every_endpoint_is_described_for_its_callers() -> None:
    for name in ENDPOINTS:
        method = getattr(Endpoints, name)
        names = [n for n in method.__annotations__ if n != "return"]
        assert all(f"{n}: " in (method.__doc__ or "") for n in names), name
