"""``ggedit train concepts``: the things of one picture, learned so that edits can draw them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ..assembly import Assembly
from ..config import Settings, load_settings
from ..core.errors import BadInput
from ..core.events import EditProgress
from ..core.masks import Mask, Masks
from ..core.modifications import find_node
from ..core.picture import Picture
from ..core.scene import Node, SceneGraph
from ..core.turn import Stage
from ..session import EditSession, only
from .exits import say
from .reading import open_mask, open_picture
from .watching import Watch, watch

if TYPE_CHECKING:
    from ..ports import Learner

LEARNER = "concepts"
_TARGET = "ggedit.training.learner:ConceptLearner"


def learn_concepts(
    photo: str, things: Sequence[str], masks: Sequence[str], *, base: str | None, seed: int, config: Any = None
) -> dict[str, object]:
    """Learn things of a picture and say how they are called.

    Args:
        photo: picture file.
        things: ids or names of what is found in it; with no things and no masks everything found.
        masks: "name=file" of masks made elsewhere.
        base: another model than the setting names.
        seed: same seed, same concepts.
        config: the learner's own settings, if they are not the usual ones.

    Raises:
        BadInput: no such thing or file, or nothing that can be learned.
    """
    picture, _ = open_picture(photo)
    settings = load_settings()
    settings = replace(settings, graph_model=base) if base else settings
    assembly = Assembly(replace(settings, learner=LEARNER) if settings.learner == "auto" else settings)
    learner = _learner(assembly, config)
    with watch() as bar:
        scene, given = _given(picture, masks) if masks else _perceived(picture, assembly, things, bar)
        learned = _followed(learner, (picture, scene, given), bar, settings=settings, seed=seed)
    return {"concepts": {n.id: n.concept for n in learned.nodes if n.concept}, "below": str(settings.home / "concepts")}


def _learner(assembly: Assembly, config: Any) -> Learner:
    """The chosen learner; with settings of its own where it has such."""
    chosen = assembly.backend("learner")
    if config is None:
        return chosen.use
    name = chosen.name.partition("@")[0]
    if name != LEARNER:
        raise BadInput(f"--set belongs to the learner {LEARNER}, and GGEDIT_LEARNER is {name}.")
    module, _, attribute = _TARGET.partition(":")
    return getattr(import_module(module), attribute)(assembly.settings, config)


def _perceived(picture: Picture, assembly: Assembly, things: Sequence[str], bar: Watch) -> tuple[SceneGraph, Masks]:
    """What the program sees in the picture, or only what was named."""
    session = EditSession(picture, assembly.kit)
    session.look()
    bar.follow(session.run(until=Stage.RELATE, ask_user=False))
    scene, masks = session.draft.scene, session.draft.masks
    assert scene is not None and masks is not None
    return only(scene, [find_node(scene, name).id for name in things]), masks


def _given(picture: Picture, masks: Sequence[str]) -> tuple[SceneGraph, Masks]:
    """The things whose masks came as files."""
    nodes: list[Node] = []
    cut: dict[str, Mask] = {}
    for text in masks:
        name, equals, file = text.partition("=")
        if not equals or not name.strip():
            raise BadInput(f"--mask {text} is not NAME=FILE, for example --mask cup=cup.png.")
        mask = open_mask(file)
        if mask.extent != picture.extent:
            raise BadInput(f"{file} is {_size(mask)} and the picture {_size(picture)}: give a mask of its size.")
        if not mask.area:
            raise BadInput(f"{file} is all black: paint the thing white.")
        id_ = f"{name.strip().lower().replace(' ', '-')}-{sum(n.label == name.strip() for n in nodes) + 1}"
        nodes.append(Node(id_, name.strip(), mask.box))
        cut[id_] = mask
    return SceneGraph(tuple(nodes)), Masks.build(cut)


def _size(thing: Picture | Mask) -> str:
    return f"{thing.extent.width} x {thing.extent.height}"


def _followed(
    learner: Learner, shown: tuple[Picture, SceneGraph, Masks], bar: Watch, *, settings: Settings, seed: int
) -> SceneGraph:
    picture, scene, masks = shown
    learned, told = scene, set[str]()
    for event in learner.learn(picture, scene, masks, folder=settings.home / "concepts", seed=seed):
        if not isinstance(event, EditProgress):
            learned = event
            continue
        bar.progress(event)
        if event.message.endswith(".") and event.message not in told:
            told.add(event.message)
            say(event.message)
    return learned


def refuse_options(given: Mapping[str, object]) -> None:
    """Raises BadInput: an option that belongs to the other trainers."""
    wrong = [name for name, value in given.items() if value is not None]
    if wrong:
        raise BadInput(f"--{wrong[0]} is not for concepts, which are kept below GGEDIT_HOME: leave it out.")
