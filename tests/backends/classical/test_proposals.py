"""The network's frame, merging, regions, colour sums and expected parts: known answers."""

from __future__ import annotations

import numpy as np
import pytest

from ggedit.backends.classical.detecting.appearance import Appearance
from ggedit.backends.classical.detecting.naming import name_proposals
from ggedit.backends.classical.detecting.parts import compute_expected
from ggedit.backends.classical.detecting.proposals import Proposals, merge, shrunk
from ggedit.backends.classical.detecting.ranking import compute_known_fit, compute_plain_fit, read_wanted
from ggedit.backends.classical.detecting.regions import compute_regions
from ggedit.backends.classical.detecting.traits import Part
from ggedit.backends.classical.detecting.vocabulary import KINDS
from ggedit.backends.classical.detecting.yolo import RawBoxes, decode, letterbox
from ggedit.core.colour import Colour
from ggedit.core.geometry import Extent, as_xyxy, iou_xyxy
from ggedit.core.language import Count, CountKind, Referent, Relation, SpatialTest
from ggedit.core.picture import Picture

EXTENT = Extent(400, 300)
ONE = Count()


def proposals(*rows, extent=EXTENT):
    """Rows of (box, kind, belief)."""
    kinds = np.zeros((len(rows), 80), np.float32)
    for i, (_, kind, belief) in enumerate(rows):
        kinds[i, KINDS.index(kind)] = belief
    belief = np.array([b for *_, b in rows], np.float32)
    return Proposals(as_xyxy([b for b, *_ in rows]), belief, kinds, np.zeros(len(rows), np.float32), extent)


def picture(*patches, extent=EXTENT, ground=(128, 128, 128)):
    """A plain ground with filled boxes of colour."""
    pixels = np.full((extent.height, extent.width, 3), ground, np.uint8)
    for (x1, y1, x2, y2), colour in patches:
        pixels[y1:y2, x1:x2] = colour
    return Picture(pixels)


