"""Captions as scene graphs: spaCy's dependencies and rules; no weights but spaCy's own."""

from .reader import CaptionReader

__all__ = ["CaptionReader"]
