"""The surroundings' level after each step, and masks on the latent grid."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    HeunDiscreteScheduler,
    PNDMScheduler,
    UniPCMultistepScheduler,
)

from ggedit.backends.diffusion.blending import Blend, latent_mask, shrinking_masks, start_latents
from ggedit.backends.diffusion.engine import Engine
from ggedit.backends.diffusion.families import Inpainting, Kontext
from ggedit.backends.diffusion.levels import CLEAN, Level, begin_late, levels_of, make_scheduler
from ggedit.core.errors import BackendUnavailable
from tests.backends.diffusion.conftest import instruct_engine, make_task, square
from tests.tiny import pipelines
from tests.tiny.pipelines import BETAS

KINDS = [
    EulerAncestralDiscreteScheduler(**BETAS),
    EulerDiscreteScheduler(use_karras_sigmas=True, **BETAS),
    DDIMScheduler(clip_sample=False, set_alpha_to_one=False, **BETAS),
    DDIMScheduler(timestep_spacing="trailing", **BETAS),
    DPMSolverMultistepScheduler(**BETAS),
    UniPCMultistepScheduler(**BETAS),
]
IDS = ["euler-a", "euler karras", "ddim leading", "ddim trailing", "dpm++ 2m", "unipc"]


class Recorder:
    """Takes down what ``Blend.apply`` gives back after each step of a run."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.after: list[torch.Tensor] = []
        self.blend: Blend | None = None
        apply = Blend.apply

        def recording(blend: Blend, latents: torch.Tensor, step: int) -> torch.Tensor:
            self.blend = blend
            self.after.append(apply(blend, latents, step))
            return self.after[-1]

        monkeypatch.setattr(Blend, "apply", recording)


