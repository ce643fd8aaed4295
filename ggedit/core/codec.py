"""Any core value to and from JSON, with pictures and masks as PNG blobs beside it.

The type annotations of the dataclasses are the schema: a field's value is written by its
own type, and members of a union carry their class name as ``"type"``. Blobs are named by
content, so equal pictures are kept once.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import io
import json
import types
import typing
from collections.abc import Callable, Container, Mapping
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin

import numpy as np
from PIL import Image

from . import corrections, detections, language, masks, options, plan, result, scene, selection, turn
from .errors import BadInput
from .geometry import Box, Extent
from .masks import Mask
from .picture import MAX_PIXELS, Picture, decode_picture

FORMAT_VERSION = 1
"""Raise it when the JSON changes shape, and add the step from the old one to ``_UPGRADES``."""

_UPGRADES: dict[int, Callable[[Any], Any]] = {}

Json = Any
Blobs = dict[str, bytes]
T = TypeVar("T")

_MODULES = (corrections, detections, language, masks, options, plan, result, scene, selection, turn)


def to_json(value: object, *, stored: Container[str] = ()) -> tuple[Json, Blobs]:
    """A core value as JSON data, and the PNG files it refers to by name.

    Pictures whose names are in ``stored`` are referred to, but not compressed once more.
    """
    blobs = _Writer(stored)
    return {"format": FORMAT_VERSION, "value": _encode(value, type(value), blobs)}, blobs


def from_json(kind: type[T], document: Json, blobs: Mapping[str, bytes]) -> T:
    """The value that ``to_json`` wrote.

    Raises:
        BadInput: not such a document, from a newer version, or a blob is missing.
    """
    if not isinstance(document, dict) or not isinstance(document.get("format"), int):
        raise BadInput("This is not a ggedit file: it has no format number.")
    version, value = document["format"], document.get("value")
    if version > FORMAT_VERSION:
        raise BadInput(f"The file has format {version}; this version reads up to {FORMAT_VERSION}: update ggedit.")
    for old in range(version, FORMAT_VERSION):
        value = _UPGRADES[old](value)
    try:
        return _decode(value, kind, _Reader(blobs, {}))
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BadInput(f"The file does not hold a {kind.__name__}: {error}.") from None


def picture_blob(picture: Picture) -> tuple[str, bytes]:
    """A picture's blob: its name by content, and a PNG of its pixels and alpha."""
    buffer = io.BytesIO()
    picture.to_pillow().save(buffer, "PNG", compress_level=3)
    return picture_name(picture), buffer.getvalue()


def picture_name(picture: Picture) -> str:
    """The name of a picture's blob."""
    return f"{picture.digest[:40]}.png"


def mask_blob(mask: Mask) -> tuple[str, bytes]:
    """A mask's blob: a 1-bit PNG of the whole picture's size, white = True."""
    buffer = io.BytesIO()
    Image.fromarray(mask.full()).save(buffer, "PNG")
    content = buffer.getvalue()
    return f"{hashlib.sha256(content).hexdigest()[:40]}.png", content


def read_mask(content: bytes, *, name: str = "the mask") -> Mask:
    """A mask from a picture file: white (or, with transparency, opaque) marks True.

    Raises:
        BadInput: not a picture.
    """
    try:
        image = Image.open(io.BytesIO(content))
        if image.width * image.height > MAX_PIXELS:
            raise BadInput(f"{name} is larger than {MAX_PIXELS // 10**6} megapixels.")
        image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadInput(f"{name} is not a picture that can be read: {error}.") from None
    has_alpha = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    if has_alpha and np.asarray(image.convert("RGBA"))[..., 3].min() < 255:
        return Mask.of(np.asarray(image.convert("RGBA"))[..., 3] > 127)
    return Mask.of(np.asarray(image.convert("L")) > 127)


# encoding ----------------------------------------------------------------------------------


class _Writer(Blobs):
    """The blobs made so far, and the names of those that need not be made."""

    def __init__(self, stored: Container[str]) -> None:
        super().__init__()
        self.stored = stored


def _encode(value: Any, declared: Any, blobs: _Writer) -> Json:
    if isinstance(value, Picture):
        return _encode_picture(value, blobs)
    if isinstance(value, Mask):
        name, content = mask_blob(value)
        blobs[name] = content
        return {"mask": name, "extent": list(value.extent)}
    if isinstance(value, Box):
        return [round(float(v), 4) for v in value.xyxy]
    if isinstance(value, np.ndarray):
        return [_round(v) for v in value.tolist()]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_encode(item, _item_type(declared, i), blobs) for i, item in enumerate(value)]
    if dataclasses.is_dataclass(value):
        return _encode_dataclass(value, declared, blobs)
    return value


