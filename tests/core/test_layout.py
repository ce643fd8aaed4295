from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ggedit.core.geometry import Box, Extent
from ggedit.core.language import Relation
from ggedit.core.layout import place, slide
from ggedit.core.spots import Surroundings, depth_scale, ground_line

EXTENT = Extent(640, 480)
DOG = Box(270, 200, 370, 330)


def beside(relation: Relation | None, *, others: tuple[Box, ...] = (), name: str = "dog", size=(60, 80)):
    scene = Surroundings(EXTENT, (DOG,), (name,), others)
    return place(*size, relation=relation, scene=scene).box


TABLE = {
    Relation.LEFT_OF: lambda b: b.x2 <= DOG.x1 and DOG.x1 - b.x2 < 10 and b.y2 == DOG.y2,
    Relation.RIGHT_OF: lambda b: b.x1 >= DOG.x2 and b.x1 - DOG.x2 < 10 and b.y2 == DOG.y2,
    Relation.NEXT_TO: lambda b: b.intersection(DOG) == 0 and b.y2 == DOG.y2,
    Relation.ABOVE: lambda b: b.y2 <= DOG.y1 and DOG.y1 - b.y2 < 10 and b.center[0] == DOG.center[0],
    Relation.BELOW: lambda b: b.y1 >= DOG.y2 and b.y1 - DOG.y2 < 10 and b.center[0] == DOG.center[0],
    Relation.ON: lambda b: abs(b.y2 - DOG.y1) < 10 and b.center[0] == DOG.center[0],
    Relation.INSIDE: lambda b: b.intersection(DOG) == pytest.approx(b.area),
    Relation.OVERLAPPING: lambda b: b.center == DOG.center,
    Relation.IN_FRONT: lambda b: b.y2 > DOG.y2 and b.height > 80 and b.intersection(DOG) < 0.5 * DOG.area,
    Relation.BEHIND: lambda b: b.y2 < DOG.y2 and b.height < 80 and b.intersection(DOG) < 0.1 * DOG.area,
    Relation.CORNER: lambda b: DOG.intersection(b) == pytest.approx(b.area) and b.center[0] != DOG.center[0],
    Relation.FARTHEST: lambda b: abs(b.center[0] - DOG.center[0]) > 200,
}


@pytest.mark.parametrize("relation", TABLE, ids=str)
def test_the_asked_side_of_an_anchor(relation: Relation):
    box = beside(relation)
    assert TABLE[relation](box), box


PICTURE = {
    Relation.LEFT_OF: lambda b: b.x2 < 160,
    Relation.RIGHT_OF: lambda b: b.x1 > 480,
    Relation.ABOVE: lambda b: b.y2 < 160,
    Relation.BELOW: lambda b: b.y2 > 440,
    Relation.MIDDLE: lambda b: b.center == (320, 240),
    Relation.IN_FRONT: lambda b: b.y2 > 440 and b.height >= 80,
    Relation.BEHIND: lambda b: b.y2 < 320 and b.height < 80,
    Relation.CORNER: lambda b: b.x2 < 160 and b.y2 > 440,
}


@pytest.mark.parametrize("relation", PICTURE, ids=str)
def test_a_side_of_the_picture_without_an_anchor(relation: Relation):
    box = place(60, 80, relation=relation, scene=Surroundings(EXTENT)).box
    assert PICTURE[relation](box), box


def test_a_table_carries_what_is_put_on_it_inside_its_box():
    table = beside(Relation.ON, name="dining table")
    assert DOG.y1 < table.y2 < DOG.center[1]


def test_between_two_things_stands_midway_on_the_ground():
    scene = Surroundings(EXTENT, (Box(50, 200, 150, 300), Box(400, 220, 520, 340)), ("dog", "cat"))
    found = place(60, 80, relation=Relation.BETWEEN, scene=scene)
    assert found.box.center[0] == 275 and found.box.y2 == 320
    assert "the dog and the cat" in found.why


def test_other_things_are_not_covered():
    blocked = Box(290 - 180, 200, 270, 330)
    free = beside(Relation.NEXT_TO, others=(blocked,))
    assert free.x1 >= DOG.x2
    above = beside(Relation.ABOVE, others=(Box(330, 60, 400, 195),))
    assert above.intersection(Box(330, 60, 400, 195)) == 0 and above.y2 <= DOG.y1


def test_what_carries_the_anchor_is_no_obstacle():
    table = Box(100, 310, 560, 470)
    carried = Box(290, 330, 350, 400)
    scene = Surroundings(EXTENT, (carried,), ("cup",), (table,))
    box = place(50, 60, relation=Relation.LEFT_OF, scene=scene).box
    assert box.y2 == carried.y2 and 0 <= carried.x1 - box.x2 < 10 and (box.width, box.height) == (50, 60)


