"""Where models are looked for: folders, snapshots of the hub, single files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ggedit.assembly import Assembly
from ggedit.config import Settings, load_settings
from ggedit.model_files import model_file, model_folder, small_file


@pytest.fixture
def settings(tmp_path):
    return replace(load_settings({}), checkpoints=tmp_path / "checkpoints", hub_cache=tmp_path / "cache")


def snapshot(cache: Path, commit: str = "abc", *files: str) -> Path:
    folder = cache / "models--owner--name" / "snapshots" / commit
    folder.mkdir(parents=True)
    for name in files:
        (folder / name).touch()
    return folder


def test_a_folder_comes_before_a_snapshot(settings, tmp_path):
    found = snapshot(settings.hub_cache, "abc", "model.safetensors")
    assert model_folder("owner/name", settings) == found
    nearer = snapshot(settings.checkpoints / "hub", "def", "model.safetensors")
    assert model_folder("owner/name", settings) == nearer
    below = settings.checkpoints / "owner" / "name"
    below.mkdir(parents=True)
    assert model_folder("owner/name", settings) == below
    assert model_folder(str(tmp_path), settings) == tmp_path


@pytest.mark.parametrize("broken", ["empty", "half there", "link to nothing"])
def test_a_snapshot_that_was_cut_short_does_not_count(settings, broken):
    folder = snapshot(settings.hub_cache, "abc", *([] if broken == "empty" else ["config.json"]))
    blobs = folder.parents[1] / "blobs"
    blobs.mkdir()
    if broken == "half there":
        (blobs / "0123.incomplete").touch()
    if broken == "link to nothing":
        (folder / "model.safetensors").symlink_to(blobs / "absent")
    assert model_folder("owner/name", settings) is None


@pytest.mark.parametrize(
    ("named", "there", "found"),
    [
        ("auto", ["b.pth", "c.pth"], "b.pth"),
        ("auto", ["c.pth"], "c.pth"),
        ("auto", [], None),
        ("mine.pth", ["a.pth", "mine.pth"], "mine.pth"),
        ("mine.pth", ["a.pth"], None),
    ],
    ids=["best first", "what is there", "nothing", "by name", "never another one"],
)
def test_a_file_is_the_one_named_or_the_best_usual_one(settings, named, there, found):
    settings.checkpoints.mkdir()
    for name in there:
        (settings.checkpoints / name).touch()
    path = model_file(named, ("a.pth", "b.pth", "c.pth"), settings)
    assert path == (settings.checkpoints / found if found else None)


def test_a_file_may_lie_anywhere(settings, tmp_path):
    (tmp_path / "mine.pth").touch()
    assert model_file(str(tmp_path / "mine.pth"), (), settings) == tmp_path / "mine.pth"


def test_what_comes_with_ggedit_is_found_beside_another_folder_of_models(settings):
    """Large files on another disk: the small ones stay where they are, unless that folder has its own."""
    name = "embedded/yolov3-tiny-int8.onnx"
    assert small_file(name, settings) == Settings().checkpoints / name
    own = settings.checkpoints / name
    own.parent.mkdir(parents=True)
    own.touch()
    assert small_file(name, settings) == own
    assert small_file("embedded/none.onnx", settings) == settings.checkpoints / "embedded/none.onnx"


def test_another_folder_of_models_takes_no_backend_away(settings):
    usual, other = (
        {(c.spec.port, c.spec.name) for c in Assembly(s).candidates() if c.spec.weights and not c.missing}
        for s in (load_settings({}), settings)
    )
    assert ("detector", "yolo-tiny") in usual and usual == other
