"""Draw the scene graph of what was kept, and keep a place for what was not found."""

from __future__ import annotations

from ..core.detections import Detections, name_ids
from ..core.errors import StageError
from ..core.masks import Masks
from ..core.picture import Picture
from ..core.scene import Node, NodeStatus, SceneGraph
from ..core.selection import Selection
from ..ports import Describer


def relate(
    picture: Picture, detections: Detections, selection: Selection, *, masks: Masks, describer: Describer
) -> SceneGraph:
    """One node per kept thing with the mask's id, and one without a box per thing not found.

    Raises:
        StageError: the describer's nodes are not the masks' ids.
    """
    kept = detections.take([detections.index(id_) for id_ in masks.ids])
    scene = describer.describe(picture, kept, masks)
    if {node.id for node in scene.nodes} != set(masks.ids):
        raise StageError("The describer's objects are not those that were cut out.")
    lost = [doubt.phrase for doubt in selection.doubts if not doubt.candidates]
    for id_, phrase in zip(name_ids(lost, taken=detections.ids), lost, strict=True):
        scene = scene.with_node(Node(id_, phrase, status=NodeStatus.NOT_FOUND))
    return scene
