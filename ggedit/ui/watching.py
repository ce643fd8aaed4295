"""Follows a run on behalf of a page: what is told while it goes on, its failures, and the stop."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..core.events import CorrectionDropped, EditProgress, Event, StageDone, StageFailed, StageStarted, StillWorking
from ..core.turn import Stage
from .errand import Errand
from .files import Drawer
from .store_of_sessions import Visitor
from .views import Running, progress_view
from .views.words import Json, View

Views = dict[str, View]
Show = Callable[[Visitor, Running | None], Views]

BLINK_S = 0.1
"""What a person does not notice as waiting (Miller 1968, AFIPS Fall Joint Computer Conference, p. 271)."""
_PATIENCE_S = 0.05
_MOST_LEFT = 2
_STOPPED = "Stopped. Nothing was changed; the plan is as it was."
_TOO_LATE = "It was done before it could be stopped: take the result back if you do not want it."
_PREVIEW_SIDE = 512
_WAITING = frozenset({Stage.RELATE, Stage.PLAN})
"""Stages whose backends of the full tier ask a server."""
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
        self.waited_s = 0
        self.stage: Stage | None = None

    def follow(self, events: Iterator[Event], show: Show) -> Iterator[Views]:
        """Yields the progress panel's view where it is worth a message, and all panels' where
        something can be looked at before the rest is done."""
        errand = self._begun(events)
        done = False
        try:
            for event in errand.events(patience_s=_PATIENCE_S, give_up=self.visitor.stop.is_set):
                self._note(event)
                if self._worth_telling(event):
                    turn = self.visitor.session.turn if self.visitor.session is not None else None
                    yield addressed(self.visitor, {"progress": progress_view(turn, self.running)})
                if self._worth_showing(event):
                    yield show(self.visitor, self.running)
            done = not self.visitor.stop.is_set()
        finally:
            self.running = None
            if not done:
                self._leave(errand)

    def _begun(self, events: Iterator[Event]) -> Errand:
        """What was stopped goes on beside the next errand, but a visitor who stops again and
        again waits for the oldest."""
        left = self.visitor.left_behind
        while True:
            left[:] = [errand for errand in left if not errand.wait(0)]
            if len(left) < _MOST_LEFT or self.visitor.stop.is_set():
                return Errand(events)
            left[0].wait(_PATIENCE_S)

    def _leave(self, errand: Errand) -> None:
        """The page goes on at once, also where a library's call takes seconds to come back."""
        visitor = self.visitor
        if visitor.session is not None:
            visitor.session.halt()
        if not errand.leave(grace_s=BLINK_S):
            visitor.left_behind.append(errand)
        if visitor.stop.is_set():
            turn = visitor.session.turn if visitor.session is not None else None
            visitor.notices["progress"] = _STOPPED if turn is None or turn.result is None else _TOO_LATE

    def _worth_telling(self, event: Event) -> bool:
        """A message costs as much as a short stage: stages that took no time at the last run
        are not announced, and progress within one is told a few times a second."""
        if isinstance(event, StillWorking):
            return self._another_second(event)
        if isinstance(event, StageStarted):
            return self._expected_s(event.stage) >= BLINK_S
        if not isinstance(event, EditProgress) or time.monotonic() - self.told_s < BLINK_S:
            return False
        self.told_s = time.monotonic()
        return True

    def _another_second(self, event: StillWorking) -> bool:
        """A sign of life comes many times a second; the line counts whole ones."""
        told, self.waited_s = self.waited_s, int(event.seconds_s)
        return self.waited_s > told

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
            self.waited_s, self.stage = 0, event.stage
            self.running = Running(event.stage)
        elif isinstance(event, StillWorking):
            self.running = Running(event.stage, waiting_text(event))
        elif isinstance(event, StageDone):
            self.stage = None
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
        return Running(self.stage, event.message, done, left_s, preview)


def waiting_text(event: StillWorking) -> str:
    """What a stage does that tells nothing itself: "waiting for the language model, 12 s"."""
    what = "waiting for the language model" if event.stage in _WAITING else "still at work"
    return f"{what}, {int(event.seconds_s)} s"


def _preview(drawer: Drawer, pixels: npt.NDArray[np.uint8]) -> Path:
    return drawer.image(Image.fromarray(pixels), _PREVIEW_SIDE)


def addressed(visitor: Visitor, views: Views) -> Views:
    """Each view with what every panel needs: its number, the picture's id, what was dealt with."""
    rev = visitor.next_rev()
    common: View = {"rev": rev, "doc": visitor.doc, "acks": dict[str, Json](visitor.acks)}
    return {name: view | common | {"notice": visitor.notices.get(name, "")} for name, view in views.items()}
