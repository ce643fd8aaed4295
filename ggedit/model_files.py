"""Where models lie on this machine: folders, hub snapshots and single files. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from .config import Settings

WEIGHTS = (".safetensors", ".bin", ".pt", ".pth", ".onnx", ".gguf")
"""Endings of files that hold a model's numbers."""


def model_folder(named: str, settings: Settings) -> Path | None:
    """Where a model lies on this machine: a folder, a folder below ``checkpoints``, or the
    newest complete snapshot of a hub id below ``checkpoints/hub`` or in the hub's own cache."""
    if not named:
        return None
    plain = (Path(named).expanduser(), settings.checkpoints / named)
    found = next((folder for folder in plain if folder.is_dir()), None)
    return found or _snapshot(named, (settings.checkpoints / "hub", settings.hub_cache))


def model_file(named: str, usual: Sequence[str], settings: Settings) -> Path | None:
    """A model of one file: the one ``named`` (a path, or a name below ``checkpoints``); with
    "auto" the first of the ``usual`` names that is there."""
    names = tuple(usual) if named in {"", "auto"} else (named,)
    places = [place for name in names for place in (Path(name).expanduser(), settings.checkpoints / name)]
    return next((place for place in places if place.is_file()), None)


def small_file(name: str, settings: Settings) -> Path:
    """A file or folder that comes with ggedit: below ``checkpoints``, or where that is another folder
    without it, in the one that ggedit brings."""
    mine, brought = settings.checkpoints / name, Settings().checkpoints / name
    return brought if brought.exists() and not mine.exists() else mine


def _snapshot(named: str, caches: Iterable[Path]) -> Path | None:
    """The hub's layout: models--owner--name/snapshots/<commit>/."""
    for cache in caches:
        commits = (cache / f"models--{named.replace('/', '--')}" / "snapshots").glob("*")
        complete = [folder for folder in commits if folder.is_dir() and _complete(folder)]
        if complete:
            return max(complete, key=lambda folder: folder.stat().st_mtime)
    return None


def _complete(snapshot: Path) -> bool:
    """An interrupted download leaves small files beside a blob that ends in .incomplete, or links to nothing."""
    files = [path for path in snapshot.rglob("*") if not path.is_dir()]
    if not files or not all(path.exists() for path in files):
        return False
    whole = not any((snapshot.parents[1] / "blobs").glob("*.incomplete"))
    return whole or any(path.suffix in WEIGHTS for path in files)
