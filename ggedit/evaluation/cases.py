"""Evaluation cases: what is asked of which picture, and what is true of it. Read from JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.codec import read_mask
from ..core.errors import BadInput
from ..core.freeze import Frozen
from ..core.geometry import Box, Extent
from ..core.masks import Mask
from ..core.picture import Picture, decode_picture
from ..core.turn import MAX_TEXT

FORMAT = "ggedit-eval/1"
"""Written in every line; raise it when the meaning of a field changes."""

ALLOWED_GROWTH = 0.03
"""Where a case names no allowed region, it is the true masks (or boxes), grown by this share of
the picture's longer side: wider than any rim that an editor may blend."""


@dataclass(frozen=True, slots=True)
class Target(Frozen):
    """One thing that is truly meant: its box in picture pixels, and its mask's file if there is one."""

    box: Box
    mask: Path | None = None


@dataclass(frozen=True, slots=True)
class Region(Frozen):
    """Where pixels may change: inside these masks or boxes, or outside ``keep``; ``everywhere``
    for a whole-picture edit."""

    masks: tuple[Path, ...] = ()
    boxes: tuple[Box, ...] = ()
    keep: tuple[Path, ...] = ()
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class Scene(Frozen):
    """What holds after the edit: labels that are there, labels that are gone, relations as
    (subject label, relation words, object label)."""

    present: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    relations: tuple[tuple[str, str, str], ...] = ()

    @property
    def facts(self) -> int:
        return len(self.present) + len(self.absent) + len(self.relations)


@dataclass(frozen=True, slots=True)
class CaseTurn(Frozen):
    """One request and what is true of it.

    text or modifications: an instruction, or SGEdit's modification lines.
    verbs: of the clauses, in order. plan: kinds of the steps, in any order.
    caption, source_caption: what the edited and the given picture show, for text-image measures.
    result: the name under which the suite's makers publish results of this turn, if they have one.
    """

    text: str = ""
    modifications: str = ""
    verbs: tuple[str, ...] = ()
    plan: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    allowed: Region | None = None
    after: Scene = Scene()
    reference: Path | None = None
    caption: str = ""
    source_caption: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class Case(Frozen):
    """A picture and requests in a row. ``tags`` group cases in the tables: verb, plural, relative."""

    id: str
    picture: Path
    turns: tuple[CaseTurn, ...]
    tags: tuple[str, ...] = ()
    licence: str = ""


def read_cases(path: Path) -> Iterator[Case]:
    """The cases of a JSON-lines file; its paths are relative to its folder.

    Raises:
        BadInput: names the line and what is wrong with it.
    """
    if not path.is_file():
        raise BadInput(f"There is no file of cases at {path}.")
    seen: set[str] = set()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            case = case_from_json(json.loads(line), path.parent)
        except (json.JSONDecodeError, BadInput, KeyError, TypeError, ValueError) as error:
            said = f"it has no {error}" if isinstance(error, KeyError) else str(error).rstrip(".")
            raise BadInput(f"{path.name}, line {number}: {said}.") from None
        if case.id in seen:
            raise BadInput(f"{path.name}, line {number}: a second case is called {case.id!r}.")
        seen.add(case.id)
        yield case


def case_from_json(row: Mapping[str, Any], folder: Path) -> Case:
    """One line's case; ``docs/evaluation.md`` describes the fields.

    Raises:
        BadInput, KeyError, TypeError, ValueError: what is wrong with it.
    """
    if row.get("format") != FORMAT:
        raise BadInput(f'"format" is {row.get("format")!r}; this version reads {FORMAT!r}')
    turns = tuple(_turn(turn, folder) for turn in row["turns"])
    id_ = str(row["id"])
    if not turns or not id_ or not all(c.isalnum() or c in "-_." for c in id_):
        raise BadInput("a case has at least one turn, and an id of letters, digits, - and _")
    return Case(id_, folder / row["picture"], turns, tuple(row.get("tags", ())), str(row.get("licence", "")))


def _turn(row: Mapping[str, Any], folder: Path) -> CaseTurn:
    text, lines = str(row.get("text", "")), str(row.get("modifications", ""))
    if bool(text.strip()) == bool(lines.strip()) or len(text) > MAX_TEXT:
        raise BadInput('a turn has either "text" or "modifications"')
    allowed = row.get("allowed")
    reference = row.get("reference")
    verbs = tuple(row.get("verbs", ()))
    return CaseTurn(
        text=text,
        modifications=lines,
        verbs=verbs,
        plan=tuple(row.get("plan", ())),
        targets=tuple(Target(Box.from_xyxy(t["box"]), _path(t.get("mask"), folder)) for t in row.get("targets", ())),
        allowed=None if allowed is None else _region(allowed, folder),
        after=_scene(row.get("after", {})),
        reference=_path(reference, folder),
        caption=str(row.get("caption", "")),
        source_caption=str(row.get("source_caption", "")),
        result=str(row.get("result", "")),
    )


def _region(row: Mapping[str, Any] | str, folder: Path) -> Region:
    if isinstance(row, str):
        if row != "everywhere":
            raise BadInput('"allowed" is "everywhere" or an object with masks, boxes or keep')
        return Region(everywhere=True)
    return Region(
        masks=tuple(folder / name for name in row.get("masks", ())),
        boxes=tuple(Box.from_xyxy(box) for box in row.get("boxes", ())),
        keep=tuple(folder / name for name in row.get("keep", ())),
    )


def _scene(row: Mapping[str, Any]) -> Scene:
    relations = tuple((str(a), str(r), str(b)) for a, r, b in row.get("relations", ()))
    return Scene(tuple(row.get("present", ())), tuple(row.get("absent", ())), relations)


def _path(name: str | None, folder: Path) -> Path | None:
    return None if name is None else folder / name


def open_case_picture(path: Path) -> Picture:
    """Raises BadInput: the file is missing or not a picture."""
    if not path.is_file():
        raise BadInput(f"There is no picture at {path}.")
    return decode_picture(path.read_bytes(), name=path.name)[0]


def open_case_mask(path: Path, extent: Extent) -> Mask:
    """A mask file: white (or any value above 127) is the thing.

    Raises:
        BadInput: missing, not a picture, or of another size.
    """
    if not path.is_file():
        raise BadInput(f"There is no picture at {path}.")
    mask = read_mask(path.read_bytes(), name=path.name)
    if mask.extent != extent:
        raise BadInput(f"The mask {path.name} is {mask.extent}, its picture {extent}.")
    return mask


def true_mask(targets: Iterable[Target], extent: Extent) -> Mask | None:
    """The union of the targets' masks; None unless every one of them has a mask."""
    rows = tuple(targets)
    files = [target.mask for target in rows if target.mask is not None]
    if not rows or len(files) < len(rows):
        return None
    return Mask.union((open_case_mask(file, extent) for file in files), extent)
