"""What the page offers to begin with: photos with a request, and finished sessions to look at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from ..core.errors import BadInput
from .files import THUMB_SIDE, Drawer
from .opening import Opener, available_examples, open_example, open_file
from .store_of_sessions import Visitor
from .views import file_of
from .views.words import Json

SESSIONS = Path(__file__).resolve().parents[2] / "assets" / "sessions"
"""Made by scripts/sessions.py; an installation without the repository has none."""


@dataclass(frozen=True)
class FinishedSession:
    """A session zip with its thumbnail, and what was done in it."""

    name: str
    text: str

    @property
    def archive(self) -> Path:
        return SESSIONS / f"{self.name}.zip"

    @property
    def thumbnail(self) -> Path:
        return SESSIONS / f"{self.name}.png"


FINISHED = (
    FinishedSession("cup", "Finished: a blue cup"),
    FinishedSession("helmet", "Finished: without the helmet"),
    FinishedSession("motorcycle", "Finished: a blue motorcycle"),
)
_PREFIX = "finished-"


def finished_sessions() -> tuple[FinishedSession, ...]:
    """Those that are here."""
    return tuple(one for one in FINISHED if one.archive.is_file() and one.thumbnail.is_file())


def start_example(visitor: Visitor, name: str, *, opener: Opener) -> str:
    """Open an example; returns what to ask of it, "" for a finished session.

    Raises:
        BadInput: there is none of that name.
    """
    if not name.startswith(_PREFIX):
        return open_example(visitor, name, opener=opener)
    finished = next((one for one in finished_sessions() if _PREFIX + one.name == name), None)
    if finished is None:
        raise BadInput("That finished session is not installed here: open a photo of your own.")
    open_file(visitor, finished.archive, name=finished.archive.name, opener=opener)
    return ""


def examples_view(drawer: Drawer) -> list[Json]:
    """A row per example; ``finished`` marks those that have nothing left to do."""
    rows: list[Json] = []
    for example in available_examples():
        path = example.file()
        if path is not None:
            rows.append({"name": example.name, "text": example.ask, "file": _thumb(path, drawer), "finished": False})
    for one in finished_sessions():
        thumb = _thumb(one.thumbnail, drawer)
        rows.append({"name": _PREFIX + one.name, "text": one.text, "file": thumb, "finished": True})
    return rows


def _thumb(path: Path, drawer: Drawer) -> Json:
    with Image.open(path) as image:
        return file_of(drawer.image(image.convert("RGB"), THUMB_SIDE))
