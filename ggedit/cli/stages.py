"""``ggedit parse | detect | select | segment | relate | plan``: one stage at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ..assembly import Assembly
from ..config import Settings, load_settings
from ..core.errors import BadInput
from ..core.language import Context, Instruction
from ..core.turn import STAGES, Ask, Stage, Turn
from ..session import EditSession, looking_for
from .documents import FILES, document_of, print_json, read_document
from .reading import open_picture
from .rows import Jsonl, ParserName, select_rows
from .watching import watch

Photo = Annotated[str | None, typer.Argument(help="Picture file. Left out with --turn.", show_default=False)]
Text = Annotated[str | None, typer.Argument(help="What to change, in English.", show_default=False)]
TurnFile = Annotated[
    str | None, typer.Option("--turn", help="JSON that an earlier stage printed; - reads it from standard input.")
]
Files = Annotated[Path, typer.Option("--files", help="Folder for the PNG files that the JSON names.")]
Seed = Annotated[int, typer.Option("--seed", help="Same seed, same pixels.", min=0, max=2**32 - 1)]


def parse_text(text: str, settings_parser: str | None = None) -> Instruction:
    """The instruction's clauses, without a picture."""
    settings = load_settings()
    if settings_parser:
        settings = replace(settings, parser=settings_parser)
    return Assembly(settings).backend("parser").use.parse(Ask(text).text.strip(), Context())


def started_session(
    photo: str | None, text: str | None, *, turn: str | None, seed: int = 0, settings: Settings | None = None
) -> EditSession:
    """A session whose draft is what the command was given: a request, or a stage's JSON.

    Raises:
        BadInput: neither or both.
    """
    given = read_document(turn) if turn else None
    if isinstance(given, Turn):
        if photo or text:
            raise BadInput("The JSON of --turn already has the picture and the request: leave them out.")
        return _session_of(given, settings)
    if photo is None:
        raise BadInput('Give a picture and what to change, for example: dog.jpg "remove the dog".')
    if isinstance(given, Instruction) and text:
        raise BadInput("The JSON of --turn already has the request: give only the picture.")
    picture, _ = open_picture(photo)
    session = EditSession(picture, Assembly(settings or load_settings()).kit)
    draft = session.ask(given.text if isinstance(given, Instruction) else text or "", seed=seed)
    if isinstance(given, Instruction):
        session.turn = draft.write(Stage.PARSE, given)
    return session


def _session_of(turn: Turn, settings: Settings | None = None) -> EditSession:
    session = EditSession(turn.picture, Assembly(settings or load_settings()).kit)
    session.turn = turn
    return session


def run_stage(stage: Stage, session: EditSession) -> Turn:
    """Fill the draft up to ``stage``; that cell itself is always made anew."""
    session.turn = session.draft.emptied_from(stage)
    with watch() as bar:
        if stage.rank < Stage.PLAN.rank:
            bar.follow(session.run(until=Stage.PARSE, ask_user=False))
            session.turn = looking_for(session.draft, session.kit)
        bar.follow(session.run(until=stage, ask_user=False))
    return session.draft


def select(
    photo: Photo = None,
    text: Text = None,
    turn: TurnFile = None,
    files: Files = FILES,
    seed: Seed = 0,
    jsonl: Jsonl = None,
    parser: ParserName = None,
) -> None:
    """The select stage, or with ``--jsonl`` many rows of boxes without pictures."""
    if jsonl is not None:
        select_rows(jsonl, parser)
        return
    print_json(
        document_of(Stage.SELECT, run_stage(Stage.SELECT, started_session(photo, text, turn=turn, seed=seed)), files)
    )


_SUMMARIES = {
    Stage.DETECT: "Find every object that the request speaks of: candidate boxes in pixels.",
    Stage.SELECT: "Choose among the boxes, with the reason for every keep and drop.",
    Stage.SEGMENT: "Cut out a mask for every chosen box.",
    Stage.RELATE: "Name the relations between the things: the scene graph.",
    Stage.PLAN: "Make the edit plan: steps, each with its reason, and what cannot be done.",
}


_MORE_HELP = {
    Stage.SELECT: '\n\nWith --jsonl, each line is {"id", "text", "extent", "boxes", "labels"} and needs no picture.\n\n'
    "Example: ggedit select --jsonl rows.jsonl"
}


def register(app: typer.Typer) -> None:
    """Add the commands from ``detect`` to ``plan``; they differ only in where they stop."""
    for stage, summary in _SUMMARIES.items():
        command = select if stage is Stage.SELECT else _command(stage)
        app.command(str(stage), help=_help(stage, summary) + _MORE_HELP.get(stage, ""))(command)


def _help(stage: Stage, summary: str) -> str:
    before = STAGES[stage.rank - 1]
    return (
        f"{summary}\n\nRuns the stages before it unless --turn brings their result.\n\n"
        f'Example: ggedit {stage} dog.jpg "remove the dog"\n\n'
        f'Example: ggedit {before} dog.jpg "remove the dog" | ggedit {stage} --turn -'
        if before is not Stage.PARSE
        else f"{summary}\n\nRuns the parser first unless --turn brings its result.\n\n"
        f'Example: ggedit {stage} dog.jpg "remove the dog"\n\n'
        f'Example: ggedit parse "remove the dog" | ggedit {stage} dog.jpg --turn -'
    )


def _command(stage: Stage) -> Callable[..., None]:
    def command(
        photo: Photo = None, text: Text = None, turn: TurnFile = None, files: Files = FILES, seed: Seed = 0
    ) -> None:
        session = started_session(photo, text, turn=turn, seed=seed)
        print_json(document_of(stage, run_stage(stage, session), files))

    return command
