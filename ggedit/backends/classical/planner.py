"""The rule planner: clauses and graph changes become steps, each with a reason in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ...config import Settings
from ...core.language import Clause, EditVerb, Relation
from ...core.plan import (
    Background,
    CopyOf,
    Duplicate,
    EditPlan,
    EditStep,
    Flip,
    FlipAxis,
    Insert,
    Move,
    Refusal,
    Remove,
    Replace,
    Resize,
    Restyle,
    check,
)
from ...core.scene import GraphEdit, InsertNode, Node, RelateNode, RemoveNode, ReplaceNode, RestyleNode
from ...ports import PlanRequest
from .planning.board import Board
from .planning.nouns import new_thing, with_article
from .planning.order import in_running_order, sentence, usable
from .planning.places import AskedPlace, act_of, find_place, no_anchor, not_found, place_word, placed, placed_new
from .planning.size_words import resize_factor

Planned = Iterator[EditStep | Refusal]

HELD = 0.35
"""A thing of less than this share of the other's box is held by it, a larger one stands beside it (a judgement)."""

_FOCUS_LOOKS = ("blur", "grey", "gray", "black and white", "monochrome", "bokeh", "desaturat", "dark", "out of focus")


class RulesPlanner:
    """Port ``Planner``: rules, the request's size predictor and the layout; no model, no randomness."""

    def __init__(self, settings: Settings) -> None:
        pass

    def plan(self, request: PlanRequest) -> EditPlan:
        """Steps for every clause and graph change; what cannot be planned is refused in words."""
        board = Board.of(request)
        board.gone |= _removed(request)
        made: list[EditStep | Refusal] = []
        for index, clause in enumerate(request.instruction.clauses):
            made += _BY_VERB[clause.verb](clause, index, board)
        for edit in request.graph_edits:
            made += _BY_EDIT[type(edit)](edit, board)
        return _finished(made, board)


def _finished(made: list[EditStep | Refusal], board: Board) -> EditPlan:
    refusals = [m for m in made if isinstance(m, Refusal)]
    steps = in_running_order([m for m in made if not isinstance(m, Refusal)])
    kept, spoiled = usable(steps, board.request.scene, board.extent)
    every = tuple(dict.fromkeys((*refusals, *spoiled)))
    plan = EditPlan(kept, sentence(kept, every, board.request.scene), "rules", every)
    problems = check(plan, board.request.scene, board.extent)
    assert not problems, problems
    return plan


def _removed(request: PlanRequest) -> set[str]:
    """Nodes that some clause or graph change takes away: they neither block nor lend pixels."""
    verbs = (EditVerb.REMOVE, EditVerb.REPLACE)
    rows = [i for i, clause in enumerate(request.instruction.clauses) if clause.verb in verbs]
    edited = {e.node for e in request.graph_edits if isinstance(e, RemoveNode | ReplaceNode)}
    return edited | {id_ for i in rows for id_ in request.selection.targets(i)}


# clauses -----------------------------------------------------------------------------------


def _targets(clause: Clause, index: int, board: Board) -> list[Node]:
    return board.found(board.request.selection.targets(index))


def _each(make: Callable[[Clause, Node, Board], EditStep | Refusal]) -> Callable[[Clause, int, Board], Planned]:
    """One step per target, or a refusal that says how to show the thing."""

    def run(clause: Clause, index: int, board: Board) -> Planned:
        targets = _targets(clause, index, board)
        if not targets:
            yield not_found(clause)
        for node in targets:
            yield make(clause, node, board)

    return run


def _remove(clause: Clause, node: Node, board: Board) -> EditStep:
    return _removal(node, f"You asked for the {node.label} to go; what is around it fills the hole.")


def _removal(node: Node, reason: str) -> EditStep:
    return Remove(node=node.id, prompt="the empty place, nothing there", negative=node.label, reason=reason)


def _replace(clause: Clause, node: Node, board: Board) -> EditStep | Refusal:
    if not (clause.payload or "").strip():
        return Refusal(clause.direct, f"Say what the {node.label} is to be replaced with.")
    return _replacement(node, clause.payload or "", clause.direct, board)


def _replacement(node: Node, label: str, prompt: str, board: Board) -> EditStep:
    thing = new_thing(label)
    source = board.source(thing, without=[node.id])
    origin = _origin(source, board)
    return Replace(
        node=node.id,
        label=thing.label,
        source=source,
        prompt=prompt,
        negative=node.label,
        reason=f"The {node.label} makes room for {with_article(thing.label)}{origin}.",
    )


def _restyle(clause: Clause, index: int, board: Board) -> Planned:
    look = (clause.payload or "").strip()
    targets = _targets(clause, index, board)
    if not look:
        yield Refusal(clause.direct, 'Say what it should look like, for example "make the car blue".')
    elif clause.target is None:
        yield Restyle(node=None, look=look, prompt=clause.direct, strength=0.6, reason=f"The whole picture: {look}.")
    elif not targets:
        yield not_found(clause)
    else:
        for node in targets:
            yield _restyled(node, look, clause.direct)


