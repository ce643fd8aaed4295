"""A web server on this machine that serves files as a file host does, and fails when told to."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar


@dataclass
class Shelf:
    """What is served, path -> bytes, how it fails, false marks of versions, and what was asked for
    (path, Range header)."""

    files: dict[str, bytes] = field(default_factory=dict)
    hangs_up_after: list[int] = field(default_factory=list)
    ranges: bool = True
    etags: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Handler(BaseHTTPRequestHandler):
    shelf: ClassVar[Shelf]
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self.shelf.asked.append((self.path, self.headers.get("Range", "")))
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        path = self.path.partition("?")[0]
        content = self.shelf.files.get(path)
        if content is None:
            self.send_response(404)
            self.send_header("X-Error-Code", "RepoNotFound" if path.startswith("/api/") else "EntryNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        etag = f'"{self.shelf.etags.get(path) or hashlib.sha256(content).hexdigest()}"'
        start = self._start(etag)
        if start >= len(content) > 0:
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(content)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if start else 200)
        self.send_header("ETag", etag)
        self.send_header("Content-Length", str(len(content) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if path.startswith("/api/"):
            self.send_header("Content-Type", "application/json")
        self.send_header("X-Repo-Commit", COMMIT)
        self.end_headers()
        if body:
            self._send(content[start:])

    def _start(self, etag: str) -> int:
        found = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        same = self.headers.get("If-Range", etag) == etag
        return int(found.group(1)) if found and same and self.shelf.ranges else 0

    def _send(self, content: bytes) -> None:
        if self.shelf.hangs_up_after:
            self.wfile.write(content[: self.shelf.hangs_up_after.pop(0)])
            self.close_connection = True
            return
        self.wfile.write(content)


COMMIT = "0123456789abcdef0123456789abcdef01234567"


@contextmanager
def serving() -> Iterator[Shelf]:
    """The server, running."""
    shelf = Shelf()
    handler = type("ShelfHandler", (Handler,), {"shelf": shelf})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    shelf.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield shelf
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def add_model(shelf: Shelf, id_: str, files: dict[str, bytes]) -> None:
    """A repository as the hub's API describes and resolves it."""
    info = {
        "_id": "1", "id": id_, "modelId": id_, "sha": COMMIT, "private": False, "tags": [], "downloads": 0, "likes": 0,
        "siblings": [
            {"rfilename": name, "size": len(content), "blobId": hashlib.sha1(content).hexdigest()}
            for name, content in files.items()
        ],
    }  # fmt: skip
    for revision in ("main", COMMIT):
        shelf.files[f"/api/models/{id_}/revision/{revision}"] = json.dumps(info).encode()
    shelf.files[f"/api/models/{id_}"] = json.dumps(info).encode()
    tree = [
        {"type": "file", "path": name, "size": len(content), "oid": hashlib.sha1(content).hexdigest()}
        for name, content in files.items()
    ]
    shelf.files[f"/api/models/{id_}/tree/{COMMIT}"] = json.dumps(tree).encode()
    for name, content in files.items():
        shelf.files[f"/{id_}/resolve/{COMMIT}/{name}"] = content
