"""Look for the scene's objects and for everything the instruction speaks of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..core.detections import Detections, name_ids
from ..core.geometry import iou_xyxy
from ..core.language import Count, CountKind, Instruction, Referent
from ..core.picture import Picture
from ..ports import Detector
from .choosing.kinds import is_vague
from .choosing.lines import names_line

SAME_THING_IOU = 0.6
"""Two boxes of one kind of thing that overlap this much are one thing."""
_RATHER_SURE = 0.3
"""Below, an unclear animal may as well be another one than the one asked for."""


def detect(picture: Picture, instruction: Instruction, detector: Detector) -> Detections:
    """Scene objects first, so that their ids do not depend on the request; then the
    candidates of each referent, which take over a scene object's id where they are it."""
    scene = detector.scan(picture)
    asked = unique_referents(instruction)
    return merge(scene, find_twice(picture, asked, detector), asked) if asked else scene


def find_twice(picture: Picture, asked: tuple[Referent, ...], detector: Detector) -> Detections:
    """Candidates of every referent; one that is not found by its whole phrase is looked for once
    more by its head noun alone ("woman in a striped coat", then "woman")."""
    found = detector.find(picture, asked)
    lost = [r for r in asked if r.phrase not in found.phrases and r.head not in (r.phrase, "")]
    if not lost:
        return found
    phrases = {r.head: r.phrase for r in reversed(lost)}
    again = {r.head: replace(r, phrase=r.head, attributes=()) for r in lost}
    second = detector.find(picture, tuple(again.values()))
    return Detections.build(
        extent=found.extent,
        xyxy=np.concatenate([found.xyxy, second.xyxy]),
        score=np.concatenate([found.score, second.score]),
        phrases=[*found.phrases, *(phrases.get(p, p) for p in second.phrases)],
        source=[*found.source, *second.source],
    )


def unique_referents(instruction: Instruction) -> tuple[Referent, ...]:
    """Every thing the clauses speak of, each phrase once, in order; a row or column is no thing.

    Where one phrase is meant in several ways ("the left cup", "the right cup") its tests are
    left out, so that the ranking favours no side.
    """
    found: dict[str, Referent] = {}
    spoken_of = [r for clause in instruction.clauses for r in clause.referents()]
    lines = [test.anchors[0] for r in spoken_of for test in r.tests if names_line(test)]
    for referent in (r for r in spoken_of if r not in lines):
        first = found.setdefault(referent.phrase, referent)
        if first.tests != referent.tests:
            found[referent.phrase] = replace(first, tests=(), count=Count(CountKind.ALL))
    return tuple(found.values())


def merge(scene: Detections, found: Detections, asked: tuple[Referent, ...]) -> Detections:
    """One table; a found box that is a scene object of its kind keeps that object's id."""
    heads = {referent.phrase: referent.head for referent in asked}
    twins = _twins(scene, found, heads)
    alone = [row for row in range(len(scene)) if row not in twins.values()]
    new = [row for row in range(len(found)) if row not in twins]
    names = name_ids([heads.get(found.phrases[row], found.phrases[row]) for row in new], taken=scene.ids)
    fresh = dict(zip(new, names, strict=True))
    ids = [scene.ids[twins[row]] if row in twins else fresh[row] for row in range(len(found))]
    kept = _called_as_asked(scene.take(alone), found, heads)
    return Detections(
        (*kept.ids, *ids),
        np.concatenate([kept.xyxy, found.xyxy]),
        np.concatenate([kept.score, found.score]),
        (*kept.phrases, *found.phrases),
        (*kept.source, *found.source),
        scene.extent,
    )


def _twins(scene: Detections, found: Detections, heads: dict[str, str]) -> dict[int, int]:
    """Found row -> the scene row that is the same thing; each scene row is taken once."""
    overlap = iou_xyxy(found.xyxy, scene.xyxy)
    twins: dict[int, int] = {}
    for row in (int(r) for r in np.argsort(-found.score, kind="stable")):
        head = heads.get(found.phrases[row], found.phrases[row])
        free = [i for i in range(len(scene)) if i not in twins.values() and overlap[row, i] >= SAME_THING_IOU]
        same = [i for i in free if _same_kind(scene.phrases[i], head)]
        if same:
            twins[row] = max(same, key=lambda i: overlap[row, i])
    return twins


def _called_as_asked(scene: Detections, found: Detections, heads: dict[str, str]) -> Detections:
    """Things seen only in general ("animal") by the word asked for, where the detector is rather sure of it."""
    if not len(found):
        return scene
    overlap = iou_xyxy(scene.xyxy, found.xyxy) * (found.score >= _RATHER_SURE)
    phrases = list(scene.phrases)
    for row, at in enumerate(overlap.argmax(axis=1)):
        phrase = found.phrases[int(at)]
        head = heads.get(phrase, phrase)
        if overlap[row, at] >= SAME_THING_IOU and is_vague(phrases[row], head):
            phrases[row] = head
    return replace(scene, phrases=tuple(phrases))


def _same_kind(label: str, head: str) -> bool:
    """Whether the words say so. Akin words ("person" for a woman) are left to the select stage:
    the scene's own belief in the thing is what keeps it as a bystander."""
    return head.lower() in label.lower().split() or label.lower() in head.lower().split()
