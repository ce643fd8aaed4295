"""Picture files for the browser: a folder per session that nobody can guess, each file written once."""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import shutil
import tempfile
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
from PIL import Image

from ..core.masks import Mask
from ..core.picture import Picture

DISPLAY_SIDE = 2048
"""Longest side of the copy that the browser gets; the original stays on the server."""
THUMB_SIDE = 160
MAX_TILES = 24
"""Passing pictures that are kept per visitor; the browser has copies of its own of older ones."""


class Drawer:
    """Files of one session below ``root``. A file's name follows from its content, so it is
    written once and never while a browser reads it."""

    def __init__(self, root: Path) -> None:
        self.folder = root / secrets.token_urlsafe(24)
        self._digests: dict[tuple[str, int], Path] = {}
        self._masks: WeakKeyDictionary[Mask, Path] = WeakKeyDictionary()
        self._tiles: list[Path] = []

    def display(self, picture: Picture) -> Path:
        """A lossless copy of at most ``DISPLAY_SIDE`` pixels."""
        return self._scaled(picture, DISPLAY_SIDE)

    def thumbnail(self, picture: Picture) -> Path:
        return self._scaled(picture, THUMB_SIDE)

    def mask(self, mask: Mask) -> Path:
        """The mask's crop as a PNG whose alpha is the mask, at the display copy's scale."""
        if mask not in self._masks:
            self._masks[mask] = self._mask(mask)
        return self._masks[mask]

    def _mask(self, mask: Mask) -> Path:
        alpha = np.where(mask.crop, 255, 0).astype(np.uint8)
        image = Image.merge("LA", (Image.new("L", alpha.shape[::-1]), Image.fromarray(alpha)))
        scale = min(1.0, DISPLAY_SIDE / mask.extent.longest)
        if scale < 1:
            size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
            image = image.resize(size, Image.Resampling.NEAREST)
        return self.keep(_png(image), ".png")

    def image(self, image: Image.Image, side: int) -> Path:
        """Any image, its longest side at most ``side``."""
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        return self.keep(_png(image), ".png")

    def tile(self, image: Image.Image) -> Path:
        """A passing picture of at most ``DISPLAY_SIDE``; only the newest ``MAX_TILES`` stay."""
        image.thumbnail((DISPLAY_SIDE, DISPLAY_SIDE), Image.Resampling.LANCZOS)
        content = _png(image)
        path = self.path(f"tile-{hashlib.sha256(content).hexdigest()[:24]}.png")
        if path in self._tiles:
            self._tiles.remove(path)
        else:
            _write_once(path, content)
        self._tiles.append(path)
        while len(self._tiles) > MAX_TILES:
            self._tiles.pop(0).unlink(missing_ok=True)
        return path

    def keep(self, content: bytes, suffix: str, *, name: str = "") -> Path:
        """Any content under its digest; ``name`` is what a download should be called."""
        digest = hashlib.sha256(content).hexdigest()[:24]
        folder = self.folder / digest if name else self.folder
        path = folder / (name or f"{digest}{suffix}")
        if not path.exists():
            _write_once(path, content)
        return path

    def path(self, name: str) -> Path:
        """A place for a file that someone else writes whole; the folder exists."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder / name

    def clear(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _scaled(self, picture: Picture, side: int) -> Path:
        key = (picture.digest, side)
        if key not in self._digests:
            self._digests[key] = self.image(picture.to_pillow(), side)
        return self._digests[key]


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _write_once(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)
