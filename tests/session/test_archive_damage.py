"""Session zips from anywhere: whatever is in them, the answer is a history or one sentence."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from ggedit.core.errors import BadInput
from ggedit.session import load_history, save_history
from tests.backends.turns import history_of

ODD_VALUES = (
    None, 0, -1, 1e400, float("nan"), "", "x" * 1000, [], {}, [[]], True, 2**70, ["a", 1], {"type": "Remove"},
    "../../etc/passwd",
)  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The parts of a good archive of two turns."""
    path = tmp_path_factory.mktemp("zip") / "s.zip"
    save_history(history_of(2), path)
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_document(files: dict[str, bytes], document: Any) -> bytes:
    return packed(files | {"session.json": json.dumps(document).encode()})


def accepted(content: bytes, folder: Path) -> bool:
    """Whether it was read; anything but a history or ``BadInput`` fails the test."""
    path = folder / "x.zip"
    path.write_bytes(content)
    try:
        load_history(path).path()
    except BadInput as error:
        assert str(error).strip()
        return False
    return True


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in a JSON document."""
    keys = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield (*at, key)
        yield from places(value[key], (*at, key))


def test_changed_bytes(files: dict[str, bytes], tmp_path: Path) -> None:
    rng, good = random.Random(1), packed(files)
    read = 0
    for _ in range(250):
        content = bytearray(good)
        for _ in range(rng.choice((1, 2, 8))):
            content[rng.randrange(len(content))] = rng.randrange(256)
        read += accepted(bytes(content), tmp_path)
    assert read < 250


def test_cut_short(files: dict[str, bytes], tmp_path: Path) -> None:
    rng, good = random.Random(2), packed(files)
    assert not any(accepted(good[: rng.randrange(len(good))], tmp_path) for _ in range(50))


def test_changed_values(files: dict[str, bytes], tmp_path: Path) -> None:
    rng = random.Random(3)
    ways = list(places(json.loads(files["session.json"])))
    read = 0
    for _ in range(400):
        document = json.loads(files["session.json"])
        *way, last = rng.choice(ways)
        holder = document
        for key in way:
            holder = holder[key]
        if rng.random() < 0.2:
            del holder[last]
        else:
            holder[last] = rng.choice(ODD_VALUES)
        read += accepted(with_document(files, document), tmp_path)
    assert 0 < read < 400


def test_a_circle_of_parents_is_refused(files: dict[str, bytes], tmp_path: Path) -> None:
    document = json.loads(files["session.json"])
    first, second = document["value"]["turns"]
    first["parent"], second["parent"] = second["id"], first["id"]
    assert not accepted(with_document(files, document), tmp_path)


def test_a_missing_picture_is_named(files: dict[str, bytes], tmp_path: Path) -> None:
    name = next(name for name in files if name.endswith(".png"))
    path = tmp_path / "x.zip"
    path.write_bytes(packed({n: c for n, c in files.items() if n != name}))
    with pytest.raises(BadInput, match="is missing"):
        load_history(path)


def test_an_encrypted_archive_is_refused(files: dict[str, bytes], tmp_path: Path) -> None:
    content = bytearray(packed(files))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(signature)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(signature, at + 4)
    assert not accepted(bytes(content), tmp_path)


def test_a_picture_that_is_none_is_refused(files: dict[str, bytes], tmp_path: Path) -> None:
    swapped = {name: b"not a picture" if name.endswith(".png") else content for name, content in files.items()}
    assert not accepted(packed(swapped), tmp_path)


def test_a_picture_that_unpacks_to_gigabytes_is_refused(files: dict[str, bytes], tmp_path: Path) -> None:
    buffer = io.BytesIO()
    Image.new("1", (20_000, 15_000)).save(buffer, "PNG")
    bombs = {name: buffer.getvalue() if name.endswith(".png") else content for name, content in files.items()}
    assert not accepted(packed(bombs), tmp_path)
