"""One self-contained HTML file: tables, the worst cases as pictures, and how to make it again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader

from ..core.freeze import Frozen
from .cases import Case
from .measures import LEARNED, MEASURES
from .results import Row, Run
from .sheets import INSIDE, OUTSIDE, TAKEN, TRUE, sheet_of, thumbnail
from .statistics import Estimate
from .tables import Line, by_kind, by_tag, drift, overall, stage_costs, worst

WORST = 12

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table(Frozen):
    """Plain text cells; the template escapes them. ``words``: how many of the first columns are words,
    the others are figures. ``explained``: what the headings stand for."""

    title: str
    head: Cells
    rows: tuple[Cells, ...]
    words: int = 1
    explained: Cells = ()


def write_report(folder: Path, run: Run, rows: Sequence[Row], cases: Mapping[str, Case]) -> Path:
    """``report.html`` in the folder; it asks for nothing from outside.

    Args:
        folder: where the run's pictures lie.
        run: what made them.
        rows: all its rows.
        cases: by id, for the source pictures of the sheets.
    """
    page = Environment(loader=PackageLoader("ggedit.evaluation"), autoescape=True).get_template("report.html")
    path = folder / "report.html"
    text = page.render(
        run=run,
        cases=len({row.case for row in rows}),
        turns=len(rows),
        finished=round(sum(row.measures.get("finished", 0.0) for row in rows)),
        tables=_summaries(rows),
        sheets=[sheet_of(row, cases.get(row.case), folder) for row in worst(rows, count=WORST)],
        colours={name: "rgb({}, {}, {})".format(*rgb) for name, rgb in _COLOURS.items()},
        thumbnails=[shown for row in rows if (shown := thumbnail(row, folder)) is not None],
        details=[_every_row(rows), _made_by(run)],
    )
    path.write_text(text, encoding="utf-8")
    return path


def _summaries(rows: Sequence[Row]) -> list[Table]:
    costs = stage_costs(rows)
    tables = [_estimates(overall(rows)), _wide("By kind", by_kind(rows)), _wide("By tag", by_tag(rows))]
    tables += [_wide("Drift over turns", lines) for lines in [drift(rows)] if lines]
    stages = [(c.stage, *(f"{s:.3f}" for s in (c.mean_s, c.median_s, c.longest_s)), f"{c.peak_mib:.0f}") for c in costs]
    return [*tables, Table("Stages", _STAGES, tuple(stages))] if stages else tables


_STAGES = ("stage", "mean s", "median s", "longest s", "largest peak, MiB")
_COLOURS = {"meant": TRUE, "taken": TAKEN, "allowed": INSIDE, "not allowed": OUTSIDE}


def _estimates(line: Line) -> Table:
    found = dict(line.estimates)
    rows = [(MEASURES[name].title, *_cells(name, value)) for name, value in found.items()]
    rows += [(MEASURES[name].title, "not run", "", "") for name in LEARNED if name not in found]
    return Table("All cases", ("measure", "mean", "95 % interval", "turns"), tuple(rows))


def _cells(name: str, value: Estimate) -> tuple[str, str, str]:
    measure = MEASURES[name]
    mean = f"{measure.show(value.mean)} {measure.unit}".rstrip()
    return mean, f"{measure.show(value.low)} to {measure.show(value.high)}", str(value.count)


def _wide(title: str, lines: Sequence[Line]) -> Table:
    names = [name for name in MEASURES if any(name in dict(line.estimates) for line in lines)]
    head = ("group", "turns", *(MEASURES[name].heading for name in names))
    cells = tuple((line.group, _turns(line), *_means(line, names)) for line in lines)
    return Table(title, head, cells, explained=("", "", *(MEASURES[name].title for name in names)))


def _turns(line: Line) -> str:
    return str(max((value.count for _, value in line.estimates), default=0))


def _means(line: Line, names: Iterable[str]) -> list[str]:
    found = dict(line.estimates)
    return [MEASURES[name].show(found[name].mean) if name in found else "" for name in names]


def _every_row(rows: Sequence[Row]) -> Table:
    names = [name for name in MEASURES if any(name in row.measures for row in rows)]
    head = ("case", "turn", "asked", "note", *(MEASURES[name].heading for name in names))
    cells = ((row.case, str(row.turn), row.text, row.note, *_values(row, names)) for row in rows)
    explained = ("", "", "", "", *(MEASURES[name].title for name in names))
    return Table("Every row", head, tuple(cells), words=4, explained=explained)


def _values(row: Row, names: Iterable[str]) -> list[str]:
    return [MEASURES[n].show(row.measures[n]) if n in row.measures else "" for n in names]


def _made_by(run: Run) -> Table:
    facts = {
        "command": run.command,
        "seed": str(run.seed),
        "ggedit": run.version,
        "Python": run.python,
        "machine": run.machine,
        "started": run.started,
        **run.settings,
        **{f"backend, {port}": name for port, name in run.backends.items()},
        **{f"library {name}": version for name, version in run.libraries.items()},
        **{f"not run: {name}": why for name, why in run.not_run.items()},
    }
    return Table("Made by", ("what", "value"), tuple(facts.items()), words=2)
