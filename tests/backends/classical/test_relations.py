"""The describer, on layouts whose relations are known because they were made that way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from ggedit.backends.classical.relations import GeometricDescriber, describe_look, name_of, without_implied
from ggedit.config import load_settings
from ggedit.core.detections import Detections
from ggedit.core.geometry import Box, Extent
from ggedit.core.masks import Mask, Masks
from ggedit.core.picture import Picture
from ggedit.core.scene import Edge, EdgeKind, NodeKind

EXTENT = Extent(400, 300)
DIRECTIONS = ("left of", "right of", "above", "below")
PER_RECIPE = 25


@dataclass(frozen=True)
class Layout:
    """Two things, and the relation in which the first stands to the second."""

    first: tuple[str, Box]
    second: tuple[str, Box]
    relation: str


def describe(*things, extent=EXTENT, picture=None):
    """The graph of named outlines; a box stands for its filled rectangle."""
    blank = Picture(np.full((extent.height, extent.width, 3), 128, np.uint8))
    masks = [Mask.of_box(shape, extent) if isinstance(shape, Box) else shape for _, shape in things]
    table = Detections.build(
        extent=extent,
        xyxy=[m.box.xyxy for m in masks],
        score=[0.9] * len(masks),
        phrases=[name for name, _ in things],
    )
    describer = GeometricDescriber(load_settings({}))
    return describer.describe(picture or blank, table, Masks.build(dict(zip(table.ids, masks, strict=True))))


def size(rng):
    return float(rng.uniform(40, 70)), float(rng.uniform(40, 70))


def beside(rng):
    """Same height, a gap of more than half a width."""
    (w, h), (w2, h2) = size(rng), size(rng)
    x, y, gap = rng.uniform(5, 60), rng.uniform(20, 150), rng.uniform(45, 120)
    left = ("vase", Box(x, y, x + w, y + h))
    right = ("clock", Box(x + w + gap, y, x + w + gap + w2, y + h2))
    return Layout(left, right, "left of") if left[1].area <= 1.5 * right[1].area else Layout(right, left, "right of")


def stacked(rng):
    (w, h), (w2, h2) = size(rng), size(rng)
    x, y, gap = rng.uniform(20, 200), rng.uniform(5, 40), rng.uniform(30, 90)
    top = ("kite", Box(x, y, x + w, y + h))
    low = ("ball", Box(x, y + h + gap, x + w2, y + h + gap + h2))
    return Layout(top, low, "above") if top[1].area <= 1.5 * low[1].area else Layout(low, top, "below")


def near(rng):
    (w, h), (w2, h2) = size(rng), size(rng)
    x, y, gap = rng.uniform(5, 150), rng.uniform(20, 150), rng.uniform(8, 18)
    return Layout(("dog", Box(x, y, x + w, y + h)), ("ball", Box(x + w + gap, y, x + w + gap + w2, y + h2)), "next to")


def standing(rng):
    """The feet end on the support's upper edge, give or take two pixels."""
    w, h = size(rng)
    x, y = rng.uniform(100, 200), rng.uniform(20, 60)
    foot = y + h + rng.uniform(-2, 2)
    return Layout(("cup", Box(x, y, x + w, y + h)), ("table", Box(60, foot, 340, foot + 80)), "on")


def riding(rng):
    """The larger thing stands on the smaller one."""
    x = rng.uniform(60, 250)
    return Layout(("man", Box(x, 40, x + 60, 220)), ("skateboard", Box(x - 10, 219, x + 70, 240)), "on")


def contained(rng):
    x, y = rng.uniform(110, 200), rng.uniform(90, 150)
    return Layout(("apple", Box(x, y, x + 40, y + 40)), ("bowl", Box(80, 70, 300, 230)), "in")


def before(rng):
    """Overlapping, with the first one's foot clearly lower."""
    x, drop = rng.uniform(80, 200), rng.uniform(20, 60)
    return Layout(("dog", Box(x, 120, x + 90, 220 + drop)), ("statue", Box(x + 30, 20, x + 140, 220)), "in front of")


