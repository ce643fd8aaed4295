"""Files for the person to keep: the picture, the session, masks, the graph."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from ..core.codec import to_json
from ..core.errors import BadInput
from ..core.masks import Mask
from ..core.picture import LOSSLESS, Picture, encode_picture
from ..core.sgedit_files import write_sg_dict
from ..core.turn import Turn
from ..session import EditSession, save_history
from .panels import letters
from .store_of_sessions import Visitor

_SUFFIX = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}


def make_download(visitor: Visitor, session: EditSession, edit: letters.Download) -> tuple[Path, str]:
    """The file that was asked for, and a sentence about it ("" = nothing to say).

    Raises:
        BadInput: there is nothing of that kind yet.
    """
    return _MAKE[edit.what](visitor, session, edit)


def shown_picture(session: EditSession) -> Picture:
    """What the canvas shows: an unaccepted result, else the picture at the history's cursor."""
    if session.turn is not None and session.turn.result is not None:
        return session.turn.result.picture
    return session.picture


def file_stem(name: str) -> str:
    """A harmless file name: letters, digits, dash, underscore and space."""
    return re.sub(r"[^\w\- ]+", "_", name).strip(" _")[:60] or "picture"


def _picture(visitor: Visitor, session: EditSession, edit: letters.Download) -> tuple[Path, str]:
    content = encode_picture(shown_picture(session), edit.format, quality=edit.quality)
    name = f"{file_stem(visitor.name)}-edited{_SUFFIX[edit.format]}"
    said = "" if edit.format in LOSSLESS else f"{edit.format} is lossy: pixels outside the edit may differ a little."
    return visitor.drawer.keep(content, _SUFFIX[edit.format], name=name), said


def _session(visitor: Visitor, session: EditSession, edit: letters.Download) -> tuple[Path, str]:
    path = visitor.drawer.path(f"{file_stem(visitor.name)}.ggedit.zip")
    save_history(session.history, path)
    return path, ""


def _masks(visitor: Visitor, session: EditSession, edit: letters.Download) -> tuple[Path, str]:
    turn = _latest(session)
    if turn is None or turn.masks is None or not len(turn.masks):
        raise BadInput("There are no masks yet: say what to change and press Analyse.")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for id_, mask in zip(turn.masks.ids, turn.masks.items, strict=True):
            archive.writestr(f"{file_stem(id_)}.png", _mask_png(mask))
    return visitor.drawer.keep(buffer.getvalue(), ".zip", name=f"{file_stem(visitor.name)}-masks.zip"), ""


def _mask(visitor: Visitor, session: EditSession, edit: letters.Download) -> tuple[Path, str]:
    turn = _latest(session)
    if turn is None or turn.masks is None or edit.id is None:
        raise BadInput("There is no mask yet: say what to change and press Analyse.")
    name = f"{file_stem(visitor.name)}-{file_stem(edit.id)}-mask.png"
    return visitor.drawer.keep(_mask_png(turn.masks[edit.id]), ".png", name=name), ""


def _mask_png(mask: Mask) -> bytes:
    """White = may change, at the picture's full size."""
    buffer = io.BytesIO()
    Image.fromarray(np.where(mask.full(), 255, 0).astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def _graph(visitor: Visitor, session: EditSession, edit: letters.Download) -> tuple[Path, str]:
    turn = _latest(session)
    if turn is None or turn.scene is None:
        raise BadInput("There is no scene graph yet: say what to change and press Analyse.")
    document, _ = to_json(turn.scene)
    content = json.dumps(document, indent=1).encode()
    return visitor.drawer.keep(content, ".json", name=f"{file_stem(visitor.name)}-graph.json"), ""


def _sg_dict(visitor: Visitor, session: EditSession, edit: letters.Download) -> tuple[Path, str]:
    """The graph as SGEdit's own file."""
    turn = _latest(session)
    if turn is None or turn.scene is None:
        raise BadInput("There is no scene graph yet: say what to change and press Analyse.")
    content = json.dumps(write_sg_dict(turn.scene, turn.picture.extent), indent=1).encode()
    return visitor.drawer.keep(content, ".json", name=f"{file_stem(visitor.name)}-sg_dict.json"), ""


def _latest(session: EditSession) -> Turn | None:
    return session.turn or session.history.current


_MAKE = {"picture": _picture, "session": _session, "masks": _masks, "mask": _mask, "graph": _graph, "sg_dict": _sg_dict}