def _encode_picture(picture: Picture, blobs: _Writer) -> Json:
    name = picture_name(picture)
    if name not in blobs and name not in blobs.stored:
        blobs[name] = picture_blob(picture)[1]
    texts = {key: base64.b64encode(raw).decode() for key, raw in (("icc", picture.icc), ("exif", picture.exif)) if raw}
    return {"picture": name, "extent": list(picture.extent), **texts}


def _encode_dataclass(value: Any, declared: Any, blobs: _Writer) -> Json:
    hints = _hints(type(value))
    named = {"type": type(value).__name__} if len(_members(declared)) > 1 else {}
    return named | {
        f.name: _encode(getattr(value, f.name), hints[f.name], blobs) for f in dataclasses.fields(value) if f.init
    }


def _round(value: Any) -> Any:
    """Six decimals keep every float32 coordinate and score well below a pixel."""
    if isinstance(value, list):
        return [_round(v) for v in value]
    return float(f"{value:.7g}") if isinstance(value, float) else value


# decoding ----------------------------------------------------------------------------------


def _decode(value: Json, declared: Any, blobs: _Reader) -> Any:
    members = _members(declared)
    if value is None and type(None) in _alternatives(declared):
        return None
    if len(members) > 1 and isinstance(value, dict):
        name = value["type"]
        kind = next((m for m in members if m.__name__ == name), None)
        if kind is None:
            raise BadInput(f"The file names an unknown kind {name!r}.")
        return _decode_as(value, kind, blobs)
    return _decode_as(value, members[0] if members else declared, blobs)


def _decode_as(value: Json, kind: Any, blobs: _Reader) -> Any:
    if kind is Picture:
        return _decode_picture(value, blobs)
    if kind is Mask:
        return read_mask(blobs.read(value["mask"]), name=value["mask"])
    if kind is Box:
        return Box.from_xyxy(value)
    if kind is Extent:
        return Extent(int(value[0]), int(value[1]))
    origin = get_origin(kind)
    if origin is tuple:
        return tuple(_decode(item, _item_type(kind, i), blobs) for i, item in enumerate(value))
    if origin is np.ndarray:
        return np.asarray(value, dtype=np.float32)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    if dataclasses.is_dataclass(kind):
        hints = _hints(typing.cast(type, kind))
        given = {f.name: value[f.name] for f in dataclasses.fields(kind) if f.init and f.name in value}
        return typing.cast(type, kind)(**{name: _decode(item, hints[name], blobs) for name, item in given.items()})
    return value


@dataclasses.dataclass(frozen=True)
class _Reader:
    """The blobs, and the pictures decoded so far: the same picture is one object again."""

    blobs: Mapping[str, bytes]
    pictures: dict[str, Picture]

    def read(self, name: str) -> bytes:
        if name not in self.blobs:
            raise BadInput(f"The file {name} that belongs to it is missing.")
        return self.blobs[name]


def _decode_picture(value: Json, reader: _Reader) -> Picture:
    key = json.dumps(value, sort_keys=True)
    if key not in reader.pictures:
        plain, _ = decode_picture(reader.read(value["picture"]), name=value["picture"])
        raw = {name: base64.b64decode(value[name]) for name in ("icc", "exif") if value.get(name)}
        reader.pictures[key] = Picture(plain.pixels, plain.alpha, raw.get("icc"), raw.get("exif"))
    return reader.pictures[key]


# types -------------------------------------------------------------------------------------


@cache
def _hints(kind: type) -> dict[str, Any]:
    names: dict[str, Any] = {}
    for module in _MODULES:
        names.update(vars(module))
    return typing.get_type_hints(kind, localns=names)


def _alternatives(declared: Any) -> tuple[Any, ...]:
    if get_origin(declared) in (Union, types.UnionType):
        return get_args(declared)
    return (declared,)


def _members(declared: Any) -> tuple[Any, ...]:
    """The alternatives of a union without None; one for anything else."""
    return tuple(a for a in _alternatives(declared) if a is not type(None))


def _item_type(declared: Any, index: int) -> Any:
    kinds = [m for m in _members(declared) if get_origin(m) is tuple]
    args = get_args(kinds[0]) if kinds else ()
    if not args:
        return object
    return args[0] if len(args) == 2 and args[1] is Ellipsis else args[index]
