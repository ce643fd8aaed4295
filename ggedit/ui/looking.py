"""Looks that change nothing: a sharper part of the picture, two turns side by side, a mask's soft edge.

They are answered beside the work, without waiting for it: a session's values never change in
place, so what is read here is whole.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image
from scipy import ndimage

from ..core.errors import BadInput, GgeditError
from ..core.geometry import Box
from ..core.masks import Mask
from ..core.picture import Picture
from ..core.plan import EditStep, Remove, grow_px_of, step_node
from ..core.turn import Turn
from ..session import EditSession
from .files import DISPLAY_SIDE
from .panels import letters
from .store_of_sessions import Visitor
from .views.words import View, file_of, numbers

DRAFT = "draft"
"""The name of the result that was not kept yet, where turns are named."""


def look_closer(visitor: Visitor, look: letters.Look) -> View:
    """What was asked for, or one sentence (``notice``) why it can't be shown."""
    answer: View = {"n": look.n, "doc": visitor.doc, "notice": "", "pair": None, "tile": None, "edge": None}
    session = visitor.session
    if session is None:
        return answer
    try:
        return answer | _looked(visitor, session, look)
    except GgeditError as error:
        return answer | {"notice": str(error)}


def _looked(visitor: Visitor, session: EditSession, look: letters.Look) -> View:
    turn = session.turn
    found: View = {}
    if look.pair is not None:
        before, after = (_named(session, id_) for id_ in look.pair)
        found["pair"] = {"before": _side(visitor, *before), "after": _side(visitor, *after)}
        pictures = (before[0], after[0])
    else:
        pictures = _shown(session, turn)
    if look.box is not None:
        found["tile"] = _tile(visitor, pictures, Box(*look.box))
    if look.edge is not None and turn is not None:
        found["edge"] = _edge(visitor, turn, look.edge)
    return found


def _shown(session: EditSession, turn: Turn | None) -> tuple[Picture | None, Picture]:
    """The picture before and the one on the canvas; the first is None while there is no result."""
    if turn is not None and turn.result is not None:
        return turn.picture, turn.result.picture
    return None, turn.picture if turn is not None else session.picture


def _named(session: EditSession, id_: str | None) -> tuple[Picture, str]:
    """A turn's picture and what it is called; None = the untouched photo.

    Raises:
        BadInput: there is no such turn, or it has no result.
    """
    if id_ is None:
        return session.history.source, "the photo"
    turn = session.turn if id_ == DRAFT else session.history.turn(id_)
    if turn is None or turn.result is None:
        raise BadInput("That result is no longer there: choose another one.")
    return turn.result.picture, "this result" if id_ == DRAFT else turn.ask.text or "changed in the graph"


def _side(visitor: Visitor, picture: Picture, text: str) -> View:
    return {"file": file_of(visitor.drawer.display(picture)), "text": text}


# tiles -------------------------------------------------------------------------------------


def _tile(visitor: Visitor, pictures: tuple[Picture | None, Picture], box: Box) -> View:
    """The same part of both pictures in original pixels, or as many as a display copy may have."""
    before, after = pictures
    x1, y1, x2, y2 = box.clipped(after.extent).pixels(after.extent)
    cut = (slice(y1, y2), slice(x1, x2))
    return {
        "box": [x1, y1, x2, y2],
        "after": file_of(visitor.drawer.tile(_cut(after, cut))),
        "before": None if before is None else file_of(visitor.drawer.tile(_cut(before, cut))),
    }


def _cut(picture: Picture, cut: tuple[slice, slice]) -> Image.Image:
    image = Image.fromarray(np.ascontiguousarray(picture.pixels[cut]))
    if picture.alpha is not None:
        image.putalpha(Image.fromarray(np.ascontiguousarray(picture.alpha[cut])))
    return image


# the soft edge -----------------------------------------------------------------------------


def _edge(visitor: Visitor, turn: Turn, id_: str) -> View:
    """The mask as the editor blends it: grown and feathered as the thing's step says.

    Raises:
        BadInput: there is no such mask.
    """
    if turn.masks is None:
        raise BadInput("There is no mask yet: let ggedit look at the picture first.")
    mask, step = turn.masks[id_], _step_of(turn, id_)
    grow = grow_px_of(step, mask.extent)
    alpha, box = soft_edge(mask, grow_px=grow, feather_px=step.feather_px)
    image = Image.merge("LA", (Image.new("L", alpha.shape[::-1]), Image.fromarray(alpha)))
    return {
        "id": id_,
        "box": numbers(box),
        "file": file_of(visitor.drawer.tile(image)),
        "grow_px": grow,
        "feather_px": step.feather_px,
    }


def _step_of(turn: Turn, id_: str) -> EditStep:
    """The first step that changes the thing; a removal where the plan has none."""
    steps = turn.plan.active if turn.plan is not None else ()
    return next((step for step in steps if step_node(step) == id_), Remove(node=id_))


def soft_edge(mask: Mask, *, grow_px: int, feather_px: int) -> tuple[npt.NDArray[np.uint8], Box]:
    """How much of the new pixels is taken, uint8 (h, w) with 255 = all, and where that lies.

    All of it up to ``grow_px`` from the mask, from there falling to nothing over ``feather_px``
    along 3 t^2 - 2 t^3, as editors blend. A crop larger than a display copy is computed at that size.
    """
    box = mask.box.padded(grow_px + feather_px + 1).clipped(mask.extent)
    x1, y1, x2, y2 = box.pixels(mask.extent)
    inside = np.zeros((y2 - y1, x2 - x1), np.bool_)
    inside[mask.y - y1 : mask.y - y1 + mask.crop.shape[0], mask.x - x1 : mask.x - x1 + mask.crop.shape[1]] = mask.crop
    every = max(1, -(-max(inside.shape) // DISPLAY_SIDE))
    away = np.asarray(ndimage.distance_transform_edt(~inside[::every, ::every]), np.float32) * every
    rest = np.clip((grow_px + feather_px - away) / max(feather_px, 1e-6), 0, 1)
    return (rest * rest * (3 - 2 * rest) * 255).round().astype(np.uint8), Box(x1, y1, x2, y2)
