"""The floors below which the figures of the scene graph must not fall, on the public data."""

from __future__ import annotations

import pytest

from benchmarks import captions, scene
from ggedit.backends.classical.captions import CaptionReader
from tests.pictures import PictureMissing


@pytest.fixture(scope="module")
def reader() -> CaptionReader:
    return CaptionReader()


def test_the_phrases_of_vsr():
    row = scene.phrases()
    assert row.of == 60 and row.right / row.of >= 0.95, row.misses


@pytest.mark.skipif(not scene.SPATIAL.is_dir(), reason=f"{scene.SPATIAL} is missing")
def test_sentences_and_prompts(reader: CaptionReader):
    for row in (scene.sentences(reader), scene.prompts(reader)):
        assert row.right / row.of >= 0.95, (row.name, row.misses)


@pytest.mark.skipif(not captions.DATA.exists(), reason=f"{captions.DATA} is missing")
def test_captions_beat_the_published_rule_parser(reader: CaptionReader):
    pairs = captions.rows()[1::2]
    read = [frozenset(f.lines()) for f in reader.read_many([caption for caption, _ in pairs])]
    match = sum(guess == truth for guess, (_, truth) in zip(read, pairs, strict=True)) / len(pairs)
    spice = sum(captions.spice(guess, truth) for guess, (_, truth) in zip(read, pairs, strict=True)) / len(pairs)
    assert match >= 0.58 and spice >= 0.80


def test_pairs_on_photos():
    try:
        row = scene.photos()
    except PictureMissing as error:
        pytest.skip(str(error))
    assert row.right >= 12, row.misses


KNOWN = {
    "all right": ({"a , is , b", "a , on , c"}, {"a , is , b", "a , on , c"}, 1.0),
    "nothing right": ({"x"}, {"a , on , c"}, 0.0),
    "the attribute is missing": ({"a , on , c"}, {"a , on , c", "a , is , b"}, 6 / 7),
}


@pytest.mark.parametrize(("guess", "truth", "f1"), KNOWN.values(), ids=KNOWN)
def test_spice_counts_objects_attributes_and_relations(guess: set[str], truth: set[str], f1: float):
    assert captions.spice(frozenset(guess), frozenset(truth)) == pytest.approx(f1)


def test_facts_are_read_from_the_published_form():
    assert captions.facts_of("( a , is ,  b ) , ( c )") == {"a , is , b", "c"}
