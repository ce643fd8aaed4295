"""Public suites as people download them, made into cases. Nothing is downloaded here."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..core.codec import mask_blob
from ..core.errors import BadInput
from ..core.masks import Mask
from .cases import FORMAT, open_case_picture

PIE_KINDS = (
    "random", "change_object", "add_object", "delete_object", "change_content",
    "change_pose", "change_color", "change_material", "change_background", "change_style",
)  # fmt: skip
"""Names of ``editing_type_id`` 0 to 9 (Ju et al. 2024, PnP Inversion, section 4)."""

CSV_COLUMNS = ("image_name", "instruct", "target_description", "result_image_name", "Type")
"""Of GGIP2P's table of picture and instruction pairs."""

CaseJson = dict[str, object]


def pie_bench(folder: Path, masks: Path) -> Iterator[CaseJson]:
    """Cases from PIE-Bench's folder: ``mapping_file.json`` beside ``annotation_images``.

    Its masks are written as PNG files into ``masks``; they are the allowed regions.

    Raises:
        BadInput: a file is missing, or a record is not as published.
    """
    mapping = _mapping(folder / "mapping_file.json")
    masks.mkdir(parents=True, exist_ok=True)
    for key, record in mapping.items():
        try:
            yield _pie_case(key, record, folder, masks)
        except (KeyError, ValueError, TypeError, IndexError) as error:
            raise BadInput(f"Record {key!r} of mapping_file.json is not as PIE-Bench has it: {error}.") from None


def _mapping(file: Path) -> Mapping[str, Any]:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(f"There is no {file}: name the folder that PIE-Bench was unpacked into.") from None
    except ValueError as error:
        raise BadInput(f"{file} is not JSON: {error}.") from None


def _pie_case(key: str, record: Mapping[str, Any], folder: Path, masks: Path) -> CaseJson:
    path = folder / "annotation_images" / record["image_path"]
    picture = open_case_picture(path)
    mask = decode_runs(record["mask"], picture.extent.shape)
    whole = bool(mask.crop.all()) and mask.area == picture.extent.area
    file = masks / f"{key}.png"
    file.write_bytes(mask_blob(mask)[1])
    return {
        "format": FORMAT,
        "id": f"pie-{key}",
        "picture": str(path.resolve()),
        "tags": [PIE_KINDS[int(record["editing_type_id"])]],
        "turns": [
            {
                "text": record["editing_instruction"],
                "allowed": "everywhere" if whole else {"masks": [str(file.resolve())]},
                "caption": _without_marks(record["editing_prompt"]),
                "source_caption": _without_marks(record["original_prompt"]),
                "result": record["image_path"],
            }
        ],
    }


def decode_runs(runs: list[int], shape: tuple[int, int]) -> Mask:
    """PIE-Bench's mask: pairs of (start, length) in row-major order; the one pixel wide frame
    counts as masked, as in its authors' own evaluation."""
    flat = np.zeros(shape[0] * shape[1], np.bool_)
    for start, length in zip(runs[::2], runs[1::2], strict=True):
        flat[start : start + length] = True
    mask = flat.reshape(shape)
    mask[[0, -1], :] = True
    mask[:, [0, -1]] = True
    return Mask.of(mask)


def _without_marks(prompt: str) -> str:
    """The brackets around the edited words are notes, not part of the prompt."""
    return prompt.replace("[", "").replace("]", "")


def ggip2p_csv(table: Path, pictures: Path | None = None) -> Iterator[CaseJson]:
    """Cases from GGIP2P's CSV; the pictures lie beside it, or in ``pictures``. Rows whose picture
    is not there are left out: the table lists addresses, the person downloads them.

    Raises:
        BadInput: the table is missing or lacks a column, or none of its pictures is there.
    """
    if not table.is_file():
        raise BadInput(f"There is no table at {table}.")
    folder, found = pictures or table.parent, 0
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        lacking = [name for name in CSV_COLUMNS if name not in (rows.fieldnames or ())]
        if lacking:
            raise BadInput(f"{table.name} lacks the columns {', '.join(lacking)}.")
        for number, row in enumerate(rows, start=1):
            picture = folder / row["image_name"]
            if picture.is_file():
                found += 1
                yield _csv_case(number, row, picture)
    if not found:
        raise BadInput(f"None of the pictures that {table.name} names lies in {folder}.")


def _csv_case(number: int, row: Mapping[str, str], picture: Path) -> CaseJson:
    texts = {"text": "instruct", "caption": "target_description", "result": "result_image_name"}
    return {
        "format": FORMAT,
        "id": f"ggip2p-{number:03d}",
        "picture": str(picture.resolve()),
        "tags": [row["Type"].strip().lower().replace(" ", "_")],
        "turns": [{name: row[column].strip() for name, column in texts.items()}],
    }


def write_cases(cases: Iterator[CaseJson], out: Path) -> int:
    """Write them as JSON lines; how many there were. Raises BadInput: the file cannot be written."""
    count = 0
    try:
        with out.open("w", encoding="utf-8") as file:
            for case in cases:
                file.write(json.dumps(case, ensure_ascii=False) + "\n")
                count += 1
    except OSError as error:
        raise BadInput(f"{out} cannot be written: {error.strerror}.") from None
    return count
