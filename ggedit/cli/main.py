"""The application: every command is registered here."""

from __future__ import annotations

from typing import Annotated

import typer

from .. import __version__
from ..core.turn import Stage
from .batching import batch
from .documents import FILES, document_of, print_json
from .editing import edit, replay_session
from .evaluating import evaluation
from .exits import MEANINGS, Commands
from .graphs import graph
from .models import models
from .rows import Jsonl, ParserName, parse_rows, place
from .running import run
from .sessions import session
from .stages import parse_text, register
from .training import train

app = typer.Typer(
    name="ggedit",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    help="Edit pictures by instruction; see and correct every stage. Each command prints JSON.",
    epilog=MEANINGS,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
) -> None:
    """Options that stand before a command."""


@app.command()
def parse(
    text: Annotated[str | None, typer.Argument(help="What to change, in English.", show_default=False)] = None,
    parser: ParserName = None,
    jsonl: Jsonl = None,
) -> None:
    """Read an instruction: what is asked of which thing, where.

    Example: ggedit parse "remove the dog and make the left cup blue"

    Example: ggedit parse --jsonl instructions.jsonl   (each line: {"id", "text"})
    """
    if jsonl is not None:
        parse_rows(jsonl, parser)
        return
    print_json(document_of(Stage.PARSE, parse_text(text or "", parser), FILES))


register(app)
app.command("place")(place)
app.command("train")(train)
app.command("edit")(edit)
app.command("replay")(replay_session)
app.command("graph")(graph)
app.command("run")(run)
app.command("batch")(batch)
app.add_typer(session, name="session")
app.add_typer(models, name="models")
app.add_typer(evaluation, name="eval")
