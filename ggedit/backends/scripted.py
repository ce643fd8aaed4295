"""Doubles for every port: they answer from a script and remember what they were asked.

They ship with the package so that anyone can test stages, sessions and the page without a
model. They are registered in the tier "test", which is never chosen unless asked for by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..config import Settings
from ..core.detections import Detections
from ..core.errors import BadInput
from ..core.events import EditProgress
from ..core.geometry import Box, Extent
from ..core.language import Clause, Context, EditVerb, Instruction, Referent, Relation
from ..core.masks import Mask, Masks
from ..core.picture import Picture
from ..core.plan import EditPlan, EditStep, Refusal, Remove, Restyle
from ..core.result import Patch, StepOutcome
from ..core.scene import Node, RemoveNode, RestyleNode, SceneGraph
from ..core.talk import ChatMessage, ChatReply, ReplyFormat
from ..core.turn import History, Tier, Turn
from ..ports import (
    Chosen,
    Cutout,
    EditJob,
    Kit,
    MaskCandidate,
    MaskPrompt,
    PlanRequest,
    SavedSession,
    ScoreRequest,
    SizeGuess,
)
from .scripted_answers import obedient_answer

_CLAUSE = re.compile(r"(?P<verb>remove|make) the (?P<head>\w+)(?: (?P<look>\w+))?", re.IGNORECASE)


class ScriptedParser:
    """Reads "remove the X" and "make the X Y"; anything else becomes a question."""

    def __init__(self, settings: Settings | None = None, *, replies: Mapping[str, Instruction] | None = None) -> None:
        self.replies = dict(replies or {})
        self.asked: list[tuple[str, Context]] = []

    def parse(self, text: str, context: Context) -> Instruction:
        self.asked.append((text, context))
        if text in self.replies:
            return self.replies[text]
        clauses = tuple(self._clause(m) for m in _CLAUSE.finditer(text))
        return Instruction(text, clauses, questions=() if clauses else ("What should be changed?",))

    @staticmethod
    def _clause(match: re.Match[str]) -> Clause:
        target = Referent(match["head"], match["head"])
        verb = EditVerb.REMOVE if match["verb"].lower() == "remove" else EditVerb.RESTYLE
        return Clause(verb, target, payload=match["look"], direct=match[0])


class ScriptedDetector:
    """Finds each label in the boxes given, as fractions of width and height."""

    DEFAULT: Mapping[str, tuple[tuple[float, float, float, float], ...]] = {
        "cup": ((0.1, 0.3, 0.4, 0.8),),
        "lamp": ((0.6, 0.2, 0.9, 0.7),),
    }

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        boxes: Mapping[str, Sequence[tuple[float, float, float, float]]] | None = None,
    ) -> None:
        self.boxes = dict(boxes if boxes is not None else self.DEFAULT)
        self.asked: list[tuple[Referent, ...]] = []

    def find(self, picture: Picture, referents: Sequence[Referent]) -> Detections:
        self.asked.append(tuple(referents))
        return self._table(picture.extent, [(r.phrase, box) for r in referents for box in self.boxes.get(r.head, ())])

    def scan(self, picture: Picture) -> Detections:
        return self._table(picture.extent, [(label, box) for label, some in self.boxes.items() for box in some])

    @staticmethod
    def _table(extent: Extent, rows: Sequence[tuple[str, tuple[float, float, float, float]]]) -> Detections:
        scale = np.array([extent.width, extent.height] * 2, np.float32)
        return Detections.build(
            extent=extent,
            xyxy=[np.asarray(box) * scale for _, box in rows],
            score=[0.9 - 0.01 * i for i in range(len(rows))],
            phrases=[phrase for phrase, _ in rows],
        )


class ScriptedSegmenter:
    """The ellipse in the box (a disc around a click without one), and the full box as its alternative."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.asked: list[MaskPrompt] = []

    def segment(self, picture: Picture, prompt: MaskPrompt) -> tuple[MaskCandidate, ...]:
        self.asked.append(prompt)
        box = prompt.box or self._around(prompt, picture.extent)
        x1, y1, x2, y2 = box.pixels(picture.extent)
        rows, columns = np.ogrid[0 : y2 - y1, 0 : x2 - x1]
        radius_y, radius_x = (y2 - y1) / 2, (x2 - x1) / 2
        ellipse = ((rows + 0.5) / radius_y - 1) ** 2 + ((columns + 0.5) / radius_x - 1) ** 2 <= 1
        first = Mask(picture.extent, x1, y1, ellipse) if ellipse.any() else Mask.of_box(box, picture.extent)
        return MaskCandidate(first, 0.9), MaskCandidate(Mask.of_box(box, picture.extent), 0.5)

    @staticmethod
    def _around(prompt: MaskPrompt, extent: Extent) -> Box:
        if not prompt.points:
            raise BadInput("Give a box, a click or a stroke.")
        point, half = prompt.points[0], max(extent.longest / 16, 1)
        return Box(point.x - half, point.y - half, point.x + half, point.y + half).clipped(extent)


