"""Fetching hub models with huggingface_hub itself, from a server on this machine."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ggedit.config import Settings, load_settings
from ggedit.core.errors import BackendUnavailable
from ggedit.fetching import Fetcher, Watching
from ggedit.fetching.manifest import recorded
from ggedit.model_files import model_folder
from tests.architecture.blocked import ROOT
from tests.fetching.server import COMMIT, Shelf, add_model, serving

pytest.importorskip("huggingface_hub")

FILES = {
    "config.json": b"{}",
    "model.safetensors": bytes(range(256)) * 64,
    "pytorch_model.bin": b"a pickle",
    "README.md": b"text",
}
WEIGHTS = f"/owner/tiny/resolve/{COMMIT}/model.safetensors"


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    with serving() as shelf:
        add_model(shelf, "owner/tiny", FILES)
        yield shelf


@pytest.fixture
def settings(shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    return replace(load_settings({}), checkpoints=tmp_path / "c", hub_cache=tmp_path / "hf", hub_endpoint=shelf.address)


def fetcher(settings: Settings) -> Fetcher:
    return Fetcher(settings, (), Watching(lambda _: lambda done, total: None))


def test_the_files_that_are_needed_lie_below_checkpoints(settings, shelf):
    done = fetcher(settings).fetch("owner/tiny")
    snapshot = settings.checkpoints / "hub" / "models--owner--tiny" / "snapshots" / COMMIT
    assert done.path == snapshot == model_folder("owner/tiny", settings)
    assert sorted(p.name for p in snapshot.iterdir()) == ["config.json", "model.safetensors"]
    assert (snapshot / "model.safetensors").read_bytes() == FILES["model.safetensors"]
    assert not [path for path, _ in shelf.asked if path.endswith(".bin")]


def test_its_version_is_recorded_and_said_and_nobody_is_asked_again(settings, shelf):
    assert COMMIT[:12] in fetcher(settings).fetch("owner/tiny").note
    assert recorded(settings)["owner/tiny"].commit == COMMIT
    shelf.asked.clear()
    assert "was here already" in fetcher(replace(settings, offline=True)).fetch("owner/tiny").note
    assert shelf.asked == []


@pytest.mark.parametrize(
    ("id_", "changed", "words"),
    [
        ("owner/absent", {}, "There is no model owner/absent"),
        ("owner/tiny", {"offline": True}, "HF_HUB_OFFLINE is set"),
        ("owner/tiny", {"hub_endpoint": "http://127.0.0.1:9"}, "check the connection"),
    ],
    ids=["no such model", "offline", "no server"],
)
def test_what_cannot_be_fetched_is_said(settings, id_, changed, words):
    with pytest.raises(BackendUnavailable, match=words):
        fetcher(replace(settings, **changed)).fetch(id_)
    assert model_folder("owner/tiny", settings) is None


def test_a_fetch_that_is_cut_off_leaves_nothing_in_its_place_and_goes_on(settings, shelf):
    whole = shelf.files.pop(WEIGHTS)
    with pytest.raises(BackendUnavailable, match="goes on where it stopped"):
        fetcher(settings).fetch("owner/tiny")
    assert model_folder("owner/tiny", settings) is None
    shelf.files[WEIGHTS] = whole
    shelf.asked.clear()
    fetcher(settings).fetch("owner/tiny")
    assert not [path for path, _ in shelf.asked if path.endswith("config.json")], "what came is not fetched again"


def test_damaged_weights_are_thrown_away(settings, shelf):
    """The hub's mark of a large file is its SHA-256; the server here marks every file so, and lies about one."""
    shelf.etags[WEIGHTS] = hashlib.sha256(b"what it should be").hexdigest()
    with pytest.raises(BackendUnavailable, match="came damaged"):
        fetcher(settings).fetch("owner/tiny")
    assert model_folder("owner/tiny", settings) is None
    shelf.etags.clear()
    assert fetcher(settings).fetch("owner/tiny").path.is_dir()


def test_too_small_a_disk_is_said_first(settings, shelf, monkeypatch):
    import shutil

    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(2**30, 2**30, 100))
    with pytest.raises(BackendUnavailable, match="make room"):
        fetcher(settings).fetch("owner/tiny")
    assert not [path for path, _ in shelf.asked if "resolve" in path]


def test_from_the_command_line_a_backend_becomes_ready(shelf, tmp_path):
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "GGEDIT_"))}
    environ |= {
        "HF_ENDPOINT": shelf.address, "HF_HOME": str(tmp_path / "hf"), "HF_HUB_DISABLE_XET": "1",
        "GGEDIT_CHECKPOINTS": str(tmp_path / "c"), "GGEDIT_HOME": str(tmp_path / "home"),
        "GGEDIT_SEGMENTER_MODEL": "owner/tiny",
    }  # fmt: skip

    def ggedit(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ggedit", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)

    run = ggedit("models", "fetch", "sam-hf")
    assert json.loads(run.stdout)[0]["name"] == "owner/tiny" and COMMIT[:12] in run.stderr
    (row,) = [row for row in json.loads(ggedit("models", "--json").stdout) if row["name"] == "sam-hf"]
    assert row["missing"] == [] and row["here"]
