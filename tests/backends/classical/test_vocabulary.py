"""The dictionaries of the embedded detector: kinds, usual looks and roles."""

from __future__ import annotations

import pytest

from ggedit.backends.classical.detecting.traits import (
    Part,
    Role,
    Shape,
    Side,
    load_roles,
    load_traits,
    plays,
    traits_of,
)
from ggedit.backends.classical.detecting.vocabulary import (
    KINDS,
    KNOWN_WEIGHT,
    LABELS,
    is_animate,
    load_vocabulary,
    meaning,
)


def kinds_of(phrase, head=""):
    weights = meaning(phrase, head).weights
    return {KINDS[i] for i in weights.nonzero()[0]}


def test_it_knows_more_than_400_words_for_80_kinds():
    words = load_vocabulary()
    named = [word for word, kinds in words.items() if max(kinds.values()) >= KNOWN_WEIGHT]
    assert len(KINDS) == len(set(KINDS)) == 80 and len(named) > 400
    assert all(0 < weight <= 1 and kind in KINDS for kinds in words.values() for kind, weight in kinds.items())


@pytest.mark.parametrize("label", [*KINDS, *LABELS])
def test_every_kind_is_known_by_its_own_name(label):
    found = meaning(label)
    assert found.known and LABELS[int(found.weights.argmax())] in {
        label,
        LABELS[KINDS.index(label)] if label in KINDS else label,
    }


@pytest.mark.parametrize(
    ("phrase", "kinds"),
    [
        ("red cup", {"cup"}),
        ("wooden coffee table", {"dining table"}),
        ("left wine glass", {"wine glass"}),
        ("women", {"person"}),
        ("knives", {"knife"}),
        ("puppies", {"dog"}),
        ("buses", {"bus"}),
        ("Taxi", {"car"}),
        ("bike", {"bicycle", "motorcycle"}),
        ("settee", {"sofa"}),
        ("pagoda", set()),
        ("", set()),
    ],
)
def test_phrases_are_looked_up_by_their_longest_known_ending(phrase, kinds):
    assert kinds_of(phrase) == kinds


def test_the_head_helps_where_the_phrase_does_not():
    assert kinds_of("cup of tea with milk", "cup") == {"cup"}


@pytest.mark.parametrize("word", ["lantern", "rabbit", "tiger", "painting", "tripod"])
def test_a_likeness_is_not_knowledge(word):
    found = meaning(word)
    assert not found.empty and not found.known


@pytest.mark.parametrize(
    ("label", "animate"), [("girl", True), ("white dog", True), ("animal", True), ("bench", False), ("pagoda", False)]
)
def test_animate(label, animate):
    assert is_animate(label) is animate


@pytest.mark.parametrize(
    ("phrase", "shape", "side", "part"),
    [
        ("old stone tower", Shape.TALL, None, None),
        ("paper lanterns", Shape.ROUND, None, None),
        ("sky", Shape.WIDE, Side.TOP, None),
        ("baseball cap", None, None, Part.HAT),
        ("shirt", None, None, Part.TORSO),
        ("front wheel", None, None, Part.WHEEL),
        ("gizmo", None, None, None),
    ],
)
def test_usual_looks(phrase, shape, side, part):
    traits = traits_of(phrase)
    assert (traits.shape, traits.side, traits.part) == (shape, side, part)


def test_a_words_lines_add_up():
    assert load_traits()["rock"].side is Side.BOTTOM and "grey" in load_traits()["rock"].colours


@pytest.mark.parametrize(
    ("phrase", "role", "does"),
    [("kitchen table", Role.SUPPORT, True), ("bowls", Role.CONTAINER, True), ("cloud", Role.SUPPORT, False)],
)
def test_roles(phrase, role, does):
    assert plays(phrase, role) is does
    assert all(load_roles().values())
