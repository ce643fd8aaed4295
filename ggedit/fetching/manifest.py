"""checkpoints/manifest.toml as values, and the hashes that were recorded at a first fetch."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

from ..config import Settings
from ..core.errors import BadInput
from ..core.freeze import Frozen

RECORD = "fetched.toml"
"""Below the folder of model files; what was fetched there, never committed."""

E = TypeVar("E")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile(Frozen):
    """A single file below ``checkpoints``. ``url`` "" = it is not to be downloaded, ``sha256`` "" = unknown;
    ``backends`` = names in the registry that use it, ``usual`` = what they are given without a further word."""

    name: str
    source: str = ""
    url: str = ""
    sha256: str = ""
    bytes: int = 0
    licence: str = ""
    used_by: str = ""
    backends: tuple[str, ...] = ()
    usual: bool = False
    committed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HubModel(Frozen):
    """A model on the Hugging Face hub, about ``bytes`` large as it is fetched."""

    id: str
    what: str = ""
    bytes: int = 0
    licence: str = ""
    backends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest(Frozen):
    """What there is to get."""

    files: tuple[ModelFile, ...] = ()
    models: tuple[HubModel, ...] = ()

    def file(self, name: str) -> ModelFile | None:
        return next((f for f in self.files if f.name == name), None)

    def model(self, id_: str) -> HubModel | None:
        return next((m for m in self.models if m.id == id_), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Frozen):
    """What came at the first fetch: of a file its hash, of a hub model its commit."""

    name: str
    source: str
    sha256: str = ""
    commit: str = ""
    bytes: int = 0


def load_manifest(settings: Settings) -> Manifest:
    """The manifest in the folder of model files, else the one that comes with ggedit.

    Raises:
        BadInput: it cannot be read; names the file.
    """
    places = (settings.checkpoints / "manifest.toml", Settings().checkpoints / "manifest.toml")
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        return Manifest()
    content = _toml(path)
    return Manifest(
        tuple(_read(ModelFile, row, path) for row in content.get("file", ())),
        tuple(_read(HubModel, row, path) for row in content.get("model", ())),
    )


def recorded(settings: Settings) -> dict[str, Record]:
    """What was fetched before, by name. Raises BadInput: the record cannot be read."""
    path = settings.checkpoints / RECORD
    rows = _toml(path).get("fetched", ()) if path.is_file() else ()
    return {record.name: record for record in (_read(Record, row, path) for row in rows)}


def record(settings: Settings, new: Record) -> None:
    """Add what was fetched, whole or not at all."""
    rows = recorded(settings) | {new.name: new}
    text = "# What `ggedit models fetch` brought here. Later fetches must bring the same.\n"
    text += "".join(_written(rows[name]) for name in sorted(rows))
    path = settings.checkpoints / RECORD
    fresh = path.with_name(f"{path.name}.part")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _written(row: Record) -> str:
    """JSON's strings and whole numbers are TOML's."""
    values = {f.name: getattr(row, f.name) for f in fields(Record)}
    return "\n[[fetched]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items() if value)


def _toml(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInput(f"{path} cannot be read ({error}): mend it or take it from ggedit's repository.") from None


def _read(kind: type[E], row: Mapping[str, Any], path: Path) -> E:
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    try:
        return kind(**{k: tuple(v) if isinstance(v, list) else v for k, v in row.items() if k in known})
    except TypeError as error:
        raise BadInput(f"{path} has an entry that is not complete ({error}).") from None
