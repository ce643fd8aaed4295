"""From names that a person gives to files that lie here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..config import Settings, variable
from ..core.errors import BackendUnavailable, BadInput
from ..core.freeze import Frozen
from ..model_files import model_folder, small_file
from ..registry import BackendSpec
from .download import Progress, Wanted, download, sha256_of
from .hub import fetch_snapshot
from .manifest import Manifest, ModelFile, Record, load_manifest, record, recorded


@dataclass(frozen=True, slots=True)
class Fetched(Frozen):
    """What was done for one file or model: where it lies, and what there is to say about it."""

    name: str
    path: Path
    bytes: int
    note: str


@dataclass(frozen=True, slots=True)
class Watching(Frozen):
    """Who is told while bytes arrive: ``starts`` gets a file's name and gives the meter of its bytes."""

    starts: Callable[[str], Progress]


class Fetcher:
    """Brings models into the folder of model files. Offline it only says what is there."""

    def __init__(self, settings: Settings, specs: Sequence[BackendSpec], watching: Watching) -> None:
        self._settings = settings
        self._specs = specs
        self._watching = watching
        self._manifest = load_manifest(settings)

    def names(self, asked: str) -> list[str]:
        """The files of the manifest and hub ids that a name stands for: a backend's own name
        stands for what it would use by its settings.

        Raises:
            BadInput: nothing is called so, or it needs nothing from outside; says what there is.
        """
        if self._manifest.file(asked) or self._manifest.model(asked):
            return [asked]
        rows = [spec for spec in self._specs if spec.name == asked]
        if rows:
            found = [name for spec in rows for name in self._of_backend(spec)]
            if not found:
                raise BadInput(f"{asked} needs no files from outside: `ggedit models` says what else it lacks.")
            return list(dict.fromkeys(found))
        if _is_hub_id(asked):
            return [asked]
        raise BadInput(f"Nothing called {asked!r} can be fetched; there are: {', '.join(_known(self))}.")

    def fetch(self, name: str) -> Fetched:
        """Get one file of the manifest or one hub model; nothing is fetched twice.

        Raises:
            BackendUnavailable: it cannot be had; one sentence that names the fix.
        """
        file = self._manifest.file(name)
        return self._file(file) if file is not None else self._model(name)

    def offered(self) -> Iterator[str]:
        """Everything that can be fetched by name."""
        yield from (spec.name for spec in self._specs if spec.file or spec.model)
        yield from (file.name for file in self._manifest.files if file.url)
        yield from (model.id for model in self._manifest.models)

    def _of_backend(self, spec: BackendSpec) -> list[str]:
        names = [name for name in spec.weights if _fetchable(self._manifest, name)]
        if spec.file:
            named = str(getattr(self._settings, spec.file))
            usual = [f.name for f in self._manifest.files if f.usual and spec.name in f.backends]
            if named != "auto" and self._manifest.file(named) is None:
                raise BadInput(
                    f"{variable(spec.file)} names {named}, which the manifest does not know: put that file there "
                    "yourself, or take the setting away."
                )
            names += usual if named == "auto" else [named]
        if spec.model and _is_hub_id(named := str(getattr(self._settings, spec.model))):
            names.append(named)
        return names

    def _file(self, file: ModelFile) -> Fetched:
        path = small_file(file.name, self._settings) if file.committed else self._settings.checkpoints / file.name
        before = recorded(self._settings).get(file.name)
        expected = file.sha256 or (before.sha256 if before else "")
        if path.is_file():
            return Fetched(file.name, path, path.stat().st_size, _compared(path, expected))
        if file.committed or not file.url:
            raise BackendUnavailable(f"{path} comes with ggedit's repository and is gone: take it from there.")
        self._online(f"put the file from {file.url} there as {path}")
        found = download(Wanted(file.url, path, expected, file.bytes), progress=self._watching.starts(file.name))
        size = path.stat().st_size
        if not file.sha256:
            record(self._settings, Record(name=file.name, source=file.url, sha256=found, bytes=size))
        return Fetched(file.name, path, size, _said(file, found, first=before is None))

    def _model(self, id_: str) -> Fetched:
        there = model_folder(id_, self._settings)
        if there is not None:
            return Fetched(id_, there, _size_of(there), "was here already")
        self._online(f"copy the model's folder to this machine and name it in the backend's setting, or put it at "
                     f"{self._settings.checkpoints / id_}")  # fmt: skip
        before = recorded(self._settings).get(id_)
        found = fetch_snapshot(id_, self._settings, commit=before.commit if before else "")
        source = f"{self._settings.hub_endpoint}/{id_}"
        record(self._settings, Record(name=id_, source=source, commit=found.commit, bytes=found.bytes))
        said = "the version that was fetched before" if before else f"its version {found.commit[:12]} is recorded"
        return Fetched(id_, found.folder, found.bytes, f"fetched; {said}")

    def _online(self, by_hand: str) -> None:
        if self._settings.offline:
            raise BackendUnavailable(f"HF_HUB_OFFLINE is set, so nothing is fetched: take it away, or {by_hand}.")


def _known(fetcher: Fetcher) -> list[str]:
    return list(dict.fromkeys(fetcher.offered()))


def _is_hub_id(name: str) -> bool:
    """owner/name, and no folder."""
    owner, _, rest = name.partition("/")
    return bool(owner and rest) and "/" not in rest and not name.startswith((".", "~")) and not Path(name).exists()


def _fetchable(manifest: Manifest, name: str) -> bool:
    file = manifest.file(name)
    return file is not None and bool(file.url or file.committed)


def _compared(path: Path, expected: str) -> str:
    if not expected:
        return "was here already; its SHA-256 is not known, so it was not checked"
    if sha256_of(path) != expected:
        raise BackendUnavailable(
            f"{path} is not the file that the manifest names (another SHA-256): delete it and fetch it again."
        )
    return "was here already; SHA-256 is right"


def _said(file: ModelFile, found: str, *, first: bool) -> str:
    if file.sha256:
        return "fetched; SHA-256 is right"
    if not first:
        return "fetched; the same bytes as the first time"
    return f"fetched; its SHA-256 was not known and is recorded now ({found})"


def _size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