def _restyled(node: Node, look: str, prompt: str) -> EditStep:
    becomes = "is blurred" if look == "blur" else f"becomes {look}"
    reason = f"The {node.label} stays where it is and {becomes}."
    return Restyle(node=node.id, look=look, prompt=prompt, strength=0.8, reason=reason)


def _resize(clause: Clause, node: Node, board: Board) -> EditStep | Refusal:
    factor = resize_factor(clause.payload or "") or resize_factor(clause.direct)
    if factor is None or factor == 1:
        return Refusal(clause.direct, f'Say how large the {node.label} should be: "bigger", "half", "20 % smaller".')
    way = "larger" if factor > 1 else "smaller"
    reason = f"The {node.label} becomes {factor:.2g} times its size, {way}, on the same foot."
    box = board.boxes[node.id]
    x, width, height = box.center[0], box.width * factor, box.height * factor
    board.boxes[node.id] = replace(box, x1=x - width / 2, x2=x + width / 2, y1=box.y2 - height)
    return Resize(node=node.id, factor=factor, prompt=clause.direct, reason=reason)


def _flip(clause: Clause, node: Node, board: Board) -> EditStep:
    words = f"{clause.payload or ''} {clause.direct}".lower()
    upside = any(word in words for word in ("vertical", "upside", "top to bottom", "head over"))
    axis = FlipAxis.VERTICAL if upside else FlipAxis.HORIZONTAL
    how = "turned upside down" if upside else "mirrored left to right"
    return Flip(node=node.id, axis=axis, prompt=clause.direct, reason=f"The {node.label} is {how} where it stands.")


def _move(clause: Clause, index: int, board: Board) -> Planned:
    targets = _targets(clause, index, board)
    spot = find_place(clause, index, board)
    if not targets:
        yield not_found(clause)
    elif spot is None:
        yield no_anchor(clause)
    else:
        for node in targets:
            yield _moved(node, spot, clause.direct, board)


def _moved(node: Node, spot: AskedPlace, prompt: str, board: Board) -> EditStep | Refusal:
    if spot.relation is None:
        return Refusal(prompt, f'Say where the {node.label} should go, for example "to the left" or "next to the car".')
    if node in spot.anchors:
        return Refusal(prompt, f"The {node.label} cannot be placed {place_word(spot)} itself: name another thing.")
    goal = placed(node, spot, board)
    if goal is None:
        return Refusal(prompt, f"The {node.label} already stands at that side of the picture.")
    board.boxes[node.id] = goal.box
    return Move(node=node.id, box=goal.box, prompt=prompt, reason=f"The {node.label} is placed {goal.why}.")


def _relate(clause: Clause, index: int, board: Board) -> Planned:
    """A place is a move; where two things act on each other ("hold", "ride") both are drawn anew."""
    deed = act_of(clause)
    if deed is None:
        yield from _move(clause, index, board)
        return
    targets, spot = _targets(clause, index, board), find_place(clause, index, board)
    if not targets:
        yield not_found(clause)
    elif spot is None or not spot.anchors:
        yield no_anchor(clause)
    else:
        for node in targets:
            yield _acting(node, spot, clause.direct, board)


def _acting(node: Node, spot: AskedPlace, prompt: str, board: Board) -> EditStep | Refusal:
    """The smaller of the two comes to the larger: the ball to the boy, the rider onto the horse."""
    other = spot.anchors[0]
    if other == node:
        return Refusal(prompt, f"Say what the {node.label} should do that with: name another thing.")
    comes, stays = node, other
    if spot.relation is Relation.WITH and board.boxes[other.id].area < board.boxes[node.id].area:
        comes, stays = other, node
    held = spot.relation is Relation.WITH and board.boxes[comes.id].area < HELD * board.boxes[stays.id].area
    relation = Relation.OVERLAPPING if held else Relation.ON if spot.relation is Relation.ON else Relation.NEXT_TO
    goal = board.moved_box(comes, [stays], relation, corner=(0, 0))
    board.boxes[comes.id] = goal.box
    reason = f"You asked to {prompt}: the {comes.label} is brought to the {stays.label}, and both are drawn anew."
    return Move(node=comes.id, box=goal.box, prompt=prompt, reason=reason, together=(stays.id,))


def _insert(clause: Clause, index: int, board: Board) -> Planned:
    spot = find_place(clause, index, board)
    if not (clause.payload or "").strip():
        yield Refusal(clause.direct, 'Say what to add, for example "add a cup to the left of the plate".')
    elif spot is None:
        yield no_anchor(clause)
    else:
        yield from _inserted(clause.payload or "", spot, clause.direct, board)


