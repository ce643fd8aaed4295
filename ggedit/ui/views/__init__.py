"""What each panel shows, as plain data: a Turn and its History in, dicts of JSON values out.

Files are named by their path on this machine; the panel's component turns them into addresses.
"""

from .canvas import canvas_view
from .editor import editor_view
from .graph import graph_view
from .history import history_view
from .kit import chat_view, kit_view
from .plan import plan_view
from .progress import Running, progress_view
from .request import request_view
from .words import file_of

__all__ = [
    "Running",
    "canvas_view",
    "chat_view",
    "editor_view",
    "file_of",
    "graph_view",
    "history_view",
    "kit_view",
    "plan_view",
    "progress_view",
    "request_view",
]
