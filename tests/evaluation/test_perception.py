import numpy as np
import pytest

from ggedit.core.geometry import Box
from ggedit.core.scene import Edge, Node, SceneGraph
from ggedit.evaluation.cases import Scene
from ggedit.evaluation.perception import mask_scores, scene_agreement, selection_scores

LEFT, RIGHT, FAR = Box(0, 0, 10, 10), Box(20, 0, 30, 10), Box(60, 60, 70, 70)


@pytest.mark.parametrize(
    ("chosen", "truth", "precision", "recall", "iou"),
    [
        pytest.param([LEFT], [LEFT], 1.0, 1.0, 1.0, id="the right one"),
        pytest.param([LEFT, RIGHT], [LEFT], 0.5, 1.0, 1.0, id="one too many"),
        pytest.param([LEFT], [LEFT, RIGHT], 1.0, 0.5, 0.5, id="one is missed"),
        pytest.param([FAR], [LEFT], 0.0, 0.0, 0.0, id="the wrong one"),
        pytest.param([], [LEFT], 0.0, 0.0, 0.0, id="none"),
        pytest.param([LEFT, LEFT], [LEFT, RIGHT], 0.5, 0.5, 0.5, id="a box counts once"),
        pytest.param([Box(0, 0, 10, 20)], [LEFT], 1.0, 1.0, 0.5, id="half too large still matches"),
    ],
)
def test_boxes_against_the_truth(chosen, truth, precision, recall, iou) -> None:
    found = selection_scores(chosen, truth)
    assert found["selection_precision"] == pytest.approx(precision)
    assert found["selection_recall"] == pytest.approx(recall)
    assert found["box_iou"] == pytest.approx(iou)


def block(rows: slice, columns: slice) -> np.ndarray:
    mask = np.zeros((200, 200), np.bool_)
    mask[rows, columns] = True
    return mask


def test_equal_masks_agree_fully_and_distant_ones_not_at_all() -> None:
    mine, other = block(slice(20, 60), slice(20, 60)), block(slice(120, 160), slice(120, 160))
    assert mask_scores(mine, mine) == {"mask_iou": 1.0, "boundary_f": 1.0}
    assert mask_scores(mine, other) == {"mask_iou": 0.0, "boundary_f": 0.0}
    assert mask_scores(np.zeros_like(mine), mine) == {"mask_iou": 0.0, "boundary_f": 0.0}


def test_an_outline_may_be_off_by_less_than_a_hundredth_of_the_diagonal() -> None:
    truth = block(slice(20, 60), slice(20, 60))
    near, off = block(slice(22, 58), slice(22, 58)), block(slice(28, 52), slice(28, 52))
    assert mask_scores(near, truth)["boundary_f"] == 1.0
    assert mask_scores(near, truth)["mask_iou"] == pytest.approx(36 * 36 / 1600)
    assert mask_scores(off, truth)["boundary_f"] == 0.0


GRAPH = SceneGraph(
    nodes=(Node("cup-1", "cup", LEFT), Node("plate-1", "Plate", RIGHT)),
    edges=(Edge("cup-1", "left of", "plate-1"),),
)


@pytest.mark.parametrize(
    ("wanted", "share"),
    [
        (Scene(present=("cup", "plate")), 1.0),
        (Scene(absent=("dog",)), 1.0),
        (Scene(absent=("cup",)), 0.0),
        (Scene(present=("cup",), absent=("plate",)), 0.5),
        (Scene(relations=(("cup", "left_of", "plate"),)), 1.0),
        (Scene(relations=(("plate", "left_of", "cup"),)), 0.0),
    ],
)
def test_facts_of_the_graph(wanted: Scene, share: float) -> None:
    assert scene_agreement(GRAPH, wanted) == share
