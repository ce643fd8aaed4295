"""Requests that no page of ours would send. They need a server and no browser."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio.utils import get_upload_folder

from ggedit.ui.api import ENDPOINTS


def _canvas_event(url: str) -> int:
    config = httpx.get(f"{url}config").json()
    canvas = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "canvas")
    return next(d["id"] for d in config["dependencies"] if [canvas, "input"] in d["targets"])


def _post(url: str, letter: dict[str, Any], session_hash: str) -> dict[str, Any]:
    """Put a letter into the queue as the page does; returns the last message about it."""
    body = {"data": [letter, None], "fn_index": _canvas_event(url), "session_hash": session_hash}
    httpx.post(f"{url}gradio_api/queue/join", json=body).raise_for_status()
    return _completed(url, session_hash)


def _completed(url: str, session_hash: str) -> dict[str, Any]:
    """The last message about the session's event."""
    address = f"{url}gradio_api/queue/data?session_hash={session_hash}"
    with httpx.stream("GET", address, timeout=30) as stream:
        for line in stream.iter_lines():
            message = json.loads(line[6:]) if line.startswith("data: ") else {}
            if message.get("msg") == "process_completed":
                return message
    raise AssertionError("the server said nothing")


def _open(path: str) -> dict[str, Any]:
    file = {"path": path, "orig_name": "a.png", "meta": {"_type": "gradio.FileData"}}
    return {"outbox": "forged-outbox", "doc": None, "edits": [{"n": 1, "kind": "open", "file": file}]}


@pytest.mark.parametrize("path", ["/etc/hostname", "../../etc/hostname", "http://127.0.0.1:1/x.png"])
def test_a_path_that_was_not_uploaded_is_refused(server: Any, path: str) -> None:
    answer = _post(server.url, _open(path), uuid.uuid4().hex)
    assert not answer["success"]


def test_a_letter_of_another_shape_is_refused(server: Any) -> None:
    answer = _post(server.url, {"outbox": "forged-outbox", "edits": [{"n": 1, "kind": "rm -rf"}]}, uuid.uuid4().hex)
    assert not answer["success"]


@pytest.mark.parametrize("path", ["app.py", "pyproject.toml", "/etc/passwd", "ggedit/ui/handlers.py"])
def test_only_the_pages_own_scripts_are_served(server: Any, path: str) -> None:
    root = Path(__file__).resolve().parents[2]
    where = path if path.startswith("/") else str(root / path)
    assert httpx.get(f"{server.url}gradio_api/file={where}").status_code in (403, 404)


def test_nothing_is_monitored_and_only_the_documented_endpoints_are_listed(server: Any) -> None:
    assert httpx.get(f"{server.url}monitoring").status_code in (403, 404)
    listed = httpx.get(f"{server.url}gradio_api/info").json()
    assert set(listed["named_endpoints"]) == {f"/{name}" for name in ENDPOINTS}
    assert listed["unnamed_endpoints"] == {}


def _ask(url: str, endpoint: str, **arguments: Any) -> tuple[str, Any]:
    """Call an endpoint over HTTP; returns the last event's name and data."""
    called = httpx.post(f"{url}gradio_api/call/v2/{endpoint}", json=arguments)
    called.raise_for_status()
    event = ""
    with httpx.stream("GET", f"{url}gradio_api/call/{endpoint}/{called.json()['event_id']}", timeout=30) as stream:
        for line in stream.iter_lines():
            if line.startswith("event: "):
                event = line[7:]
            if line.startswith("data: ") and event in ("complete", "error"):
                return event, json.loads(line[6:])
    raise AssertionError("the server said nothing")


@pytest.mark.parametrize("path", ["/etc/hostname", "/etc/passwd", "../../etc/passwd", "app.py"])
@pytest.mark.parametrize("mark", [{"meta": {"_type": "gradio.FileData"}}, {}], ids=["marked", "unmarked"])
@pytest.mark.parametrize("endpoint", ["detect", "session_open"])
def test_an_endpoint_reads_no_file_of_the_server(server: Any, endpoint: str, mark: dict[str, Any], path: str) -> None:
    name = "file" if endpoint == "session_open" else "picture"
    event, _ = _ask(server.url, endpoint, **{name: {"path": path, **mark}})
    assert event == "error"


def test_an_endpoint_answers_a_forged_session_with_one_sentence(server: Any) -> None:
    event, data = _ask(server.url, "session_picture", session="x" * 43)
    assert event == "error"
    assert "There is no session with this id" in json.dumps(data)
    assert "Traceback" not in json.dumps(data)


def test_a_page_visitors_id_is_no_session_of_the_endpoints(server: Any) -> None:
    visitor = uuid.uuid4().hex
    config = httpx.get(f"{server.url}config").json()
    load = next(d["id"] for d in config["dependencies"] if any(what == "load" for _, what in d["targets"]))
    body = {"data": [None], "fn_index": load, "session_hash": visitor}
    httpx.post(f"{server.url}gradio_api/queue/join", json=body).raise_for_status()
    remembered = _completed(server.url, visitor)["output"]["data"][1]
    event, _ = _ask(server.url, "session_show", session=remembered["visitor"])
    assert event == "error"


def test_files_of_the_home_folder_are_not_served(server: Any) -> None:
    home = Path(server.home)
    assert (home / "page_secret").is_file()
    for path in ("page_secret", "sessions.sqlite3", "blobs"):
        assert httpx.get(f"{server.url}gradio_api/file={home / path}").status_code in (403, 404)


def test_drawers_are_not_listed(server: Any) -> None:
    drawers = Path(get_upload_folder()) / "ggedit"
    assert httpx.get(f"{server.url}gradio_api/file={drawers}").status_code in (403, 404)
    assert httpx.get(f"{server.url}gradio_api/file={drawers}/").status_code in (403, 404)
