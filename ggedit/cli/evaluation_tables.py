"""Tables of ``ggedit eval`` in the terminal, on standard error: standard output is for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from ..evaluation.measures import LEARNED, MEASURES
from ..evaluation.results import Row
from ..evaluation.tables import Compared, Line, StageCost, by_kind, drift, overall, stage_costs


def show_summary(rows: Sequence[Row]) -> None:
    """Means with intervals over all rows, then by kind, the drift and the stages where there are any."""
    tables = [_estimates(overall(rows)), _groups("By kind", by_kind(rows), _OF_KINDS)]
    if lines := drift(rows):
        tables.append(_groups("Drift over turns", lines, _OF_DRIFT))
    if costs := stage_costs(rows):
        tables.append(_stages(costs))
    _show(*tables)


def show_comparison(rows: Sequence[Compared], a: str, b: str) -> None:
    table = _table(f"B ({b}) less A ({a})", "measure", "difference", "95 %", "better: B / same / A", "p")
    for row in rows:
        low, high = row.comparison.difference.low, row.comparison.difference.high
        digits = row.measure.digits
        wins = (row.comparison.larger, row.comparison.smaller)
        better, worse = wins if row.measure.better >= 0 else wins[::-1]
        table.add_row(
            row.measure.heading,
            f"{row.comparison.difference.mean:+.{digits}f}",
            f"{low:+.{digits}f} to {high:+.{digits}f}",
            f"{better} / {row.comparison.equal} / {worse}",
            f"{row.comparison.p_value:.4f}",
        )
    _show(table)


def comparison_json(row: Compared) -> dict[str, object]:
    return {"measure": row.measure.name, "better": row.measure.better} | asdict(row.comparison)


def _estimates(line: Line) -> Table:
    table = _table("All cases", "measure", "mean", "95 %", "turns")
    found = dict(line.estimates)
    for name, value in found.items():
        measure = MEASURES[name]
        interval = f"{measure.show(value.low)} to {measure.show(value.high)}"
        table.add_row(measure.title, f"{measure.show(value.mean)} {measure.unit}", interval, str(value.count))
    for name in LEARNED:
        if name not in found:
            table.add_row(MEASURES[name].title, "not run", "", "")
    return table


_OF_KINDS = ("finished", "parse_right", "selection_recall", "mask_iou", "plan_right", "outside_psnr", "seam_ratio")
_OF_DRIFT = ("finished", "selection_recall", "mask_iou", "outside_psnr", "drift_psnr", "drift_l1")
"""As many as fit a terminal of 80 columns; the report has all, and the tables by tag."""


def _groups(title: str, lines: Sequence[Line], wanted: Sequence[str]) -> Table:
    names = [n for n in wanted if any(n in dict(line.estimates) for line in lines)]
    table = _table(title, "group", "turns", *(MEASURES[name].heading for name in names))
    for line in lines:
        found = dict(line.estimates)
        cells = (MEASURES[n].show(found[n].mean) if n in found else "" for n in names)
        table.add_row(line.group, str(max(v.count for v in found.values())), *cells)
    return table


def _stages(costs: Sequence[StageCost]) -> Table:
    table = _table("Stages", "stage", "mean s", "median s", "longest s", "peak MiB")
    for cost in costs:
        seconds = (f"{value:.3f}" for value in (cost.mean_s, cost.median_s, cost.longest_s))
        table.add_row(cost.stage, *seconds, f"{cost.peak_mib:.0f}")
    return table


def _table(title: str, *head: str) -> Table:
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for name in head:
        table.add_column(name, no_wrap=name == head[0])
    return table


def _show(*tables: Table) -> None:
    console = Console(stderr=True)
    for table in tables:
        console.print(table)
