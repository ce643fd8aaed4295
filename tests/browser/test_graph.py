"""The scene graph: fixing what was seen, and asking for a change, are two different things."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .mounted import mount
from .steps import analysed, box_of, drag_picture, idle


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


def test_wishes_are_taken_back_and_brought_back(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    page.locator("#graph .gg-mode-ask").click()
    _node(page, "lamp-1").click()
    for word in ("blue", "old"):
        looks = page.locator("#graph [data-key=attributes]")
        looks.fill(word)
        looks.press("Enter")
    rows = page.locator("#graph .gg-wishes li")
    assert rows.count() == 2
    page.locator("#graph [data-key=undo]").click()
    assert rows.count() == 1
    page.locator("#graph [data-key=redo]").click()
    assert rows.count() == 2
    assert page.locator("#canvas .gg-box[data-id='cup-1']").count() == 1, "the request was not touched"


def test_undo_in_the_graph_takes_back_a_correction(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    _node(page, "cup-1").click()
    name = page.locator("#graph [data-key=label]")
    name.fill("mug")
    name.press("Enter")
    idle(page)
    page.locator("#graph [data-key=undo]").click()
    page.wait_for_function("() => document.querySelector('#plan .gg-step-title').textContent === 'Remove the cup'")
    idle(page)
    page.locator("#graph .gg-graph-svg").press("Control+Shift+z")
    page.wait_for_function("() => document.querySelector('#plan .gg-step-title').textContent === 'Remove the mug'")
    idle(page)


def test_a_missed_thing_is_named_and_then_drawn(page: Any, photo: Path) -> None:
    analysed(page, photo, "remove the cup")
    page.locator("#graph [data-key=missed-label]").fill("red hat")
    page.locator("#graph [data-key=missed-draw]").click()
    page.locator("#canvas .gg-notice", has_text="Draw a box around the red hat").wait_for()
    drag_picture(page, (250, 40), (330, 120))
    idle(page)
    assert box_of(page, "hat-u1")
    assert _title(page) == "Remove the cup", "it is there, and nothing is asked of it"
    assert "red hat" in page.locator("#canvas .gg-box[data-id='hat-u1']").text_content()


def _graph_file(page: Any, tmp_path: Path) -> Path:
    """The saved graph with the lamp renamed and the cup gone."""
    page.locator("#graph summary", has_text="Files and lines").click()
    with page.expect_download() as download:
        page.locator("#graph [data-key=save-graph]").click()
    document = json.loads(Path(download.value.path()).read_text())
    graph = document["value"]
    lamp = {"label": "torch"}
    graph["nodes"] = [n | (lamp if n["id"] == "lamp-1" else {}) for n in graph["nodes"] if n["id"] != "cup-1"]
    graph["edges"] = [e for e in graph["edges"] if "cup-1" not in (e["subject"], e["object"])]
    path = tmp_path / "graph.json"
    path.write_text(json.dumps(document))
    return path


def test_a_graph_is_saved_and_loaded_as_wishes(page: Any, photo: Path, tmp_path: Path) -> None:
    analysed(page, photo, "make the cup blue")
    path = _graph_file(page, tmp_path)
    page.locator("#graph .gg-mode-ask").click()
    page.get_by_label("Load graph (JSON)", exact=True).set_input_files(path)
    told = page.locator("#graph .gg-wishes li")
    told.nth(1).wait_for()
    assert [text.rstrip("✕") for text in told.all_inner_texts()] == ["Remove the cup", "Replace the lamp with torch"]
    assert _title(page) == "Make the cup blue", "nothing is planned yet"
    page.locator("#graph [data-key=write-lines]").click()
    lines = page.locator("#graph [data-key=lines]").input_value()
    assert lines == "Remove: 'cup'\nReplace 'lamp' by 'torch'"


def test_a_loaded_graph_can_correct_what_was_seen(page: Any, photo: Path, tmp_path: Path) -> None:
    analysed(page, photo, "make the cup blue")
    path = _graph_file(page, tmp_path)
    page.get_by_label("Load graph (JSON)", exact=True).set_input_files(path)
    _node(page, "cup-1").wait_for(state="detached")
    idle(page)
    assert "torch" in _node(page, "lamp-1").text_content()


def test_a_file_that_is_no_graph_is_answered_in_one_sentence(page: Any, photo: Path, tmp_path: Path) -> None:
    analysed(page, photo, "make the cup blue")
    path = tmp_path / "graph.json"
    path.write_text("[1, 2]")
    page.locator("#graph summary", has_text="Files and lines").click()
    page.get_by_label("Load graph (JSON)", exact=True).set_input_files(path)
    page.locator("#graph .gg-notice", has_text="no nodes and edges").wait_for()


def test_forty_things_stay_readable(page: Any) -> None:
    nodes = [
        {"id": f"n{n}", "label": f"thing {n}", "attributes": [], "kind": "object", "found": True, "concept": "",
         "caption": "", "box": [n * 37 % 800, n * 53 % 600, n * 37 % 800 + 90, n * 53 % 600 + 90], "hue": n}
        for n in range(40)
    ]  # fmt: skip
    edges = [
        {"subject": f"n{n}", "relation": "on", "object": f"n{(n * 7 + 1) % 40}", "kind": "spatial"} for n in range(40)
    ]
    mount(page, "graph", {"nodes": nodes, "edges": edges, "relations": [], "width": 900, "height": 700, "ready": True})
    texts = page.locator("#graph .gg-node text")
    assert texts.count() == 40
    assert min(box["height"] for box in _frames(texts)) >= 10
    frames = _frames(page.locator("#graph .gg-node > rect"))
    assert not [(a, b) for i, a in enumerate(frames) for b in frames[i + 1 :] if _meet(a, b)]
    page.locator("#graph [data-key=large]").click()
    room = page.locator("#graph .gg-graph-room").bounding_box()
    assert room["width"] > 1200
    page.locator("#graph .gg-graph-svg").press("Escape")
    assert page.locator("#graph .gg-graph-room").bounding_box()["width"] < 700


def _frames(found: Any) -> list[dict[str, float]]:
    return [found.nth(n).bounding_box() for n in range(found.count())]


def _meet(a: dict[str, float], b: dict[str, float]) -> bool:
    return (
        abs(a["x"] - b["x"]) < (a["width"] + b["width"]) / 2 and abs(a["y"] - b["y"]) < (a["height"] + b["height"]) / 2
    )
