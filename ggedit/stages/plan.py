"""Make the edit plan and take out what the editor cannot do."""

from __future__ import annotations

from dataclasses import replace

from ..core.errors import StageError
from ..core.plan import EditPlan, EditStep, Insert, Move, Refusal, Replace, Restyle, check
from ..core.scene import SceneGraph
from ..core.turn import Turn
from ..ports import Editor, Planner, PlanRequest, SizePredictor
from .routing import EditorTable


def plan(
    turn: Turn, planner: Planner, editor: Editor | EditorTable, *, sizer: SizePredictor, shelf: tuple[str, ...]
) -> EditPlan:
    """The planner's steps that an editor can do, and a refusal for each that none can.

    Raises:
        StageError: the planner's plan does not fit the scene.
    """
    made = planner.plan(request_of(turn, sizer, shelf))
    assert turn.scene is not None
    problems = check(made, turn.scene, turn.picture.extent)
    if problems:
        raise StageError("The plan does not fit the picture: " + " ".join(problems))
    return without_refused(with_concepts(made, turn.scene), editor)


def request_of(turn: Turn, sizer: SizePredictor, shelf: tuple[str, ...]) -> PlanRequest:
    """What a planner may look at."""
    assert turn.instruction is not None and turn.detections is not None and turn.selection is not None
    assert turn.masks is not None and turn.scene is not None
    return PlanRequest(
        picture=turn.picture,
        instruction=turn.instruction,
        graph_edits=turn.ask.graph_edits,
        detections=turn.detections,
        selection=turn.selection,
        masks=turn.masks,
        scene=turn.scene,
        sizer=sizer,
        shelf=shelf,
    )


def with_concepts(made: EditPlan, scene: SceneGraph) -> EditPlan:
    """The plan with each step that draws a learned thing naming its concept: what is moved or adjusted,
    and what a new thing is called by ("add a cup-1 beside the lamp")."""

    def named(step: EditStep) -> EditStep:
        node = None
        if isinstance(step, Move | Restyle):
            node = scene.node(step.node or "")
        elif isinstance(step, Insert | Replace) and step.source is None:
            node = scene.node(step.label)
        return step if node is None or step.concept else replace(step, concept=node.concept)

    return replace(made, steps=tuple(named(step) for step in made.steps))


def without_refused(made: EditPlan, editor: Editor | EditorTable) -> EditPlan:
    """The plan with each step that the editor refuses turned into its refusal."""
    verdicts = [(step, editor.refuses(step)) for step in made.steps]
    steps: tuple[EditStep, ...] = tuple(step for step, refusal in verdicts if refusal is None)
    refused: tuple[Refusal, ...] = tuple(dict.fromkeys(refusal for _, refusal in verdicts if refusal is not None))
    return replace(made, steps=steps, refusals=(*made.refusals, *refused))
