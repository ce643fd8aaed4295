"""Write the folder that is pushed to a Hugging Face Space: `make space`, or python scripts/space.py [FOLDER].

What goes in: the page, the package, the committed model files, the pictures of the README, and the lists
that a Space installs from. ZeroGPU has torch up to 2.11 (its documentation of August 2026), so torch is held
below 2.12 there and nowhere else.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PARTS = ("app.py", "README.md", "LICENSE", "packages.txt", "requirements.txt", "ggedit", "checkpoints", "assets")
HELD = {"torch": "<2.12", "torchvision": "<0.27"}
"""torchvision 0.26 belongs to torch 2.11."""
FRONT_MATTER = ("title", "sdk", "sdk_version", "python_version", "app_file", "license")


def write_space(folder: Path) -> Path:
    """The folder, made anew.

    Raises:
        SystemExit: the README's front matter lacks something that a Space reads.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for name in _tracked():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    requirements = folder / "requirements.txt"
    requirements.write_text(held(requirements.read_text(encoding="utf-8")), encoding="utf-8")
    (folder / ".gitattributes").write_text(attributes(folder), encoding="utf-8")
    lacks = [key for key in FRONT_MATTER if key not in front_matter((folder / "README.md").read_text(encoding="utf-8"))]
    if lacks:
        sys.exit(f"README.md's front matter lacks {', '.join(lacks)}.")
    return folder


def _tracked() -> list[str]:
    """Files under version control: nothing that lies about here by chance is published."""
    run = subprocess.run(["git", "ls-files", "-z", *PARTS], cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in run.stdout.split("\0") if name and (ROOT / name).is_file()]


def attributes(folder: Path) -> str:
    """Which files git must hand to LFS: the hub takes no binary file in a plain push."""
    binary = {path.suffix or path.name for path in folder.rglob("*") if path.is_file() and _is_binary(path)}
    return "".join(f"*{ending} filter=lfs diff=lfs merge=lfs -text\n" for ending in sorted(binary))


def _is_binary(path: Path) -> bool:
    """As git tells: a zero among the first 8000 bytes."""
    with path.open("rb") as file:
        return b"\0" in file.read(8000)


def held(requirements: str) -> str:
    """The list with torch held to what ZeroGPU has."""
    lines = [_held_line(line) for line in requirements.splitlines()]
    return "# Written by `make space`.\n" + "\n".join(lines) + "\n"


def _held_line(line: str) -> str:
    name = re.split(r"[<>=!~\[; ]", line, maxsplit=1)[0]
    return f"{line},{HELD[name]}" if name in HELD else line


def front_matter(readme: str) -> dict[str, str]:
    """Keys and values between the two lines of dashes at the top."""
    found = re.match(r"---\n(.*?)\n---\n", readme, re.DOTALL)
    rows = found.group(1).splitlines() if found else []
    return {key.strip(): value.strip().strip('"') for key, _, value in (row.partition(":") for row in rows)}


if __name__ == "__main__":
    made = write_space(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "space")
    print(f"{made} is written. For a Space of the kind Gradio: hf upload OWNER/NAME {made} . --repo-type space")
