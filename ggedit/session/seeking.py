"""A bare thing to look for, where an instruction is expected."""

from __future__ import annotations

from dataclasses import replace

from ..core.language import Clause, EditVerb, Referent
from ..core.turn import Stage, Turn
from ..ports import Kit


def looking_for(turn: Turn, kit: Kit) -> Turn:
    """With a bare "left cup", which asks for no edit, as the thing to look for.

    Its clause changes nothing: a look without a word for it. The question stays, so that who
    goes on to plan is told what is missing.
    """
    read = turn.instruction
    if read is None or read.clauses or not read.text.strip() or turn.next_stage is not Stage.DETECT:
        return turn
    named = kit.parser.use.parse(f"remove the {read.text.strip()}", turn.context)
    targets = [clause.target for clause in named.clauses if clause.verb is EditVerb.REMOVE and clause.target]
    if len(targets) != 1 or named.questions:
        return turn
    sought = replace(
        read,
        clauses=(Clause(EditVerb.RESTYLE, _unplaced(targets[0]), direct=read.text),),
        note="Nothing is changed: this is only looked for.",
    )
    return turn.write(Stage.PARSE, sought)


def _unplaced(referent: Referent) -> Referent:
    """Without its places in a text, which was another one."""
    tests = (replace(test, anchors=tuple(_unplaced(anchor) for anchor in test.anchors)) for test in referent.tests)
    return replace(referent, span=None, tests=tuple(tests))
