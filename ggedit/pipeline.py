"""The stage table, and the one loop that fills a Turn's empty cells from left to right."""

from __future__ import annotations

import contextvars
import logging
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from threading import Thread
from typing import Any, Protocol

from .core.amend import reapply
from .core.corrections import ChooseCandidates
from .core.errors import BackendUnavailable, BadInput, PlanRejected, StageError
from .core.events import (
    CorrectionDropped,
    EditProgress,
    Event,
    Finished,
    NeedsUser,
    StageDone,
    StageFailed,
    StageStarted,
    StillWorking,
)
from .core.result import EditResult
from .core.turn import Stage, StageRecord, Tier, Turn
from .ports import Chosen, Kit, Releasable, StageRun
from .stages.detect import detect
from .stages.edit import edit
from .stages.parse import parse
from .stages.plan import plan
from .stages.relate import relate
from .stages.routing import EditorTable, interacting
from .stages.segment import segment
from .stages.select import select

log = logging.getLogger(__name__)

Work = Generator[EditProgress, None, Any]

_BLINK_S = 0.2
"""Seconds between two signs of life of a stage that waits for a server."""


@dataclass(frozen=True)
class StageRow:
    """A stage, the kit's field that does its work (None = the program itself), and the work:
    plain, or telling how it goes on. ``looks_with``: another field, whose backend looks at the
    picture for it."""

    stage: Stage
    port: str | None
    work: Callable[[Turn, Kit], Any] | None = None
    tells: Callable[[Turn, Kit], Work] | None = None
    looks_with: str = ""


def _segment(turn: Turn, kit: Kit) -> Any:
    return segment(
        turn.picture,
        turn.cell(Stage.DETECT),
        turn.cell(Stage.SELECT),
        corrections=turn.corrections,
        segmenter=kit.segmenter.use,
    )


def _relate(turn: Turn, kit: Kit) -> Any:
    return relate(
        turn.picture,
        turn.cell(Stage.DETECT),
        turn.cell(Stage.SELECT),
        masks=turn.cell(Stage.SEGMENT),
        describer=kit.describer.use,
    )


def _editors(turn: Turn, kit: Kit) -> EditorTable:
    return EditorTable(kit.editor, kit.other_editors, turn.options, interacting(turn.ask.graph_edits))


STAGE_TABLE: tuple[StageRow, ...] = (
    StageRow(Stage.PARSE, "parser", lambda t, k: parse(t, k.parser.use, k.detector.use), looks_with="detector"),
    StageRow(Stage.DETECT, "detector", lambda t, k: detect(t.picture, t.cell(Stage.PARSE), k.detector.use)),
    StageRow(Stage.SELECT, None, lambda t, _: select(t.cell(Stage.PARSE), t.cell(Stage.DETECT), t.picture)),
    StageRow(Stage.SEGMENT, "segmenter", _segment),
    StageRow(Stage.RELATE, "describer", _relate),
    StageRow(
        Stage.PLAN,
        "planner",
        lambda t, k: plan(t, k.planner.use, _editors(t, k), sizer=k.sizer.use, shelf=k.shelf.use.names()),
    ),
    StageRow(Stage.EDIT, "editor", tells=lambda t, k: edit(t, _editors(t, k), k.shelf.use)),
)


_MAY_WAIT = frozenset({"parser", "describer", "planner"})
"""Ports whose full-tier backends may ask a server."""


class Runner(Protocol):
    """Anything that fills a turn as ``run`` does."""

    def __call__(
        self, turn: Turn, kit: Kit, *, until: Stage = Stage.EDIT, ask_user: bool = False
    ) -> Iterator[Event]: ...


def run(turn: Turn, kit: Kit, *, until: Stage = Stage.EDIT, ask_user: bool = False) -> Iterator[Event]:
    """Fill the empty cells up to and including ``until``, telling what happens.

    With ``ask_user`` the run pauses after a stage that has a question (an unresolved word,
    an ambiguous choice); calling it again on the Turn it reached goes on with the best guess.
    The last event is ``Finished``, or ``StageFailed`` with everything that was reached.
    """
    for row in STAGE_TABLE:
        if row.stage.rank > until.rank:
            break
        if turn.cell(row.stage) is not None:
            continue
        try:
            turn = yield from _run_stage(row, turn, kit)
        except (BadInput, PlanRejected, StageError, BackendUnavailable) as error:
            yield StageFailed(row.stage, str(error), turn)
            return
        except MemoryError:
            yield StageFailed(row.stage, "There is not enough memory for this picture: make it smaller first.", turn)
            return
        except Exception as error:  # a backend may raise anything; the person gets one sentence, the log the rest
            log.exception("the %s stage failed", row.stage)
            yield StageFailed(row.stage, f"The {row.stage} stage failed ({type(error).__name__}: {error}).", turn)
            return
        question = question_of(turn, row.stage) if ask_user else None
        if question is not None:
            yield question
            break
    yield Finished(turn)


