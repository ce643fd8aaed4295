from __future__ import annotations

import pytest

from ggedit.core.language import Relation
from ggedit.core.relation_words import relation_of, relation_phrase


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
