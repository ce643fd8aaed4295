"""scripts/setup.sh with stand-ins for python, apt-get, df and id: nothing is installed here."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.architecture.blocked import ROOT

PYTHON = """#!/bin/sh
# A Python that is always fine, makes environments of itself, and notes what pip is asked.
case "$*" in
    *"CDLL('$MISSING_LIBRARY"*) [ -z "$MISSING_LIBRARY" ] ;;
    *"print("*) echo "$PYTHON_VERSION" ;;
    *sys.version_info*) [ "$PYTHON_VERSION" = 3.12 ] ;;
    "-m venv"*)
        rm -rf .venv; mkdir -p .venv/bin
        cp "$0" .venv/bin/python; echo "#!$PWD/.venv/bin/python" > .venv/bin/pip ;;
    *" install "*) echo "$*" >> pip.log; [ -z "$PIP_FAILS" ] ;;
esac
"""
STAND_INS = {
    "python3": PYTHON,
    "apt-get": '#!/bin/sh\necho "$*" >> apt.log\n',
    "id": '#!/bin/sh\necho "$USER_ID"\n',
    "df": '#!/bin/sh\necho header\necho "disk 0 0 $((FREE_MB * 1024)) 0% /"\n',
    "nvidia-smi": '#!/bin/sh\necho "$GPU"\n',
    "chromium": "#!/bin/sh\n",
}
GOOD = {
    "PYTHON_VERSION": "3.12",
    "MISSING_LIBRARY": "",
    "USER_ID": "1000",
    "FREE_MB": "90000",
    "GPU": "",
    "PYTHON": "python3",
    "PIP_FAILS": "",
}
TOOLS = ("awk", "cat", "cksum", "cp", "dirname", "grep", "mkdir", "readlink", "rm", "sh", "uname", "xargs")
"""All that the script may use of the machine."""

debian = pytest.mark.skipif(not Path("/etc/debian_version").exists(), reason="this is not Debian")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of what the script reads, and a bin folder of stand-ins."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(ROOT / "scripts" / "setup.sh", tmp_path / "scripts")
    for name in ("pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "bin").mkdir()
    for name, text in STAND_INS.items():
        path = tmp_path / "bin" / name
        path.write_text(text)
        path.chmod(0o755)
    for name in TOOLS:
        (tmp_path / "bin" / name).symlink_to(shutil.which(name) or name)
    return tmp_path


def setup(folder: Path, *arguments: str, **change: str) -> subprocess.CompletedProcess[str]:
    environ = GOOD | change | {"PATH": str(folder / "bin"), "HOME": str(folder)}
    environ = {name: value for name, value in environ.items() if value or name != "PYTHON"}
    return subprocess.run(
        ["sh", "scripts/setup.sh", *arguments], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )


def pip_calls(folder: Path) -> list[str]:
    """What pip was asked to install, but for pip itself."""
    log = folder / "pip.log"
    lines = log.read_text().splitlines() if log.exists() else []
    return [line for line in lines if "--upgrade pip" not in line]


@pytest.mark.parametrize(
    ("arguments", "gpu", "full"),
    [
        (["app"], "", False),
        (["app", "auto"], "GPU 0: some card", True),
        (["app", "embedded"], "GPU 0: some card", False),
        (["app", "full"], "", True),
        (["test"], "", True),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_is_installed(folder: Path, arguments: list[str], gpu: str, *, full: bool) -> None:
    run = setup(folder, *arguments, GPU=gpu)
    assert run.returncode == 0, run.stderr
    (call,) = pip_calls(folder)
    assert ("-r requirements.txt" in call) is full
    assert (".[test]" in call) is (arguments == ["test"])


def test_a_second_run_installs_nothing(folder: Path) -> None:
    setup(folder, "app")
    assert setup(folder, "app").stderr == ""
    assert len(pip_calls(folder)) == 1


def test_changed_requirements_are_installed(folder: Path) -> None:
    setup(folder, "app")
    pyproject = folder / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace("line-length = 120", "line-length = 99"))
    setup(folder, "app")
    assert len(pip_calls(folder)) == 1, "a linter's setting is no requirement"
    pyproject.write_text(pyproject.read_text().replace('"numpy>=', '"numpy>=1.27,>='))
    setup(folder, "app")
    assert len(pip_calls(folder)) == 2


def test_a_wider_installation_serves_the_page(folder: Path) -> None:
    setup(folder, "test")
    setup(folder, "app", "full")
    setup(folder, "app", "embedded")
    assert len(pip_calls(folder)) == 1


def test_a_moved_folder_gets_a_new_environment(folder: Path) -> None:
    setup(folder, "app")
    moved = folder.parent / "moved"
    folder.rename(moved)
    run = setup(moved, "app")
    assert run.returncode == 0, run.stderr
    assert "made elsewhere" in run.stderr
    assert len(pip_calls(moved)) == 2


def test_an_installation_that_failed_starts_again_from_nothing(folder: Path) -> None:
    failed = setup(folder, "app", PIP_FAILS="yes")
    assert failed.returncode == 1
    assert "the next run starts it again" in failed.stderr
    (folder / ".venv" / "half-installed").touch()
    again = setup(folder, "app")
    assert again.returncode == 0, again.stderr
    assert "did not finish" in again.stderr
    assert not (folder / ".venv" / "half-installed").exists()
    assert setup(folder, "app").stderr == ""


def test_two_installations_do_not_mix(folder: Path) -> None:
    setup(folder, "app", PIP_FAILS="yes")
    (folder / ".venv" / ".installing").write_text(str(os.getpid()))
    run = setup(folder, "app")
    assert run.returncode == 1
    assert f"process {os.getpid()} is installing" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "change", "message"),
    [
        (["app"], {"FREE_MB": "800"}, "2500 MB of free disk are needed here to install, there are 800"),
        (["test"], {"FREE_MB": "5000"}, "14000 MB of free disk"),
        (["app"], {"PYTHON_VERSION": "3.9"}, "PYTHON=python3 is not a Python 3.11 to 3.13"),
        (["app", "huge"], {}, "TIER is auto, embedded or full, not huge"),
        ([], {}, "usage"),
    ],
    ids=["disk", "disk for all", "old python", "tier", "nothing"],
)
def test_refusals(folder: Path, arguments: list[str], change: dict[str, str], message: str) -> None:
    run = setup(folder, *arguments, **change)
    assert run.returncode == 1
    assert message in run.stderr
    assert pip_calls(folder) == []


@debian
@pytest.mark.parametrize(
    ("library", "package"), [("libGL", "libgl1"), ("libgthread", "libglib2.0-0"), ("libxcb", "libxcb1")]
)
def test_missing_library_names_the_line_that_installs_it(folder: Path, library: str, package: str) -> None:
    run = setup(folder, "app", MISSING_LIBRARY=library)
    assert run.returncode == 1
    assert f"sudo apt-get install -y {package}" in run.stderr
    assert not (folder / "apt.log").exists()


@debian
def test_root_installs_what_is_missing(folder: Path) -> None:
    run = setup(folder, "app", MISSING_LIBRARY="libGL", USER_ID="0")
    assert run.returncode == 0, run.stderr
    assert (folder / "apt.log").read_text().splitlines() == [
        "update -qq", "install -y -qq --no-install-recommends libgl1",
    ]  # fmt: skip


def test_without_a_browser_the_reason_is_printed(folder: Path) -> None:
    (folder / "bin" / "chromium").unlink()
    run = setup(folder, "test")
    assert run.returncode == 0, run.stderr
    assert "the browser tests will be skipped" in run.stderr


@debian
def test_root_installs_what_the_driver_of_the_browser_needs(folder: Path) -> None:
    setup(folder, "test", USER_ID="0", MISSING_LIBRARY="libatomic")
    assert (folder / "apt.log").read_text().splitlines()[-1].endswith("recommends libatomic1")


@debian
def test_root_installs_a_browser(folder: Path) -> None:
    (folder / "bin" / "chromium").unlink()
    setup(folder, "test", USER_ID="0")
    assert (folder / "apt.log").read_text().splitlines()[-1].endswith(" chromium fonts-dejavu-core")


def test_script_passes_its_own_linter() -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed")
    environ = os.environ | {"LC_ALL": "C.UTF-8"}
    run = subprocess.run(
        ["shellcheck", "scripts/setup.sh", ".ci/run"], cwd=ROOT, env=environ, capture_output=True, check=False
    )
    assert run.returncode == 0, run.stdout.decode()
