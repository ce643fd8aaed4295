import numpy as np
import pytest

from ggedit.core.detections import Detections, Source, name_ids
from ggedit.core.errors import BadInput
from ggedit.core.geometry import Box, Extent

PAGE = Extent(100, 50)


def table(**changes) -> Detections:
    columns = {
        "ids": ("cup-1", "cup-2"),
        "xyxy": [[0, 0, 10, 10], [20, 0, 30, 10]],
        "score": [0.5, 0.4],
        "phrases": ("cup", "red cup"),
        "source": (Source.MODEL, Source.GUESS),
        "extent": PAGE,
    }
    return Detections(**(columns | changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"ids": ("a", "a")}, "unique", id="same id twice"),
        pytest.param({"ids": ("a",)}, "unequal", id="a column is short"),
        pytest.param({"score": [0.5, 1.5]}, "scores", id="score above 1"),
        pytest.param({"score": [0.5, np.nan]}, "scores", id="score not a number"),
    ],
)
def test_promises(changes, words):
    with pytest.raises(ValueError, match=words):
        table(**changes)


def test_boxes_are_clipped_and_read_only():
    found = table(xyxy=[[-5, -5, 10, 10], [90, 40, 200, 200]])
    assert found.xyxy.tolist() == [[0, 0, 10, 10], [90, 40, 100, 50]]
    with pytest.raises(ValueError, match="read-only"):
        found.xyxy[0, 0] = 3


def test_build_names_boxes_and_leaves_out_those_outside():
    found = Detections.build(
        extent=PAGE, xyxy=[[0, 0, 5, 5], [200, 0, 210, 5], [7, 7, 9, 9]], score=[0.3, 0.2, 0.1],
        phrases=["red cup", "lamp", "cup"],
    )  # fmt: skip
    assert found.ids == ("cup-1", "cup-2")
    assert found.phrases == ("red cup", "cup")


def test_take_added_and_index():
    found = table().take([1])
    assert found.ids == ("cup-2",)
    more = found.added("hat-u1", Box(1, 1, 4, 4), phrase="hat", score=1, source=Source.USER)
    assert more.box("hat-u1").xyxy == (1, 1, 4, 4)
    with pytest.raises(BadInput, match="no box called 'dog-9'"):
        more.index("dog-9")


def test_ids_avoid_taken_ones_and_odd_characters():
    assert name_ids(["T-shirt", "", "café", "cup"], taken=["cup-1"]) == ("t-shirt-1", "thing-1", "café-1", "cup-2")
    assert len(Detections.empty(PAGE)) == 0
