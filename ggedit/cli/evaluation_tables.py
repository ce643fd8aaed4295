"""Tables of ``ggedit eval`` in the terminal, on standard error: standard output is for JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from ..evaluation.measures import LEARNED, MEASURES
from ..evaluation.results import Row
from ..evaluation.tables import Compared, Line, by_kind, drift, overall


def show_summary(rows: Sequence[Row]) -> None:
    """Means with intervals over all rows, then the means by kind, and the drift if there is any."""
    tables = [_estimates(overall(rows)), _groups("By kind", by_kind(rows))]
    lines = drift(rows)
    _show(*tables, *([_groups("Drift over turns", lines)] if lines else []))


def show_comparison(rows: Sequence[Compared], a: str, b: str) -> None:
    table = _table(f"B ({b}) less A ({a})", "measure", "difference", "95 %", "B better", "same", "A better", "p")
    for row in rows:
        low, high = row.comparison.difference.low, row.comparison.difference.high
        digits = row.measure.digits
        wins = (row.comparison.larger, row.comparison.smaller)
        better, worse = wins if row.measure.better >= 0 else wins[::-1]
        table.add_row(
            row.measure.title,
            f"{row.comparison.difference.mean:+.{digits}f}",
            f"{low:+.{digits}f} to {high:+.{digits}f}",
            str(better),
            str(row.comparison.equal),
            str(worse),
            f"{row.comparison.p_value:.4f}",
        )
    _show(table)


def comparison_json(row: Compared) -> dict[str, object]:
    return {"measure": row.measure.name, "better": row.measure.better} | asdict(row.comparison)


def _estimates(line: Line) -> Table:
    table = _table("All cases", "measure", "mean", "95 %", "turns")
    found = dict(line.estimates)
    for name, value in found.items():
        digits, unit = MEASURES[name].digits, MEASURES[name].unit
        interval = f"{value.low:.{digits}f} to {value.high:.{digits}f}"
        table.add_row(MEASURES[name].title, f"{value.mean:.{digits}f} {unit}", interval, str(value.count))
    for name in LEARNED:
        if name not in found:
            table.add_row(MEASURES[name].title, "not run", "", "")
    return table


_IN_GROUPS = ("finished", "parse_right", "selection_recall", "mask_iou", "plan_right", "outside_psnr", "seam_ratio")
"""As many as fit a terminal of 120 columns; the report has all."""


def _groups(title: str, lines: Sequence[Line]) -> Table:
    names = [n for n in (*_IN_GROUPS, "drift_psnr") if any(n in dict(line.estimates) for line in lines)]
    table = _table(title, "group", "turns", *(MEASURES[name].title for name in names))
    for line in lines:
        found = dict(line.estimates)
        cells = (f"{found[n].mean:.{MEASURES[n].digits}f}" if n in found else "" for n in names)
        table.add_row(line.group, str(max(v.count for v in found.values())), *cells)
    return table


def _table(title: str, *head: str) -> Table:
    table = Table(title=title, title_justify="left")
    for name in head:
        table.add_column(name)
    return table


def _show(*tables: Table) -> None:
    console = Console(stderr=True)
    for table in tables:
        console.print(table)
