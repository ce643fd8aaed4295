"""The scene graph: fixing what was seen, and asking for a change, are two different things."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .steps import analysed, box_of, idle


def _node(page: Any, id_: str) -> Any:
    return page.locator(f"#graph .gg-node[data-node='{id_}']")


def _title(page: Any) -> str:
    return page.locator("#plan .gg-step-title").first.inner_text()


def test_selecting_a_node_selects_its_box_without_asking_the_server(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    _node(page, "lamp-1").click()
    page.wait_for_selector("#canvas .gg-box[data-id='lamp-1'].is-selected")
    assert box_of(page, "lamp-1")
    assert not asked


def test_a_name_that_is_fixed_changes_what_was_seen_and_no_pixel(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    _node(page, "cup-1").click()
    name = page.locator("#graph [data-key=label]")
    name.fill("mug")
    name.press("Enter")
    idle(page)
    assert _title(page) == "Remove the mug"
    assert page.locator("#history .gg-thumb").count() == 1, "no turn was made"


def test_wishes_are_told_in_words_planned_and_only_then_run(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    page.locator("#graph .gg-mode-ask").click()
    _node(page, "lamp-1").click()
    looks = page.locator("#graph [data-key=attributes]")
    looks.fill("blue")
    looks.press("Enter")
    assert page.locator("#graph .gg-wishes li").inner_text().startswith("Make the lamp blue")
    assert _title(page) == "Remove the cup", "nothing is planned yet"
    page.locator("#graph [data-key=plan]").click()
    page.wait_for_function("() => document.querySelector('#plan .gg-step-title').textContent === 'Make the lamp blue'")
    idle(page)
    assert page.locator("#graph .gg-wishes").is_hidden()


def test_the_first_delete_asks_what_it_means(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    _node(page, "lamp-1").click()
    page.locator("#graph [data-key=delete]").click()
    page.locator("#graph [data-key=should-go]").click()
    assert page.locator("#graph .gg-wishes li").inner_text().startswith("Remove the lamp")
    assert page.locator("#graph .gg-node.is-gone").count() == 1
    page.locator("#graph [data-key=plan]").click()
    page.wait_for_function("() => document.querySelector('#plan .gg-step-title').textContent === 'Remove the lamp'")


def test_a_fixed_delete_takes_the_node_away(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    _node(page, "lamp-1").click()
    page.locator("#graph [data-key=delete]").click()
    page.locator("#graph [data-key=is-wrong]").click()
    _node(page, "lamp-1").wait_for(state="detached")
    idle(page)


def test_things_are_connected_and_the_relation_is_typed(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    _node(page, "cup-1").click()
    page.locator("#graph [data-key=connect]").click()
    _node(page, "lamp-1").click()
    page.wait_for_selector("#graph .gg-relation[data-edge='cup-1→lamp-1']")
    idle(page)
    relation = page.locator("#graph [data-key=relation]")
    relation.fill("lit by")
    relation.press("Enter")
    idle(page)
    assert "lit by" in page.locator("#graph .gg-relation text").all_text_contents()


def test_modification_lines_are_planned(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    page.locator("#graph .gg-mode-ask").click()
    page.locator("#graph summary", has_text="Files and lines").click()
    page.locator("#graph [data-key=lines]").fill("Remove: 'lamp'")
    page.get_by_role("button", name="Plan these lines", exact=True).click()
    page.wait_for_function("() => document.querySelector('#plan .gg-step-title').textContent === 'Remove the lamp'")
    idle(page)


def test_a_node_is_dragged_and_arranged_again(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    node = _node(page, "cup-1")
    before = node.get_attribute("transform")
    frame = node.bounding_box()
    page.mouse.move(frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] / 2 + 40, frame["y"] + 60, steps=4)
    page.mouse.up()
    assert node.get_attribute("transform") != before
    page.locator("#graph [data-key=arrange]").click()
    assert node.get_attribute("transform") == before
