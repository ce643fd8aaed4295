import pytest

from ggedit.core.geometry import Box
from ggedit.core.scene import (
    Edge,
    InsertNode,
    Node,
    NodeStatus,
    RelateNode,
    RemoveNode,
    ReplaceNode,
    RestyleNode,
    SceneGraph,
    graph_difference,
)

BOX = Box(0, 0, 4, 4)
TABLE = SceneGraph(
    (Node("cup-1", "cup", BOX), Node("cup-2", "cup", BOX), Node("plate-1", "plate", BOX)),
    (Edge("cup-1", "left of", "plate-1"),),
)


def test_promises():
    with pytest.raises(ValueError, match="unique"):
        SceneGraph((Node("a", "cup", BOX), Node("a", "cup", BOX)))
    with pytest.raises(ValueError, match="unknown"):
        SceneGraph((Node("a", "cup", BOX),), (Edge("a", "on", "b"),))
    with pytest.raises(ValueError, match="no box"):
        Node("a", "cup")
    assert Node("a", "cup", status=NodeStatus.NOT_FOUND).box is None


def test_two_cups_are_two_nodes_and_a_removed_one_takes_its_edges_along():
    left = TABLE.without("cup-1")
    assert [n.id for n in left.nodes] == ["cup-2", "plate-1"]
    assert left.edges == ()


def test_a_pair_has_one_edge():
    changed = TABLE.with_edge(Edge("cup-1", "on", "plate-1"))
    assert changed.edges == (Edge("cup-1", "on", "plate-1"),)


def test_difference_names_every_kind_of_change():
    wanted = TABLE.without("cup-2")
    wanted = wanted.with_node(Node("plate-1", "bowl", BOX))
    wanted = wanted.with_node(Node("cup-1", "cup", BOX, attributes=("blue",)))
    wanted = wanted.with_edge(Edge("cup-1", "right of", "plate-1"))
    wanted = wanted.with_node(Node("hat-1", "hat", BOX, attributes=("red",)))
    wanted = wanted.with_edge(Edge("hat-1", "on", "cup-1"))
    assert graph_difference(TABLE, wanted) == (
        RemoveNode("cup-2"),
        ReplaceNode("plate-1", "bowl"),
        RestyleNode("cup-1", "blue"),
        RelateNode("cup-1", "right of", "plate-1"),
        InsertNode("red hat", "on", "cup-1"),
    )
    assert graph_difference(TABLE, TABLE) == ()