@pytest.mark.parametrize(("width", "height"), [(640, 480), (480, 640), (33, 500), (1, 7), (500, 500)])
@pytest.mark.parametrize("longest", [320, 544])
def test_the_letterbox_keeps_the_shape_and_pads_to_whole_cells(width, height, longest):
    canvas, frame = letterbox(np.zeros((height, width, 3), np.uint8), longest)
    assert canvas.shape[0] % 32 == canvas.shape[1] % 32 == 0 and max(canvas.shape) <= -(-longest // 32) * 32
    inside = (canvas == 0).all(axis=2)
    assert abs(inside.sum() - max(1, round(width * frame.scale)) * max(1, round(height * frame.scale))) == 0
    assert inside[frame.top, frame.left] and (canvas[~inside] == 127).all()


def test_one_cell_decodes_to_its_box():
    """t = 0 puts the centre half a cell in, and gives the anchor's own size."""
    output = np.full((3 * 85, 10, 10), -20, np.float32)
    grid = output.reshape(3, 85, 10, 10)
    grid[1, :4, 4, 6] = 0
    grid[1, 4, 4, 6], grid[1, 5 + KINDS.index("cup"), 4, 6] = 20, 20
    _, frame = letterbox(np.zeros((320, 320, 3), np.uint8), 320)
    raw = decode(output, ((81, 82), (135, 169), (344, 319)), frame)
    assert len(raw.xyxy) == 1
    np.testing.assert_allclose(raw.xyxy[0], [208 - 67.5, 144 - 84.5, 208 + 67.5, 144 + 84.5], atol=1e-3)
    assert raw.objectness[0] == pytest.approx(1) and int(raw.kinds[0].argmax()) == KINDS.index("cup")


def test_merging_averages_what_is_the_same_and_keeps_what_is_not():
    boxes = as_xyxy([[10, 10, 110, 110], [20, 10, 120, 110], [200, 100, 260, 200], [5, 5, 5.5, 40]])
    raw = RawBoxes(boxes, np.array([0.9, 0.3, 0.5, 0.99], np.float32), np.zeros((4, 80), np.float32))
    merged = merge(raw, EXTENT)
    weight = 0.3 * (9 / 11) ** 4
    shift = 10 * weight / (0.9 + weight)
    np.testing.assert_allclose(merged.xyxy[0], [10 + shift, 10, 110 + shift, 110], atol=0.01)
    assert merged.objectness[0] == pytest.approx(0.9)
    assert any(np.allclose(box, [200, 100, 260, 200]) for box in merged.xyxy)


def test_plain_boxes_inherit_from_near_ones_and_duplicates_are_left_out():
    known = proposals(([100, 100, 200, 200], "cat", 0.8))
    boxes = as_xyxy([[101, 100, 201, 200], [100, 100, 200, 150], [300, 10, 350, 60]])
    more = known.with_plain(boxes, np.full(3, 0.02, np.float32))
    assert len(more) == 3
    cat = more.kinds[:, KINDS.index("cat")]
    assert cat[1] == pytest.approx(0.8 * 0.25 * 0.8, abs=1e-3) and cat[2] == 0
    assert more.objectness[2] == pytest.approx(0.02)


def test_pictures_are_made_smaller_and_never_larger():
    assert shrunk(np.zeros((50, 4000, 3), np.uint8), 400).shape == (5, 400, 3)
    assert shrunk(np.zeros((5, 7, 3), np.uint8), 400).shape == (5, 7, 3)


@pytest.mark.parametrize("extent", [Extent(320, 240), Extent(900, 1300)])
def test_a_patch_of_colour_is_a_region_and_the_ground_is_known_as_ground(extent):
    box = [extent.width // 4, extent.height // 4, extent.width // 2, extent.height // 2]
    found = compute_regions(picture((box, (200, 30, 30)), extent=extent).pixels, extent)
    overlap = iou_xyxy(found.xyxy, as_xyxy(box))[:, 0]
    best = int(overlap.argmax())
    assert overlap[best] > 0.9 and found.separation[best] > 0.9 and found.border[best] == 0
    grounds = found.border[(found.xyxy[:, 2] - found.xyxy[:, 0]) > 0.9 * extent.width]
    assert len(grounds) and grounds.max() > 1


def test_colour_sums_know_inside_and_around():
    look = Appearance(picture(([100, 100, 200, 200], (200, 25, 30))))
    boxes = as_xyxy([[100, 100, 200, 200], [100, 100, 300, 200], [0, 0, 50, 50]])
    inside, concentrated = look.inside(boxes, Colour("red")), look.concentration(boxes[:2], Colour("red"))
    assert inside[0] == pytest.approx(1, abs=0.02) and inside[1] == pytest.approx(0.5, abs=0.05) and inside[2] == 0
    assert concentrated[0] == pytest.approx(1, abs=0.05)


CUPS = proposals(([20, 20, 80, 80], "cup", 0.8), ([300, 20, 360, 80], "cup", 0.8), ([150, 180, 250, 290], "cup", 0.8))
SCENE = picture(([20, 20, 80, 80], (200, 25, 30)), ([300, 20, 360, 80], (40, 80, 200)))


def asked(phrase, *relations, attributes=(), count=ONE):
    tests = tuple(SpatialTest(relation) for relation in relations)
    return read_wanted(Referent(phrase, phrase.split()[-1], attributes, tests=tests, count=count))


@pytest.mark.parametrize(
    ("wanted", "best"),
    [
        (asked("red cup", attributes=("red",)), 0),
        (asked("blue cup", attributes=("blue",)), 1),
        (asked("cup", Relation.LEFT_OF), 0),
        (asked("cup", Relation.RIGHT_OF, Relation.ABOVE), 1),
        (asked("cup", Relation.BELOW), 2),
        (asked("big cup", attributes=("big",)), 2),
    ],
    ids=["red", "blue", "left", "top right", "bottom", "big"],
)
@pytest.mark.parametrize("compute", [compute_known_fit, compute_plain_fit])
def test_each_cue_puts_its_cup_first(compute, wanted, best):
    fit = compute(wanted, CUPS, Appearance(SCENE))
    assert int(fit.argmax()) == best and fit.min() > 0 and fit.max() <= 1


def test_where_all_are_meant_each_keeps_its_own_belief():
    fit = compute_known_fit(asked("cup", count=Count(CountKind.ALL)), CUPS, Appearance(SCENE))
    np.testing.assert_allclose(fit, 0.8, atol=1e-6)


def test_a_sure_thing_of_another_kind_is_not_what_an_unknown_word_means():
    boxes = proposals(([20, 20, 120, 120], "person", 0.95), ([250, 20, 350, 120], "frisbee", 0.05))
    assert int(compute_plain_fit(asked("gizmo"), boxes, Appearance(SCENE)).argmax()) == 1


def test_an_unclear_animal_is_called_an_animal():
    boxes = proposals(([10, 10, 100, 100], "dog", 0.3), ([200, 10, 300, 100], "cat", 0.9))
    boxes.kinds[0, KINDS.index("cow")] = 0.25
    belief, labels = name_proposals(
        Proposals(boxes.xyxy, np.array([0.6, 0.9], np.float32), boxes.kinds, boxes.border, boxes.extent)
    )
    assert labels == ["animal", "cat"] and belief[0] == pytest.approx(0.55)


@pytest.mark.parametrize(
    ("part", "top", "bottom"),
    [(Part.HAT, 0, 60), (Part.FACE, 20, 90), (Part.TORSO, 50, 250), (Part.FEET, 240, 290)],
)
def test_parts_of_a_standing_person_are_expected_in_order(part, top, bottom):
    person = proposals(([150, 20, 250, 285], "person", 0.9))
    (box,) = compute_expected(part, person)
    assert top <= box[1] < box[3] <= bottom and 150 <= box[0] < box[2] <= 250


def test_without_an_owner_no_part_is_expected():
    assert len(compute_expected(Part.HAT, CUPS)) == 0
    assert len(compute_expected(Part.WHEEL, proposals(([50, 50, 350, 250], "car", 0.9)))) == 2
