"""SGEdit's modification lines."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ggedit.core.errors import BadInput
from ggedit.core.geometry import Box
from ggedit.core.modifications import (
    EXAMPLES,
    AddObject,
    ChangeRelation,
    Modification,
    RemoveObject,
    ReplaceObject,
    Triple,
    graph_edits,
    modification_from_json,
    modification_to_json,
    modifications_of,
    read_modifications,
    write_modification,
    write_modifications,
)
from ggedit.core.scene import Edge, InsertNode, Node, RelateNode, RemoveNode, ReplaceNode, RestyleNode, SceneGraph

CAT_ON_SOFA = Triple("cat", "on", "sofa")

LINES = {
    "Add an object: 'cat'. Add tuple: ['cat' -> on -> 'sofa']": AddObject("cat", CAT_ON_SOFA),
    "add an object: cat. add tuple: [cat -> on -> sofa]": AddObject("cat", CAT_ON_SOFA),
    'ADD AN OBJECT: "cat". ADD TUPLE: ["cat" -> "on" -> "sofa"].': AddObject("cat", CAT_ON_SOFA),
    "Add an object: 'cat'": AddObject("cat"),
    "Add object 'cat'. Add tuple ['cat'->on->'sofa']": AddObject("cat", CAT_ON_SOFA),
    "Remove: 'dog'": RemoveObject("dog"),
    "remove: dog": RemoveObject("dog"),
    "Remove 'the man's hat'": RemoveObject("the man's hat"),
    "Remove: ‘dog’.": RemoveObject("dog"),
    "Replace 'dog' by 'wolf'": ReplaceObject("dog", "wolf"),
    "Replace dog by wolf": ReplaceObject("dog", "wolf"),
    "replace 'the boy's ball' by 'an apple'": ReplaceObject("the boy's ball", "an apple"),
    "Replace 'man standing by door' by 'robot'": ReplaceObject("man standing by door", "robot"),
    "Replace 'dog' with 'wolf'": ReplaceObject("dog", "wolf"),
    "Modify a relationship: from ['man' -> left of -> 'car'] to ['man' -> right of -> 'car']": ChangeRelation(
        Triple("man", "left of", "car"), Triple("man", "right of", "car")
    ),
    "modify the relationship: from [man → holding → cup] to [man → next to → cup]": ChangeRelation(
        Triple("man", "holding", "cup"), Triple("man", "next to", "cup")
    ),
}


@pytest.mark.parametrize(("line", "edit"), LINES.items(), ids=list(LINES))
def test_reads_a_line(line, edit):
    assert read_modifications(line) == (edit,)


def test_reads_a_file_in_order_and_skips_blank_lines():
    text = "\n\n" + "\n   \n".join(EXAMPLES) + "\r\n"
    assert [type(e) for e in read_modifications(text)] == [AddObject, RemoveObject, ReplaceObject, ChangeRelation]


@pytest.mark.parametrize(
    "line",
    [
        "Paint: 'dog'",
        "Remove:",
        "Replace 'dog'",
        "Add an object: 'cat'. Add tuple: ['cat' -> on]",
        "Modify a relationship: from ['a' -> b -> 'c']",
        "Replace '' by 'dog'",
    ],
)
def test_names_the_line_it_cannot_read(line):
    with pytest.raises(BadInput, match="line 2"):
        read_modifications(f"Remove: 'cup'\n{line}")


NAMES = (
    st.text(alphabet="abc dé'-", min_size=1, max_size=12).map(lambda s: " ".join(s.split()).strip("'- ")).filter(bool)
)
TRIPLES = st.builds(Triple, NAMES, NAMES, NAMES)
EDITS: st.SearchStrategy[Modification] = st.one_of(
    st.builds(AddObject, NAMES, st.none() | TRIPLES),
    st.builds(RemoveObject, NAMES),
    st.builds(ReplaceObject, NAMES, NAMES),
    st.builds(ChangeRelation, TRIPLES, TRIPLES),
)


@given(st.lists(EDITS, max_size=4))
def test_written_lines_read_back(edits):
    assert read_modifications(write_modifications(edits)) == tuple(edits)


@given(EDITS)
def test_json_reads_back(edit):
    assert modification_from_json(json.loads(json.dumps(modification_to_json(edit)))) == edit


def test_json_has_the_published_keys():
    assert modification_to_json(AddObject("cat", CAT_ON_SOFA)) == {
        "operation": "add",
        "modification": EXAMPLES[0],
        "add_object": "cat",
        "add_tuple": ["cat", "on", "sofa"],
    }
    assert modification_from_json({"modification": EXAMPLES[1]}) == RemoveObject("dog")


@pytest.mark.parametrize(
    "document", [{"operation": "paint"}, {"operation": "add"}, {"operation": "edit_edge", "src_rel": ["a"]}]
)
def test_bad_json_is_refused(document):
    with pytest.raises(BadInput):
        modification_from_json(document)


def _node(id_: str, label: str, *attributes: str) -> Node:
    return Node(id_, label, Box(0, 0, 10, 10), attributes)


GRAPH = SceneGraph(
    (_node("man-1", "man"), _node("cup-1", "cup", "red"), _node("cup-2", "cup", "blue"), _node("car-1", "car")),
    (Edge("man-1", "left of", "car-1"),),
)

MEANT = {
    "Remove: 'man'": RemoveNode("man-1"),
    "Remove: 'the Man'": RemoveNode("man-1"),
    "Remove: 'cup-2'": RemoveNode("cup-2"),
    "Remove: 'red cup'": RemoveNode("cup-1"),
    "Replace 'blue cup' by 'vase'": ReplaceNode("cup-2", "vase"),
    "Add an object: 'hat'. Add tuple: ['hat' -> on -> 'man']": InsertNode("hat", "on", "man-1"),
    "Add an object: 'hat'. Add tuple: ['man' -> wearing -> 'hat']": InsertNode("hat", "on", "man-1"),
    "Add an object: 'hat'": InsertNode("hat"),
    "Modify a relationship: from ['man' -> left of -> 'car'] to ['man' -> right of -> 'car']": RelateNode(
        "man-1", "right of", "car-1"
    ),
}


@pytest.mark.parametrize(("line", "edit"), MEANT.items(), ids=list(MEANT))
def test_names_become_nodes(line, edit):
    assert graph_edits(read_modifications(line), GRAPH) == (edit,)


@pytest.mark.parametrize(("line", "said"), [("Remove: 'cup'", "cup-1, cup-2"), ("Remove: 'dog'", "no 'dog'")])
def test_unclear_names_are_refused(line, said):
    with pytest.raises(BadInput, match=said):
        graph_edits(read_modifications(line), GRAPH)


@pytest.mark.parametrize(
    "edit",
    [
        RemoveNode("cup-1"),
        ReplaceNode("cup-2", "vase"),
        RelateNode("man-1", "behind", "car-1"),
        InsertNode("hat", "on", "man-1"),
        InsertNode("hat"),
    ],
)
def test_graph_edits_survive_the_file(edit):
    text = write_modifications(modifications_of([edit], GRAPH))
    assert graph_edits(read_modifications(text), GRAPH) == (edit,)


def test_a_new_attribute_is_written_as_a_replacement():
    (edit,) = modifications_of([RestyleNode("car-1", "blue")], GRAPH)
    assert write_modification(edit) == "Replace 'car-1' by 'blue car'"
    assert graph_edits([edit], GRAPH) == (RestyleNode("car-1", "blue"),)


@pytest.mark.parametrize(
    ("new", "meant"),
    [
        ("shiny blue car", RestyleNode("car-1", "shiny blue")),
        ("the blue car", RestyleNode("car-1", "blue")),
        ("car", ReplaceNode("car-1", "car")),
        ("toy truck", ReplaceNode("car-1", "toy truck")),
    ],
)
def test_a_thing_by_itself_with_an_attribute_is_restyled(new: str, meant):
    assert graph_edits(read_modifications(f"Replace 'car' by '{new}'"), GRAPH) == (meant,)
