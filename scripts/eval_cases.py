"""Write the evaluation suite anew: python scripts/eval_cases.py [--out assets/eval] [--sheet sheet.png]

Takes the outlines of ``benchmarks/data/eval_outlines.json`` (and those that it names of
``segmentation_truth.json``) and the requests of ``eval_requests.json``; writes ``cases.jsonl``,
``masks/`` and copies of the photos to ``pictures/``. The same files give the same bytes. With
--sheet all outlines are drawn over their photos, to be checked by eye.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from ggedit.core.picture import Picture, decode_picture  # noqa: E402
from ggedit.evaluation.cases import ALLOWED_GROWTH, FORMAT  # noqa: E402
from ggedit.evaluation.imports import CaseJson, write_cases  # noqa: E402
from tests.pictures import find  # noqa: E402

DATA = ROOT / "benchmarks" / "data"
TILE = 300
"""Side in pixels of a photo on the sheet."""

Region = npt.NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "assets" / "eval")
    parser.add_argument("--sheet", type=Path)
    asked = parser.parse_args()
    requests = json.loads((DATA / "eval_requests.json").read_text(encoding="utf-8"))["cases"]
    pictures = {name: asked.out / "pictures" / find(name).name for name in sorted({r["picture"] for r in requests})}
    for folder in ("pictures", "masks"):
        shutil.rmtree(asked.out / folder, ignore_errors=True)
        (asked.out / folder).mkdir(parents=True)
    for name, file in pictures.items():
        shutil.copyfile(find(name), file)
    opened = {name: decode_picture(file.read_bytes(), name=name)[0] for name, file in pictures.items()}
    masks = draw_all(opened)
    for name in sorted({thing for r in requests for turn in r["turns"] for thing in _things(turn)}):
        Image.fromarray(masks[name]).save(asked.out / "masks" / f"{name}.png", optimize=True)
    write_cases((_case(row, pictures[row["picture"]].name, masks) for row in requests), asked.out / "cases.jsonl")
    if asked.sheet:
        _sheet(opened, masks).save(asked.sheet)


def draw_all(pictures: dict[str, Picture]) -> dict[str, Region]:
    """Every outline as bool (H, W), by name; what lies in front is cut out."""
    drawn = {row["name"]: row for row in json.loads((DATA / "segmentation_truth.json").read_text())["objects"]}
    masks: dict[str, Region] = {}
    for row in json.loads((DATA / "eval_outlines.json").read_text())["things"]:
        source = drawn[row["of"]] if "of" in row else row
        masks[row["name"]] = _drawn(source, pictures[row["picture"]])
        for front in row.get("less", ()):
            masks[row["name"]] &= ~masks[front]
    return masks


def _drawn(row: dict[str, Any], picture: Picture) -> Region:
    canvas = np.zeros(picture.extent.shape, np.uint8)
    for value, group in ((1, row.get("polygons", ())), (0, row.get("holes", ()))):
        for polygon in group:
            cv2.fillPoly(canvas, [np.rint(np.asarray(polygon)).astype(np.int32)], value)
    for x1, y1, x2, y2 in row.get("ellipses", ()):
        middle, axes = ((x1 + x2) / 2, (y1 + y2) / 2), (x2 - x1, y2 - y1)
        cv2.ellipse(canvas, (middle, axes, 0.0), 1, cv2.FILLED)
    return canvas.astype(np.bool_)


def _things(turn: dict[str, Any]) -> list[str]:
    return [*turn.get("things", ()), *turn.get("keep", ())]


def _case(row: dict[str, Any], file: str, masks: dict[str, Region]) -> CaseJson:
    turns = [_turn(turn, masks) for turn in row["turns"]]
    if "repeat" in row:
        turns = [{**turns[0], "text": text} for text in row["repeat"]]
    return {"format": FORMAT, "id": row["id"], "picture": f"pictures/{file}", "tags": row["tags"], "turns": turns}


def _turn(turn: dict[str, Any], masks: dict[str, Region]) -> dict[str, object]:
    """``free``: boxes that may change beside the things' own."""
    found: dict[str, object] = {k: turn[k] for k in ("text", "modifications", "verbs", "plan", "after") if k in turn}
    things = turn.get("things", ())
    if things:
        found["targets"] = [{"box": _box(masks[name]), "mask": f"masks/{name}.png"} for name in things]
    if "free" in turn:
        found["allowed"] = {"boxes": [*(_padded(masks[name]) for name in things), *turn["free"]]}
    elif "keep" in turn:
        found["allowed"] = {"keep": [f"masks/{name}.png" for name in turn["keep"]]}
    elif turn.get("everywhere"):
        found["allowed"] = "everywhere"
    return found


def _box(mask: Region, pad: int = 0) -> list[int]:
    height, width = mask.shape
    ys, xs = np.nonzero(mask)
    x1, y1 = int(xs.min()) - pad, int(ys.min()) - pad
    x2, y2 = int(xs.max()) + 1 + pad, int(ys.max()) + 1 + pad
    return [max(x1, 0), max(y1, 0), min(x2, width), min(y2, height)]


def _padded(mask: Region) -> list[int]:
    return _box(mask, pad=round(ALLOWED_GROWTH * max(mask.shape)))


def _sheet(pictures: dict[str, Picture], masks: dict[str, Region]) -> Image.Image:
    """Every outline on its photo: the thing as it is with a red rim, the rest darker."""
    rows = json.loads((DATA / "eval_outlines.json").read_text())["things"]
    tiles = [_tile(pictures[row["picture"]], masks[row["name"]]) for row in rows]
    columns = 8
    sheet = Image.new("RGB", (columns * TILE, -(-len(tiles) // columns) * TILE))
    for number, tile in enumerate(tiles):
        sheet.paste(tile, (number % columns * TILE, number // columns * TILE))
    return sheet


def _tile(picture: Picture, mask: Region) -> Image.Image:
    shown = np.where(mask[..., None], picture.pixels, picture.pixels // 3)
    rim = mask & ~cv2.erode(mask.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.bool_)
    shown[rim] = (255, 0, 0)
    x1, y1, x2, y2 = _box(mask, pad=max(12, max(mask.shape) // 12))
    tile = Image.fromarray(shown[y1:y2, x1:x2].astype(np.uint8))
    scale = TILE / max(tile.size)
    return tile.resize((max(1, int(tile.width * scale)), max(1, int(tile.height * scale))))


if __name__ == "__main__":
    main()
