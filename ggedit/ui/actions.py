"""What each edit from the browser does to the visitor's session. One function per kind.

An action yields the events of any stage that it has to run on its way; most yield nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from ..core import corrections as core
from ..core.errors import BadInput
from ..core.events import Event, Finished
from ..core.geometry import Box
from ..core.masks import Mask
from ..core.modifications import graph_edits, read_modifications
from ..core.options import EditOptions
from ..core.plan import EditPlan, EditStep, FlipAxis, step_box
from ..core.scene import (
    Edge,
    GraphEdit,
    InsertNode,
    Node,
    NodeStatus,
    RelateNode,
    RemoveNode,
    ReplaceNode,
    RestyleNode,
    SceneGraph,
)
from ..core.turn import Stage, Turn
from ..session import EditSession
from .graph_actions import bring_in_file, give_box
from .mask_edits import imported_mask, stroke_mask, strokes_of
from .panels import letters
from .store_of_sessions import Visitor

Action = Callable[[Visitor, Any], Iterator[Event]]


def session_of(visitor: Visitor) -> EditSession:
    """Raises BadInput: nothing is open."""
    if visitor.session is None:
        raise BadInput("Open a photo first.")
    return visitor.session


def act(visitor: Visitor, edit: letters.Edit) -> Iterator[Event]:
    """Carry out one edit.

    Raises:
        BadInput: it does not fit; the session stays as it was.
    """
    yield from _ACTIONS[type(edit)](visitor, edit)


def _correct(visitor: Visitor, correction: core.Correction) -> Iterator[Event]:
    """Run what the correction needs to stand on, then apply it."""
    session = session_of(visitor)
    yield from _reach(session, core.stage_of(correction))
    session.correct(correction)


def _reach(session: EditSession, stage: Stage) -> Iterator[Event]:
    turn = session.draft
    if turn.cell(stage) is None and stage is not Stage.PARSE:
        yield from session.run(until=stage, ask_user=False)


def _box(values: list[float]) -> Box:
    return Box(*values)


# canvas ------------------------------------------------------------------------------------


def _add_box(visitor: Visitor, edit: letters.AddBoxEdit) -> Iterator[Event]:
    yield from _correct(visitor, core.AddBox(edit.label, _box(edit.box)))
    yield from _mean_the_new_one(visitor, edit.clause)


def _add_by_click(visitor: Visitor, edit: letters.AddByClick) -> Iterator[Event]:
    session = session_of(visitor)
    yield from _reach(session, Stage.DETECT)
    session.add_by_click(edit.x, edit.y, label=_phrase(session.draft, edit.clause))
    yield from _mean_the_new_one(visitor, edit.clause)


def _phrase(turn: Turn, clause: int | None) -> str:
    clauses = turn.instruction.clauses if turn.instruction is not None else ()
    target = clauses[clause].target if clause is not None and clause < len(clauses) else None
    return target.phrase if target is not None else "thing"


def _mean_the_new_one(visitor: Visitor, clause: int | None) -> Iterator[Event]:
    """The box that was just added is what the clause means."""
    session = session_of(visitor)
    added = next(c for c in reversed(session.draft.corrections) if isinstance(c, core.AddBox))
    visitor.select = added.id
    if clause is None:
        return
    yield from _reach(session, Stage.SELECT)
    selection = session.draft.selection
    if selection is not None and selection.targets(clause) != (added.id,):
        session.correct(core.ChooseCandidates(clause, (added.id,)))


def _click(visitor: Visitor, edit: letters.Click) -> Iterator[Event]:
    """Clicks wait for each other: the thing is outlined once for all that came together."""
    session = session_of(visitor)
    yield from _reach(session, Stage.SELECT)
    if session.draft.masks is None and edit.id not in _kept(session.draft):
        raise BadInput("Choose that thing first: only things that are meant have a mask.")
    session.correct(core.ClickPoint(edit.id, edit.x, edit.y, edit.positive))


def _kept(turn: Turn) -> tuple[str, ...]:
    return turn.selection.kept_ids if turn.selection is not None else ()


def _paint(visitor: Visitor, edit: letters.Paint) -> Iterator[Event]:
    extent = session_of(visitor).draft.picture.extent
    stroke = stroke_mask(edit.png, _box(edit.box), extent)
    paint = core.PaintMask(edit.id, stroke, edit.include)
    yield from _correct(visitor, core.ImportMask(edit.id, stroke) if edit.fresh else paint)


def _import_mask(visitor: Visitor, edit: letters.ImportMaskEdit) -> Iterator[Event]:
    extent = session_of(visitor).draft.picture.extent
    yield from _correct(visitor, core.ImportMask(edit.id, imported_mask(edit.png, extent)))


def _reshape(visitor: Visitor, edit: letters.Reshape) -> Iterator[Event]:
    session = session_of(visitor)
    if edit.how == "reset":
        yield from _reset_mask(session, edit.id)
        return
    mask: Mask = yield from _mask(session, edit.id)
    for pixels, include in strokes_of(mask, edit.how):
        session.correct(core.PaintMask(edit.id, pixels, include))


def _mask(session: EditSession, id_: str) -> Any:
    yield from _reach(session, Stage.SEGMENT)
    masks = session.draft.masks
    if masks is None:
        raise BadInput("There is no mask yet: let ggedit look at the picture first.")
    return masks[id_]


def _reset_mask(session: EditSession, id_: str) -> Iterator[Event]:
    """Forget what was done to this mask by hand, and outline the thing anew."""
    yield from ()
    turn = session.draft
    about = (core.ClickPoint, core.PaintMask, core.PickMask, core.ImportMask)
    kept = tuple(c for c in turn.corrections if not (isinstance(c, about) and c.id == id_))
    session.put(replace(turn.emptied_from(Stage.SEGMENT), corrections=kept))


def _move_place(visitor: Visitor, edit: letters.MovePlace) -> Iterator[Event]:
    plan = yield from _plan(visitor)
    ref = core.StepRef.of(plan, edit.index)
    step = plan.steps[edit.index]
    if step_box(step) is None:
        raise BadInput(f"Step {edit.index + 1} brings nothing to a place.")
    box = _box(edit.box).clipped(session_of(visitor).draft.picture.extent)
    session_of(visitor).correct(core.EditStepChange(ref, replace(step, box=box)))  # type: ignore[call-arg]


def _shelve(visitor: Visitor, edit: letters.Shelve) -> Iterator[Event]:
    if edit.id is None:
        visitor.shelf.drop(edit.name)
        return
    session = session_of(visitor)
    yield from _reach(session, Stage.SEGMENT)
    session.keep_on_shelf(edit.id, edit.name)


# plan --------------------------------------------------------------------------------------


def _plan(visitor: Visitor) -> Any:
    session = session_of(visitor)
    yield from _reach(session, Stage.PLAN)
    plan = session.draft.plan
    if plan is None:
        raise BadInput("There is no plan yet: say what to change and press Analyse.")
    return plan


def _change_step(visitor: Visitor, edit: letters.ChangeStep) -> Iterator[Event]:
    plan: EditPlan = yield from _plan(visitor)
    ref = core.StepRef(edit.index, edit.step, edit.node)
    step = _changed(core.plan_step(plan, edit.index), edit.fields)
    session_of(visitor).correct(core.EditStepChange(ref, step))


def _changed(step: EditStep, fields: letters.StepFields) -> EditStep:
    """The step with the given fields; a field that this kind of step lacks is refused."""
    given = {name: value for name, value in fields.model_dump().items() if value is not None}
    unknown = [name for name in given if not hasattr(step, name)]
    if unknown:
        raise BadInput(f"This step has no field called {unknown[0]!r}.")
    if "axis" in given:
        given["axis"] = FlipAxis(given["axis"])
    return replace(step, **given)


def _drop_step(visitor: Visitor, edit: letters.DropStepEdit) -> Iterator[Event]:
    yield from _correct(visitor, core.DropStep(core.StepRef(edit.index, edit.step, edit.node)))


def _run(visitor: Visitor, edit: letters.Run) -> Iterator[Event]:
    session = session_of(visitor)
    turn = session.draft
    if turn.result is not None:
        session.correct(core.Reseed(turn.seed if edit.seed is None else edit.seed, turn.variant + 1))
    elif edit.seed is not None and edit.seed != turn.seed:
        session.correct(core.Reseed(edit.seed, turn.variant))
    visitor.variants = []
    session.draw_together(edit.variants)
    yield from session.run(until=Stage.EDIT, ask_user=False)
    if session.draft.result is None:
        return
    visitor.compare += 1
    visitor.variants = [session.draft] if edit.variants > 1 else []
    for event in session.make_variants(edit.variants) if edit.variants > 1 else ():
        if isinstance(event, Finished):
            visitor.variants.append(event.turn)
        else:
            yield event


# request and graph -------------------------------------------------------------------------


def _ask(visitor: Visitor, edit: letters.AskEdit) -> Iterator[Event]:
    """Another wording of a request that was not run keeps what was corrected by hand."""
    yield from ()
    session = session_of(visitor)
    keep_result(session)
    if session.turn is not None and (session.turn.ask.text or session.turn.ask.look_only):
        session.correct(core.EditText(edit.text))
    else:
        session.ask(edit.text, seed=secrets.randbits(31))
    visitor.variants = []


def keep_result(session: EditSession) -> None:
    """Accept a result that is still a draft: the next request builds on it."""
    if session.turn is not None and session.turn.result is not None:
        session.accept()


def _ask_graph(visitor: Visitor, edit: letters.AskGraph) -> Iterator[Event]:
    yield from ()
    session_of(visitor).ask_graph(tuple(graph_edit(change) for change in edit.changes))
    visitor.variants = []


def _ask_lines(visitor: Visitor, edit: letters.AskLines) -> Iterator[Event]:
    session = session_of(visitor)
    yield from _reach(session, Stage.RELATE)
    scene = session.draft.scene or SceneGraph()
    session.ask_graph(graph_edits(read_modifications(edit.text), scene))
    visitor.variants = []


def graph_edit(change: letters.GraphChange) -> GraphEdit:
    """A wish from the graph panel as core knows it. Raises BadInput: a word is missing."""
    label = change.label.strip()
    if change.wish in ("replace", "restyle", "insert") and not label:
        raise BadInput("Say what the thing should be or look like.")
    if change.wish == "relate" and not (change.relation.strip() and change.anchor):
        raise BadInput("A changed relation needs a word and a second thing.")
    made: dict[str, Callable[[], GraphEdit]] = {
        "remove": lambda: RemoveNode(change.node),
        "replace": lambda: ReplaceNode(change.node, label),
        "restyle": lambda: RestyleNode(change.node, label),
        "relate": lambda: RelateNode(change.node, change.relation.strip(), change.anchor),
        "insert": lambda: InsertNode(label, change.relation.strip(), change.anchor or None),
    }
    return made[change.wish]()


def _fix_add_node(visitor: Visitor, edit: letters.FixAddNode) -> Iterator[Event]:
    """A thing that is there and was not found: it stands in the graph until a box is drawn for it."""
    yield from _reach(session_of(visitor), Stage.RELATE)
    scene = session_of(visitor).draft.scene
    taken = {node.id for node in scene.nodes} if scene is not None else set()
    word = "-".join(edit.label.lower().split()[-1:]) or "thing"
    id_ = next(f"{word}-n{n}" for n in range(1, len(taken) + 2) if f"{word}-n{n}" not in taken)
    node = Node(id_, edit.label.strip(), attributes=tuple(edit.attributes), status=NodeStatus.NOT_FOUND)
    yield from _correct(visitor, core.AddNode(node))


def _confirm_node(visitor: Visitor, edit: letters.ConfirmNode) -> Iterator[Event]:
    yield from _reach(session_of(visitor), Stage.RELATE)
    clause = give_box(session_of(visitor), edit)
    yield from _mean_the_new_one(visitor, clause)


def _bring_in(visitor: Visitor, edit: letters.BringIn) -> Iterator[Event]:
    session = session_of(visitor)
    keep_result(session)
    yield from bring_in_file(visitor, session, edit.text)


def _fix_edge(visitor: Visitor, edit: letters.FixEdge) -> Iterator[Event]:
    yield from _correct(visitor, core.EditEdge(Edge(edit.subject, edit.relation.strip(), edit.object)))


# history -----------------------------------------------------------------------------------


def _undo(visitor: Visitor, edit: letters.Undo) -> Iterator[Event]:
    yield from ()
    session_of(visitor).step_back()
    visitor.variants = []


def _redo(visitor: Visitor, edit: letters.Redo) -> Iterator[Event]:
    yield from ()
    session_of(visitor).step_forward()


def _keep(visitor: Visitor, edit: letters.Keep) -> Iterator[Event]:
    yield from ()
    session_of(visitor).accept()
    visitor.variants = []


def _goto(visitor: Visitor, edit: letters.GoTo) -> Iterator[Event]:
    yield from ()
    session_of(visitor).goto(edit.id)
    visitor.variants = []


def _variant(visitor: Visitor, edit: letters.ChooseVariant) -> Iterator[Event]:
    yield from ()
    if edit.index >= len(visitor.variants):
        raise BadInput("That variant is no longer there: run the plan again.")
    session_of(visitor).choose(visitor.variants[edit.index])


def _simple(make: Callable[[Any], core.Correction]) -> Action:
    def action(visitor: Visitor, edit: Any) -> Iterator[Event]:
        yield from _correct(visitor, make(edit))

    return action


_ACTIONS: dict[type, Action] = {
    letters.AddBoxEdit: _add_box,
    letters.AddByClick: _add_by_click,
    letters.MoveBoxEdit: _simple(lambda e: core.MoveBox(e.id, _box(e.box))),
    letters.DropBoxEdit: _simple(lambda e: core.DropBox(e.id)),
    letters.RenameBoxEdit: _simple(lambda e: core.RenameBox(e.id, e.label)),
    letters.Choose: _simple(lambda e: core.ChooseCandidates(e.clause, tuple(e.ids))),
    letters.Click: _click,
    letters.Paint: _paint,
    letters.PickMaskEdit: _simple(lambda e: core.PickMask(e.id, e.candidate)),
    letters.Reshape: _reshape,
    letters.ImportMaskEdit: _import_mask,
    letters.MovePlace: _move_place,
    letters.Shelve: _shelve,
    letters.AskEdit: _ask,
    letters.ChangeStep: _change_step,
    letters.DropStepEdit: _drop_step,
    letters.Reorder: _simple(lambda e: core.ReorderSteps(tuple(e.order))),
    letters.Tune: _simple(lambda e: core.Tune(EditOptions(**e.options.model_dump(exclude_none=True)))),
    letters.Run: _run,
    letters.FixNode: _simple(lambda e: core.EditNode(e.id, e.label, tuple(e.attributes))),
    letters.FixAddNode: _fix_add_node,
    letters.FixDropNode: _simple(lambda e: core.DropNode(e.id)),
    letters.FixEdge: _fix_edge,
    letters.ConfirmNode: _confirm_node,
    letters.BringIn: _bring_in,
    letters.AskGraph: _ask_graph,
    letters.AskLines: _ask_lines,
    letters.Undo: _undo,
    letters.Redo: _redo,
    letters.Keep: _keep,
    letters.GoTo: _goto,
    letters.ChooseVariant: _variant,
}


def has_work_left(turn: Turn | None) -> bool:
    """Cells that can be filled without changing pixels are empty."""
    return turn is not None and turn.cell(looks_until(turn)) is None


def looks_until(turn: Turn) -> Stage:
    """The last stage that runs by itself; where nothing is asked there is nothing to plan."""
    return Stage.RELATE if turn.ask.look_only else Stage.PLAN
