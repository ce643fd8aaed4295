"""What is installed, and what the settings file documents."""

from __future__ import annotations

from importlib.metadata import distributions, packages_distributions

from ggedit.config import describe_settings
from tests.architecture.blocked import ROOT


def documented() -> dict[str, tuple[str, str]]:
    """Variable -> (default, meaning) as .env.example has them."""
    found: dict[str, tuple[str, str]] = {}
    meaning = ""
    for line in (ROOT / ".env.example").read_text().splitlines():
        if "=" in line and line.removeprefix("# ").split("=")[0].isupper():
            name, _, value = line.removeprefix("# ").partition("=")
            found[name] = (value, meaning)
        elif line.startswith("# "):
            meaning = line.removeprefix("# ")
    return found


def test_settings_file_lists_every_setting_with_its_meaning() -> None:
    expected = {name: meaning for name, _, meaning in describe_settings()}
    found = {name: meaning for name, (_, meaning) in documented().items()}
    assert found == expected


def test_settings_file_has_the_defaults() -> None:
    defaults = {name: default for name, default, _ in describe_settings()}
    written = documented()
    wrong = {
        n: (written[n][0], d) for n, d in defaults.items() if written[n][0] != d and "/" not in d and "\\" not in d
    }
    assert wrong == {}


def test_settings_file_changes_nothing_when_copied() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []


def test_one_opencv_distribution() -> None:
    assert packages_distributions()["cv2"] == ["opencv-python"]
    names = {dist.metadata["Name"].lower() for dist in distributions()}
    assert {name for name in names if name.startswith("opencv-")} == {"opencv-python"}
