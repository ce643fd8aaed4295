"""The page with a detector and a segmenter of the full tier, named in .env: tiny random weights, all else real."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("torch")
pytest.importorskip("groundingdino")
pytest.importorskip("segment_anything")

from .conftest import Launched
from .steps import ask, click_picture, downloaded_png, idle, mask_area, open_photo, run_plan, tool

_SLOW_MS = 120_000


@pytest.fixture(scope="module")
def full_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page as a person gets it who put the makers' files somewhere and named them in .env."""
    from ggedit.assembly import Assembly
    from ggedit.config import load_settings
    from ggedit.ui import build as building
    from tests.tiny import environment_of

    folder = tmp_path_factory.mktemp("full")
    lines = {
        **environment_of("detector", "groundingdino"),
        **environment_of("segmenter", "sam"),
        "GGEDIT_SEGMENTER": "sam",
        "GGEDIT_BOX_THRESHOLD": "0.001",
        "GGEDIT_TEXT_THRESHOLD": "0.001",
        "GGEDIT_HOME": str(folder / "home"),
    }
    (folder / ".env").write_text("".join(f"{name}={value}\n" for name, value in lines.items()), "utf-8")
    settings = load_settings({}, dotenv=folder / ".env")
    with Launched(Assembly(settings), settings.home, building) as (url, _):
        yield url


def test_a_mask_of_the_full_tier_is_corrected_and_the_edit_ends(
    full_url: str, open_page: Callable[..., Any], photo: Path
) -> None:
    page = open_page(full_url)
    open_photo(page, photo)
    ask(page, "make the left cup darker", timeout_ms=_SLOW_MS)
    assert badge(page, "Find") == ("full", "groundingdino")
    assert badge(page, "Outline") == ("full", "sam")
    assert badge(page, "Plan") == ("embedded", "rules")
    summary = page.locator("#progress .gg-kit summary").inner_text()
    assert "finds things, outlines them" in summary and summary.endswith("the rest is embedded")
    chosen = page.locator("#progress .gg-kit .is-chosen").all_text_contents()
    assert any("groundingdino" in row and "full" in row for row in chosen)
    before = mask_area(page)
    tool(page, "include")
    click_picture(page, 300, 250)
    idle(page, timeout_ms=_SLOW_MS)
    page.wait_for_selector("#canvas .gg-point.is-in")
    assert mask_area(page) != before, "the click asked the segmenter again"
    assert badge(page, "Outline") == ("full", "sam")
    run_plan(page, timeout_ms=_SLOW_MS)
    assert badge(page, "Edit") == ("embedded", "classical")
    after, source = downloaded_png(page), np.asarray(Image.open(photo).convert("RGB"))
    assert after.shape == source.shape and (after != source).any()


def badge(page: Any, stage: str) -> tuple[str, str]:
    """A stage's tier as its badge says, and the backend as its help says."""
    pill = page.locator("#progress .gg-stage").filter(has=page.locator(".gg-stage-name", has_text=stage))
    help_ = pill.get_attribute("title")
    return pill.locator(".gg-tier").inner_text(), help_.splitlines()[1].partition("@")[0]
