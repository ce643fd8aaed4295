"""One step's drawing: windows one after another, variants side by side, stitched and ranked."""

from __future__ import annotations

import functools
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from ...config import Settings
from ...core.compositing import composite
from ...core.events import EditProgress
from ...core.masks import Mask
from ...core.plan import Insert, Restyle, grow_px_of
from ...core.result import Patch, StepOutcome
from ...ports import Detector, EditJob
from ..classical.windows import Plane
from ..placement import with_less_memory
from .blending import latent_mask
from .engine import Engine, Report, one_by_one
from .loading import spare_memory
from .prompts import words_for
from .ranking import Score, agreement_of, background_of, seam_of
from .relay import relayed
from .tasks import Drawn, Task, resolve, seeds_of
from .windows import ModelSize, View, choose_views, stitch

REDUCED = 0.75
"""Windows seen smaller than this are told of: what comes back is softer than the photo."""


@dataclass
class _Variant:
    """One of the pictures that are drawn side by side."""

    seed: int
    pixels: np.ndarray
    patches: list[Patch] = field(default_factory=list)
    seams: list[float] = field(default_factory=list)
    backgrounds: list[float] = field(default_factory=list)
    refused: bool = False


class Drawing:
    """Everything that one job needs, worked out once."""

    def __init__(
        self, engine: Engine, job: EditJob, region: Mask, settings: Settings, detector: Detector | None
    ) -> None:
        self.engine, self.job, self.region = engine, job, region
        self.settings, self.detector = settings, detector
        self.tuning = resolve(job.options, settings, engine.family.usual, strength=job.step.strength)
        self.grow = grow_px_of(job.step, job.picture.extent)
        self.feather = job.step.feather_px
        self.views = choose_views(region, self._size(), reach=self.grow + self.feather)
        self.variants = [_Variant(seed, job.picture.pixels) for seed in self._seeds()]

    def _size(self) -> ModelSize:
        size = self.engine.family.size()
        return size if not self.settings.editor_size else replace(size, trained=self.settings.editor_size)

    def _seeds(self) -> tuple[int, ...]:
        """Seeds of this batch: variant 0 of the job is drawn in the first, and so on."""
        count = self.tuning.variants
        first = self.job.variant // count * count
        return seeds_of(self.job.seed, first=first, count=count)

    @property
    def key(self) -> tuple[object, ...]:
        """What the batch depends on: jobs with the same key differ in their variant alone."""
        job, region = self.job, self.region
        place = (region.x, region.y, region.crop.shape, region.crop.tobytes())
        return job.picture.digest, place, job.step, job.options, tuple(v.seed for v in self.variants)

    def run(self) -> Generator[EditProgress, None, None]:
        """Draw the whole batch, telling progress."""
        for number, view in enumerate(self.views):
            yield from self._draw_view(view, number)

    def _draw_view(self, view: View, number: int) -> Iterator[EditProgress]:
        alpha = self._alpha(view)
        for task, drawn_for in self._tasks(view, alpha):
            drawn = yield from self._progress(task, number)
            for variant, new, refused in zip(drawn_for, drawn.pictures, drawn.refused, strict=True):
                self._take(view, alpha, variant, new)
                variant.refused |= refused

    def _alpha(self, view: View) -> Plane:
        if isinstance(self.job.step, Restyle) and self.job.mask is None:
            return np.ones((view.window.height, view.window.width), np.float32)
        return view.alpha(self.grow, self.feather)

    def _tasks(self, view: View, alpha: Plane) -> Iterator[tuple[Task, list[_Variant]]]:
        """The window for all variants at once; one by one where they already differ in it."""
        cuts = [view.cut(variant.pixels) for variant in self.variants]
        alike = all(np.array_equal(cuts[0], cut) for cut in cuts[1:])
        groups = [self.variants] if alike else [[variant] for variant in self.variants]
        prompt, negative = words_for(self.job.step, instructed=self.engine.family.instructed)
        for first, group in zip(cuts, groups, strict=False):
            yield (
                Task(
                    pixels=first,
                    cells=latent_mask(view.cells(alpha, self.engine.family.cell)),
                    alpha=_at_model_size(alpha, view),
                    prompt=prompt,
                    negative=negative,
                    tuning=self.tuning,
                    seeds=tuple(variant.seed for variant in group),
                    fresh=isinstance(self.job.step, Insert),
                ),
                group,
            )

    def _progress(self, task: Task, number: int) -> Generator[EditProgress, None, Drawn]:
        """The engine's progress as this job's; the picture of the window as its preview."""
        work = relayed(functools.partial(_draw, self.engine, task))
        of = f", part {number + 1} of {len(self.views)}" if len(self.views) > 1 else ""
        try:
            while True:
                try:
                    event = next(work)
                except StopIteration as end:
                    return end.value
                share = (number + event.fraction) / len(self.views)
                yield replace(event, fraction=share, message=event.message + of)
        finally:
            work.close()

    def _take(self, view: View, alpha: Plane, variant: _Variant, new: np.ndarray) -> None:
        drawn = np.rint(np.clip(new, 0, 1) * 255).astype(np.uint8)
        seen, window = view.cut(variant.pixels), view.window.of(variant.pixels)
        small = _at_model_size(alpha, view)
        patch = stitch(view, variant.pixels, drawn, alpha)
        variant.patches.append(patch)
        variant.backgrounds.append(background_of(seen, drawn, small))
        variant.seams.append(seam_of(window, patch))
        variant.pixels, _ = composite(variant.pixels, (patch,), None)

    def outcome(self, number: int) -> StepOutcome:
        """A job's variant: the n-th best of its batch, those that were refused last."""
        ranked = self._ranked
        variant, score = ranked[number % len(ranked)]
        facts = (*self._facts(), ("drawn with seed", str(variant.seed)), ("measured", score.words))
        if variant.refused:
            return StepOutcome((), warnings=(REFUSED,), settings=facts)
        return StepOutcome(tuple(variant.patches), warnings=self._warnings(), settings=facts)

    def _facts(self) -> tuple[tuple[str, str], ...]:
        """The run's settings in words, for the report."""
        named = self.settings.editor_model
        facts: dict[str, object] = {"model": Path(named).name if Path(named).is_dir() else named}
        facts |= {name: getattr(self.tuning, name) for name in self.tuning.__dataclass_fields__}
        facts |= {"scheduler": self.engine.sampler(self.tuning.scheduler), "feather": f"{self.feather} px"}
        return tuple((name.replace("_", " "), _shown(value)) for name, value in facts.items())

    @functools.cached_property
    def _ranked(self) -> list[tuple[_Variant, Score]]:
        scored = [(variant, self._score(variant)) for variant in self.variants]
        return sorted(scored, key=lambda pair: (pair[0].refused, -pair[1].total))

    def _score(self, variant: _Variant) -> Score:
        detector = self.detector if len(self.variants) > 1 else None
        picture = self.job.picture.with_pixels(variant.pixels)
        agreement = agreement_of(picture, self.job.step, self.region.box, detector)
        return Score(agreement, float(np.mean(variant.seams)), float(np.mean(variant.backgrounds)))

    def _warnings(self) -> tuple[str, ...]:
        """What the person should know of how the windows were seen."""
        least = min(view.scale for view in self.views)
        if least >= REDUCED:
            return ()
        return (
            f"The model saw this part at {least:.0%} of its size, so fine detail is softer: "
            "edit smaller parts, or use a model trained on larger pictures.",
        )


def _at_model_size(alpha: Plane, view: View) -> Plane:
    return np.asarray(cv2.resize(alpha, tuple(view.extent), interpolation=cv2.INTER_LINEAR), np.float32)


REFUSED = (
    "The model's safety checker refused what was drawn, so the picture was kept as it is: "
    "try another seed or other words, or switch the checker off in the editor's settings."
)


def _draw(engine: Engine, task: Task, report: Report) -> Drawn:
    """Draw; if the device's memory runs out, once more one by one, in tiles and slices."""

    def smaller() -> Drawn:
        spare_memory(engine.family.pipeline)
        return one_by_one(engine, task, report)

    return with_less_memory(
        lambda: engine.draw(task, report),
        smaller,
        doing="Editing this part",
        how="one by one, in tiles and slices, which is slower",
    )


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, float) else str(value)
