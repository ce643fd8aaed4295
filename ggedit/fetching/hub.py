"""Models from the Hugging Face hub, as snapshots below checkpoints/hub."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..config import Settings
from ..core.errors import BackendUnavailable
from ..core.freeze import Frozen
from .choosing import needed_files
from .download import require_room, sha256_of

_UNFINISHED = ".fetching"
_SHA256_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Snapshot(Frozen):
    """A model as it lies here: the commit of its repository, and its size."""

    folder: Path
    commit: str
    bytes: int


def fetch_snapshot(id_: str, settings: Settings, *, commit: str = "") -> Snapshot:
    """Fetch a model's files; goes on where an earlier fetch was cut off.

    Everything lands in a folder aside and is moved to its place when it is whole: what lies
    below ``checkpoints/hub`` is always complete. Files that the hub knows the SHA-256 of are
    checked against it.

    Args:
        id_: owner/name.
        settings: where to, and the hub's address.
        commit: the version to fetch; "" = the newest one.

    Raises:
        BackendUnavailable: no such model, no access, no connection, no room, damaged on the way.
    """
    from huggingface_hub import HfApi, snapshot_download
    from huggingface_hub.errors import HTTPError, LocalEntryNotFoundError  # type: ignore  # HTTPError: of its client

    hub = settings.checkpoints / "hub"
    aside = hub / _UNFINISHED
    aside.mkdir(parents=True, exist_ok=True)
    endpoint = settings.hub_endpoint
    try:
        info = HfApi(endpoint=endpoint).model_info(id_, revision=commit or None, files_metadata=True)
        sizes = {file.rfilename: file.size or 0 for file in info.siblings or ()}
        names = needed_files(sizes)
        require_room(hub, sum(sizes[name] for name in names), id_)
        found = snapshot_download(
            id_, revision=info.sha, cache_dir=aside, allow_patterns=names, endpoint=endpoint, max_workers=4
        )
    except (HTTPError, LocalEntryNotFoundError, OSError, ValueError) as error:
        raise BackendUnavailable(_why_not(id_, settings, error)) from None
    _check(Path(found), id_)
    folder = _moved(aside / _folder_name(id_), hub / _folder_name(id_)) / "snapshots" / Path(found).name
    return Snapshot(folder, folder.name, sum(path.stat().st_size for path in _files(folder)))


def _folder_name(id_: str) -> str:
    return f"models--{id_.replace('/', '--')}"


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _check(snapshot: Path, id_: str) -> None:
    """The hub names large files by their SHA-256."""
    for path in _files(snapshot):
        blob = path.resolve()
        if len(blob.name) == _SHA256_DIGITS and sha256_of(blob) != blob.name:
            blob.unlink()
            path.unlink()
            raise BackendUnavailable(f"{path.name} of {id_} came damaged and was thrown away: fetch the model again.")


def _moved(source: Path, target: Path) -> Path:
    """The new snapshots in the place of the old ones."""
    old = target.with_name(f"{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.replace(old)
    source.replace(target)
    shutil.rmtree(old, ignore_errors=True)
    return target


def _why_not(id_: str, settings: Settings, error: Exception) -> str:
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    if isinstance(error, GatedRepoError):
        return (
            f"{id_} is given out after a form is filled in: do so at {settings.hub_endpoint}/{id_}, then set HF_TOKEN "
            "to an access token of yours."
        )
    if isinstance(error, RevisionNotFoundError):
        return f"{id_} no longer has the version that was fetched before: take its entry out of fetched.toml."
    if isinstance(error, RepositoryNotFoundError):
        return f"There is no model {id_} at {settings.hub_endpoint}, or it needs a token in HF_TOKEN."
    if isinstance(error, OSError) and "No space left" in str(error):
        return (
            f"The disk of {settings.checkpoints} is full: make room and fetch {id_} again, it goes on where it stopped."
        )
    return (
        f"{id_} cannot be fetched from {settings.hub_endpoint} ({type(error).__name__}): check the connection and try "
        "again, it goes on where it stopped."
    )
