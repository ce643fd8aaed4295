"""Files of weights: their numbers are read, what else is in them is never run."""

from __future__ import annotations

import os
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
from safetensors.torch import save_file  # noqa: E402

from ggedit.backends.weights import load_state  # noqa: E402
from ggedit.core.errors import BackendUnavailable  # noqa: E402

STATE = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.bias": torch.ones(2)}


class Trap:
    """A pickle that makes a folder when it is opened carelessly."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)


def legacy(content: object, path: Path) -> None:
    torch.save(content, path, _use_new_zipfile_serialization=False)


def bare(content: object, path: Path) -> None:
    path.write_bytes(pickle.dumps(content))


@pytest.mark.parametrize(
    "content",
    [
        STATE,
        OrderedDict(STATE),
        {"model": STATE, "epoch": 3, "optimizer": {"lr": 0.1}},
        {"state_dict": {f"module.{name}": value for name, value in STATE.items()}},
        {"model": {"state_dict": STATE}},
    ],
    ids=["plain", "ordered", "wrapped", "parallel", "wrapped twice"],
)
@pytest.mark.parametrize("save", [torch.save, legacy], ids=["zip", "legacy"])
def test_weights_come_back_under_their_own_names(tmp_path, content, save):
    file = tmp_path / "x.pth"
    save(content, file)
    read = load_state(file)
    assert list(read) == list(STATE)
    assert all(torch.equal(read[name], STATE[name]) for name in STATE)


def test_safetensors_are_read(tmp_path):
    save_file(STATE, tmp_path / "x.safetensors")
    assert torch.equal(load_state(tmp_path / "x.safetensors")["a.weight"], STATE["a.weight"])


@pytest.mark.parametrize("save", [torch.save, legacy, bare], ids=["zip", "legacy", "bare pickle"])
@pytest.mark.parametrize("where", ["alone", "beside weights", "in place of weights"])
def test_code_in_a_file_never_runs(tmp_path, save, where):
    made, file = tmp_path / "made by the file", tmp_path / "evil.pth"
    trap = Trap(made)
    content = {"alone": trap, "beside weights": {"model": STATE, "extra": trap}, "in place of weights": {"model": trap}}
    save(content[where], file)
    with pytest.raises(BackendUnavailable, match="never run"):
        load_state(file)
    assert not made.exists()
    if save is bare:
        pickle.loads(file.read_bytes())
        assert made.exists(), "the trap works on a careless reader"


@pytest.mark.parametrize("ending", [".pth", ".safetensors"])
@pytest.mark.parametrize("content", [b"", b"<html>Not found</html>" * 50], ids=["empty", "a web page"])
def test_what_is_no_file_of_weights_is_said(tmp_path, ending, content):
    file = tmp_path / f"x{ending}"
    file.write_bytes(content)
    with pytest.raises(BackendUnavailable, match=r"x\.\w+ (cannot be read|is damaged)"):
        load_state(file)


def test_a_file_cut_short_is_said(tmp_path):
    file = tmp_path / "x.pth"
    torch.save(STATE, file)
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(BackendUnavailable, match=r"x\.pth"):
        load_state(file)


def test_a_zip_of_something_else_is_said(tmp_path):
    file = tmp_path / "x.pth"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(BackendUnavailable, match="cannot be read"):
        load_state(file)


def test_no_file_and_no_weights_are_said(tmp_path):
    with pytest.raises(BackendUnavailable, match="no file of weights"):
        load_state(tmp_path / "absent.pth")
    torch.save({"epoch": 3}, tmp_path / "x.pth")
    with pytest.raises(BackendUnavailable, match="holds no weights"):
        load_state(tmp_path / "x.pth")
