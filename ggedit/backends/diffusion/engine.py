"""A diffusers pipeline on a device, and one run of it over a window with its surroundings held."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from diffusers.utils.torch_utils import randn_tensor

from ...core.events import EditProgress
from ...core.geometry import Extent
from ..classical.windows import Rgb
from .blending import Blend, shrinking_masks, start_latents
from .families import Encoded, Family, Words
from .levels import Glimpse, begin_late, levels_of, make_scheduler, watch_steps
from .previews import Preview, fitted_preview
from .tasks import Drawn, Task

Report = Callable[[EditProgress], None]

PREVIEW_EVERY_S = 0.5
"""Previews are a few per second at most: each costs a copy from the device."""

_KEPT = 4


@dataclass
class Engine:
    """A family's pipeline, ready to draw. What depends on the words or the window alone is kept
    for the next window and the next variant."""

    family: Family
    tiny_decoder: Preview | None = None
    _words: OrderedDict[tuple[str, str], Words] = field(default_factory=OrderedDict)
    _encoded: OrderedDict[bytes, Encoded] = field(default_factory=OrderedDict)

    @torch.no_grad()
    def draw(self, task: Task, report: Report) -> Drawn:
        """Draw the task's batch; ``report`` is called after every step and may raise to cancel."""
        pipe = self.family.pipeline
        encoded, words = self._encode(task.pixels), self._read(task)
        run = self._prepare(task, encoded)
        checker, scheduler = getattr(pipe, "safety_checker", None), pipe.scheduler
        watcher = _Watcher(self, task, run, report, self._preview(task, encoded))
        try:
            pipe.scheduler = run.scheduler
            if checker is not None and not task.tuning.safety:
                pipe.safety_checker = None
            made = pipe(
                **self.family.arguments(task, encoded, words),
                latents=run.latents,
                generator=run.generators,
                output_type="np",
                callback_on_step_end=watcher,
                callback_on_step_end_tensor_inputs=["latents", *self.family.guided_rows],
            )
        finally:
            pipe.scheduler = scheduler
            if checker is not None:
                pipe.safety_checker = checker
        flags = getattr(made, "nsfw_content_detected", None) or [False] * len(task.seeds)
        return Drawn(np.asarray(made.images, np.float32), tuple(bool(flag) for flag in flags))

    def sampler(self, name: str) -> str:
        """The sampler that runs, by its class."""
        return type(make_scheduler(self.family.pipeline.scheduler, name)).__name__.removesuffix("Scheduler")

    def _read(self, task: Task) -> Words:
        key = task.prompt, task.negative
        return _kept(self._words, key, lambda: self.family.words(*key))

    def _encode(self, pixels: Rgb) -> Encoded:
        key = repr(pixels.shape).encode() + pixels.tobytes()
        return _kept(self._encoded, key, lambda: self.family.encode(pixels))

    def _prepare(self, task: Task, encoded: Encoded) -> _Run:
        """Sampler, levels, noise and masks of one run."""
        scheduler = make_scheduler(self.family.pipeline.scheduler, task.tuning.scheduler)
        self.family.set_steps(scheduler, task)
        skipped = task.tuning.first_step
        levels = levels_of(scheduler)[skipped:]
        generators = [torch.Generator("cpu").manual_seed(seed) for seed in task.seeds]
        shape = (len(task.seeds), *encoded.source.shape[1:])
        noise = self._noise(shape, generators, encoded.source, task)
        masks = tuple(self.family.laid_out(m).to(encoded.source.device) for m in shrinking_masks(task.cells))
        start = min(round(task.tuning.blend_start * len(levels)), len(levels) - 1)
        blend = Blend(encoded.source, noise, masks, levels, start)
        latents = noise
        if skipped:
            begin_late(scheduler, skipped)
            self.family.set_steps(scheduler, task)
            begun = start_latents(blend, fresh=masks[0] if task.fresh else None)
            # the pipeline scales what it is given as if it were noise
            latents = (begun / float(getattr(scheduler, "init_noise_sigma", 1.0))).to(noise)
        return _Run(scheduler, blend, watch_steps(scheduler, levels), latents, generators)

    def _noise(
        self, shape: tuple[int, ...], generators: list[torch.Generator], like: torch.Tensor, task: Task
    ) -> torch.Tensor:
        """xi of every sample, drawn as the pipeline itself would draw it, in its layout."""
        if len(shape) == 4:
            return randn_tensor(shape, generator=generators, device=like.device, dtype=like.dtype)
        channels = self.family.pipeline.transformer.config.in_channels // 4
        plain = (shape[0], channels, *task.cells.shape)
        drawn = randn_tensor(plain, generator=generators, device=like.device, dtype=like.dtype)
        return self.family.pipeline._pack_latents(drawn, *plain)

    def _preview(self, task: Task, encoded: Encoded) -> Preview:
        if self.tiny_decoder is not None:
            return self.tiny_decoder
        return fitted_preview(self.family.as_map(encoded.source, Extent.of(task.pixels))[0], task.pixels)


@dataclass
class _Run:
    scheduler: Any
    blend: Blend
    glimpse: Glimpse
    latents: torch.Tensor
    generators: list[torch.Generator]


@dataclass
class _Watcher:
    """The pipeline's callback: holds the surroundings, sets guidance, tells progress."""

    engine: Engine
    task: Task
    run: _Run
    report: Report
    preview: Preview
    rows: Mapping[str, torch.Tensor] | None = None
    began: float = field(default_factory=time.perf_counter)
    shown: float = 0.0

    def __call__(self, pipe: Any, step: int, _time: Any, tensors: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        latents = self.run.blend.apply(tensors["latents"], step)
        if self.rows is None:
            self.rows = {name: tensors[name] for name in self.engine.family.guided_rows}
        self.report(self._progress(step))
        return {"latents": latents, **self.engine.family.ease(self.task, step, self.rows)}

    def _progress(self, step: int) -> EditProgress:
        done, steps = step + 1, self.run.blend.steps
        passed = time.perf_counter() - self.began
        message = f"Step {done} of {steps}{_left(passed / done * (steps - done))}"
        return EditProgress(done / steps, message, preview=self._picture(passed))

    def _picture(self, passed: float) -> Rgb | None:
        clean = self.run.glimpse.clean
        if clean is None or (self.shown and passed - self.shown < PREVIEW_EVERY_S):
            return None
        self.shown = passed
        return self.preview(self.engine.family.as_map(clean, Extent.of(self.task.pixels))[0])


def _left(seconds: float) -> str:
    """The time that is left, where it is worth waiting for something else meanwhile."""
    return "" if seconds < 20 else f", about {max(1, round(seconds / 60))} min left"


def _kept(store: OrderedDict[Any, Any], key: Any, make: Callable[[], Any]) -> Any:
    """The value made for this key, at most ``_KEPT`` of them."""
    if key not in store:
        store[key] = make()
        while len(store) > _KEPT:
            store.popitem(last=False)
    store.move_to_end(key)
    return store[key]


def one_by_one(engine: Engine, task: Task, report: Report) -> Drawn:
    """The batch as single runs: the memory of one, and the same pictures but for rounding."""
    drawn = [engine.draw(replace(task, seeds=(seed,)), report) for seed in task.seeds]
    return Drawn(np.concatenate([d.pictures for d in drawn]), tuple(flag for d in drawn for flag in d.refused))
