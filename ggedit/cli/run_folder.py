"""The folder of one ``ggedit run``: every intermediate as JSON and PNG, and where it stands."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from pathlib import Path
from typing import TypedDict

from ..core.codec import mask_blob, to_json
from ..core.errors import BadInput
from ..core.masks import Masks
from ..core.modifications import Modification, modification_to_json, write_modification
from ..core.picture import Picture, encode_picture
from ..core.scene import SceneGraph
from ..core.sgedit_files import write_sg_dict
from ..core.turn import History, Turn
from ..session import load_history, save_history
from .reports import describe_turn

_STATE = "run.json"
_SESSION = "session.zip"


class EditState(TypedDict):
    """What became of one line; ``turn`` is the accepted turn, or null where it was refused."""

    line: str
    status: str
    sentence: str
    folder: str
    turn: str | None


class RunState(TypedDict):
    """The whole of run.json. ``of`` tells one run from another in the same folder."""

    of: str
    picture: str
    seed: int
    concepts: dict[str, str]
    edits: list[EditState]


class RunFolder:
    """Files below one folder, written whole or not at all."""

    def __init__(self, path: Path, state: RunState) -> None:
        self.path = path
        self.state = state

    @classmethod
    def opened(cls, path: Path, picture: Picture, *, text: str, seed: int) -> RunFolder:
        """A new folder, or the one in which this very run was broken off.

        Raises:
            BadInput: the folder holds something else, or cannot be written.
        """
        of = hashlib.sha256(f"{picture.digest}\n{text}\n{seed}".encode()).hexdigest()[:16]
        fresh: RunState = {"of": of, "picture": picture.digest, "seed": seed, "concepts": {}, "edits": []}
        try:
            path.mkdir(parents=True, exist_ok=True)
            state = json.loads((path / _STATE).read_text(encoding="utf-8")) if (path / _STATE).exists() else fresh
        except (OSError, json.JSONDecodeError) as error:
            raise BadInput(f"{path} cannot be used ({error}): choose another folder.") from None
        if not isinstance(state, dict) or state.get("of") != of or (state is fresh and any(path.iterdir())):
            raise BadInput(f"{path} holds something else than this run: choose another folder, or empty it.")
        folder = cls(path, state)  # type: ignore[arg-type]
        if state is fresh:
            folder.write("input.png", encode_picture(picture, "PNG"))
            folder.save()
        return folder

    def save(self) -> None:
        self.write(_STATE, _json(self.state))

    def write(self, name: str, content: bytes) -> Path:
        path = self.path / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except OSError as error:
            raise BadInput(f"{path} cannot be written: {error.strerror}.") from None
        return path

    # scene ---------------------------------------------------------------------------------

    def write_scene(self, name: str, scene: SceneGraph, masks: Masks | None, picture: Picture) -> None:
        """The graph in both forms, and a mask per thing by its id."""
        self.write(f"{name}/graph.json", _json(to_json(scene)[0]))
        self.write(f"{name}/sg_dict.json", _json(write_sg_dict(scene, picture.extent)))
        for id_, mask in zip(masks.ids, masks.items, strict=True) if masks is not None else ():
            self.write(f"{name}/masks/{slug(id_)}.png", mask_blob(mask)[1])

    # edits ---------------------------------------------------------------------------------

    def write_edit(self, number: int, edit: Modification, turn: Turn | None, sentence: str) -> None:
        """One line's files and its row in the state; durable when this returns."""
        line = write_modification(edit)
        name = f"edits/{number:02d}-{slug(line)}"
        self.write(f"{name}/modification.json", _json(modification_to_json(edit)))
        if turn is not None and turn.scene is not None:
            self.write_scene(f"{name}/scene_graph", turn.scene, turn.masks, turn.picture)
        if turn is not None:
            self.write(f"{name}/turn.json", _json(describe_turn(turn)))
        talk = [exchange for record in turn.records for exchange in record.talk] if turn is not None else []
        if talk:
            self.write(f"{name}/talk.json", _json([to_json(exchange)[0]["value"] for exchange in talk]))
        if turn is not None and turn.plan is not None:
            self.write(f"{name}/plan.json", _json(to_json(turn.plan)[0]))
        done = turn is not None and turn.result is not None
        if done and turn is not None and turn.result is not None:
            self.write(f"{name}/result.png", encode_picture(turn.result.picture, "PNG"))
            if turn.result.changed.area:
                self.write(f"{name}/changed.png", mask_blob(turn.result.changed)[1])
        status = "done" if done else "refused"
        row = turn.id if done and turn is not None else None
        self.state["edits"].append({"line": line, "status": status, "sentence": sentence, "folder": name, "turn": row})
        self.save()

    # session -------------------------------------------------------------------------------

    def save_session(self, history: History) -> None:
        save_history(history, self.path / _SESSION)

    def load_session(self) -> History | None:
        """The session at the last line that the state knows of; a later turn, written just
        before the run was broken off, is made again."""
        done = [edit["turn"] for edit in self.state["edits"] if edit["turn"] is not None]
        if not done or not (self.path / _SESSION).exists():
            return None
        return load_history(self.path / _SESSION).goto(done[-1])


def slug(text: str) -> str:
    """A file name from any words: small letters, digits and hyphens, at most 48."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:48].strip("-") or "thing"


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
