"""How large a backend's model is: as it lies here, else as the manifest says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..config import Settings
from ..core.freeze import Frozen
from ..model_files import WEIGHTS, model_file, model_folder, small_file
from ..registry import BackendSpec
from .manifest import Manifest


@dataclass(frozen=True, slots=True)
class Size(Frozen):
    """MiB of model files; ``here`` = measured on this machine. 0 = it needs none, or nobody knows."""

    mib: float
    here: bool


def size_of(spec: BackendSpec, settings: Settings, manifest: Manifest) -> Size:
    """The size of everything that the backend would load."""
    found = [path for path in _present(spec, settings) if path is not None]
    if found:
        return Size(sum(_bytes(path) for path in found) / 2**20, here=True)
    return Size(_expected(spec, settings, manifest) / 2**20, here=False)


def _present(spec: BackendSpec, settings: Settings) -> list[Path | None]:
    places: list[Path | None] = [small_file(name, settings) for name in spec.weights]
    if spec.file:
        places.append(model_file(str(getattr(settings, spec.file)), spec.one_of, settings))
    if spec.model:
        named = str(getattr(settings, spec.model))
        places.append(model_folder(named, settings) or (model_file(named, (), settings) if named else None))
    return [place for place in places if place is not None and place.exists()]


def _expected(spec: BackendSpec, settings: Settings, manifest: Manifest) -> int:
    names = [*spec.weights, *[f.name for f in manifest.files if f.usual and spec.file and spec.name in f.backends]]
    files = sum(file.bytes for name in names if (file := manifest.file(name)))
    model = manifest.model(str(getattr(settings, spec.model))) if spec.model else None
    return files + (model.bytes if model else 0)


def _bytes(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file() and file.suffix in WEIGHTS)
