from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from ggedit.backends.classical.planning.size_head import APART, LINEAR, NOISE, SMOOTH, NounVectors, SizeHead, beside
from ggedit.backends.classical.size import LearnedSizePredictor, load_real_sizes
from ggedit.config import Settings
from ggedit.core.geometry import Box, Extent

EXTENT = Extent(640, 480)
MAN = Box(200, 100, 310, 452)


@pytest.fixture(scope="module")
def sizer() -> LearnedSizePredictor:
    return LearnedSizePredictor(Settings())


def test_the_table_is_large_and_sound():
    sizes = load_real_sizes()
    assert len(sizes) >= 6000 and len({s.noun for s in sizes}) == len(sizes)
    for size in sizes:
        assert 0 < size.low_m <= max(size.width_m, size.height_m) <= size.high_m, size
        assert size.noun == size.noun.strip().lower() and size.category


def test_every_row_of_the_table_names_its_judgement():
    path = Path("ggedit/backends/classical/data/real_sizes.csv")
    with (Path(__file__).parents[3] / path).open(newline="", encoding="utf-8") as file:
        assert all(row["note"] for row in csv.DictReader(file))


@pytest.mark.parametrize(
    "smaller, larger",
    [
        ("ant", "mouse"),
        ("mouse", "cat"),
        ("cat", "dog"),
        ("dog", "man"),
        ("man", "horse"),
        ("horse", "elephant"),
        ("car", "bus"),
        ("bus", "house"),
        ("spoon", "plate"),
        ("cup", "bottle"),
        ("toy helicopter", "helicopter"),
        ("baby elephant", "elephant"),
        ("cat", "giant cat"),
        ("lemon", "lemon tree"),
    ],
    ids="-".join,
)
def test_everyday_order_of_sizes(sizer: LearnedSizePredictor, smaller: str, larger: str):
    a, b = sizer.real_size(smaller), sizer.real_size(larger)
    assert a is not None and b is not None
    assert a.width_m * a.height_m < b.width_m * b.height_m


@pytest.mark.parametrize(
    "phrase, noun",
    [("two red cups", "cup"), ("a cup of coffee", "cup"), ("the dining table", "dining table"), ("people", "person")],
)
def test_a_phrase_has_its_nouns_size(sizer: LearnedSizePredictor, phrase: str, noun: str):
    found, known = sizer.real_size(phrase), sizer.real_size(noun)
    assert found is not None and known is not None
    assert (found.width_m, found.height_m) == (known.width_m, known.height_m)


def test_a_dog_beside_a_man_is_a_third_as_high(sizer: LearnedSizePredictor):
    guess = sizer.predict("dog", reference="man", box=MAN, extent=EXTENT, relation=None)
    assert guess.height_px == pytest.approx(MAN.height * 0.55 / 1.76, rel=0.01)
    assert guess.width_px / guess.height_px == pytest.approx(0.75 / 0.55, rel=1e-6)
    assert "55 cm" in guess.why and "1.8 m" in guess.why


def test_twice_the_box_is_twice_the_size(sizer: LearnedSizePredictor):
    one = sizer.predict("cat", reference="man", box=Box(0, 0, 50, 160), extent=EXTENT, relation=None)
    two = sizer.predict("cat", reference="man", box=Box(0, 0, 100, 320), extent=EXTENT, relation=None)
    assert two.height_px == pytest.approx(2 * one.height_px)


def test_a_noun_outside_the_table_is_learned(sizer: LearnedSizePredictor):
    found = sizer.real_size("party hat")
    assert found is not None and "party hat" not in {s.noun for s in load_real_sizes()}
    assert 0.05 < found.height_m < 0.6


def test_a_learned_size_is_drawn_towards_what_it_stands_by_and_a_known_one_is_not(sizer: LearnedSizePredictor):
    alone = sizer.real_size("party hat")
    assert alone is not None
    house = sizer.real_size("house")
    assert house is not None
    box = Box(0, 0, 100 * house.width_m, 100 * house.height_m)
    learned = sizer.predict("party hat", reference="house", box=box, extent=EXTENT, relation=None)
    known = sizer.predict("dog", reference="house", box=box, extent=EXTENT, relation=None)
    assert learned.height_px > 110 * alone.height_m
    assert learned.width_px / learned.height_px == pytest.approx(alone.width_m / alone.height_m)
    assert known.height_px == pytest.approx(55)