@pytest.mark.parametrize("scheduler", KINDS, ids=IDS)
def test_the_surroundings_stand_at_the_level_just_reached(scheduler: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against each sampler's own ``add_noise`` at the time of the next step."""
    recorder, steps = Recorder(monkeypatch), 5
    instruct_engine(scheduler).draw(make_task(square(), steps=steps), lambda event: None)
    blend = recorder.blend
    assert blend is not None and len(recorder.after) == steps
    other = type(scheduler).from_config(scheduler.config)
    other.set_timesteps(steps)
    for step in range(steps - 1):
        outside = (blend.mask(step) == 0).expand(1, 4, 16, 16)
        assert outside.any() and not outside.all()
        noised = other.add_noise(blend.source, blend.noise, other.timesteps[step + 1][None])
        torch.testing.assert_close(recorder.after[step][outside], noised[outside], rtol=1e-6, atol=1e-6)
        exact = blend.levels[step + 1].signal * blend.source + blend.levels[step + 1].noise * blend.noise
        assert torch.equal(recorder.after[step][outside], exact[outside])
    outside = torch.from_numpy(square() == 0).expand(1, 4, 16, 16)
    assert torch.equal(recorder.after[-1][outside], blend.source[outside])


def test_a_packed_flow_models_surroundings_stand_on_the_straight_path(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder, pipe = Recorder(monkeypatch), pipelines.kontext()
    pipe.set_progress_bar_config(disable=True)
    Engine(Kontext(pipe)).draw(make_task(square(2), cell=2, steps=4), lambda event: None)
    blend = recorder.blend
    assert blend is not None and blend.source.shape == (1, 256, 16)
    for step, level in enumerate(blend.levels[1:-1]):
        outside = (blend.mask(step) == 0).expand_as(blend.source)
        assert level.signal + level.noise == pytest.approx(1)
        exact = level.signal * blend.source + level.noise * blend.noise
        torch.testing.assert_close(recorder.after[step][outside], exact[outside])
    outside = (blend.masks[-1] == 0).expand_as(blend.source)
    assert torch.equal(recorder.after[-1][outside], blend.source[outside])


@pytest.mark.parametrize("scheduler", KINDS, ids=IDS)
def test_levels_fall_from_noise_to_the_clean_source(scheduler: Any) -> None:
    scheduler.set_timesteps(10)
    ratios = [level.noise / level.signal for level in levels_of(scheduler)]
    assert ratios == sorted(ratios, reverse=True) and ratios[0] > 5
    assert ratios[-1] < 0.05


@pytest.mark.parametrize("scheduler", KINDS, ids=IDS)
def test_a_late_start_begins_at_the_level_of_its_first_step(scheduler: Any) -> None:
    scheduler = type(scheduler).from_config(scheduler.config)
    scheduler.set_timesteps(8)
    whole = levels_of(scheduler)
    begin_late(scheduler, 3)
    scheduler.set_timesteps(8)
    assert levels_of(scheduler) == whole[3:]
    assert len(scheduler.timesteps) == 5


@pytest.mark.parametrize("scheduler", KINDS, ids=IDS)
def test_less_strength_runs_the_last_steps_from_the_noised_picture(
    scheduler: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder, calls = Recorder(monkeypatch), []
    engine = instruct_engine(scheduler)
    unet = engine.family.pipeline.unet
    unet.register_forward_pre_hook(lambda module, given: calls.append(given[0][:1, :4].clone()))
    drawn = engine.draw(make_task(steps=8, strength=0.25), lambda event: None)
    blend = recorder.blend
    assert blend is not None and len(calls) == blend.steps == 2
    seen = start_latents(blend, fresh=None)
    if isinstance(scheduler, EulerAncestralDiscreteScheduler | EulerDiscreteScheduler):
        seen = seen / (blend.levels[0].noise ** 2 + 1) ** 0.5
    torch.testing.assert_close(calls[0], seen, rtol=1e-5, atol=1e-5)
    assert np.isfinite(drawn.pictures).all()


def test_a_new_thing_starts_from_noise_inside() -> None:
    source, noise = torch.full((1, 4, 4, 4), 100.0), torch.ones(1, 4, 4, 4)
    inside = torch.zeros(1, 1, 4, 4)
    inside[..., 1:3, 1:3] = 1
    blend = Blend(source, noise, (inside,), (Level(0.6, 0.8), CLEAN))
    begun = start_latents(blend, fresh=inside)
    assert torch.allclose(begun[..., 1:3, 1:3], torch.ones(1, 4, 2, 2))
    assert torch.allclose(begun[..., 0, :], torch.full((1, 4, 4), 60.8))
    assert torch.allclose(start_latents(blend, fresh=None), torch.full((1, 4, 4, 4), 60.8))


def test_before_the_blend_start_the_surroundings_are_free() -> None:
    source, latents = torch.zeros(1, 1, 2, 2), torch.ones(1, 1, 2, 2)
    levels = (Level(1, 3), Level(1, 2), Level(1, 1), CLEAN)
    blend = Blend(source, torch.zeros_like(source), (torch.zeros(1, 1, 2, 2),), levels, start=1)
    assert torch.equal(blend.apply(latents, 0), latents)
    assert torch.equal(blend.apply(latents, 1), source)
    late = Blend(source, torch.zeros_like(source), (torch.zeros(1, 1, 2, 2),), levels, start=9)
    assert torch.equal(late.apply(latents, 2), source)


def test_a_soft_mask_mixes_in_proportion() -> None:
    soft = torch.tensor([[[[0.0, 0.25], [0.75, 1.0]]]])
    blend = Blend(torch.zeros(1, 1, 2, 2), torch.zeros(1, 1, 2, 2), (soft,), (Level(1, 1), CLEAN))
    assert torch.equal(blend.apply(torch.full((1, 1, 2, 2), 8.0), 0), soft * 8)


def test_masks_on_the_latent_grid_reach_one_cell_further() -> None:
    cells = np.zeros((5, 5), np.float32)
    cells[2, 2] = 0.5
    grown = latent_mask(cells)
    assert (grown[1:4, 1:4] == 0.5).all() and grown.sum() == 4.5


@pytest.mark.parametrize(
    ("side", "masks"), [(1, 3), (3, 2), (5, 1), (9, 1)], ids=["one cell", "three cells", "five cells", "nine cells"]
)
def test_thin_masks_begin_wider(side: int, masks: int) -> None:
    cells = np.zeros((21, 21), np.float32)
    half = side // 2
    cells[10 - half : 11 + half, :] = 1
    shrinking = shrinking_masks(cells)
    assert len(shrinking) == masks
    np.testing.assert_array_equal(shrinking[-1], cells)
    widths = [int((mask[:, 10] > 0).sum()) for mask in shrinking]
    assert widths == [side + 2 * (masks - 1 - n) for n in range(masks)]


def test_a_shrinking_mask_is_in_force_for_equal_shares_of_the_run() -> None:
    masks = tuple(torch.full((1,), float(n)) for n in range(3))
    blend = Blend(torch.zeros(1), torch.zeros(1), masks, tuple(Level(1, 9 - n) for n in range(10)))
    assert [int(blend.mask(step)) for step in range(9)] == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_samplers_by_name_and_those_that_are_not_known() -> None:
    own = PNDMScheduler(skip_prk_steps=True, **BETAS)
    assert isinstance(make_scheduler(own, ""), DDIMScheduler)
    assert isinstance(make_scheduler(own, "dpm++"), DPMSolverMultistepScheduler)
    with pytest.raises(BackendUnavailable, match="no sampler called 'magic'; there are: euler-a"):
        make_scheduler(own, "magic")
    with pytest.raises(BackendUnavailable, match="leave GGEDIT_EDITOR_SCHEDULER empty"):
        make_scheduler(FlowMatchEulerDiscreteScheduler(), "ddim")
    heun = HeunDiscreteScheduler(**BETAS)
    heun.set_timesteps(4)
    with pytest.raises(BackendUnavailable, match="HeunDiscreteScheduler is not known here"):
        levels_of(heun)


@pytest.mark.parametrize("make", [pipelines.inpainting, pipelines.kontext], ids=["inpainting", "kontext"])
def test_other_families_hold_the_surroundings_too(make: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = make()
    pipe.set_progress_bar_config(disable=True)
    family = (Kontext if make is pipelines.kontext else Inpainting)(pipe)
    recorder = Recorder(monkeypatch)
    events: list[Any] = []
    task = make_task(square(family.cell), cell=family.cell, steps=4, strength=0.5, seeds=(1, 2))
    drawn = Engine(family).draw(task, events.append)
    assert drawn.pictures.shape == (2, 64, 64, 3) and len(events) == 2
    assert not np.array_equal(drawn.pictures[0], drawn.pictures[1])
    blend = recorder.blend
    assert blend is not None
    outside = (blend.masks[-1] == 0).expand_as(recorder.after[-1])
    assert torch.equal(recorder.after[-1][outside], blend.source.expand_as(recorder.after[-1])[outside])
