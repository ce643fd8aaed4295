"""Opening photos, saved sessions and examples."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ..assembly import Candidate
from ..config import Settings
from ..core.errors import BadInput
from ..core.picture import Picture, decode_picture
from ..core.turn import History
from ..session import EditSession, load_history
from .store_of_sessions import Visitor

if TYPE_CHECKING:
    from ..ports import Chosen


class Opener(Protocol):
    """What the page needs of the assembly."""

    def session(self, picture: Picture, *, kept: bool = True) -> EditSession: ...

    def reopen(self, history: History, *, kept: bool = True) -> EditSession: ...

    def resume(self, id_: str) -> EditSession: ...

    def sweep(self, keep_s: float) -> Sequence[str]: ...

    def candidates(self) -> Sequence[Candidate]: ...

    @property
    def settings(self) -> Settings: ...

    def backend(self, port: str) -> Chosen[Any]: ...

    def named(self, port: str, name: str) -> Chosen[Any]: ...

    def names(self, ports: Sequence[str]) -> Sequence[str]: ...


MAX_SESSION_PIXELS = 600_000_000
"""Of all pictures of an uploaded session: 1.8 GB when they are decoded. A small zip can hold any number."""


@dataclass(frozen=True)
class Example:
    """A photo that is installed with one of the packages, and what to ask of it."""

    name: str
    package: str
    path: str
    ask: str

    def file(self) -> Path | None:
        """Where it is, or None where the package is not installed."""
        spec = find_spec(self.package)
        places = list(spec.submodule_search_locations or ()) if spec is not None else []
        found = [Path(place) / self.path for place in places]
        return next((path for path in found if path.is_file()), None)


EXAMPLES = (
    Example("astronaut", "skimage", "data/astronaut.png", "remove the black helmet"),
    Example("motorcycle", "skimage", "data/motorcycle_left.png", "make the motorcycle blue"),
    Example("chelsea", "skimage", "data/chelsea.png", "make the cat grey"),
    Example("coffee", "skimage", "data/coffee.png", "remove the spoon"),
)


def available_examples() -> tuple[Example, ...]:
    return tuple(example for example in EXAMPLES if example.file() is not None)


def open_file(visitor: Visitor, path: Path, *, name: str, opener: Opener, kept: bool = True) -> None:
    """A photo or a session archive becomes the visitor's work, ``kept`` in the store or not.

    Raises:
        BadInput: it can't be read.
    """
    try:
        content = path.read_bytes()
    except OSError:
        raise BadInput("The upload is no longer there: choose the file again.") from None
    if content[:4] == b"PK\x03\x04":
        _begin(visitor, opener.reopen(load_history(path, max_pixels=MAX_SESSION_PIXELS), kept=kept), Path(name).stem)
        return
    picture, notes = decode_picture(content, name=Path(name).name)
    _begin(visitor, opener.session(picture, kept=kept), Path(name).stem or "picture")
    visitor.notes = notes


def _begin(visitor: Visitor, session: EditSession, name: str) -> None:
    """Stored on a thread of its own: to compress a large photo takes seconds."""
    visitor.opened(session, name)
    threading.Thread(target=session.remember, name="remember", daemon=True).start()


def open_example(visitor: Visitor, name: str, *, opener: Opener) -> str:
    """Open an example; returns what to ask of it. Raises BadInput: there is none of that name."""
    example = next((e for e in available_examples() if e.name == name), None)
    file = example.file() if example is not None else None
    if example is None or file is None:
        raise BadInput("That example is not installed here: open a photo of your own.")
    open_file(visitor, file, name=file.name, opener=opener)
    return example.ask