def question_of(turn: Turn, stage: Stage) -> NeedsUser | None:
    """What the person should answer after a stage has run."""
    if stage is Stage.PARSE and turn.instruction is not None and turn.instruction.questions:
        return NeedsUser(stage, " ".join(turn.instruction.questions))
    if stage is Stage.SELECT and turn.selection is not None:
        settled = {c.clause for c in turn.corrections if isinstance(c, ChooseCandidates)}
        doubts = [d for d in turn.selection.doubts if d.clause not in settled]
        if doubts:
            return NeedsUser(stage, doubts[0].question, doubts[0].candidates)
    return None


def _run_stage(row: StageRow, turn: Turn, kit: Kit) -> Generator[Event, None, Turn]:
    chosen: Chosen[Any] | None = getattr(kit, row.port) if row.port else None
    name = chosen.name if chosen else "ggedit"
    yield StageStarted(row.stage, name)
    _make_room(row.looks_with or row.port, kit)
    began = time.perf_counter()
    stage_run = StageRun()
    value = yield from _worked(row, turn, kit, stage_run)
    value, dropped = reapply(row.stage, value, turn.corrections)
    for correction, why in dropped:
        yield CorrectionDropped(correction, why)
    record = _record(row, chosen, turn, seconds_s=time.perf_counter() - began)
    record = replace(record, talk=tuple(stage_run.talk), notes=(*stage_run.notes, *_routed(value, chosen)))
    turn = turn.write(row.stage, value).recorded(record)
    yield StageDone(row.stage, record, turn)
    return turn


def _make_room(port: str | None, kit: Kit) -> None:
    """On a small card, before a backend that holds device memory works."""
    if port and kit.one_at_a_time and isinstance(getattr(kit, port).use, Releasable):
        kit.only(port)


def _worked(row: StageRow, turn: Turn, kit: Kit, stage_run: StageRun) -> Generator[Event, None, Any]:
    """Do a stage's work. What may wait for a server works beside, so that closing stops it."""
    if row.tells is not None:
        return (yield from _told(row.tells(turn, kit), stage_run))
    work = row.work
    assert work is not None
    with stage_run.running():
        if row.port not in _MAY_WAIT or getattr(kit, row.port).tier is not Tier.FULL:
            return work(turn, kit)
        context = contextvars.copy_context()
    return (yield from _beside(row.stage, lambda: context.run(work, turn, kit), stage_run))


def _told(work: Work, stage_run: StageRun) -> Work:
    """Another generator's events and value; while it works, ``stage_run`` is the current one."""
    try:
        while True:
            with stage_run.running():
                try:
                    event = next(work)
                except StopIteration as end:
                    return end.value
            yield event
    finally:
        work.close()


def _beside(stage: Stage, work: Callable[[], Any], stage_run: StageRun) -> Generator[StillWorking, None, Any]:
    result: Future[Any] = Future()

    def run_to_end() -> None:
        try:
            result.set_result(work())
        except BaseException as error:
            result.set_exception(error)

    began = time.perf_counter()
    Thread(target=run_to_end, daemon=True, name=f"stage-{stage}").start()
    try:
        while True:
            try:
                return result.result(timeout=_BLINK_S)
            except TimeoutError:
                if result.done():
                    raise
                yield StillWorking(stage, time.perf_counter() - began)
    finally:
        stage_run.stop()


def _routed(value: object, chosen: Chosen[Any] | None) -> tuple[str, ...]:
    """Which steps another editor than the chosen one ran, and why."""
    reports = value.reports if isinstance(value, EditResult) and chosen is not None else ()
    return tuple(f"{r.kind} by {r.backend}: {r.why}" for r in reports if chosen and r.backend != chosen.name)


def _record(row: StageRow, chosen: Chosen[Any] | None, turn: Turn, *, seconds_s: float) -> StageRecord:
    seed = turn.seed if row.stage is Stage.EDIT else None
    if chosen is None:
        return StageRecord(row.stage, "ggedit", Tier.EMBEDDED, "part of the program", round(seconds_s, 4), seed)
    return StageRecord(row.stage, chosen.name, chosen.tier, chosen.why, round(seconds_s, 4), seed)
