"""Phrases in one text: where they stand, how many fit, which tokens are theirs."""

from __future__ import annotations

import pytest

from ggedit.backends.grounding.captions import Phrase, clean, pack, tokens_in, write_caption
from ggedit.core.language import Span


@pytest.mark.parametrize(
    ("phrase", "head", "expected"),
    [
        ("red cup", "cup", "cup"),
        ("red cup", "", "cup"),
        ("cups", "cup", "cups"),
        ("woman in a red shirt", "woman", "woman"),
        ("wine glass", "wine glass", "wine glass"),
        ("two wine glasses", "wine glass", "wine glasses"),
        ("cup of the cup", "cup", "cup"),
        ("red thing", "spoon", "thing"),
        ("St. Bernard?", "bernard", "bernard"),
        ("...", "", "thing"),
    ],
)
def test_head_noun_is_found_in_its_phrase(phrase: str, head: str, expected: str) -> None:
    caption = write_caption([Phrase("old dog", "dog"), Phrase(phrase, head)])
    span, noun = caption.phrases[1], caption.heads[1]
    assert caption.text[span.start : span.end] == clean(phrase)
    assert caption.text[noun.start : noun.end] == expected
    assert span.start <= noun.start and noun.end <= span.end


def test_last_of_two_equal_nouns_is_the_head() -> None:
    caption = write_caption([Phrase("cup of the cup", "cup")])
    assert caption.heads[0] == Span(11, 14)


def test_every_phrase_is_closed_by_a_full_stop() -> None:
    assert write_caption([Phrase("Red  cup."), Phrase("lamp?")]).text == "red cup. lamp."
    assert write_caption([]).text == ""


@pytest.mark.parametrize(
    ("span", "limit", "expected"),
    [(Span(0, 7), 9, [1, 2]), (Span(4, 7), 9, [2]), (Span(9, 13), 9, [4, 5]), (Span(9, 13), 5, [4])],
    ids=["phrase", "head", "word pieces", "cut off"],
)
def test_tokens_are_found_by_span(span: Span, limit: int, expected: list[int]) -> None:
    offsets = [(0, 0), (0, 3), (4, 7), (7, 8), (9, 11), (11, 13), (13, 14), (0, 0)]
    assert tokens_in(span, offsets, limit) == expected


@pytest.mark.parametrize(
    ("lengths", "limit", "groups"),
    [
        ([1, 1, 1], 8, [3]),
        ([1, 1, 1], 7, [2, 1]),
        ([1, 9, 1], 6, [1, 1, 1]),
        ([], 8, []),
    ],
    ids=["all fit exactly", "one token too many", "one too long for any text", "nothing"],
)
def test_as_few_texts_as_the_length_allows(lengths: list[int], limit: int, groups: list[int]) -> None:
    phrases = [Phrase("x" * number) for number in lengths]
    packed = pack(phrases, len, limit)
    assert [len(group) for group in packed] == groups
    assert [phrase for group in packed for phrase in group] == phrases
