"""The page's vocabulary: what stages, tiers, beliefs and steps are called."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from ...core.corrections import ChooseCandidates
from ...core.detections import Source
from ...core.geometry import Box
from ...core.plan import (
    Background,
    Duplicate,
    EditStep,
    Flip,
    Insert,
    Move,
    Remove,
    Replace,
    Resize,
    Restyle,
    step_node,
)
from ...core.scene import Node, SceneGraph
from ...core.selection import Doubt
from ...core.turn import Stage, Tier, Turn

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
View: TypeAlias = dict[str, Json]

STAGE_NAMES = {
    Stage.PARSE: "Read",
    Stage.DETECT: "Find",
    Stage.SELECT: "Choose",
    Stage.SEGMENT: "Outline",
    Stage.RELATE: "Relate",
    Stage.PLAN: "Plan",
    Stage.EDIT: "Edit",
}
STAGE_MEANINGS = {
    Stage.PARSE: "reads the instruction",
    Stage.DETECT: "looks for the things in the picture",
    Stage.SELECT: "chooses which ones are meant",
    Stage.SEGMENT: "outlines them",
    Stage.RELATE: "works out how they relate",
    Stage.PLAN: "plans the steps",
    Stage.EDIT: "changes the pixels",
}
TIER_NAMES = {
    Tier.FULL: "full",
    Tier.EMBEDDED: "embedded",
    Tier.USER: "you",
    Tier.TEST: "test",
}
_BELIEFS = {
    Source.MODEL: "a kind of thing it knows",
    Source.GUESS: "a guess: please look",
    Source.USER: "drawn or changed by you",
}
_STRENGTHS = ((0.5, "strong match"), (0.2, "fair match"), (0.0, "weak match"))


def belief(source: Source) -> str:
    """Why a box is believed, in words."""
    return _BELIEFS[source]


def strength(source: Source, score: float) -> str:
    """How well a box fits, in words; a guess and a drawn box have no such measure."""
    if source is not Source.MODEL:
        return ""
    return next(word for least, word in _STRENGTHS if score >= least)


def numbers(box: Box) -> list[Json]:
    return [round(v, 1) for v in box.xyxy]


def file_of(path: Path) -> View:
    """A file as the panel's component wants it."""
    return {"path": str(path), "meta": {"_type": "gradio.FileData"}}


def open_doubts(turn: Turn) -> tuple[Doubt, ...]:
    """Doubts about which thing is meant that the person has not settled."""
    if turn.selection is None:
        return ()
    settled = {c.clause for c in turn.corrections if isinstance(c, ChooseCandidates)}
    return tuple(d for d in turn.selection.doubts if d.clause not in settled)


def node_name(scene: SceneGraph | None, id_: str | None) -> str:
    """The node's label, with its place where there are several of that label."""
    node = scene.node(id_) if scene is not None and id_ else None
    if scene is None or node is None:
        return id_ or "the picture"
    twins = [n for n in scene.nodes if n.label == node.label]
    return node.label if len(twins) < 2 else _name_by_place(node, twins)


def _name_by_place(node: Node, twins: list[Node]) -> str:
    """ "left cup", "third cup from the left"; by its id where a twin has no box or stands in the same place."""
    places = {n.id: n.box.center for n in twins if n.box is not None}
    rows = {side: sorted(places, key=lambda id_: places[id_][axis]) for axis, side in ((0, "left"), (1, "top"))}
    spans = {side: abs(places[ids[0]][axis] - places[ids[-1]][axis]) for axis, (side, ids) in enumerate(rows.items())}
    side = "left" if spans["left"] >= spans["top"] else "top"
    if len(places) < len(twins) or not spans[side]:
        return f"{node.label} ({node.id})"
    at = rows[side].index(node.id)
    if len(twins) == 2:
        return f"{_PAIRS[side][at]} {node.label}"
    return f"{_ORDINALS[at] if at < len(_ORDINALS) else f'{at + 1}th'} {node.label} from the {side}"


_PAIRS = {"left": ("left", "right"), "top": ("upper", "lower")}
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def step_title(step: EditStep, scene: SceneGraph | None) -> str:
    """The step as a short sentence: "Remove the dog"."""
    return _TITLES[type(step)](step, node_name(scene, step_node(step)))


def the(name: str) -> str:
    return name if name.startswith("the ") else f"the {name}"


_TITLES = {
    Remove: lambda s, name: f"Remove {the(name)}",
    Insert: lambda s, name: f"Add {s.label}",
    Replace: lambda s, name: f"Replace {the(name)} with {s.label}",
    Restyle: lambda s, name: f"Make {the(name)} {s.look}",
    Move: lambda s, name: f"Move {the(name)}",
    Resize: lambda s, name: f"Make {the(name)} {s.factor:g} times as large",
    Flip: lambda s, name: f"Flip {the(name)} {'left to right' if s.axis == 'horizontal' else 'upside down'}",
    Duplicate: lambda s, name: f"Copy {the(name)}",
    Background: lambda s, name: f"Background: {s.look}",
}
