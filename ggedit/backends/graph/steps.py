"""One step of a plan, put together from clearing and placing."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from ...config import Settings
from ...core.compositing import composite
from ...core.events import EditProgress
from ...core.geometry import Box
from ...core.masks import Mask
from ...core.plan import Insert, Move, Remove, Replace, Restyle, grow_px_of
from ...core.result import Patch, StepOutcome
from ...ports import EditJob, Segmenter
from ..classical.windows import Rgb
from ..diffusion.prompts import subject_of
from ..diffusion.tasks import seeds_of
from .clearing import Hurdle, Rim, clear
from .concepts import Known, attached
from .network import Network
from .placing import Place, Placed, Placing, Scene
from .words import Thing, with_tokens

T = TypeVar("T")

_CLEARING_SHARE = 0.45
"""Of the progress of a step that first takes the thing away and then draws."""


@dataclass
class Work:
    """One step with a loaded network."""

    network: Network
    segmenter: Segmenter
    settings: Settings
    job: EditJob

    def run(self) -> Generator[EditProgress | StepOutcome]:
        step, mask = self.job.step, self.job.mask
        if isinstance(step, Remove):
            assert mask is not None
            patches = yield from self._clear(mask, begin=0.0, end=1.0)
            yield StepOutcome(patches, settings=self._facts())
            return
        if isinstance(step, Insert):
            placed = yield from self._draw(self.job.picture.pixels, step.box, begin=0.0)
            yield StepOutcome((placed.patch,), moved=placed.covered, settings=self._facts())
            return
        assert mask is not None
        if isinstance(step, Restyle):
            placed = yield from self._draw(self.job.picture.pixels, mask.box, begin=0.0, lent=mask)
            yield StepOutcome((placed.patch,), settings=self._facts(lent=step.concept is None))
            return
        yield from self._exchange(mask)

    def _exchange(self, mask: Mask) -> Generator[EditProgress | StepOutcome]:
        """Replace and move: the thing is taken away, then something is drawn where it stood or where
        it goes, on the picture without it."""
        step = self.job.step
        patches = yield from self._clear(mask, begin=0.0, end=_CLEARING_SHARE)
        pixels, _ = composite(self.job.picture.pixels, patches, None)
        lent = mask if isinstance(step, Move) else None
        box = step.box if isinstance(step, Move) else mask.box
        placed = yield from self._draw(pixels, box, begin=_CLEARING_SHARE, lent=lent)
        facts = self._facts(lent=lent is not None and step.concept is None)
        yield StepOutcome((*patches, placed.patch), moved=placed.covered, settings=facts)

    def _clear(self, mask: Mask, *, begin: float, end: float) -> Generator[EditProgress, None, tuple[Patch, ...]]:
        how = Hurdle(
            network=self.network,
            timeline=self.network.timeline(self._steps),
            rim=self._rim,
            name=subject_of(self.job.step),
            seeds=self._seeds,
            guidance=self._guidance,
            forbidden=self.job.protect,
        )
        return (yield from _within(clear(self.job.picture.pixels, mask, how), begin, end))

    def _draw(
        self, pixels: Rgb, box: Box, *, begin: float, lent: Mask | None = None
    ) -> Generator[EditProgress, None, Placed]:
        """Draw the step's thing into a box of ``pixels``; what stands there now may change."""
        step = self.job.step
        with attached(self.network, self.settings, self._concepts) as known:
            own = known.get(step.concept or "")
            place = Place(Thing(own.token if own else self._name), box, own.gate if own else None)
            scene = Scene(
                sentence=self._sentence(known),
                places=(place, *self._partners(known)),
                rim=self._rim,
                seeds=self._seeds,
                guidance=self._guidance,
                negative=step.negative if not isinstance(step, Replace) else "",
                within=lent if isinstance(step, Restyle) else None,
                lent_from=lent if own is None else None,
                source=self.job.picture.pixels,
            )
            work = Placing(self.network, self.network.timeline(self._steps), self.segmenter, pixels, scene)
            return (yield from _within(work.run(), begin, 1.0))

    @property
    def _concepts(self) -> list[str]:
        """Of the step's own thing and of those that are drawn anew with it."""
        named = (self.job.step.concept, *(partner.concept for partner in self.job.partners))
        return [concept for concept in named if concept is not None]

    def _partners(self, known: Mapping[str, Known]) -> tuple[Place, ...]:
        """Things that are drawn anew with the step's own, each where it stands."""
        places = []
        for partner in self.job.partners:
            learned = known.get(partner.concept or "")
            thing = Thing(learned.token if learned else partner.name)
            places.append(Place(thing, partner.mask.box, learned.gate if learned else None))
        return tuple(places)

    @property
    def _name(self) -> str:
        """What is drawn, in words."""
        step = self.job.step
        if isinstance(step, Insert | Replace):
            return step.label
        return f"{step.look} {subject_of(step)}" if isinstance(step, Restyle) else subject_of(step)

    def _sentence(self, known: Mapping[str, Known]) -> str:
        """The step's own prompt, with the concepts' tokens in the places of the plain names."""
        step = self.job.step
        own = known.get(step.concept or "")
        if own is not None and isinstance(step, Restyle):
            return f"a photo of a {step.look} {own.token}"
        said = step.prompt.strip() or f"a photo of a {self._name}"
        names = [(self._name, own.token)] if own is not None else []
        names += [(p.name, known[p.concept].token) for p in self.job.partners if p.concept is not None]
        told = with_tokens(said, names)
        return told if own is None or own.token in told else f"a photo of a {own.token}"

    @property
    def _rim(self) -> Rim:
        return Rim(grow_px_of(self.job.step, self.job.picture.extent), self.job.step.feather_px)

    @property
    def _steps(self) -> int:
        return self.job.options.steps or self.settings.graph_steps

    @property
    def _guidance(self) -> float:
        return self.job.options.guidance or self.settings.graph_guidance

    @property
    def _seeds(self) -> tuple[int, ...]:
        """One per sample; other variants of the job start from other seeds."""
        count = self.settings.graph_samples
        return seeds_of(self.job.seed, first=self.job.variant * count, count=count)

    def _facts(self, *, lent: bool = False) -> tuple[tuple[str, str], ...]:
        """The run's settings in words, for the report."""
        step = self.job.step
        looks = step.concept or ("lent by the thing itself, without training" if lent else "from the words")
        beside = [partner.concept for partner in self.job.partners if partner.concept is not None]
        return (
            ("model", self.settings.graph_model),
            ("steps", str(self._steps)),
            ("guidance", f"{self._guidance:g}"),
            ("samples", str(self.settings.graph_samples)),
            ("looks", ", ".join([looks, *beside])),
        )


def _within(work: Generator[EditProgress, None, T], begin: float, end: float) -> Generator[EditProgress, None, T]:
    """Another generator's progress as a part of this one's; its value."""
    while True:
        try:
            event = next(work)
        except StopIteration as done:
            return done.value
        yield EditProgress(begin + (end - begin) * event.fraction, event.message, preview=event.preview)