def test_lack_of_room_shrinks_a_new_thing_and_says_so():
    scene = Surroundings(EXTENT, (Box(50, 100, 400, 400),), ("car",))
    found = place(120, 150, relation=Relation.LEFT_OF, scene=scene)
    assert found.box.x2 <= 50 and "smaller" in found.why
    assert found.box.width / found.box.height == pytest.approx(120 / 150)
    known = place(120, 150, relation=Relation.LEFT_OF, scene=scene, shrink=8)
    assert (known.box.width, known.box.height) == (120, 150)


@pytest.mark.parametrize(
    "relation, way",
    [(Relation.LEFT_OF, (-1, 0)), (Relation.RIGHT_OF, (1, 0)), (Relation.ABOVE, (0, -1)), (Relation.BELOW, (0, 1))],
    ids=["left", "right", "up", "down"],
)
def test_a_slide_keeps_the_size_and_goes_straight(relation: Relation, way: tuple[int, int]):
    found = slide(DOG, relation=relation, scene=Surroundings(EXTENT))
    assert found is not None
    dx, dy = found.box.x1 - DOG.x1, found.box.y1 - DOG.y1
    assert (dx * way[0] > 60 and dy == 0) if way[0] else (dy * way[1] > 60 and dx == 0)
    assert (found.box.width, found.box.height) == (DOG.width, DOG.height)


def test_a_slide_stops_short_of_an_obstacle_or_passes_it():
    wall = Box(450, 150, 550, 340)
    found = slide(DOG, relation=Relation.RIGHT_OF, scene=Surroundings(EXTENT, others=(wall,)))
    assert found is not None and found.box.iou(wall) < 0.02 and found.box.x1 > DOG.x1


def test_nothing_slides_out_of_the_picture():
    assert slide(Box(0, 200, 100, 330), relation=Relation.LEFT_OF, scene=Surroundings(EXTENT)) is None


def test_toward_the_camera_things_grow():
    near = slide(DOG, relation=Relation.NEAREST, scene=Surroundings(EXTENT))
    far = slide(Box(270, 300, 370, 430), relation=Relation.FARTHEST, scene=Surroundings(EXTENT))
    assert near is not None and near.box.height > DOG.height and near.box.y2 > DOG.y2
    assert far is not None and far.box.height < 130 and far.box.y2 < 430


def test_depth_scale_is_the_pinhole_rule():
    horizon = 0.35 * 480
    assert depth_scale(300, 360, EXTENT) == pytest.approx((360 - horizon) / (300 - horizon))
    assert depth_scale(300, 300, EXTENT) == 1
    assert depth_scale(100, 300, EXTENT) == 1


def test_the_ground_is_where_the_middle_thing_stands():
    assert ground_line((), EXTENT) == pytest.approx(422.4)
    assert ground_line((Box(0, 0, 9, 300), Box(0, 0, 9, 350), Box(0, 0, 9, 470)), EXTENT) == 350


sides = st.floats(5, 600)
relations = st.sampled_from([None, *Relation])


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    x, y = draw(st.floats(0, 600)), draw(st.floats(0, 440))
    return Box(x, y, x + draw(st.floats(8, 640 - x)), y + draw(st.floats(8, 480 - y)))


@settings(max_examples=150, deadline=None)
@given(sides, sides, relations, st.lists(boxes(), max_size=2), st.lists(boxes(), max_size=3))
def test_every_place_is_inside_the_picture_and_keeps_the_shape(width, height, relation, anchors, others):
    scene = Surroundings(EXTENT, tuple(anchors), ("thing",) * len(anchors), tuple(others))
    box = place(width, height, relation=relation, scene=scene).box
    assert box.x1 >= -1e-6 and box.y1 >= -1e-6 and box.x2 <= 640 + 1e-6 and box.y2 <= 480 + 1e-6
    if width < 300 and height < 300:
        assert box.width / box.height == pytest.approx(width / height, rel=1e-6)


@settings(max_examples=100, deadline=None)
@given(boxes(), st.sampled_from([Relation.LEFT_OF, Relation.RIGHT_OF, Relation.ABOVE, Relation.BELOW]))
def test_scaling_the_picture_scales_the_place(anchor: Box, relation: Relation):
    one = place(50, 60, relation=relation, scene=Surroundings(EXTENT, (anchor,), ("dog",))).box
    doubled = Box(*(2 * v for v in anchor.xyxy))
    two = place(100, 120, relation=relation, scene=Surroundings(Extent(1280, 960), (doubled,), ("dog",))).box
    assert two.xyxy == pytest.approx([2 * v for v in one.xyxy], abs=1e-3)


def test_under_a_chair_is_at_its_foot_inside_its_box():
    box = beside(Relation.BELOW, name="wooden chair", size=(40, 50))
    assert box.y2 == DOG.y2 and box.intersection(DOG) == box.area and box.center[1] > DOG.center[1]


def test_without_room_at_the_asked_side_the_anchor_stays_visible():
    anchor = Box(10, 200, 300, 420)
    found = place(290, 220, relation=Relation.LEFT_OF, scene=Surroundings(EXTENT, (anchor,), ("dog",)))
    assert found.box.intersection(anchor) < 0.2 * anchor.area and found.box.center[0] < anchor.center[0]
    assert "no free room" in found.why
