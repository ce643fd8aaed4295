"""Changing how a thing, or the whole picture, looks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ....core.events import EditProgress
from ....core.masks import HardMask
from ....core.plan import Restyle, grow_px_of
from ....core.result import Patch, StepOutcome
from ....ports import EditJob
from ..filters import guided_filter
from ..windows import Plane, Rgb, Window, distance_to, preview_of, ramp
from .jobs import need_mask, opacity_of
from .look_words import Look, Recolour, Weather, WeatherChange, read_look, scene_look
from .recolour import recolour
from .tone import change_tone
from .weather import change_weather

_EDGE_RADIUS_PX = 3
_EDGE_EPS = 1e-4
_MARGIN_PX = 24
_LEFT_OUT = {
    Weather.NIGHT: "Night dims the light; lamps and windows are not lit, that needs the full tier.",
    Weather.SNOW: "Snow falls through the air; the ground is not covered, that needs the full tier.",
}


def run_restyle(job: EditJob) -> Iterator[EditProgress | StepOutcome]:
    """Give the masked thing, or without a mask the whole picture, another look."""
    step = job.step
    assert isinstance(step, Restyle)
    window, thing = _subject(job)
    pixels: Rgb = window.of(job.picture.pixels)
    looks = read_look(step.look) or ()
    if thing is None:
        looks = tuple(scene_look(look) for look in looks)
    for number, look in enumerate(looks):
        yield EditProgress(0.1 + 0.7 * number / len(looks), f"Changing the look: {step.look}")
        pixels = apply_look(pixels, look, thing, seed=job.seed)
    yield EditProgress(0.85, "Blending the edge", preview=preview_of(pixels))
    alpha = soft_edge(job, window) if job.mask is not None else np.ones(pixels.shape[:2], np.float32)
    patch = Patch(window.x1, window.y1, pixels, alpha * np.float32(opacity_of(step)))
    yield StepOutcome((patch,), warnings=look_warnings(looks))


def _subject(job: EditJob) -> tuple[Window, HardMask | None]:
    """The window to work on and the thing in it; all of the picture without a mask."""
    if job.mask is None:
        return Window.whole(job.picture.extent), None
    mask = need_mask(job)
    margin = _MARGIN_PX + grow_px_of(job.step, job.picture.extent) + job.step.feather_px
    window = Window.around(mask, margin)
    return window, window.crop(mask)


def apply_look(pixels: Rgb, look: Look, thing: HardMask | None, *, seed: int) -> Rgb:
    """All pixels with one look applied; ``thing`` says which of them set its measures."""
    if isinstance(look, Recolour):
        return recolour(pixels, np.ones(pixels.shape[:2], np.bool_) if thing is None else thing, look)
    if isinstance(look, WeatherChange):
        return change_weather(pixels, look, seed=seed)
    return change_tone(pixels, look, scene_px=_size_of(pixels, thing), thing=thing)


def look_warnings(looks: tuple[Look, ...]) -> tuple[str, ...]:
    """What the weather leaves out, for the person."""
    weather = {look.weather for look in looks if isinstance(look, WeatherChange)}
    return tuple(text for kind, text in _LEFT_OUT.items() if kind in weather)


def _size_of(pixels: Rgb, thing: HardMask | None) -> int:
    """The size on which blur is measured: the scene's, or twice a thing's, as if it were seen closer."""
    if thing is None:
        return max(pixels.shape[:2])
    return 2 * int(max(np.ptp(np.flatnonzero(thing.any(axis=axis))) + 1 for axis in (0, 1)))


def soft_edge(job: EditJob, window: Window) -> Plane:
    """The mask's edge drawn along the picture's: float32 (h, w), 0 beyond grow and feather."""
    mask = window.crop(job.mask)
    drawn = np.clip(guided_filter(window.of(job.picture.pixels), mask, _EDGE_RADIUS_PX, _EDGE_EPS), 0, 1)
    grow = grow_px_of(job.step, job.picture.extent)
    inside = distance_to(~mask) > _EDGE_RADIUS_PX
    limit = ramp(distance_to(mask), grow, grow + job.step.feather_px)
    return np.asarray(np.where(inside, 1, np.minimum(drawn, limit)), np.float32)
