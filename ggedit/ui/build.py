"""The page as gradio blocks: panels, their wiring, and the options it must be launched with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.themes import Soft
from gradio.utils import get_upload_folder

from ..config import Settings
from .handlers import Desk, Views
from .opening import Opener
from .panels import CanvasPanel, GraphPanel, HistoryPanel, Panel, PlanPanel, ProgressPanel, RequestPanel
from .panels.panel import STATIC
from .store_of_sessions import Visitors, new_id

TITLE = "ggedit"
QUEUE_LENGTH = 64
WORKERS = 2
"""Analyses and edits that run at once, over all visitors."""


def build(opener: Opener, settings: Settings) -> gr.Blocks:
    """The page. Launch it with ``launch_options``."""
    visitors = Visitors(Path(get_upload_folder()) / "ggedit", idle_s=settings.session_hours * 3600)
    desk = Desk(visitors, opener)
    gr.set_static_paths([STATIC])
    with gr.Blocks(title=TITLE, fill_width=True, analytics_enabled=False) as page:
        sid = gr.State(None, delete_callback=lambda gone: visitors.drop(gone or ""))
        panels = _lay_out()
        _wire(panels, desk, sid)
        page.load(partial(_welcome, panels, desk, sid), [sid], [sid, *panels.values()], **_QUIET)
    page.queue(max_size=QUEUE_LENGTH, default_concurrency_limit=WORKERS, api_open=False)
    return page


def launch_options(settings: Settings) -> dict[str, Any]:
    """Options of ``Blocks.launch``: nothing is recorded, reported or served that need not be."""
    return {
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


def _wire(panels: dict[str, Panel], desk: Desk, sid: gr.State) -> None:
    outputs = list(panels.values())
    for name, panel in panels.items():
        if name == "progress":
            stop = partial(_updates, panels, desk.stop)
            panel.input(stop, [panel, sid], outputs, concurrency_id="light", concurrency_limit=16, **_QUIET)
            continue
        panel.input(
            _streamed(panels, partial(desk.answer, name)),
            [panel, sid],
            outputs,
            trigger_mode="always_last",
            concurrency_id="work",
            concurrency_limit=WORKERS,
            **_QUIET,
        )


def _welcome(panels: dict[str, Panel], desk: Desk, state: gr.State, sid: str | None) -> dict[Any, Any]:
    """The visitor's id is made here and not by the State's own start value, which is not
    certain to be there when the first event runs."""
    sid = sid or new_id()
    return _updates(panels, desk.welcome, sid) | {state: sid}


def _updates(panels: dict[str, Panel], answer: Callable[..., Views], *given: Any) -> dict[Any, Any]:
    return {panels[name]: gr.update(view=view) for name, view in answer(*given).items()}


def _streamed(panels: dict[str, Panel], answer: Callable[..., Iterator[Views]]) -> Callable[..., Iterator[Any]]:
    def stream(letter: Any, sid: str | None) -> Iterator[dict[Any, Any]]:
        for views in answer(letter, sid) if sid else ():
            yield {panels[name]: gr.update(view=view) for name, view in views.items()}

    return stream
