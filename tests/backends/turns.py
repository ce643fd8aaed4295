"""Finished turns for store tests; run as a program, it accepts one after the other until killed."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from ggedit.backends.store_sqlite import SqliteStore
from ggedit.config import Settings
from ggedit.core.corrections import AddBox
from ggedit.core.detections import Detections
from ggedit.core.geometry import Box
from ggedit.core.language import Clause, EditVerb, Instruction, Referent
from ggedit.core.masks import Mask, Masks
from ggedit.core.picture import Picture
from ggedit.core.plan import EditPlan, Remove
from ggedit.core.result import EditResult, StepReport
from ggedit.core.scene import Node, SceneGraph
from ggedit.core.selection import Choice, Role, Selection
from ggedit.core.turn import Ask, History, Stage, StageRecord, Tier, Turn

SIZE = (48, 64)


def grey_picture(number: int) -> Picture:
    """A picture that no other number gives: after ``number`` turns."""
    noise = np.random.default_rng(number).integers(0, 255, (*SIZE, 3), dtype=np.uint8)
    return Picture(noise)


def finished_turn(number: int, parent: str | None = None) -> Turn:
    """Turn ``number`` (from 1) with all cells filled: it removes a dog."""
    before, after = grey_picture(number - 1), grey_picture(number)
    box = Box(2, 3, 20, 30)
    mask = Mask.of_box(box, before.extent)
    return Turn(
        id=f"t{number}",
        picture=before,
        ask=Ask("remove the dog"),
        parent=parent,
        seed=number,
        instruction=Instruction("remove the dog", (Clause(EditVerb.REMOVE, Referent("dog", "dog")),)),
        detections=Detections.build(extent=before.extent, xyxy=[box.xyxy], score=[0.5], phrases=["dog"]),
        selection=Selection((Choice("dog-1", True, "the only dog", 0.5, Role.TARGET, 0, "dog"),)),
        masks=Masks.build({"dog-1": mask}),
        scene=SceneGraph((Node("dog-1", "dog", box),)),
        plan=EditPlan((Remove(node="dog-1"),)),
        result=EditResult(after, mask, (StepReport(0, "remove", "scripted", "test", number, 0.5, mask.area),)),
        records=(StageRecord(Stage.PARSE, "scripted@1", Tier.TEST, "asked for", 0.25),),
        corrections=(AddBox("dog", box, "dog-u1"),),
    )


def history_of(turns: int) -> History:
    """A chain of finished turns with the cursor on the last."""
    history = History(grey_picture(0))
    for number in range(1, turns + 1):
        history = history.accepted(finished_turn(number))
    return history


def accept_for_ever(home: Path, session: str) -> None:
    """Accept and save turn after turn; a turn's id is told once its save has returned."""
    store, history = SqliteStore(Settings(home=home)), History(grey_picture(0))
    while True:
        turn = finished_turn(len(history.turns) + 1)
        history = history.accepted(turn)
        store.save(session, history, turn)
        print(turn.id, flush=True)


if __name__ == "__main__":
    accept_for_ever(Path(sys.argv[1]), sys.argv[2])
