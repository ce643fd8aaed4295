import json
from pathlib import Path

import pytest
from PIL import Image

from ggedit.core.errors import BadInput
from ggedit.core.geometry import Extent
from ggedit.evaluation.cases import open_case_mask, read_cases
from ggedit.evaluation.imports import CSV_COLUMNS, decode_runs, ggip2p_csv, pie_bench, write_cases


def pie_folder(folder: Path, **changes) -> Path:
    record = {
        "image_path": "3_delete_object_80/1_artificial/000000000001.jpg",
        "original_prompt": "a [cup] on a table",
        "editing_prompt": "a table with [nothing]",
        "editing_instruction": "Remove the cup",
        "editing_type_id": "3",
        "blended_word": "cup cup",
        "mask": [8 * 20 + 5, 4, 9 * 20 + 5, 4],
    } | changes
    picture = folder / "annotation_images" / record["image_path"]
    picture.parent.mkdir(parents=True)
    Image.new("RGB", (20, 16), "white").save(picture)
    (folder / "mapping_file.json").write_text(json.dumps({"000000000001": record}))
    return folder


def test_runs_are_row_major_and_the_frame_is_masked() -> None:
    mask = decode_runs([8 * 20 + 5, 4], (16, 20)).full()
    assert mask[8, 5:9].all() and mask[1:15, 1:19].sum() == 4
    assert mask[0].all() and mask[-1].all() and mask[:, 0].all() and mask[:, -1].all()


def test_a_run_past_the_end_is_cut_off() -> None:
    assert decode_runs([16 * 20 - 2, 99], (16, 20)).extent == Extent(20, 16)


def test_pie_bench_becomes_cases_that_can_be_read(tmp_path: Path) -> None:
    out = tmp_path / "pie.jsonl"
    assert write_cases(pie_bench(pie_folder(tmp_path / "pie"), tmp_path / "masks"), out) == 1
    (case,) = read_cases(out)
    (turn,) = case.turns
    assert (case.id, case.tags) == ("pie-000000000001", ("delete_object",))
    assert (turn.text, turn.caption) == ("Remove the cup", "a table with nothing")
    assert turn.result == "3_delete_object_80/1_artificial/000000000001.jpg"
    assert turn.allowed is not None
    mask = open_case_mask(turn.allowed.masks[0], Extent(20, 16))
    assert mask.full()[8:10, 5:9].all() and not mask.full()[5, 5]


def test_a_whole_picture_mask_means_everywhere(tmp_path: Path) -> None:
    (case,) = pie_bench(pie_folder(tmp_path, mask=[0, 320], editing_type_id="9"), tmp_path / "masks")
    assert case["turns"][0]["allowed"] == "everywhere"  # type: ignore[index]
    assert case["tags"] == ["change_style"]


@pytest.mark.parametrize("broken", [{"mask": [1]}, {"editing_type_id": "77"}, {"mask": None}])
def test_a_record_of_another_form_is_named(tmp_path: Path, broken: dict) -> None:
    with pytest.raises(BadInput, match="Record '000000000001'"):
        list(pie_bench(pie_folder(tmp_path, **broken), tmp_path / "masks"))


def test_a_folder_without_the_mapping_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"mapping_file\.json"):
        list(pie_bench(tmp_path, tmp_path / "masks"))


ROW = "cat.jpg,make the cat on the left black,Photo of a black cat,https://example.org/1,cat_out.jpg,Absolute Direction"


def table(folder: Path, *rows: str, header: str = "") -> Path:
    file = folder / "info.csv"
    columns = header or "image_name,instruct,target_description,image_address,result_image_name,Type"
    file.write_text("\ufeff" + "\n".join((columns, *rows)) + "\n", encoding="utf-8")
    return file


def test_a_csv_becomes_cases_for_the_pictures_that_are_there(tmp_path: Path) -> None:
    Image.new("RGB", (20, 16)).save(tmp_path / "cat.jpg")
    file = table(tmp_path, ROW, ROW.replace("cat.jpg", "gone.jpg"))
    out = tmp_path / "cases.jsonl"
    assert write_cases(ggip2p_csv(file), out) == 1
    (case,) = read_cases(out)
    assert case.tags == ("absolute_direction",)
    assert case.turns[0].text == "make the cat on the left black"
    assert case.turns[0].caption == "Photo of a black cat"
    assert case.turns[0].result == "cat_out.jpg"


def test_missing_pictures_columns_and_tables_are_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="None of the pictures"):
        list(ggip2p_csv(table(tmp_path, ROW)))
    with pytest.raises(BadInput, match=f"lacks the columns {CSV_COLUMNS[1]}"):
        list(ggip2p_csv(table(tmp_path, header="image_name,target_description,result_image_name,Type")))
    with pytest.raises(BadInput, match="no table"):
        list(ggip2p_csv(tmp_path / "none.csv"))
