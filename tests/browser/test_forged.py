"""Requests that no page of ours would send. They need a server and no browser."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest


def _canvas_event(url: str) -> int:
    config = httpx.get(f"{url}config").json()
    canvas = next(c["id"] for c in config["components"] if c["props"].get("elem_id") == "canvas")
    return next(d["id"] for d in config["dependencies"] if [canvas, "input"] in d["targets"])


def _post(url: str, letter: dict[str, Any], session_hash: str) -> dict[str, Any]:
    """Put a letter into the queue as the page does; returns the last message about it."""
    body = {"data": [letter, None], "fn_index": _canvas_event(url), "session_hash": session_hash}
    httpx.post(f"{url}gradio_api/queue/join", json=body).raise_for_status()
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


def test_nothing_is_monitored_and_no_endpoint_is_listed(server: Any) -> None:
    assert httpx.get(f"{server.url}monitoring").status_code in (403, 404)
    listed = httpx.get(f"{server.url}gradio_api/info").json()
    assert listed["named_endpoints"] == {}
    assert listed["unnamed_endpoints"] == {}
