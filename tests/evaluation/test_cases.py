import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ggedit.core.errors import BadInput
from ggedit.core.geometry import Box, Extent
from ggedit.evaluation.cases import FORMAT, open_case_mask, read_cases, true_mask
from ggedit.evaluation.scoring import allowed_region


def line(**changes) -> str:
    turn = {"text": "remove the cup", "verbs": ["remove"], "targets": [{"box": [2, 2, 6, 6], "mask": "cup.png"}]}
    row = {"format": FORMAT, "id": "cup", "picture": "photo.png", "tags": ["remove"], "turns": [turn]}
    return json.dumps(row | changes)


def write(folder: Path, *lines: str) -> Path:
    file = folder / "cases.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def mask_file(folder: Path, name: str = "cup.png", size: tuple[int, int] = (40, 30)) -> None:
    image = Image.new("L", size, 0)
    image.paste(255, (10, 10, 14, 14))
    image.save(folder / name)


def test_a_case_is_read_with_paths_from_its_folder(tmp_path: Path) -> None:
    (case,) = read_cases(write(tmp_path, line(), ""))
    (turn,) = case.turns
    assert (case.id, case.picture, case.tags) == ("cup", tmp_path / "photo.png", ("remove",))
    assert (turn.text, turn.verbs) == ("remove the cup", ("remove",))
    assert turn.targets[0].box == Box(2, 2, 6, 6) and turn.targets[0].mask == tmp_path / "cup.png"


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        pytest.param(line(format="other/9"), "other/9", id="another format"),
        pytest.param(line(turns=[]), "at least one turn", id="no turn"),
        pytest.param(line(id="../x"), "id of letters", id="an id that leaves the folder"),
        pytest.param(line(turns=[{"text": ""}]), 'either "text" or "modifications"', id="nothing asked"),
        pytest.param(line(turns=[{"text": "a", "targets": [{"box": [1, 2]}]}]), "four numbers", id="half a box"),
        pytest.param(line(turns=[{"text": "a", "allowed": "nowhere"}]), "everywhere", id="unknown region"),
        pytest.param('{"format": "ggedit-eval/1"}', "it has no 'turns'", id="no turns"),
        pytest.param("not json", "line 1", id="not JSON"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, bad: str, said: str) -> None:
    with pytest.raises(BadInput, match="line 1") as error:
        list(read_cases(write(tmp_path, bad)))
    assert said in str(error.value)


def test_two_cases_of_one_name_and_a_missing_file_are_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="line 2: a second case is called 'cup'"):
        list(read_cases(write(tmp_path, line(), line())))
    with pytest.raises(BadInput, match="no file of cases"):
        list(read_cases(tmp_path / "none.jsonl"))


def test_masks_must_have_the_size_of_their_picture(tmp_path: Path) -> None:
    mask_file(tmp_path)
    assert open_case_mask(tmp_path / "cup.png", Extent(40, 30)).area == 16
    with pytest.raises(BadInput, match=r"cup\.png"):
        open_case_mask(tmp_path / "cup.png", Extent(41, 30))


def region_of(folder: Path, turn: dict) -> np.ndarray | None:
    mask_file(folder)
    (case,) = read_cases(write(folder, line(turns=[{"text": "x"} | turn])))
    return allowed_region(case.turns[0], Extent(40, 30))


def test_without_a_named_region_the_true_masks_may_change_and_a_rim(tmp_path: Path) -> None:
    region = region_of(tmp_path, {"targets": [{"box": [10, 10, 14, 14], "mask": "cup.png"}]})
    assert region is not None
    assert region[9:15, 9:15].all() and region.sum() == 36


@pytest.mark.parametrize(
    ("allowed", "area"),
    [
        ("everywhere", 1200),
        ({"boxes": [[0, 0, 5, 4]]}, 20),
        ({"masks": ["cup.png"]}, 16),
        ({"keep": ["cup.png"]}, 1184),
    ],
)
def test_named_regions(tmp_path: Path, allowed, area: int) -> None:
    region = region_of(tmp_path, {"allowed": allowed})
    assert region is not None and region.sum() == area


def test_nothing_known_means_no_region_and_no_true_mask(tmp_path: Path) -> None:
    assert region_of(tmp_path, {}) is None
    assert true_mask((), Extent(40, 30)) is None
