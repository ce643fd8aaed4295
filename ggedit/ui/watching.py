"""Follows a run on behalf of a page: what is told while it goes on, its failures, and the stop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..core.events import CorrectionDropped, EditProgress, Event, StageDone, StageFailed, StageStarted
from ..core.turn import Stage
from .files import Drawer
from .store_of_sessions import Visitor
from .views import Running, progress_view
from .views.words import Json, View

Views = dict[str, View]
Show = Callable[[Visitor, Running | None], Views]

BLINK_S = 0.1
"""What a person does not notice as waiting (Miller 1968, AFIPS Fall Joint Computer Conference, p. 271)."""
_PREVIEW_SIDE = 512
_PANEL_OF_STAGE = {
    Stage.PARSE: "request",
    Stage.DETECT: "canvas",
    Stage.SELECT: "canvas",
    Stage.SEGMENT: "canvas",
    Stage.RELATE: "graph",
    Stage.PLAN: "plan",
    Stage.EDIT: "plan",
}


class Watch:
    """Follows a run's events: progress to the page, failures to their panel, and the stop."""

    def __init__(self, visitor: Visitor, *, show_stages: bool) -> None:
        self.visitor = visitor
        self.show_stages = show_stages
        self.running: Running | None = None
        self.began_s = time.monotonic()
        self.told_s = -math.inf

    def follow(self, events: Iterator[Event], show: Show) -> Iterator[Views]:
        """Yields the progress panel's view where it is worth a message, and all panels' where
        something can be looked at before the rest is done."""
        with closing(cast(Generator[Event], events)) as source:
            for event in source:
                self._note(event)
                if self._worth_telling(event):
                    turn = self.visitor.session.turn if self.visitor.session is not None else None
                    yield addressed(self.visitor, {"progress": progress_view(turn, self.running)})
                if self._worth_showing(event):
                    yield show(self.visitor, self.running)
                if self.visitor.stop.is_set():
                    self.visitor.notices["progress"] = "Stopped. Nothing was changed; the plan is as it was."
                    break
        self.running = None

    def _worth_telling(self, event: Event) -> bool:
        """A message costs as much as a short stage: stages that took no time at the last run
        are not announced, and progress within one is told a few times a second."""
        if isinstance(event, StageStarted):
            return self._expected_s(event.stage) >= BLINK_S
        if not isinstance(event, EditProgress) or time.monotonic() - self.told_s < BLINK_S:
            return False
        self.told_s = time.monotonic()
        return True

    def _worth_showing(self, event: Event) -> bool:
        """Boxes before masks in a first analysis; masks before a plan that takes its time."""
        if not isinstance(event, StageDone):
            return False
        if event.stage is Stage.SEGMENT:
            return self._expected_s(Stage.RELATE) + self._expected_s(Stage.PLAN) >= BLINK_S
        return self.show_stages and event.stage is Stage.SELECT

    def _expected_s(self, stage: Stage) -> float:
        return self.visitor.seconds.get(stage, math.inf)

    def _note(self, event: Event) -> None:
        if isinstance(event, StageStarted):
            self.began_s = time.monotonic()
            self.running = Running(event.stage)
        elif isinstance(event, StageDone):
            self.visitor.seconds[event.stage] = event.record.seconds_s
        elif isinstance(event, EditProgress):
            self.running = self._progress(event)
        elif isinstance(event, CorrectionDropped):
            self.visitor.notices["canvas"] = f"One of your corrections no longer fits and was left out: {event.why}"
        elif isinstance(event, StageFailed):
            self.visitor.notices[_PANEL_OF_STAGE[event.stage]] = event.message

    def _progress(self, event: EditProgress) -> Running:
        done = (event.step + event.fraction) / max(event.steps, 1)
        spent_s = time.monotonic() - self.began_s
        left_s = round(spent_s * (1 - done) / done, 1) if done > 0.05 else None
        preview = None if event.preview is None else _preview(self.visitor.drawer, event.preview)
        return Running(Stage.EDIT, event.message, done, left_s, preview)


def _preview(drawer: Drawer, pixels: npt.NDArray[np.uint8]) -> Path:
    return drawer.image(Image.fromarray(pixels), _PREVIEW_SIDE)


def addressed(visitor: Visitor, views: Views) -> Views:
    """Each view with what every panel needs: its number, the picture's id, what was dealt with."""
    rev = visitor.next_rev()
    common: View = {"rev": rev, "doc": visitor.doc, "acks": dict[str, Json](visitor.acks)}
    return {name: view | common | {"notice": visitor.notices.get(name, "")} for name, view in views.items()}
