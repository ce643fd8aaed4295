"""The stages: what ran where and how long it took, and what is under way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...core.turn import STAGES, Stage, StageRecord, Turn
from .words import STAGE_MEANINGS, STAGE_NAMES, TIER_NAMES, Json, View, file_of


@dataclass(frozen=True)
class Running:
    """What is under way: ``fraction`` of the stage in [0, 1], ``left_s`` None while unknown.
    ``stage`` None: learning, which is no stage."""

    stage: Stage | None
    message: str = ""
    fraction: float = 0.0
    left_s: float | None = None
    preview: Path | None = None


def progress_view(turn: Turn | None, running: Running | None = None, failed: Stage | None = None) -> View:
    records = {record.stage: record for record in turn.records} if turn is not None else {}
    return {
        "stages": [_stage(stage, records.get(stage), running, failed) for stage in STAGES],
        "running": None if running is None else _running(running),
    }


def _stage(stage: Stage, record: StageRecord | None, running: Running | None, failed: Stage | None) -> Json:
    state = "done" if record is not None else "waiting"
    if running is not None and running.stage is stage:
        state = "running"
    if failed is stage:
        state = "failed"
    row: View = {"name": STAGE_NAMES[stage], "meaning": STAGE_MEANINGS[stage], "state": state}
    if record is not None:
        row |= {
            "tier": TIER_NAMES[record.tier],
            "backend": record.backend,
            "why": record.why,
            "seconds_s": record.seconds_s,
            "notes": list(record.notes),
        }
    return row


def _running(running: Running) -> View:
    return {
        "name": "Learn" if running.stage is None else STAGE_NAMES[running.stage],
        "message": running.message or f"The page {STAGE_MEANINGS[running.stage or Stage.EDIT]}.",
        "fraction": round(running.fraction, 3),
        "left_s": running.left_s,
        "preview": None if running.preview is None else file_of(running.preview),
    }
