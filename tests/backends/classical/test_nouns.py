from __future__ import annotations

import pytest

from ggedit.backends.classical.planning.nouns import NewThing, head_noun, new_thing, same_kind, with_article
from ggedit.core.inflection import singular


@pytest.mark.parametrize(
    "plural, one",
    [("dogs", "dog"), ("people", "person"), ("dishes", "dish"), ("cherries", "cherry"), ("buses", "bus"),
     ("knives", "knife"), ("glass", "glass"), ("scissors", "scissors"), ("cookies", "cookie"), ("gas", "gas")],
)  # fmt: skip
def test_singular(plural: str, one: str):
    assert singular(plural) == one


@pytest.mark.parametrize(
    "phrase, head",
    [("a red cup of coffee", "cup"), ("the man in the blue shirt", "man"), ("two dogs", "dog"),
     ("a pair of scissors", "scissors"), ("a bunch of bananas", "banana"), ("", "")],
)  # fmt: skip
def test_head_noun(phrase: str, head: str):
    assert head_noun(phrase) == head


@pytest.mark.parametrize(
    "payload, thing",
    [
        ("a cat", NewThing("cat", "cat", ())),
        ("a piñata", NewThing("piñata", "piñata", ())),
        ("a café table", NewThing("café table", "table", ("café",))),
        ("another flower", NewThing("flower", "flower", ())),
        ("two red birds", NewThing("red bird", "bird", ("red",), 2)),
        ("3 cups", NewThing("cup", "cup", (), 3)),
        ("a couple of dogs", NewThing("dog", "dog", (), 2)),
        ("a pair of scissors", NewThing("scissors", "scissors", ())),
        ("fifty birds", NewThing("fifty birds", "bird", ("fifty",))),
        ("20 birds", NewThing("bird", "bird", (), 6)),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_new_thing(payload: str, thing: NewThing):
    assert new_thing(payload) == thing


def test_same_kind_goes_by_the_head_noun():
    assert same_kind("red flowers", "a flower")
    assert not same_kind("flower pot", "flower")
    assert not same_kind("", "")


@pytest.mark.parametrize(
    "label, words", [("cat", "a cat"), ("orange", "an orange"), ("the dog", "the dog"), ("two cats", "two cats")]
)
def test_with_article(label: str, words: str):
    assert with_article(label) == words