def _inserted(label: str, spot: AskedPlace, prompt: str, board: Board) -> Planned:
    thing = new_thing(label)
    source = board.source(thing)
    for _ in range(thing.count):
        size = board.size(thing, source, anchors=spot.anchors, relation=spot.relation)
        goal = placed_new(size, spot, board, new=thing.head)
        board.added.append(goal.box)
        how_large = "" if "smaller" in goal.why else f"; {size.why}"
        reason = f"{with_article(thing.label).capitalize()}{_origin(source, board)} is placed {goal.why}{how_large}."
        yield Insert(box=goal.box, label=thing.label, source=source, prompt=prompt, reason=reason)


def _duplicate(clause: Clause, index: int, board: Board) -> Planned:
    targets = _targets(clause, index, board)
    spot = find_place(clause, index, board)
    if not targets or spot is None:
        yield no_anchor(clause) if targets else not_found(clause)
        return
    copies = max(1, new_thing(f"{clause.payload or 'a'} copy").count)
    for node in targets * copies:
        goal = placed_new(board.boxes[node.id], spot.beside(node), board)
        board.added.append(goal.box)
        reason = f"A copy of the {node.label} is placed {goal.why}."
        yield Duplicate(node=node.id, box=goal.box, prompt=clause.direct, reason=reason)


def _background(clause: Clause, index: int, board: Board) -> Planned:
    look = (clause.payload or "").strip()
    keep = tuple(n.id for n in _targets(clause, index, board)) or board.foreground()
    kept = tuple(dict.fromkeys(id_ for id_ in keep if id_ not in board.gone))
    if not look:
        yield Refusal(clause.direct, 'Say what the background should look like, for example "blur the background".')
    elif not kept and any(word in look.lower() for word in _FOCUS_LOOKS):
        yield Refusal(clause.direct, "I am not sure what stands in front: click the thing that should stay as it is.")
    else:
        names = ", ".join(f"the {n.label}" for n in board.found(kept)) or "nothing"
        reason = f"Everything but {names} becomes: {look}." if kept else f"The whole background becomes: {look}."
        yield Background(look=look, keep=kept, prompt=clause.direct, reason=reason)


_BY_VERB: dict[EditVerb, Callable[[Clause, int, Board], Planned]] = {
    EditVerb.REMOVE: _each(_remove),
    EditVerb.REPLACE: _each(_replace),
    EditVerb.RESTYLE: _restyle,
    EditVerb.RESIZE: _each(_resize),
    EditVerb.FLIP: _each(_flip),
    EditVerb.MOVE: _move,
    EditVerb.RELATE: _relate,
    EditVerb.INSERT: _insert,
    EditVerb.DUPLICATE: _duplicate,
    EditVerb.BACKGROUND: _background,
}

# graph changes -----------------------------------------------------------------------------


def _one(make: Callable[..., EditStep | Refusal]) -> Callable[..., Planned]:
    """A graph change of one node, refused where the node has no box."""

    def run(edit: RemoveNode | ReplaceNode | RestyleNode | RelateNode, board: Board) -> Planned:
        node = board.node(edit.node)
        yield not_found(edit.node) if node is None else make(edit, node, board)

    return run


def _remove_node(edit: RemoveNode, node: Node, board: Board) -> EditStep:
    return _removal(node, f"The {node.label} was deleted from the graph; what is around it fills the hole.")


def _replace_node(edit: ReplaceNode, node: Node, board: Board) -> EditStep:
    return _replacement(node, edit.label, f"replace the {node.label} with {with_article(edit.label)}", board)


def _restyle_node(edit: RestyleNode, node: Node, board: Board) -> EditStep:
    return _restyled(node, edit.attribute, f"make the {node.label} {edit.attribute}")


def _relate_node(edit: RelateNode, node: Node, board: Board) -> EditStep | Refusal:
    spot = AskedPlace.of_words(edit.relation, board.found([edit.anchor]))
    if not spot.anchors:
        return not_found(edit.anchor)
    return _moved(node, spot, f"move the {node.label} {place_word(spot)}", board)


def _insert_node(edit: InsertNode, board: Board) -> Planned:
    anchors = board.found([edit.anchor]) if edit.anchor else []
    if edit.anchor and not anchors:
        yield not_found(edit.anchor)
        return
    spot = AskedPlace.of_words(edit.relation, anchors)
    yield from _inserted(edit.label, spot, f"add {with_article(edit.label)}", board)


_BY_EDIT: dict[type[GraphEdit], Callable[..., Planned]] = {
    RemoveNode: _one(_remove_node),
    ReplaceNode: _one(_replace_node),
    RestyleNode: _one(_restyle_node),
    RelateNode: _one(_relate_node),
    InsertNode: _insert_node,
}

# words -------------------------------------------------------------------------------------


def _origin(source: object, board: Board) -> str:
    if isinstance(source, CopyOf):
        node = board.node(source.node)
        return f", copied from the {node.label if node else 'one'} in this picture,"
    name = getattr(source, "name", None)
    return f", your cut-out {name!r}," if name else ""
