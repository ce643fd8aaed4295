"""The labels that the language figures are measured against."""

from pathlib import Path

import pytest

from benchmarks import language_truth as truth
from ggedit.backends.classical.language import RulesParser
from ggedit.config import Settings
from ggedit.core.language import Context

SHARED = Path(__file__).parents[2] / "../shared/data"
needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is missing")


@pytest.fixture(scope="module")
def parser() -> RulesParser:
    return RulesParser(Settings())


LABELS = [
    ("paint the frog on the left of the pond purple", "pond"),
    ("remove the hat from the boy", "boy"),
    ("make her a mermaid", "her"),
    ("change his hat to a blue one", "his"),
    ("add a dog on top of the piano", "piano"),
    ("add a castle and a dragon", ""),
    ("add a sun in the background", "background"),
    ("change the background to a city", ""),
    ("make it rococo", ""),
    ("as a pencil sketch", ""),
    ("remove the left wall's shadow", "wall"),
    ("make the woman with the hat smile", "woman"),
    ("move the tree to the left of the house", "house"),
    ("have the rabbits be radioactive", "rabbit"),
    ("hello", ""),
]


@pytest.mark.parametrize(("text", "label"), LABELS, ids=[row[0] for row in LABELS])
def test_published_label(parser, text, label):
    assert truth.published_label(parser.parse(text, Context())) == label


def test_same_word_ignores_case_and_number():
    assert truth.same_word("Rabbits", "rabbit")
    assert not truth.same_word("rabbit", "hat")


@needs_data
def test_hand_checked_labels_are_the_derived_ones():
    rows = truth.checked()
    assert len(rows) == 100
    for row in rows:
        assert truth.derive(row.text) == row


@needs_data
def test_every_template_is_known():
    assert sum(len(truth.derived(kind)) for kind in truth.KINDS) == 963


@needs_data
def test_kept_rows_are_a_fifth():
    rows = truth.published()
    kept = [row for row in rows if row.held_out]
    assert (len(rows), len(kept)) == (3579, 871)


def test_own_cases_are_as_many_as_promised():
    assert len(truth.paraphrases()) >= 300
    assert len(truth.pronoun_cases()) >= 120
    verbs = {answer for meaning in truth.paraphrases() for answer in meaning.verb}
    assert verbs <= {
        "insert",
        "remove",
        "replace",
        "restyle",
        "move",
        "resize",
        "flip",
        "duplicate",
        "relate",
        "background",
    }


@needs_data
def test_winogender_edits_differ_only_in_the_pronoun():
    groups = truth.winogender()
    assert len(groups) == 120
    for _, (he, she, they) in groups:
        assert len({he, she, they}) == 3
        assert len(he.split()) == len(she.split()) == len(they.split())
