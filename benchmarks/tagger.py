"""The trained tagger against the rules, on the published rows that neither was trained on.

    python -m benchmarks.tagger [--differences]

Prints the share of right published labels (head word, "" for the whole picture) of the tagger,
of the rules and of either one alone, how the two parsers' clauses differ, and the time per
instruction. --differences lists the rows on which tagger and rules disagree.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

from benchmarks import language_truth as truth
from ggedit.backends.classical.language import RulesParser
from ggedit.backends.tagger import TaggerParser
from ggedit.config import load_settings
from ggedit.core.language import Context
from ggedit.core.tagging import words_of
from ggedit.training.corpora import published_label


def labels_of_tagger(parser: TaggerParser, texts: list[str]) -> list[str]:
    """The published label the tagger gives each text."""
    words = [words_of(text) for text in texts]
    return [published_label(scores, w) for scores, w in zip(parser.roles(words), words, strict=True)]


def labels_of_rules(parser: RulesParser, texts: list[str]) -> list[str]:
    """The published label that the rules' clauses stand for."""
    return [truth.published_label(read) for read in parser.parse_texts(texts)]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--differences", action="store_true")
    settings = load_settings({})
    rules, tagger = RulesParser(settings), TaggerParser(settings)
    rows = [row for row in truth.published() if row.held_out]
    texts, right = [row.sentence for row in rows], [row.target for row in rows]
    by_tagger, by_rules = labels_of_tagger(tagger, texts), labels_of_rules(rules, texts)
    good_tagger = [truth.same_word(a, b) for a, b in zip(by_tagger, right, strict=True)]
    good_rules = [truth.same_word(a, b) for a, b in zip(by_rules, right, strict=True)]
    count = len(rows)
    print(f"tagger right      {sum(good_tagger) / count:7.1%} of {count}")
    print(f"rules right       {sum(good_rules) / count:7.1%}")
    print(f"at least one right{sum(a or b for a, b in zip(good_tagger, good_rules, strict=True)) / count:7.1%}")
    differ = [i for i in range(count) if not truth.same_word(by_tagger[i], by_rules[i])]
    print(
        f"they disagree on  {len(differ) / count:7.1%}; there the tagger is right on "
        f"{sum(good_tagger[i] for i in differ)}, the rules on {sum(good_rules[i] for i in differ)} of {len(differ)}"
    )
    print(
        f"one instruction, median: rules {_median_ms(rules.parse, texts):.1f} ms, "
        f"rules with tagger {_median_ms(tagger.parse, texts):.1f} ms"
    )
    if arguments.parse_args().differences:
        for i in differ:
            print(f"  {texts[i]!r}: published {right[i]!r}, tagger {by_tagger[i]!r}, rules {by_rules[i]!r}")


def _median_ms(parse: Callable[[str, Context], object], texts: list[str]) -> float:
    seconds = []
    for text in texts[:100]:
        began = time.perf_counter()
        parse(text, Context())
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds) * 1000


if __name__ == "__main__":
    main()
