"""``ggedit session``: the sessions that are kept on this machine, and session zips."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from ..assembly import Assembly
from ..config import load_settings
from ..core.errors import BadInput
from ..core.picture import encode_picture, format_of
from ..core.turn import History
from ..session import load_history, save_history
from .documents import print_json
from .exits import Commands
from .reports import describe_history

session = typer.Typer(
    cls=Commands, no_args_is_help=True, help="List, show, save, load and forget the sessions that are kept here."
)
Name = Annotated[str, typer.Argument(help="A session's id, or a session zip.", show_default=False)]


@session.command("list")
def list_sessions() -> None:
    """All kept sessions, last saved first. Those that are not lasting end some time after their
    last use: GGEDIT_SESSION_HOURS.

    Example: ggedit session list
    """
    rows = Assembly(load_settings()).store.sessions()
    when = [datetime.fromtimestamp(row.saved_at_s, UTC).isoformat() for row in rows]
    print_json(
        [
            {"id": row.id, "turns": row.turns, "saved": saved, "lasting": row.lasting}
            for row, saved in zip(rows, when, strict=True)
        ]
    )


@session.command()
def show(name: Name) -> None:
    """A session's turns: id, parent, request and seed.

    Example: ggedit session show session.zip
    """
    print_json(describe_history(_history(name)))


@session.command()
def save(
    name: Name,
    out: Annotated[Path, typer.Option("--out", "-o", help="The zip, or a picture file for the current picture.")],
) -> None:
    """Write a kept session as one zip: original, masks, plans, corrections and records.

    Example: ggedit session save 3f2a... -o session.zip

    Example: ggedit session save session.zip -o current.png
    """
    history = _history(name)
    if out.suffix.lower() == ".zip":
        save_history(history, out)
    else:
        _write_picture(history, out)
    print_json({"output": str(out)} | describe_history(history))


@session.command()
def load(archive: Annotated[Path, typer.Argument(help="A session zip.", show_default=False)]) -> None:
    """Keep a session zip on this machine, under a new id that the page can open.

    Example: ggedit session load session.zip
    """
    history = load_history(archive)
    id_, store = uuid.uuid4().hex, Assembly(load_settings()).store
    store.save(id_, history)
    store.keep(id_)
    print_json({"id": id_} | describe_history(history))


@session.command()
def keep(id_: Annotated[str, typer.Argument(metavar="ID", help="A kept session's id.", show_default=False)]) -> None:
    """Keep a session of the page until you forget it: age no longer ends it.

    Example: ggedit session keep 3f2a...
    """
    _assembly_with(id_).store.keep(id_)
    print_json({"kept": id_})


@session.command()
def forget(id_: Annotated[str, typer.Argument(metavar="ID", help="A kept session's id.", show_default=False)]) -> None:
    """Delete a kept session and its pictures for good.

    Example: ggedit session forget 3f2a...
    """
    _assembly_with(id_).store.forget(id_)
    print_json({"forgotten": id_})


def _assembly_with(id_: str) -> Assembly:
    """Whose store has a session of that id. Raises BadInput: it has none."""
    assembly = Assembly(load_settings())
    if id_ not in {row.id for row in assembly.store.sessions()}:
        raise _unknown(id_)
    return assembly


def _history(name: str) -> History:
    """From a zip file if there is one of that name, else from the store."""
    if name.lower().endswith(".zip") or Path(name).is_file():
        return load_history(Path(name))
    history = Assembly(load_settings()).store.load(name)
    if history is None:
        raise _unknown(name)
    return history


def _unknown(name: str) -> BadInput:
    return BadInput(f"No session is kept under {name}: `ggedit session list` prints those that are.")


def _write_picture(history: History, out: Path) -> None:
    content = encode_picture(history.picture, format_of(out.name))
    try:
        out.write_bytes(content)
    except OSError as error:
        raise BadInput(f"{out} cannot be written: {error.strerror}.") from None
