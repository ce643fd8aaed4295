"""Where everything may change, the editor is the stock pipeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler, DPMSolverMultistepScheduler, EulerAncestralDiscreteScheduler
from PIL import Image

from ggedit.backends.diffusion.editor import BlendedEditor
from ggedit.config import Settings
from ggedit.core.picture import Picture
from ggedit.core.plan import Restyle
from ggedit.core.result import StepOutcome
from ggedit.ports import EditJob
from tests.backends.diffusion.conftest import instruct_engine, make_pixels, make_task
from tests.tiny.pipelines import BETAS

SCHEDULERS = [EulerAncestralDiscreteScheduler, DDIMScheduler, DPMSolverMultistepScheduler]


def stock(pipe: Any, pixels: np.ndarray, seed: int, steps: int) -> np.ndarray:
    return pipe(
        "make it red",
        image=Image.fromarray(pixels),
        num_inference_steps=steps,
        guidance_scale=7.5,
        image_guidance_scale=1.5,
        generator=torch.Generator().manual_seed(seed),
        output_type="np",
    ).images


@pytest.mark.parametrize("scheduler", SCHEDULERS, ids=lambda kind: kind.__name__)
def test_a_mask_of_ones_gives_the_stock_pipelines_picture(scheduler: type) -> None:
    engine = instruct_engine(scheduler(**BETAS))
    expected = stock(engine.family.pipeline, make_pixels(), 7, 4)
    drawn = engine.draw(make_task(), lambda event: None)
    np.testing.assert_allclose(drawn.pictures, expected, atol=1e-5, rtol=0)
    assert expected.std() > 0.05


def test_the_whole_editor_gives_the_stock_pipelines_pixels(settings_for: Callable[..., Settings]) -> None:
    editor = BlendedEditor(settings_for(editor_steps=4))
    pixels = make_pixels()
    job = EditJob(picture=Picture(pixels), step=Restyle(look="red", prompt="make it red"), seed=7)
    *_, outcome = editor.edit(job)
    assert isinstance(outcome, StepOutcome)
    (patch,) = outcome.patches
    expected = stock(editor._loaded().family.pipeline, pixels, 7, 4)
    assert (patch.alpha == 1).all()
    np.testing.assert_array_equal(patch.pixels, np.rint(expected[0] * 255).astype(np.uint8))


def test_the_pipelines_own_sampler_and_checker_are_put_back() -> None:
    engine = instruct_engine()
    own = engine.family.pipeline.scheduler
    engine.draw(make_task(scheduler="ddim", steps=2), lambda event: None)
    assert engine.family.pipeline.scheduler is own
