"""Rows put together: means by measure, kind and tag, drift by turn, two runs side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import mean, median

from ..core.freeze import Frozen
from .measures import MEASURES, Measure
from .results import Row
from .statistics import Comparison, Estimate, compare, estimate

DRIFT_TURNS = (1, 3, 10)


@dataclass(frozen=True, slots=True)
class Line(Frozen):
    """A group's estimates by measure name; ``group`` is "all", a kind, a tag or a turn."""

    group: str
    estimates: tuple[tuple[str, Estimate], ...]


@dataclass(frozen=True, slots=True)
class StageCost(Frozen):
    """Seconds of a stage over all turns, and its largest peak memory."""

    stage: str
    mean_s: float
    median_s: float
    longest_s: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class Compared(Frozen):
    measure: Measure
    comparison: Comparison


def overall(rows: Sequence[Row], *, seed: int = 0) -> Line:
    return _line("all", rows, seed)


def by_kind(rows: Sequence[Row], *, seed: int = 0) -> tuple[Line, ...]:
    return _grouped(rows, lambda row: (row.kind,), seed)


def by_tag(rows: Sequence[Row], *, seed: int = 0) -> tuple[Line, ...]:
    return _grouped(rows, lambda row: row.tags, seed)


def drift(rows: Sequence[Row], *, seed: int = 0) -> tuple[Line, ...]:
    """After 1, 3 and 10 turns, over the cases that go on so long."""
    return tuple(
        _line(f"after {turn} turn{'s' if turn > 1 else ''}", chosen, seed)
        for turn in DRIFT_TURNS
        if (chosen := [row for row in rows if row.turn == turn and "drift" in row.tags])
    )


def stage_costs(rows: Sequence[Row]) -> tuple[StageCost, ...]:
    """What each stage took, in the order of the stages."""
    names = dict.fromkeys(name for row in rows for name, _, _ in row.stages)
    return tuple(_cost(name, [stage for row in rows for stage in row.stages if stage[0] == name]) for name in names)


def _cost(name: str, runs: Sequence[tuple[str, float, float]]) -> StageCost:
    seconds = [run[1] for run in runs]
    return StageCost(name, mean(seconds), median(seconds), max(seconds), max(run[2] for run in runs))


def compared(a: Iterable[Row], b: Iterable[Row], *, seed: int = 0) -> tuple[Compared, ...]:
    """Measure by measure, paired by case and turn."""
    left, right = {row.key: row for row in a}, {row.key: row for row in b}
    found: list[Compared] = []
    for name, measure in MEASURES.items():
        result = compare(_values(left, name), _values(right, name), seed=seed)
        if result is not None:
            found.append(Compared(measure, result))
    return tuple(found)


def _values(rows: dict[str, Row], name: str) -> dict[str, float]:
    return {key: row.measures[name] for key, row in rows.items() if name in row.measures}


def _grouped(rows: Sequence[Row], groups_of: Callable[[Row], tuple[str, ...]], seed: int) -> tuple[Line, ...]:
    names = sorted({group for row in rows for group in groups_of(row)})
    return tuple(_line(name, [row for row in rows if name in groups_of(row)], seed) for name in names)


def _line(group: str, rows: Sequence[Row], seed: int) -> Line:
    found: list[tuple[str, Estimate]] = []
    for name in MEASURES:
        values = [row.measures[name] for row in rows if name in row.measures]
        if values:
            found.append((name, estimate(values, seed=seed)))
    return Line(group, tuple(found))


def worst(rows: Sequence[Row], *, count: int = 8) -> tuple[Row, ...]:
    """The cases to look at first: those without a result, then the poorest outlines and seams."""
    return tuple(sorted(rows, key=_worry, reverse=True)[:count])


def _worry(row: Row) -> float:
    if not row.measures.get("finished"):
        return 10.0
    poor = 1 - row.measures.get("mask_iou", row.measures.get("box_iou", 1.0))
    missed = 1 - row.measures.get("selection_recall", 1.0)
    touched = min(1.0, row.measures.get("outside_l1", 0.0) * 20)
    edge = min(1.0, max(0.0, row.measures.get("seam_ratio", 1.0) - 1))
    return poor + missed + touched + edge
