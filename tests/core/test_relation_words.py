from __future__ import annotations

import pytest

from ggedit.core.language import Relation
from ggedit.core.relation_words import ReadRelation, read_relation, relation_of, relation_phrase


@pytest.mark.parametrize(
    "words, relation",
    [
        ("left of", Relation.LEFT_OF),
        ("to the right of", Relation.RIGHT_OF),
        ("on top of", Relation.ON),
        ("sitting on", Relation.ON),
        ("over", Relation.ABOVE),
        ("under", Relation.BELOW),
        ("in front of", Relation.IN_FRONT),
        ("in_front", Relation.IN_FRONT),
        ("behind", Relation.BEHIND),
        ("in the bowl", Relation.INSIDE),
        ("in the top left corner", Relation.CORNER),
        ("near", Relation.NEXT_TO),
        ("between", Relation.BETWEEN),
        ("in the middle", Relation.MIDDLE),
        ("holding", None),
        ("", None),
    ],
)
def test_words_name_a_relation(words: str, relation: Relation | None):
    assert relation_of(words) is relation


@pytest.mark.parametrize("relation", [r for r in Relation if r not in (Relation.LARGEST, Relation.SMALLEST)], ids=str)
def test_every_relation_survives_its_own_value(relation: Relation):
    assert relation_of(relation.value) is relation
    assert relation_phrase(relation)


@pytest.mark.parametrize(
    "words, relation, swapped",
    [
        ("contains", Relation.INSIDE, True),
        ("surrounding", Relation.INSIDE, True),
        ("surrounded by", Relation.INSIDE, False),
        ("has as a part", Relation.INSIDE, True),
        ("carrying", Relation.ON, True),
        ("on top of", Relation.ON, False),
        ("touching", Relation.NEXT_TO, False),
        ("far away from", Relation.FARTHEST, False),
        ("ahead of", Relation.IN_FRONT, False),
        ("down from", Relation.BELOW, False),
    ],
)
def test_words_are_read_from_either_side(words: str, relation: Relation, *, swapped: bool):
    assert read_relation(words) == ReadRelation(relation, swapped)


@pytest.mark.parametrize("words", ["facing", "facing away from", "parallel to", "reading", ""])
def test_words_that_name_no_place(words: str):
    assert read_relation(words) is None
