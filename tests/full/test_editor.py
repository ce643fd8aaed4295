"""Editing with a published model: skipped, with the reason, where its weights are not on this machine.

``ggedit models fetch blended`` brings them; ``GGEDIT_EDITOR_MODEL`` names another pipeline.
Run: python -m pytest -rs tests/full
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.editor import make_scene
from ggedit.config import Settings, load_settings
from ggedit.core.compositing import composite
from ggedit.core.geometry import Extent
from ggedit.core.masks import grow
from ggedit.core.plan import Restyle, grow_px_of
from ggedit.core.result import StepOutcome
from ggedit.ports import EditJob
from ggedit.registry import all_specs, has_accelerator, missing

pytestmark = [pytest.mark.full, pytest.mark.slow]


@pytest.fixture(scope="module")
def settings() -> Settings:
    settings = replace(load_settings(), editor_steps=20)
    (spec,) = (spec for spec in all_specs() if (spec.port, spec.name) == ("editor", "blended"))
    lacks = missing(spec, settings)
    if lacks:
        pytest.skip(f"{settings.editor_model}: {lacks[0].what} is missing: {lacks[0].mend}")
    if not has_accelerator(settings):
        pytest.skip("no CUDA or MPS device: twenty steps take many minutes on a CPU")
    return settings


def test_a_red_oval_becomes_blue_and_nothing_else_changes(settings: Settings) -> None:
    from ggedit.backends.diffusion.editor import BlendedEditor

    picture, mask = make_scene(Extent(1024, 768))
    step = Restyle(node="oval-1", look="blue", prompt="make the oval blue", negative="")
    *_, outcome = BlendedEditor(settings).edit(EditJob(picture=picture, step=step, mask=mask, seed=1))
    assert isinstance(outcome, StepOutcome)
    after, differs = composite(picture.pixels, outcome.patches, None)
    assert not differs[~grow(mask.full(), grow_px_of(step, picture.extent) + step.feather_px)].any()
    before_blue, after_blue = (p[mask.full()].mean(axis=0) for p in (picture.pixels, after))
    assert after_blue[2] - before_blue[2] > 20 and before_blue[0] - after_blue[0] > 20
    assert np.isfinite(after).all()
