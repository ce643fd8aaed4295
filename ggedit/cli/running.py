"""``ggedit run``: a picture and a file of modifications, from scene graph to edited pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..assembly import Assembly
from ..config import load_settings
from ..core.corrections import Reseed, TeachNode
from ..core.errors import BadInput
from ..core.modifications import (
    AddObject,
    ChangeRelation,
    Modification,
    RemoveObject,
    ReplaceObject,
    graph_edits,
    read_modifications,
    write_modification,
)
from ..core.scene import SceneGraph
from ..core.turn import Stage, Turn
from ..session import EditSession, look_for, remember
from .documents import print_json
from .exits import Exit, Refused, say
from .reading import open_picture, read_text
from .run_folder import RunFolder
from .watching import Watch, watch


def run(
    image: Annotated[str, typer.Option("--image", help="Picture file.", show_default=False)],
    modifications: Annotated[
        str, typer.Option("--modifications", help="Text file, one edit a line; - reads standard input.")
    ],
    out_dir: Annotated[Path, typer.Option("--out-dir", help="Folder for this run alone.", show_default=False)],
    learn: Annotated[bool, typer.Option("--learn", help="First learn the picture's things as concepts.")] = False,
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same pixels.", min=0, max=2**32 - 1)] = 0,
) -> None:
    """Edit a picture by changes of its scene graph, one after the other.

    The lines are SGEdit's: Remove: 'dog' | Replace 'dog' by 'wolf' | Add an object: 'cat'. Add tuple:
    ['cat' -> on -> 'sofa'] | Modify a relationship: from ['man' -> left of -> 'car'] to ['man' -> right of ->
    'car']. Each works on the result of those before it. A run that was broken off goes on
    where it stopped; what a line could not do is said, and the next one runs.

    Exit code 4 if a line could not be done.

    Example: ggedit run --image dog.jpg --modifications edits.txt --out-dir run-1
    """
    text = read_text(modifications)
    edits = read_modifications(text)
    if not edits:
        raise BadInput(f"{modifications} holds no edit.")
    picture, _ = open_picture(image)
    folder = RunFolder.opened(out_dir, picture, text=text, seed=seed)
    assembly = Assembly(load_settings())
    session = EditSession(picture, assembly.kit, history=folder.load_session())
    with watch() as bar:
        if not (folder.path / "scene_graph").exists() or learn:
            _perceive(session, folder, edits, bar)
        if learn:
            _learn(session, folder, assembly, bar)
        _edit_all(session, folder, edits, bar)
    _report(folder)


def _perceive(session: EditSession, folder: RunFolder, edits: tuple[Modification, ...], bar: Watch) -> None:
    """The scene of the untouched picture, with what the edits speak of."""
    names = [name for edit in edits for name in names_in(edit)]
    scene = _scene(session, names, bar)
    folder.write_scene("scene_graph", scene, session.draft.masks, session.draft.picture)


def _learn(session: EditSession, folder: RunFolder, assembly: Assembly, bar: Watch) -> None:
    """Concepts of the found things; which backend can do it is the registry's matter."""
    draft = session.draft
    assert draft.scene is not None and draft.masks is not None
    learner = assembly.backend("learner").use
    learned = draft.scene
    for event in learner.learn(
        draft.picture, draft.scene, draft.masks, folder=folder.path / "concepts", seed=folder.state["seed"]
    ):
        if isinstance(event, SceneGraph):
            learned = event
        else:
            bar.progress(event)
    folder.state["concepts"] = {n.label: n.concept for n in learned.nodes if n.concept}
    folder.save()


def _edit_all(session: EditSession, folder: RunFolder, edits: tuple[Modification, ...], bar: Watch) -> None:
    done = len(folder.state["edits"])
    for number, edit in enumerate(edits[done:], start=done + 1):
        turn, sentence = _edit_one(session, edit, folder, bar)
        if turn is not None and turn.result is not None:
            folder.save_session(session.accept())
        else:
            say(f"line {number} ({write_modification(edit)}) was left out: {sentence}")
        folder.write_edit(number, edit, turn, sentence)


def _edit_one(session: EditSession, edit: Modification, folder: RunFolder, bar: Watch) -> tuple[Turn | None, str]:
    """The finished turn; or how far it came, and why no further, in words."""
    try:
        scene = _scene(session, names_in(edit), bar)
        scene = _named(session, scene, folder.state["concepts"])
        session.ask_graph(graph_edits((edit,), scene))
        bar.follow(session.run(until=Stage.PLAN, ask_user=False))
        plan = session.draft.plan
        if plan is None or not plan.active:
            sentences = " ".join(refusal.sentence for refusal in plan.refusals) if plan is not None else ""
            return session.draft, sentences or "There is nothing to do."
        session.correct(Reseed(folder.state["seed"]))
        bar.follow(session.run(until=Stage.EDIT, ask_user=False))
    except (BadInput, Refused) as error:
        return session.turn, str(error)
    return session.draft, plan.why


def _scene(session: EditSession, names: list[str], bar: Watch) -> SceneGraph:
    """The graph of the picture as it stands, with boxes for what earlier edits left there and
    for what is asked for by name."""
    session.look()
    bar.follow(session.run(until=Stage.RELATE, ask_user=False))
    if remember(session):
        bar.follow(session.run(until=Stage.RELATE, ask_user=False))
    boxes = len(session.draft.corrections)
    for name in look_for(session, names):
        say(f"{name!r} was not found in the picture.")
    if len(session.draft.corrections) > boxes:
        bar.follow(session.run(until=Stage.RELATE, ask_user=False))
    scene = session.draft.scene
    assert scene is not None
    return scene


def _named(session: EditSession, scene: SceneGraph, concepts: dict[str, str]) -> SceneGraph:
    """The scene whose nodes name what was learned of them, so that steps that draw them again do too."""
    for node in scene.nodes:
        if node.label in concepts and node.concept is None:
            session.correct(TeachNode(node.id, concepts[node.label]))
    return session.draft.scene or scene


def names_in(edit: Modification) -> list[str]:
    """The things of the picture that an edit speaks of."""
    if isinstance(edit, RemoveObject):
        return [edit.name]
    if isinstance(edit, ReplaceObject):
        return [edit.old]
    if isinstance(edit, ChangeRelation):
        return [edit.after.subject, edit.after.object]
    assert isinstance(edit, AddObject)
    ends = (edit.triple.subject, edit.triple.object) if edit.triple is not None else ()
    return [name for name in ends if name.lower() != edit.name.lower()]


def _report(folder: RunFolder) -> None:
    rows = folder.state["edits"]
    print_json({"folder": str(folder.path), "edits": rows})
    if any(row["status"] == "refused" for row in rows):
        raise typer.Exit(Exit.REFUSED)
