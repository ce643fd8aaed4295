"""The embedded detector on photographs and on pictures of every size."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ggedit.backends.classical import detector as module
from ggedit.backends.classical.detector import YoloDetector
from ggedit.config import load_settings
from ggedit.core.detections import Source
from ggedit.core.errors import BackendUnavailable
from ggedit.core.geometry import Extent, as_xyxy, iou_xyxy
from ggedit.core.language import Count, CountKind, Referent, Relation, SpatialTest
from ggedit.core.picture import Picture
from tests.pictures import load

TRUTH = Path(__file__).parents[3] / "benchmarks" / "data" / "grounding_phrases.json"

ONE = Count()


@pytest.fixture(scope="module")
def detector():
    return YoloDetector(load_settings({}))


def thing(phrase, *relations, attributes=(), count=ONE):
    return Referent(
        phrase, phrase.split()[-1], attributes, count, tests=tuple(SpatialTest(relation) for relation in relations)
    )


def noise(extent, seed=0):
    return Picture(np.random.default_rng(seed).integers(0, 256, (extent.height, extent.width, 3), np.uint8))


def test_a_cup_is_known_and_a_spoon_is_guessed(detector):
    found = detector.find(load("coffee"), [thing("cup"), thing("spoon")])
    cup, spoon = found.phrases.index("cup"), found.phrases.index("spoon")
    assert found.source[cup] is Source.MODEL and found.source[spoon] is Source.GUESS
    assert iou_xyxy(found.xyxy[cup : cup + 1], as_xyxy([173, 18, 408, 290]))[0, 0] >= 0.5
    assert found.phrases.count("spoon") == 5


def test_the_side_that_was_spoken_of_comes_first(detector):
    picture = load("unwant_person")
    left, right = (detector.find(picture, [thing("person", r)]) for r in (Relation.LEFT_OF, Relation.RIGHT_OF))
    assert left.xyxy[0, 2] < 200 < right.xyxy[0, 2]


def test_all_gives_every_instance_first(detector):
    found = detector.find(load("unwant_person"), [thing("people", count=Count(CountKind.ALL))])
    sure = found.xyxy[[s is Source.MODEL and score > 0.8 for s, score in zip(found.source, found.score, strict=True)]]
    assert len(sure) == 2 and sure[:, 2].min() < 200 < sure[:, 2].max()


def test_a_colour_word_without_a_kind_finds_its_patch(detector):
    pixels = np.full((300, 400, 3), (120, 130, 120), np.uint8)
    pixels[60:140, 250:330] = (200, 25, 30)
    pixels[160:240, 60:140] = (40, 80, 200)
    found = detector.find(Picture(pixels), [thing("red gizmo", attributes=("red",))])
    assert iou_xyxy(found.xyxy[:1], as_xyxy([250, 60, 330, 140]))[0, 0] > 0.7
    assert set(found.source) == {Source.GUESS}


def test_candidates_are_distinct_sorted_and_inside(detector):
    picture = load("astronaut")
    found = detector.find(picture, [thing("helmet"), thing("person"), thing("gizmo")])
    assert len(set(found.ids)) == len(found) and found.score.min() >= 0 and found.score.max() <= 1
    for phrase in ("helmet", "person", "gizmo"):
        mine = found.take([i for i, p in enumerate(found.phrases) if p == phrase])
        assert 1 <= len(mine) <= 5 and (np.diff(mine.score) <= 0).all()
        overlap = iou_xyxy(mine.xyxy, mine.xyxy) - np.eye(len(mine))
        assert overlap.max() < 0.6 + 1e-6


def test_scan_names_the_main_things_once(detector):
    found = detector.scan(load("unwant_person"))
    assert found.ids == ("person-1", "person-2") and set(found.source) == {Source.MODEL}
    assert set(detector.scan(load("cats")).phrases) == {"animal"}


def test_a_flat_picture_shows_nothing(detector):
    assert len(detector.scan(Picture(np.full((200, 300, 3), 90, np.uint8)))) == 0


@pytest.mark.parametrize(
    "extent", [Extent(1, 1), Extent(2, 2), Extent(1, 500), Extent(3, 3), Extent(17, 900), Extent(33, 31)], ids=str
)
def test_small_and_thin_pictures_never_fail(detector, extent):
    found = detector.find(noise(extent), [thing("red cup", attributes=("red",)), thing("hat"), thing("gizmo")])
    assert found.extent == extent and len(detector.scan(noise(extent))) >= 0
    if min(extent) < 3:
        assert len(found) == 0


def test_a_24_megapixel_picture_gives_boxes_in_its_own_pixels(detector):
    small = load("coffee").pixels
    big = Picture(np.repeat(np.repeat(small, 10, axis=0), 10, axis=1))
    found = detector.find(big, [thing("cup")])
    assert iou_xyxy(found.xyxy[:1], as_xyxy([1730, 180, 4080, 2900]))[0, 0] >= 0.5


def test_the_same_question_has_the_same_answer(detector):
    one = detector.find(load("astronaut"), [thing("flag")])
    two = YoloDetector(load_settings({})).find(load("astronaut"), [thing("flag")])
    assert np.array_equal(one.xyxy, two.xyxy) and np.array_equal(one.score, two.score) and one.ids == two.ids


def test_a_picture_is_looked_at_once_and_only_the_last_few_are_kept(monkeypatch):
    looked = []
    real = module.compute_proposals
    monkeypatch.setattr(module, "compute_proposals", lambda n, p: looked.append(p.digest) or real(n, p))
    fresh = YoloDetector(load_settings({}))
    pictures = [noise(Extent(40, 40), seed) for seed in range(9)]
    for picture in (pictures[0], pictures[0], *pictures):
        fresh.find(picture, [thing("cup")])
        fresh.scan(picture)
    assert len(looked) == 9
    fresh.scan(pictures[0])
    assert len(looked) == 10, "the oldest was forgotten"


def test_a_missing_model_is_named_with_what_mends_it(tmp_path, monkeypatch):
    monkeypatch.setattr("ggedit.backends.classical.detector.small_file", lambda name, where: where.checkpoints / name)
    lonely = YoloDetector(replace(load_settings({}), checkpoints=tmp_path))
    with pytest.raises(BackendUnavailable, match=r"yolov3-tiny-int8\.onnx is missing.*GGEDIT_CHECKPOINTS"):
        lonely.scan(noise(Extent(64, 64)))


@pytest.mark.slow
@pytest.mark.parametrize(("key", "top1", "top3"), [("earlier", 0.75, 0.85), ("own", 0.5, 0.75)])
def test_the_promised_share_of_phrases_is_found(detector, key, top1, top3):
    rows = json.loads(TRUTH.read_text("utf-8"))[key]
    ranks = []
    for row in rows:
        relations = [Relation(name) for name in row["tests"]]
        asked = replace(thing(row["phrase"], *relations, attributes=tuple(row["attributes"])), head=row["head"])
        found = detector.find(load(row["picture"]), [asked])
        hits = np.flatnonzero(iou_xyxy(found.xyxy, as_xyxy(row["box"]))[:, 0] >= 0.5)
        ranks.append(int(hits[0]) if len(hits) else 99)
    share = len(rows)
    assert sum(r == 0 for r in ranks) / share >= top1
    assert sum(r < 3 for r in ranks) / share >= top3