class ScriptedDescriber:
    """A node for each mask and no edges."""

    def __init__(self, settings: Settings | None = None) -> None:
        pass

    def describe(self, picture: Picture, detections: Detections, masks: Masks) -> SceneGraph:
        rows = ((id_, detections.phrases[detections.index(id_)]) for id_ in masks.ids)
        return SceneGraph(tuple(Node(id_, label, detections.box(id_)) for id_, label in rows))


class ScriptedSizePredictor:
    """The reference's size, or a quarter of the picture."""

    def __init__(self, settings: Settings | None = None) -> None:
        pass

    def predict(
        self, new: str, *, reference: str | None, box: Box | None, extent: Extent, relation: Relation | None
    ) -> SizeGuess:
        if box is not None:
            return SizeGuess(box.width, box.height, "as large as the reference")
        return SizeGuess(extent.width / 4, extent.height / 4, "a quarter of the picture")


class ScriptedPlanner:
    """Remove and restyle steps for the targets, or the plan that ``make`` gives."""

    def __init__(
        self, settings: Settings | None = None, *, make: Callable[[PlanRequest], EditPlan] | None = None
    ) -> None:
        self._make = make
        self.asked: list[PlanRequest] = []

    def plan(self, request: PlanRequest) -> EditPlan:
        self.asked.append(request)
        if self._make is not None:
            return self._make(request)
        steps: list[EditStep] = []
        for number, clause in enumerate(request.instruction.clauses):
            for node in request.selection.targets(number):
                steps.append(
                    Remove(node=node, reason="it was asked for")
                    if clause.verb is EditVerb.REMOVE
                    else Restyle(node=node, look=clause.payload or "brighter", reason="it was asked for")
                )
        for edit in request.graph_edits:
            if isinstance(edit, RemoveNode):
                steps.append(Remove(node=edit.node, reason="the node was deleted"))
            elif isinstance(edit, RestyleNode):
                steps.append(Restyle(node=edit.node, look=edit.attribute, reason="an attribute was changed"))
        return EditPlan(tuple(steps), why="as asked", author="scripted")


class ScriptedEditor:
    """Paints the mask in one colour drawn from seed and variant, in ``ticks`` steps of progress."""

    def __init__(self, settings: Settings | None = None, *, ticks: int = 3, refused: Sequence[type] = ()) -> None:
        self.ticks = ticks
        self.refused = tuple(refused)
        self.jobs: list[EditJob] = []
        self.cancelled = 0

    def refuses(self, step: EditStep) -> Refusal | None:
        if isinstance(step, self.refused):
            return Refusal(type(step).__name__.lower(), "The scripted editor does not do this.", ("remove the cup",))
        return None

    def edit(self, job: EditJob) -> Iterator[EditProgress | StepOutcome]:
        self.jobs.append(job)
        try:
            for tick in range(self.ticks):
                yield EditProgress((tick + 1) / self.ticks, "painting")
        except GeneratorExit:
            self.cancelled += 1
            raise
        mask = job.mask if job.mask is not None else Mask.of_box(Box.whole(job.picture.extent), job.picture.extent)
        colour = np.random.default_rng((job.seed, job.variant)).integers(0, 256, 3, dtype=np.uint8)
        pixels = np.broadcast_to(colour, (*mask.crop.shape, 3)).astype(np.uint8)
        yield StepOutcome((Patch(mask.x, mask.y, pixels, mask.crop.astype(np.float32)),))


