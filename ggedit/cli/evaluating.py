"""``ggedit eval``: measure an editor on cases, and compare two."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ..assembly import Assembly
from ..config import load_settings, settings_said
from ..core.errors import BadInput
from ..evaluation.cases import Case, read_cases
from ..evaluation.imports import ggip2p_csv, pie_bench, write_cases
from ..evaluation.report import write_report
from ..evaluation.results import ROWS_FILE, Row, Run, begin_run, end_run, read_rows, read_run, run_of
from ..evaluation.runner import Scorers, run_cases
from ..evaluation.systems import Folder, Ggedit, RoundTrip, System
from ..evaluation.tables import compared
from .bars import count_rows
from .documents import print_json
from .evaluation_tables import comparison_json, show_comparison, show_summary
from .exits import Commands, say
from .stages import Seed

evaluation = typer.Typer(
    cls=Commands, no_args_is_help=True, help="Measure an editor on cases: ggedit, or pictures made by another system."
)
Suite = Annotated[Path, typer.Argument(help="JSON lines of cases; docs/evaluation.md has the format.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="A new folder for rows, pictures and report.html.")]
Limit = Annotated[int | None, typer.Option(min=1, help="Only the first so many cases.", show_default=False)]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="Only cases with this tag.", show_default=False)]


@evaluation.command("run")
def run_suite(suite: Suite, out: Out, seed: Seed = 0, limit: Limit = None, tag: Tags = None) -> None:
    """Edit every case with the backends that are chosen here, first choice throughout, and measure.

    Example: ggedit eval run assets/eval/cases.jsonl -o results/embedded

    Example: ggedit eval run assets/eval/cases.jsonl -o results/plural --tag plural
    """
    settings = load_settings()
    assembly = Assembly(settings)
    scorers, not_run = assembly.scorers()
    backends = {port: f"{chosen.name} ({chosen.tier})" for port, chosen in assembly.kit.chosen().items()}
    cases = _cases(suite, limit, tag)
    said = settings_said(settings)
    run = run_of(_command(), str(suite), "ggedit", seed)
    run = replace(run, not_run=dict(not_run), backends=backends, settings=said)
    _measure(cases, Ggedit(assembly.kit, seed), out, run=run, scorers=scorers)


@evaluation.command()
def score(
    suite: Suite,
    pictures: Annotated[Path, typer.Argument(help="Folder with <case>.png or <case>-<turn>.png.")],
    out: Out,
    name: Annotated[str, typer.Option(help="What to call the system that made them.")] = "pictures",
    limit: Limit = None,
    tag: Tags = None,
) -> None:
    """Measure pictures that any other system made of the same cases.

    Example: ggedit eval score assets/eval/cases.jsonl ip2p-results -o results/ip2p --name ip2p
    """
    _score(suite, Folder(pictures), out, name=name, cases=_cases(suite, limit, tag))


@evaluation.command("round-trip")
def round_trip(
    suite: Suite,
    out: Out,
    side: Annotated[int, typer.Option(min=16, help="The square that the picture is scaled to and back.")] = 512,
    quality: Annotated[int, typer.Option(min=1, max=100, help="Of the JPEG that it is saved as.")] = 95,
    limit: Limit = None,
    tag: Tags = None,
) -> None:
    """The baseline for background change: no edit, only resize, resize back and save as JPEG.

    Example: ggedit eval round-trip assets/eval/cases.jsonl -o results/round-trip
    """
    system = RoundTrip(side, quality)
    _score(suite, system, out, name=f"round trip {side}, JPEG {quality}", cases=_cases(suite, limit, tag))


@evaluation.command()
def compare(
    a: Annotated[Path, typer.Argument(help="Folder of results.")],
    b: Annotated[Path, typer.Argument(help="Another one, on the same cases.")],
) -> None:
    """Two runs, case by case: the mean difference with its interval, wins, and a sign-flip test.

    Example: ggedit eval compare results/embedded results/round-trip
    """
    rows = compared(list(read_rows(a)), list(read_rows(b)))
    if not rows:
        raise BadInput("The two folders have no case in common.")
    show_comparison(rows, read_run(a).system, read_run(b).system)
    print_json([comparison_json(row) for row in rows])


@evaluation.command("import")
def import_suite(
    kind: Annotated[str, typer.Argument(help="pie (PIE-Bench's folder) or ggip2p (its CSV).")],
    source: Annotated[Path, typer.Argument(help="The folder or the CSV, as downloaded.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="JSON lines of cases; masks go into a folder beside it.")],
    pictures: Annotated[Path | None, typer.Option(help="ggip2p: where the pictures are.", show_default=False)] = None,
) -> None:
    """Make cases of a public suite that you have downloaded. Nothing is downloaded here.

    Example: ggedit eval import pie PIE-Bench_v1 -o pie.jsonl

    Example: ggedit eval import ggip2p All_img_instruct_info.csv --pictures photos -o ggip2p.jsonl
    """
    if kind == "pie":
        cases = pie_bench(source, out.with_suffix("").with_name(f"{out.stem}-masks"))
    elif kind == "ggip2p":
        cases = ggip2p_csv(source, pictures)
    else:
        raise BadInput(f"{kind!r} is no suite; use pie or ggip2p.")
    print_json({"cases": write_cases(cases, out), "output": str(out)})


def _cases(suite: Path, limit: int | None, tags: Sequence[str] | None) -> list[Case]:
    cases = [case for case in read_cases(suite) if not tags or set(tags) & set(case.tags)]
    if not cases:
        raise BadInput(f"{suite} has no case" + (f" with the tag {' or '.join(tags)}." if tags else "."))
    return cases[:limit]


def _score(suite: Path, system: System, out: Path, *, name: str, cases: list[Case]) -> None:
    scorers, not_run = Assembly(load_settings()).scorers()
    run = replace(run_of(_command(), str(suite), name, 0), not_run=dict(not_run))
    _measure(cases, system, out, run=run, scorers=scorers)


def _measure(cases: list[Case], system: System, out: Path, *, run: Run, scorers: Scorers) -> None:
    begin_run(out, run)
    rows: list[Row] = []
    with count_rows(sum(len(case.turns) for case in cases)) as bar:
        for row in run_cases(cases, system, out, scorers=scorers):
            rows.append(row)
            bar.advance(row.key)
    report = write_report(out, end_run(out, run), rows, {case.id: case for case in cases})
    show_summary(rows)
    lacking = sum(not row.measures["finished"] for row in rows)
    if lacking:
        say(f"{lacking} of {len(rows)} turns have no result; {out / ROWS_FILE} says why.")
    for name, why in run.not_run.items():
        say(f"{name} was not run: {why}.")
    print_json({"rows": str(out / ROWS_FILE), "report": str(report), "turns": len(rows)})


def _command() -> str:
    """What was typed, so that the report can say how to make it again."""
    return shlex.join(["ggedit", *sys.argv[1:]])
