"""The page's panels: gradio components with validated edits in and plain views out."""

from .panel import CanvasPanel, GraphPanel, HistoryPanel, Panel, PlanPanel, ProgressPanel, RequestPanel

__all__ = ["CanvasPanel", "GraphPanel", "HistoryPanel", "Panel", "PlanPanel", "ProgressPanel", "RequestPanel"]
