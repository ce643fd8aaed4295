"""The detector port over a network that answers from a script."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from ggedit.backends.grounding.captions import Phrase
from ggedit.backends.grounding.detector import PhraseDetector, load_vocabulary
from ggedit.backends.grounding.sight import Sight, Thresholds
from ggedit.config import Settings, load_settings
from ggedit.core.detections import Source
from ggedit.core.errors import BadInput
from ggedit.core.geometry import as_xyxy
from ggedit.core.language import Count, CountKind, Referent
from ggedit.core.picture import Picture
from ggedit.ports import Releasable, StageRun
from tests.builders import make_picture


class ScriptedNetwork:
    """A column of boxes along the top edge, as sure of each phrase as it was told."""

    thresholds = Thresholds(0.25, 0.25)

    def __init__(self, **beliefs: Sequence[float]) -> None:
        self.beliefs = beliefs
        self.asked: list[list[tuple[str, ...]]] = []
        self.released = 0

    def pack(self, phrases: Sequence[Phrase]) -> list[tuple[Phrase, ...]]:
        return [tuple(phrases[i : i + 2]) for i in range(0, len(phrases), 2)]

    def ask(self, picture: Picture, groups: Sequence[Sequence[Phrase]]) -> list[Sight]:
        self.asked.append([tuple(phrase.text for phrase in group) for group in groups])
        return [self._sight([self.beliefs.get(phrase.text, ()) for phrase in group]) for group in groups]

    def release(self) -> None:
        self.released += 1

    @staticmethod
    def _sight(columns: list[Sequence[float]]) -> Sight:
        belief = np.zeros((60, len(columns)), np.float32)
        for number, column in enumerate(columns):
            belief[: len(column), number] = column
        boxes = as_xyxy([[i / 2, 0, i / 2 + 0.5, 5] for i in range(60)])
        return Sight(boxes, belief, belief, belief)


@pytest.fixture
def words(tmp_path: Path) -> Settings:
    (tmp_path / "words.txt").write_text("# a comment\nCup\nlamp  # on the desk\n\ncup\nspoon\n", "utf-8")
    return load_settings({"GGEDIT_DETECTOR_VOCABULARY": str(tmp_path / "words.txt")})


def test_each_referent_is_asked_in_a_text_of_its_own() -> None:
    network = ScriptedNetwork(cup=[0.5, 0.9], lamp=[0.3])
    table = PhraseDetector(Settings(), network).find(make_picture(), [Referent("cup", "cup"), Referent("lamp", "lamp")])
    assert network.asked == [[("cup",), ("lamp",)]]
    assert table.ids == ("cup-1", "cup-2", "lamp-1") and table.phrases == ("cup", "cup", "lamp")
    assert np.allclose(table.score, [0.9, 0.5, 0.3]) and set(table.source) == {Source.MODEL}


def test_what_needs_lower_thresholds_is_a_guess_and_said() -> None:
    detector = PhraseDetector(Settings(), ScriptedNetwork(cup=[0.2], lamp=[0.5]))
    asked = [Referent("cup", "cup"), Referent("lamp", "lamp"), Referent("spoon", "spoon")]
    with StageRun().running() as run:
        table = detector.find(make_picture(), asked)
    assert dict(zip(table.phrases, table.source, strict=True)) == {"cup": Source.GUESS, "lamp": Source.MODEL}
    assert [note.split('"')[1] for note in run.notes] == ["cup", "spoon"]
    assert "lower thresholds" in run.notes[0]


@pytest.mark.parametrize(
    ("settings", "found"),
    [({}, 2), ({"GGEDIT_BOX_THRESHOLD": "0.4"}, 1), ({"GGEDIT_TEXT_THRESHOLD": "0.4"}, 1)],
    ids=["the model's own", "box", "text"],
)
def test_thresholds_are_settings(settings: dict[str, str], found: int) -> None:
    detector = PhraseDetector(load_settings(settings), ScriptedNetwork(cup=[0.5, 0.3]))
    assert len(detector.find(make_picture(), [Referent("cup", "cup")])) == found


@pytest.mark.parametrize(
    ("count", "most"), [(Count(), 8), (Count(CountKind.ALL), 48), (Count(CountKind.EXACTLY, 2), 48)], ids=str
)
def test_more_candidates_where_several_are_meant(count: Count, most: int) -> None:
    detector = PhraseDetector(Settings(), ScriptedNetwork(cup=[0.9] * 60))
    assert len(detector.find(make_picture(), [Referent("cup", "cup", count=count)])) == most


def test_scene_is_searched_for_the_vocabulary_once_per_picture(words: Settings) -> None:
    network = ScriptedNetwork(cup=[0.5], spoon=[0.1, 0.8], lamp=[0.2])
    detector = PhraseDetector(words, network)
    picture = make_picture()
    scene = detector.scan(picture)
    assert network.asked == [[("cup", "lamp"), ("spoon",)]]
    assert scene.ids == ("spoon-1", "cup-1") and scene.phrases == ("spoon", "cup")
    assert detector.scan(picture) is scene and len(network.asked) == 1
    detector.scan(make_picture(seed=1))
    assert len(network.asked) == 2


def test_scenes_of_many_pictures_are_not_all_kept(words: Settings) -> None:
    network = ScriptedNetwork()
    detector = PhraseDetector(words, network)
    for seed in range(9):
        detector.scan(make_picture(seed=seed))
    detector.scan(make_picture(seed=0))
    assert len(network.asked) == 10


def test_release_reaches_the_network() -> None:
    network = ScriptedNetwork()
    detector = PhraseDetector(Settings(), network)
    assert isinstance(detector, Releasable)
    detector.release()
    assert network.released == 1


def test_everyday_nouns_are_several_hundred_each_once() -> None:
    words = load_vocabulary(Settings())
    assert 200 < len(words) < 500 and len(set(words)) == len(words)
    assert {"person", "dog", "cup", "traffic light"} <= set(words)
    assert all(word == word.strip().lower() and len(word.split()) <= 3 for word in words)


@pytest.mark.parametrize(("content", "message"), [(None, "cannot be read"), ("# nothing\n\n", "names nothing")])
def test_a_vocabulary_that_is_no_use_is_said(tmp_path: Path, content: str | None, message: str) -> None:
    file = tmp_path / "words.txt"
    if content is not None:
        file.write_text(content, "utf-8")
    with pytest.raises(BadInput, match=message):
        load_vocabulary(load_settings({"GGEDIT_DETECTOR_VOCABULARY": str(file)}))