def crossing(rng):
    """Overlapping, with their feet on one level."""
    x = rng.uniform(60, 200)
    return Layout(("cat", Box(x, 120, x + 90, 220)), ("fox", Box(x + 45, 100, x + 150, 221)), "overlapping")


RECIPES = [beside, stacked, near, standing, riding, contained, before, crossing]
LAYOUTS = [(recipe, seed) for recipe in RECIPES for seed in range(PER_RECIPE)]


def test_there_are_200_layouts():
    assert len(LAYOUTS) == 200


@pytest.mark.parametrize(("recipe", "seed"), LAYOUTS, ids=[f"{r.__name__}-{s}" for r, s in LAYOUTS])
def test_known_layout(recipe, seed):
    layout = recipe(np.random.default_rng(seed))
    scene = describe(layout.first, layout.second)
    first, second = (node.id for node in scene.nodes)
    wanted = Edge(first, layout.relation, second)
    if layout.relation == "next to":
        either = {wanted, Edge(second, layout.relation, first)}
        assert either & set(scene.edges)
    else:
        assert wanted in scene.edges
    others = [e for e in scene.edges if e.relation != layout.relation]
    assert all(layout.relation == "next to" and e.relation in DIRECTIONS for e in others), "no second opinion"


@pytest.mark.parametrize(("recipe", "seed"), [(r, s) for r in RECIPES for s in range(3)])
def test_the_order_of_the_masks_does_not_matter(recipe, seed):
    layout = recipe(np.random.default_rng(seed))
    one, two = describe(layout.first, layout.second), describe(layout.second, layout.first)
    assert {_named(one, e) for e in one.edges} == {_named(two, e) for e in two.edges}


def _named(scene, edge):
    label = {node.id: node.label for node in scene.nodes}
    return label[edge.subject], edge.relation, label[edge.object]


@pytest.mark.parametrize(("recipe", "seed"), [(beside, s) for s in range(5)] + [(near, s) for s in range(5)])
def test_a_mirrored_picture_has_mirrored_relations(recipe, seed):
    layout = recipe(np.random.default_rng(seed))

    def flipped(box):
        return Box(EXTENT.width - box.x2, box.y1, EXTENT.width - box.x1, box.y2)

    swap = {"left of": "right of", "right of": "left of"}
    plain = describe(layout.first, layout.second)
    mirror = describe(*((name, flipped(box)) for name, box in (layout.first, layout.second)))
    before_ = {frozenset([(s, swap.get(r, r), o), (o, r, s)]) for s, r, o in (_named(plain, e) for e in plain.edges)}
    after = {(s, r, o) for s, r, o in (_named(mirror, e) for e in mirror.edges)}
    assert all(any(row in pair for row in after) for pair in before_) and len(before_) == len(after)


def test_a_chain_is_told_by_its_links():
    boxes = [Box(x, 100, x + 30, 140) for x in (10, 120, 230, 340)]
    scene = describe(*(("cup", box) for box in boxes))
    a, b, c, d = (node.id for node in scene.nodes)
    told = {(e.subject, e.object) for e in scene.edges}
    assert told == {(a, b), (b, c), (c, d)}


def test_every_pair_has_at_most_two_edges_and_never_both_ways():
    rng = np.random.default_rng(4)
    boxes = [Box(x, y, x + w, y + h) for x, y, w, h in rng.uniform([0, 0, 20, 20], [300, 200, 100, 100], (9, 4))]
    scene = describe(*(("box", box) for box in boxes))
    pairs = [frozenset([e.subject, e.object]) for e in scene.edges]
    assert max(pairs.count(p) for p in pairs) <= 2
    ways = {(e.subject, e.object) for e in scene.edges}
    assert not any((b, a) in ways for a, b in ways)


def test_implied_directions_go_and_contacts_stay():
    edges = [Edge("a", "left of", "b"), Edge("c", "right of", "b"), Edge("a", "left of", "c"), Edge("a", "on", "c")]
    kept = without_implied(edges)
    assert Edge("a", "left of", "c") not in kept and Edge("a", "on", "c") in kept and len(kept) == 3


def test_a_hat_is_on_its_wearer():
    scene = describe(("hat", Box(150, 20, 210, 60)), ("woman", Box(130, 25, 230, 290)))
    assert [_named(scene, e) for e in scene.edges] == [("hat", "on", "woman")]


