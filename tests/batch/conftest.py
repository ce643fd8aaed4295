"""A folder with small pictures in which scripted backends see a cup and a lamp."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ggedit.config import PORTS, Settings, load_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    scripted = {f"GGEDIT_{port.upper()}": "scripted" for port in PORTS if port not in {"sizer", "store"}}
    return load_settings(scripted | {"GGEDIT_HOME": str(tmp_path / "home")})


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(4):
        noise = np.random.default_rng(number).integers(0, 255, (60, 80, 3), np.uint8)
        Image.fromarray(noise).save(folder / f"photo{number}.png")
    return folder
