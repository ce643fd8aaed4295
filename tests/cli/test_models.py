"""`ggedit models` as a table."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run


def test_the_table_tells_what_is_needed_and_what_mends_it(run: Run, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("GGEDIT_CHECKPOINTS", str(tmp_path))
    monkeypatch.setenv("GGEDIT_SEGMENTER_MODEL", "facebook/sam2.1-hiera-small")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    result = run("models")
    text = result.stdout
    assert result.exit_code == 0
    for heading in ("port", "name", "tier", "needs", "ready", "MiB", "licence"):
        assert heading in text
    row = text[text.index("│ sam-hf") : text.index("│ grabcut")]
    words = " ".join(row.replace("│", " ").split())
    assert "full" in words and "Apache-2.0" in words and "about 175" in words
    assert "fetch" in words and "GGEDIT_SEGMENTER_MODEL" in words


def test_commands_with_brackets_are_shown_whole(run: Run, tmp_path: Path, monkeypatch) -> None:
    """A table must not take the extra in `pip install "ggedit[full]"` for mark-up."""
    monkeypatch.setattr("ggedit.registry._importable", lambda name: name != "segment_anything")
    assert "ggedit[full]" in "".join(run("models").stdout.split())


def test_what_waits_to_be_named_says_why(run: Run, tmp_path: Path, monkeypatch) -> None:
    """A diffusion model without a GPU is ready, and not taken by itself."""
    (tmp_path / "model").mkdir()
    monkeypatch.setenv("GGEDIT_EDITOR_MODEL", str(tmp_path / "model"))
    monkeypatch.setenv("GGEDIT_DEVICE", "cpu")
    monkeypatch.setattr("ggedit.registry._importable", lambda name: True)
    text = run("models").stdout
    row = text[text.index("│ blended") : text.index("│ classical")]
    words = " ".join(row.replace("│", " ").split())
    assert "yes, when named" in words and "GGEDIT_EDITOR=blended" in words
    row = next(r for r in json.loads(run("models", "--json").stdout) if r["name"] == "blended")
    assert not row["missing"] and not row["chosen"] and row["only_by_name"][0]["what"] == "a CUDA or MPS device"


def test_a_download_that_is_stopped_says_that_it_goes_on(run: Run, monkeypatch) -> None:
    def stopped(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("ggedit.fetching.fetch.download", stopped)
    monkeypatch.delenv("HF_HUB_OFFLINE")
    result = run("models", "fetch", "sam_vit_b_01ec64.pth")
    assert result.exit_code == 130
    assert "stopped. What has arrived is kept" in result.stderr


def test_fetch_refuses_a_name_that_nothing_has(run: Run) -> None:
    result = run("models", "fetch", "nothing")
    assert result.exit_code == 2 and "there are: " in result.stderr and "sam" in result.stderr
