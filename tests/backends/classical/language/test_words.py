"""Cutting, tagging and inflecting words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ggedit.backends.classical.language.directions import find_motion, find_relation
from ggedit.backends.classical.language.spelling import slips_between
from ggedit.backends.classical.language.tokens import lows, tokenise
from ggedit.backends.classical.language.verbs import Frame, entries, find_verb, verb_of_form
from ggedit.core.inflection import indefinite, is_plural, plural, singular

CUT = [
    ("let's remove it", "let us remove it"),
    ("don't", "do not"),
    ("the man's hat", "the man 's hat"),
    ("the girls' dress", "the girls 's dress"),
    ("remove the 'red' cup", "remove the red cup"),
    ("I'd like", "i would like"),
    ("left-hand side", "left-hand side"),
    ("by 50%, please!", "by 50% , please !"),
    ("the 1920s", "the 1920s"),
    ("2nd car 🙂", "2nd car"),
    ("can't", "can not"),
]


@pytest.mark.parametrize(("text", "words"), CUT, ids=[row[0] for row in CUT])
def test_tokens(text, words):
    assert lows(tokenise(text)) == words


@given(st.text(max_size=60))
def test_words_lie_in_the_text_in_order(text):
    words = tokenise(text)
    assert all(
        text[w.start : w.end].lower().startswith(w.text[:1].lower()) or w.text != text[w.start : w.end] for w in words
    )
    assert [w.start for w in words] == sorted(w.start for w in words)
    assert all(0 <= w.start < w.end <= len(text) for w in words)


NUMBERS = [
    ("cats", "cat"), ("women", "woman"), ("children", "child"), ("leaves", "leaf"), ("buses", "bus"), ("boxes", "box"),
    ("cherries", "cherry"), ("knives", "knife"), ("geese", "goose"), ("people", "person"), ("potatoes", "potato"),
    ("horses", "horse"), ("glasses", "glasses"), ("scissors", "scissors"), ("firemen", "fireman"), ("watches", "watch"),
]  # fmt: skip


@pytest.mark.parametrize(("many", "one"), NUMBERS, ids=[row[0] for row in NUMBERS])
def test_singular(many, one):
    assert singular(many) == one
    assert singular(one) == one


@pytest.mark.parametrize("word", ["bus", "glass", "cactus", "sheep", "dress", "scissors", "tennis", "gas"])
def test_singular_words_in_s(word):
    assert not is_plural(word)
    assert singular(word) == word


@pytest.mark.parametrize("word", ["cat", "cherry", "box", "bush", "man", "child", "leaf", "toy"])
def test_plural_is_the_way_back(word):
    assert is_plural(plural(word))
    assert singular(plural(word)) == word


@pytest.mark.parametrize(
    ("phrase", "article"), [("apple", "an"), ("red apple", "a"), ("hour", "an"), ("unicorn", "a"), ("owl", "an")]
)
def test_article(phrase, article):
    assert indefinite(phrase) == article


PLACES = [
    ("on the left", "left_of", 0),
    ("to the left of the cup", "left_of", 1),
    ("on the far right side", "right_of", 0),
    ("in the upper part", "above", 0),
    ("at the bottom of the stairs", "below", 1),
    ("on top of the bus", "on", 1),
    ("at the top of the hill", "on", 1),
    ("in front of the door", "in_front", 1),
    ("in the foreground", "in_front", 0),
    ("in the distance", "behind", 0),
    ("between the cars", "between", 2),
    ("right next to the cat", "next_to", 1),
    ("closest to the camera", "nearest", 0),
    ("farthest from the door", "farthest", 1),
    ("in the middle", "middle", 0),
    ("inside the box", "inside", 1),
    ("left of the cup", "left_of", 1),
    ("underneath the table", "below", 1),
]


@pytest.mark.parametrize(("text", "relation", "anchors"), PLACES, ids=[row[0] for row in PLACES])
def test_place_phrases(text, relation, anchors):
    hit = find_relation(tokenise(text), 0)
    assert hit is not None
    assert ([r.value for r in hit.relations], hit.anchors) == ([relation], anchors)


@pytest.mark.parametrize("text", ["of the cup", "left", "the left", "cup on", "red"])
def test_no_place_phrase(text):
    assert find_relation(tokenise(text), 0) is None


@pytest.mark.parametrize(
    ("text", "relation"),
    [("left", "left_of"), ("a bit to the right", None), ("further up", "above"), ("backwards", "behind")],
)
def test_motion(text, relation):
    hit = find_motion(tokenise(text), 0)
    assert (hit.relations[0].value if hit else None) == relation


@pytest.mark.parametrize(
    ("a", "b", "slips"),
    [
        ("dog", "dog", 0),
        ("dgo", "dog", 1),
        ("surfbord", "surfboard", 1),
        ("cat", "car", 1),
        ("house", "mouse", 1),
        ("cat", "elephant", 2),
    ],
)
def test_slips(a, b, slips):
    assert slips_between(a, b, 1) == slips
    assert slips_between(b, a, 1) == slips


def test_every_verb_has_a_frame_that_is_read():
    assert {frame for frame, _ in entries().values()} == set(Frame) - {Frame.OTHER}


@pytest.mark.parametrize(
    ("word", "verb"),
    [("banished", "banish"), ("put", "put"), ("painted", "paint"), ("erasing", "erase")],
)
def test_verb_forms(word, verb):
    found = verb_of_form(word, "")
    assert found is not None
    assert found.name == verb


def test_longest_verb_wins():
    verb = find_verb(tokenise("get rid of the dog"), 0)
    assert verb is not None
    assert (verb.name, verb.length, verb.frame) == ("get rid of", 3, Frame.REMOVE)
