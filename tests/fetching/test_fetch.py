"""From names to files: what a name stands for, what is recorded, what is never fetched twice."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ggedit.config import Settings, load_settings
from ggedit.core.errors import BackendUnavailable, BadInput
from ggedit.core.turn import Tier
from ggedit.fetching import Fetcher, Watching, load_manifest, size_of
from ggedit.fetching.manifest import recorded
from ggedit.registry import BackendSpec, all_specs
from tests.fetching.server import Shelf, serving

CONTENT = b"numbers" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
ROW = BackendSpec(
    port="segmenter",
    name="mine",
    target="x:Y",
    tier=Tier.FULL,
    file="segmenter_file",
    one_of=("large.pth", "small.pth"),
)


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    with serving() as shelf:
        shelf.files["/large.pth"] = shelf.files["/small.pth"] = CONTENT
        yield shelf


@pytest.fixture
def settings(tmp_path: Path, shelf: Shelf) -> Settings:
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    (folder / "manifest.toml").write_text(f"""
[[file]]
name = "large.pth"
url = "{shelf.address}/large.pth"
sha256 = "{SHA256}"
bytes = {len(CONTENT)}
backends = ["mine"]
usual = true
committed = false

[[file]]
name = "small.pth"
url = "{shelf.address}/small.pth"
backends = ["mine"]

[[file]]
name = "ours.npz"
committed = true

[[model]]
id = "owner/name"
bytes = 1000
backends = ["other"]
""")
    return replace(load_settings({}), checkpoints=folder, hub_cache=tmp_path / "hub")


def fetcher(settings: Settings) -> Fetcher:
    return Fetcher(settings, (ROW,), Watching(lambda _: lambda done, total: None))


def test_a_backends_name_stands_for_its_usual_file(settings):
    assert fetcher(settings).names("mine") == ["large.pth"]
    chosen = replace(settings, segmenter_file="small.pth")
    assert fetcher(chosen).names("mine") == ["small.pth"], "or for the one that the settings name"
    assert fetcher(settings).names("owner/other") == ["owner/other"], "any hub id can be fetched"


def test_an_unknown_name_is_refused_with_what_there_is(settings):
    with pytest.raises(BadInput, match=r"there are: mine, large\.pth, small\.pth, owner/name"):
        fetcher(settings).names("nothing")


def test_a_file_of_ones_own_is_not_looked_for_elsewhere(settings):
    with pytest.raises(BadInput, match=r"GGEDIT_SEGMENTER_FILE names mine\.pth"):
        fetcher(replace(settings, segmenter_file="mine.pth")).names("mine")


def test_a_known_hash_is_checked(settings):
    done = fetcher(settings).fetch("large.pth")
    assert done.note == "fetched; SHA-256 is right" and done.path.read_bytes() == CONTENT
    assert recorded(settings) == {}


def test_an_unknown_hash_is_recorded_and_said(settings, shelf):
    done = fetcher(settings).fetch("small.pth")
    assert SHA256 in done.note and "recorded" in done.note
    assert recorded(settings)["small.pth"].sha256 == SHA256
    done.path.unlink()
    assert "same bytes as the first time" in fetcher(settings).fetch("small.pth").note
    done.path.unlink()
    shelf.files["/small.pth"] = b"something else"
    with pytest.raises(BackendUnavailable, match="other bytes"):
        fetcher(settings).fetch("small.pth")


def test_nothing_is_fetched_twice(settings, shelf):
    fetcher(settings).fetch("large.pth")
    shelf.asked.clear()
    assert fetcher(settings).fetch("large.pth").note == "was here already; SHA-256 is right"
    assert shelf.asked == []


def test_a_file_of_that_name_with_other_bytes_is_said(settings):
    (settings.checkpoints / "large.pth").write_bytes(b"half of it")
    with pytest.raises(BackendUnavailable, match="delete it and fetch it again"):
        fetcher(settings).fetch("large.pth")


def test_offline_nothing_is_asked_for_and_what_is_here_counts(settings, shelf):
    offline = replace(settings, offline=True)
    for name in ("large.pth", "owner/name"):
        with pytest.raises(BackendUnavailable, match="HF_HUB_OFFLINE is set"):
            fetcher(offline).fetch(name)
    (settings.checkpoints / "large.pth").write_bytes(CONTENT)
    folder = settings.checkpoints / "owner" / "name"
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(CONTENT)
    assert "was here already" in fetcher(offline).fetch("large.pth").note
    assert fetcher(offline).fetch("owner/name").path == folder
    assert shelf.asked == []


def test_files_of_the_repository_are_not_downloaded(settings):
    with pytest.raises(BackendUnavailable, match="comes with ggedit's repository"):
        fetcher(settings).fetch("ours.npz")


def test_files_of_the_repository_are_here_already(settings):
    """Also where the folder of model files is another one."""
    elsewhere = replace(load_settings({}), checkpoints=settings.checkpoints.parent / "other")
    done = Fetcher(elsewhere, all_specs(), Watching(lambda _: lambda done, total: None))
    (name,) = done.names("yolo-tiny")
    assert done.fetch(name).note == "was here already; SHA-256 is right"


def test_sizes_come_from_the_manifest_until_the_file_is_here(settings):
    manifest = load_manifest(settings)
    expected = size_of(ROW, settings, manifest)
    assert (expected.here, round(expected.mib * 2**20)) == (False, len(CONTENT))
    (settings.checkpoints / "small.pth").write_bytes(b"x" * 2**20)
    assert size_of(ROW, settings, manifest).mib == 1 and size_of(ROW, settings, manifest).here


@pytest.mark.parametrize("text", ["[[file]", "[[file]]\nbytes = 3"], ids=["no TOML", "no name"])
def test_a_manifest_that_cannot_be_read_is_named(settings, text):
    (settings.checkpoints / "manifest.toml").write_text(text)
    with pytest.raises(BadInput, match=r"manifest\.toml"):
        load_manifest(settings)


# ---- the manifest that comes with ggedit


def test_what_detectors_and_segmenters_want_can_be_fetched():
    settings = load_settings({})
    manifest = load_manifest(settings)
    for spec in all_specs():
        if spec.port not in {"detector", "segmenter"}:
            continue
        assert all(manifest.file(name) for name in spec.one_of), spec.name
        if spec.one_of:
            usual = [f for f in manifest.files if f.usual and spec.name in f.backends]
            assert len(usual) == 1 and usual[0].name in spec.one_of, spec.name


def test_downloadable_files_have_an_address_a_size_and_a_licence():
    manifest = load_manifest(load_settings({}))
    files = [f for f in manifest.files if not f.committed]
    assert len(files) >= 5
    assert all(f.url.startswith("https://") and f.bytes and f.licence and len(f.sha256) in {0, 64} for f in files)
    assert all(m.bytes and m.licence and m.backends for m in manifest.models)
    assert {"timbrooks/instruct-pix2pix", "Zigeng/SlimSAM-uniform-77"} <= {m.id for m in manifest.models}


@pytest.mark.parametrize(
    ("environ", "cache"),
    [
        ({"HF_HOME": "/data/hf"}, Path("/data/hf/hub")),
        ({"HF_HOME": "/data/hf", "HF_HUB_CACHE": "/fast"}, Path("/fast")),
        ({}, Path.home() / ".cache" / "huggingface" / "hub"),
    ],
    ids=["HF_HOME", "HF_HUB_CACHE is nearer", "neither"],
)
def test_the_hubs_own_variables_say_where_its_cache_is(environ, cache):
    assert load_settings(environ).hub_cache == cache
