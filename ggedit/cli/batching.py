"""``ggedit batch``: many pictures, resumable, reviewed or not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from ..batch.campaign import RESULTS, Campaign, Step
from ..batch.jobs import read_jobs
from ..batch.work import Phase
from ..batch.workers import NAMES, Task, make_executor
from ..config import load_settings
from ..core.errors import BadInput
from .bars import count_rows
from .documents import print_json
from .exits import Exit, say


def batch(
    source: Annotated[Path, typer.Argument(help="A .jsonl or .csv file of rows, or a folder of pictures.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for results, masks, plans and results.jsonl.")],
    text: Annotated[
        str, typer.Option(help="The instruction for rows that have none, and for a folder.", show_default=False)
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Stop before the editor; write the plans.")] = False,
    approve: Annotated[bool, typer.Option("--approve", help="Run the plans that --dry-run wrote.")] = False,
    executor: Annotated[str, typer.Option(help="local or ray.")] = "local",
    workers: Annotated[int, typer.Option(min=1, help="Rows done at once.")] = 1,
    threads: Annotated[int, typer.Option(min=0, help="CPU threads per worker; 0: as the libraries like.")] = 0,
    address: Annotated[
        str, typer.Option(help="A running Ray cluster; empty: Ray is started here.", show_default=False)
    ] = "",
) -> None:
    """Edit many pictures. Killed at any moment, the same command goes on where it was.

    Each row: {"picture", "text" or "modifications", and if wanted "id", "seed", "box"}.

    Example: ggedit batch photos --text "make the sky blue" -o out

    Example: ggedit batch rows.jsonl -o out --dry-run, then: ggedit batch rows.jsonl -o out --approve

    Example: ggedit batch rows.jsonl -o out --executor ray --workers 8 --threads 1
    """
    if dry_run and approve:
        raise BadInput("--dry-run writes plans and --approve runs them: give one of the two.")
    if executor not in NAMES:
        raise BadInput(f"--executor is {executor!r}; use {' or '.join(NAMES)}.")
    phase = Phase.PLAN if dry_run else Phase.APPROVE if approve else Phase.EDIT
    rows = read_jobs(source, instruction=text)
    task = Task(phase, out.absolute(), load_settings(), workers=workers, threads=threads)
    campaign = Campaign.begin(task)
    began = time.perf_counter()
    try:
        _follow(campaign.run(rows, make_executor(executor, task, address=address)), _count(source))
    except KeyboardInterrupt:
        say("stopped; what is done is kept, and the same command goes on from there.")
        raise typer.Exit(Exit.STOPPED) from None
    summary = campaign.summary(time.perf_counter() - began)
    print_json(summary | {"results": str(out / RESULTS)})
    if campaign.counts["error"]:
        failed = campaign.counts["error"]
        rows_failed = f"{failed} row{'s' if failed > 1 else ''} failed"
        say(f"{rows_failed}; {out / RESULTS} says why. The same command tries again.")
        raise typer.Exit(Exit.BAD_INPUT)


def _follow(steps: Iterator[Step], total: int | None) -> None:
    with count_rows(total) as bar:
        for step in steps:
            done = step.outcome
            bar.advance("skipped" if done is None else f"{done.id}: {done.status}", skipped=done is None)


def _count(source: Path) -> int | None:
    """How many rows there are, for the time left; None for a source that is long to count."""
    if source.is_file() and source.stat().st_size > 64 * 2**20:
        return None
    return sum(1 for _ in read_jobs(source, instruction="-"))
