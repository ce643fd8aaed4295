"""Public photographs for tests and benchmarks, by name.

They are read from where their packages installed them or from ``../shared/data``; nothing is
downloaded. A test that asks for one that is missing is skipped, with the reason.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from ggedit.core.picture import Picture, decode_picture

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "pictures"

_FILES: dict[str, tuple[str, str]] = {
    "dog": ("shared", "dog.jpg"),
    "unwant_person": ("shared", "unwant_person.jpg"),
    "unwant_object": ("shared", "unwant_object.jpg"),
    "cats": ("shared", "bld_input.png"),
    "astronaut": ("skimage", "data/astronaut.png"),
    "camera": ("skimage", "data/camera.png"),
    "chelsea": ("skimage", "data/chelsea.png"),
    "clock_motion": ("skimage", "data/clock_motion.png"),
    "coffee": ("skimage", "data/coffee.png"),
    "coins": ("skimage", "data/coins.png"),
    "motorcycle": ("skimage", "data/motorcycle_left.png"),
    "rocket": ("skimage", "data/rocket.jpg"),
    "china": ("sklearn", "datasets/images/china.jpg"),
    "flower": ("sklearn", "datasets/images/flower.jpg"),
    "cheetah": ("gradio", "media_assets/images/cheetah.jpg"),
    "cheetah_portrait": ("gradio", "media_assets/images/cheetah1.jpg"),
    "cheetah_grass": ("gradio", "test_data/cheetah2.jpg"),
    "groot": ("gradio", "media_assets/images/groot.jpeg"),
    "lion": ("gradio", "media_assets/images/lion.jpg"),
    "tower": ("gradio", "media_assets/images/tower.jpg"),
    "hopper": ("matplotlib", "mpl-data/sample_data/grace_hopper.jpg"),
}

NAMES = tuple(_FILES)
"""Every name that ``load`` knows."""


class PictureMissing(LookupError):
    """The picture's package or folder is not here; the text says which."""


def find(name: str) -> Path:
    """Where a picture's file is.

    Raises:
        PictureMissing: its package is not installed, or the shared folder is not there.
    """
    home, relative = _FILES[name]
    if home == "shared":
        path, need = SHARED / relative, f"the folder {SHARED}"
    else:
        spec = find_spec(home)
        places = list(spec.submodule_search_locations or ()) if spec else []
        path, need = Path(places[0] if places else home) / relative, f"the package {home}"
    if not path.is_file():
        raise PictureMissing(f"the picture {name!r} needs {need}")
    return path


@lru_cache(maxsize=8)
def open_picture(name: str) -> Picture:
    """The picture, for benchmarks.

    Raises:
        PictureMissing: its file is not here.
    """
    path = find(name)
    return decode_picture(path.read_bytes(), name=path.name)[0]


def load(name: str) -> Picture:
    """The picture, for tests: skips the calling test with the reason where it is missing."""
    import pytest

    try:
        return open_picture(name)
    except PictureMissing as missing:
        pytest.skip(str(missing))


def available() -> tuple[str, ...]:
    """The names whose files are here."""

    def here(name: str) -> bool:
        try:
            return find(name).is_file()
        except PictureMissing:
            return False

    return tuple(name for name in NAMES if here(name))
