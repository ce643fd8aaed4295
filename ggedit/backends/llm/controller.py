"""The controller: a language model plans the edit, the program checks every word of it."""

from __future__ import annotations

from dataclasses import replace

from ggedit.config import Settings
from ggedit.core.errors import BackendUnavailable
from ggedit.core.modifications import modifications_of, write_modification
from ggedit.core.plan import Background, EditPlan, EditStep, Refusal, check, step_node
from ggedit.core.scene import Node, NodeStatus
from ggedit.core.talk import ChatMessage, ChatRole
from ggedit.ports import ChatModel, PlanRequest, current_run

from ..classical.planning.board import Board
from ..classical.planning.order import sentence
from .asking import Unfit, as_data, ask, clean, prompt_text, read_form, reply_format
from .describer import percent
from .plan_form import PlanAnswer, StepMaker

PLAN_FORM = reply_format("plan", PlanAnswer)
MOST_STEPS = 20
_WISH, _SENTENCE = 120, 300

BY_RULES = "Let the rule planner do it (GGEDIT_PLANNER=rules, or the button on the page), or say it in other words."


class LLMPlanner:
    """Port ``Planner``. A plan that does not fit is sent back at most twice with all its
    problems; then there is no plan, and the person is offered the rule planner in words."""

    def __init__(self, settings: Settings, *, chat: ChatModel) -> None:
        self._chat = chat
        self._model = settings.chat_model

    def plan(self, request: PlanRequest) -> EditPlan:
        """The checked plan, or one without steps whose refusal says what was wrong.

        Steps on things that the request does not speak of come switched off, for the person
        to look at.

        Raises:
            BackendUnavailable: no answer.
        """
        messages = (
            ChatMessage(ChatRole.SYSTEM, prompt_text("plan.v1")),
            ChatMessage(ChatRole.USER, as_data(told(request))),
        )
        try:
            answered = ask(self._chat, messages, PLAN_FORM, read=lambda text: read_plan(text, request))
        except Unfit as unfit:
            return _no_plan(request, unfit, self._model)
        except BackendUnavailable as error:
            raise BackendUnavailable(f"{error} {BY_RULES}") from None
        return replace(answered.value, author=clean(answered.model, _WISH) or self._model)


def told(request: PlanRequest) -> dict[str, object]:
    """Everything the model may know: words, ids and boxes; no pixels, no file names."""
    extent, scene = request.picture.extent, request.scene
    return {
        "picture": {"width": extent.width, "height": extent.height},
        "request": request.instruction.text,
        "chosen": _chosen(request),
        "changes": [write_modification(m) for m in modifications_of(request.graph_edits, scene)],
        "objects": [_object(node, request) for node in scene.nodes],
        "relations": [[e.subject, e.relation, e.object, e.kind.value] for e in scene.edges],
        "background": scene.background,
        "cutouts": list(request.shelf),
    }


def _object(node: Node, request: PlanRequest) -> dict[str, object]:
    found = node.box is not None and node.status is NodeStatus.FOUND
    return {
        "id": node.id,
        "label": node.label,
        "kind": node.kind.value,
        "attributes": list(node.attributes),
        "looks": node.caption,
        "pose": node.pose,
        "box": percent(node.box, request.picture.extent) if found and node.box is not None else None,
    }


def _chosen(request: PlanRequest) -> list[dict[str, object]]:
    """How the request was read, with the boxes that the person may have chosen."""
    return [
        {
            "verb": clause.verb.value,
            "target": list(request.selection.targets(number)),
            "anchors": list(request.selection.anchors(number)),
            "new": clause.payload or "",
        }
        for number, clause in enumerate(request.instruction.clauses)
    ]


def read_plan(text: str, request: PlanRequest) -> EditPlan:
    """The plan that an answer holds.

    Raises:
        Unfit: with all problems.
    """
    answer = read_form(PlanAnswer, text)
    maker = StepMaker(Board.of(request))
    made = [maker.make(number, planned) for number, planned in enumerate(answer.steps[:MOST_STEPS])]
    problems = list(maker.problems)
    if len(answer.steps) > MOST_STEPS:
        problems.append(f"steps: {len(answer.steps)} are too many; {MOST_STEPS} is the limit.")
    refusals = tuple(
        Refusal(clean(r.wish, _WISH), clean(r.why, _SENTENCE)) for r in answer.cannot[:MOST_STEPS] if clean(r.why, 1)
    )
    if not answer.steps and not refusals:
        problems.append("steps and cannot are both empty: plan something, or say in cannot why not.")
    if problems:
        raise Unfit(problems)
    steps = tuple(_unless_unasked(step, request) for step in made if step is not None)
    problems = list(
        check(EditPlan(tuple(replace(s, enabled=True) for s in steps)), request.scene, request.picture.extent)
    )
    if problems:
        raise Unfit(problems)
    why = clean(answer.why, _SENTENCE) or sentence(steps, refusals, request.scene)
    return EditPlan(steps, why, refusals=refusals)


def _unless_unasked(step: EditStep, request: PlanRequest) -> EditStep:
    """The step, switched off if it changes a thing that the request does not speak of."""
    node, spoken = step_node(step), spoken_of(request)
    if node is None or spoken is None or node in spoken or isinstance(step, Background):
        return step
    note = f"The request does not speak of {node!r}: this step is switched off until you switch it on."
    current_run().notes.append(note)
    return replace(step, enabled=False, reason=clean(f"{note} {step.reason}", 2 * _SENTENCE))


def spoken_of(request: PlanRequest) -> frozenset[str] | None:
    """Ids that the request names or that were chosen for it; None where nothing was read from it."""
    named: set[str] = set()
    for number in range(len(request.instruction.clauses)):
        named.update(request.selection.targets(number), request.selection.anchors(number))
    for edit in request.graph_edits:
        named.update(id_ for id_ in (getattr(edit, "node", None), getattr(edit, "anchor", None)) if id_)
    return frozenset(named) if request.instruction.clauses or request.graph_edits else None


def _no_plan(request: PlanRequest, unfit: Unfit, model: str) -> EditPlan:
    wish = clean(request.instruction.text, _WISH) or "the changed graph"
    why = f"The language model's plan does not fit this picture ({unfit.problems[0].rstrip('.')}). {BY_RULES}"
    return EditPlan((), why, model, (Refusal(wish, why),))
