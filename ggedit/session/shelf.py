"""A visitor's own shelf of cut-outs: in memory, seen by nobody else, kept from picture to picture."""

from __future__ import annotations

from dataclasses import replace

from ..core.errors import BadInput
from ..core.masks import Mask
from ..core.picture import Picture
from ..ports import Cutout, Shelf
from .editing import EditSession

MOST_CUTOUTS = 24
_MARGIN = 0.1
"""Surroundings kept around a thing, as a share of its longer side: matting needs to see them."""
_LEAST_MARGIN_PX = 16


class OwnShelf:
    """Port ``Shelf``: the visitor's cut-outs before those that the server's owner lends to all."""

    def __init__(self) -> None:
        self._own: dict[str, Cutout] = {}
        self._lent: Shelf | None = None

    def stand_by(self, session: EditSession) -> None:
        """Serve this session in the place of its kit's shelf, which goes on lending."""
        lent = session.kit.shelf
        if lent.use is self:
            return
        self._lent = lent.use
        session.kit = replace(session.kit, shelf=replace(lent, use=self))

    @property
    def own_names(self) -> tuple[str, ...]:
        return tuple(sorted(self._own))

    def names(self) -> tuple[str, ...]:
        """All cut-outs, in alphabetical order."""
        lent = self._lent.names() if self._lent is not None else ()
        return tuple(sorted({*self._own, *lent}))

    def take(self, name: str) -> Cutout:
        """Raises BadInput: no such cut-out."""
        if name in self._own:
            return self._own[name]
        if self._lent is not None:
            return self._lent.take(name)
        raise BadInput(f"There is no cut-out called {name!r} on your shelf.")

    def put(self, cutout: Cutout) -> None:
        """Keep a cut-out under its name, in the place of a former one.

        Raises:
            BadInput: it has no name, an empty mask, or the shelf is full.
        """
        name = " ".join(cutout.name.split())
        if not name:
            raise BadInput("A cut-out needs a name: say what it is first.")
        if name not in self._own and len(self._own) >= MOST_CUTOUTS:
            raise BadInput(f"Your shelf holds {MOST_CUTOUTS} cut-outs and is full: take one off it first.")
        self._own[name] = replace(_cropped(cutout), name=name)

    def drop(self, name: str) -> None:
        """Raises BadInput: it is not there."""
        if self._own.pop(name, None) is None:
            raise BadInput(f"There is no cut-out called {name!r} on your shelf.")


def _cropped(cutout: Cutout) -> Cutout:
    """The thing and its surroundings, so that a small cut-out keeps no large picture in memory."""
    mask, picture = cutout.mask, cutout.picture
    if mask is None:
        return cutout
    margin = max(_LEAST_MARGIN_PX, round(_MARGIN * max(mask.box.width, mask.box.height)))
    x1, y1, x2, y2 = mask.box.padded(margin).pixels(picture.extent)
    alpha = None if picture.alpha is None else picture.alpha[y1:y2, x1:x2]
    part = Picture(picture.pixels[y1:y2, x1:x2].copy(), alpha, picture.icc)
    return Cutout(cutout.name, part, Mask.of(mask.full()[y1:y2, x1:x2]))
