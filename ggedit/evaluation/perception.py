"""Whether the right things were found, chosen, outlined and planned for."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ..core.carry import carry_scene
from ..core.geometry import Box, as_xyxy, iou_xyxy
from ..core.masks import HardMask, Mask, grow
from ..core.plan import step_kind
from ..core.scene import InsertNode, SceneGraph
from ..core.turn import Turn
from .cases import CaseTurn, Scene, true_mask
from .pixels import Measures

MATCHING_IOU = 0.5
"""A chosen box is the true one from this overlap on (PASCAL VOC)."""

BOUNDARY_TOLERANCE = 0.008
"""Share of the picture's diagonal within which outlines agree (Perazzi et al. 2016, DAVIS)."""


def perceived(turn: Turn, truth: CaseTurn) -> Measures:
    """Everything that the turn's cells say about the request, against what is true.

    Returns:
        The measures that the case has truth for, of: ``parse_right``, ``plan_right``,
        ``graph_right``, ``selection_precision``, ``selection_recall``, ``box_iou``,
        ``mask_iou``, ``boundary_f``; all in [0, 1].
    """
    found: Measures = {}
    if truth.verbs and turn.instruction is not None and truth.text:
        found["parse_right"] = float(tuple(str(c.verb) for c in turn.instruction.clauses) == truth.verbs)
    if truth.plan and turn.plan is not None:
        found["plan_right"] = float(sorted(step_kind(s) for s in turn.plan.active) == sorted(truth.plan))
    if truth.after.facts and turn.result is not None:
        found["graph_right"] = scene_agreement(carry_scene(turn), truth.after)
    if truth.targets:
        found |= _boxes(turn, truth) | _masks(turn, truth)
    return found


def _boxes(turn: Turn, truth: CaseTurn) -> Measures:
    return selection_scores(chosen_boxes(turn), [target.box for target in truth.targets])


def chosen_boxes(turn: Turn) -> list[Box]:
    """Where the things are that the turn chose."""
    detections = turn.detections
    return [detections.box(id_) for id_ in chosen_ids(turn) if detections is not None and id_ in detections.ids]


def _masks(turn: Turn, truth: CaseTurn) -> Measures:
    wanted = true_mask(truth.targets, turn.picture.extent)
    if wanted is None:
        return {}
    mine = [turn.masks[id_] for id_ in chosen_ids(turn) if turn.masks is not None and id_ in turn.masks]
    return mask_scores(Mask.union(mine, turn.picture.extent).full(), wanted.full())


def chosen_ids(turn: Turn) -> tuple[str, ...]:
    """The things that the request is about: the choice's targets, or what the graph edits change."""
    if turn.ask.graph_edits:
        return tuple(dict.fromkeys(edit.node for edit in turn.ask.graph_edits if not isinstance(edit, InsertNode)))
    if turn.selection is None or turn.instruction is None:
        return ()
    clauses = range(len(turn.instruction.clauses))
    return tuple(dict.fromkeys(id_ for clause in clauses for id_ in turn.selection.targets(clause)))


def selection_scores(chosen: Sequence[Box], truth: Sequence[Box]) -> Measures:
    """``selection_precision``, ``selection_recall`` with one-to-one matching from IoU 0.5 on, best
    overlap first, and ``box_iou``: the mean over the true boxes of the best overlap."""
    if not chosen:
        return {"selection_precision": 0.0, "selection_recall": 0.0, "box_iou": 0.0}
    overlap = iou_xyxy(as_xyxy([b.xyxy for b in chosen]), as_xyxy([b.xyxy for b in truth]))
    left, hits = overlap.copy(), 0
    while left.size and left.max() >= MATCHING_IOU:
        row, column = np.unravel_index(int(left.argmax()), left.shape)
        left[row, :], left[:, column] = -1, -1
        hits += 1
    return {
        "selection_precision": hits / len(chosen),
        "selection_recall": hits / len(truth),
        "box_iou": float(overlap.max(axis=0).mean()),
    }


def mask_scores(mine: HardMask, truth: HardMask) -> Measures:
    """``mask_iou`` and ``boundary_f`` (F measure of the outlines within 0.8 % of the diagonal)."""
    union = int((mine | truth).sum())
    return {"mask_iou": int((mine & truth).sum()) / max(union, 1), "boundary_f": _boundary_f(mine, truth)}


def _boundary_f(mine: HardMask, truth: HardMask) -> float:
    reach = max(1, round(BOUNDARY_TOLERANCE * math.hypot(*truth.shape)))
    ours, theirs = _outline(mine), _outline(truth)
    if not ours.any() or not theirs.any():
        return float(ours.any() == theirs.any())
    precision = float(grow(theirs, reach)[ours].mean())
    recall = float(grow(ours, reach)[theirs].mean())
    return 0.0 if precision + recall == 0 else 2 * precision * recall / (precision + recall)


def _outline(mask: HardMask) -> HardMask:
    return mask & grow(~mask, 1)


def scene_agreement(scene: SceneGraph, wanted: Scene) -> float:
    """The share of the wanted facts that hold in the graph."""
    labels = {node.label.lower() for node in scene.nodes}
    names = {node.id: node.label.lower() for node in scene.nodes}
    triples = {(names[e.subject], _words(e.relation), names[e.object]) for e in scene.edges}
    facts = [label.lower() in labels for label in wanted.present]
    facts += [label.lower() not in labels for label in wanted.absent]
    facts += [(a.lower(), _words(r), b.lower()) in triples for a, r, b in wanted.relations]
    return sum(facts) / len(facts)


def _words(relation: str) -> str:
    return relation.lower().replace("_", " ")
