"""One row of a batch, done by whichever worker gets it."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from ..core.codec import from_json, mask_blob, picture_blob, picture_name, to_json
from ..core.errors import BadInput, GgeditError
from ..core.events import Event, StageFailed
from ..core.freeze import Frozen
from ..core.picture import Picture, decode_picture, encode_picture
from ..core.turn import Stage, Turn
from ..ports import Kit
from ..session import EditSession, ask_lines, point_out
from .jobs import Job


class Phase(StrEnum):
    """``EDIT``: everything. ``PLAN``: up to the plan, which is written for review. ``APPROVE``: the
    edit of a plan that was written, as it now stands in its file."""

    EDIT = "edit"
    PLAN = "plan"
    APPROVE = "approve"


class Status(StrEnum):
    """What became of a row. ``REFUSED``: it was understood, but cannot be done with these backends."""

    DONE = "done"
    PLANNED = "planned"
    REFUSED = "refused"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Outcome(Frozen):
    """A row of ``results.jsonl``.

    key: of everything the result depends on; a row whose key is done is skipped.
    note: why there is no result, or what was unsure. does: the plan in words.
    stages: (stage, backend, seconds).
    """

    id: str
    key: str
    status: Status
    note: str = ""
    does: str = ""
    picture: str = ""
    plan: str = ""
    masks: tuple[str, ...] = ()
    ambiguous: bool = False
    seconds_s: float = 0.0
    stages: tuple[tuple[str, str, float], ...] = ()


def content_key(job: Job, phase: Phase, kit_names: tuple[str, ...], out: Path) -> str:
    """SHA-256 of the row, the picture's bytes, the backends by name@version, and for an approved
    plan the plan as it stands."""
    sha = hashlib.sha256(json.dumps([str(phase), *kit_names]).encode())
    sha.update(json.dumps([job.id, job.text, job.modifications, job.seed, job.box and job.box.xyxy]).encode())
    for file in (job.picture, plan_file(out, job.id) if phase is Phase.APPROVE else None):
        if file is not None and file.is_file():
            with file.open("rb") as content:
                sha.update(hashlib.file_digest(content, "sha256").digest())
    return sha.hexdigest()


def plan_file(out: Path, id_: str) -> Path:
    return out / "plans" / f"{id_}.json"


def run_row(job: Job, key: str, *, phase: Phase, kit: Kit, out: Path) -> Outcome:
    """Do one row and write its files below ``out``; what goes wrong is in the outcome, never raised.

    Each file is written whole or not at all, so a row that is done twice leaves the same files.
    """
    began = time.perf_counter()
    try:
        outcome = _done(job, key, phase, kit, out)
    except GgeditError as error:
        outcome = Outcome(job.id, key, Status.ERROR, str(error))
    except MemoryError:
        outcome = Outcome(
            job.id, key, Status.ERROR, "Not enough memory: make the picture smaller or use fewer workers."
        )
    except Exception as error:  # one bad row must not stop the rest
        outcome = Outcome(job.id, key, Status.ERROR, f"It failed inside ({type(error).__name__}: {error}).")
    return Outcome(**(asdict(outcome) | {"status": outcome.status, "seconds_s": round(time.perf_counter() - began, 3)}))


def _done(job: Job, key: str, phase: Phase, kit: Kit, out: Path) -> Outcome:
    session = EditSession(_open(job.picture), kit)
    if phase is Phase.APPROVE:
        session.turn = _planned(job, session.picture, out)
    else:
        _ask(session, job)
        failed = _drain(session.run(until=Stage.PLAN, ask_user=False))
        if failed:
            return _outcome(job, key, session, out, status=Status.REFUSED, note=failed)
        _write_plan(session.draft, out, job.id)
    plan = session.draft.plan
    if plan is None or not plan.active:
        return _outcome(job, key, session, out, status=Status.REFUSED, note=_why_nothing(session.draft))
    if phase is Phase.PLAN:
        return _outcome(job, key, session, out, status=Status.PLANNED)
    failed = _drain(session.run(until=Stage.EDIT, ask_user=False))
    status = Status.REFUSED if failed else Status.DONE
    return _outcome(job, key, session, out, status=status, note=failed)


def _why_nothing(turn: Turn) -> str:
    """Why there is no step to run: what cannot be done, or what was not understood."""
    refusals = turn.plan.refusals if turn.plan is not None else ()
    questions = turn.instruction.questions if turn.instruction is not None else ()
    said = " ".join(r.sentence for r in refusals) or " ".join(questions)
    return said or "The plan has no step to run: say what to change in other words."


def _open(path: Path) -> Picture:
    try:
        return decode_picture(path.read_bytes(), name=path.name)[0]
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from None


def _ask(session: EditSession, job: Job) -> None:
    """Raises BadInput: the scene cannot be read, or the request does not fit the row's box."""
    if job.modifications:
        _drain(ask_lines(session, job.modifications, seed=job.seed))
        return
    session.ask(job.text, seed=job.seed)
    if job.box is not None:
        _drain(point_out(session, job.box))


