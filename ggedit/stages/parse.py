"""Read the instruction, knowing what stands in the picture."""

from __future__ import annotations

from dataclasses import replace

from ..core.language import Context, Instruction, KnownThing
from ..core.turn import Turn
from ..ports import Detector, Parser


def parse(turn: Turn, parser: Parser, detector: Detector) -> Instruction:
    """The instruction's clauses; graph edits and a mere look need none."""
    if not turn.ask.text:
        return Instruction(text="")
    return parser.parse(turn.ask.text, scene_context(turn, detector))


def scene_context(turn: Turn, detector: Detector) -> Context:
    """What pronouns and mistyped names may refer to: the scene as carried over from the last
    turn, else what the detector sees without being asked."""
    if turn.context.scene:
        return turn.context
    things = tuple(KnownThing(phrase) for phrase in detector.scan(turn.picture).phrases)
    return replace(turn.context, scene=things)
