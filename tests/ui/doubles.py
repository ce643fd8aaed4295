"""Sessions on scripted backends, kept in memory, and letters as the browser writes them."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from ggedit.assembly import Candidate
from ggedit.backends.scripted import ScriptedLearner, ScriptedStore, scripted_kit
from ggedit.config import Settings
from ggedit.core.errors import BadInput
from ggedit.core.picture import Picture
from ggedit.core.turn import History, Tier
from ggedit.ports import Chosen, Kit
from ggedit.registry import BackendSpec
from ggedit.session import EditSession
from ggedit.ui.handlers import Desk, Views
from ggedit.ui.panels import letters
from ggedit.ui.store_of_sessions import Visitor, Visitors

OUTBOX = "outbox-of-a-test"
_ASKING = ("planner", "describer")
_LETTERS = {
    "canvas": letters.CanvasLetter,
    "request": letters.RequestLetter,
    "plan": letters.PlanLetter,
    "graph": letters.GraphLetter,
    "progress": letters.ProgressLetter,
    "history": letters.HistoryLetter,
}


class ScriptedOpener:
    """What the page needs of an assembly."""

    def __init__(self, kit: Kit | None = None, *, home: Path | None = None, chat: bool = False) -> None:
        self.kit, self.store, self.chat = kit or scripted_kit(), ScriptedStore(), chat
        self.settings = Settings(home=home or Path("nowhere"), chat_model="small-model")
        self.learner = Chosen(ScriptedLearner(), "scripted@1", Tier.TEST, "asked for by a test")

    def session(self, picture: Picture, *, kept: bool = True) -> EditSession:
        return EditSession(picture, self.kit, store=self.store if kept else None)

    def reopen(self, history: History, *, kept: bool = True) -> EditSession:
        return EditSession(history.source, self.kit, store=self.store if kept else None, history=history)

    def resume(self, id_: str) -> EditSession:
        history = self.store.load(id_)
        if history is None:
            raise BadInput("That session is no longer kept: open the picture again.")
        return EditSession(history.source, self.kit, id=id_, store=self.store, history=history)

    def sweep(self, keep_s: float) -> tuple[str, ...]:
        return self.store.sweep(keep_s)

    def candidates(self) -> tuple[Candidate, ...]:
        """Rows of the ports that ask a language model, if this one has ``chat``."""
        specs = (
            BackendSpec(port=port, name="llm", target="some:Thing", tier=Tier.FULL, uses=("chat",)) for port in _ASKING
        )
        return tuple(Candidate(spec, (), chosen=True) for spec in specs) if self.chat else ()

    def backend(self, port: str) -> Chosen[Any]:
        return self.learner if port == "learner" else getattr(self.kit, port)

    def named(self, port: str, name: str) -> Chosen[Any]:
        return Chosen(getattr(scripted_kit(), port).use, f"{name}@1", Tier.TEST, "you chose it")

    def names(self, ports: Sequence[str]) -> tuple[str, ...]:
        return tuple(f"{port}={self.backend(port).name}" for port in ports)


class Browser:
    """One visitor's page without a browser: sends edits, keeps the newest view of each panel."""

    def __init__(self, root: Path, opener: ScriptedOpener | None = None, *, sid: str = "visitor-1") -> None:
        self.opener = opener or ScriptedOpener()
        self.desk = Desk(Visitors(root / "drawers", idle_s=3600), self.opener)
        self.root, self.sid, self.count = root, sid, 0
        self.views: Views = {}

    @property
    def visitor(self) -> Visitor:
        return self.desk.visitors.get(self.sid)

    @property
    def turn(self) -> Any:
        session = self.visitor.session
        assert session is not None
        return session.turn

    def open(self, picture: Image.Image | None = None, *, name: str = "table.png") -> Views:
        path = self.root / name
        (picture or photo()).save(path)
        return self.send("canvas", {"kind": "open", "file": file_data(path)})

    def send(self, panel: str, *edits: dict[str, Any], doc: str | None = "") -> Views:
        """Post edits and return the last views; ``doc`` "" = the picture that is open."""
        for view in self.stream(panel, *edits, doc=doc):
            self.views |= view
        return self.views

    def stream(self, panel: str, *edits: dict[str, Any], doc: str | None = "") -> Iterator[Views]:
        return self.desk.answer(panel, self.letter(panel, *edits, doc=doc), self.sid)

    def letter(self, panel: str, *edits: dict[str, Any], doc: str | None = "") -> letters.Letter:
        numbered = []
        for edit in edits:
            self.count += 1
            numbered.append({"n": self.count, **edit})
        where = self.visitor.doc if doc == "" else doc
        return _LETTERS[panel].model_validate({"outbox": OUTBOX, "doc": where, "edits": numbered})

    def analysed(self, text: str) -> Views:
        self.open()
        return self.send("request", {"kind": "ask", "text": text})


def file_data(path: Path) -> dict[str, Any]:
    return {"path": str(path), "orig_name": path.name, "meta": {"_type": "gradio.FileData"}}


def photo(width: int = 400, height: int = 300) -> Image.Image:
    rows, columns = np.mgrid[:height, :width]
    pixels = np.stack([columns % 256, rows % 256, (rows + columns) % 256], axis=2)
    return Image.fromarray(pixels.astype(np.uint8))


def data_url(image: Image.Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def paint_png(width: int, height: int, alpha: int = 255) -> str:
    return data_url(Image.new("RGBA", (width, height), (0, 0, 0, alpha)))