HELD = {
    "in front of the chest": (Box(170, 100, 190, 120), True),
    "beside the hip, touching": (Box(228, 140, 260, 170), True),
    "beside the hip, apart": (Box(250, 140, 280, 170), False),
    "on the ground before the feet": (Box(170, 260, 200, 290), False),
    "above the head": (Box(170, 5, 190, 30), False),
}


@pytest.mark.parametrize(("box", "held"), HELD.values(), ids=HELD)
def test_what_is_held_touches_where_hands_are(box, held):
    scene = describe(("cup", box), ("woman", Box(130, 25, 230, 290)))
    wanted = ("woman", "holding", "cup")
    assert (wanted in [_named(scene, e) for e in scene.edges]) is held
    if held:
        assert [e.kind for e in scene.edges] == [EdgeKind.INTERACTION]


@pytest.mark.parametrize("pair", [("clock", "woman"), ("cup", "table"), ("cup", "dog")], ids="-".join)
def test_only_people_hold_and_only_what_is_held(pair):
    scene = describe((pair[0], Box(170, 100, 190, 120)), (pair[1], Box(130, 25, 230, 290)))
    assert all(e.relation != "holding" for e in scene.edges)


def test_outlines_decide_where_boxes_would_mislead():
    """Two triangles in each other's box that do not touch are neighbours, not one in the other."""
    y, x = np.indices(EXTENT.shape)
    upper = Mask.of((x >= 50) & (x < 250) & (y >= 50) & (y < 250) & (x - y < -60))
    lower = Mask.of((x >= 50) & (x < 250) & (y >= 50) & (y < 250) & (x - y > 60))
    scene = describe(("sail", upper), ("flag", lower))
    assert {e.relation for e in scene.edges} <= {"overlapping", "in front of", *DIRECTIONS}


COLOURS = {"red": (200, 25, 30), "blue": (40, 80, 200), "white": (245, 245, 245), "black": (15, 15, 15)}


@pytest.mark.parametrize("name", COLOURS)
def test_the_colour_is_that_of_the_outline_not_of_the_background(name):
    other = COLOURS["blue" if name != "blue" else "red"]
    pixels = np.full((EXTENT.height, EXTENT.width, 3), other, np.uint8)
    y, x = np.indices(EXTENT.shape)
    disc = (x - 200) ** 2 + (y - 150) ** 2 <= 60**2
    pixels[disc] = COLOURS[name]
    assert describe_look(Picture(pixels), Mask.of(disc)) == (name,)


def test_two_colours_and_the_size_are_told():
    pixels = np.full((EXTENT.height, EXTENT.width, 3), 128, np.uint8)
    pixels[50:150, 50:350], pixels[150:250, 50:350] = COLOURS["red"], COLOURS["white"]
    look = describe_look(Picture(pixels), Mask.of_box(Box(50, 50, 350, 250), EXTENT))
    assert look[0] == "large" and set(look[1:]) == {"red", "white"}


@pytest.mark.parametrize(
    ("phrase", "name"),
    [("white dog", "dog"), ("the big red wine glass", "wine glass"), ("blue", "blue"), ("", "thing")],
)
def test_a_label_is_the_phrase_without_colour_and_size(phrase, name):
    assert name_of(phrase) == name


@pytest.mark.parametrize(
    ("label", "kind"), [("white dog", NodeKind.ANIMATE), ("woman", NodeKind.ANIMATE), ("bench", NodeKind.OBJECT)]
)
def test_people_and_animals_are_animate(label, kind):
    assert describe((label, Box(10, 10, 60, 60))).nodes[0].kind is kind


def test_the_smallest_picture_and_a_huge_one():
    assert len(describe(("dot", Box(0, 0, 1, 1)), extent=Extent(1, 1)).nodes) == 1
    extent = Extent(3000, 2000)
    scene = describe(("cup", Box(900, 300, 1400, 1000)), ("table", Box(200, 1003, 2800, 1900)), extent=extent)
    assert [_named(scene, e) for e in scene.edges] == [("cup", "on", "table")]
