"""From beliefs per token to believed boxes."""

from __future__ import annotations

import numpy as np
import pytest

from ggedit.backends.grounding.captions import Phrase, write_caption
from ggedit.backends.grounding.sight import Sight, Thresholds, pick_for_phrase, pick_scene, read_tokens
from ggedit.core.geometry import as_xyxy

BOXES = as_xyxy([[0, 0, 10, 10], [0, 0, 10, 11], [50, 50, 60, 60], [80, 0, 90, 10]])
USUAL = Thresholds(0.25, 0.25)


def sight(*rows: tuple[float, ...], head: tuple[tuple[float, ...], ...] | None = None) -> Sight:
    belief = np.array(rows, np.float32)
    return Sight(BOXES[: len(belief)], belief, belief, belief if head is None else np.array(head, np.float32))


def test_belief_is_the_mean_of_the_phrases_own_tokens() -> None:
    caption = write_caption([Phrase("red cup", "cup"), Phrase("lamp", "lamp")])
    offsets = [(0, 0), (0, 3), (4, 7), (7, 8), (9, 13), (13, 14), (0, 0)]
    tokens = np.array([[0.9, 0.8, 0.2, 0.9, 0.1, 0.9, 0.9], [0, 0.2, 0.6, 0, 0.7, 0, 0]], np.float32)
    read = read_tokens(BOXES[:2], tokens, caption=caption, offsets=offsets)
    assert np.allclose(read.belief, [[0.5, 0.1], [0.4, 0.7]])
    assert np.allclose(read.strongest, [[0.8, 0.1], [0.6, 0.7]])
    assert np.allclose(read.head, [[0.2, 0.1], [0.6, 0.7]])


def test_a_phrase_beyond_the_text_is_not_believed() -> None:
    caption = write_caption([Phrase("cup"), Phrase("lamp")])
    read = read_tokens(BOXES[:1], np.ones((1, 3), np.float32), caption=caption, offsets=[(0, 3), (3, 4), (5, 9)])
    assert read.belief.tolist() == [[1, 1]]
    cut = read_tokens(BOXES[:1], np.ones((1, 2), np.float32), caption=caption, offsets=[(0, 3), (3, 4), (5, 9)])
    assert cut.belief.tolist() == [[1, 0]] and cut.head.tolist() == [[1, 0]]


@pytest.mark.parametrize(
    ("seen", "scores", "sure"),
    [
        (sight((0.5,), (0.9,), (0.3,), (0.1,)), [0.9, 0.3], True),
        (sight((0.1,), (0.2,), (0.05,), (0.13,)), [0.2, 0.13], False),
        (sight((0.07,), (0.01,), (0.01,), (0.01,)), [0.07], False),
        (sight((0.06,), (0.01,), (0.01,), (0.01,)), [], False),
        (sight((0.9,), (0.9,), (0.5,), (0.5,), head=((0.1,), (0.1,), (0.6,), (0.1,))), [0.5], True),
    ],
    ids=["overlapping ones are one", "lowered once", "lowered twice", "nothing at all", "red, but no cup"],
)
def test_boxes_of_a_phrase(seen: Sight, scores: list[float], *, sure: bool) -> None:
    picked = pick_for_phrase(seen, USUAL, most=8)
    assert np.allclose(picked.score, scores) and picked.sure is sure


def test_no_more_boxes_than_wished_for() -> None:
    assert len(pick_for_phrase(sight((0.3,), (0.5,), (0.9,), (0.4,)), USUAL, most=2).score) == 2


def test_scene_names_each_thing_once_under_its_best_name() -> None:
    first = sight((0.6, 0.3), (0.1, 0.5), (0.1, 0.1), (0.3, 0.4))
    second = Sight(BOXES[:1], *(np.array([[0.5]], np.float32),) * 3)
    xyxy, score, names = pick_scene([(first, ["cup", "mug"]), (second, ["glass"])], USUAL, most=9)
    assert names == ["cup", "mug"] and np.allclose(score, [0.6, 0.4])
    assert xyxy.tolist() == [BOXES[0].tolist(), BOXES[3].tolist()]


def test_things_of_two_kinds_may_overlap() -> None:
    rider = as_xyxy([[0, 0, 100, 100], [0, 0, 100, 70]])
    belief = np.array([[0.9, 0.1], [0.1, 0.8]], np.float32)
    _, _, names = pick_scene([(Sight(rider, belief, belief, belief), ["horse", "person"])], USUAL, most=9)
    assert names == ["horse", "person"]


def test_empty_scene() -> None:
    for sights in ([], [(sight((0.1, 0.1)), ["cup", "mug"])]):
        xyxy, score, names = pick_scene(sights, USUAL, most=9)
        assert xyxy.shape == (0, 4) and score.shape == (0,) and names == []
