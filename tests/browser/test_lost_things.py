"""Proposed boxes, SGEdit's files and learning, as a person meets them on the page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from .conftest import Launched
from .mounted import mount
from .steps import analysed, box_of, click_picture, drag_picture, idle


@pytest.fixture(scope="module")
def hat_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A page whose describer speaks of a hat and a mug that have no box."""
    from ggedit.backends.scripted import scripted_kit
    from ggedit.ui import build as building
    from tests.ui.doubles import ScriptedOpener
    from tests.ui.test_lost_things import SeesAHat

    home, kit = tmp_path_factory.mktemp("hat"), scripted_kit()
    kit = replace(kit, describer=replace(kit.describer, use=SeesAHat()))
    with Launched(ScriptedOpener(kit, home=home), home, building) as (url, _):
        yield url


def test_a_proposed_box_is_dashed_and_confirmed_at_one_click(
    hat_url: str, open_page: Callable[..., Any], photo: Path
) -> None:
    page = open_page(hat_url)
    analysed(page, photo, "remove the cup")
    assert page.locator("#canvas .gg-proposed[data-id='hat-1']").count() == 1
    click_picture(page, 35, 50)
    page.locator("#canvas .gg-details", has_text="The hat may be in the dashed box.").wait_for()
    page.locator("#canvas [data-key=confirm-hat-1]").click()
    page.wait_for_selector("#canvas .gg-proposed", state="detached")
    idle(page)
    assert box_of(page, "hat-1") == [10, 20, 60, 80]


def test_a_lost_thing_of_the_graph_is_drawn(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    page.locator("#graph [data-key=missed-label]").fill("mug")
    page.locator("#graph [data-key=missed-add]").click()
    page.locator("#graph .gg-node[data-node='mug-n1']").click()
    page.locator("#canvas .gg-details", has_text="The mug was not found: draw a box around it.").wait_for()
    page.locator("#graph [data-key=draw-lost]").click()
    drag_picture(page, (250, 40), (330, 120))
    page.wait_for_selector("#canvas .gg-box[data-id='mug-n1']")
    idle(page)


def test_sgedits_file_comes_in_and_goes_out(page: Any, photo: Path, tmp_path: Path) -> None:
    analysed(page, photo, "remove the cup")
    path = tmp_path / "sg_dict.json"
    boxes = [[0.1, 0.1, 0.3, 0.4], [0.0, 0.4, 0.9975, 0.9967]]
    path.write_text(json.dumps({"objects": ["vase", "table"], "tuples": [["vase", "on", "table"]], "bboxes": boxes}))
    page.locator("#graph summary", has_text="Files and lines").click()
    page.get_by_label("Load graph (JSON)", exact=True).set_input_files(path)
    page.locator("#graph .gg-node", has_text="vase").wait_for()
    idle(page)
    with page.expect_download() as download:
        page.locator("#graph [data-key=save-sg-dict]").click()
    saved = json.loads(Path(download.value.path()).read_text())
    assert dict(zip(saved["objects"], saved["bboxes"], strict=True)) == dict(zip(("vase", "table"), boxes, strict=True))
    assert saved["tuples"] == [["vase", "on", "table"]]


def test_a_thing_is_learned_and_says_so(hat_url: str, open_page: Callable[..., Any], photo: Path) -> None:
    page = open_page(hat_url)
    analysed(page, photo, "remove the cup")
    page.locator("#graph .gg-node[data-node='cup-1']").click()
    page.locator("#graph [data-key=learn]").click()
    page.locator("#graph .gg-inspect", has_text="Learned as <cup-1>.").wait_for()
    idle(page)
    assert page.locator("#graph .gg-node[data-node='cup-1'] .gg-concept").count() == 1


def test_where_nothing_can_be_learned_the_button_says_what_is_lacking(page: Any) -> None:
    lacks = "Learning lacks a CUDA or MPS device: GGEDIT_LEARNER=concepts takes it all the same."
    node = {"id": "cup-1", "label": "cup", "attributes": [], "kind": "object", "found": True, "box": [0, 0, 9, 9]}
    nodes = [node | {"hue": 0, "concept": "", "caption": ""}]
    view = {"nodes": nodes, "edges": [], "relations": [], "ready": True, "width": 40, "height": 30}
    mount(page, "graph", view | {"background": "", "learning": {"lacks": lacks}})
    page.locator("#graph .gg-node[data-node='cup-1']").click()
    assert page.locator("#graph [data-key=learn]").is_disabled()
    page.locator("#graph summary", has_text="What it lacks").click()
    assert page.locator("#graph .gg-inspect").get_by_text(lacks).is_visible()
