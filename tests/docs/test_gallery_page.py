"""Every command of the gallery asks for a photo that is there and stands over its own picture."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_ten_commands_with_photo_and_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    from gallery import PAGE, commands  # type: ignore[import-not-found]

    found = commands(PAGE.read_text(encoding="utf-8"))
    assert len(found) == 10
    for command, picture in found:
        words = shlex.split(command)
        assert (ROOT / words[2]).is_file() and (ROOT / "assets" / "gallery" / picture).is_file()
        assert Path(words[words.index("-o") + 1]).stem == Path(picture).stem
