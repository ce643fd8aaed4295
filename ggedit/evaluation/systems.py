"""What is measured: ggedit itself, a folder of pictures from elsewhere, or a plain round trip."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from ..core.errors import BadInput
from ..core.events import Event, StageDone, StageFailed
from ..core.freeze import Frozen
from ..core.picture import Picture, decode_picture, encode_picture
from ..core.turn import Stage, Turn
from ..ports import Kit
from ..session import EditSession, ask_lines
from .cases import Case, CaseTurn, open_case_picture
from .memory import peak_gpu_mib, peak_mib, start_peak


@dataclass(frozen=True, eq=False, slots=True)
class Answer(Frozen):
    """What a system made of one request.

    picture: the result, or None where it has none; ``note`` then says why.
    turn: what ggedit worked out on the way; None for other systems.
    stages: (stage, seconds, peak MiB) in their order.
    """

    picture: Picture | None
    note: str = ""
    turn: Turn | None = None
    stages: tuple[tuple[str, float, float], ...] = ()
    seconds_s: float | None = None
    peak_mib: float | None = None
    peak_gpu_mib: float | None = None


System = Callable[[Case], Iterator[Answer]]
"""One answer per turn of the case, in order; each request builds on the result before it."""


@dataclass
class Ggedit:
    """Drives an ``EditSession`` as a person would who takes the program's first choice."""

    kit: Kit
    seed: int = 0

    def __call__(self, case: Case) -> Iterator[Answer]:
        session = EditSession(open_case_picture(case.picture), self.kit)
        for turn in case.turns:
            answer = self._one(session, turn)
            yield answer
            if answer.picture is not None:
                session.accept()

    def _one(self, session: EditSession, asked: CaseTurn) -> Answer:
        watch = _Watch()
        try:
            self._ask(session, asked, watch)
            watch.follow(session.run(until=Stage.EDIT, ask_user=False))
        except BadInput as error:
            watch.note = str(error)
        draft = session.turn
        picture = None if draft is None or draft.result is None else draft.result.picture
        return Answer(
            picture,
            watch.note,
            draft,
            tuple(watch.stages),
            seconds_s=time.perf_counter() - watch.began,
            peak_mib=max((peak for _, _, peak in watch.stages), default=None),
            peak_gpu_mib=max(watch.gpu_mib, default=None),
        )

    def _ask(self, session: EditSession, asked: CaseTurn, watch: _Watch) -> None:
        if asked.text:
            session.ask(asked.text, seed=self.seed)
            return
        watch.follow(ask_lines(session, asked.modifications, seed=self.seed))


@dataclass
class _Watch:
    """Seconds and peak memory of each stage, and the sentence that a failed one left."""

    began: float = field(default_factory=time.perf_counter)
    stages: list[tuple[str, float, float]] = field(default_factory=list)
    gpu_mib: list[float] = field(default_factory=list)
    note: str = ""

    def follow(self, events: Iterable[Event]) -> None:
        start_peak()
        for event in events:
            if isinstance(event, StageFailed):
                self.note = event.message
            if isinstance(event, StageDone):
                self.stages.append((str(event.stage), event.record.seconds_s, peak_mib()))
                self.gpu_mib += [peak for peak in [peak_gpu_mib()] if peak is not None]
                start_peak()


@dataclass
class Folder:
    """Pictures that another system made: ``<case id>.png`` for a case of one turn, else
    ``<case id>-1.png``, ``<case id>-2.png``, or the name under which the suite's makers publish
    it; any format that opens."""

    path: Path

    def __post_init__(self) -> None:
        if not self.path.is_dir():
            raise BadInput(f"There is no folder of result pictures at {self.path}.")
        self._files = {file.stem: file for file in sorted(self.path.iterdir()) if file.is_file()}

    def __call__(self, case: Case) -> Iterator[Answer]:
        source = open_case_picture(case.picture)
        for number in range(1, len(case.turns) + 1):
            yield self._one(case, number, source)

    def _one(self, case: Case, number: int, source: Picture) -> Answer:
        stems = [f"{case.id}-{number}", *([case.id] if len(case.turns) == 1 else [])]
        published = case.turns[number - 1].result
        file = next((self._files[stem] for stem in stems if stem in self._files), None)
        if file is None and published and (self.path / published).is_file():
            file = self.path / published
        if file is None:
            return Answer(None, f"There is no picture called {stems[0]} in {self.path}.")
        picture = decode_picture(file.read_bytes(), name=file.name)[0]
        if picture.extent == source.extent:
            return Answer(picture)
        resized = _resized(picture, source.extent.width, source.extent.height)
        return Answer(resized, f"Its size was {picture.extent.width}x{picture.extent.height}; it was scaled to fit.")


@dataclass
class RoundTrip:
    """No edit at all, only what a pipeline that resizes does to every pixel: the picture scaled to
    ``side`` x ``side`` and back (Lanczos), saved as JPEG, once per turn."""

    side: int = 512
    quality: int = 95

    def __call__(self, case: Case) -> Iterator[Answer]:
        picture = open_case_picture(case.picture)
        extent = picture.extent
        for _ in case.turns:
            small = _resized(picture, self.side, self.side)
            large = Picture(_resized(small, extent.width, extent.height).pixels)
            picture = decode_picture(encode_picture(large, "JPEG", quality=self.quality))[0]
            yield Answer(picture)


def _resized(picture: Picture, width: int, height: int) -> Picture:
    image = Image.fromarray(np.asarray(picture.pixels)).resize((width, height), Image.Resampling.LANCZOS)
    return Picture(np.asarray(image, np.uint8))
