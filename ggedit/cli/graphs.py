"""``ggedit graph``: scene graphs as files: from a picture, a caption or SGEdit, and back."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ..assembly import Assembly
from ..config import load_settings
from ..core.codec import from_json, to_json
from ..core.errors import BadInput
from ..core.geometry import Extent
from ..core.scene import SceneGraph
from ..core.sgedit_files import read_sg_dict, write_sg_dict
from ..core.turn import Stage
from ..session import EditSession, bring_in
from .documents import print_json
from .exits import say
from .reading import open_picture, read_text
from .watching import watch


class GraphForm(StrEnum):
    GGEDIT = "ggedit"
    SGEDIT = "sgedit"


def graph(
    photo: Annotated[str | None, typer.Argument(help="Picture file.", show_default=False)] = None,
    text: Annotated[str | None, typer.Option("--text", help="A caption that tells of the scene.")] = None,
    given: Annotated[
        str | None, typer.Option("--graph", help="A graph file, this program's or SGEdit's, to bring in.")
    ] = None,
    form: Annotated[GraphForm, typer.Option("--as", help="How the graph is printed.")] = GraphForm.GGEDIT,
) -> None:
    """The scene graph of a picture, of a caption, or of both: boxes from the one, words from the other.

    Example: ggedit graph dog.jpg --as sgedit > sg_dict.json

    Example: ggedit graph --text "a brown dog sitting on a bench"

    Example: ggedit graph dog.jpg --graph sg_dict.json
    """
    if text and given:
        raise BadInput("Give either --text or --graph: both say what the scene is.")
    if photo is None:
        if not text:
            raise BadInput('Give a picture, or a caption with --text "a dog on a bench".')
        print_json(document_of_graph(_of_text(text), Extent(1, 1), form))
        return
    picture, _ = open_picture(photo)
    session = EditSession(picture, Assembly(load_settings()).kit)
    wanted = _of_text(text) if text else read_graph(given, picture.extent) if given else None
    print_json(document_of_graph(perceived(session, wanted), picture.extent, form))


def perceived(session: EditSession, wanted: SceneGraph | None) -> SceneGraph:
    """The picture's own graph, or the one that is brought in."""
    with watch() as bar:
        if wanted is not None:
            bar.follow(bring_in(session, wanted))
        else:
            session.look()
            bar.follow(session.run(until=Stage.RELATE, ask_user=False))
    scene = session.draft.scene
    assert scene is not None
    return scene


def read_graph(name: str, extent: Extent) -> SceneGraph:
    """A graph file of either kind. Raises BadInput: neither."""
    try:
        document = json.loads(read_text(name))
    except (json.JSONDecodeError, RecursionError):
        raise BadInput(f"{Path(name).name} is not JSON: give a graph file of this program or of SGEdit.") from None
    if isinstance(document, dict) and "format" in document:
        return from_json(SceneGraph, document, {})
    read = read_sg_dict(document, extent)
    for note in read.notes:
        say(note)
    return read.graph


def document_of_graph(scene: SceneGraph, extent: Extent, form: GraphForm) -> object:
    """The graph as JSON in one of the two forms."""
    return write_sg_dict(scene, extent) if form is GraphForm.SGEDIT else to_json(scene)[0]


def _of_text(text: str) -> SceneGraph:
    scene: SceneGraph = Assembly(load_settings()).backend("captions").use.graph(text)
    if not scene.nodes:
        raise BadInput("The caption speaks of no thing that can be seen.")
    return scene
