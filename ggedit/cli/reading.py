"""What comes in from the command line: picture files, masks, boxes and text."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import typer

from ..core.codec import read_mask
from ..core.errors import BadInput
from ..core.geometry import Box
from ..core.masks import Mask
from ..core.picture import Picture, decode_picture
from .exits import say

_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+://")
STDIN = "-"


def open_picture(name: str) -> tuple[Picture, tuple[str, ...]]:
    """The picture in a file, and what was converted, in words (also told to the person).

    Raises:
        BadInput: a web address, no such file, a folder, or not a picture that can be used.
    """
    picture, notes = decode_picture(read_bytes(name), name=Path(name).name)
    for note in notes:
        say(note)
    return picture, notes


def open_mask(name: str) -> Mask:
    """A mask file, white = may change. Raises BadInput like ``open_picture``."""
    return read_mask(read_bytes(name), name=Path(name).name)


def read_bytes(name: str) -> bytes:
    """A file's content. Raises BadInput: a web address, or it cannot be read."""
    if _URL.match(name):
        raise BadInput(f"{name} is a web address, and nothing is fetched: save it and give the file's name.")
    try:
        return Path(name).read_bytes()
    except FileNotFoundError:
        raise BadInput(f"There is no file {name}: check the name and the folder.") from None
    except IsADirectoryError:
        raise BadInput(f"{name} is a folder: give the name of a picture file.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadInput(f"{name} cannot be read: {reason}.") from None


def read_text(name: str) -> str:
    """A text file's content, or standard input for "-"."""
    if name == STDIN:
        return sys.stdin.read()
    try:
        return read_bytes(name).decode("utf-8")
    except UnicodeDecodeError:
        raise BadInput(f"{name} is not a text file in UTF-8.") from None


def parse_box(text: str) -> Box:
    """A box from "x1,y1,x2,y2" in pixels. Raises BadInput: not four numbers, or no area."""
    try:
        return Box.from_xyxy([float(part) for part in text.split(",")])
    except ValueError:
        raise BadInput(f"--box {text} is not x1,y1,x2,y2 in pixels, for example --box 40,60,200,260.") from None


def ask(question: str) -> str:
    """A line from the person. Raises BadInput: there is nobody."""
    typer.echo(f"{question}: ", nl=False, err=True)
    line = sys.stdin.readline()
    if not line:
        raise BadInput("No answer was given.")
    return line.strip()


def interactive() -> bool:
    """Whether a person sits there who can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()
