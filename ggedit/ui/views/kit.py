"""What runs where on this machine, and how to get from one tier to the other."""

from __future__ import annotations

from collections.abc import Sequence

from ...assembly import Candidate
from ...core.turn import Tier
from .words import TIER_NAMES, Json, View

_JOBS = {
    "parser": "reads instructions",
    "detector": "finds things",
    "segmenter": "outlines them",
    "describer": "draws the scene graph",
    "sizer": "guesses sizes",
    "planner": "plans",
    "editor": "changes pixels",
}


def kit_view(candidates: Sequence[Candidate]) -> View:
    """One row per backend of the ports that do the work."""
    rows = [_row(c) for c in candidates if c.spec.port in _JOBS]
    chosen = [c.spec for c in candidates if c.chosen and c.spec.port in _JOBS]
    full = [_JOBS[spec.port] for spec in chosen if spec.tier is Tier.FULL]
    return {
        "rows": rows,
        "summary": _summary(full, whole=len(full) == len(chosen)),
        "how": _DOWN if full else _UP,
    }


def _summary(full: Sequence[str], *, whole: bool) -> str:
    if not full:
        return "Embedded tier: everything runs on this machine's processor"
    return "Full tier in use" if whole else f"Full tier: {', '.join(full)}; the rest is embedded"


def chat_view(candidates: Sequence[Candidate]) -> View:
    """Whether a language model is asked, by which of the backends in use, or what it lacks."""
    asking = [_JOBS[c.spec.port] for c in candidates if c.chosen and "chat" in c.spec.uses and c.spec.port in _JOBS]
    if asking:
        return {"on": True, "text": f"A language model {' and '.join(asking)}. What it is sent is shown here."}
    lacks = [lack for c in candidates if c.spec.port == "chat" for lack in c.missing]
    mend = f" To use one: {lacks[0].mend.rstrip('.')}." if lacks else ""
    return {"on": False, "text": f"No language model is asked; nothing leaves this machine.{mend}"}


_UP = (
    "For content that has to be invented (new things, other materials) start it with `make app TIER=full` on a "
    "machine with an NVIDIA GPU: that installs the full list. What a backend still lacks is named below."
)
_DOWN = "To run without GPU and downloads, start it with `make app TIER=embedded` or set GGEDIT_TIER=embedded."


def _row(candidate: Candidate) -> Json:
    spec = candidate.spec
    return {
        "job": _JOBS[spec.port],
        "name": spec.name,
        "tier": TIER_NAMES[spec.tier],
        "summary": spec.summary,
        "chosen": candidate.chosen,
        "missing": [f"{lack.what}: {lack.mend}" for lack in (*candidate.missing, *candidate.only_by_name)],
    }
