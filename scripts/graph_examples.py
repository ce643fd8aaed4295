"""Makes the worked examples of `ggedit run` anew, on the embedded tier.

python scripts/graph_examples.py [FOLDER]        (default: assets/graphs)

For each: the photo, the modification file, SGEdit's form of the scene graph, the session as a
zip and the last picture. The same photos and seeds give the same pixels.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from typer.testing import CliRunner  # noqa: E402

from ggedit.cli import app  # noqa: E402
from tests.pictures import load  # noqa: E402

EXAMPLES: dict[str, tuple[str, str]] = {
    "bench": ("dog", "Remove: 'dog'\n"),
    "girl": ("unwant_person", "Remove: 'person-1'\nReplace 'person' by 'brighter person'\n"),
    "cats": (
        "cats",
        "Replace 'animal-2' by 'grey animal'\n"
        "Modify a relationship: from ['animal-2' -> left of -> 'animal-1'] "
        "to ['animal-2' -> in front of -> 'animal-1']\n",
    ),
}
"""Name -> (photo, modification file)."""
LONGEST_PX = 512
KEPT = ("scene_graph/sg_dict.json", "session.zip", "run.json")


def main() -> None:
    """Make every example anew."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "assets" / "graphs"
    with tempfile.TemporaryDirectory() as home:
        for name, (photo, lines) in EXAMPLES.items():
            _make(name, photo, lines, home=Path(home), target=target)


def _make(name: str, photo: str, lines: str, *, home: Path, target: Path) -> None:
    image = load(photo).to_pillow()
    image.thumbnail((LONGEST_PX, LONGEST_PX))
    image.save(home / f"{name}.png")
    (home / f"{name}.txt").write_text(lines, encoding="utf-8")
    arguments = ["--image", home / f"{name}.png", "--modifications", home / f"{name}.txt", "--out-dir", home / name]
    result = CliRunner().invoke(
        app, ["run", *map(str, arguments)], env={"GGEDIT_TIER": "embedded", "GGEDIT_HOME": str(home / "home")}
    )
    print(name, result.exit_code, result.output)
    folder = target / name
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(home / f"{name}.txt", folder / "modifications.txt")
    for file in KEPT:
        shutil.copy(home / name / file, folder / Path(file).name)
    done = sorted((home / name / "edits").glob("*/result.png"))
    shutil.copy(done[-1], folder / "result.png")


if __name__ == "__main__":
    main()
