"""The language model's switch and the plan by the rules, on a page whose planner asks one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import Launched
from .steps import ask, idle, open_photo


@pytest.fixture(scope="module")
def asking_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page with a language model that gives no plan."""
    from ggedit.backends.scripted import ScriptedPlanner, scripted_kit
    from ggedit.core.plan import EditPlan, Refusal
    from ggedit.ui import build as building
    from tests.ui.doubles import ScriptedOpener

    refused = EditPlan((), "No.", "small-model", (Refusal("remove the cup", "It made no plan."),))
    kit = scripted_kit(planner=ScriptedPlanner(make=lambda _: refused))
    with Launched(ScriptedOpener(kit, chat=True), tmp_path_factory.mktemp("asking"), building) as (url, _):
        yield url


def test_a_refused_plan_is_made_by_the_rules_and_the_switch_tells_it(
    asking_url: str, open_page: Callable[..., Any], photo: Path
) -> None:
    page = open_page(asking_url, viewport={"width": 390, "height": 844})
    switch = page.get_by_label("Language model (small-model)")
    assert switch.is_checked()
    open_photo(page, photo)
    ask(page, "remove the cup")
    page.locator("#plan [data-key=by-rules]").click()
    page.wait_for_selector("#plan .gg-step")
    idle(page)
    assert page.locator("#plan .gg-step-title").inner_text() == "Remove the cup"
    assert page.locator("#plan [data-key=by-rules]").is_hidden()
    switch.uncheck()
    idle(page)
    page.locator("#plan .gg-planner summary").first.click()
    page.locator("#plan .gg-planner", has_text="rules@1 is the planner, geometry@1 is the describer").wait_for()
    switch.check()
    idle(page)
    page.locator("#plan .gg-planner", has_text="What it is sent is shown here").wait_for()
    wide = "() => document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(wide), "nothing stands out at the side"