class ScriptedStore:
    """Keeps sessions in memory."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.saved: dict[str, History] = {}
        self.kept: set[str] = set()

    def save(self, session: str, history: History, turn: Turn | None = None) -> None:
        self.saved[session] = history

    def load(self, session: str) -> History | None:
        return self.saved.get(session)

    def sessions(self) -> tuple[SavedSession, ...]:
        return tuple(
            SavedSession(id_, len(history.turns), 0.0, id_ in self.kept)
            for id_, history in reversed(self.saved.items())
        )

    def forget(self, session: str) -> None:
        self.saved.pop(session, None)

    def keep(self, session: str) -> None:
        self.kept.add(session)

    def sweep(self, keep_s: float) -> tuple[str, ...]:
        """Age is not known here: everything that is not kept is old if ``keep_s`` is 0."""
        old = tuple(id_ for id_ in self.saved if id_ not in self.kept) if keep_s == 0 else ()
        for id_ in old:
            self.forget(id_)
        return old


class ScriptedChat:
    """Gives its replies in their order, the last one for ever; without any, an obedient answer."""

    def __init__(self, settings: Settings | None = None, *, replies: Sequence[str] = ()) -> None:
        self.replies = list(replies)
        self.asked: list[tuple[tuple[ChatMessage, ...], ReplyFormat | None]] = []

    def reply(self, messages: Sequence[ChatMessage], form: ReplyFormat | None = None) -> ChatReply:
        self.asked.append((tuple(messages), form))
        if not self.replies:
            return ChatReply(obedient_answer(messages, form), "scripted")
        text = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return ChatReply(text, "scripted")


class ScriptedScorer:
    """One fixed measure, and what it was asked."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.asked: list[ScoreRequest] = []

    def score(self, request: ScoreRequest) -> Mapping[str, float]:
        self.asked.append(request)
        return {"dino": 0.5}


class ScriptedLearner:
    """Calls every found thing by a concept of its own, and leaves a note of it in the folder."""

    def __init__(self, settings: Settings | None = None) -> None:
        pass

    def learn(
        self, picture: Picture, scene: SceneGraph, masks: Masks, *, folder: Path, seed: int
    ) -> Iterator[EditProgress | SceneGraph]:
        yield EditProgress(0.5, "learning")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "learned.txt").write_text(f"{seed}\n" + "\n".join(masks.ids))
        yield replace(scene, nodes=tuple(replace(n, concept=f"<{n.id}>") for n in scene.nodes if n.box is not None))


class ScriptedShelf:
    """Keeps cut-outs in memory."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.kept: dict[str, Cutout] = {}

    def names(self) -> tuple[str, ...]:
        return tuple(self.kept)

    def take(self, name: str) -> Cutout:
        if name not in self.kept:
            raise BadInput(f"There is no cut-out called {name!r} on the shelf.")
        return self.kept[name]

    def put(self, cutout: Cutout) -> None:
        self.kept[cutout.name] = cutout


def scripted_kit(
    *,
    parser: ScriptedParser | None = None,
    detector: ScriptedDetector | None = None,
    segmenter: ScriptedSegmenter | None = None,
    planner: ScriptedPlanner | None = None,
    editor: ScriptedEditor | None = None,
) -> Kit:
    """A kit of doubles; give your own to script or to look at what was asked."""

    def chosen(use: object) -> Chosen:
        return Chosen(use, "scripted@1", Tier.TEST, "asked for by a test")

    return Kit(
        parser=chosen(parser or ScriptedParser()),
        detector=chosen(detector or ScriptedDetector()),
        segmenter=chosen(segmenter or ScriptedSegmenter()),
        describer=chosen(ScriptedDescriber()),
        sizer=chosen(ScriptedSizePredictor()),
        planner=chosen(planner or ScriptedPlanner()),
        editor=chosen(editor or ScriptedEditor()),
        shelf=chosen(ScriptedShelf()),
    )
