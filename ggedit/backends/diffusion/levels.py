"""Samplers: how noisy the latents are before and after each step, in the sampler's own scale.

A latent at a level is ``signal * clean + noise * xi`` with xi of unit variance. Three scales are
in use: variance preserving (signal^2 + noise^2 = 1), sigma (signal 1), and flow matching
(signal + noise = 1). A background that is pasted in another scale, or at the level of the step
before, is wrong by more than the edit itself.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler
from diffusers.schedulers.scheduling_euler_ancestral_discrete import EulerAncestralDiscreteScheduler
from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler
from diffusers.schedulers.scheduling_flow_match_euler_discrete import FlowMatchEulerDiscreteScheduler
from diffusers.schedulers.scheduling_pndm import PNDMScheduler
from diffusers.schedulers.scheduling_unipc_multistep import UniPCMultistepScheduler

from ...core.errors import BackendUnavailable

SCHEDULERS: dict[str, type] = {
    "euler-a": EulerAncestralDiscreteScheduler,
    "euler": EulerDiscreteScheduler,
    "ddim": DDIMScheduler,
    "dpm++": DPMSolverMultistepScheduler,
    "unipc": UniPCMultistepScheduler,
}
"""Samplers that can be asked for by name."""


class Level(NamedTuple):
    """The shares of the clean latent and of the noise."""

    signal: float
    noise: float


CLEAN = Level(1.0, 0.0)


def make_scheduler(own: Any, name: str) -> Any:
    """A fresh sampler: the model's own kind, or the one asked for with the model's noise.

    PNDM is replaced by DDIM, which takes the same steps: PNDM evaluates some of them twice, so
    that half of its latents stand at no level of their own.

    Raises:
        BackendUnavailable: there is none of that name, or it does not fit a flow-matching model.
    """
    name = name or ("ddim" if isinstance(own, PNDMScheduler) else "")
    if not name:
        return type(own).from_config(own.config)
    if name not in SCHEDULERS:
        raise BackendUnavailable(f"There is no sampler called {name!r}; there are: {', '.join(SCHEDULERS)}.")
    if isinstance(own, FlowMatchEulerDiscreteScheduler):
        raise BackendUnavailable("This model is sampled by flow matching: leave GGEDIT_EDITOR_SCHEDULER empty.")
    return SCHEDULERS[name].from_config(own.config)  # type: ignore[attr-defined]


def levels_of(scheduler: Any) -> tuple[Level, ...]:
    """The level before each step, and after the last one: one more than there are steps.

    Call it after ``set_timesteps``.

    Raises:
        BackendUnavailable: a sampler whose levels are not known.
    """
    for kind, read in _READERS:
        if isinstance(scheduler, kind):
            return read(scheduler)
    known = ", ".join(SCHEDULERS)
    raise BackendUnavailable(
        f"The sampler {type(scheduler).__name__} is not known here: set GGEDIT_EDITOR_SCHEDULER to one of {known}."
    )


def _sigma(scheduler: Any) -> tuple[Level, ...]:
    """Karras et al. 2022 (arXiv:2206.00364), section 2: x = clean + sigma * xi."""
    return tuple(Level(1.0, float(sigma)) for sigma in scheduler.sigmas)


def _flow(scheduler: Any) -> tuple[Level, ...]:
    """Lipman et al. 2023 (arXiv:2210.02747), eq. 22: the straight path between noise and data."""
    return tuple(Level(float(1 - sigma), float(sigma)) for sigma in scheduler.sigmas)


def _solver(scheduler: Any) -> tuple[Level, ...]:
    """DPM-Solver++ and UniPC keep sigmas, but their latents preserve the variance."""
    return tuple(Level(*map(float, scheduler._sigma_to_alpha_sigma_t(sigma))) for sigma in scheduler.sigmas)


def _ddim(scheduler: Any) -> tuple[Level, ...]:
    """Song et al. 2021 (arXiv:2010.02502), eq. 12: a step goes from t to t - T / steps."""
    stride = scheduler.config.num_train_timesteps // scheduler.num_inference_steps
    reached = [int(t) - stride for t in scheduler.timesteps]
    return (_preserving(scheduler, int(scheduler.timesteps[0])), *(_preserving(scheduler, t) for t in reached))


def _preserving(scheduler: Any, time: int) -> Level:
    alpha = scheduler.alphas_cumprod[time] if time >= 0 else scheduler.final_alpha_cumprod
    return Level(float(alpha**0.5), float((1 - alpha) ** 0.5))


_READERS: tuple[tuple[type, Callable[[Any], tuple[Level, ...]]], ...] = (
    (FlowMatchEulerDiscreteScheduler, _flow),
    (DPMSolverMultistepScheduler, _solver),
    (UniPCMultistepScheduler, _solver),
    (EulerAncestralDiscreteScheduler, _sigma),
    (EulerDiscreteScheduler, _sigma),
    (DDIMScheduler, _ddim),
)


def begin_late(scheduler: Any, skipped: int) -> None:
    """Let every later ``set_timesteps`` leave out the first steps: a run that starts from the
    noised picture and not from noise. The pipeline itself knows nothing of it."""
    if not skipped:
        return
    whole = scheduler.set_timesteps

    @functools.wraps(whole)
    def shortened(*args: Any, **kwargs: Any) -> None:
        whole(*args, **kwargs)
        scheduler.timesteps = scheduler.timesteps[skipped:]
        if hasattr(scheduler, "sigmas"):  # cut alike: solvers count from the end of both
            scheduler.sigmas = scheduler.sigmas[skipped:]

    scheduler.set_timesteps = shortened


@dataclass
class Glimpse:
    """What the model takes the clean latent to be, seen at the sampler's last step."""

    clean: torch.Tensor | None = None


def watch_steps(scheduler: Any, levels: tuple[Level, ...]) -> Glimpse:
    """Keep each step's estimate of the clean latent, for previews."""
    glimpse, taken, step = Glimpse(), iter(levels), scheduler.step

    @functools.wraps(step)
    def seen(model_output: torch.Tensor, timestep: Any, sample: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
        level = next(taken, CLEAN)
        glimpse.clean = _clean(scheduler, level, model_output, sample)
        return step(model_output, timestep, sample, *args, **kwargs)

    scheduler.step = seen
    return glimpse


def _clean(scheduler: Any, level: Level, output: torch.Tensor, sample: torch.Tensor) -> torch.Tensor:
    """The clean latent by what the model predicts: noise, velocity (Salimans and Ho 2022,
    arXiv:2202.00512, appendix D), flow, or the sample itself."""
    if isinstance(scheduler, FlowMatchEulerDiscreteScheduler):
        return sample - level.noise * output
    kind = scheduler.config.prediction_type
    if kind == "sample":
        return output
    if kind == "v_prediction":
        length = (level.signal**2 + level.noise**2) ** 0.5
        signal, noise = level.signal / length, level.noise / length
        return signal * (sample / length) - noise * output
    return (sample - level.noise * output) / level.signal
