import json
from pathlib import Path

import pytest

from ggedit.batch.jobs import BadRow, Job, read_jobs
from ggedit.core.errors import BadInput
from ggedit.core.geometry import Box


def lines(folder: Path, *rows: object) -> list[Job | BadRow]:
    file = folder / "rows.jsonl"
    file.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return list(read_jobs(file))


def test_a_row_of_json(tmp_path: Path) -> None:
    row = {"picture": "a.png", "text": "remove the cup", "id": "x-1", "seed": 7, "box": [1, 2, 3, 4]}
    assert lines(tmp_path, row) == [Job("x-1", tmp_path / "a.png", "remove the cup", "", 7, Box(1, 2, 3, 4))]


def test_ids_are_made_from_what_the_row_says_and_not_from_its_place(tmp_path: Path) -> None:
    one, other = {"picture": "my photo.png", "text": "a"}, {"picture": "my photo.png", "text": "b"}
    first, second = (row.id for row in lines(tmp_path, one, other))
    assert first.startswith("my_photo-") and second.startswith("my_photo-") and first != second
    assert [row.id for row in lines(tmp_path, {"picture": "new.png", "text": "a"}, other, one)][1:] == [second, first]


def test_the_same_row_twice_without_an_id_gets_a_number(tmp_path: Path) -> None:
    row = {"picture": "a.png", "text": "a"}
    first, second, third = (row.id for row in lines(tmp_path, row, row, row))
    assert (second, third) == (f"{first}-2", f"{first}-3")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("{", "not JSON"),
        ("[1]", "not an object"),
        ({"text": "a"}, '"picture"'),
        ({"picture": "a.png"}, 'either "text" or "modifications"'),
        ({"picture": "a.png", "text": "a", "modifications": "Remove: 'x'"}, "either"),
        ({"picture": "a.png", "text": "a" * 2001}, "2001 characters"),
        ({"picture": "a.png", "text": "a", "seed": -1}, "seed is -1"),
        ({"picture": "a.png", "text": "a", "seed": "x"}, "invalid literal"),
        ({"picture": "a.png", "text": "a", "box": [1, 2]}, "four numbers"),
        ({"picture": "a.png", "text": "a", "id": "../../etc"}, "names files"),
        ({"picture": "a.png", "text": "a", "id": ".."}, "names files"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_goes_on(tmp_path: Path, row: object, said: str) -> None:
    bad, good = lines(tmp_path, row, {"picture": "a.png", "text": "remove the cup"})
    assert isinstance(bad, BadRow) and "Row 1" in bad.why and said in bad.why
    assert isinstance(good, Job)


def test_a_second_row_of_the_same_id_is_refused(tmp_path: Path) -> None:
    row = {"picture": "a.png", "text": "a", "id": "same"}
    first, second = lines(tmp_path, row, row)
    assert isinstance(first, Job) and isinstance(second, BadRow) and "own id" in second.why


def test_csv_with_empty_cells(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text('\ufeffpicture,text,seed,box\na.png,"remove the cup, please",3,"1,2,3,4"\nb.png,,,\n', "utf-8")
    first, second = (row for row in read_jobs(file, instruction="blur it") if isinstance(row, Job))
    assert first == Job(first.id, tmp_path / "a.png", "remove the cup, please", "", 3, Box(1, 2, 3, 4))
    assert second == Job(second.id, tmp_path / "b.png", "blur it")


def test_a_folder_of_pictures_and_one_instruction(tmp_path: Path) -> None:
    for name in ("b.JPG", "a.png", "b.png", "...png", "notes.txt"):
        (tmp_path / name).touch()
    assert [row.id for row in read_jobs(tmp_path, instruction="blur it")] == ["___", "a", "b", "b-2"]
    with pytest.raises(BadInput, match="say what to do"):
        read_jobs(tmp_path)
    with pytest.raises(BadInput, match="no file or folder"):
        read_jobs(tmp_path / "none")


def test_rows_are_read_only_as_they_are_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps({"picture": "a.png", "text": "a"}) + "\n" + "x" * 10)
    rows = read_jobs(file)
    assert isinstance(next(iter(rows)), Job)
