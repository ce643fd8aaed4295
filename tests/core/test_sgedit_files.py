"""SGEdit's scene graph files, there and back."""

from __future__ import annotations

import json

import pytest

from ggedit.core.errors import BadInput
from ggedit.core.geometry import Box, Extent
from ggedit.core.scene import Edge, EdgeKind, Node, NodeKind, NodeStatus, SceneGraph
from ggedit.core.sgedit_files import read_sg_dict, write_sg_dict

EXTENT = Extent(512, 384)
DOCUMENT = {
    "objects": ["man in red shirt", "cup-1", "cup-2", "beach"],
    "tuples": [["man in red shirt", "holding", "cup-1"], ["cup-2", "left of", "cup-1"]],
    "bboxes": [[0.1, 0.2, 0.5, 0.9974], [0.25, 0.5, 0.3, 0.6], [0.0, 0.0, 0.0, 0.0], [0.0, 0.5, 0.998, 0.9974]],
    "desc": [
        "A photo of a <asset0> sitting on a chair. He wears a red shirt.",
        "A photo of a <asset0>. It is white.", "", "",
    ],
    "alias": ["<shirt-0>", "<cup-1>", "<cup-2>", "beach"],
}  # fmt: skip


def test_what_a_document_says():
    read = read_sg_dict(DOCUMENT, EXTENT)
    man, cup, lost, beach = read.graph.nodes
    assert (man.id, man.label, man.kind, man.pose) == (
        "shirt-1",
        "man in red shirt",
        NodeKind.ANIMATE,
        "sitting on a chair",
    )
    assert man.caption == "He wears a red shirt."
    assert (cup.id, cup.label, cup.kind, cup.caption) == ("cup-1", "cup", NodeKind.OBJECT, "It is white.")
    assert cup.box is not None and cup.box.xyxy == pytest.approx((128, 192, 154.6, 231.4))
    assert (lost.label, lost.status, lost.box) == ("cup", NodeStatus.NOT_FOUND, None)
    assert beach.kind is NodeKind.BACKGROUND
    assert [(e.subject, e.relation, e.object, e.kind) for e in read.graph.edges] == [
        ("shirt-1", "holding", "cup-1", EdgeKind.INTERACTION),
        ("cup-2", "left of", "cup-1", EdgeKind.SPATIAL),
    ]
    assert read.notes == ("'cup' was not found by SGEdit: draw a box around it.",)


def test_a_document_survives_there_and_back():
    written = json.loads(json.dumps(write_sg_dict(read_sg_dict(DOCUMENT, EXTENT).graph, EXTENT)))
    changed = {"desc": [*DOCUMENT["desc"][:2], "A photo of a <asset0>.", ""]}
    assert written == DOCUMENT | changed
    assert write_sg_dict(read_sg_dict(written, EXTENT).graph, EXTENT) == written


def test_a_graph_survives_there_and_back():
    graph = SceneGraph(
        (
            Node("dog-1", "dog", Box(10, 20, 110, 220), kind=NodeKind.ANIMATE, caption="It is brown.", pose="running"),
            Node("tree-1", "tree", Box(0, 0, 512, 384), caption="It is tall."),
            Node("tree-2", "tree", Box(300, 100, 400, 300), caption="It is bare."),
        ),
        (Edge("dog-1", "behind", "tree-2"),),
    )
    again = read_sg_dict(write_sg_dict(graph, EXTENT), EXTENT).graph
    assert again.edges == graph.edges
    for old, new in zip(graph.nodes, again.nodes, strict=True):
        assert old.box is not None and new.box is not None
        assert new.box.xyxy == pytest.approx(old.box.xyxy, abs=0.06)
        assert (new.id, new.label, new.kind, new.caption, new.pose) == (
            old.id,
            old.label,
            old.kind,
            old.caption,
            old.pose,
        )


def test_boxes_that_sgedit_left_as_width_and_height_are_known():
    read = read_sg_dict({"objects": ["cup"], "tuples": [], "bboxes": [[0.5, 0.5, 0.25, 0.25]]}, EXTENT)
    box = read.graph.nodes[0].box
    assert box is not None and box.xyxy == pytest.approx((256, 192, 385, 289))
    assert "left, top, width, height" in read.notes[0]


def test_a_relation_to_nothing_is_left_out_and_said():
    document = {"objects": ["cup"], "tuples": [["cup", "on", "table"]], "bboxes": [[0, 0, 0.5, 0.5]]}
    read = read_sg_dict(document, EXTENT)
    assert read.graph.edges == () and "'table' is none of the objects" in read.notes[0]


BAD = {
    "a list": [],
    "no objects": {"tuples": []},
    "no object at all": {"objects": [], "tuples": [], "bboxes": []},
    "a number as a name": {"objects": [3], "tuples": [], "bboxes": [[0, 0, 1, 1]]},
    "too few boxes": {"objects": ["a", "b"], "tuples": [], "bboxes": [[0, 0, 1, 1]]},
    "a box of three": {"objects": ["a"], "tuples": [], "bboxes": [[0, 0, 1]]},
    "a box in pixels": {"objects": ["a"], "tuples": [], "bboxes": [[10, 10, 100, 100]]},
    "a box in words": {"objects": ["a"], "tuples": [], "bboxes": [["x", 0, 1, 1]]},
    "not a number": {"objects": ["a"], "tuples": [], "bboxes": [[float("nan"), 0, 1, 1]]},
    "a tuple of two": {"objects": ["a"], "tuples": [["a", "on"]], "bboxes": [[0, 0, 1, 1]]},
    "tuples as text": {"objects": ["a"], "tuples": "a on b", "bboxes": [[0, 0, 1, 1]]},
    "thousands": {"objects": ["a"] * 5000, "tuples": [], "bboxes": [[0, 0, 1, 1]] * 5000},
}


@pytest.mark.parametrize("document", BAD.values(), ids=BAD)
def test_what_is_no_such_document(document):
    with pytest.raises(BadInput):
        read_sg_dict(document, EXTENT)
