"""Captions as facts and graphs."""

from __future__ import annotations

import pytest

from ggedit.backends.classical.captions import CaptionReader
from ggedit.core.scene import EdgeKind, NodeKind, NodeStatus


@pytest.fixture(scope="module")
def reader() -> CaptionReader:
    return CaptionReader()


CASES = {
    "a cup on a saucer": {"cup , on , saucer"},
    "the green fence that runs along the road": {"fence , run along , road", "fence , is , green"},
    "a black and silver keyboard on a desk": {
        "keyboard , is , black",
        "keyboard , is , silver",
        "keyboard , on , desk",
    },
    "a watch on the man 's left wrist": {"man , have , wrist", "watch , on , wrist", "wrist , is , left"},
    "two dogs sitting on a small sofa": {"dogs , is , 2", "sofa , is , small", "dogs , sit on , sofa"},
    "herd of zebras in a field": {"zebras , in , field"},
    "trees on the side of the road": {"trees , on side of , road"},
    "man in black helmet": {"man , wear , helmet", "helmet , is , black"},
    "a large tree being eaten by a giraffe": {"tree , is , large", "giraffe , eat , tree"},
    "the legs of the flamingo": {"flamingo , have , legs"},
    "cat sitting in a box": {"cat , sit in , box"},
    "a brick wall": {"wall , is , brick"},
    "this is a beach": {"beach"},
    "a lamp": {"lamp"},
}


@pytest.mark.parametrize("caption, facts", CASES.items(), ids=CASES)
def test_what_a_caption_says(reader: CaptionReader, caption: str, facts: set[str]):
    assert set(reader.read(caption).lines()) == facts


def test_one_by_one_and_many_are_the_same(reader: CaptionReader):
    assert list(reader.read_many(CASES)) == [reader.read(caption) for caption in CASES]


def test_two_things_of_one_name_are_two_nodes(reader: CaptionReader):
    graph = reader.graph("a zebra standing behind another zebra")
    assert [n.id for n in graph.nodes] == ["zebra-1", "zebra-2"]
    assert [(e.subject, e.relation, e.object) for e in graph.edges] == [("zebra-1", "stand behind", "zebra-2")]


def test_nodes_have_no_boxes_and_people_act(reader: CaptionReader):
    graph = reader.graph("a woman riding a brown horse")
    woman, horse = graph.nodes
    assert {n.status for n in graph.nodes} == {NodeStatus.NOT_FOUND} and woman.box is None
    assert woman.kind is NodeKind.ANIMATE and horse.attributes == ("brown",)
    assert graph.edges[0].kind is EdgeKind.INTERACTION


@pytest.mark.parametrize("text", ["", "   ", ".", "!!! ???", "the", "\x00", "of of of", "a" * 5000, "cat " * 300])
def test_odd_texts_are_read_without_an_error(reader: CaptionReader, text: str):
    reader.graph(text)
