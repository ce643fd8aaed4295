"""All cases through one system: a row of measures per turn, written as they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ..core.errors import BadInput
from ..core.masks import HardMask
from ..core.picture import Picture, encode_picture
from ..ports import Scorer
from .cases import Case, open_case_picture
from .perception import chosen_boxes
from .pixels import Measures, outside
from .results import PICTURES, Row, append_row
from .scoring import allowed_region, score_turn
from .systems import Answer, System

Scorers = Sequence[Scorer]
"""The learned measures to take."""


def run_cases(cases: Iterable[Case], system: System, folder: Path, *, scorers: Scorers = ()) -> Iterator[Row]:
    """Rows in the order of the cases; each is in ``folder`` before it is yielded, its picture too.

    A case that cannot be run gives a row with the reason and ``finished`` 0; the rest goes on.
    """
    (folder / PICTURES).mkdir(parents=True, exist_ok=True)
    for case in cases:
        for row in _rows_of(case, system, folder, scorers):
            append_row(folder, row)
            yield row


def _rows_of(case: Case, system: System, folder: Path, scorers: Scorers) -> Iterator[Row]:
    done = 0
    try:
        source = before = open_case_picture(case.picture)
        free: HardMask | None = np.zeros(source.extent.shape, np.bool_)
        for number, (truth, answer) in enumerate(zip(case.turns, system(case), strict=True), start=1):
            region = allowed_region(truth, source.extent)
            measures = score_turn(before, answer, truth, allowed=region, scorers=scorers)
            free = None if free is None or region is None else free | region
            if answer.picture is not None and free is not None:
                measures |= _drift(source, answer.picture, free)
            yield _row(case, number, answer, measures, folder)
            before, done = answer.picture or before, number
    except BadInput as error:
        for number in range(done + 1, len(case.turns) + 1):
            yield _row(case, number, Answer(None, str(error)), {"finished": 0.0}, folder)


def _drift(source: Picture, now: Picture, free: HardMask) -> Measures:
    """What has changed since the first turn where no turn so far was allowed to change anything."""
    found = outside(source, now, free)
    return {"drift_" + name.removeprefix("outside_"): found[name] for name in ("outside_psnr", "outside_l1") if found}


def _row(case: Case, number: int, answer: Answer, measures: Measures, folder: Path) -> Row:
    truth = case.turns[number - 1]
    return Row(
        case=case.id,
        turn=number,
        text=truth.text or truth.modifications,
        kind=next(iter((*truth.plan, *truth.verbs, *case.tags)), "edit"),
        tags=case.tags,
        measures=measures,
        stages=answer.stages,
        note=answer.note,
        picture=_keep(case, number, answer, folder),
        taken=tuple(box.xyxy for box in chosen_boxes(answer.turn)) if answer.turn is not None else (),
    )


def _keep(case: Case, number: int, answer: Answer, folder: Path) -> str:
    if answer.picture is None:
        return ""
    name = f"{PICTURES}/{case.id}-{number}.png"
    (folder / name).write_bytes(encode_picture(answer.picture))
    return name
