"""The generating editor's settings as fields, and what the last run used."""

from __future__ import annotations

from ...core.options import RANGES, EditOptions
from ...core.turn import Tier, Turn
from ...session import EditSession
from .words import Json, View

_WHOLE = frozenset({"steps", "feather_px", "variants"})

FIELDS: tuple[tuple[str, str, str], ...] = (
    ("steps", "Steps", "Denoising steps. More: finer and slower."),
    ("guidance", "Guidance", "Weight of the words. More: closer to the words, harsher colours."),
    ("image_guidance", "Image guidance", "Weight of the old picture, where the model has one. More: less changes."),
    ("strength", "Strength", "1: start from noise. Less keeps shapes and colours, and saves steps."),
    ("blend_start", "Blend start", "Share of the steps after which the surroundings are held. Later: rougher fit."),
    ("guidance_from", "Guidance from", "Share of the steps after which guidance counts. Later: freer, faster."),
    ("guidance_to", "Guidance to", "Share of the steps up to which guidance counts. Earlier: softer, faster."),
    ("feather_px", "Feather, px", "Width of the blended rim. Wider: a softer seam, more pixels touched."),
    (
        "variants",
        "Batch size",
        "Variants drawn at once, of which the best comes first; usual: as many as the run shows. More: more memory.",
    ),
)
"""Name, label and help of each number that can be set for a request."""

SAMPLERS = ("", "euler-a", "euler", "ddim", "dpm++", "unipc")


def editor_view(session: EditSession | None) -> View | None:
    """The settings' fields; None where no editor of the set-up draws."""
    if session is None or session.kit.editor.tier is not Tier.FULL:
        return None
    turn = session.turn
    options = turn.options if turn is not None else EditOptions()
    return {
        "name": session.kit.editor.name,
        "why": session.kit.editor.why,
        "fields": [_field(options, *row) for row in FIELDS],
        "scheduler": options.scheduler or "",
        "schedulers": list(SAMPLERS),
        "safety": options.safety,
        "ready": turn is not None,
        "ran": _ran(turn),
    }


def _field(options: EditOptions, name: str, label: str, help_text: str) -> View:
    low, high = RANGES[name]
    step = 1 if name in _WHOLE else 0.05
    return {
        "name": name,
        "label": label,
        "help": help_text,
        "value": getattr(options, name),
        "min": low,
        "max": high,
        "step": step,
    }


def _ran(turn: Turn | None) -> list[Json]:
    """Each step of the result: the editor, why this one, and its settings."""
    reports = turn.result.reports if turn is not None and turn.result is not None else ()
    return [
        {"kind": r.kind, "editor": r.backend, "why": r.why, "settings": [list(pair) for pair in r.settings]}
        for r in reports
    ]
