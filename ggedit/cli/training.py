"""``ggedit train``: make the small models anew. The trainers are reached by name only."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from ..core.errors import BackendUnavailable, BadInput
from .bars import open_bar
from .documents import print_json
from .exits import say
from .learning import LEARNER, learn_concepts, refuse_options

TRAINERS: Mapping[str, str] = {
    "ner": "ggedit.training.ner:NerConfig:train",
    "size": "ggedit.training.size:SizeConfig:train_size",
}
"""Name -> "module:settings:function". The function takes the settings and yields progress
(``step``, ``steps``, ``loss``) and last of all what it made; or it takes a ``report`` for
sentences and returns what it made."""

_CONCEPTS = "ggedit.training.concepts:ConceptConfig:train"
"""Reached through the learner, which knows where concepts lie; its settings are read like the others'."""


def train(
    name: Annotated[str, typer.Argument(help=f"What to train: {', '.join((*TRAINERS, LEARNER))}.", show_default=False)],
    photo: Annotated[
        str | None, typer.Argument(help="For concepts: the picture with the things.", show_default=False)
    ] = None,
    thing: Annotated[
        list[str] | None, typer.Option("--thing", help="For concepts: what to learn, as `ggedit graph` names it.")
    ] = None,
    mask: Annotated[
        list[str] | None,
        typer.Option("--mask", metavar="NAME=FILE", help="For concepts: a thing and its mask, white on black."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the result; an interrupted run goes on there.")] = None,
    data: Annotated[Path | None, typer.Option(help="Training data.")] = None,
    base: Annotated[str | None, typer.Option(help="The model to start from: a folder, or a name it knows.")] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same result.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the data.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Any other setting of the trainer.")
    ] = None,
) -> None:
    """Train a small model: progress on standard error, then what was made as JSON.

    Needs the full set-up (torch). The result is a folder with its card.json.

    Example: ggedit train ner --data targets.json --out checkpoints/ner --seed 0

    Example: ggedit train size --data texts --base minilm-folder --out checkpoints/size

    Example: ggedit train concepts photo.jpg --thing cup-1 --thing dog-1
    """
    if name == LEARNER:
        refuse_options({"out": out, "data": data, "epochs": epochs})
        if photo is None:
            raise BadInput("Give the picture whose things are learned: ggedit train concepts photo.jpg --thing cup-1")
        texts = _pairs(settings or [])
        config = _configured(name, _CONCEPTS, texts)[1] if texts else None
        made = learn_concepts(photo, thing or [], mask or [], base=base, seed=seed or 0, config=config)
        print_json({"trained": name} | made)
        return
    if name not in TRAINERS:
        raise BadInput(f"There is nothing called {name!r} to train; there are: {', '.join((*TRAINERS, LEARNER))}.")
    given = {"out": out, "data": data, "base": base, "seed": seed, "epochs": epochs}
    texts = {key: str(value) for key, value in given.items() if value is not None} | _pairs(settings or [])
    function, config = _configured(name, TRAINERS[name], texts)
    if "report" in signature(function).parameters:
        made = function(config, report=say)
    else:
        made = _followed(function(config), name)
    print_json({"trained": name} | _plain(made))


def _pairs(settings: list[str]) -> dict[str, str]:
    wrong = [text for text in settings if "=" not in text]
    if wrong:
        raise BadInput(f"--set {wrong[0]} is not KEY=VALUE, for example --set rank=8.")
    return {key.strip(): value for key, _, value in (text.partition("=") for text in settings)}


def _configured(name: str, whole: str, texts: Mapping[str, str]) -> tuple[Any, Any]:
    """The trainer's function and its settings."""
    target, attribute, function = whole.split(":")
    try:
        module = import_module(target)
    except ModuleNotFoundError as error:
        raise BackendUnavailable(
            f"Training needs the Python module {error.name}: pip install -r requirements.txt installs it."
        ) from None
    kind = getattr(module, attribute)
    hints, fields = get_type_hints(kind), {field.name: field for field in dataclasses.fields(kind)}
    unknown = [key for key in texts if key not in fields]
    if unknown:
        raise BadInput(f"The {name} trainer has no setting {unknown[0]!r}; it has: {', '.join(fields)}.")
    values = {key: _read(key, text, hints[key]) for key, text in texts.items()}
    absent = [f.name for f in fields.values() if not _has_default(f) and f.name not in values]
    if absent:
        raise BadInput(f"The {name} trainer needs --{absent[0]}.")
    return getattr(module, function), kind(**values)


def _has_default(field: dataclasses.Field[Any]) -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def _read(key: str, text: str, kind: Any) -> Any:
    try:
        return kind(text)
    except ValueError:
        raise BadInput(f"{key} is {text!r}; it must be a {kind.__name__}.") from None


def _followed(events: Iterator[Any], name: str) -> Any:
    """What the events end with; those before it move a bar."""
    last: Any = None
    with open_bar() as bar:
        task = bar.add_task(f"training {name}", total=None)
        for last in events:
            if hasattr(last, "step"):
                bar.update(task, completed=last.step, total=last.steps)
    return last


def _plain(value: Any) -> dict[str, object]:
    return {k: str(v) if isinstance(v, Path) else v for k, v in dataclasses.asdict(value).items()}
