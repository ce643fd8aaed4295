"""The generating editor's settings: only where such an editor is, with help, and on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from .conftest import Launched
from .steps import analysed, idle, open_photo, run_plan

PHONE = {"viewport": {"width": 390, "height": 844}}
INSIDE = "() => document.documentElement.scrollWidth <= innerWidth"


@pytest.fixture(scope="module")
def drawing_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page whose editor is one of the full tier."""
    from ggedit.backends.scripted import scripted_kit
    from ggedit.core.turn import Tier
    from ggedit.ui import build as building
    from tests.ui.doubles import ScriptedOpener

    kit = scripted_kit()
    kit = replace(kit, editor=replace(kit.editor, tier=Tier.FULL, name="blended@1"))
    with Launched(ScriptedOpener(kit), tmp_path_factory.mktemp("drawing"), building) as (url, _):
        yield url


def test_where_no_editor_draws_there_are_no_settings(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    assert page.locator("#plan .gg-editor-settings").is_hidden()


def test_settings_have_help_and_fit_a_phone(drawing_url: str, open_page: Callable[..., Any], photo: Path) -> None:
    page = open_page(drawing_url, **PHONE)
    assert page.locator("#plan .gg-editor-settings").is_hidden(), "nothing was asked yet"
    open_photo(page, photo)
    page.locator("#gg-instruction").fill("remove the cup")
    page.get_by_role("button", name="Analyse", exact=True).click()
    page.locator("#plan [data-key=editor-settings]").click()
    fields = page.locator("#plan .gg-editor-settings [data-option]")
    assert fields.count() == 11
    for field in fields.all():
        assert field.get_attribute("title") and field.get_attribute("aria-label")
        frame = field.bounding_box()
        assert frame["x"] >= 0 and frame["x"] + frame["width"] <= 390
    assert page.evaluate(INSIDE), "nothing stands out at the side"
    steps = page.locator("#plan [data-key=editor-steps]")
    steps.fill("0")
    steps.press("Enter")
    page.locator("#plan .gg-editor-settings [role=alert]", has_text="Steps: give a number from").wait_for()
    steps.fill("12")
    steps.press("Enter")
    idle(page)
    assert steps.input_value() == "12"
    run_plan(page)
    page.locator("#plan .gg-ran", has_text="remove by blended@1").wait_for()
    assert steps.input_value() == "12"
