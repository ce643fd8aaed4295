"""Draw the scene graph of what was kept, and keep a place for what was not found."""

from __future__ import annotations

from dataclasses import replace

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
    """One node per kept thing with the mask's id, and one marked as not found per thing that
    the request speaks of, or that the describer sees, but that was not boxed.

    Raises:
        StageError: the describer's found nodes are not the masks' ids.
    """
    kept = detections.take([detections.index(id_) for id_ in masks.ids])
    scene = describer.describe(picture, kept, masks)
    unseen = [node for node in scene.nodes if node.status is NodeStatus.NOT_FOUND]
    if {node.id for node in scene.nodes} - {node.id for node in unseen} != set(masks.ids):
        raise StageError("The describer's objects are not those that were cut out.")
    for node in unseen:
        scene = scene.without(node.id)
    lost = [Node("", doubt.phrase, status=NodeStatus.NOT_FOUND) for doubt in selection.doubts if not doubt.candidates]
    lost += [node for node in unseen if node.label not in {other.label for other in lost}]
    ids = name_ids([node.label for node in lost], taken=detections.ids)
    for id_, node in zip(ids, lost, strict=True):
        scene = scene.with_node(replace(node, id=id_))
    return scene
