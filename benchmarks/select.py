"""How often the right one of several boxes is chosen, against chance and the published rule.

    python -m benchmarks.select [--half held-out|tuning|all]

Goes through ``select_jsonl``, the function behind ``ggedit select --jsonl``, without labels.
Columns: chance (one over the number of candidates); the edge rule of GGIP2P (the box whose
edge lies farthest in the first direction named, chance where none is); the same with middles
(two directions: the sum of both); and ours. Below: how right the answers are that ask back.
"""

from __future__ import annotations

import argparse
import re
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from benchmarks.referring import SETS, Expression, load
from ggedit.core.language import Relation
from ggedit.stages.choosing.spatial import extreme_edge
from ggedit.stages.select_rows import BoxAnswer, select_jsonl

_ORDINAL = re.compile(r"\b(first|second|third|fourth|fifth|last|1st|2nd|3rd|4th)\b")
_MIDDLE = re.compile(r"\b(middle|center|centre)\b")
_DEPTH = re.compile(r"\b(behind|in front|front|back|background|foreground)\b")

KINDS: dict[str, Callable[[Expression], bool]] = {
    "one direction": lambda e: len(e.directions) == 1,
    "two directions": lambda e: len(e.directions) == 2,
    "ordinals": lambda e: bool(_ORDINAL.search(e.text)),
    "middle": lambda e: bool(_MIDDLE.search(e.text)),
    "behind, front": lambda e: bool(_DEPTH.search(e.text)),
    "everything": lambda e: True,
}


@dataclass(frozen=True, eq=False)
class Answered:
    """An expression with the chances of each way to choose, and our answer."""

    expression: Expression
    chance: float
    edge: float
    centre: float
    answer: BoxAnswer

    @property
    def right(self) -> bool:
        return self.answer["kept"] == [self.expression.truth]


def answer(expression: Expression) -> Answered:
    chance = 1 / len(expression.boxes)
    row = {
        "id": None,
        "text": expression.text,
        "extent": list(expression.extent),
        "boxes": expression.boxes.tolist(),
        "labels": None,
    }
    edge = centre = chance
    if expression.directions:
        edge = float(extreme_edge(expression.directions[0], expression.boxes) == expression.truth)
        centre = float(_extreme_middle(expression) == expression.truth)
    return Answered(expression, chance, edge, centre, select_jsonl(row))


def _extreme_middle(expression: Expression) -> int:
    """The box whose middle lies farthest in all directions named, summed in shares of the picture."""
    boxes, extent = expression.boxes, expression.extent
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2 / extent.width, (boxes[:, 1] + boxes[:, 3]) / 2 / extent.height
    toward = {Relation.LEFT_OF: -x, Relation.RIGHT_OF: x, Relation.ABOVE: -y, Relation.BELOW: y}
    return int(np.argmax(sum(toward[d] for d in set(expression.directions))))


def print_row(dataset: str, kind: str, rows: list[Answered]) -> None:
    if not rows:
        return
    columns = [
        statistics.fmean(values) for values in zip(*((r.chance, r.edge, r.centre, r.right) for r in rows), strict=True)
    ]
    print(f"{dataset:10}{kind:16}{len(rows):7}" + "".join(f"{100 * value:9.1f}" for value in columns))


def print_asking(rows: Iterable[Answered]) -> None:
    """Whether the answers that ask back are those that are wrong."""
    found = list(rows)
    for name, asked in (("asks back", True), ("is sure", False)):
        mine = [r.right for r in found if r.answer["ambiguous"] is asked]
        if mine:
            print(f"{name:10}{len(mine) / len(found):8.1%} of all, right {statistics.fmean(mine):.1%}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--half", choices=("held-out", "tuning", "all"), default="held-out")
    half = arguments.parse_args().half
    print(f"{'set':10}{'expressions':16}{'n':>7}{'chance':>9}{'edge':>9}{'centre':>9}{'ours':>9}   ({half} pictures)")
    everything: list[Answered] = []
    began = time.process_time()
    for dataset in SETS:
        rows = [answer(e) for e in load(dataset) if half == "all" or e.tuning == (half == "tuning")]
        for kind, belongs in KINDS.items():
            print_row(dataset, kind, [row for row in rows if belongs(row.expression)])
        everything += rows
    spent_s = time.process_time() - began
    print_asking(everything)
    print(f"{1000 * spent_s / len(everything):.1f} ms CPU per expression")


if __name__ == "__main__":
    main()
