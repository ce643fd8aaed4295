"""A server on this machine that answers in the wire format of OpenAI's chat completions."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Wire"], None]


@dataclass
class Asked:
    """One request as it came over the wire."""

    path: str
    key: str
    body: dict[str, Any]


class Wire:
    """What a behaviour writes to."""

    def __init__(self, handler: BaseHTTPRequestHandler, server: Loopback, body: dict[str, Any]) -> None:
        self._handler = handler
        self.server = server
        self.body = body

    def status(self, code: int, message: str = "", **headers: str) -> None:
        content = json.dumps({"error": {"message": message, "type": "test", "param": None, "code": None}}).encode()
        self.raw(code, content, "application/json", **headers)

    def raw(self, code: int, content: bytes, kind: str, **headers: str) -> None:
        self._handler.send_response(code)
        self._handler.send_header("Content-Type", kind)
        self._handler.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self._handler.send_header(name.replace("_", "-"), value)
        self._handler.end_headers()
        self._handler.wfile.write(content)

    def open_stream(self) -> None:
        self._handler.send_response(200)
        self._handler.send_header("Content-Type", "text/event-stream")
        self._handler.send_header("Connection", "close")
        self._handler.end_headers()

    def event(self, data: Any) -> None:
        text = data if isinstance(data, str) else json.dumps(data)
        self._handler.wfile.write(f"data: {text}\n\n".encode())
        self._handler.wfile.flush()

    def chunk(self, text: str | None = None, *, end: str | None = None, refusal: str | None = None) -> None:
        delta = {"role": "assistant", "content": text, "refusal": refusal}
        self.event(_chunk([{"index": 0, "delta": delta, "finish_reason": end}]))

    def usage(self, prompt: int, reply: int) -> None:
        usage = {"prompt_tokens": prompt, "completion_tokens": reply, "total_tokens": prompt + reply}
        self.event(_chunk([]) | {"usage": usage})


def _chunk(choices: list[Any]) -> dict[str, Any]:
    return {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "tiny-1", "choices": choices}


def saying(text: str, *, pieces: int = 3) -> Behaviour:
    """A good reply in a few pieces, with its tokens counted."""

    def behave(wire: Wire) -> None:
        wire.open_stream()
        size = max(1, len(text) // pieces)
        for start in range(0, len(text), size):
            wire.chunk(text[start : start + size])
        wire.chunk(end="stop")
        wire.usage(17, 5)
        wire.event("[DONE]")

    return behave


@dataclass
class Loopback:
    """Behaviours are used up in their order; the last one stays."""

    behaviours: list[Behaviour]
    asked: list[Asked] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)
    hung_up: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def next(self) -> Behaviour:
        return self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]


@contextmanager
def loopback(*behaviours: Behaviour) -> Iterator[Loopback]:
    state = Loopback(list(behaviours))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.asked.append(Asked(self.path, self.headers.get("Authorization", ""), body))
            try:
                state.next()(Wire(self, state, body))
            except OSError:
                state.hung_up.set()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        state.let_go.set()
        server.shutdown()
        server.server_close()
