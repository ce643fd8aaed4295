"""Read the instruction, knowing what stands in the picture."""

from __future__ import annotations

from dataclasses import replace

from ..core.language import Context, Count, CountKind, EditVerb, Instruction, KnownThing, Referent
from ..core.turn import Turn
from ..ports import Detector, Parser


def parse(turn: Turn, parser: Parser, detector: Detector) -> Instruction:
    """The instruction's clauses; graph edits and a mere look need none."""
    if not turn.ask.text:
        return Instruction(text="")
    context = scene_context(turn, detector)
    return with_foreground(parser.parse(turn.ask.text, context), context)


def with_foreground(read: Instruction, context: Context) -> Instruction:
    """The instruction with the thing in front named where a background edit names none.

    It is what was spoken of last, if that is still there; where nothing is known of the
    picture, its main object. Where the scene's objects are known they are all kept, and the
    clause stays as it is.
    """
    thing = _in_front(context)
    if thing is None:
        return read
    clauses = tuple(
        replace(c, target=thing) if c.verb is EditVerb.BACKGROUND and c.target is None else c for c in read.clauses
    )
    return replace(read, clauses=clauses)


def _in_front(context: Context) -> Referent | None:
    labels = {thing.label.lower().split()[-1] for thing in context.scene if thing.label.strip()}
    if context.mentions and context.mentions[-1].label.lower() in labels:
        last = context.mentions[-1]
        return Referent(last.label, last.label, count=Count(CountKind.ALL) if last.many else Count())
    return None if labels else Referent("main object", "object")


def scene_context(turn: Turn, detector: Detector) -> Context:
    """What pronouns and mistyped names may refer to: the scene as carried over from the last
    turn, else what the detector sees without being asked."""
    if turn.context.scene:
        return turn.context
    things = tuple(KnownThing(phrase) for phrase in detector.scan(turn.picture).phrases)
    return replace(turn.context, scene=things)