@pytest.mark.parametrize(("ratio", "expected"), [(0, 0), (1, 0.987), (-1, -0.987), (3, 2.513), (-3, -2.513)])
def test_a_ratio_in_doubt_stays_within_ten_times(ratio: float, expected: float):
    """Median of a normal of deviation 1, cut off at +-log2(10): known from its distribution function."""
    assert beside([[ratio, ratio]], [[0, 0]])[0] == pytest.approx([expected, expected], abs=1e-3)


def test_beside_keeps_order_and_shape():
    guessed = np.array([[ratio, ratio - 1] for ratio in np.linspace(-40, 40, 81)])
    found = beside(guessed, np.zeros_like(guessed))
    assert found[:, 0] - found[:, 1] == pytest.approx(np.ones(81))
    assert np.abs(found.max(axis=1)).max() < APART and (np.diff(found[:, 0]) >= 0).all()


def test_an_unheard_of_bird_has_a_birds_size(sizer: LearnedSizePredictor):
    found = sizer.real_size("zzyzzx bird")
    assert found is not None and 0.1 < found.height_m < 0.7


def test_an_unknown_thing_takes_the_references_size_and_says_so(sizer: LearnedSizePredictor):
    guess = sizer.predict("xyzzy", reference="man", box=MAN, extent=EXTENT, relation=None)
    assert (guess.width_px, guess.height_px) == (MAN.width, MAN.height)
    assert "no size is known for 'xyzzy'" in guess.why


def test_without_a_reference_larger_things_look_larger_and_fit(sizer: LearnedSizePredictor):
    heights = []
    for noun in ("ant", "cat", "man", "house"):
        guess = sizer.predict(noun, reference=None, box=None, extent=EXTENT, relation=None)
        assert 0 < guess.width_px <= 640 and 0 < guess.height_px <= 480
        heights.append(max(guess.height_px, guess.width_px))
    assert heights == sorted(heights)


def test_the_shipped_head_fits_its_vectors():
    nouns = NounVectors.load(Settings().checkpoints / "size")
    assert nouns.table.dtype == np.float16 and len(nouns.places) == len(nouns.table) >= 5000
    assert np.linalg.norm(nouns.table.astype(np.float32), axis=1) == pytest.approx(np.ones(len(nouns.table)), abs=0.01)
    head, known = nouns.head, load_real_sizes()
    assert head.log_sizes == pytest.approx(np.log2([[s.width_m, s.height_m] for s in known]), abs=1e-5)
    # most of a noun's own size is in the answer for it
    few = slice(None, None, 20)
    error = np.abs(head.predict(head.vectors[few]) - head.log_sizes[few])
    assert np.median(error) < 0.6


def test_the_weights_solve_the_gaussian_process():
    """Far from all nouns but itself, a noun's answer is off by noise times its weight: (K + noise I) w = y - median."""
    vectors = np.eye(8, dtype=np.float32)
    sizes = np.arange(16, dtype=np.float32).reshape(8, 2)
    head = SizeHead.fit(vectors, sizes)
    kernel = LINEAR * (np.eye(8) - 1 / 8) + SMOOTH * (np.exp(-4) + (1 - np.exp(-4)) * np.eye(8))
    assert kernel @ head.weights + NOISE * head.weights == pytest.approx(sizes - np.median(sizes, axis=0), abs=1e-4)


def test_a_head_learns_a_smooth_function():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(200, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    truth = np.stack([6 * vectors[:, 0], -6 * vectors[:, 1]], axis=1)
    head = SizeHead.fit(vectors[:150], truth[:150])
    error = np.abs(head.predict(vectors[150:]) - truth[150:]).mean()
    assert error < 0.5 * np.abs(truth[150:] - truth[:150].mean(axis=0)).mean()
