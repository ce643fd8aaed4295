"""The panels as gradio components: static markup, an ES module, and a data model for edits."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import gradio as gr
from gradio.data_classes import GradioModel

from . import letters

STATIC = Path(__file__).resolve().parents[1] / "static"
"""Scripts and style sheets; served as they are, nothing else of the package is."""

_LOAD = (
    "const {root, api_prefix} = window.gradio_config;"
    " import(`${root}${api_prefix ?? ''}/file=${props.module}`)"
    ".then((module) => module.mount({element, trigger, props, upload, watch}));"
)


class Panel(gr.HTML):
    """A part of the page drawn by its own script.

    The browser sends what the person did as a *letter* (the component's value, validated by
    ``data_model``); the server answers with a *view* (the ``view`` prop; ``answer`` for a
    question that changes nothing), never with a value,
    so an answer cannot overwrite what was done meanwhile. Markup is static and every text is
    set by the script as text: templates would evaluate ``${...}`` in it.
    """

    data_model: ClassVar[type[GradioModel]] = letters.CanvasLetter  # type: ignore[assignment]
    module: ClassVar[str] = ""

    def __init__(self, value: Any = None, **props: Any) -> None:
        fixed = {
            "html_template": '<div class="gg-root"></div>',
            "js_on_load": _LOAD,
            "apply_default_css": False,
            "module": (STATIC / self.module).as_posix(),
            "view": None,
            "answer": None,
        }
        super().__init__(value=value, **{**fixed, **props})

    def preprocess(self, payload: Any) -> Any:
        return payload

    def postprocess(self, value: Any) -> Any:
        return value

    def api_info(self) -> dict[str, Any]:
        return letters.schema_of(self.data_model)

    def example_payload(self) -> Any:
        return {"outbox": "example-outbox", "doc": None, "edits": []}

    example_value = example_payload


class CanvasPanel(Panel):
    """The photo with boxes, masks, clicks and destinations."""

    data_model = letters.CanvasLetter
    module = "canvas.js"


class RequestPanel(Panel):
    """The instruction, how it was understood, questions and refusals."""

    data_model = letters.RequestLetter
    module = "request.js"


class PlanPanel(Panel):
    """The plan's steps, and the button that runs them."""

    data_model = letters.PlanLetter
    module = "plan.js"


class GraphPanel(Panel):
    """The scene graph, to be fixed or to ask with."""

    data_model = letters.GraphLetter
    module = "graph.js"


class ProgressPanel(Panel):
    """The stages, what runs where, progress, and the stop button."""

    data_model = letters.ProgressLetter
    module = "progress.js"


class HistoryPanel(Panel):
    """Undo, redo, the turns, and downloads."""

    data_model = letters.HistoryLetter
    module = "history.js"
