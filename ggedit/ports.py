"""The seams: what a backend must be able to do. One or two methods each.

A backend is constructed with ``Settings`` by assembly, takes and returns core nouns in
picture pixels, and keeps its own frames (BGR, latents, model resolution) to itself. It may
cache by ``Picture.digest``; apart from that it is stateless.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Generic, Protocol, TypeVar, runtime_checkable

from .core.detections import Detections
from .core.events import EditProgress
from .core.freeze import Frozen
from .core.geometry import Box, Extent
from .core.language import Context, Instruction, Referent, Relation
from .core.masks import Mask, Masks
from .core.options import EditOptions
from .core.picture import Picture
from .core.plan import EditPlan, EditStep, Refusal
from .core.result import StepOutcome
from .core.scene import GraphEdit, SceneGraph
from .core.selection import Selection
from .core.talk import ChatMessage, ChatReply, Exchange, ReplyFormat
from .core.turn import History, Tier, Turn


class Parser(Protocol):
    def parse(self, text: str, context: Context) -> Instruction:
        """Read an instruction. What cannot be read becomes a question, never an exception."""
        ...


class Detector(Protocol):
    def find(self, picture: Picture, referents: Sequence[Referent]) -> Detections:
        """Candidates for each referent, best first, ``phrases`` = the referent's phrase.

        Any attribute, direction or size word may be used for ranking; none may be relied on
        to drop a candidate: choosing is the select stage's work.
        """
        ...

    def scan(self, picture: Picture) -> Detections:
        """The picture's main objects without being asked, ``phrases`` = their labels."""
        ...


@dataclass(frozen=True, slots=True)
class Point(Frozen):
    """A click in picture pixels; ``positive`` = belongs to the thing."""

    x: float
    y: float
    positive: bool = True


@dataclass(frozen=True, eq=False, slots=True)
class MaskPrompt(Frozen):
    """What the person or the detector gave: any mix; at least a box, a point or a stroke.

    ``include`` and ``exclude`` are brush strokes over the thing and beside it. ``exact`` is
    False for a detector's box, which may cut off a foot or a bag.
    """

    box: Box | None = None
    points: tuple[Point, ...] = ()
    include: Mask | None = None
    exclude: Mask | None = None
    exact: bool = True


@dataclass(frozen=True, eq=False, slots=True)
class MaskCandidate(Frozen):
    """One proposal with the segmenter's own belief in it, [0, 1]."""

    mask: Mask
    quality: float


class Segmenter(Protocol):
    def segment(self, picture: Picture, prompt: MaskPrompt) -> tuple[MaskCandidate, ...]:
        """One to three non-empty masks of the thing, best first."""
        ...


class Describer(Protocol):
    def describe(self, picture: Picture, detections: Detections, masks: Masks) -> SceneGraph:
        """A graph with one node per mask, the same ids, and the relations between them; things
        that it sees besides are nodes of any other id with the status ``NOT_FOUND``."""
        ...


class Captions(Protocol):
    def graph(self, text: str) -> SceneGraph:
        """The scene that a caption tells of; no node has a box yet."""
        ...


@dataclass(frozen=True, slots=True)
class SizeGuess(Frozen):
    """Predicted size in picture pixels, and why, in words."""

    width_px: float
    height_px: float
    why: str


class SizePredictor(Protocol):
    def predict(
        self, new: str, *, reference: str | None, box: Box | None, extent: Extent, relation: Relation | None
    ) -> SizeGuess:
        """How large a ``new`` thing would look in the place of the reference in ``box``."""
        ...


@dataclass(frozen=True, eq=False, slots=True)
class PlanRequest(Frozen):
    """Everything a planner may look at; ``sizer`` tells it how large a new thing would be."""

    picture: Picture
    instruction: Instruction
    graph_edits: tuple[GraphEdit, ...]
    detections: Detections
    selection: Selection
    masks: Masks
    scene: SceneGraph
    sizer: SizePredictor
    shelf: tuple[str, ...] = ()


class Planner(Protocol):
    def plan(self, request: PlanRequest) -> EditPlan:
        """Steps for the request; wishes that no step expresses become refusals."""
        ...


@dataclass(frozen=True, eq=False, slots=True)
class Cutout(Frozen):
    """The pixels of a thing to put somewhere.

    With ``mask``: the thing as it stands in ``picture``, not yet matted. Without: the whole
    of ``picture``, whose alpha is the thing's soft edge.
    """

    name: str
    picture: Picture
    mask: Mask | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Partner(Frozen):
    """A thing that is drawn anew together with the step's own, because the two interact.

    concept: name of its learned concept, if any."""

    name: str
    mask: Mask
    concept: str | None = None


@dataclass(frozen=True, eq=False, slots=True)
class EditJob(Frozen):
    """Everything an editor needs for one step.

    mask: the thing to change (None for insert and whole-picture steps; for a background
        step, the things to keep).
    protect: pixels of other things, never used as a source of texture, unless the thing
        stands before one of them, which then goes on behind it.
    apart: those of ``protect`` that stand clear of the thing: a badge on the suit behind it.
    source: pixels of the new thing, where the plan names them.
    partners: the things of ``step.together`` as they stand; an editor that draws may change them.
    variant: 0 = the editor's first way, 1 and up = alternatives; the same seed and variant
        give the same bytes.
    options: what the person said about how a generating editor should work.
    """

    picture: Picture
    step: EditStep
    mask: Mask | None = None
    protect: Mask | None = None
    apart: Mask | None = None
    source: Cutout | None = None
    partners: tuple[Partner, ...] = ()
    seed: int = 0
    variant: int = 0
    options: EditOptions = EditOptions()


