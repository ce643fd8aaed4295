"""A small diffusion pipeline in a folder, named in .env, as the page's editor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ggedit.core.picture import encode_picture
from tests.pictures import load
from tests.tiny import pipelines

from .conftest import Launched
from .steps import ask, downloaded_png, drag_picture, idle, open_photo, run_plan, tool

pytestmark = pytest.mark.slow

_SLOW_MS = 120_000


@pytest.fixture(scope="module")
def drawing_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page as a person has it who wrote the model's folder into .env."""
    from ggedit.assembly import Assembly
    from ggedit.config import load_settings
    from ggedit.ui import build as building

    home = tmp_path_factory.mktemp("drawn")
    model = pipelines.saved(pipelines.instruct_pix2pix(), home / "tiny")
    named = home / ".env"
    named.write_text(
        f"GGEDIT_EDITOR=blended\nGGEDIT_EDITOR_MODEL={model}\nGGEDIT_EDITOR_STEPS=3\nGGEDIT_EDITOR_SIZE=64\n"
        f"GGEDIT_DEVICE=cpu\nGGEDIT_HOME={home / 'kept'}\nGGEDIT_PARSER=rules\n"
        "GGEDIT_DETECTOR=yolo-tiny\nGGEDIT_SEGMENTER=grabcut\n"
    )
    with Launched(Assembly(load_settings({}, named)), home, building) as (url, _):
        yield url


def test_the_page_draws_with_the_model_in_the_folder(
    drawing_url: str, open_page: Callable[..., Any], tmp_path: Path
) -> None:
    photo = load("coffee")
    path = tmp_path / "coffee.png"
    path.write_bytes(encode_picture(photo))
    page = open_page(drawing_url)
    open_photo(page, path)
    ask(page, "make the spoon wooden", timeout_ms=_SLOW_MS)
    tool(page, "box")
    drag_picture(page, (310, 250), (470, 400))
    idle(page, timeout_ms=_SLOW_MS)
    page.locator("#plan [data-key=editor-settings]").click()
    seed = page.locator("#plan [data-key=seed]")
    seed.fill("5")
    seed.press("Enter")
    idle(page, timeout_ms=_SLOW_MS)
    run_plan(page, timeout_ms=_SLOW_MS)
    assert page.locator("#progress .gg-tier-full").count() >= 1, "the badge names the tier that drew"
    page.locator("#history [data-key=keep]").click()
    idle(page)
    changed = (downloaded_png(page) != photo.pixels).any(axis=2)
    ys, xs = np.nonzero(changed)
    assert changed.any()
    assert xs.min() > 250 and ys.min() > 190 and ys.max() <= photo.extent.height, "only around the spoon"
