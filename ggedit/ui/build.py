"""The page as gradio blocks: panels, their wiring, and the options it must be launched with."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.themes import Soft
from gradio.utils import get_upload_folder

from ..config import Settings
from ..core.errors import BackendUnavailable
from .api import Service, publish
from .handlers import Desk, Views
from .opening import Opener
from .panels import CanvasPanel, GraphPanel, HistoryPanel, Panel, PlanPanel, ProgressPanel, RequestPanel
from .panels.panel import STATIC
from .store_of_sessions import Visitors
from .sweeping import Sweeper

TITLE = "ggedit"
QUEUE_LENGTH = 64
WORKERS = 2
"""Analyses and edits that run at once, over all visitors."""


def build(opener: Opener, settings: Settings) -> gr.Blocks:
    """The page. Launch it with ``launch_options``."""
    uploads, keep_s = Path(get_upload_folder()), settings.session_hours * 3600.0
    visitors = Visitors(uploads / "ggedit", idle_s=keep_s, limit_mib=settings.sessions_mib / 2)
    guests = Visitors(uploads / "ggedit", idle_s=keep_s, limit_mib=settings.sessions_mib / 2)
    own = uploads if uploads.resolve().is_relative_to(settings.home.resolve()) else None
    Sweeper((visitors, guests), lambda: opener, keep_s=keep_s, uploads=own).start()
    desk = Desk(visitors, opener)
    gr.set_static_paths([STATIC])
    with gr.Blocks(title=TITLE, fill_width=True, analytics_enabled=False) as page:
        sid = gr.State(None)
        memory = gr.BrowserState(None, storage_key="ggedit", secret=page_secret(settings.home))
        panels = _lay_out()
        wiring = _Wiring(panels, desk, sid=sid, memory=memory)
        wiring.connect()
        publish(Service(guests, opener), max_mb=settings.max_upload_mb, heavy=_WORK, light=_LIGHT)
        page.load(wiring.welcome, [memory], [sid, memory, *panels.values()], **_QUIET)
    page.queue(max_size=QUEUE_LENGTH, default_concurrency_limit=WORKERS, api_open=False)
    return page


def page_secret(home: Path) -> str:
    """What the browser's memory is sealed with; made once and kept under the home folder."""
    path = home / "page_secret"
    if not path.is_file():
        home.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(32))
        path.chmod(0o600)
    return path.read_text().strip()


def launch_options(settings: Settings) -> dict[str, Any]:
    """Options of ``Blocks.launch``: nothing is recorded, reported or served that need not be.

    Raises:
        BackendUnavailable: MCP is asked for and its library is not installed.
    """
    if settings.mcp and find_spec("mcp") is None:
        raise BackendUnavailable("GGEDIT_MCP is on and the MCP library is missing: pip install 'gradio[mcp]'.")
    return {
        "mcp_server": settings.mcp,
        "server_name": settings.host,
        "server_port": settings.port,
        "max_file_size": f"{settings.max_upload_mb}mb",
        "run_history": False,
        "enable_monitoring": False,
        "show_error": False,
        "allowed_paths": [],
        "ssr_mode": False,
        "pwa": False,
        "footer_links": [],
        "theme": Soft(
            primary_hue="teal",
            neutral_hue="slate",
            font=["system-ui", "sans-serif"],
            font_mono=["ui-monospace", "monospace"],
        ),
        "css_paths": [STATIC / "page.css"],
    }


_WORK: dict[str, Any] = {"concurrency_id": "work", "concurrency_limit": WORKERS}
"""What computes: programs' calls are in the same lane."""
_LIGHT: dict[str, Any] = {"concurrency_id": "light", "concurrency_limit": 16}
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def _lay_out() -> dict[str, Panel]:
    """The panels in their places: picture left, words and plan right, the rest below."""
    with gr.Row(elem_classes="gg-page", equal_height=False):
        with gr.Column(scale=8, min_width=360, elem_classes="gg-left"):
            canvas = CanvasPanel(elem_id="canvas")
            history = HistoryPanel(elem_id="history")
        with gr.Column(scale=5, min_width=340, elem_classes="gg-right"):
            request = RequestPanel(elem_id="request")
            plan = PlanPanel(elem_id="plan")
            progress = ProgressPanel(elem_id="progress")
            graph = GraphPanel(elem_id="graph")
    return {
        "canvas": canvas,
        "request": request,
        "plan": plan,
        "graph": graph,
        "progress": progress,
        "history": history,
    }


class _Wiring:
    """Joins panels and desk: letters in, views out."""

    def __init__(self, panels: dict[str, Panel], desk: Desk, *, sid: gr.State, memory: gr.BrowserState) -> None:
        self.panels, self.desk, self.sid, self.memory = panels, desk, sid, memory

    def connect(self) -> None:
        """One listener per panel; Stop, looks and the history have a lane of their own, so that
        they are never queued behind other people's work."""
        outputs = list(self.panels.values())
        canvas = self.panels["canvas"]
        canvas.focus(
            self.look,
            [canvas, self.sid],
            [canvas],
            trigger_mode="always_last",
            **_LIGHT,
            **_QUIET,
        )
        for name, panel in self.panels.items():
            if name == "progress":
                panel.input(self.stop, [panel, self.sid], outputs, **_LIGHT, **_QUIET)
                continue
            panel.input(
                self._streamed(name),
                [panel, self.sid],
                [*outputs, self.memory] if name == "canvas" else outputs,
                trigger_mode="always_last",
                **_LIGHT if name == "history" else _WORK,
                **_QUIET,
            )

    def look(self, letter: Any, sid: str | None) -> dict[Any, Any]:
        answer = self.desk.look(letter, sid)
        return {self.panels["canvas"]: gr.update(answer=answer) if answer else gr.skip()}

    def welcome(self, memory: Any) -> dict[Any, Any]:
        """The visitor's id is made here and not by the State's own start value, which is not
        certain to be there when the first event runs."""
        sid = self.desk.recognise(memory)
        return {**self._updates(self.desk.welcome(sid)), self.sid: sid, self.memory: self.desk.memory(sid)}

    def stop(self, letter: Any, sid: str | None) -> dict[Any, Any]:
        return self._updates(self.desk.stop(letter, sid))

    def _streamed(self, name: str) -> Callable[..., Iterator[dict[Any, Any]]]:
        def stream(letter: Any, sid: str | None) -> Iterator[dict[Any, Any]]:
            if not sid or not self.desk.visitors.knows(sid):
                yield {self.panels[name]: gr.update(view={"stranger": True, "n": secrets.randbits(32)})}
                return
            for views in self.desk.answer(name, letter, sid):
                remembered = {self.memory: self.desk.memory(sid)} if name == "canvas" else {}
                yield {**self._updates(views), **remembered}

        return stream

    def _updates(self, views: Views) -> dict[Any, Any]:
        return {self.panels[name]: gr.update(view=view) for name, view in views.items()}
