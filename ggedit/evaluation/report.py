"""One self-contained HTML file: tables, the worst cases as pictures, and how to make it again."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader
from PIL import Image

from ..core.freeze import Frozen
from .cases import Case, open_case_picture
from .measures import LEARNED, MEASURES
from .results import Row, Run
from .statistics import Estimate
from .tables import Line, by_kind, by_tag, drift, overall, stage_means, worst

CELL_PX = 340
WORST = 12

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table(Frozen):
    """Plain text cells; the template escapes them."""

    title: str
    head: Cells
    rows: tuple[Cells, ...]


@dataclass(frozen=True, slots=True)
class Sheet(Frozen):
    """A case to look at: its words, and (name, data URL) of its pictures."""

    text: str
    said: str
    pictures: tuple[tuple[str, str], ...]


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
        sheets=[_sheet(row, cases, folder) for row in worst(rows, count=WORST)],
        details=[_every_row(rows), _made_by(run)],
    )
    path.write_text(text, encoding="utf-8")
    return path


def _summaries(rows: Sequence[Row]) -> list[Table]:
    tables = [_estimates(overall(rows)), _wide("By kind", by_kind(rows)), _wide("By tag", by_tag(rows))]
    tables += [_wide("Drift over turns", lines) for lines in [drift(rows)] if lines]
    stages = tuple((name, f"{seconds:.3f}", f"{peak:.0f}") for name, seconds, peak in stage_means(rows))
    return [*tables, Table("Stages", ("stage", "median seconds", "largest peak, MiB"), stages)] if stages else tables


def _estimates(line: Line) -> Table:
    found = dict(line.estimates)
    rows = [(MEASURES[name].title, *_cells(name, value)) for name, value in found.items()]
    rows += [(MEASURES[name].title, "not run", "", "") for name in LEARNED if name not in found]
    return Table("All cases", ("measure", "mean", "95 % interval", "turns"), tuple(rows))


def _cells(name: str, value: Estimate) -> tuple[str, str, str]:
    digits, unit = MEASURES[name].digits, MEASURES[name].unit
    mean = f"{value.mean:.{digits}f} {unit}".rstrip()
    return mean, f"{value.low:.{digits}f} to {value.high:.{digits}f}", str(value.count)


def _wide(title: str, lines: Sequence[Line]) -> Table:
    names = [name for name in MEASURES if any(name in dict(line.estimates) for line in lines)]
    head = ("group", "turns", *(MEASURES[name].title for name in names))
    return Table(title, head, tuple((line.group, _turns(line), *_means(line, names)) for line in lines))


def _turns(line: Line) -> str:
    return str(max((value.count for _, value in line.estimates), default=0))


def _means(line: Line, names: Iterable[str]) -> list[str]:
    found = dict(line.estimates)
    return [f"{found[name].mean:.{MEASURES[name].digits}f}" if name in found else "" for name in names]


def _every_row(rows: Sequence[Row]) -> Table:
    names = [name for name in MEASURES if any(name in row.measures for row in rows)]
    head = ("case", "turn", "asked", *(MEASURES[name].title for name in names), "note")
    cells = ((row.case, str(row.turn), row.text, *_values(row, names), row.note) for row in rows)
    return Table("Every row", head, tuple(cells))


def _values(row: Row, names: Iterable[str]) -> list[str]:
    return [f"{row.measures[n]:.{MEASURES[n].digits}f}" if n in row.measures else "" for n in names]


def _sheet(row: Row, cases: Mapping[str, Case], folder: Path) -> Sheet:
    """Source and result side by side; without a result, the reason."""
    case = cases.get(row.case)
    files = [] if case is None else [("source", case.picture)]
    if row.picture:
        files.append(("result", folder / row.picture))
    shown = ("mask_iou", "selection_recall", "outside_l1", "seam_ratio")
    said = [f"{MEASURES[n].title} {row.measures[n]:.3f}" for n in shown if n in row.measures]
    return Sheet(
        text=f"{row.case}, turn {row.turn}: {row.text}",
        said=", ".join((*said, row.note) if row.note else said),
        pictures=tuple((name, _inline(open_case_picture(file).to_pillow())) for name, file in files if file.is_file()),
    )


def _inline(image: Image.Image) -> str:
    small = image.convert("RGB")
    small.thumbnail((CELL_PX, CELL_PX))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=85)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def _made_by(run: Run) -> Table:
    facts = {
        "command": run.command,
        "seed": str(run.seed),
        "ggedit": run.version,
        "Python": run.python,
        **{f"backend, {port}": name for port, name in run.backends.items()},
        **{f"library {name}": version for name, version in run.libraries.items()},
        **{f"not run: {name}": why for name, why in run.not_run.items()},
    }
    return Table("Made by", ("what", "value"), tuple(facts.items()))
