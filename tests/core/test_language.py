import pytest

from ggedit.core.language import Clause, EditVerb, Referent, Relation, SpatialTest

CUP, PLATE, SHELF = (Referent(word, word) for word in ("cup", "plate", "shelf"))
ON_SHELF = Referent("plate", "plate", tests=(SpatialTest(Relation.ON, (SHELF,)),))
BY_PLATE = Referent("cup", "cup", tests=(SpatialTest(Relation.LEFT_OF, (ON_SHELF,)),))


@pytest.mark.parametrize("verb", [v for v in EditVerb if v not in ("insert", "restyle", "background")])
def test_most_verbs_need_a_target(verb):
    with pytest.raises(ValueError, match="needs a target"):
        Clause(verb)


def test_an_insert_has_none_and_a_look_may_have_none():
    with pytest.raises(ValueError, match="no target"):
        Clause(EditVerb.INSERT, CUP)
    assert Clause(EditVerb.RESTYLE, payload="winter").target is None


def test_every_thing_spoken_of_is_listed_chains_included():
    clause = Clause(EditVerb.MOVE, BY_PLATE, SpatialTest(Relation.BETWEEN, (CUP, PLATE)))
    assert [r.head for r in clause.referents()] == ["cup", "plate", "shelf", "cup", "plate"]
