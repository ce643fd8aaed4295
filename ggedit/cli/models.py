"""``ggedit models``: what there is and what it lacks; ``ggedit models fetch``: get it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table

from ..assembly import Assembly, Candidate
from ..config import Settings, load_settings
from ..fetching import Fetched, Fetcher, Manifest, Size, Watching, load_manifest, size_of
from .bars import open_bar
from .documents import print_json
from .exits import Commands, say

models = typer.Typer(
    cls=Commands,
    invoke_without_command=True,
    help="Every backend: what it needs, whether it is ready, and the command that mends it.\n\n"
    "Example: ggedit models\n\nExample: ggedit models fetch sam",
)

_PIPED_WIDTH = 200


@models.callback()
def table(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """List the backends, unless a command follows."""
    if context.invoked_subcommand is not None:
        return
    settings = load_settings()
    manifest = load_manifest(settings)
    rows = Assembly(settings).candidates()
    if json:
        print_json([_document(row, settings, manifest) for row in rows])
        return
    width = None if Console().is_terminal else _PIPED_WIDTH
    console = Console(width=width, markup=False, highlight=False)
    console.print(_table(rows, settings, manifest))


@models.command()
def fetch(
    names: Annotated[list[str], typer.Argument(help="Backends, files of the manifest or hub ids.", show_default=False)],
) -> None:
    """Download model files into the folder of model files, with a progress bar on standard error.

    An interrupted download goes on at the next call. What arrives is checked, and appears whole
    or not at all. Prints what was fetched as JSON.

    Example: ggedit models fetch sam

    Example: ggedit models fetch sam_vit_b_01ec64.pth Zigeng/SlimSAM-uniform-77
    """
    settings = load_settings()
    with _bar() as watching:
        fetcher = Fetcher(settings, Assembly(settings).specs, watching)
        wanted = dict.fromkeys(file for name in names for file in fetcher.names(name))
        done: list[Fetched] = []
        for name in wanted:
            done.append(_fetched(fetcher, name))
            say(f"{name}: {done[-1].note}.")
    print_json([{"name": d.name, "path": str(d.path), "bytes": d.bytes, "note": d.note} for d in done])


def _fetched(fetcher: Fetcher, name: str) -> Fetched:
    try:
        return fetcher.fetch(name)
    except KeyboardInterrupt:
        say(f"{name}: stopped. What has arrived is kept, and the same command goes on there.")
        raise


@contextmanager
def _bar() -> Iterator[Watching]:
    """A bar per file, on a terminal only."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with open_bar(*columns, TimeRemainingColumn(), stays=True) as bar:

        def starts(name: str) -> Callable[[int, int], None]:
            task = bar.add_task(name, total=None)
            return lambda done, total: bar.update(task, completed=done, total=total or None)

        yield Watching(starts)


def _document(row: Candidate, settings: Settings, manifest: Manifest) -> dict[str, object]:
    size = size_of(row.spec, settings, manifest)
    return {
        "port": row.spec.port,
        "name": row.spec.name,
        "tier": str(row.spec.tier),
        "chosen": row.chosen,
        "summary": row.spec.summary,
        "licence": row.spec.licence,
        "needs": row.spec.needed(settings),
        "size_mib": round(size.mib, 1),
        "here": size.here,
        "missing": [{"what": m.what, "mend": m.mend} for m in row.missing],
        "only_by_name": [{"what": m.what, "mend": m.mend} for m in row.only_by_name],
    }


def _table(rows: tuple[Candidate, ...], settings: Settings, manifest: Manifest) -> Table:
    shown = Table(show_lines=True, title="Backends, port by port; * = taken with these settings")
    for heading in ("port", "name", "tier", "what it is", "needs", "ready", "MiB", "licence"):
        shown.add_column(heading, justify="right" if heading == "MiB" else "left", overflow="fold")
    for row in rows:
        spec = row.spec
        shown.add_row(
            spec.port,
            f"{spec.name} *" if row.chosen else spec.name,
            str(spec.tier),
            spec.summary,
            ", ".join(spec.needed(settings)),
            _ready(row),
            _mib(size_of(spec, settings, manifest)),
            spec.licence or "Apache-2.0",
        )
    return shown


def _ready(row: Candidate) -> str:
    if row.only_by_name:
        return "\n".join(f"yes, when named; lacks {m.what}: {m.mend}" for m in row.only_by_name)
    return "\n".join(f"lacks {m.what}: {m.mend}" for m in row.missing) or "yes"


def _mib(size: Size) -> str:
    if not size.mib:
        return ""
    return f"{size.mib:.0f}" if size.here else f"about {size.mib:.0f}"
