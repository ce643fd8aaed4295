"""Choosing among boxes: synthetic scenes with known answers, reasons and questions."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ggedit.core.detections import Detections, Source
from ggedit.core.geometry import Extent
from ggedit.core.language import Clause, Count, CountKind, EditVerb, Instruction, Referent, Relation, SpatialTest
from ggedit.core.picture import Picture
from ggedit.core.selection import Role, Selection
from ggedit.stages.select import select

EXTENT = Extent(640, 480)
Row = tuple[str, tuple[float, float, float, float], float]
ALL, TWO, THREE = Count(CountKind.ALL), Count(CountKind.EXACTLY, 2), Count(CountKind.EXACTLY, 3)


def seen(*rows: Row, source: Source = Source.MODEL) -> Detections:
    """Boxes found as their label, with their scores."""
    return Detections.build(
        extent=EXTENT,
        xyxy=[box for _, box, _ in rows],
        score=[score for _, _, score in rows],
        phrases=[label for label, _, _ in rows],
        source=[source] * len(rows),
    )


ONE = Count()


def thing(phrase: str, *tests: SpatialTest, count: Count = ONE, ordinal: int | None = None) -> Referent:
    *attributes, head = phrase.split()
    return Referent(phrase, head, tuple(attributes), count, ordinal, tests)


def at(relation: Relation, *anchors: Referent) -> SpatialTest:
    return SpatialTest(relation, anchors)


def asked(target: Referent | None, verb: EditVerb = EditVerb.REMOVE, place: SpatialTest | None = None) -> Instruction:
    return Instruction("", (Clause(verb, target, place),))


def chosen(target: Referent, detections: Detections, picture: Picture | None = None) -> tuple[str, ...]:
    return select(asked(target), detections, picture).targets(0)


def reasons(selection: Selection, role: Role = Role.TARGET) -> dict[str, str]:
    return {c.id: c.reason for c in selection.choices if c.role is role}


CUPS = seen(
    ("cup", (50, 200, 120, 300), 0.8),
    ("cup", (300, 210, 370, 310), 0.9),
    ("cup", (500, 205, 570, 300), 0.85),
    ("plate", (470, 310, 620, 400), 0.8),
)


@pytest.mark.parametrize(
    ("target", "ids"),
    [
        (thing("cup", at(Relation.LEFT_OF)), ("cup-1",)),
        (thing("cup", at(Relation.RIGHT_OF)), ("cup-3",)),
        (thing("cup", at(Relation.MIDDLE)), ("cup-2",)),
        (thing("cup", ordinal=2), ("cup-2",)),
        (thing("cup", at(Relation.RIGHT_OF), ordinal=1), ("cup-3",)),
        (thing("cup", ordinal=-1), ("cup-3",)),
        (thing("cup", count=ALL), ("cup-2", "cup-3", "cup-1")),
        (thing("cup", at(Relation.LEFT_OF), count=TWO), ("cup-1", "cup-2")),
        (thing("cup", at(Relation.NEAREST, thing("plate"))), ("cup-3",)),
        (thing("cup", at(Relation.ABOVE, thing("plate"))), ("cup-3",)),
        (thing("mug", at(Relation.LEFT_OF)), ("cup-1",)),
        (thing("cup", at(Relation.BETWEEN, thing("cup", at(Relation.LEFT_OF)), thing("plate"))), ("cup-2",)),
    ],
    ids=lambda value: value.phrase if isinstance(value, Referent) else "-".join(value),
)
def test_which_cup(target: Referent, ids: tuple[str, ...]) -> None:
    selection = select(asked(target), CUPS, None)
    assert selection.targets(0) == ids
    assert not selection.ambiguous


def test_every_keep_and_drop_has_a_reason_in_words() -> None:
    assert reasons(select(asked(thing("cup", at(Relation.LEFT_OF))), CUPS, None)) == {
        "cup-1": "kept: the leftmost of 3 cups",
        "cup-2": "dropped: cup-1 is rather the leftmost",
        "cup-3": "dropped: cup-1 is rather the leftmost",
    }
    assert reasons(select(asked(thing("cup", ordinal=2)), CUPS, None)) == {
        "cup-2": "kept: 2 of 3 from the left",
        "cup-1": "dropped: 1 of 3 from the left",
        "cup-3": "dropped: 3 of 3 from the left",
    }
    assert reasons(select(asked(thing("plate")), CUPS, None)) == {"plate-1": "kept: the only plate"}


def test_anchors_are_rows_of_their_own() -> None:
    selection = select(asked(thing("cup", at(Relation.NEXT_TO, thing("plate")))), CUPS, None)
    assert selection.anchors(0, "plate") == ("plate-1",)
    assert reasons(selection)["cup-3"] == "kept: the one of 3 cups next to the plate"


def test_a_chain_is_resolved_from_its_end() -> None:
    """The cup left of the plate on the right shelf, where another plate has a nearer cup."""
    scene = seen(
        ("shelf", (0, 300, 300, 340), 0.9),
        ("shelf", (340, 300, 640, 340), 0.9),
        ("plate", (180, 250, 260, 300), 0.9),
        ("plate", (540, 250, 620, 300), 0.9),
        ("cup", (130, 250, 170, 300), 0.9),
        ("cup", (420, 250, 460, 300), 0.9),
    )
    shelf = thing("shelf", at(Relation.RIGHT_OF))
    plate = thing("plate", at(Relation.ON, shelf))
    selection = select(asked(thing("cup", at(Relation.LEFT_OF, plate))), scene, None)
    assert selection.targets(0) == ("cup-2",)
    assert selection.anchors(0, "plate") == ("plate-2",)
    assert selection.anchors(0, "shelf") == ("shelf-2",)


def test_an_ambiguous_anchor_is_chosen_with_the_thing() -> None:
    """Two tables, one cup on the less believed one."""
    scene = seen(
        ("table", (0, 300, 200, 400), 0.6), ("table", (400, 300, 640, 400), 0.8), ("cup", (60, 250, 100, 305), 0.9)
    )
    selection = select(asked(thing("cup", at(Relation.ON, thing("table")))), scene, None)
    assert selection.anchors(0) == ("table-1",)
    assert not selection.ambiguous


# what else is in the picture ---------------------------------------------------------------


def test_other_sure_things_are_bystanders() -> None:
    scene = seen(
        ("dog", (10, 10, 200, 300), 0.9), ("cat", (300, 10, 400, 200), 0.6), ("clock", (500, 10, 560, 60), 0.05)
    )
    selection = select(asked(thing("dog")), scene, None)
    assert {c.id: c.role for c in selection.choices if c.kept} == {"dog-1": Role.TARGET, "cat-1": Role.SCENE}


def test_at_most_ten_bystanders_surest_first() -> None:
    rows: list[Row] = [("book", (i * 50, 100, i * 50 + 40, 200), 0.5 + i / 100) for i in range(12)]
    kept = [c for c in select(Instruction(""), seen(*rows), None).choices if c.kept]
    assert len(kept) == 10
    assert kept[0].id == "book-12"


def test_nothing_appears_under_two_ids() -> None:
    scene = seen(
        ("cup", (100, 100, 200, 220), 0.9),
        ("mug", (102, 101, 199, 219), 0.5),
        ("bowl", (98, 100, 203, 222), 0.6),
    )
    selection = select(asked(thing("cup")), scene, None)
    assert selection.kept_ids == ("cup-1",)
    assert reasons(selection)["mug-1"] == "dropped: the same thing as cup-1"


def test_two_clauses_share_one_id_for_one_thing() -> None:
    scene = seen(("man", (100, 100, 200, 400), 0.8), ("person", (101, 99, 202, 402), 0.9))
    both = (Clause(EditVerb.REMOVE, thing("man")), Clause(EditVerb.RESTYLE, thing("person"), payload="red"))
    selection = select(Instruction("", both), scene, None)
    assert selection.kept_ids == ("person-1",)
    assert selection.targets(0) == selection.targets(1)


@pytest.mark.parametrize("verb", [EditVerb.RESTYLE, EditVerb.BACKGROUND])
def test_the_whole_picture_has_no_target_rows(verb: EditVerb) -> None:
    selection = select(asked(None, verb), CUPS, None)
    assert selection.targets(0) == ()
    assert not selection.ambiguous
    assert {c.role for c in selection.choices} == {Role.SCENE}


def test_an_insert_keeps_its_reference() -> None:
    selection = select(asked(None, EditVerb.INSERT, at(Relation.LEFT_OF, thing("plate"))), CUPS, None)
    assert selection.anchors(0) == ("plate-1",)


# nested boxes, groups, plurals --------------------------------------------------------------


def test_a_part_is_not_the_thing() -> None:
    scene = seen(("person", (100, 50, 300, 470), 0.9), ("person", (160, 60, 230, 140), 0.4))
    selection = select(asked(thing("person", count=ALL)), scene, None)
    assert selection.targets(0) == ("person-1",)
    assert reasons(selection)["person-2"] == "dropped: a part of person-1"


def test_a_box_around_several_is_left_out_for_its_members() -> None:
    scene = seen(
        ("dog", (50, 100, 590, 400), 0.6), ("dog", (60, 110, 300, 390), 0.8), ("dog", (320, 110, 580, 395), 0.7)
    )
    selection = select(asked(thing("dog", count=ALL)), scene, None)
    assert selection.targets(0) == ("dog-2", "dog-3")
    assert reasons(selection)["dog-1"] == "dropped: covers dog-2 and dog-3 together"


@pytest.mark.parametrize("count", [ALL, THREE])
def test_one_box_for_a_group_is_taken(count: Count) -> None:
    selection = select(asked(thing("people", count=count)), seen(("person", (50, 100, 590, 400), 0.7)), None)
    assert selection.targets(0) == ("person-1",)
    assert reasons(selection)["person-1"].startswith("kept: one box for all")
    assert not selection.ambiguous


def test_all_ends_where_belief_drops() -> None:
    scores = (0.9, 0.8, 0.75, 0.12, 0.1)
    rows: list[Row] = [("bird", (i * 120, 100, i * 120 + 80, 180), score) for i, score in enumerate(scores)]
    selection = select(asked(thing("bird", count=ALL)), seen(*rows), None)
    assert selection.targets(0) == ("bird-1", "bird-2", "bird-3")
    assert reasons(selection)["bird-4"] == "dropped: too unsure to count"


def test_all_on_one_side() -> None:
    rows: list[Row] = [("bird", (x, 100, x + 60, 160), 0.8) for x in (20, 150, 400, 560)]
    selection = select(asked(thing("bird", at(Relation.LEFT_OF), count=ALL)), seen(*rows), None)
    assert set(selection.targets(0)) == {"bird-1", "bird-2"}
    assert reasons(selection)["bird-4"] == "dropped: not in that place"


# colours ------------------------------------------------------------------------------------


def painted(**boxes: tuple[tuple[int, int, int, int], tuple[int, int, int]]) -> Picture:
    pixels = np.full((*EXTENT.shape, 3), 200, np.uint8)
    for (x1, y1, x2, y2), rgb in boxes.values():
        pixels[y1:y2, x1:x2] = rgb
    return Picture(pixels)


SHIRTS = painted(
    a=((50, 100, 150, 300), (190, 30, 30)),
    b=((250, 100, 350, 300), (40, 70, 190)),
    c=((450, 100, 550, 300), (180, 40, 35)),
)
MEN = seen(("man", (50, 100, 150, 300), 0.7), ("man", (250, 100, 350, 300), 0.9), ("man", (450, 100, 550, 300), 0.75))


def test_a_colour_is_checked_against_the_pixels() -> None:
    assert chosen(thing("red man", at(Relation.RIGHT_OF)), MEN, SHIRTS) == ("man-3",)
    assert chosen(thing("blue man"), MEN, SHIRTS) == ("man-2",)
    assert reasons(select(asked(thing("blue man")), MEN, SHIRTS))["man-1"] == "dropped: man-2 is more blue"


def test_all_of_a_colour() -> None:
    selection = select(asked(thing("red man", count=ALL)), MEN, SHIRTS)
    assert set(selection.targets(0)) == {"man-1", "man-3"}
    assert reasons(selection)["man-2"] == "dropped: another colour"


def test_an_ordinal_counts_those_of_the_colour() -> None:
    assert chosen(thing("red man", ordinal=2), MEN, SHIRTS) == ("man-3",)


# what a person drew -------------------------------------------------------------------------


def test_a_drawn_box_wins() -> None:
    drawn = seen(("dog", (400, 100, 500, 200), 0.9)).added(
        "dog-u1", CUPS.box("cup-1"), phrase="dog", score=1.0, source=Source.USER
    )
    selection = select(asked(thing("dog")), drawn, None)
    assert selection.targets(0) == ("dog-u1",)
    assert reasons(selection)["dog-u1"] == "kept: you drew it"
    assert reasons(selection)["dog-1"] == "dropped: you drew another box for it"
    assert not selection.ambiguous


# questions ----------------------------------------------------------------------------------


def test_nothing_found_asks_for_a_box() -> None:
    selection = select(asked(thing("lamp")), CUPS, None)
    (doubt,) = selection.doubts
    assert (doubt.phrase, doubt.candidates) == ("lamp", ())
    assert doubt.question == "I could not find the lamp. Draw a box around it, or click it."
    assert selection.targets(0) == ()


def test_a_toss_up_is_asked_about_with_the_best_guess() -> None:
    lamps = seen(("lamp", (100, 100, 160, 200), 0.8), ("lamp", (400, 100, 460, 200), 0.81))
    selection = select(asked(thing("lamp")), lamps, None)
    (doubt,) = selection.doubts
    assert selection.targets(0) == ("lamp-2",)
    assert doubt.candidates == ("lamp-2", "lamp-1")
    assert doubt.question.startswith("Which lamp? Two match; I would take the right one")
    assert doubt.margin < 0.1


def test_a_close_call_says_why() -> None:
    scene = seen(
        ("bed", (200, 300, 440, 460), 0.9), ("lamp", (120, 200, 180, 300), 0.8), ("lamp", (458, 200, 518, 300), 0.8)
    )
    (doubt,) = select(asked(thing("lamp", at(Relation.NEAREST, thing("bed")))), scene, None).doubts
    assert doubt.question == "Which lamp? Two match; I would take the right one because it is nearest to the bed."


def test_a_guess_is_always_asked_about() -> None:
    selection = select(asked(thing("spoon")), seen(("spoon", (10, 10, 90, 90), 0.7), source=Source.GUESS), None)
    assert selection.targets(0) == ("spoon-1",)
    assert selection.ambiguous


@pytest.mark.parametrize(
    ("target", "question"),
    [
        (
            thing("cup", count=Count(CountKind.EXACTLY, 5)),
            "I see only 3 of 5 cups. Draw a box around what is missing, or go on.",
        ),
        (thing("cup", ordinal=4), "I see only 3 cups. Which one is meant?"),
    ],
    ids=["count", "ordinal"],
)
def test_fewer_than_asked_for(target: Referent, question: str) -> None:
    assert select(asked(target), CUPS, None).doubts[0].question == question


def test_a_lost_anchor_is_asked_about_only_where_it_matters() -> None:
    lost = at(Relation.LEFT_OF, thing("bottle"))
    assert [d.phrase for d in select(asked(thing("cup", lost)), CUPS, None).doubts if not d.candidates] == ["bottle"]
    assert not select(asked(thing("plate", lost)), CUPS, None).doubts


# what must not matter -----------------------------------------------------------------------


@st.composite
def scenes(draw: st.DrawFn) -> list[Row]:
    """Two to five cups that do not overlap, with scores that differ."""
    cells = draw(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), min_size=2, max_size=5, unique=True))
    rows: list[Row] = []
    for i, (column, line) in enumerate(cells):
        x, y = column * 105 + draw(st.integers(0, 20)), line * 118 + draw(st.integers(0, 20))
        rows.append(("cup", (x, y, x + draw(st.integers(30, 80)), y + draw(st.integers(30, 90))), 0.6 + i / 50))
    return rows


TARGETS = st.sampled_from(
    [
        thing("cup"),
        thing("cup", at(Relation.LEFT_OF)),
        thing("cup", at(Relation.ABOVE), at(Relation.RIGHT_OF)),
        thing("cup", at(Relation.MIDDLE)),
        thing("cup", at(Relation.RIGHT_OF), ordinal=2),
        thing("cup", at(Relation.LEFT_OF), count=TWO),
        thing("cup", count=ALL),
        thing("cup", at(Relation.LARGEST)),
        thing("cup", at(Relation.NEXT_TO, thing("cup", at(Relation.LEFT_OF)))),
    ]
)
MIRROR = {Relation.LEFT_OF: Relation.RIGHT_OF, Relation.RIGHT_OF: Relation.LEFT_OF}


def mirrored(referent: Referent) -> Referent:
    tests = tuple(
        SpatialTest(MIRROR.get(t.relation, t.relation), tuple(mirrored(a) for a in t.anchors)) for t in referent.tests
    )
    return Referent(referent.phrase, referent.head, referent.attributes, referent.count, referent.ordinal, tests)


def clear(referent: Referent, detections: Detections) -> bool:
    """Whether no candidate is level with the kept ones, so that the answer is not by chance."""
    selection = select(asked(referent), detections, None)
    return all(doubt.margin > 1e-3 for doubt in selection.doubts)


@settings(max_examples=60, deadline=None)
@given(scenes(), TARGETS)
def test_mirroring_the_picture_swaps_left_and_right(rows: list[Row], referent: Referent) -> None:
    flipped = seen(
        *((label, (EXTENT.width - x2, y1, EXTENT.width - x1, y2), score) for label, (x1, y1, x2, y2), score in rows)
    )
    assume(clear(referent, seen(*rows)))
    assert set(chosen(mirrored(referent), flipped)) == set(chosen(referent, seen(*rows)))


@settings(max_examples=60, deadline=None)
@given(scenes(), TARGETS, st.randoms(use_true_random=False))
def test_shuffling_the_boxes_changes_nothing(rows: list[Row], referent: Referent, random: Random) -> None:
    straight = seen(*rows)
    order = list(range(len(rows)))
    random.shuffle(order)
    one, other = select(asked(referent), straight, None), select(asked(referent), straight.take(order), None)
    assert one.targets(0) == other.targets(0)
    assert one.doubts == other.doubts


@settings(max_examples=60, deadline=None)
@given(scenes(), TARGETS, st.sampled_from([0.5, 3.0]))
def test_scaling_the_picture_changes_nothing(rows: list[Row], referent: Referent, factor: float) -> None:
    straight = seen(*rows)
    larger = Extent(int(EXTENT.width * factor), int(EXTENT.height * factor))
    scaled = Detections(straight.ids, straight.xyxy * factor, straight.score, straight.phrases, straight.source, larger)
    assume(clear(referent, straight))
    assert chosen(referent, scaled) == chosen(referent, straight)


@settings(max_examples=60, deadline=None)
@given(scenes(), TARGETS)
def test_a_far_unrelated_box_changes_nothing(rows: list[Row], referent: Referent) -> None:
    alone = select(asked(referent), seen(*rows), None)
    beside = select(asked(referent), seen(*rows, ("zebra", (600, 460, 639, 479), 0.95)), None)
    assert alone.targets(0) == beside.targets(0)
    assert alone.doubts == beside.doubts


def test_what_is_spared_is_dropped_and_said():
    cup = thing("cup", count=ALL)
    spared = (thing("cup", at(Relation.LEFT_OF)),)
    selection = select(Instruction("", (Clause(EditVerb.REMOVE, cup, spared=spared),)), CUPS, None)
    every = select(asked(cup), CUPS, None).targets(0)
    left = select(asked(spared[0]), CUPS, None).targets(0)
    assert set(selection.targets(0)) == set(every) - set(left)
    assert reasons(selection)[left[0]] == "dropped: you left it out"


def test_a_background_keeps_what_is_spared_too():
    scene = seen(("dog", (50, 200, 120, 300), 0.8), ("cat", (300, 200, 380, 300), 0.8))
    clause = Clause(EditVerb.BACKGROUND, thing("dog"), payload="blur", spared=(thing("cat"),))
    assert set(select(Instruction("", (clause,)), scene, None).targets(0)) == set(scene.ids)


def test_nothing_left_is_asked_about():
    clause = Clause(EditVerb.REMOVE, thing("cup", count=ALL), spared=(thing("cup", count=ALL),))
    selection = select(Instruction("", (clause,)), CUPS, None)
    assert selection.targets(0) == ()
    assert any("no cup is left" in doubt.question for doubt in selection.doubts)


@pytest.mark.parametrize(("ordinal", "count", "wanted"), [(1, TWO, [0, 1]), (-1, TWO, [1, 2]), (2, TWO, [1, 2])])
def test_several_from_an_ordinal_on(ordinal, count, wanted):
    row = seen(*(("mug", (40 + 150 * i, 200, 120 + 150 * i, 300), 0.8) for i in range(3)))
    assert sorted(chosen(thing("mug", count=count, ordinal=ordinal), row)) == [row.ids[i] for i in wanted]
