"""A file over real HTTP from this machine: cut off, gone on, wrong, refused, no room."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ggedit.core.errors import BackendUnavailable
from ggedit.fetching.download import Wanted, download
from tests.fetching.server import Shelf, serving

CONTENT = os.urandom(3 * 2**20 + 17)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    with serving() as shelf:
        shelf.files["/w.pth"] = CONTENT
        yield shelf


def wanted(shelf: Shelf, folder: Path, **known) -> Wanted:
    return Wanted(f"{shelf.address}/w.pth", folder / "w.pth", **known)


class Meter:
    """What a progress bar would be told, and how often was waited."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int]] = []
        self.waits = 0

    def progress(self, done: int, total: int) -> None:
        self.told.append((done, total))

    def pause(self, seconds: float) -> None:
        self.waits += 1


def get(file: Wanted) -> tuple[str, Meter]:
    meter = Meter()
    return download(file, progress=meter.progress, pause=meter.pause), meter


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("known", [{"sha256": SHA256, "bytes": len(CONTENT)}, {}], ids=["known", "unknown"])
def test_a_file_arrives_whole(shelf, tmp_path, known):
    found, meter = get(wanted(shelf, tmp_path, **known))
    assert found == SHA256 and (tmp_path / "w.pth").read_bytes() == CONTENT
    assert left(tmp_path) == ["w.pth"]
    assert meter.told[-1] == (len(CONTENT), len(CONTENT)) and meter.told == sorted(meter.told)


def test_a_broken_connection_goes_on_where_it_stopped(shelf, tmp_path):
    shelf.hangs_up_after = [2**20, 2**20]
    found, meter = get(wanted(shelf, tmp_path))
    assert found == SHA256
    ranges = [asked for _, asked in shelf.asked]
    assert ranges[0] == "" and ranges[1].startswith("bytes=") and ranges[1] != "bytes=0-"
    assert meter.waits == 2


def test_the_next_call_goes_on_too(shelf, tmp_path):
    shelf.hangs_up_after = [2**20, *[0] * 20]
    with pytest.raises(BackendUnavailable, match="1 MiB are kept"):
        get(wanted(shelf, tmp_path))
    assert "w.pth.part" in left(tmp_path) and "w.pth" not in left(tmp_path)
    shelf.hangs_up_after.clear()
    shelf.asked.clear()
    assert get(wanted(shelf, tmp_path))[0] == SHA256
    assert shelf.asked == [("/w.pth", f"bytes={2**20}-")]
    assert left(tmp_path) == ["w.pth"]


def test_a_server_without_ranges_starts_again(shelf, tmp_path):
    shelf.ranges = False
    shelf.hangs_up_after = [2**20]
    assert get(wanted(shelf, tmp_path))[0] == SHA256


def test_a_file_that_changed_meanwhile_starts_again(shelf, tmp_path):
    shelf.hangs_up_after = [2**20, *[0] * 20]
    with pytest.raises(BackendUnavailable):
        get(wanted(shelf, tmp_path))
    shelf.hangs_up_after.clear()
    shelf.files["/w.pth"] = other = CONTENT[::-1]
    assert get(wanted(shelf, tmp_path))[0] == hashlib.sha256(other).hexdigest()


def test_a_whole_part_is_only_moved(shelf, tmp_path):
    (tmp_path / "w.pth.part").write_bytes(CONTENT)
    assert get(wanted(shelf, tmp_path))[0] == SHA256
    assert left(tmp_path) == ["w.pth"]


def test_other_bytes_are_thrown_away(shelf, tmp_path):
    with pytest.raises(BackendUnavailable, match="other bytes than expected"):
        get(wanted(shelf, tmp_path, sha256="0" * 64))
    assert left(tmp_path) == []


def test_a_missing_file_is_said_at_once(shelf, tmp_path):
    shelf.files.clear()
    with pytest.raises(BackendUnavailable, match=r"answers 404 .*new address"):
        get(wanted(shelf, tmp_path))
    assert len(shelf.asked) == 1 and left(tmp_path) == []


def test_no_server_is_said(tmp_path):
    with serving() as gone:
        pass
    with pytest.raises(BackendUnavailable, match="check the connection"):
        get(wanted(gone, tmp_path))


def test_too_small_a_disk_is_said_before_a_byte_is_written(shelf, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(2**30, 2**30, 2**20))
    with pytest.raises(BackendUnavailable, match=r"needs 3 MiB and .* has 1 MiB free"):
        get(wanted(shelf, tmp_path))
    assert not (tmp_path / "w.pth.part").exists()


def test_a_disk_that_fills_up_is_said_and_the_part_stays(shelf, tmp_path, monkeypatch):
    opened = Path.open

    def small(self, mode="r", *more, **named):
        file = opened(self, mode, *more, **named)
        return Full(file) if self.suffix == ".part" and "b" in mode and "r" not in mode else file

    monkeypatch.setattr(Path, "open", small)
    with pytest.raises(BackendUnavailable, match="is full after 2 MiB"):
        get(wanted(shelf, tmp_path))
    assert (tmp_path / "w.pth.part").stat().st_size == 2 * 2**20


class Full:
    """A file on a disk with room for two blocks."""

    def __init__(self, file) -> None:
        self.file, self.blocks = file, 0

    def __enter__(self):
        return self

    def __exit__(self, *error) -> None:
        self.file.close()

    def write(self, block: bytes) -> None:
        self.blocks += 1
        if self.blocks > 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.file.write(block)
