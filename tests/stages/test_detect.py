import numpy as np
import pytest

from ggedit.backends.scripted import ScriptedDetector
from ggedit.core.detections import Detections, Source
from ggedit.core.geometry import Extent
from ggedit.core.language import Clause, CountKind, EditVerb, Instruction, Referent, Relation, SpatialTest
from ggedit.stages.detect import detect, find_twice, merge, unique_referents
from tests.builders import make_picture

PAGE = Extent(100, 50)


def found(phrases, boxes, scores=None, source=Source.MODEL):
    scores = scores or [0.5] * len(boxes)
    return Detections.build(extent=PAGE, xyxy=boxes, score=scores, phrases=phrases, source=[source] * len(boxes))


def test_without_a_request_the_scene_is_what_is_seen():
    detector = ScriptedDetector()
    seen = detect(make_picture(), Instruction(""), detector)
    assert seen.ids == ("cup-1", "lamp-1")
    assert detector.asked == []


def test_a_found_thing_keeps_its_scene_id_and_takes_the_asked_phrase():
    scene = found(["cup", "lamp"], [[0, 0, 10, 10], [50, 0, 60, 10]])
    asked = (Referent("red cup", "cup"),)
    table = merge(scene, found(["red cup", "red cup"], [[1, 0, 11, 10], [80, 0, 90, 10]]), asked)
    assert set(table.ids) == {"lamp-1", "cup-1", "cup-2"}
    assert table.phrases[table.index("cup-1")] == "red cup"
    assert table.phrases[table.index("lamp-1")] == "lamp"


def test_another_kind_of_thing_in_the_same_place_stays_apart():
    scene = found(["person"], [[0, 0, 10, 10]])
    table = merge(scene, found(["hat"], [[0, 0, 10, 10]]), (Referent("hat", "hat"),))
    assert table.ids == ("person-1", "hat-1")


@pytest.mark.parametrize(
    ("label", "asked", "score", "called"),
    [
        pytest.param("animal", "cat", 0.5, "cat", id="a-general-word-gives-way"),
        pytest.param("animal", "cat", 0.1, "animal", id="not-where-it-may-be-another-animal"),
        pytest.param("animal", "hat", 0.5, "animal", id="not-to-another-kind"),
        pytest.param("person", "woman", 0.5, "person", id="nor-a-person"),
    ],
)
def test_what_is_seen_in_general_is_called_as_asked_and_stays_as_sure(label, asked, score, called):
    scene = found([label], [[0, 0, 10, 10]], [0.9])
    table = merge(scene, found([asked], [[0, 0, 10, 10]], [score], Source.GUESS), (Referent(asked, asked),))
    assert table.phrases[table.index(f"{label}-1")] == called
    assert (table.score[0], table.source[0]) == (np.float32(0.9), Source.MODEL)


def test_each_scene_object_is_taken_once_by_the_better_box():
    scene = found(["cup"], [[0, 0, 10, 10]])
    twice = found(["cup", "cup"], [[0, 0, 10, 9], [0, 0, 10, 10]], [0.4, 0.6])
    table = merge(scene, twice, (Referent("cup", "cup"),))
    assert table.ids == ("cup-2", "cup-1")
    assert np.allclose(table.xyxy[1], [0, 0, 10, 10])


def test_scene_ids_do_not_depend_on_the_request():
    detector = ScriptedDetector()
    one = detect(make_picture(), Instruction("x", (Clause(EditVerb.REMOVE, Referent("lamp", "lamp")),)), detector)
    assert one.ids == ("cup-1", "lamp-1")


def test_a_phrase_meant_in_two_ways_is_asked_once_without_a_side():
    left = Referent("cup", "cup", tests=(SpatialTest(Relation.LEFT_OF),))
    right = Referent("cup", "cup", tests=(SpatialTest(Relation.RIGHT_OF, (Referent("lamp", "lamp"),)),))
    text = Instruction("x", (Clause(EditVerb.REMOVE, left), Clause(EditVerb.MOVE, right)))
    cup, lamp = unique_referents(text)
    assert (cup.tests, cup.count.kind) == ((), CountKind.ALL)
    assert lamp.phrase == "lamp"


def test_what_is_not_found_by_its_phrase_is_looked_for_by_its_head_noun():
    class ByPhrase(ScriptedDetector):
        def find(self, picture, referents):
            self.asked.append(tuple(referents))
            return self._table(picture.extent, [(r.phrase, b) for r in referents for b in self.boxes.get(r.phrase, ())])

    detector = ByPhrase()
    asked = (Referent("chipped cup", "cup", ("chipped",)), Referent("lamp", "lamp"), Referent("red dog", "dog"))
    found = find_twice(make_picture(), asked, detector)
    assert [[r.phrase for r in call] for call in detector.asked] == [["chipped cup", "lamp", "red dog"], ["cup", "dog"]]
    assert sorted(found.phrases) == ["chipped cup", "lamp"]


def test_what_is_found_is_not_looked_for_again():
    detector = ScriptedDetector()
    find_twice(make_picture(), (Referent("red cup", "cup", ("red",)), Referent("lamp", "lamp")), detector)
    assert len(detector.asked) == 1