class Editor(Protocol):
    def refuses(self, step: EditStep) -> Refusal | None:
        """Why this editor cannot do the step at all, or None."""
        ...

    def edit(self, job: EditJob) -> Iterator[EditProgress | StepOutcome]:
        """Progress, then exactly one outcome. Closing the iterator cancels the work."""
        ...


class ChatModel(Protocol):
    def reply(self, messages: Sequence[ChatMessage], form: ReplyFormat | None = None) -> ChatReply:
        """Answer the conversation. The text is data from outside: the caller validates it.

        Where the ``current_run`` is told to stop, the request is given up at once. What was
        sent and answered is noted in it.

        Raises:
            BackendUnavailable: no answer (no network, key refused, timed out, too busy, refused
                by the model, stopped); one sentence that names the fix.
        """
        ...


class StageRun:
    """What a running stage shares with the backends below it: a wish to stop, which any thread
    may utter, the exchanges with a language model so far, and notes for the person."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self.talk: list[Exchange] = []
        self.notes: list[str] = []

    def stop(self) -> None:
        self._stopped.set()

    @property
    def stopped(self) -> bool:
        return self._stopped.is_set()

    @contextmanager
    def running(self) -> Iterator[StageRun]:
        """Makes this the current run of the code inside, in this thread."""
        token = _RUN.set(self)
        try:
            yield self
        finally:
            _RUN.reset(token)


_RUN: ContextVar[StageRun | None] = ContextVar("stage_run", default=None)


def current_run() -> StageRun:
    """The run of the stage that runs in this thread; outside a stage, one that nobody stops."""
    return _RUN.get() or StageRun()


class Learner(Protocol):
    def learn(
        self, picture: Picture, scene: SceneGraph, masks: Masks, *, folder: Path, seed: int
    ) -> Iterator[EditProgress | SceneGraph]:
        """Progress, then the scene whose nodes name their learned concepts. What was learned is
        kept, and a second call finds it and learns nothing again; ``folder`` is for notes of it."""
        ...


class Shelf(Protocol):
    """A person's own cut-outs, by name."""

    def names(self) -> tuple[str, ...]: ...

    def take(self, name: str) -> Cutout:
        """Raises BadInput: no such cut-out."""
        ...

    def put(self, cutout: Cutout) -> None:
        """Keep a cut-out under its name, durably; one with a mask is matted when it is used."""
        ...


@dataclass(frozen=True, slots=True)
class SavedSession(Frozen):
    """A kept session: how many turns it has, when it was last saved (Unix time), and whether it
    is ``lasting``: age does not end it."""

    id: str
    turns: int
    saved_at_s: float
    lasting: bool = False


class Store(Protocol):
    def save(self, session: str, history: History, turn: Turn | None = None) -> None:
        """Make the history (and a newly accepted turn in it) durable before returning."""
        ...

    def load(self, session: str) -> History | None:
        """The session as last saved, or None."""
        ...

    def sessions(self) -> tuple[SavedSession, ...]:
        """All kept sessions, last saved first."""
        ...

    def forget(self, session: str) -> None:
        """Delete a session for good; without such a one nothing happens."""
        ...

    def keep(self, session: str) -> None:
        """Age does not end this session: ``sweep`` passes it over from now on."""
        ...

    def sweep(self, keep_s: float) -> tuple[str, ...]:
        """Forget the sessions that were last saved more than ``keep_s`` seconds ago and are not
        kept; returns their ids."""
        ...


P = TypeVar("P")


@dataclass(frozen=True, eq=False, slots=True)
class Chosen(Frozen, Generic[P]):
    """A backend that was chosen for a port, and why; both end up in every StageRecord."""

    use: P
    name: str
    tier: Tier
    why: str


@dataclass(frozen=True, eq=False, slots=True)
class ScoreRequest(Frozen):
    """An edit to be judged: ``allowed`` is where it may change pixels (None = unknown), ``caption``
    says what the edited picture shows ("" = unknown), ``source_caption`` what it showed before."""

    before: Picture
    after: Picture
    allowed: Mask | None = None
    caption: str = ""
    source_caption: str = ""


class Scorer(Protocol):
    def score(self, request: ScoreRequest) -> Mapping[str, float]:
        """Learned measures by name; one that the request has no data for is left out."""
        ...


@runtime_checkable
class Releasable(Protocol):
    """A backend that holds device memory and can give it back; it loads again when used."""

    def release(self) -> None: ...


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Kit(Frozen):
    """One chosen backend for each port that the stages call. One kit per process.

    other_editors: editors that the routing table may send a step to besides the chosen one.
    one_at_a_time: a stage that needs device memory frees the other backends' first.
    """

    parser: Chosen[Parser]
    detector: Chosen[Detector]
    segmenter: Chosen[Segmenter]
    describer: Chosen[Describer]
    sizer: Chosen[SizePredictor]
    planner: Chosen[Planner]
    editor: Chosen[Editor]
    shelf: Chosen[Shelf]
    other_editors: tuple[Chosen[Editor], ...] = ()
    one_at_a_time: bool = False

    def chosen(self) -> dict[str, Chosen[object]]:
        """Every choice by its port."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in named.items() if isinstance(value, Chosen)}

    def only(self, port: str) -> None:
        """Free the device memory of every backend but one port's, for a small card."""
        keep = getattr(self, port).use
        others = () if port == "editor" else self.other_editors
        for chosen in (*self.chosen().values(), *others):
            use = chosen.use
            if use is not keep and isinstance(use, Releasable):
                use.release()
