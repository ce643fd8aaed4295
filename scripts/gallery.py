"""Make the pictures of docs/gallery.md anew: python scripts/gallery.py [--out assets/gallery]

Runs each command of the page as it stands there, in a scratch folder, and puts the photo and the
result side by side. The embedded tier only; commands under another tier's heading are left alone.
"""

from __future__ import annotations

import argparse
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "gallery.md"
HEIGHT = 300
"""Of a pair, in pixels."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "assets" / "gallery")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    for command, picture in commands(PAGE.read_text(encoding="utf-8")):
        with tempfile.TemporaryDirectory() as folder:
            result = run(command, Path(folder))
            before = Image.open(ROOT / shlex.split(command)[2]).convert("RGB")
            pair(before, Image.open(result).convert("RGB")).save(asked.out / picture, quality=88)


def commands(page: str) -> list[tuple[str, str]]:
    """(command, file name of its picture) of the embedded tier's part."""
    part = page.split("## Embedded tier", 1)[1].split("\n## ", 1)[0]
    found = re.findall(r"`(ggedit edit [^`]+)`\s+!\[[^\]]*\]\(\.\./assets/gallery/([^)]+)\)", part)
    return [(command, name) for command, name in found]


def run(command: str, folder: Path) -> Path:
    """The result's file. Raises CalledProcessError: the command failed."""
    words = shlex.split(command)
    out = folder / words[words.index("-o") + 1]
    words[words.index("-o") + 1] = str(out)
    environment = os.environ | {"GGEDIT_TIER": "embedded"}
    subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL, timeout=300
    )
    return out


def pair(before: Image.Image, after: Image.Image) -> Image.Image:
    """Side by side with a white gap."""
    width = round(HEIGHT * before.width / before.height)
    sheet = Image.new("RGB", (2 * width + 8, HEIGHT), "white")
    for column, image in enumerate((before, after)):
        sheet.paste(image.resize((width, HEIGHT), Image.Resampling.LANCZOS), (column * (width + 8), 0))
    return sheet


if __name__ == "__main__":
    main()
