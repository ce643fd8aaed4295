"""Which editor runs a step: a table with a reason for each row."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ..core.freeze import Frozen
from ..core.options import EditOptions
from ..core.plan import Duplicate, EditStep, Flip, Insert, Move, Refusal, Replace, Resize, step_node
from ..core.scene import GraphEdit, InsertNode, RelateNode
from ..ports import Chosen, Editor


@dataclass(frozen=True, eq=False, slots=True)
class Route(Frozen):
    """The editor for a step, and why it is this one."""

    editor: Chosen[Editor]
    why: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: the editor of this name runs the steps that fit, where it is here and can."""

    editor: str
    fits: Callable[[EditStep], bool]
    why: str


def _has_cutout(step: EditStep) -> bool:
    return isinstance(step, Insert | Replace) and step.source is not None


_POSTURE = frozenset("being facing hanging leaning lying looking resting sitting standing".split())


def interacting(wishes: tuple[GraphEdit, ...]) -> frozenset[str]:
    """Nodes and labels that are asked to act on another thing: "riding", "holding", not "sitting on"."""
    acting = [w for w in wishes if isinstance(w, RelateNode | InsertNode) and _is_action(w.relation)]
    return frozenset(w.node if isinstance(w, RelateNode) else w.label for w in acting)


def _is_action(relation: str) -> bool:
    return any(word not in _POSTURE for word in re.findall(r"\b[a-z]{2,}ing\b", relation.lower()))


TABLE: tuple[Rule, ...] = (
    Rule("graph", lambda step: step.concept is not None, "The step has a learned concept."),
    Rule("graph", lambda step: bool(step.together), "Things that interact are drawn together."),
    Rule(
        "classical",
        lambda step: isinstance(step, Move | Resize | Flip | Duplicate),
        "The step keeps the thing's own pixels.",
    ),
    Rule("classical", _has_cutout, "The new thing is a cut-out, which is pasted as it is."),
)
"""Looked at from the top; a step that fits no row goes to the editor that the set-up chose."""


@dataclass(frozen=True, eq=False, slots=True)
class EditorTable(Frozen):
    """The chosen editor, and those that it leaves steps to. Without others it runs everything.

    ``acting``: nodes and labels that the request wants to act on another thing.
    """

    main: Chosen[Editor]
    others: tuple[Chosen[Editor], ...] = ()
    options: EditOptions = EditOptions()
    acting: frozenset[str] = frozenset()

    def route(self, step: EditStep) -> Route:
        """The editor for a step: the person's choice, the table's, the chosen one; and where that
        one cannot do it, the first that can. A step that nobody can do stays with the chosen one."""
        wanted = self._named(self.options.editor or "")
        if wanted is not None and wanted.use.refuses(step) is None:
            return Route(wanted, "Chosen for this request.")
        graph = self._named("graph") if self.acting & {step_node(step), getattr(step, "label", None)} else None
        if graph is not None and graph.use.refuses(step) is None:
            return Route(graph, "The thing acts on another one.")
        for rule in TABLE if self.others else ():
            editor = self._named(rule.editor)
            if rule.fits(step) and editor is not None and editor.use.refuses(step) is None:
                return Route(editor, rule.why)
        refusal = self.main.use.refuses(step)
        if refusal is None:
            return Route(self.main, self.main.why)
        able = next((other for other in self.others if other.use.refuses(step) is None), None)
        return Route(self.main, self.main.why) if able is None else Route(able, refusal.sentence)

    def refuses(self, step: EditStep) -> Refusal | None:
        """Why none of the editors can do the step, or None."""
        return self.route(step).editor.use.refuses(step)

    def _named(self, name: str) -> Chosen[Editor] | None:
        return next((e for e in (self.main, *self.others) if e.name.partition("@")[0] == name), None)
