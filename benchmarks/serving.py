"""The page as a process of its own, and a visitor of it without a browser."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[1]
PANELS = ("canvas", "request", "plan", "graph", "progress", "history")
_ANSWER_S = 300.0


@dataclass(frozen=True)
class Served:
    """A running page: its address, its process id, and how long it took to be there."""

    url: str
    pid: int
    ready_s: float

    @property
    def memory_mib(self) -> float:
        """Resident memory of the server's process (Linux)."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


@contextmanager
def served(home: Path, **variables: str) -> Iterator[Served]:
    """Start ``app.py`` on the embedded tier and a free port; stop it afterwards."""
    port = _free_port()
    settings = {"GGEDIT_PORT": str(port), "GGEDIT_HOME": str(home), "GGEDIT_TIER": "embedded"} | variables
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "app.py"], cwd=ROOT, env=os.environ | settings, stdout=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}/"
    try:
        while not _answers(url):
            if process.poll() is not None:
                raise RuntimeError("the page ended before it answered")
            time.sleep(0.05)
        yield Served(url, process.pid, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        return urllib.request.urlopen(url, timeout=2).status == 200
    except OSError:
        return False


@dataclass
class PageVisitor:
    """Sends what the page's scripts send, and keeps the newest view of each panel."""

    url: str
    views: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._web = httpx.Client(base_url=self.url, timeout=_ANSWER_S)
        config = self._web.get("config").json()
        ids = {c["props"].get("elem_id"): c["id"] for c in config["components"]}
        self._panel_of = {ids[name]: name for name in PANELS}
        self._events = {tuple(d["targets"][0]): d for d in config["dependencies"] if d["targets"]}
        self._ids = ids
        self._session, self._outbox, self._count = uuid.uuid4().hex, uuid.uuid4().hex, 0
        load = next(d for (_, what), d in self._events.items() if what == "load")
        self._call(load, [None])

    def close(self) -> None:
        self._web.close()

    def open(self, photo: Path) -> None:
        """Upload a photo and open it."""
        with photo.open("rb") as file:
            (path,) = self._web.post("gradio_api/upload", files={"files": (photo.name, file)}).json()
        data = {"path": path, "orig_name": photo.name, "meta": {"_type": "gradio.FileData"}}
        self.send("canvas", {"kind": "open", "file": data})

    def send(self, panel: str, *edits: dict[str, Any]) -> list[tuple[float, dict[str, Any]]]:
        """Send edits of one panel; returns (seconds since then, views) of each answer.

        Raises:
            RuntimeError: the server refused the letter.
        """
        numbered = []
        for edit in edits:
            self._count += 1
            numbered.append({**edit, "n": self._count})
        doc = self.views.get(panel, {}).get("doc")
        return self._call(
            self._events[(self._ids[panel], "input")], [{"outbox": self._outbox, "doc": doc, "edits": numbered}, None]
        )

    @property
    def notices(self) -> list[str]:
        """What the panels complain about now."""
        return [view["notice"] for view in self.views.values() if view.get("notice")]

    def _call(self, event: dict[str, Any], data: list[Any]) -> list[tuple[float, dict[str, Any]]]:
        body = {"data": data, "fn_index": event["id"], "session_hash": self._session}
        began = time.perf_counter()
        self._web.post("gradio_api/queue/join", json=body).raise_for_status()
        answers: list[tuple[float, dict[str, Any]]] = []
        address = f"gradio_api/queue/data?session_hash={self._session}"
        with self._web.stream("GET", address) as stream:
            for line in stream.iter_lines():
                message = json.loads(line[6:]) if line.startswith("data: ") else {}
                if message.get("msg") not in ("process_generating", "process_completed"):
                    continue
                if not message["success"]:
                    raise RuntimeError(str(message["output"]))
                seen = self._seen(event, message["output"]["data"])
                answers.append((time.perf_counter() - began, seen))
                if message["msg"] == "process_completed":
                    return answers
        raise RuntimeError("the server closed the connection without an answer")

    def _seen(self, event: dict[str, Any], outputs: list[Any]) -> dict[str, Any]:
        seen: dict[str, Any] = {}
        for id_, value in zip(event["outputs"], outputs, strict=False):
            view = value.get("props", {}).get("view") if isinstance(value, dict) else None
            if id_ in self._panel_of and view:
                seen[self._panel_of[id_]] = view
        self.views |= seen
        return seen
