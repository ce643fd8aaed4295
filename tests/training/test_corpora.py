import pytest

from ggedit.core.tagging import LABELS, Label, words_of
from ggedit.training.corpora import (
    Published,
    held_out_rows,
    is_held_out,
    published_label,
    tag_published,
    training_rows,
)
from ggedit.training.grammar import make_sentences
from ggedit.training.tagged import Tagged, from_spans, labels_of


def allowed(row: Tagged, word: str) -> set[str]:
    return {LABELS[i].value for i in row.allowed[row.words.index(word)]}


def scores(**roles: dict[str, float]) -> tuple[dict[str, float], ...]:
    """One score table per word, in order; a role that is not given is 0."""
    return tuple(
        {r: given.get(r, 0.0) for r in ("target", "new", "reference", "attribute", "direction")}
        for given in roles.values()
    )


def test_words_have_no_punctuation_and_no_possessive():
    assert words_of("Color the man's hat, please!") == ("Color", "the", "man", "hat", "please")


def test_the_named_word_of_a_plain_row_is_the_target_and_no_other_is():
    row = tag_published(Published("make the left lunchbox gold.", "lunchbox"))
    assert allowed(row, "lunchbox") == {"B-target", "I-target"}
    assert "B-target" not in allowed(row, "gold")
    assert "I-target" in allowed(row, "left"), "a word before it may begin its span"


def test_in_a_relative_row_the_named_word_is_the_reference():
    row = tag_published(Published("Paint the frog on the left of the pond purple", "pond"))
    assert allowed(row, "pond") == {"B-reference", "I-reference"}
    assert "B-target" in allowed(row, "frog"), "the frog's role is not known from this label"
    assert "B-reference" not in allowed(row, "frog")


def test_a_whole_picture_row_has_neither_target_nor_reference():
    row = tag_published(Published("Make it an Ukiyo-e painting.", ""))
    assert all(not (a & labels_of("target", "reference")) for a in row.allowed)


def test_a_pronoun_stands_for_itself_in_either_role():
    assert allowed(tag_published(Published("make her blue", "her")), "her") == {
        "B-target", "I-target", "B-reference", "I-reference"
    }  # fmt: skip


def test_held_out_rows_and_their_wordings_are_never_trained_on():
    rows = tuple(Published(f"make the cup {n}", "cup") for n in range(60))
    held = held_out_rows(rows)
    again = Published(held[0].sentence.upper() + "!", "cup")
    trained = training_rows((*rows, again))
    assert held and trained
    assert not {r.sentence for r in trained} & {r.sentence for r in held}
    assert is_held_out(again.sentence) or again not in trained


def test_cleaning_drops_labels_that_do_not_stand_in_the_sentence_and_repeats():
    rows = [Published("paint the sky red now", "sea")]
    rows += [Published(f"Paint the sky red {n}", "sky") for n in range(20)]
    rows += [Published(f"paint the SKY red {n}.", "sky") for n in range(20)]
    kept = training_rows(tuple(rows))
    assert all(r.target == "sky" for r in kept)
    assert len({r.sentence.lower().strip(".") for r in kept}) == len(kept)


@pytest.mark.parametrize(
    ("roles", "words", "label"),
    [
        pytest.param({"a": {}, "b": {"target": 0.9}}, ("make", "Cup"), "cup", id="target"),
        pytest.param({"a": {"target": 0.9}, "b": {"reference": 0.8}}, ("frog", "pond"), "pond", id="reference first"),
        pytest.param({"a": {"target": 0.9}, "b": {"target": 0.9}}, ("flower", "pot"), "pot", id="end of the span"),
        pytest.param({"a": {"target": 0.3, "reference": 0.3}, "b": {}}, ("her", "x"), "her", id="either role"),
        pytest.param({"a": {"target": 0.2}, "b": {"new": 0.9}}, ("add", "hat"), "", id="whole picture"),
    ],
)
def test_published_labels(roles, words, label):
    assert published_label(scores(**roles), words) == label


def test_spans_become_bio_labels():
    tagged = from_spans([("make the", ""), ("red car", "target")])
    assert [LABELS[min(a)] for a in tagged.allowed] == [Label.OUTSIDE, Label.OUTSIDE, Label.B_TARGET, Label.I_TARGET]
    with pytest.raises(ValueError, match="at least one label"):
        Tagged(("a",), (frozenset(),))


def test_the_grammar_is_repeatable_and_uses_every_role():
    made = make_sentences(300, seed=4)
    assert made == make_sentences(300, seed=4) != make_sentences(300, seed=5)
    seen = {LABELS[min(a)].value[2:] for row in made for a in row.allowed}
    assert seen == {"", "target", "new", "reference", "attribute", "direction"}
    assert all(len(a) == 1 for row in made for a in row.allowed)