def _drain(events: Iterable[Event]) -> str:
    """Do the work; the sentence of a stage that failed, or nothing."""
    said = ""
    for event in events:
        if isinstance(event, StageFailed):
            said = event.message
    return said


def _outcome(job: Job, key: str, session: EditSession, out: Path, *, status: Status, note: str = "") -> Outcome:
    turn = session.draft
    return Outcome(
        id=job.id,
        key=key,
        status=status,
        note=note or " ".join(d.question for d in (turn.selection.doubts if turn.selection is not None else ())),
        does=turn.plan.why if turn.plan is not None else "",
        picture=_write_result(turn, out, job.id),
        plan=_relative(plan_file(out, job.id), out),
        masks=_write_masks(turn, out, job.id),
        ambiguous=turn.selection is not None and turn.selection.ambiguous,
        stages=tuple((str(r.stage), r.backend, r.seconds_s) for r in turn.records),
    )


def _write_result(turn: Turn, out: Path, id_: str) -> str:
    if turn.result is None:
        return ""
    return _write(out, f"results/{id_}.png", encode_picture(turn.result.picture))


def _write_masks(turn: Turn, out: Path, id_: str) -> tuple[str, ...]:
    """One PNG per thing; its own id may hold any character, its file's name has its number."""
    if turn.masks is None:
        return ()
    files = (f"masks/{id_}/{number}.png" for number in range(len(turn.masks)))
    return tuple(_write(out, f, mask_blob(m)[1]) for f, m in zip(files, turn.masks.items, strict=True))


def _write_plan(turn: Turn, out: Path, id_: str) -> None:
    """The turn up to its plan; the picture stays where it is, the masks lie beside it."""
    document, blobs = to_json(turn, stored={picture_name(turn.picture)})
    for blob, content in blobs.items():
        _write(out, f"plans/{id_}/{blob}", content)
    _write(out, f"plans/{id_}.json", json.dumps(document, indent=2, ensure_ascii=False).encode())


class _PlanBlobs(dict[str, bytes]):
    """The plan's own masks from their folder, and the picture from where it was."""

    def __init__(self, folder: Path, picture: Picture) -> None:
        super().__init__()
        self._folder = folder
        self._picture = picture
        self._own = picture_name(picture)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name == self._own or (self._folder / Path(name).name).is_file())

    def __getitem__(self, name: str) -> bytes:
        if name == self._own:
            return picture_blob(self._picture)[1]
        return (self._folder / Path(name).name).read_bytes()


def _planned(job: Job, picture: Picture, out: Path) -> Turn:
    """The turn as the reviewed plan file has it.

    Raises:
        BadInput: no such plan, or it belongs to another picture.
    """
    file = plan_file(out, job.id)
    if not file.is_file():
        raise BadInput(f"There is no plan for {job.id!r} in {file.parent}: make it with --dry-run first.")
    try:
        document: Mapping[str, object] = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadInput(f"{file} is no longer JSON: {error}.") from None
    turn = from_json(Turn, document, _PlanBlobs(file.with_suffix(""), picture))
    return turn.emptied_from(Stage.EDIT)


def _write(out: Path, name: str, content: bytes) -> str:
    """Whole or not at all; the process id keeps two workers' halves apart."""
    path = out / name
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from None
    return name


def _relative(path: Path, out: Path) -> str:
    return str(path.relative_to(out)) if path.is_file() else ""
